import { useQuery } from "@tanstack/react-query";
import { call, get, post } from "./client";
import type * as T from "./scene-types";
import type { Change } from "./types";

const at = (site: string, camera: string) => `/scenes/${encodeURIComponent(site)}/${encodeURIComponent(camera)}`;

/** Scenes of road cameras: drawn, tried, published by a second account. */
export const scenesApi = {
  list: () => get<{ items: T.SceneRow[] }>("/scenes"),
  read: (site: string, camera: string) => get<T.SceneView>(at(site, camera)),
  save: (site: string, camera: string, scene: T.Scene, base_version: number, saved_at: string | null) =>
    call<T.DraftSaved>("PUT", `${at(site, camera)}/draft`, saved_at ? { scene, base_version, saved_at } : { scene, base_version }),
  drop: (site: string, camera: string) => call<void>("DELETE", `${at(site, camera)}/draft`),
  snapshot: (site: string, camera: string) => post<T.Snapshot>(`${at(site, camera)}/snapshot`, {}),
  preview: (site: string, camera: string, back_s: number) => post<T.ScenePreview>(`${at(site, camera)}/preview`, { back_s }),
  publish: (site: string, camera: string, note: string, saved_at: string | null) =>
    post<{ version: number; changes: Change[] }>(`${at(site, camera)}/publish`, saved_at ? { note, saved_at } : { note }),
  versions: (site: string, camera: string) => get<T.SceneVersions>(`${at(site, camera)}/versions`),
  version: (site: string, camera: string, version: number) => get<T.Scene>(`${at(site, camera)}/versions/${version}`),
};

export const sceneKeys = {
  list: ["scenes"] as const,
  one: (site: string, camera: string) => ["scene", site, camera] as const,
  versions: (site: string, camera: string) => ["scene-versions", site, camera] as const,
};

export const useScenes = () => useQuery({ queryKey: sceneKeys.list, queryFn: scenesApi.list, refetchInterval: (query) => (query.state.error ? false : 15_000) });

export const useSceneVersions = (site: string, camera: string) =>
  useQuery({ queryKey: sceneKeys.versions(site, camera), queryFn: () => scenesApi.versions(site, camera), staleTime: 0 });
