import { QueryClient, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ApiError, api } from "./client";
import type { PassageFilter } from "./types";

export const PAGE = 48;

/** Every query key in one place, so that the live stream can refresh exactly what it changed. */
export const keys = {
  session: ["session"] as const,
  summary: ["summary"] as const,
  sites: ["sites"] as const,
  passages: (filter: PassageFilter) => ["passages", filter] as const,
  passage: (id: string) => ["passage", id] as const,
  alert: (id: string) => ["alert", id] as const,
  alerts: (state: string) => ["alerts", state] as const,
  cameras: ["cameras"] as const,
  agents: ["agents"] as const,
  counts: (site: string) => ["counts", site] as const,
  quarantine: ["quarantine"] as const,
  users: ["users"] as const,
  audit: ["audit"] as const,
};

/** A refusal is final; silence is worth another try. */
function retry(failures: number, error: Error): boolean {
  return error instanceof ApiError && error.unreachable && failures < 2;
}

export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: { retry, staleTime: 10_000, refetchOnWindowFocus: true, networkMode: "always" },
      mutations: { retry: false, networkMode: "always" },
    },
  });
  // A session that ended elsewhere shows the sign-in page in place, keeping the address.
  client.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.action.type !== "error") return;
    const error: unknown = event.action.error;
    if (error instanceof ApiError && error.status === 401 && event.query.queryKey[0] !== "session") {
      client.setQueryData(keys.session, null);
    }
  });
  return client;
}

const LEAVING = "vg.leaving";

/** Signs out. What central did not hear is said again before the next session is looked for. */
export async function signOut(): Promise<void> {
  localStorage.setItem(LEAVING, "1");
  await api.signOut();
  localStorage.removeItem(LEAVING);
}

/** A new session has taken the old one's place. */
export const forgetLeaving = () => localStorage.removeItem(LEAVING);

export const useSession = () =>
  useQuery({
    queryKey: keys.session,
    staleTime: Infinity,
    queryFn: async () => {
      try {
        if (localStorage.getItem(LEAVING)) await signOut();
        return await api.session();
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) return null;
        throw error;
      }
    },
  });

export const useSummary = (enabled = true) =>
  useQuery({ queryKey: keys.summary, queryFn: api.summary, refetchInterval: 10_000, retry: false, enabled });

/** An EventSource cannot tell a silent peer from a quiet night. The summary doubles as heartbeat; tenants, who have none, ask for their session. */
export function useHeartbeat(silent: boolean) {
  const summary = useSummary(!silent);
  const session = useQuery({ queryKey: ["heartbeat"], queryFn: api.session, refetchInterval: 10_000, retry: false, enabled: silent });
  return silent ? session : summary;
}

export const useSites = () => useQuery({ queryKey: keys.sites, queryFn: api.sites, staleTime: 300_000 });
export const useCameras = () => useQuery({ queryKey: keys.cameras, queryFn: api.cameras, refetchInterval: 15_000 });
export const useAgents = () => useQuery({ queryKey: keys.agents, queryFn: api.agents, refetchInterval: 15_000 });
export const useCounts = (site: string) =>
  useQuery({ queryKey: keys.counts(site), queryFn: () => api.counts(site || undefined), refetchInterval: 60_000 });

/** Each read is a look at a person's data and is written to the audit log: it is not repeated without need. */
export const usePassage = (id: string) =>
  useQuery({ queryKey: keys.passage(id), queryFn: () => api.passage(id), staleTime: Infinity, refetchOnWindowFocus: false });


export const usePassages = (filter: PassageFilter) =>
  useInfiniteQuery({
    queryKey: keys.passages(filter),
    queryFn: ({ pageParam }) => api.passages(filter, pageParam, PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    // The stream keeps the list fresh; refetching every page on focus would move rows under the reader.
    refetchOnWindowFocus: false,
  });

export const useAlerts = (state: string) =>
  useInfiniteQuery({
    queryKey: keys.alerts(state),
    queryFn: ({ pageParam }) => api.alerts(state || undefined, pageParam, PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });

export const useAudit = () =>
  useInfiniteQuery({
    queryKey: keys.audit,
    queryFn: ({ pageParam }) => api.audit(pageParam, PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });

export const useQuarantine = () =>
  useInfiniteQuery({
    queryKey: keys.quarantine,
    queryFn: ({ pageParam }) => api.quarantine(pageParam, PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });
