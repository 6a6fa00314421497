import { Car, Plus, Upload, UserRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useGroups, useMembers } from "../../api/gate-queries";
import type { Member, MemberKind } from "../../api/types";
import type { Tone } from "../../format/verdict";
import { date } from "../../format/time";
import { mayKeepMembers } from "../../shell/places";
import { useAddress, useKeepSite, useOneSite } from "../../shell/site";
import { useUser } from "../../shell/user";
import { MoreRows } from "../../ui/more";
import { PageHead } from "../../ui/page-head";
import { Select } from "../../ui/select";
import { Empty, Failed, Skeleton } from "../../ui/states";
import { Badge } from "../../ui/verdict";
import { useWord } from "../../ui/words";
import { TextFilter } from "../../ui/text-filter";
import { useScheduleName } from "./schedules";
import { MemberDialog } from "./member-dialog";

export const PeoplePage = () => <MembersPage kind="person" />;
export const VehiclesPage = () => <MembersPage kind="vehicle" />;

const TONE: Record<string, Tone> = { active: "admit", blocked: "deny", expired: "unknown" };

function MembersPage({ kind }: { kind: MemberKind }) {
  const { t } = useTranslation();
  const { site } = useOneSite();
  const user = useUser();
  const keep = useKeepSite();
  const [address, change] = useAddress();
  const [group, q] = [address.get("group") ?? "", address.get("q") ?? ""];
  const groups = useGroups(site).data ?? [];
  const query = useMembers(site, kind, group, q);
  const rows = query.data?.pages.flatMap((page) => page.items);
  const [editing, setEditing] = useState<Member | "new" | null>(null);
  const mayWrite = mayKeepMembers(user);
  return (
    <div className="page">
      <PageHead title={t(`page.${kind === "person" ? "people" : "vehicles"}`)} query={query} oneSite>
        <TextFilter value={q} onChange={(text) => change({ q: text })} word={t(`members.search_${kind}`)} />
        {user.role !== "enterprise" && <Select label={t("inside.group")} all={t("inside.all_groups")} value={group} options={groups.map(({ id, name }) => ({ value: id, label: name }))} onChange={(next) => change({ group: next })} />}
        {mayWrite && (
          <>
            <Link className="button" to={keep("/members/import")}>
              <Upload aria-hidden="true" />
              {t("members.import")}
            </Link>
            <button type="button" className="button button-primary" onClick={() => setEditing("new")}>
              <Plus aria-hidden="true" />
              {t(`members.add_${kind}`)}
            </button>
          </>
        )}
      </PageHead>
      {query.isPending && <Skeleton count={6} shape="line" />}
      {query.isError && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
      {rows?.length === 0 && <Empty icon={kind === "person" ? UserRound : Car} title={t(q || group ? "members.none_found" : `members.empty_${kind}`)} hint={mayWrite ? t("members.empty_hint") : undefined} />}
      {rows && rows.length > 0 && <Rows rows={rows} kind={kind} groupName={(id) => groups.find((one) => one.id === id)?.name ?? id} onEdit={mayWrite ? setEditing : undefined} />}
      <MoreRows query={query} />
      {editing && <MemberDialog key={editing === "new" ? "new" : editing.id} site={site} kind={kind} member={editing === "new" ? null : editing} groups={groups} onClose={() => setEditing(null)} />}
    </div>
  );
}

interface RowsProps {
  rows: Member[];
  kind: MemberKind;
  groupName: (id: string) => string;
  onEdit?: (member: Member) => void;
}

function Rows({ rows, kind, groupName, onEdit }: RowsProps) {
  const { t } = useTranslation();
  const word = useWord();
  const { site } = useOneSite();
  const scheduleName = useScheduleName(site);
  return (
    <div className="table-wrap">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t(kind === "person" ? "members.name" : "members.plate")}</th>
            <th scope="col">{t("inside.group")}</th>
            <th scope="col">{t(kind === "person" ? "members.number" : "members.label")}</th>
            <th scope="col">{t("members.schedule")}</th>
            <th scope="col">{t("members.until")}</th>
            <th scope="col">{t("members.status")}</th>
            {onEdit && <th scope="col" aria-label={t("members.edit")} />}
          </tr>
        </thead>
        <tbody>
          {rows.map((member) => (
            <tr key={member.id} data-member={member.id}>
              <td className="strong">{kind === "person" ? member.name : <code className="plate-text">{member.plate ?? "–"}</code>}</td>
              <td>{groupName(member.group)}</td>
              <td data-word={t(kind === "person" ? "members.number" : "members.label")}>
                {kind === "person" ? <span className="mono" title={t("members.masked")}>{member.number ?? "–"}</span> : member.name}
              </td>
              <td data-word={t("members.schedule")}>{member.schedule ? scheduleName(member.schedule) : t("members.always")}</td>
              <td data-word={t("members.until")}>{member.valid_until ? date(member.valid_until) : t("members.for_ever")}</td>
              <td>
                <Badge tone={TONE[member.status] ?? "unknown"} size="s">
                  {word("member_status", member.status)}
                </Badge>
                {member.escort && <small className="quiet"> {t("members.escort_short")}</small>}
              </td>
              {onEdit && (
                <td className="table-number">
                  <button type="button" className="button button-quiet" onClick={() => onEdit(member)}>
                    {t("members.edit")}
                  </button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
