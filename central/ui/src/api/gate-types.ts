/** Gates: policies, decisions, who is inside. The words are those of `wire/src/gate`. */
import type { Direction, Page, PlateReading, Role } from "./types";

export type GateVerdict = "admit" | "wait" | "deny";
export type LaneWay = "in" | "out" | "both";
export type Wanted = "anonymous" | "vehicle" | "person" | "vehicle_and_driver";
export type TrustLevel = "qr_only" | "qr_and_register" | "chip" | "chip_and_face" | "vneid_level2";
export type ListKind = "allow" | "block";
export type DayKind = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun" | "holiday";
export type GroupKind = "enterprise" | "contractor" | "staff" | "visitors" | "tour" | "authority";
export type LadderStep = "full" | "centre_lost" | "camera_lost" | "reader_lost" | "by_hand";
export type Outcome = "pending" | "passed" | "turned_back" | "passed_unadmitted" | "unknown";
export type AntiPassback = { mode: "off" | "soft" | "hard" } | { mode: "timed"; minutes: number };

export interface Staleness {
  fresh_s: number;
  usable_s: number;
  when_old: GateVerdict;
}

export interface Rule {
  id: string;
  groups: string[];
  lists: ListKind[];
  schedule: string | null;
  verdict: GateVerdict;
}

export interface Policy {
  id: string;
  wanted: Wanted;
  rules: Rule[];
  unknown: GateVerdict;
  least_trust: TrustLevel | null;
  /** `0..=1`. */
  least_score: number;
  anti_passback: AntiPassback;
  quotas: boolean;
  interlock: string[];
  tailgating: { bodies: number; window_s: number };
  staleness: Staleness;
  faces: "off" | "check_papers";
  pair_s: number;
}

export interface Window {
  days: DayKind[];
  /** `HH:MM:SS`; `until` not after `from` is the next day. */
  from: string;
  until: string;
}

export interface Schedule {
  id: string;
  name_vi: string;
  name_en: string;
  windows: Window[];
}

export interface Holiday {
  /** `YYYY-MM-DD`. */
  date: string;
  off: boolean;
  name_vi: string;
}

export interface PolicyGroup {
  id: string;
  kind: GroupKind;
  name: string;
  vehicle_quota: number | null;
  person_quota: number | null;
}

export interface PolicyLane {
  id: string;
  name_vi: string;
  name_en: string;
  way: LaneWay;
  policy: Policy;
}

export interface PolicyGate {
  id: string;
  name_vi: string;
  name_en: string;
  area: string;
  person_capacity: number | null;
  vehicle_capacity: number | null;
  lanes: PolicyLane[];
}

/** The whole of what a site's gates go by. */
export interface PolicyDocument {
  version: number;
  holidays: Holiday[];
  schedules: Schedule[];
  /** Told with the document, edited as groups. */
  groups: PolicyGroup[];
  gates: PolicyGate[];
  /** Counting lines of cameras that lead into a gate's area; kept as they are by the forms. */
  counting?: { camera: string; line: string | null; gate: string }[];
  /** The approval under which faces may be used. */
  faces?: { authority: string; number: string; until: string } | null;
  paper_form: string | null;
}

/** One difference between two documents; `null` where there was nothing, or is nothing any more. */
export interface Change {
  path: string;
  from: unknown;
  to: unknown;
}

export interface PolicyProblem {
  path: string;
  code?: string;
  vi: string;
  en: string;
}

export interface PolicyPreview {
  changes: Change[];
  problems: PolicyProblem[];
  /** Decisions of today that were taken again. */
  looked_at: number;
  /** Those that would have been another. */
  decisions: { access: string; at: string; lane: string; before: { verdict: GateVerdict; reason: string }; after: { verdict: GateVerdict; reason: string } }[];
}

export interface PolicyStep {
  version: number;
  changed_at: string;
  changed_by: string;
  approved_by: string | null;
  note: string | null;
  changes: Change[];
}

export interface ListInUse {
  agent: string;
  version: number;
  made_at: string | null;
  /** The lowest that one of its lanes stands on. */
  step: LadderStep | null;
  /** Lists that it refused since its start, and why the last one was. */
  refused?: number;
  refused_because?: string | null;
}

export interface GateRow {
  site: string;
  id: string;
  name_vi: string;
  name_en: string;
  area: string;
  person_capacity: number | null;
  vehicle_capacity: number | null;
  /** With what the agent last said of each lane, where it did. */
  lanes: (PolicyLane & { step?: LadderStep | null; barrier?: string | null; waiting?: number | null })[];
  desk_url: string | null;
  list: { version: number; made_at: string | null; in_use: ListInUse[] };
  people: number;
  vehicles: number;
  /** Agents of the site that are away: their gates decide alone. */
  deciding_alone: string[];
}

/** What is missing from a figure. */
export interface Loss {
  lost: number;
  late: number;
  /** Known to be on their way. */
  waiting?: number;
  offline: { camera: string; minutes: number }[];
  /** People that the figures cannot explain: more went out than came in. */
  unexplained?: number;
  /** All of it in words, as central says it. */
  note_vi?: string;
  note_en?: string;
}

export interface GuardActRow {
  at: string;
  act: string;
  user: string;
  reason: string;
  note: string | null;
  overrides: GateVerdict | null;
}

export interface Access {
  id: string;
  feed_id: number;
  site: string;
  agent: string;
  gate: string;
  lane: string;
  at: string;
  direction: Direction;
  /** The last word. */
  verdict: GateVerdict;
  /** What the machine answered by list and policy. */
  decided: GateVerdict;
  reason: string;
  rule: string | null;
  warnings: string[];
  /** Null: the machine; else the guard whose word it is. */
  actor: string | null;
  outcome: Outcome;
  barrier: string;
  bodies: number;
  list_version: number;
  list_age_s: number;
  freshness: "fresh" | "stale" | "old" | "none";
  alone_since: string | null;
  late: boolean;
  /** What the guard saw; null where the role may not see it. */
  label: string | null;
  driver_label?: string | null;
  group: string | null;
  group_name: string | null;
  /** Canonical text. */
  plate: string | null;
  reading: PlateReading | null;
  command_ms: number | null;
  ended_at: string | null;
  /** The vehicle event of the same passage. */
  passage: string | null;
  thumbnail: string | null;
  /** `{number, row, typed_by}` of a line of a paper form. */
  form?: { number: string; row: number | null; typed_by: string | null } | null;
  /** `open` or `seen` where central would have decided otherwise. */
  otherwise?: string | null;
  acts: GuardActRow[];
}

/** Exactly what was asked, as the gate's decision got it. */
export interface Ask {
  vehicle: { text: string | null; score: number; others: string[] } | null;
  /** What was presented, by its kind; the digests beside say nothing to people. */
  person: { keys: [string, string][]; trust: TrustLevel | null; offline: boolean; mismatch: boolean; papers_checked: boolean } | null;
  escort: boolean;
  emergency: boolean;
  face_hint: boolean;
  open_lanes: string[];
}

export interface AccessDetail extends Access {
  ask: Ask | null;
  /** The rule that decided, as it stood in the list that was used. */
  rule_text: Rule | null;
  /** The entry as it stood in that list. */
  list_entry: { id: string; label: string | null; list: ListKind; group: string | null; valid_until?: string | null } | null;
  would_have_been: Otherwise | null;
}

export interface AccessFilter {
  site?: string;
  gate?: string;
  lane?: string;
  verdict?: string;
  reason?: string;
  outcome?: string;
  from?: string;
  to?: string;
  q?: string;
}

export interface Otherwise {
  id: string;
  access: string;
  site: string;
  at: string;
  edge: { verdict: GateVerdict; reason: string; list_version: number; list_age_s: number };
  central: { verdict: GateVerdict; reason: string; list_version: number };
  why_vi: string;
  why_en: string;
  state: "open" | "seen";
  seen_by: string | null;
  seen_at: string | null;
  note: string | null;
}

export interface InsideRow {
  subject: string;
  kind: "person" | "vehicle";
  /** Null where the role may not see it. */
  label: string | null;
  group: string | null;
  group_name: string | null;
  area: string;
  gate: string | null;
  lane: string | null;
  since: string;
  overstayed: boolean;
  entry_access: string | null;
}

export interface Stay {
  id: string;
  subject: string;
  kind: "person" | "vehicle";
  label: string | null;
  group: string | null;
  group_name: string | null;
  area: string;
  in: string | null;
  out: string | null;
  entry_access: string | null;
  exit_access: string | null;
  duration_s: number | null;
  overstayed: boolean;
  /** `inside`, `left`, `no_exit` (no way out was seen) or `no_entry`. */
  state: string;
}

export interface MusterPerson extends InsideRow {
  accounted: boolean;
}

export interface Muster {
  since: string | null;
  by: string | null;
  state: "none" | "running" | "ended";
  known: MusterPerson[];
  anonymous: number;
  accounted: number;
  missing: number;
}

/** What a register's word means to a guard: central's words in one row. */
export type IdentityResult = "match" | "no_match" | "not_found" | "locked" | "valid" | "expired" | "replayed" | "invalid" | "unverified_offline";

export interface IdentityAnswer {
  /** As the service says it (`MATCH`, `VALID`…), or `unavailable`. */
  result: string;
  /** Fields that differ. */
  mismatch: string[];
  /** Somebody should look at the papers. Why is not said. */
  check_papers: boolean;
  level: number | null;
  why: string | null;
  txn: string | null;
}

export interface IdentityCheckRow {
  id: string;
  site: string;
  access: string;
  purpose: string;
  state: "waiting" | "answered" | "given_up";
  result: string | null;
  txn: string | null;
  attempts: number;
  asked_at: string;
  next_try_at: string | null;
  answered_at: string | null;
}

export type { Page, Role };
