import { CircleAlert, Crosshair, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Scene, SceneProblem } from "../../api/scene-types";
import { useSay } from "../../ui/words";
import { ElementForm } from "./element-form";
import { type Chosen, LISTS, emptyRule, freeId } from "./model";
import { RuleForm } from "./rule-form";

interface Props {
  scene: Scene;
  problems: SceneProblem[];
  chosen: Chosen | null;
  choose: (chosen: Chosen | null) => void;
  change?: (edit: (scene: Scene) => Scene, mark?: string | null) => void;
}

const of = (problems: SceneProblem[], at: string) => problems.filter((problem) => problem.at === at);

function Troubles({ problems }: { problems: SceneProblem[] }) {
  const say = useSay();
  return problems.map((problem) => (
    <span key={problem.what} className="scene-trouble">
      <CircleAlert aria-hidden="true" />
      {say(problem.what_vi, problem.what)}
    </span>
  ));
}

/** Everything drawn, by name, with what is wrong beside it; the form of the chosen one opens in place. */
export function ElementsPanel({ scene, problems, chosen, choose, change }: Props) {
  const { t } = useTranslation();
  const listed = new Set(LISTS.flatMap((list) => scene[list].map(({ id }) => `${list}.${id}`)));
  const others = problems.filter(({ at }) => !listed.has(at) && !at.startsWith("rules.") && at !== "ground");
  const kindOf = (list: (typeof LISTS)[number], id: string) => {
    if (list === "lines") return t(`scenes.line.${scene.lines.find((one) => one.id === id)?.kind ?? "stop"}`);
    if (list === "zones") return t(`scenes.zone.${scene.zones.find((one) => one.id === id)?.kind ?? "ignore"}`);
    return t(`scenes.one.${list}`);
  };
  return (
    <div className="scene-list" data-testid="elements">
      {others.length > 0 && <Troubles problems={others} />}
      {listed.size === 0 && !scene.ground && <p className="hint">{t("scenes.empty_drawing")}</p>}
      {LISTS.map((list) =>
        scene[list].map(({ id }) => {
          const on = chosen?.list === list && chosen.id === id;
          return (
            <Item key={`${list}.${id}`} on={on} kind={list} name={id} what={kindOf(list, id)} problems={of(problems, `${list}.${id}`)} onOpen={() => choose(on ? null : { list, id, point: null })}>
              {on && chosen && <ElementForm scene={scene} chosen={chosen} choose={choose} change={change} />}
            </Item>
          );
        }),
      )}
      {scene.ground && (
        <Item on={chosen?.list === "ground"} kind="ground" name={t("scenes.ground")} what={t("scenes.points", { count: scene.ground.points.length })} problems={of(problems, "ground")} onOpen={() => choose(chosen?.list === "ground" ? null : { list: "ground", id: "ground", point: null })}>
          {chosen?.list === "ground" && <ElementForm scene={scene} chosen={chosen} choose={choose} change={change} />}
        </Item>
      )}
    </div>
  );
}

interface ItemProps {
  on: boolean;
  kind: string;
  name: string;
  what: string;
  problems: SceneProblem[];
  onOpen: () => void;
  off?: boolean;
  children?: React.ReactNode;
}

function Item({ on, kind, name, what, problems, onOpen, off, children }: ItemProps) {
  return (
    <section className={`scene-item ${on ? "on" : ""} ${off ? "off" : ""}`} data-element={name}>
      <button type="button" className="scene-item-head" aria-expanded={on} onClick={onOpen}>
        <i className={`scene-swatch swatch-${kind}`} aria-hidden="true" />
        <b>{name}</b>
        <span>{what}</span>
      </button>
      <Troubles problems={problems} />
      {children}
    </section>
  );
}

/** Rules, with what is wrong beside each. */
export function RulesPanel({ scene, problems, chosen, choose, change }: Props) {
  const { t } = useTranslation();
  const add = () => {
    const id = freeId(scene, "luat");
    change?.((old) => ({ ...old, rules: [...old.rules, emptyRule(id, "red_light")] }));
    choose({ list: "rules", id, point: null });
  };
  return (
    <div className="scene-list" data-testid="rules">
      {scene.rules.length === 0 && <p className="hint">{t("scenes.no_rules")}</p>}
      {scene.rules.map((rule) => {
        const on = chosen?.list === "rules" && chosen.id === rule.id;
        return (
          <Item key={rule.id} on={on} off={!rule.on} kind="rule" name={t(`scenes.kind.${rule.kind}`)} what={rule.on ? rule.id : t("scenes.rule_off", { id: rule.id })} problems={of(problems, `rules.${rule.id}`)} onOpen={() => choose(on ? null : { list: "rules", id: rule.id, point: null })}>
            {on && chosen && <RuleForm scene={scene} chosen={chosen} choose={choose} change={change} />}
          </Item>
        );
      })}
      {change && (
        <button type="button" className="button" onClick={add}>
          <Plus aria-hidden="true" />
          {t("scenes.add_rule")}
        </button>
      )}
    </div>
  );
}

/** Where the camera stands, as a notice says it. */
export function PlacePanel({ scene, change }: Pick<Props, "scene" | "change">) {
  const { t } = useTranslation();
  const { place } = scene;
  const set = (part: Partial<typeof place>, mark: string) => change?.((old) => ({ ...old, place: { ...old.place, ...part } }), mark);
  const text = (name: "vi" | "en" | "direction_vi", word: string, hint?: string) => (
    <label className="field">
      <span>{word}</span>
      <input value={place[name]} onChange={(event) => set({ [name]: event.target.value }, `place:${name}`)} />
      {hint && <small>{hint}</small>}
    </label>
  );
  const optional = (name: "commune" | "segment", word: string) => (
    <label className="field">
      <span>{word}</span>
      <input value={place[name] ?? ""} onChange={(event) => set({ [name]: event.target.value.trim() || null }, `place:${name}`)} />
    </label>
  );
  return (
    <fieldset className="scene-form" disabled={!change}>
      {text("vi", t("scenes.place_vi"), t("scenes.place_hint"))}
      {text("en", t("scenes.place_en"))}
      {text("direction_vi", t("scenes.direction"))}
      <label className="field">
        <span className="with-icon">
          <Crosshair aria-hidden="true" />
          {t("scenes.position")}
        </span>
        <Position at={place.at} onChange={(at) => set({ at }, "place:at")} />
        <small>{t("scenes.position_hint")}</small>
      </label>
      <div className="field-row">
        {optional("commune", t("scenes.commune"))}
        {optional("segment", t("scenes.segment"))}
      </div>
    </fieldset>
  );
}

function Position({ at, onChange }: { at: [number, number] | null; onChange: (at: [number, number] | null) => void }) {
  const read = (text: string) => {
    const [lat, lon, ...rest] = text.split(/[\s;,]+/).filter(Boolean).map(Number);
    if (text.trim() === "") onChange(null);
    else if (rest.length === 0 && Math.abs(lat) <= 90 && Math.abs(lon) <= 180) onChange([lat, lon]);
  };
  return <input key={at?.join() ?? ""} defaultValue={at ? `${at[0]}, ${at[1]}` : ""} placeholder="20.2539, 105.9750" onBlur={(event) => read(event.target.value)} />;
}
