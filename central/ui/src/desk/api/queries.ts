import { QueryClient, useQuery } from "@tanstack/react-query";
import { desk, DeskError } from "./client";

/** Every query key in one place. */
export const keys = {
  session: ["session"] as const,
  reasons: ["reasons"] as const,
  inside: (area: string) => ["inside", area] as const,
  expected: (gate: string) => ["expected", gate] as const,
  shift: (gate: string) => ["shift", gate] as const,
  ladder: ["ladder"] as const,
};

export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => error instanceof DeskError && error.unreachable && failures < 2,
        staleTime: 5_000,
        networkMode: "always",
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
  // A session that ended (hand-over at another screen, restart of the agent) shows the sign-in page in place.
  const ended = (error: unknown) => {
    if (error instanceof DeskError && error.status === 401 && error.code !== "wrong_pin") client.setQueryData(keys.session, null);
  };
  client.getQueryCache().subscribe((event) => {
    if (event.type === "updated" && event.action.type === "error") ended(event.action.error);
  });
  client.getMutationCache().subscribe((event) => {
    if (event.type === "updated" && event.action.type === "error") ended(event.action.error);
  });
  return client;
}

/** The guard who is signed in; null when nobody is. */
export const useSession = () =>
  useQuery({
    queryKey: keys.session,
    queryFn: async () => {
      try {
        return await desk.session();
      } catch (error) {
        if (error instanceof DeskError && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
    // Nobody should have to press a button when the gate's computer is back.
    refetchInterval: ({ state }) => (state.status === "error" ? 3_000 : false),
  });

export const useReasons = () => useQuery({ queryKey: keys.reasons, queryFn: desk.reasons, staleTime: Number.POSITIVE_INFINITY });

/** Read ahead of need: when the line is cut, the evacuation list of half a minute ago is still there. */
export const useInside = (area: string) =>
  useQuery({ queryKey: keys.inside(area), queryFn: () => desk.inside(area), refetchInterval: 30_000, gcTime: Number.POSITIVE_INFINITY });

export const useExpected = (gate: string) =>
  useQuery({ queryKey: keys.expected(gate), queryFn: () => desk.expected(gate), refetchInterval: 30_000, gcTime: Number.POSITIVE_INFINITY });

export const useShift = (gate: string, enabled = true) => useQuery({ queryKey: keys.shift(gate), queryFn: () => desk.shift(gate), enabled });

export const useLadder = (enabled: boolean) => useQuery({ queryKey: keys.ladder, queryFn: desk.ladder, enabled });
