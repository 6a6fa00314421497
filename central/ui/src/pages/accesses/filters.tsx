import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useGates } from "../../api/gate-queries";
import { useAddress, useSite } from "../../shell/site";
import { Select } from "../../ui/select";
import { TextFilter } from "../../ui/text-filter";
import { useName, useWord } from "../../ui/words";

export const FILTERS = ["gate", "lane", "verdict", "reason", "outcome", "from", "to", "q"] as const;
const VERDICTS = ["admit", "wait", "deny"];
const OUTCOMES = ["pending", "passed", "turned_back", "passed_unadmitted", "unknown"];

/** Reasons that a person would look for; the rest are found by the lane or the text. */
export const REASONS = [
  "emergency", "no_list", "unknown_lane", "nothing_presented", "unreadable", "vehicle_missing", "person_missing", "check_papers", "identity_mismatch", "blocked", "unsure", "possible",
  "not_listed", "other_gate", "not_yet_valid", "expired", "used_up", "out_of_hours", "rule", "proof_needed", "driver_not_allowed", "escort_needed", "already_inside", "not_inside", "too_soon",
  "quota_full", "area_full", "interlock", "list_old", "listed", "anonymous",
];

export function AccessFilters() {
  const { t } = useTranslation();
  const [address, change] = useAddress();
  const gates = useGates(useSite()).data ?? [];
  const word = useWord();
  const name = useName();
  const of = (key: string) => address.get(key) ?? "";
  const lanes = gates.filter((gate) => !of("gate") || gate.id === of("gate")).flatMap((gate) => gate.lanes);
  const words = (kind: string, list: string[]) => list.map((value) => ({ value, label: word(kind, value) }));
  return (
    <search className="filters access-filters" aria-label={t("filter.label")}>
      <TextFilter value={of("q")} onChange={(q) => change({ q })} word={t("access.search")} />
      <Select label={t("access.gate")} all={t("access.all_gates")} value={of("gate")} options={gates.map((gate) => ({ value: gate.id, label: name(gate) }))} onChange={(gate) => change({ gate, lane: "" })} />
      <Select label={t("access.lane")} all={t("access.all_lanes")} value={of("lane")} options={lanes.map((lane) => ({ value: lane.id, label: name(lane) }))} onChange={(lane) => change({ lane })} />
      <Select label={t("access.verdict")} all={t("access.all_verdicts")} value={of("verdict")} options={words("gate_verdict", VERDICTS)} onChange={(verdict) => change({ verdict })} />
      <Select label={t("access.reason")} all={t("access.all_reasons")} value={of("reason")} options={words("reason", REASONS)} onChange={(reason) => change({ reason })} />
      <Select label={t("access.outcome")} all={t("access.all_outcomes")} value={of("outcome")} options={words("outcome", OUTCOMES)} onChange={(outcome) => change({ outcome })} />
      <DayField word={t("access.from")} value={of("from")} onChange={(from) => change({ from })} />
      <DayField word={t("access.to")} value={of("to")} onChange={(to) => change({ to })} />
      {FILTERS.some((key) => address.has(key)) && (
        <button type="button" className="button button-quiet" onClick={() => change(Object.fromEntries(FILTERS.map((key) => [key, ""])))}>
          <X aria-hidden="true" />
          {t("filter.clear")}
        </button>
      )}
    </search>
  );
}

/** A day of the calendar, short enough for a row of filters. */
export function DayField({ word, value, onChange }: { word: string; value: string; onChange: (day: string) => void }) {
  return (
    <label className={`day-field ${value ? "select-set" : ""}`}>
      <span>{word}</span>
      <input type="date" value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}
