import { ArrowLeftRight, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Governed, Scene, SceneLane, SceneLine, SceneSignal } from "../../api/scene-types";
import { SelectField } from "../../ui/field";
import { CLASSES, MOVES, NameField, Several } from "./fields";
import { GroundForm } from "./ground-form";
import { type Chosen, changeOne, ids, remove, rename } from "./model";

interface Props {
  scene: Scene;
  chosen: Chosen;
  choose: (chosen: Chosen | null) => void;
  change?: (edit: (scene: Scene) => Scene, mark?: string | null) => void;
}

/** What an element is. Its shape is drawn; only what it means is asked here. */
export function ElementForm({ scene, chosen, choose, change }: Props) {
  const { t } = useTranslation();
  if (chosen.list === "ground") return <GroundForm scene={scene} chosen={chosen} choose={choose} change={change} />;
  const { list, id } = chosen;
  if (list === "rules") return null;
  const edit = change ?? (() => undefined);
  return (
    <fieldset className="scene-form" disabled={!change} key={`${list}.${id}`}>
      <NameField
        id={id}
        taken={ids(scene)}
        disabled={!change}
        onRename={(name) => {
          edit((old) => rename(old, chosen, name));
          choose({ ...chosen, id: name });
        }}
      />
      {list === "lanes" && <LaneFields scene={scene} id={id} edit={edit} />}
      {list === "lines" && <LineFields scene={scene} id={id} edit={edit} />}
      {list === "zones" && <ZoneFields scene={scene} id={id} edit={edit} />}
      {list === "markings" && <MarkingFields scene={scene} id={id} edit={edit} />}
      {list === "signals" && <SignalFields scene={scene} id={id} edit={edit} />}
      {change && (
        <button type="button" className="button button-danger" onClick={() => { edit((old) => remove(old, chosen)); choose(null); }}>
          <Trash2 aria-hidden="true" />
          {t("scenes.remove")}
        </button>
      )}
    </fieldset>
  );
}

interface Fields {
  scene: Scene;
  id: string;
  edit: NonNullable<Props["change"]>;
}

function LaneFields({ scene, id, edit }: Fields) {
  const { t } = useTranslation();
  const lane = scene.lanes.find((one) => one.id === id);
  if (!lane) return null;
  const set = (part: Partial<SceneLane>) => edit((old) => changeOne(old, "lanes", id, (one) => ({ ...one, ...part })));
  return (
    <>
      <SelectField word={t("scenes.what")} value={lane.kind} options={(["normal", "emergency", "motorway"] as const).map((value) => ({ value, label: t(`scenes.lane.${value}`) }))} onChange={(kind) => set({ kind: kind as SceneLane["kind"] })} />
      <button type="button" className="button" onClick={() => set({ flow: [lane.flow[1], lane.flow[0]] })}>
        <ArrowLeftRight aria-hidden="true" />
        {t("scenes.turn_flow")}
      </button>
      <Several word={t("scenes.classes_lane")} all={CLASSES} value={lane.classes} label={(one) => t(`scenes.class.${one}`)} none={t("scenes.all_classes")} onChange={(classes) => set({ classes })} />
      <Several word={t("scenes.moves")} all={MOVES} value={lane.moves} label={(one) => t(`scenes.move.${one}`)} none={t("scenes.all_moves")} onChange={(moves) => set({ moves })} />
    </>
  );
}

function LineFields({ scene, id, edit }: Fields) {
  const { t } = useTranslation();
  const line = scene.lines.find((one) => one.id === id);
  if (!line) return null;
  const set = (part: Partial<SceneLine>) => edit((old) => changeOne(old, "lines", id, (one) => ({ ...one, ...part })));
  const governed = (signal: string, part: Partial<Governed> | null) =>
    set({ governed: part === null ? line.governed.filter((one) => one.signal !== signal) : line.governed.some((one) => one.signal === signal) ? line.governed.map((one) => (one.signal === signal ? { ...one, ...part } : one)) : [...line.governed, { signal, moves: [], ...part }] });
  return (
    <>
      <SelectField word={t("scenes.what")} value={line.kind} options={(["stop", "entry", "exit", "speed"] as const).map((value) => ({ value, label: t(`scenes.line.${value}`) }))} onChange={(kind) => set({ kind: kind as SceneLine["kind"] })} />
      <p className="hint">{t("scenes.line_way")}</p>
      <button type="button" className="button" onClick={() => set({ from: line.to, to: line.from })}>
        <ArrowLeftRight aria-hidden="true" />
        {t("scenes.turn_line")}
      </button>
      {line.kind === "exit" && <SelectField word={t("scenes.exit_move")} value={line.move ?? ""} all={t("scenes.nothing")} options={MOVES.map((value) => ({ value, label: t(`scenes.move.${value}`) }))} onChange={(move) => set({ move: (move || null) as SceneLine["move"] })} />}
      {line.kind === "stop" && (
        <fieldset className="field">
          <legend>{t("scenes.governed")}</legend>
          {scene.signals.length === 0 && <small>{t("scenes.no_signals")}</small>}
          {scene.signals.map((signal) => {
            const one = line.governed.find((known) => known.signal === signal.id);
            return (
              <div key={signal.id} className="scene-governed">
                <label className="check">
                  <input type="checkbox" checked={Boolean(one)} onChange={(event) => governed(signal.id, event.target.checked ? {} : null)} />
                  <span>{signal.id}</span>
                </label>
                {one && <Several word={t("scenes.for_moves")} all={MOVES} value={one.moves} label={(move) => t(`scenes.move.${move}`)} none={t("scenes.every_way")} onChange={(moves) => governed(signal.id, { moves })} />}
              </div>
            );
          })}
        </fieldset>
      )}
    </>
  );
}

function ZoneFields({ scene, id, edit }: Fields) {
  const { t } = useTranslation();
  const zone = scene.zones.find((one) => one.id === id);
  if (!zone) return null;
  const kinds = ["junction", "no_stopping", "no_parking", "pavement", "crossing", "speed", "ignore"] as const;
  return <SelectField word={t("scenes.what")} value={zone.kind} options={kinds.map((value) => ({ value, label: t(`scenes.zone.${value}`) }))} onChange={(kind) => edit((old) => changeOne(old, "zones", id, (one) => ({ ...one, kind: kind as typeof zone.kind })))} />;
}

function MarkingFields({ scene, id, edit }: Fields) {
  const { t } = useTranslation();
  const marking = scene.markings.find((one) => one.id === id);
  if (!marking) return null;
  return <SelectField word={t("scenes.barred_word")} value={marking.barred} options={(["both", "from_left", "from_right"] as const).map((value) => ({ value, label: t(`scenes.barred.${value}`) }))} hint={t("scenes.barred_hint")} onChange={(barred) => edit((old) => changeOne(old, "markings", id, (one) => ({ ...one, barred: barred as typeof marking.barred })))} />;
}

function SignalFields({ scene, id, edit }: Fields) {
  const { t } = useTranslation();
  const signal = scene.signals.find((one) => one.id === id);
  if (!signal) return null;
  const set = (part: Partial<SceneSignal>) => edit((old) => changeOne(old, "signals", id, (one) => ({ ...one, ...part })));
  const colours = ["red", "yellow", "green", "any"] as const;
  return (
    <>
      {signal.lamps.map((lamp, at) => (
        <div key={at} className="scene-lamp-row">
          <SelectField word={t("scenes.lamp_n", { n: at + 1 })} value={lamp.colour} options={colours.map((value) => ({ value, label: t(`scenes.lamp.${value}`) }))} onChange={(colour) => set({ lamps: signal.lamps.map((one, index) => (index === at ? { ...one, colour: colour as typeof lamp.colour } : one)) })} />
          {signal.lamps.length > 1 && (
            <button type="button" className="icon-button" aria-label={t("scenes.remove_lamp", { n: at + 1 })} onClick={() => set({ lamps: signal.lamps.toSpliced(at, 1) })}>
              <Trash2 aria-hidden="true" />
            </button>
          )}
        </div>
      ))}
      <p className="hint">{t("scenes.lamp_hint")}</p>
    </>
  );
}
