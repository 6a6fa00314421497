import { ArrowLeft, CloudUpload, GitMerge, History, LoaderCircle, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ApiError } from "../../api/client";
import type { SceneView, Snapshot } from "../../api/scene-types";
import { useSiteName } from "../../shell/site";
import { Done, Note, Refusal } from "../../ui/outcome";
import { StaleNote } from "../../ui/states";
import { Time } from "../../ui/time";
import { useWord } from "../../ui/words";
import { PublishDialog, VersionsDialog } from "./publish-dialog";
import type { useScene } from "./use-scene";

interface Props {
  work: ReturnType<typeof useScene>;
  view: SceneView;
  problems: number;
  snapshotError: Error | null;
  frame: Snapshot | null;
}

/** Whose scene, which version is used, whether the drawing is saved, and the way to let it judge. */
export function EditorHead({ work, view, problems, snapshotError, frame }: Props) {
  const { t } = useTranslation();
  const siteName = useSiteName();
  const word = useWord();
  const [open, setOpen] = useState<"publish" | "versions" | null>(null);
  const [done, setDone] = useState<number | null>(null);
  const { saving } = work;
  const conflict = saving === "old_base" || saving === "draft_changed";
  const behind = view.version > 0 && (view.in_use_version ?? 0) < view.version;
  const code = snapshotError instanceof ApiError ? snapshotError.code : "";
  return (
    <>
      <header className="page-head scene-head">
        <Link className="icon-button" to="/scenes" aria-label={t("scenes.back_to_list")}>
          <ArrowLeft aria-hidden="true" />
        </Link>
        <h1>{view.camera_name}</h1>
        <span className="quiet">
          {siteName(view.site)} · {view.version > 0 ? t("scenes.version_n", { version: view.version }) : t("scenes.never_published")}
          {view.draft && ` · ${t("scenes.draft_by", { who: view.draft_by ?? "" })}`}
        </span>
        <InUse view={view} />
        <StaleNote query={work.query} />
        <div className="page-acts">
          <span className={`scene-saving saving-${saving}`} role="status" data-saving={saving}>
            {saving === "saving" || saving === "waiting" ? <LoaderCircle aria-hidden="true" /> : null}
            {work.savedAt || saving !== "saved" ? t(`scenes.saving.${saving}`) : null}
          </span>
          <button type="button" className="button" onClick={() => setOpen("versions")}>
            <History aria-hidden="true" />
            {t("scenes.versions")}
          </button>
          <button type="button" className="button button-primary" disabled={!view.draft || saving !== "saved"} onClick={() => setOpen("publish")}>
            <CloudUpload aria-hidden="true" />
            {t("scenes.publish")}
          </button>
        </div>
      </header>
      {problems > 0 && (
        <p className="problem problem-wait scene-count">
          <TriangleAlert aria-hidden="true" />
          {t("scenes.problems", { count: problems })}
        </p>
      )}
      {view.refused_because && <Note tone="wait">{t("scenes.refused", { why: view.refused_because })}</Note>}
      {(view.unwatched?.length ?? 0) > 0 && <Note tone="wait">{t("scenes.unwatched_rules", { rules: view.unwatched?.join(", ") ?? "" })}</Note>}
      {done !== null && <Done>{behind ? t("scenes.published_waiting", { version: done }) : t("scenes.published", { version: done })}</Done>}
      {snapshotError && (["agent_silent", "no_picture", "old_agent"].includes(code) ? <Note tone="wait">{t(`scenes.cannot.${code as "agent_silent"}`)}</Note> : <Refusal error={snapshotError} />)}
      {frame && (
        <p className="sr-only" role="status">
          {t("scenes.frame_of")} <Time at={frame.captured_at} />
        </p>
      )}
      {view.state !== "live" && <Note>{t("scenes.camera_state", { state: word("health.state", view.state) })}</Note>}
      {conflict && (
        <section className="card conflict" role="alert" data-testid="conflict">
          <h2 className="with-icon">
            <GitMerge aria-hidden="true" />
            {t(`scenes.conflict.${saving as "old_base"}`)}
          </h2>
          <p>{t("scenes.conflict_text")}</p>
          <p className="dialog-acts">
            <button type="button" className="button" onClick={() => void work.reload()}>
              {t("scenes.take_theirs")}
            </button>
            <button type="button" className="button button-primary" onClick={() => void work.overwrite()}>
              {t("scenes.keep_mine")}
            </button>
          </p>
        </section>
      )}
      {saving === "failed" && <Refusal error={work.error} />}
      {open === "versions" && <VersionsDialog view={view} onClose={() => setOpen(null)} />}
      {open === "publish" && (
        <PublishDialog
          view={view}
          savedAt={work.savedAt}
          onClose={() => setOpen(null)}
          onDone={() => {
            setDone(view.version + 1);
            setOpen(null);
          }}
        />
      )}
    </>
  );
}

/** What the agent says that it uses: that alone judges. */
export function InUse({ view }: { view: Pick<SceneView, "version" | "in_use_version"> }) {
  const { t } = useTranslation();
  const { version, in_use_version: used } = view;
  if (used === null) return version > 0 ? <span className="badge badge-s tone-wait">{t("scenes.not_in_use")}</span> : null;
  if (used === 0) return <span className="badge badge-s tone-unknown">{t("scenes.file_in_use")}</span>;
  return used === version ? <span className="badge badge-s tone-admit">{t("scenes.in_use_n", { version: used })}</span> : <span className="badge badge-s tone-wait">{t("scenes.older_in_use", { version: used })}</span>;
}
