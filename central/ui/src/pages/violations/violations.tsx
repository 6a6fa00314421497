import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { FigureGroup, ViolationFigure, ViolationFigures } from "../../api/handling-types";
import { handlingKeys, handlingsApi } from "../../api/handlings";
import { addDays, dayOf, endOfDay, isDay, startOfDay, written } from "../../format/days";
import { dong } from "../../format/money";
import { percent, whole } from "../../format/numbers";
import { useAddress, useSite } from "../../shell/site";
import { FigureTable } from "../../ui/figure-table";
import { Loaded } from "../../ui/loaded";
import { Problem } from "../../ui/outcome";
import { PageHead } from "../../ui/page-head";
import { useSay, useWord } from "../../ui/words";
import { DayField } from "../accesses/filters";
import { Chips } from "../figures/figures";
import { PlacesCard } from "./places-card";
import { chartLabels, ordered } from "./rows";

/** What the address says of a day that was emptied. */
const EMPTIED = "-";
const GROUPS: readonly FigureGroup[] = ["kind", "place", "hour", "day"];

/** Violations by kind, place, hour and day, what became of them, and the money; no plates, no owners. */
export function ViolationsPage() {
  const { t } = useTranslation();
  const [address, change] = useAddress();
  const site = useSite();
  // A day that was never chosen is the usual one; one that was emptied stays empty, and that is said.
  const day = (key: string, usual: string) => {
    const given = address.get(key) ?? "";
    if (given === EMPTIED) return "";
    return isDay(given) ? given : usual;
  };
  const to = day("to", dayOf(Date.now()));
  const from = day("from", addDays(to || dayOf(Date.now()), -29));
  const wrong = from === "" || to === "" ? "day_missing" : from > to ? "days_turned" : null;
  const group = GROUPS.find((one) => one === address.get("group")) ?? "kind";
  const query = useQuery({ queryKey: handlingKeys.figures(from, to, site, group), queryFn: () => handlingsApi.figures(startOfDay(from), endOfDay(to), site, group), enabled: wrong === null });
  return (
    <div className="page">
      <PageHead title={t("violations.title")} query={query}>
        <DayField word={t("reviewers.from")} value={from} onChange={(day) => change({ from: day || EMPTIED })} />
        <DayField word={t("reviewers.to")} value={to} onChange={(day) => change({ to: day || EMPTIED })} />
      </PageHead>
      {wrong && <Problem>{t(`violations.${wrong}`)}</Problem>}
      {!wrong && <Loaded query={query}>
        {(data) => (
          <>
            <Totals data={data} />
            <Loss />
            <Chips label={t("violations.by")} value={group} options={GROUPS} word={(one) => t(`violations.group.${one}`)} onChange={(next) => change({ group: next === "kind" ? "" : next })} />
            <Rows data={data} group={group} />
          </>
        )}
      </Loaded>}
      {!wrong && <PlacesCard from={from} to={to} site={site} />}
    </div>
  );
}

/** The way of all cases as one line of numbers, each with its part of the one before. */
function Totals({ data }: { data: ViolationFigures }) {
  const { t, i18n } = useTranslation();
  const { total } = data;
  const n = (value: number) => whole(value, i18n.language);
  const part = (value: number, of: number) => (of > 0 ? percent(value / of, i18n.language) : "–");
  return (
    <div className="tiles">
      <Tile word={t("violations.detected")} value={n(total.detected)} note={t("violations.inadmissible_part", { part: part(total.inadmissible, total.detected) })} />
      <Tile word={t("violations.confirmed")} value={n(total.confirmed)} note={t("violations.rejected_part", { part: part(total.rejected, total.confirmed + total.rejected) })} />
      <Tile word={t("violations.noticed")} value={n(total.noticed)} />
      <Tile word={t("violations.decided")} value={n(total.decided)} note={dong(data.vnd_fined, i18n.language)} />
      <Tile word={t("violations.paid")} value={n(total.paid)} note={dong(data.vnd_paid, i18n.language)} />
      <Tile word={t("violations.overdue")} value={n(total.overdue)} note={data.median_days === null ? undefined : t("violations.median", { days: n(data.median_days) })} />
    </div>
  );
}

function Tile({ word, value, note }: { word: string; value: string; note?: string }) {
  return (
    <div className="tile">
      <span className="figure-label">{word}</span>
      <span className="figure-value">{value}</span>
      {note && <span className="figure-note">{note}</span>}
    </div>
  );
}

/** What these figures cannot know: cameras that were off see no violations. */
function Loss() {
  const { t } = useTranslation();
  return (
    <p className="figures-loss">
      <span className="loss loss-some" data-testid="loss">
        <TriangleAlert aria-hidden="true" />
        <span>{t("violations.loss_unknown")}</span>
      </span>
    </p>
  );
}

function Rows({ data, group }: { data: ViolationFigures; group: FigureGroup }) {
  const { t, i18n } = useTranslation();
  const say = useSay();
  const word = useWord();
  const n = (value: number) => whole(value, i18n.language);
  const name = (row: ViolationFigure) => (group === "day" ? null : say(row.vi, row.en)) || (group === "day" ? written(row.key.slice(0, 10)) : group === "hour" ? `${row.key.padStart(2, "0")}:00` : group === "kind" ? word("violation_kind", row.key) : row.key);
  const groups = ordered(data.groups, group);
  const most = Math.max(1, ...groups.map(({ detected }) => detected));
  return (
    <>
      {(group === "hour" || group === "day") && (
        <figure className="card violation-chart">
          <svg viewBox={`0 0 ${Math.max(groups.length, 1)} 40`} preserveAspectRatio="none" role="img" aria-label={t("violations.chart")}>
            {groups.map((row, at) => (
              <g key={row.key}>
                <title>{`${name(row)}: ${n(row.detected)}`}</title>
                <rect className="bar-all" x={at + 0.12} width={0.76} y={40 - (row.detected / most) * 38} height={(row.detected / most) * 38} />
                <rect className="bar-good" x={at + 0.12} width={0.76} y={40 - (row.confirmed / most) * 38} height={(row.confirmed / most) * 38} />
              </g>
            ))}
          </svg>
          <div className="chart-axis" aria-hidden="true">
            {chartLabels(groups.map((row) => (group === "day" ? name(row).slice(0, 5) : name(row)))).map((label, at) => (
              <span key={groups[at].key}>{label}</span>
            ))}
          </div>
          <figcaption>
            <span className="key-all">{t("violations.detected")}</span> <span className="key-good">{t("violations.confirmed")}</span>
          </figcaption>
        </figure>
      )}
      <FigureTable
        title={t(`violations.group.${group}`)}
        heads={[t(`violations.group.${group}`), t("violations.detected"), t("violations.inadmissible"), t("violations.rejected"), t("violations.confirmed"), t("violations.noticed"), t("violations.decided"), t("violations.paid"), t("violations.overdue")]}
        rows={groups.map((row) => ({ key: row.key, cells: [name(row), n(row.detected), n(row.inadmissible), n(row.rejected), n(row.confirmed), n(row.noticed), n(row.decided), n(row.paid), n(row.overdue)] }))}
      />
    </>
  );
}
