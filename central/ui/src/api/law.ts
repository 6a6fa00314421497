import { useQuery } from "@tanstack/react-query";
import { get, post } from "./client";
import type * as L from "./law-types";

const id = encodeURIComponent;

export const lawApi = {
  on: (on: string) => get<L.LawOnDay>("/law", { on }),
  changes: () => get<L.LawChange[] | { items: L.LawChange[] }>("/law/changes"),
  preview: (body: { valid_from: string; note: string; changes: L.RowChange[] }) => post<{ differences: L.Difference[] }>("/law/changes/preview", body),
  propose: (body: { valid_from: string; note: string; changes: L.RowChange[] }) => post<L.LawChange>("/law/changes", body),
  approve: (change: string) => post<L.LawChange>(`/law/changes/${id(change)}/approve`, {}),
  reject: (change: string, reason: string) => post<L.LawChange>(`/law/changes/${id(change)}/reject`, { reason }),
};

export const lawKeys = { on: (on: string) => ["law", on] as const, changes: ["law-changes"] as const };

export const useLaw = (on: string) => useQuery({ queryKey: lawKeys.on(on), queryFn: () => lawApi.on(on), staleTime: 60_000 });
export const useLawChanges = () =>
  useQuery({
    queryKey: lawKeys.changes,
    queryFn: async () => {
      const answer = await lawApi.changes();
      return Array.isArray(answer) ? answer : answer.items;
    },
  });
