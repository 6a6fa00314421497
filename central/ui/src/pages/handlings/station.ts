/** Stations that every handling passes, for the bar above it. Side states lie at the station that they came from. */
export const STATIONS = ["owner", "notice", "answer", "minutes", "decision", "payment", "closed"] as const;
export type Station = (typeof STATIONS)[number];

const BY_STATE: Record<string, Station> = {
  owner_lookup: "owner", owner_found: "owner", owner_not_found: "owner", stolen: "owner", handed_over: "owner",
  notice_draft: "notice", notice_signed: "notice", notice_sent: "notice", undeliverable: "notice", transferred_out: "notice",
  notice_delivered: "answer", warned: "answer", acknowledged: "answer", driver_named: "answer", disputed: "answer", transfer_claimed: "answer", verified: "answer",
  minutes_draft: "minutes", minutes_signed: "minutes", explanation: "minutes",
  decision_draft: "decision", decision_signed: "decision",
  decision_delivered: "payment", overdue: "payment", enforcement: "payment", paid: "payment",
  cleared: "closed", closed: "closed", lapsed: "closed",
};

/** The station of a state; of one that is newer than this console, or that ends from anywhere, none. */
export const stationOf = (state: string): Station | null => BY_STATE[state] ?? null;

/** States that something went wrong in, or that somebody must look at. */
const TROUBLE = new Set(["owner_not_found", "stolen", "undeliverable", "disputed", "transfer_claimed", "warned", "overdue", "enforcement"]);
const OVER = new Set(["handed_over", "transferred_out", "voided", "expired", "lapsed"]);
const GOOD = new Set(["paid", "cleared", "closed"]);

export function stateTone(state: string): "admit" | "wait" | "deny" | "unknown" {
  if (GOOD.has(state)) return "admit";
  if (OVER.has(state)) return "unknown";
  return TROUBLE.has(state) ? "deny" : "wait";
}

/** Every state, in the order of the way. */
export const ALL_STATES = [...Object.keys(BY_STATE), "voided", "expired"];
