import type { AlertState, CameraState, Passage, RegistryStatus, Severity } from "../api/types";

/** admit green · wait amber · deny red · unknown grey · possible violet. A tone never stands without its word and icon. */
export type Tone = "admit" | "wait" | "deny" | "unknown" | "possible";

export type VerdictWord =
  | "watch_exact"
  | "watch_possible"
  | "stolen"
  | "revoked"
  | "multiple"
  | "not_found"
  | "military"
  | "unavailable"
  | "not_asked"
  | "found"
  | "unread";

const REGISTRY: Record<RegistryStatus, Tone> = {
  stolen: "deny",
  revoked: "deny",
  multiple: "wait",
  not_found: "wait",
  unavailable: "wait",
  military: "unknown",
  not_asked: "unknown",
  found: "admit",
};

export const registryTone = (status: RegistryStatus): Tone => REGISTRY[status] ?? "unknown";

export interface Verdict {
  tone: Tone;
  word: VerdictWord;
}

/** The one thing to say about a passage: the gravest first, and a possible match is never told as a certain one. */
export function verdictOf(passage: Pick<Passage, "match" | "reading">): Verdict {
  const { registry, watchlist } = passage.match;
  if (watchlist === "exact") return { tone: "deny", word: "watch_exact" };
  if (registry === "stolen") return { tone: "deny", word: "stolen" };
  if (watchlist === "possible") return { tone: "possible", word: "watch_possible" };
  if (!passage.reading) return { tone: "unknown", word: "unread" };
  return { tone: registryTone(registry), word: registry };
}

export const severityTone: Record<Severity, Tone> = { critical: "deny", high: "deny", medium: "wait", low: "unknown" };

export const alertStateTone: Record<AlertState, Tone> = {
  new: "deny",
  acknowledged: "wait",
  verifying: "wait",
  confirmed: "deny",
  false_alarm: "unknown",
  closed: "unknown",
};

export const cameraTone: Record<CameraState, Tone> = {
  live: "admit",
  stale: "wait",
  connecting: "wait",
  auth_failed: "deny",
  unreachable: "deny",
  agent_offline: "deny",
  unknown: "unknown",
};

/** What may follow a state; central refuses anything else with `bad_transition`. */
export const NEXT_STATES: Record<AlertState, AlertState[]> = {
  new: ["acknowledged", "verifying", "confirmed", "false_alarm"],
  acknowledged: ["verifying", "confirmed", "false_alarm"],
  verifying: ["confirmed", "false_alarm"],
  confirmed: ["closed"],
  false_alarm: ["closed"],
  closed: [],
};

/** A conclusion cannot be taken back, so it wants a reason in words. */
export const needsNote = (to: AlertState) => to === "confirmed" || to === "false_alarm";
