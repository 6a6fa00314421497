import { useQuery } from "@tanstack/react-query";
import { ChartColumn, PencilLine } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { gateKeys, useGates } from "../../api/gate-queries";
import { membersApi } from "../../api/members";
import type { FigureRow } from "../../api/types";
import { addDays, dayOf, endOfDay, startOfDay } from "../../format/days";
import { type Slot, type Subject, corrected, signed, slots, sum } from "../../format/figures";
import { addLoss } from "../../format/gate";
import { whole } from "../../format/numbers";
import { clock, date } from "../../format/time";
import { mayManage } from "../../shell/places";
import { useAddress, useOneSite } from "../../shell/site";
import { useUser } from "../../shell/user";
import { Loaded } from "../../ui/loaded";
import { LossNote } from "../../ui/loss";
import { PageHead } from "../../ui/page-head";
import { Select } from "../../ui/select";
import { useName } from "../../ui/words";
import { DayField } from "../accesses/filters";
import { InOutChart } from "./chart";
import { CorrectionDialog } from "./correction";
import { FigureTable, Corrections } from "./table";

/** Entries, exits and people inside by hour or day, each figure with what is missing from it. */
export function FiguresPage() {
  const { t } = useTranslation();
  const { site } = useOneSite();
  const user = useUser();
  const name = useName();
  const [address, change] = useAddress();
  const of = (key: string) => address.get(key) ?? "";
  const by = of("by") === "day" ? "day" : "hour";
  const today = dayOf(Date.now());
  const from = of("from") || (by === "day" ? addDays(today, -13) : today);
  const to = of("to") || today;
  const subject: Subject = of("of") === "vehicles" ? "vehicles" : "people";
  const gates = (useGates(site).data ?? []).filter((gate) => gate.site === site);
  const [correcting, setCorrecting] = useState(false);
  const query = useQuery({
    queryKey: gateKeys.figures(site, from, to, by, of("gate")),
    queryFn: () => membersApi.figures(site, startOfDay(from), endOfDay(to), by, of("gate")),
    enabled: site !== "",
  });
  return (
    <div className="page">
      <PageHead title={t("figures.title")} query={query} oneSite>
        <Chips label={t("figures.by")} value={by} options={["hour", "day"]} word={(value) => t(`figures.by_${value}`)} onChange={(next) => change({ by: next === "hour" ? "" : next, from: "", to: "" })} />
        <Chips label={t("figures.of")} value={subject} options={["people", "vehicles"]} word={(value) => t(`figures.${value}`)} onChange={(next) => change({ of: next === "people" ? "" : next })} />
        <Select label={t("access.gate")} all={t("access.all_gates")} value={of("gate")} options={gates.map((gate) => ({ value: gate.id, label: name(gate) }))} onChange={(gate) => change({ gate })} />
        <DayField word={t("access.from")} value={from} onChange={(day) => change({ from: day })} />
        <DayField word={t("access.to")} value={to} onChange={(day) => change({ to: day })} />
        {mayManage(user) && (
          <button type="button" className="button" onClick={() => setCorrecting(true)}>
            <PencilLine aria-hidden="true" />
            {t("figures.correct")}
          </button>
        )}
      </PageHead>
      <Loaded query={query} isEmpty={(rows) => rows.length === 0} empty={{ icon: ChartColumn, title: t("figures.empty"), hint: t("figures.empty_hint") }}>
        {(rows) => <Shown rows={rows} subject={subject} by={by} />}
      </Loaded>
      <CorrectionDialog open={correcting} onClose={() => setCorrecting(false)} site={site} gates={gates} />
    </div>
  );
}

export function Chips<V extends string>({ label, value, options, word, onChange }: { label: string; value: V; options: readonly V[]; word: (value: V) => string; onChange: (value: V) => void }) {
  const row = useRef<HTMLDivElement>(null);
  // On a phone the row is wider than the screen: what is chosen is in sight.
  useEffect(() => {
    void row.current?.querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [value]);
  return (
    <div ref={row} className="chips" role="group" aria-label={label}>
      {options.map((option) => (
        <button key={option} type="button" className="chip" aria-pressed={value === option} onClick={() => onChange(option)}>
          {word(option)}
        </button>
      ))}
    </div>
  );
}

function Shown({ rows, subject, by }: { rows: FigureRow[]; subject: Subject; by: "hour" | "day" }) {
  const { t, i18n } = useTranslation();
  const joined = slots(rows);
  const label = (slot: Slot) => (by === "hour" ? clock(slot.from).slice(0, 5) : date(slot.from).slice(0, 5));
  const total = sum(rows);
  const last = joined.at(-1)?.from;
  const inside = rows.filter((row) => row.from === last).reduce((count, row) => count + row[`inside_${subject}`], 0);
  const by_hand = corrected(joined.flatMap((slot) => slot.corrections), subject);
  const n = (count: number) => whole(count, i18n.language);
  return (
    <>
      <div className="tiles">
        <Tile word={t("figures.in")} value={n(total[`${subject}_in`])} />
        <Tile word={t("figures.out")} value={n(total[`${subject}_out`])} />
        <Tile word={t("figures.inside")} value={n(inside)} />
        <Tile word={t("figures.corrected")} value={signed(by_hand, i18n.language)} note={t("figures.corrected_hint")} />
      </div>
      <p className="figures-loss">
        <LossNote loss={addLoss(rows.map((row) => row.loss))} />
      </p>
      <section className="card chart-card">
        <InOutChart slots={joined} subject={subject} label={label} />
      </section>
      <FigureTable rows={rows} subject={subject} by={by} />
      <Corrections rows={joined.flatMap((slot) => slot.corrections)} />
    </>
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
