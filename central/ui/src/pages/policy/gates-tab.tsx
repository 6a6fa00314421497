import { Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { LaneWay, Policy, PolicyDocument, PolicyGate } from "../../api/types";
import { Field, NumberField, SelectField } from "../../ui/field";
import { useName, usePhrase, useWord } from "../../ui/words";
import { policyPhrases } from "../../format/policy";
import { WAY_ICON } from "../gates/lane";
import { LaneEditor } from "./lane-editor";
import type { Edit } from "./use-draft";

const WAYS: LaneWay[] = ["in", "out", "both"];

/** A careful beginning: nobody unknown passes by itself, and an old list lets the guard look. */
const NEW_POLICY: Policy = {
  id: "moi", wanted: "vehicle", rules: [], unknown: "wait", least_trust: null, least_score: 0.85, anti_passback: { mode: "off" }, quotas: false, interlock: [],
  tailgating: { bodies: 1, window_s: 8 }, staleness: { fresh_s: 900, usable_s: 86_400, when_old: "wait" }, faces: "off", pair_s: 30,
};

/** A name for machines that nothing else has: `lan-4`. */
function freeName(stem: string, taken: string[]): string {
  for (let n = taken.length + 1; ; n += 1) if (!taken.includes(`${stem}-${n}`)) return `${stem}-${n}`;
}

export function GatesTab({ document, edit }: { document: PolicyDocument; edit: Edit }) {
  const { t } = useTranslation();
  const addGate = () =>
    edit?.((next) => {
      const id = freeName("cong", next.gates.map((gate) => gate.id));
      next.gates.push({ id, name_vi: t("policy.new_gate"), name_en: "New gate", area: next.gates[0]?.area ?? "khu", person_capacity: null, vehicle_capacity: null, lanes: [] });
    });
  return (
    <div className="policy-gates">
      {document.gates.map((gate) => (
        <GateEditor key={gate.id} gate={gate} document={document} edit={edit} />
      ))}
      <PaperForm document={document} edit={edit} />
      {edit && (
        <button type="button" className="button" onClick={addGate}>
          <Plus aria-hidden="true" />
          {t("policy.add_gate")}
        </button>
      )}
    </div>
  );
}

function PaperForm({ document, edit }: { document: PolicyDocument; edit: Edit }) {
  const { t } = useTranslation();
  return (
    <fieldset className="card form" disabled={!edit}>
      <Field word={t("policy.paper_form")} hint={t("policy.paper_form_hint")}>
        <input value={document.paper_form ?? ""} maxLength={40} onChange={(event) => edit?.((next) => void (next.paper_form = event.target.value || null))} />
      </Field>
    </fieldset>
  );
}

function GateEditor({ gate, document, edit }: { gate: PolicyGate; document: PolicyDocument; edit: Edit }) {
  const { t } = useTranslation();
  const name = useName();
  const set = (change: Partial<PolicyGate>) => edit?.((next) => void Object.assign(next.gates.find((one) => one.id === gate.id) ?? {}, change));
  const addLane = () =>
    edit?.((next) => {
      const id = freeName("lan", next.gates.flatMap((one) => one.lanes.map((lane) => lane.id)));
      next.gates.find((one) => one.id === gate.id)?.lanes.push({ id, name_vi: t("policy.new_lane"), name_en: "New lane", way: "in", policy: structuredClone({ ...NEW_POLICY, id }) });
    });
  return (
    <details className="card gate-editor" data-gate={gate.id} open={document.gates.length === 1}>
      <summary>
        <h2>{name(gate)}</h2>
        <span className="quiet">{t("policy.gate_sum", { area: gate.area, count: gate.lanes.length })}</span>
      </summary>
      <fieldset className="form" disabled={!edit}>
        <div className="field-row">
          <Field word={t("policy.name_vi")}>
            <input value={gate.name_vi} maxLength={60} onChange={(event) => set({ name_vi: event.target.value })} />
          </Field>
          <Field word={t("policy.name_en")}>
            <input value={gate.name_en} maxLength={60} onChange={(event) => set({ name_en: event.target.value })} />
          </Field>
        </div>
        <div className="field-row field-row-three">
          <Field word={t("policy.area")} hint={t("policy.area_hint")}>
            <input value={gate.area} maxLength={32} onChange={(event) => set({ area: event.target.value })} />
          </Field>
          <NumberField word={t("policy.person_capacity")} value={gate.person_capacity} placeholder={t("policy.no_limit")} onChange={(person_capacity) => set({ person_capacity })} />
          <NumberField word={t("policy.vehicle_capacity")} value={gate.vehicle_capacity} placeholder={t("policy.no_limit")} onChange={(vehicle_capacity) => set({ vehicle_capacity })} />
        </div>
      </fieldset>
      {gate.lanes.map((lane) => (
        <LaneFold key={lane.id} gate={gate} lane={lane} document={document} edit={edit} />
      ))}
      {edit && (
        <div className="form-acts">
          <button type="button" className="button" onClick={addLane}>
            <Plus aria-hidden="true" />
            {t("policy.add_lane")}
          </button>
          <button type="button" className="button button-danger" onClick={() => window.confirm(t("policy.remove_sure", { name: name(gate) })) && edit((next) => void (next.gates = next.gates.filter((one) => one.id !== gate.id)))}>
            <Trash2 aria-hidden="true" />
            {t("policy.remove_gate")}
          </button>
        </div>
      )}
    </details>
  );
}

function LaneFold({ gate, lane, document, edit }: { gate: PolicyGate; lane: PolicyGate["lanes"][number]; document: PolicyDocument; edit: Edit }) {
  const { t } = useTranslation();
  const name = useName();
  const word = useWord();
  const phrase = usePhrase();
  const Way = WAY_ICON[lane.way];
  const inLane = (act: (found: PolicyGate["lanes"][number]) => void) =>
    edit?.((next) => {
      const found = next.gates.find((one) => one.id === gate.id)?.lanes.find((one) => one.id === lane.id);
      if (found) act(found);
    });
  return (
    <details className="lane-editor" data-lane={lane.id}>
      <summary>
        <Way aria-hidden="true" />
        <b>{name(lane)}</b>
        <span className="quiet">{policyPhrases(lane.policy).map(phrase).join(" · ")}</span>
      </summary>
      <fieldset className="form" disabled={!edit}>
        <div className="field-row field-row-three">
          <Field word={t("policy.name_vi")}>
            <input value={lane.name_vi} maxLength={60} onChange={(event) => inLane((found) => void (found.name_vi = event.target.value))} />
          </Field>
          <Field word={t("policy.name_en")}>
            <input value={lane.name_en} maxLength={60} onChange={(event) => inLane((found) => void (found.name_en = event.target.value))} />
          </Field>
          <SelectField word={t("policy.way")} value={lane.way} options={WAYS.map((value) => ({ value, label: word("lane_way", value) }))} onChange={(way) => inLane((found) => void (found.way = way as LaneWay))} />
        </div>
        <LaneEditor policy={lane.policy} document={document} lane={lane.id} set={(act) => inLane((found) => act(found.policy))} />
        {edit && (
          <button
            type="button"
            className="button button-danger"
            onClick={() =>
              window.confirm(t("policy.remove_sure", { name: name(lane) })) &&
              edit((next) => {
                const found = next.gates.find((one) => one.id === gate.id);
                if (found) found.lanes = found.lanes.filter((one) => one.id !== lane.id);
              })
            }
          >
            <Trash2 aria-hidden="true" />
            {t("policy.remove_lane")}
          </button>
        )}
      </fieldset>
    </details>
  );
}
