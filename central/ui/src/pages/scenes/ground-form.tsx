import { Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Scene } from "../../api/scene-types";
import { Field } from "../../ui/field";
import { Num } from "./fields";
import { fitGround } from "./geometry";
import type { Chosen } from "./model";
import { removePoint } from "./model";

interface Props {
  scene: Scene;
  chosen: Chosen;
  choose: (chosen: Chosen | null) => void;
  change?: (edit: (scene: Scene) => Scene, mark?: string | null) => void;
}

/** A number as people here write it: a comma before the decimals. */
export const figure = (value: number, language: string, digits = 2) => new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);

/** Measured points in metres, and how well they agree. */
export function GroundForm({ scene, chosen, choose, change }: Props) {
  const { t, i18n } = useTranslation();
  const { ground } = scene;
  if (!ground) return <p className="hint">{t("scenes.ground_none")}</p>;
  const fit = fitGround(ground.points, scene.picture);
  const edit = change ?? (() => undefined);
  const set = (part: Partial<typeof ground>, mark: string | null = null) => edit((old) => (old.ground ? { ...old, ground: { ...old.ground, ...part } } : old), mark);
  const bad = fit !== null && (fit.px > 8 || fit.m > 0.5);
  return (
    <fieldset className="scene-form" disabled={!change}>
      <p className={`scene-fit ${fit ? (bad ? "tone-wait" : "tone-admit") : "tone-unknown"}`} data-testid="ground-error">
        {fit ? t("scenes.ground_error", { px: figure(fit.px, i18n.language, 1), m: figure(fit.m, i18n.language) }) : t("scenes.ground_more", { count: Math.max(0, 4 - ground.points.length) })}
      </p>
      <p className="hint">{t("scenes.ground_hint")}</p>
      <table className="scene-points">
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">{t("scenes.metre_x")}</th>
            <th scope="col">{t("scenes.metre_y")}</th>
            <th scope="col">{t("scenes.off")}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {ground.points.map((point, at) => (
            <tr key={at} className={chosen.point === at ? "on" : ""} onFocus={() => chosen.point !== at && choose({ ...chosen, point: at })}>
              <th scope="row">{at + 1}</th>
              {[0, 1].map((axis) => (
                <td key={axis}>
                  <Num
                    word={`${t(axis === 0 ? "scenes.metre_x" : "scenes.metre_y")} ${at + 1}`}
                    value={point.metres[axis]}
                    onChange={(value) => set({ points: ground.points.map((one, index) => (index === at ? { ...one, metres: axis === 0 ? [value ?? 0, one.metres[1]] : [one.metres[0], value ?? 0] } : one)) }, `metres:${at}:${axis}`)}
                  />
                </td>
              ))}
              <td className="table-number">{fit ? `${figure(fit.each[at], i18n.language, 1)} px` : "–"}</td>
              <td>
                {change && (
                  <button type="button" className="icon-button" aria-label={t("scenes.remove_point", { n: at + 1 })} onClick={() => edit((old) => removePoint(old, chosen, at) ?? old)}>
                    <Trash2 aria-hidden="true" />
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="field-row">
        <Field word={t("scenes.measured_on")}>
          <input type="date" value={ground.measured_on} onChange={(event) => event.target.value && set({ measured_on: event.target.value })} />
        </Field>
        <Field word={t("scenes.measured_by")} hint={t("scenes.measured_by_hint")}>
          <input value={ground.measured_by} onChange={(event) => set({ measured_by: event.target.value }, "measured_by")} />
        </Field>
      </div>
    </fieldset>
  );
}
