import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "../../api/client";
import type { DraftSaved, Scene, SceneView } from "../../api/scene-types";
import { sceneKeys, scenesApi } from "../../api/scenes";
import { type History, begin, pause, record, redo, undo } from "./history";
import { whole } from "./model";

const WAIT_MS = 1_200;
const AGAIN_MS = 5_000;

export type Saving = "saved" | "waiting" | "saving" | "failed" | "old_base" | "draft_changed";

interface Work {
  history: History<Scene>;
  base: number;
  savedAt: string | null;
  /** What central has of it. */
  saved: Scene;
}

/** The drawing of one camera: its steps, and what central has of it. Every change is saved as a draft a moment later. */
export function useScene(site: string, camera: string, first: (view: SceneView) => Scene) {
  const client = useQueryClient();
  const query = useQuery({ queryKey: sceneKeys.one(site, camera), queryFn: () => scenesApi.read(site, camera), refetchInterval: (found) => (found.state.error ? false : 15_000) });
  const [work, setWork] = useState<Work | null>(null);
  const [saving, setSaving] = useState<Saving>("saved");
  const [answer, setAnswer] = useState<DraftSaved | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const busy = useRef(false);

  const open = useCallback((view: SceneView) => {
    const scene = whole(view.draft ?? view.scene ?? first(view));
    setWork({ history: begin(scene), base: view.version, savedAt: view.draft_at, saved: scene });
    setSaving("saved");
    setAnswer(null);
    setError(null);
  }, [first]);

  // The first answer is what is drawn on; later ones only say what others did, unless nothing was changed here.
  const view = query.data;
  const clean = work !== null && work.history.now === work.saved && saving === "saved";
  useEffect(() => {
    if (view && (work === null || (clean && (view.version !== work.base || view.draft_at !== work.savedAt)))) open(view);
  }, [view, work, clean, open]);

  const save = useCallback(async (over: { base?: number; savedAt?: string | null } = {}) => {
    if (!work || busy.current) return;
    const scene = work.history.now;
    const base = over.base ?? work.base;
    busy.current = true;
    setSaving("saving");
    try {
      const done = await scenesApi.save(site, camera, scene, base, over.savedAt === undefined ? work.savedAt : over.savedAt);
      setAnswer(done);
      setError(null);
      setWork((now) => now && { ...now, base, savedAt: done.saved_at, saved: scene });
      setSaving("saved");
      // What was fetched before this save is old news by now.
      await client.cancelQueries({ queryKey: sceneKeys.one(site, camera) });
      client.setQueryData<SceneView>(sceneKeys.one(site, camera), (old) => old && { ...old, draft: scene, draft_at: done.saved_at, base_version: base, problems: done.problems, ground_error: done.ground_error });
      void client.invalidateQueries({ queryKey: sceneKeys.one(site, camera) });
      void client.invalidateQueries({ queryKey: sceneKeys.versions(site, camera) });
    } catch (caught) {
      const refused = caught instanceof ApiError && caught.status === 409 ? caught.code : null;
      setSaving(refused === "old_base" || refused === "draft_changed" ? refused : "failed");
      setError(caught as Error);
    } finally {
      busy.current = false;
    }
  }, [work, site, camera, client]);

  const dirty = work !== null && work.history.now !== work.saved;
  useEffect(() => {
    if (!dirty || saving === "saving" || saving === "old_base" || saving === "draft_changed") return undefined;
    const timer = setTimeout(() => void save(), saving === "failed" ? AGAIN_MS : WAIT_MS);
    return () => clearTimeout(timer);
  }, [dirty, saving, save, work?.history.now]);

  useEffect(() => {
    if (!dirty) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [dirty]);

  const step = (next: (history: History<Scene>) => History<Scene>) => setWork((now) => now && { ...now, history: next(now.history) });
  return {
    query,
    view,
    scene: work?.history.now ?? null,
    base: work?.base ?? 0,
    savedAt: work?.savedAt ?? null,
    saving: dirty && saving === "saved" ? ("waiting" as const) : saving,
    error,
    problems: answer?.problems ?? view?.problems ?? [],
    mayUndo: (work?.history.past.length ?? 0) > 0,
    mayRedo: (work?.history.future.length ?? 0) > 0,
    /** Changes the drawing; changes in a row with the same mark are one step. */
    change: (edit: (scene: Scene) => Scene, mark: string | null = null) => step((history) => record(history, edit(history.now), mark)),
    endStep: () => step(pause),
    undo: () => step(undo),
    redo: () => step(redo),
    /** Throws away what is drawn here and takes what central has. */
    reload: async () => {
      const fresh = await client.fetchQuery({ queryKey: sceneKeys.one(site, camera), queryFn: () => scenesApi.read(site, camera), staleTime: 0 });
      open(fresh);
    },
    /** Puts what is drawn here over what central has now. */
    overwrite: async () => {
      const fresh = await client.fetchQuery({ queryKey: sceneKeys.one(site, camera), queryFn: () => scenesApi.read(site, camera), staleTime: 0 });
      await save({ base: fresh.version, savedAt: fresh.draft_at });
    },
    save,
  };
}

export type Work_ = ReturnType<typeof useScene>;
