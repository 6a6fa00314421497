import { type InfiniteData, type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import { keys } from "../../api/queries";
import type { Alert, AlertState, Page } from "../../api/types";
import { putAlert, useLive } from "../../live/provider";

function fromLists(client: QueryClient, id: string): Alert | undefined {
  const lists = client.getQueriesData<InfiniteData<Page<Alert>>>({ queryKey: ["alerts"] });
  for (const [, data] of lists) {
    const found = data?.pages.flatMap((page) => page.items).find((alert) => alert.id === id);
    if (found) return found;
  }
  return undefined;
}

/** The alert whose card is open, kept up to date by the stream even when its list has let it go. */
export function useAlert(id: string) {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: keys.alert(id),
    queryFn: () => api.alert(id),
    initialData: () => fromLists(client, id),
    staleTime: Infinity,
    enabled: id !== "",
  });
  useLive("alert", (alert) => {
    if (alert.id === id) client.setQueryData(keys.alert(id), alert);
  });
  return query;
}

export function useTransition(id: string, onDone: (alert: Alert) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ to, note }: { to: AlertState; note: string }) => api.transition(id, to, note),
    onSuccess: (alert) => {
      client.setQueryData(keys.alert(alert.id), alert);
      putAlert(client, alert);
      void client.invalidateQueries({ queryKey: keys.summary });
      onDone(alert);
    },
    onError: async () => {
      // Most likely someone else was faster: show what is true now, and keep what was typed.
      const alert = await api.alert(id).catch(() => null);
      if (!alert) return;
      client.setQueryData(keys.alert(id), alert);
      putAlert(client, alert);
    },
  });
}
