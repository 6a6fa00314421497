import { useTranslation } from "react-i18next";
import type { AntiPassback, GateVerdict, Policy, PolicyDocument, TrustLevel, Wanted } from "../../api/types";
import { Check, Field, NumberField, SelectField } from "../../ui/field";
import { useName, useWord } from "../../ui/words";
import { RulesEditor } from "./rules-editor";

const WANTED: Wanted[] = ["anonymous", "vehicle", "person", "vehicle_and_driver"];
const TRUST: TrustLevel[] = ["qr_only", "qr_and_register", "chip", "chip_and_face", "vneid_level2"];
const MODES = ["off", "soft", "hard", "timed"] as const;

interface Props {
  policy: Policy;
  document: PolicyDocument;
  lane: string;
  set: (edit: (policy: Policy) => void) => void;
}

const minutes = (seconds: number) => Math.round(seconds / 60);

/** What a lane asks: every key of the policy, with what it means beside it. */
export function LaneEditor({ policy, document, lane, set }: Props) {
  const { t } = useTranslation();
  const word = useWord();
  const verdicts = (list: GateVerdict[]) => list.map((value) => ({ value, label: word("gate_verdict", value) }));
  const asks = policy.wanted !== "anonymous";
  return (
    <>
      <div className="field-row">
        <SelectField word={t("policy.wanted")} value={policy.wanted} options={WANTED.map((value) => ({ value, label: word("wanted", value) }))} hint={word("wanted_means", policy.wanted)} onChange={(wanted) => set((next) => void (next.wanted = wanted as Wanted))} />
        <SelectField word={t("policy.unknown")} value={policy.unknown} options={verdicts(["wait", "deny", "admit"])} hint={t("policy.unknown_hint")} onChange={(unknown) => set((next) => void (next.unknown = unknown as GateVerdict))} />
      </div>
      {asks && <RulesEditor rules={policy.rules} document={document} set={(rules) => set((next) => void (next.rules = rules))} />}
      {asks && (
        <div className="field-row">
          <SelectField word={t("policy.least_trust")} value={policy.least_trust ?? ""} all={t("policy.no_trust")} options={TRUST.map((value) => ({ value, label: word("trust", value) }))} hint={t("policy.least_trust_hint")} onChange={(trust) => set((next) => void (next.least_trust = (trust || null) as TrustLevel | null))} />
          <Field word={t("policy.least_score", { percent: Math.round(policy.least_score * 100) })} hint={t("policy.least_score_hint")}>
            <input type="range" min={50} max={99} value={Math.round(policy.least_score * 100)} onChange={(event) => set((next) => void (next.least_score = Number(event.target.value) / 100))} />
          </Field>
        </div>
      )}
      <Passback policy={policy} set={set} />
      <Check word={t("policy.quotas")} hint={t("policy.quotas_hint")} checked={policy.quotas} onChange={(quotas) => set((next) => void (next.quotas = quotas))} />
      <Ladder policy={policy} set={set} verdicts={verdicts(["wait", "admit"])} />
      <div className="field-row field-row-three">
        <NumberField word={t("policy.bodies")} min={1} value={policy.tailgating.bodies} hint={t("policy.bodies_hint")} onChange={(bodies) => set((next) => void (next.tailgating.bodies = bodies ?? 1))} />
        <NumberField word={t("policy.window_s")} min={1} value={policy.tailgating.window_s} hint={t("policy.window_hint")} onChange={(seconds) => set((next) => void (next.tailgating.window_s = seconds ?? 1))} />
        {policy.wanted === "vehicle_and_driver" && <NumberField word={t("policy.pair_s")} min={1} value={policy.pair_s} hint={t("policy.pair_hint")} onChange={(seconds) => set((next) => void (next.pair_s = seconds ?? 1))} />}
      </div>
      <Interlock policy={policy} document={document} lane={lane} set={set} />
      <Check word={t("policy.faces")} hint={t("policy.faces_hint")} checked={policy.faces === "check_papers"} onChange={(on) => set((next) => void (next.faces = on ? "check_papers" : "off"))} />
    </>
  );
}

function Passback({ policy, set }: Pick<Props, "policy" | "set">) {
  const { t } = useTranslation();
  const word = useWord();
  const { anti_passback: rule } = policy;
  const choose = (mode: string): AntiPassback => (mode === "timed" ? { mode, minutes: 10 } : { mode: mode as "off" | "soft" | "hard" });
  return (
    <div className="field-row">
      <SelectField word={t("policy.passback")} value={rule.mode} options={MODES.map((value) => ({ value, label: word("passback", value) }))} hint={word("passback_means", rule.mode)} onChange={(mode) => set((next) => void (next.anti_passback = choose(mode)))} />
      {rule.mode === "timed" && <NumberField word={t("policy.minutes")} min={1} value={rule.minutes} onChange={(value) => set((next) => void (next.anti_passback = { mode: "timed", minutes: value ?? 1 }))} />}
    </div>
  );
}

/** How a gate trusts its list less as it grows older. */
function Ladder({ policy, set, verdicts }: Pick<Props, "policy" | "set"> & { verdicts: { value: string; label: string }[] }) {
  const { t } = useTranslation();
  const { staleness } = policy;
  return (
    <div className="staleness">
      <h4>{t("policy.staleness")}</h4>
      <p className="quiet">{t("policy.staleness_hint")}</p>
      <div className="field-row field-row-three">
        <NumberField word={t("policy.fresh")} min={1} value={minutes(staleness.fresh_s)} onChange={(value) => set((next) => void (next.staleness.fresh_s = (value ?? 1) * 60))} />
        <NumberField word={t("policy.usable")} min={1} value={minutes(staleness.usable_s)} onChange={(value) => set((next) => void (next.staleness.usable_s = (value ?? 1) * 60))} />
        <SelectField word={t("policy.when_old")} value={staleness.when_old} options={verdicts} onChange={(verdict) => set((next) => void (next.staleness.when_old = verdict as GateVerdict))} />
      </div>
    </div>
  );
}

function Interlock({ policy, document, lane, set }: Props) {
  const { t } = useTranslation();
  const name = useName();
  const others = document.gates.flatMap((gate) => gate.lanes).filter((other) => other.id !== lane);
  if (others.length === 0) return null;
  return (
    <fieldset className="field">
      <legend>{t("policy.interlock")}</legend>
      <div className="checks checks-row">
        {others.map((other) => (
          <Check
            key={other.id}
            word={name(other)}
            checked={policy.interlock.includes(other.id)}
            onChange={(on) => set((next) => void (next.interlock = on ? [...next.interlock, other.id] : next.interlock.filter((id) => id !== other.id)))}
          />
        ))}
      </div>
      <small>{t("policy.interlock_hint")}</small>
    </fieldset>
  );
}
