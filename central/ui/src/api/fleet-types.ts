/** Cameras, agents, counts and what was put aside. */
import type { LadderStep, TimeSource } from "./types";

export type CameraState =
  | "live"
  | "stale"
  | "connecting"
  | "auth_failed"
  | "unreachable"
  | "agent_offline"
  | "unknown";

export interface Camera {
  site: string;
  agent: string;
  camera: string;
  name: string | null;
  /** What it is there for: `people`, `vehicles` or `unknown`. */
  kind: string | null;
  state: CameraState;
  since: string | null;
  last_frame_at: string | null;
  fps: number | null;
  analysed: number | null;
  dropped: number | null;
  reconnects: number | null;
  time_source: TimeSource | null;
  snapshot: string | null;
}

export interface Outbox {
  events: number;
  bytes: number;
  oldest_seq: number | null;
  /** How many were given up because the store was full, by kind. */
  evicted: Record<string, number>;
}

export interface Agent {
  site: string;
  agent: string;
  state: string;
  last_seen: string | null;
  version: string | null;
  outbox: Outbox | null;
  next_seq: number | null;
  gaps: number;
  enrolled_at: string | null;
  /** Gates that it decides for; absent where it has none. */
  gates?: GateHealth | null;
}

/** What an agent says of its gates. */
export interface GateHealth {
  list_version: number;
  list_made_at: string | null;
  lists_refused: number;
  refused_because: string | null;
  desk_url?: string | null;
  lanes: { lane: string; barrier: string; reader: boolean | null; waiting: number; step: LadderStep }[];
}

/** What a line counts. */
export type Subject = "person" | "vehicle";

export interface LineCount {
  subject: Subject;
  site: string;
  camera: string;
  line: string;
  in: number;
  out: number;
  inside: number;
}

export interface HourCount {
  subject: Subject;
  hour: string;
  in: number;
  out: number;
}

export interface Counts {
  lines: LineCount[];
  hours: HourCount[];
  loss: { lost: number; late: number; offline_s: number };
}

export interface Quarantined {
  id: string;
  received_at: string;
  topic: string;
  reason_code: string;
  reason: string;
  bytes: number;
}

export interface EnrolmentCode {
  code: string;
  expires_at: string;
}
