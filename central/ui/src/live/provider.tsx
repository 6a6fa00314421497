import { type InfiniteData, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { ApiError, STREAM_URL } from "../api/client";
import { keys, useHeartbeat } from "../api/queries";
import type { Agent, Alert, Camera, Page } from "../api/types";
import { type Connection, type Listener, type LiveKind, LiveStream } from "./stream";

const Context = createContext<LiveStream | null>(null);
const COUNTS_EVERY_MS = 1_500;
const INSIDE_EVERY_MS = 3_000;

function useStream(): LiveStream {
  const stream = useContext(Context);
  if (!stream) throw new Error("useStream needs a LiveProvider above it");
  return stream;
}

function replaceBy<T>(same: (known: T) => boolean, row: T) {
  return (rows: T[] | undefined): T[] | undefined => {
    if (!rows) return rows;
    const at = rows.findIndex(same);
    return at < 0 ? [...rows, row] : rows.with(at, row);
  };
}

/** Puts a changed alert into every list that shows it; which lists it belongs to is the reader's filter. */
export function putAlert(client: QueryClient, alert: Alert): void {
  client.setQueriesData<InfiniteData<Page<Alert>>>({ queryKey: ["alerts"] }, (data) =>
    data && {
      ...data,
      pages: data.pages.map((page) => ({ ...page, items: page.items.map((old) => (old.id === alert.id ? alert : old)) })),
    },
  );
}

/** Counts, alerts and passages all move the numbers; they are read again at most every 1.5 s. */
function throttledNumbers(client: QueryClient): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void client.invalidateQueries({ queryKey: keys.summary });
      void client.invalidateQueries({ queryKey: ["counts"] });
    }, COUNTS_EVERY_MS);
  };
}

/** Who is inside, and what the gates show of it, is read again at most every few seconds while people stream through. */
function throttledInside(client: QueryClient): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      for (const name of ["gates", "inside", "muster", "figures"]) void client.invalidateQueries({ queryKey: [name] });
    }, INSIDE_EVERY_MS);
  };
}

/** Cases and handlings changed: their lists are read again; what somebody has open stays as it is. */
function throttledCases(client: QueryClient): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      for (const name of ["cases", "handlings", "violation-figures", "violation-map"]) void client.invalidateQueries({ queryKey: [name] });
    }, COUNTS_EVERY_MS);
  };
}

function wire(stream: LiveStream, client: QueryClient): () => void {
  const numbers = throttledNumbers(client);
  const inside = throttledInside(client);
  const cases = throttledCases(client);
  const off = [
    stream.on("camera", (camera) =>
      client.setQueryData<Camera[]>(
        keys.cameras,
        replaceBy((known) => known.site === camera.site && known.agent === camera.agent && known.camera === camera.camera, camera),
      ),
    ),
    stream.on("agent", (agent) =>
      client.setQueryData<Agent[]>(keys.agents, replaceBy((known) => known.site === agent.site && known.agent === agent.agent, agent)),
    ),
    stream.on("alert", (alert) => {
      putAlert(client, alert);
      numbers();
    }),
    stream.on("passage", numbers),
    stream.on("counts", numbers),
    stream.on("access", inside),
    stream.on("inside", inside),
    stream.on("case", cases),
    stream.on("otherwise", () => void client.invalidateQueries({ queryKey: ["otherwise"] })),
  ];
  return () => off.forEach((stop) => stop());
}

/** Reads everything on the screen again, but for passages and accesses, whose new versions come by their own events, and a policy that is being edited. */
function resync(client: QueryClient): void {
  void client.invalidateQueries({ predicate: ({ queryKey }) => !["passage", "access", "session", "policy", "case", "handling", "overlay"].includes(String(queryKey[0])) });
}

/** `silent` for tenants, to whom central sends no events: what they see is read again in its own time. */
export function LiveProvider({ children, silent = false }: { children: ReactNode; silent?: boolean }) {
  const client = useQueryClient();
  const [stream] = useState(() => new LiveStream(STREAM_URL, () => resync(client), undefined, undefined, silent));
  const { error, dataUpdatedAt } = useHeartbeat(silent);

  useEffect(() => {
    const unwire = wire(stream, client);
    const lose = () => stream.lose();
    const recover = () => {
      stream.recover();
      void client.invalidateQueries({ queryKey: keys.summary });
    };
    window.addEventListener("offline", lose);
    window.addEventListener("online", recover);
    stream.start();
    return () => {
      window.removeEventListener("offline", lose);
      window.removeEventListener("online", recover);
      unwire();
      stream.stop();
    };
  }, [stream, client]);

  useEffect(() => {
    if (error instanceof ApiError && error.unreachable) stream.lose();
  }, [error, stream]);

  useEffect(() => {
    if (dataUpdatedAt > 0 && navigator.onLine) stream.recover();
  }, [dataUpdatedAt, stream]);

  return <Context value={stream}>{children}</Context>;
}

export function useConnection(): Connection & { retry: () => void } {
  const stream = useStream();
  const connection = useSyncExternalStore(stream.watch, stream.current);
  return { ...connection, retry: () => stream.recover() };
}

/** Calls the latest `listener` for every live event of a kind, for as long as the component is shown. */
export function useLive<K extends LiveKind>(kind: K, listener: Listener<K>): void {
  const stream = useStream();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => stream.on(kind, (data) => latest.current(data)), [stream, kind]);
}
