import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CloudUpload } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import type { SceneView } from "../../api/scene-types";
import { sceneKeys, scenesApi, useSceneVersions } from "../../api/scenes";
import type { Change } from "../../api/types";
import { Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Loaded } from "../../ui/loaded";
import { Note, Problem, Refusal } from "../../ui/outcome";
import { Time } from "../../ui/time";

const shown = (value: unknown): string => {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "number") return String(Math.round(value * 1e4) / 1e4);
  if (Array.isArray(value)) return value.length > 8 ? `[${value.length}]` : `[${value.map(shown).join("; ")}]`;
  if (typeof value === "object") return Object.entries(value).filter(([key, inner]) => key !== "id" && inner !== null && !(Array.isArray(inner) && inner.length === 0)).map(([key, inner]) => `${key}: ${shown(inner)}`).join(", ");
  return String(value);
};
const short = (text: string) => (text.length > 140 ? `${text.slice(0, 139)}…` : text);

/** What differs, one thing on a line: where it is, what it was, what it is. */
export function Differences({ changes }: { changes: Change[] }) {
  const { t, i18n } = useTranslation();
  if (changes.length === 0) return <p className="quiet">{t("scenes.no_difference")}</p>;
  const word = (part: string) => (part.startsWith("[") ? part.slice(1, -1) : i18n.exists(`scenes.part.${part}`) ? t(`scenes.part.${part}` as never) : part);
  return (
    <ul className="changes scene-changes" data-testid="differences">
      {changes.map(({ path, from, to }) => {
        const way = path.split(/\.|(?=\[)/).filter(Boolean).map(word).join(" › ");
        const whole = /^\w+\[[^\]]+\]$/.test(path);
        return (
          <li key={path}>
            <span className="change-path">{way}</span>
            {whole && (from === null || to === null) ? (
              <span className={from === null ? "added" : "gone"}>{t(from === null ? "scenes.added" : "scenes.gone")}</span>
            ) : (
              <span className="change-values">
                <del>{short(shown(from))}</del>
                <ins>{short(shown(to))}</ins>
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

interface Props {
  view: SceneView;
  savedAt: string | null;
  onClose: () => void;
  onDone: () => void;
}

/** The second account looks at what changes, says why, and lets it judge. */
export function PublishDialog({ view, savedAt, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const versions = useSceneVersions(view.site, view.camera);
  const [note, setNote] = useState("");
  const publish = useMutation({
    mutationFn: () => scenesApi.publish(view.site, view.camera, note.trim(), savedAt),
    onSuccess: () => {
      for (const key of [sceneKeys.list, sceneKeys.one(view.site, view.camera), sceneKeys.versions(view.site, view.camera)]) void client.invalidateQueries({ queryKey: key });
      onDone();
    },
  });
  const why = view.why_not;
  const changed = publish.error instanceof ApiError && publish.error.status === 409;
  return (
    <Dialog title={t("scenes.publish_title", { version: view.version + 1 })} open onClose={onClose}>
      <div className="scene-publish">
        {why && <Note tone="wait">{why === "own_draft" ? t("scenes.why_not.own_draft", { who: view.drawn_by.join(", ") }) : t(`scenes.why_not.${why}`)}</Note>}
        <h3>{t("scenes.difference", { version: view.version })}</h3>
        <Loaded query={versions}>{(data) => <Differences changes={data.draft_changes} />}</Loaded>
        {!why && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              publish.mutate();
            }}
          >
            <Field word={t("scenes.note")} hint={t("scenes.note_hint")}>
              <textarea value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
            </Field>
            {changed ? <Problem>{t("scenes.publish_changed")}</Problem> : <Refusal error={publish.error} />}
            <p className="dialog-acts">
              <button type="submit" className="button button-primary" disabled={note.trim() === "" || publish.isPending}>
                <CloudUpload aria-hidden="true" />
                {t("scenes.publish_now")}
              </button>
            </p>
          </form>
        )}
      </div>
    </Dialog>
  );
}

/** Every version: who drew it, who let it judge, why, and what it changed. */
export function VersionsDialog({ view, onClose }: { view: SceneView; onClose: () => void }) {
  const { t } = useTranslation();
  const versions = useSceneVersions(view.site, view.camera);
  return (
    <Dialog title={t("scenes.versions_title")} open onClose={onClose}>
      <Loaded query={versions}>
        {(data) => (
          <div className="scene-versions">
            {view.draft && (
              <section>
                <h3>{t("scenes.draft_now", { version: view.version })}</h3>
                <Differences changes={data.draft_changes} />
              </section>
            )}
            {data.items.length === 0 && <p className="quiet">{t("scenes.never_published")}</p>}
            {data.items.map((version) => (
              <section key={version.version}>
                <h3>
                  {t("scenes.version_n", { version: version.version })}
                  {view.in_use_version === version.version && <span className="badge badge-s tone-admit">{t("scenes.in_use")}</span>}
                </h3>
                <p className="quiet">
                  <Time at={version.published_at} /> · {t("scenes.by", { drawn: version.drawn_by.join(", "), published: version.published_by })}
                </p>
                {version.note && <p>{version.note}</p>}
                <Differences changes={version.changes} />
              </section>
            ))}
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}
