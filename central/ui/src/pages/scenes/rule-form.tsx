import { Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { RuleHours, Scene, SceneRule, ViolationKind } from "../../api/scene-types";
import { Check, Field, SelectField } from "../../ui/field";
import { Note } from "../../ui/outcome";
import { CLASSES, NameField, Num, Several } from "./fields";
import { type Chosen, KINDS, RULE_SHAPES, ids, remove, rename } from "./model";

interface Props {
  scene: Scene;
  chosen: Chosen;
  choose: (chosen: Chosen | null) => void;
  change?: (edit: (scene: Scene) => Scene, mark?: string | null) => void;
}

const FIELDS = { grace_ms: "ms", dwell_s: "s", way: "", length_m: "m", limit_kmh: "km/h" } as const;

/** One rule: only what its kind reads is asked. */
export function RuleForm({ scene, chosen, choose, change }: Props) {
  const { t } = useTranslation();
  const rule = scene.rules.find((one) => one.id === chosen.id);
  if (!rule) return null;
  const shape = RULE_SHAPES[rule.kind] ?? { about: [], fields: [] };
  const edit = change ?? (() => undefined);
  const set = (part: Partial<SceneRule>, mark: string | null = null) => edit((old) => ({ ...old, rules: old.rules.map((one) => (one.id === rule.id ? { ...one, ...part } : one)) }), mark);
  const drawn = shape.about.flatMap((list) => scene[list].map(({ id }) => id));
  const offered = [...new Set([...drawn, ...rule.about])];
  const ordered = rule.kind === "turn_ban" || rule.kind === "u_turn" || rule.kind === "speed_section";
  const speed = rule.kind === "speed_homography" || rule.kind === "speed_section";
  return (
    <fieldset className="scene-form" disabled={!change} key={rule.id}>
      <Check word={t("scenes.on")} hint={t("scenes.on_hint")} checked={rule.on} onChange={(on) => set({ on })} />
      <SelectField word={t("scenes.kind_word")} value={rule.kind} options={KINDS.map((value) => ({ value, label: t(`scenes.kind.${value}`) }))} onChange={(kind) => set({ kind: kind as ViolationKind })} />
      {speed && <Note tone="wait">{t("scenes.not_evidence")}</Note>}
      <NameField id={rule.id} taken={ids(scene)} disabled={!change} onRename={(name) => { edit((old) => rename(old, chosen, name)); choose({ ...chosen, id: name }); }} />
      <Several
        word={ordered ? t("scenes.about_ordered") : t("scenes.about")}
        all={offered}
        value={rule.about}
        label={(id) => (ordered && rule.about.includes(id) ? `${rule.about.indexOf(id) + 1}. ${id}` : id)}
        none={offered.length === 0 ? t("scenes.about_nothing", { what: shape.about.map((list) => t(`scenes.list.${list}`).toLowerCase()).join(", ") }) : t("scenes.about_none")}
        onChange={(about) => set({ about })}
      />
      {shape.fields.length > 0 && (
        <div className="field-row">
          {shape.fields.map((name) => (
            <Num key={name} word={t(`scenes.field.${name}`)} unit={name === "way" ? (scene.ground ? "m" : t("scenes.of_height")) : FIELDS[name]} value={rule[name]} hint={t(`scenes.field_hint.${name}`)} onChange={(value) => set({ [name]: name === "grace_ms" && value !== null ? Math.max(0, Math.round(value)) : value }, `${name}:${rule.id}`)} />
          ))}
        </div>
      )}
      <Several word={t("scenes.classes_rule")} all={CLASSES} value={rule.classes} label={(one) => t(`scenes.class.${one}`)} none={t("scenes.all_motor")} onChange={(classes) => set({ classes })} />
      <Hours value={rule.hours} onChange={(hours) => set({ hours }, `hours:${rule.id}`)} />
      <Field word={t("scenes.sign")} hint={t("scenes.sign_hint")}>
        <input value={rule.sign_decision ?? ""} onChange={(event) => set({ sign_decision: event.target.value || null }, `sign:${rule.id}`)} />
      </Field>
      {change && (
        <button type="button" className="button button-danger" onClick={() => { edit((old) => remove(old, chosen)); choose(null); }}>
          <Trash2 aria-hidden="true" />
          {t("scenes.remove_rule")}
        </button>
      )}
    </fieldset>
  );
}

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** Hours in which a rule holds; none means always. */
function Hours({ value, onChange }: { value: RuleHours[]; onChange: (hours: RuleHours[]) => void }) {
  const { t } = useTranslation();
  const put = (at: number, part: Partial<RuleHours>) => onChange(value.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <fieldset className="field">
      <legend>{t("scenes.hours")}</legend>
      {value.length === 0 && <small>{t("scenes.always")}</small>}
      {value.map((one, at) => (
        <div key={at} className="scene-hours">
          <input type="time" aria-label={t("scenes.from")} value={one.from} onChange={(event) => event.target.value && put(at, { from: event.target.value })} />
          <span>–</span>
          <input type="time" aria-label={t("scenes.to")} value={one.to} onChange={(event) => event.target.value && put(at, { to: event.target.value })} />
          <button type="button" className="icon-button" aria-label={t("scenes.remove_hours")} onClick={() => onChange(value.toSpliced(at, 1))}>
            <Trash2 aria-hidden="true" />
          </button>
          <div className="chips">
            {DAYS.map((day, index) => (
              <button key={day} type="button" className="chip chip-s" aria-pressed={one.days.includes(index + 1)} onClick={() => put(at, { days: one.days.includes(index + 1) ? one.days.filter((other) => other !== index + 1) : [...one.days, index + 1].toSorted() })}>
                {t(`day_short.${day}`)}
              </button>
            ))}
          </div>
          {one.days.length === 0 && <small>{t("scenes.every_day")}</small>}
        </div>
      ))}
      <button type="button" className="button button-quiet" onClick={() => onChange([...value, { days: [], from: "06:00", to: "20:00" }])}>
        <Plus aria-hidden="true" />
        {t("scenes.add_hours")}
      </button>
    </fieldset>
  );
}
