import { type InfiniteData, type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import { keys } from "../../api/queries";
import type { Alert, AlertState, Page } from "../../api/types";
import { putAlert, useLive } from "../../live/provider";

const MOST_PAGES = 5;
const alertKey = (id: string) => ["alert", id] as const;

function fromLists(client: QueryClient, id: string): Alert | undefined {
  const lists = client.getQueriesData<InfiniteData<Page<Alert>>>({ queryKey: ["alerts"] });
  for (const [, data] of lists) {
    const found = data?.pages.flatMap((page) => page.items).find((alert) => alert.id === id);
    if (found) return found;
  }
  return undefined;
}

/** Central lists alerts and has no address for a single one: an old link is looked for in the newest thousand. */
async function search(id: string): Promise<Alert | null> {
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer: Page<Alert> = await api.alerts(undefined, cursor, 200);
    const found = answer.items.find((alert) => alert.id === id);
    if (found) return found;
    if (!answer.next) return null;
    cursor = answer.next;
  }
  return null;
}

/** The alert whose card is open, kept up to date by the stream even when its list has let it go. */
export function useAlert(id: string) {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: alertKey(id),
    queryFn: () => search(id),
    initialData: () => fromLists(client, id),
    staleTime: Infinity,
    enabled: id !== "",
  });
  useLive("alert", (alert) => {
    if (alert.id === id) client.setQueryData(alertKey(id), alert);
  });
  return query;
}

export function useTransition(id: string, onDone: (alert: Alert) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ to, note }: { to: AlertState; note: string }) => api.transition(id, to, note),
    onSuccess: (alert) => {
      client.setQueryData(alertKey(alert.id), alert);
      putAlert(client, alert);
      void client.invalidateQueries({ queryKey: keys.summary });
      onDone(alert);
    },
    onError: async () => {
      // Most likely someone else was faster: show what is true now, and keep what was typed.
      const alert = await search(id).catch(() => null);
      if (!alert) return;
      client.setQueryData(alertKey(id), alert);
      putAlert(client, alert);
    },
  });
}
