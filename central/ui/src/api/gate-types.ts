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
  groups: PolicyGroup[];
  gates: PolicyGate[];
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
  today: { decisions: number; same: number; different: { access: string; at: string; lane: string; plate: string | null; before: GateVerdict; after: GateVerdict; reason: string }[] } | null;
}

export interface PolicyStep {
  version: number;
  at: string;
  actor: string;
  approved_by: string | null;
  note: string | null;
  changes: Change[];
}

export interface ListInUse {
  agent: string;
  version: number;
  made_at: string | null;
  step: LadderStep;
}

export interface GateRow {
  site: string;
  id: string;
  name_vi: string;
  name_en: string;
  area: string;
  person_capacity: number | null;
  vehicle_capacity: number | null;
  lanes: (PolicyLane & { agent?: string | null; step?: LadderStep | null; barrier?: string | null; waiting?: number | null })[];
  desk_url: string | null;
  list: { version: number; made_at: string | null; in_use: ListInUse[] };
  people: number;
  vehicles: number;
  /** Since when its agent has not heard of central; null while it does. */
  deciding_alone: string | null;
  loss?: Loss | null;
}

/** What is missing from a figure. */
export interface Loss {
  lost: number;
  late: number;
  offline: { camera: string; minutes: number }[];
  /** People that the figures cannot explain: more went out than came in. */
  unexplained?: number;
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
  answer: GateVerdict;
  reason: string;
  rule: string | null;
  warnings: string[];
  /** Null: the machine; else the guard whose word it is. */
  by: string | null;
  outcome: Outcome;
  barrier: string;
  bodies: number;
  list_version: number;
  list_age_s: number;
  freshness: "fresh" | "stale" | "old" | "none";
  alone_since: string | null;
  late: boolean;
  label: string | null;
  group: string | null;
  reading: PlateReading | null;
  command_ms: number | null;
  ended_at: string | null;
  passage_id: string | null;
  thumbnail: string | null;
  acts: GuardActRow[];
}

export interface AccessDetail extends Access {
  ask: {
    vehicle: { text: string | null; score: number; others: string[] } | null;
    person: { shown: string[]; trust: TrustLevel | null; offline: boolean; mismatch: boolean; papers_checked: boolean } | null;
    escort: boolean;
    emergency: boolean;
    face_hint: boolean;
    open_lanes: string[];
  };
  rule_text: { vi: string; en: string } | null;
  entry: { id: string; label: string; list: ListKind; group: string | null; valid_from: string | null; valid_until: string | null } | null;
  otherwise: Otherwise | null;
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
  gate: string;
  lane: string;
  plate: string | null;
  label: string | null;
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
  label: string;
  group: string | null;
  area: string;
  gate: string;
  lane: string;
  since: string;
  overstayed: boolean;
  entry_access: string | null;
}

export interface Stay {
  subject: string;
  kind: "person" | "vehicle";
  label: string;
  group: string | null;
  area: string;
  entry_at: string | null;
  exit_at: string | null;
  entry_access: string | null;
  exit_access: string | null;
  duration_s: number | null;
  /** `inside`, `joined`, `no_exit`, `no_entry`. */
  state: string;
}

export interface MusterPerson {
  subject: string;
  kind?: "person" | "vehicle";
  label: string;
  group: string | null;
  area: string;
  since: string;
  accounted: boolean;
  accounted_at: string | null;
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

export type IdentityResult = "match" | "no_match" | "not_found" | "locked" | "unverified_offline";

export interface IdentityAnswer {
  result: IdentityResult;
  checked_at: string;
  txn_id: string | null;
}

export interface IdentityCheckRow {
  id: string;
  site: string;
  gate: string;
  lane: string;
  access: string | null;
  at: string;
  state: "waiting" | "done";
  result: IdentityResult | null;
  checked_at: string | null;
  tries: number;
}

export type { Page, Role };
