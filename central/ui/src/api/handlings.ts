import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { fileUrl, get, post } from "./client";
import type * as H from "./handling-types";
import { PAGE } from "./queries";

const id = encodeURIComponent;

export const handlingsApi = {
  list: (filter: H.HandlingFilter, cursor: string | null) => get<H.HandlingPage>("/handlings", { ...filter, cursor, limit: PAGE }),
  one: (of: string) => get<H.HandlingDetail>(`/handlings/${id(of)}`),
  merge: (case_ids: string[]) => post<{ id: string }>("/handlings", { case_ids }),
  act: (of: string, action: string, fields: Record<string, unknown>) => post<{ state: string }>(`/handlings/${id(of)}/actions/${id(action)}`, fields),
  figures: (from: string, to: string, site: string, group: H.FigureGroup) => get<H.ViolationFigures>("/violations/figures", { from, to, site, group }),
  map: (from: string, to: string) => get<H.PlacePoint[]>("/handlings/map", { from, to }),
};

/** Papers of which a draft can be read before it is signed. */
const PAPERS = ["notice", "minutes", "decision"];

/** Where the draft of a paper lies, as it would be signed (PDF); null for a paper that has none. */
export const draftUrl = (handling: string, paper: string): string | null => (PAPERS.includes(paper) ? fileUrl(`/handlings/${id(handling)}/drafts/${paper}`) : null);

export const handlingKeys = {
  list: (filter: H.HandlingFilter) => ["handlings", filter] as const,
  one: (of: string) => ["handling", of] as const,
  figures: (...by: string[]) => ["violation-figures", ...by] as const,
  map: (...by: string[]) => ["violation-map", ...by] as const,
};

export const useHandlings = (filter: H.HandlingFilter) =>
  useInfiniteQuery({
    queryKey: handlingKeys.list(filter),
    queryFn: ({ pageParam }) => handlingsApi.list(filter, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    refetchInterval: 30_000,
    refetchOnWindowFocus: false,
  });

/** A look at somebody's file is written to the audit log: it is not repeated without need. */
export const useHandling = (of: string) =>
  useQuery({ queryKey: handlingKeys.one(of), queryFn: () => handlingsApi.one(of), staleTime: Infinity, refetchOnWindowFocus: false, enabled: of !== "" });
