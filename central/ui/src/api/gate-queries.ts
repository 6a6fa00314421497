import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { gatesApi } from "./gates";
import { membersApi } from "./members";
import { PAGE } from "./queries";
import type { AccessFilter, MemberKind } from "./types";

/** Keys of what gates show; the first word is what the live stream refreshes by. */
export const gateKeys = {
  gates: (site: string) => ["gates", site] as const,
  policy: (site: string) => ["policy", site] as const,
  policyHistory: (site: string) => ["policy-history", site] as const,
  accesses: (filter: AccessFilter) => ["accesses", filter] as const,
  access: (id: string) => ["access", id] as const,
  otherwise: (site: string, state: string) => ["otherwise", site, state] as const,
  inside: (site: string, area: string, group: string) => ["inside", site, area, group] as const,
  stays: (...by: string[]) => ["stays", ...by] as const,
  muster: (site: string) => ["muster", site] as const,
  checks: (state: string) => ["identity-checks", state] as const,
  groups: (site: string) => ["groups", site] as const,
  members: (site: string, kind: MemberKind, group: string, q: string) => ["members", site, kind, group, q] as const,
  passes: (site: string, q: string) => ["passes", site, q] as const,
  visits: (site: string, date: string, state: string) => ["visits", site, date, state] as const,
  figures: (...by: string[]) => ["figures", ...by] as const,
  crowding: (site: string) => ["crowding", site] as const,
  timetable: (site: string) => ["timetable", site] as const,
  report: (...by: string[]) => ["report", ...by] as const,
};

export const useGates = (site: string) =>
  useQuery({ queryKey: gateKeys.gates(site), queryFn: () => gatesApi.gates(site), refetchInterval: (query) => (query.state.error ? false : 15_000) });

export const useAccesses = (filter: AccessFilter) =>
  useInfiniteQuery({
    queryKey: gateKeys.accesses(filter),
    queryFn: ({ pageParam }) => gatesApi.accesses(filter, pageParam, PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    // The stream keeps the list fresh; refetching every page on focus would move rows under the reader.
    refetchOnWindowFocus: false,
  });

/** A look at somebody's passage is written to the audit log: it is not repeated without need. */
export const useAccess = (id: string) =>
  useQuery({ queryKey: gateKeys.access(id), queryFn: () => gatesApi.access(id), staleTime: Infinity, refetchOnWindowFocus: false });

export const useOtherwise = (site: string, state: string) =>
  useInfiniteQuery({
    queryKey: gateKeys.otherwise(site, state),
    queryFn: ({ pageParam }) => gatesApi.otherwise(site, state, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });

export const useChecks = (state: string) =>
  useInfiniteQuery({
    queryKey: gateKeys.checks(state),
    queryFn: ({ pageParam }) => gatesApi.checks(state, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    refetchInterval: 30_000,
  });

/** Today's figures of a site by gate: what its counts miss. */
export const useToday = (site: string, day: string) =>
  useQuery({ queryKey: gateKeys.figures(site, day, day, "day", ""), queryFn: () => membersApi.figures(site, day, day, "day", ""), staleTime: 60_000, enabled: site !== "" });

export const useInside = (site: string, area: string, group: string) =>
  useQuery({ queryKey: gateKeys.inside(site, area, group), queryFn: () => gatesApi.inside(site, area, group), refetchInterval: 30_000, enabled: site !== "" });

export const useMuster = (site: string) =>
  useQuery({ queryKey: gateKeys.muster(site), queryFn: () => gatesApi.muster(site), refetchInterval: 5_000, enabled: site !== "" });

export const useGroups = (site: string) =>
  useQuery({ queryKey: gateKeys.groups(site), queryFn: () => membersApi.groups(site), staleTime: 30_000, enabled: site !== "" });

export const useMembers = (site: string, kind: MemberKind, group: string, q: string) =>
  useInfiniteQuery({
    queryKey: gateKeys.members(site, kind, group, q),
    queryFn: ({ pageParam }) => membersApi.members(site, kind, group, q, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    enabled: site !== "",
  });
