import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import type { PreviewFound, Scene, ScenePreview } from "../../api/scene-types";
import { scenesApi } from "../../api/scenes";
import { clock } from "../../format/time";
import { SelectField } from "../../ui/field";
import { Note, Refusal } from "../../ui/outcome";
import { figure } from "./ground-form";

interface Props {
  site: string;
  camera: string;
  scene: Scene;
  /** Saves what is not saved yet: the agent tries the draft that central has. */
  ready: () => Promise<void>;
  mayRun: boolean;
  found: PreviewFound[];
  foundAt: number | null;
  show: (found: PreviewFound[], at: number | null) => void;
}

/** What the drawing would have said about the recorded minutes, before it says anything for real. */
export function PreviewPanel({ site, camera, scene, ready, mayRun, found, foundAt, show }: Props) {
  const { t, i18n } = useTranslation();
  const [back, setBack] = useState("180");
  const [rule, setRule] = useState("");
  const run = useMutation({
    mutationFn: async () => {
      await ready();
      return scenesApi.preview(site, camera, Number(back));
    },
    onSuccess: (preview) => {
      setRule("");
      show(preview.found, null);
    },
    onError: () => show([], null),
  });
  const preview = run.data;
  const code = run.error instanceof ApiError ? run.error.code : "";
  const known = ["agent_silent", "nothing_recorded", "old_agent", "no_picture"].includes(code);
  const pick = (next: string) => {
    setRule(next);
    show(next ? (preview?.found ?? []).filter((one) => one.rule === next) : (preview?.found ?? []), null);
  };
  return (
    <div className="scene-preview" data-testid="preview">
      <p className="hint">{t("scenes.preview_hint")}</p>
      <div className="scene-preview-run">
        <SelectField word={t("scenes.back")} value={back} options={["60", "180", "600"].map((value) => ({ value, label: t("scenes.minutes", { count: Number(value) / 60 }) }))} onChange={setBack} />
        <button type="button" className="button button-primary" disabled={run.isPending || !mayRun} onClick={() => run.mutate()}>
          <Play aria-hidden="true" />
          {t(run.isPending ? "scenes.trying" : "scenes.try")}
        </button>
      </div>
      {run.error && (known ? <Note tone="wait">{t(`scenes.cannot.${code as "agent_silent"}`)}</Note> : <Refusal error={run.error} />)}
      {preview && <Told preview={preview} scene={scene} rule={rule} pick={pick} language={i18n.language} />}
      {preview && (
        <ol className="scene-found-list">
          {found.map((one, at) => (
            <li key={`${one.rule}:${one.at}:${at}`}>
              <button type="button" aria-pressed={foundAt === at} onClick={() => show(found, foundAt === at ? null : at)}>
                <time>{clock(one.at)}</time>
                <b>{t(`scenes.kind.${one.kind}`)}</b>
                <span>{t(`scenes.class.${one.class}`)}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function Told({ preview, scene, rule, pick, language }: { preview: ScenePreview; scene: Scene; rule: string; pick: (rule: string) => void; language: string }) {
  const { t } = useTranslation();
  const isRule = (id: string) => scene.rules.some((one) => one.id === id);
  const rules = (preview.unwatched ?? []).filter(isRule);
  const signals = (preview.unwatched ?? []).filter((id) => !isRule(id));
  const count = (id: string) => preview.found.filter((one) => one.rule === id).length;
  return (
    <>
      <p className="scene-looked">
        {t("scenes.looked", { from: clock(preview.from), to: clock(preview.to), frames: figure(preview.frames, language, 0), tracks: figure(preview.tracks, language, 0) })}
        {preview.ground_error_px !== null && preview.ground_error_m !== null && <> {t("scenes.ground_error", { px: figure(preview.ground_error_px, language, 1), m: figure(preview.ground_error_m, language) })}</>}
      </p>
      {signals.length > 0 && <Note tone="wait">{t("scenes.unwatched", { signals: signals.join(", ") })}</Note>}
      {rules.length > 0 && <Note tone="wait">{t("scenes.unwatched_rules", { rules: rules.join(", ") })}</Note>}
      {preview.found.length === 0 && <Note>{t("scenes.found_none")}</Note>}
      <div className="chips" role="group" aria-label={t("scenes.per_rule")}>
        {scene.rules.map(({ id, kind, on }) => (
          <button key={id} type="button" className="chip" aria-pressed={rule === id} onClick={() => pick(rule === id ? "" : id)} title={id}>
            {t(`scenes.kind.${kind}`)}
            {on ? "" : ` (${t("scenes.off_short")})`} · <b>{count(id)}</b>
          </button>
        ))}
      </div>
    </>
  );
}
