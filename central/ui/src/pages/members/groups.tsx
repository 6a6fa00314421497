import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Building2, Plus, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { gateKeys, useGroups } from "../../api/gate-queries";
import { membersApi } from "../../api/members";
import type { Group, GroupKind } from "../../api/types";
import { mayManage } from "../../shell/places";
import { useKeepSite, useOneSite } from "../../shell/site";
import { useUser } from "../../shell/user";
import { Dialog } from "../../ui/dialog";
import { Field, NumberField, SelectField } from "../../ui/field";
import { Loaded } from "../../ui/loaded";
import { Refusal } from "../../ui/outcome";
import { PageHead } from "../../ui/page-head";
import { useWord } from "../../ui/words";

export const GROUP_KINDS: GroupKind[] = ["enterprise", "contractor", "staff", "visitors", "tour", "authority"];

/** Enterprises and other groups of a site. An enterprise's own account sees itself alone. */
export function GroupsPage() {
  const { t } = useTranslation();
  const { site } = useOneSite();
  const user = useUser();
  const query = useGroups(site);
  const [editing, setEditing] = useState<Group | "new" | null>(null);
  return (
    <div className="page">
      <PageHead title={t("groups.title")} query={query} oneSite>
        {mayManage(user) && (
          <button type="button" className="button button-primary" onClick={() => setEditing("new")}>
            <Plus aria-hidden="true" />
            {t("groups.add")}
          </button>
        )}
      </PageHead>
      <Loaded query={query} isEmpty={(groups) => groups.length === 0} empty={{ icon: Building2, title: t("groups.empty"), hint: t("groups.empty_hint") }}>
        {(groups) => <Rows groups={groups} onEdit={mayManage(user) ? setEditing : undefined} />}
      </Loaded>
      {editing && <GroupDialog key={editing === "new" ? "new" : editing.id} site={site} group={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </div>
  );
}

function Rows({ groups, onEdit }: { groups: Group[]; onEdit?: (group: Group) => void }) {
  const { t } = useTranslation();
  const word = useWord();
  const keep = useKeepSite();
  const to = (path: string, group: string) => {
    const base = keep(path);
    return `${base}${base.includes("?") ? "&" : "?"}group=${encodeURIComponent(group)}`;
  };
  return (
    <div className="table-wrap">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t("groups.name")}</th>
            <th scope="col">{t("groups.kind")}</th>
            <th scope="col">{t("groups.quota")}</th>
            <th scope="col">{t("groups.contact")}</th>
            <th scope="col">{t("groups.members")}</th>
            {onEdit && <th scope="col" aria-label={t("members.edit")} />}
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr key={group.id} data-group={group.id}>
              <td className="strong">{group.name}</td>
              <td>{word("group_kind", group.kind)}</td>
              <td data-word={t("groups.quota")}>{t("groups.quota_is", { people: group.person_quota ?? "∞", vehicles: group.vehicle_quota ?? "∞" })}</td>
              <td data-word={t("groups.contact")}>{group.contact ?? "–"}</td>
              <td>
                <Link className="link" to={to("/members/people", group.id)}>
                  {t("groups.people", { count: group.people ?? 0 })}
                </Link>
                {" · "}
                <Link className="link" to={to("/members/vehicles", group.id)}>
                  {t("groups.vehicles", { count: group.vehicles ?? 0 })}
                </Link>
              </td>
              {onEdit && (
                <td className="table-number">
                  <button type="button" className="button button-quiet" onClick={() => onEdit(group)}>
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

function GroupDialog({ site, group, onClose }: { site: string; group: Group | null; onClose: () => void }) {
  const { t } = useTranslation();
  const word = useWord();
  const client = useQueryClient();
  const [form, setForm] = useState({ kind: group?.kind ?? ("enterprise" as GroupKind), name: group?.name ?? "", contact: group?.contact ?? "", person_quota: group?.person_quota ?? null, vehicle_quota: group?.vehicle_quota ?? null });
  const [tried, setTried] = useState(false);
  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change });
  const done = () => {
    void client.invalidateQueries({ queryKey: gateKeys.groups(site) });
    onClose();
  };
  const save = useMutation({
    mutationFn: () => {
      const body = { ...form, name: form.name.trim(), contact: form.contact.trim() || null };
      return group ? membersApi.changeGroup(site, group.id, body) : membersApi.addGroup({ site, ...body });
    },
    onSuccess: done,
  });
  const remove = useMutation({ mutationFn: () => membersApi.removeGroup(site, group?.id ?? ""), onSuccess: done });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (form.name.trim() && !save.isPending) save.mutate();
  };
  return (
    <Dialog title={t(group ? "groups.edit" : "groups.add")} open onClose={onClose}>
      <form className="form card-flat" onSubmit={submit} noValidate>
        <Field word={t("groups.name")} trouble={tried && !form.name.trim() ? t("admin.required") : null}>
          <input value={form.name} maxLength={120} onChange={(event) => set({ name: event.target.value })} />
        </Field>
        <SelectField word={t("groups.kind")} value={form.kind} options={GROUP_KINDS.map((value) => ({ value, label: word("group_kind", value) }))} onChange={(kind) => set({ kind: kind as GroupKind })} />
        <div className="field-row">
          <NumberField word={t("groups.person_quota")} value={form.person_quota} onChange={(person_quota) => set({ person_quota })} placeholder={t("policy.no_limit")} />
          <NumberField word={t("groups.vehicle_quota")} value={form.vehicle_quota} onChange={(vehicle_quota) => set({ vehicle_quota })} placeholder={t("policy.no_limit")} />
        </div>
        <Field word={t("groups.contact")} hint={t("groups.contact_hint")}>
          <input value={form.contact} maxLength={200} onChange={(event) => set({ contact: event.target.value })} />
        </Field>
        <Refusal error={save.error ?? remove.error} />
        <div className="form-acts">
          <button type="submit" className="button button-primary" aria-busy={save.isPending}>
            {t("members.save")}
          </button>
          {group && (
            <button type="button" className="button button-danger" aria-busy={remove.isPending} onClick={() => window.confirm(t("groups.remove_sure", { name: group.name })) && remove.mutate()}>
              <Trash2 aria-hidden="true" />
              {t("members.remove")}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
