import { useQuery } from "@tanstack/react-query";
import { dayOf } from "../format/days";
import { get, post } from "./client";
import type * as L from "./law-types";

const id = encodeURIComponent;

export const lawApi = {
  on: async (on: string): Promise<L.LawOnDay> => {
    // Left out, central takes the version of today: a day to come may have one of its own.
    const later = on > dayOf(Date.now()) ? (await lawApi.versions()).find(({ valid_from }) => valid_from <= on)?.version : undefined;
    const { version, tables } = await get<{ version: number; tables: Omit<L.LawOnDay, "version" | "on"> }>("/law", { on, version: later });
    return { ...tables, version, on };
  },
  changes: () => get<L.LawChange[]>("/law/changes"),
  versions: () => get<L.LawVersion[]>("/law/versions"),
  preview: (body: { valid_from: string; note: string; changes: L.RowChange[] }) => post<L.LawChange>("/law/changes", { ...body, preview: true }),
  propose: (body: { valid_from: string; note: string; changes: L.RowChange[] }) => post<L.LawChange>("/law/changes", body),
  /** Of the change as it was shown: a version that came in between is refused. */
  approve: (change: string, against: number) => post<L.LawVersion>(`/law/changes/${id(change)}/approve`, { if_version: against }),
  reject: (change: string, reason: string) => post<void>(`/law/changes/${id(change)}/reject`, { reason }),
};

export const lawKeys = { on: (on: string) => ["law", on] as const, changes: ["law-changes"] as const, versions: ["law-versions"] as const };

export const useLaw = (on: string) => useQuery({ queryKey: lawKeys.on(on), queryFn: () => lawApi.on(on), staleTime: 60_000 });
export const useLawChanges = () =>
  useQuery({
    queryKey: lawKeys.changes,
    queryFn: lawApi.changes,
  });
export const useLawVersions = () => useQuery({ queryKey: lawKeys.versions, queryFn: lawApi.versions, staleTime: 60_000 });
