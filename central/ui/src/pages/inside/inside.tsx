import { Car, TimerReset, UserRound, UsersRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useGates, useGroups, useInside } from "../../api/gate-queries";
import type { InsideRow } from "../../api/types";
import { whole } from "../../format/numbers";
import { useGateName } from "../figures/table";
import { useAddress, useKeepSite, useOneSite } from "../../shell/site";
import { Loaded } from "../../ui/loaded";
import { PageHead } from "../../ui/page-head";
import { Select } from "../../ui/select";
import { Age, Time } from "../../ui/time";
import { Badge } from "../../ui/verdict";

/** Who and what is inside now, by area and group; those over their stay first. */
export function InsidePage() {
  const { t } = useTranslation();
  const { site } = useOneSite();
  const [address, change] = useAddress();
  const [only, setOnly] = useState(false);
  const [area, group] = [address.get("area") ?? "", address.get("group") ?? ""];
  const query = useInside(site, area, group);
  const groups = useGroups(site).data ?? [];
  const gates = (useGates(site).data ?? []).filter((gate) => gate.site === site);
  const areas = [...new Set([...gates, ...(query.data ?? [])].map((row) => row.area))];
  const rows = (query.data ?? []).filter((row) => !only || row.overstayed).toSorted((a, b) => Number(b.overstayed) - Number(a.overstayed) || a.since.localeCompare(b.since));
  const over = (query.data ?? []).filter((row) => row.overstayed).length;
  return (
    <div className="page">
      <PageHead title={t("inside.title")} query={query} oneSite>
        <Select label={t("inside.area")} all={t("inside.all_areas")} value={area} options={areas.map((value) => ({ value, label: value }))} onChange={(next) => change({ area: next })} />
        {groups.length > 0 && <Select label={t("inside.group")} all={t("inside.all_groups")} value={group} options={groups.map(({ id, name }) => ({ value: id, label: name }))} onChange={(next) => change({ group: next })} />}
        <button type="button" className="chip" aria-pressed={only} onClick={() => setOnly(!only)}>
          {t("inside.only_over", { count: over })}
        </button>
      </PageHead>
      <Totals areas={areas} gates={gates} />
      <Loaded query={query} isEmpty={() => rows.length === 0} empty={{ icon: UsersRound, title: t(only ? "inside.empty_over" : "inside.empty"), hint: t("inside.empty_hint") }}>
        {() => <Rows rows={rows} />}
      </Loaded>
    </div>
  );
}

/** Counted people and vehicles of each area: the anonymous ones are in them, and in no row below. */
function Totals({ areas, gates }: { areas: string[]; gates: { area: string; people: number; vehicles: number }[] }) {
  const { t, i18n } = useTranslation();
  return (
    <div className="tiles">
      {areas.map((area) => {
        // Gates of one area share its count; a tenant is not told it.
        const gate = gates.find((row) => row.area === area);
        if (!gate) return null;
        return (
          <div key={area} className="tile" data-area={area}>
            <span className="figure-label">{t("inside.area_is", { area })}</span>
            <span className="figure-value">{whole(gate.people, i18n.language)}</span>
            <span className="figure-note">{t("inside.people_and", { vehicles: whole(gate.vehicles, i18n.language) })}</span>
          </div>
        );
      })}
    </div>
  );
}

function Rows({ rows }: { rows: InsideRow[] }) {
  const { t } = useTranslation();
  const keep = useKeepSite();
  const gateName = useGateName();
  return (
    <div className="table-wrap">
      <table className="table">
        <caption className="sr-only">{t("inside.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("inside.who")}</th>
            <th scope="col">{t("inside.group")}</th>
            <th scope="col">{t("inside.area")}</th>
            <th scope="col">{t("inside.since")}</th>
            <th scope="col">{t("inside.stay")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const Icon = row.kind === "vehicle" ? Car : UserRound;
            return (
              <tr key={row.subject} data-inside={row.subject}>
                <td>
                  <span className="with-icon">
                    <Icon aria-hidden="true" />
                    {row.entry_access ? <Link className="link strong" to={keep(`/accesses/${row.entry_access}`)}>{row.label ?? t("inside.no_name")}</Link> : <b>{row.label ?? t("inside.no_name")}</b>}
                  </span>
                </td>
                <td data-word={t("inside.group")}>{row.group_name ?? row.group ?? "–"}</td>
                <td data-word={t("inside.area")}>
                  {row.area} <span className="quiet">{row.gate && gateName(row.gate)}</span>
                </td>
                <td data-word={t("inside.since")}>
                  <Time at={row.since} form="short" />
                </td>
                <td data-word={t("inside.stay")}>
                  {row.overstayed ? (
                    <Badge tone="wait" size="s" icon={TimerReset}>
                      {t("inside.overstayed")}
                    </Badge>
                  ) : (
                    <Age at={row.since} />
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
