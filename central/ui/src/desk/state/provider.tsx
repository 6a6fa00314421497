import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { EVENTS_URL } from "../api/client";
import { keys } from "../api/queries";
import type { DeskView, GateView, LaneView, Session } from "../api/types";
import { type Connection, DeskStream } from "./stream";
import { chosenGate, followLane, gatesOf } from "./view";

const GATE = "vg.desk.gate";
/** An empty lane that the guard chose stays chosen for so long, although somebody waits elsewhere. */
const PINNED_MS = 20_000;

export interface Desk {
  session: Session;
  connection: Connection;
  view: DeskView;
  gates: GateView[];
  gate: GateView;
  lane: LaneView | null;
  /** The line is there: acts can be recorded. */
  online: boolean;
  /** Now, by the agent's clock. */
  now: () => number;
  retry: () => void;
  selectGate: (id: string) => void;
  selectLane: (id: string) => void;
}

const Context = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(Context);
  if (!desk) throw new Error("useDesk needs a DeskProvider above it");
  return desk;
}

function useStream() {
  const client = useQueryClient();
  const [stream] = useState(() => new DeskStream({ url: EVENTS_URL, onSignedOut: () => client.setQueryData(keys.session, null) }));
  useEffect(() => {
    stream.start();
    // The browser hears of a pulled cable first; a desk on this same computer is there all the same, so it is asked, not given up.
    window.addEventListener("offline", stream.retry);
    window.addEventListener("online", stream.retry);
    return () => {
      window.removeEventListener("offline", stream.retry);
      window.removeEventListener("online", stream.retry);
      stream.stop();
    };
  }, [stream]);
  const snapshot = useSyncExternalStore(stream.watch, stream.current);
  return { stream, snapshot };
}

/** The lane that the keys act on; see `followLane`. */
function useLane(gate: GateView | null): [LaneView | null, (id: string) => void] {
  const [selected, setSelected] = useState<string | null>(null);
  const [pinned, setPinned] = useState(false);
  const lanes = gate?.lanes ?? [];
  const here = lanes.find((lane) => lane.id === selected);
  const follow = pinned && here ? here.id : followLane(selected, lanes);
  if (follow !== selected) setSelected(follow);
  if (pinned && here?.current) setPinned(false);
  useEffect(() => {
    if (!pinned) return undefined;
    const timer = setTimeout(() => setPinned(false), PINNED_MS);
    return () => clearTimeout(timer);
  }, [pinned, selected]);
  const select = useCallback((id: string) => {
    setSelected(id);
    setPinned(true);
  }, []);
  return [lanes.find((lane) => lane.id === follow) ?? null, select];
}

interface Props {
  session: Session;
  /** Shown until the first state has come. */
  waiting: (connection: Connection, retry: () => void) => ReactNode;
  children: ReactNode;
}

export function DeskProvider({ session, waiting, children }: Props) {
  const { stream, snapshot } = useStream();
  const { connection, view, skewMs } = snapshot;
  const [gateId, setGateId] = useState(() => localStorage.getItem(GATE));
  const gates = useMemo(() => (view ? gatesOf(view, session.gates) : []), [view, session.gates]);
  const gate = chosenGate(gates, gateId);
  const [lane, selectLane] = useLane(gate);
  const selectGate = useCallback((id: string) => {
    localStorage.setItem(GATE, id);
    setGateId(id);
  }, []);
  const desk = useMemo<Desk | null>(
    () =>
      view && gate
        ? { session, connection, view, gates, gate, lane, online: connection.state === "live", now: () => Date.now() + skewMs, retry: stream.retry, selectGate, selectLane }
        : null,
    [session, connection, view, gates, gate, lane, skewMs, stream, selectGate, selectLane],
  );
  if (!desk) return waiting(connection, stream.retry);
  return <Context.Provider value={desk}>{children}</Context.Provider>;
}

/** The agent's clock, renewed every `everyMs`. */
export function useAgentNow(everyMs: number): number {
  const { now } = useDesk();
  const [value, setValue] = useState(now);
  useEffect(() => {
    setValue(now());
    const timer = setInterval(() => setValue(now()), everyMs);
    return () => clearInterval(timer);
  }, [now, everyMs]);
  return value;
}
