// The desk's JSON as the edge agent says it (edge-agent/src/access/view.rs; words of wire/src/gate). Times are RFC 3339.

export const VERDICTS = ["admit", "wait", "deny"] as const;
export type Verdict = (typeof VERDICTS)[number];

export const REASONS = [
  "emergency", "no_list", "unknown_lane", "nothing_presented", "unreadable", "vehicle_missing", "person_missing", "check_papers",
  "identity_mismatch", "blocked", "unsure", "possible", "not_listed", "other_gate", "not_yet_valid", "expired", "used_up", "out_of_hours",
  "rule", "proof_needed", "driver_not_allowed", "escort_needed", "already_inside", "not_inside", "too_soon", "quota_full", "area_full",
  "interlock", "list_old", "listed", "anonymous",
] as const;
export type Reason = (typeof REASONS)[number];

export const WARNINGS = ["list_stale", "list_old", "unverified_offline", "already_inside", "not_inside"] as const;
export type Warning = (typeof WARNINGS)[number];

export const GUARD_ACTS = [
  "admit", "deny", "wait", "open", "hold", "release", "emergency_open", "emergency_end", "papers_checked", "escort", "forgive", "muster",
  "muster_end", "accounted",
] as const;
export type GuardAct = (typeof GUARD_ACTS)[number];

/** From whole to nothing: the order is the ladder's. */
export const LADDER_STEPS = ["full", "centre_lost", "camera_lost", "reader_lost", "by_hand"] as const;
export type LadderStep = (typeof LADDER_STEPS)[number];

export const BARRIERS = ["idle", "commanded", "opened", "not_opened", "held", "forced", "closed", "unreachable"] as const;
export type Barrier = (typeof BARRIERS)[number];

export const OUTCOMES = ["pending", "passed", "turned_back", "passed_unadmitted", "unknown"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const CAMERA_WORDS = ["connecting", "live", "stale", "auth_failed", "unreachable"] as const;
export type CameraWord = (typeof CAMERA_WORDS)[number];

export const FRESHNESS = ["fresh", "stale", "old", "none"] as const;
export type Freshness = (typeof FRESHNESS)[number];

export const TRUST_LEVELS = ["qr_only", "qr_and_register", "chip", "chip_and_face", "vneid_level2"] as const;
export type TrustLevel = (typeof TRUST_LEVELS)[number];

export const SHOWN = ["card", "pass", "pin", "passport", "vneid", "ticket"] as const;
export type Shown = (typeof SHOWN)[number];

export const WANTED = ["anonymous", "vehicle", "person", "vehicle_and_driver"] as const;
export type Wanted = (typeof WANTED)[number];

export const DIRECTIONS = ["in", "out", "forward", "backward"] as const;
export type Direction = (typeof DIRECTIONS)[number];

export type LaneWay = "in" | "out" | "both";
export type EntryKind = "vehicle" | "person";
export type Actor = { by: "agent" } | { by: "guard"; user: string };

export interface DeskView {
  revision: number;
  at: string;
  site: string;
  agent: string;
  step: LadderStep;
  alone_since: string | null;
  queued: number;
  list: { version: number; made_at: string | null; freshness: Freshness };
  paper_form: string | null;
  gates: GateView[];
  muster: MusterView | null;
  recent: CaseView[];
}

export interface GateView {
  id: string;
  name_vi: string;
  name_en: string;
  area: string;
  people: number;
  vehicles: number;
  person_capacity: number | null;
  vehicle_capacity: number | null;
  expected: number;
  lanes: LaneView[];
}

export interface LaneView {
  id: string;
  name_vi: string;
  name_en: string;
  way: LaneWay;
  wanted: Wanted;
  camera: string | null;
  camera_state: CameraWord | null;
  camera_since: string | null;
  barrier: Barrier;
  reader: boolean | null;
  step: LadderStep;
  held: boolean;
  emergency: boolean;
  current: CaseView | null;
  queue: CaseView[];
}

export interface CaseView {
  access: string;
  lane: string;
  since: string;
  direction: Direction;
  plate: PlateView | null;
  person: PersonView | null;
  label: string | null;
  group: string | null;
  verdict: Verdict;
  answer: Verdict;
  reason: Reason;
  rule: string | null;
  warnings: Warning[];
  actor: Actor;
  outcome: Outcome;
  list_version: number;
  track: number | null;
  picture: boolean;
  stay_minutes: number | null;
  ended_at: string | null;
}

export interface PlateView {
  text: string;
  display: string;
  kind: string | null;
  lines: number;
  colour: string | null;
  score: number;
}

export interface PersonView {
  label: string | null;
  trust: TrustLevel | null;
  shown: Shown;
  offline: boolean;
  asking: boolean;
}

export interface MusterView {
  since: string;
  by: string;
  missing: number;
  accounted: number;
  anonymous: number;
}

export interface InsideView {
  subject: string;
  kind: EntryKind;
  label: string;
  group: string | null;
  area: string;
  lane: string;
  since: string;
  overstayed: boolean;
  accounted: boolean;
}

export interface ExpectedView {
  entry: string;
  label: string;
  group: string | null;
  expected_at: string;
  plate: string | null;
  arrived: boolean;
}

export interface Session {
  user: string;
  name: string;
  supervisor: boolean;
  /** Empty: all gates. */
  gates: string[];
  since: string;
}

export interface ReasonText {
  code: string;
  vi: string;
  en: string;
}

export const REASON_LISTS = [
  "admit", "deny", "wait", "open", "hold", "emergency_open", "forgive", "correction", "muster", "papers_checked", "escort",
] as const;
export type ReasonList = (typeof REASON_LISTS)[number];
export type Reasons = Partial<Record<ReasonList, ReasonText[]>>;

export interface ActRequest {
  act: GuardAct;
  access?: string;
  subject?: string;
  reason: string;
  note?: string;
}

export interface ActReply {
  access?: string | null;
  recorded: boolean;
}

export type PresentRequest =
  | { shown: "card"; text: string }
  | { shown: "typed_card"; number: string; name: string; birth: string }
  | { shown: "pass"; text: string }
  | { shown: "pin"; pin: string }
  | { shown: "passport"; country: string; number: string; name: string }
  | { shown: "vneid"; token: string }
  | { shown: "ticket"; code: string }
  | { shown: "plate"; text: string };

export interface PresentReply {
  access: string;
  asking: boolean;
}

export interface ShiftNote {
  at: string;
  from: string | null;
  to: string | null;
  note: string | null;
  people: number;
  vehicles: number;
  waiting: number;
  items: string[];
}

export interface ShiftView {
  gate: string;
  current: { user: string; name: string; since: string } | null;
  notes: ShiftNote[];
  totals: { admitted: number; denied: number; waited: number; overrides: number; in: number; out: number };
}

export interface HandOver {
  to: string;
  to_pin: string;
  note?: string;
  items: string[];
}

export interface Correction {
  people: number;
  vehicles: number;
  reason: string;
  note?: string;
}

export interface PaperRow {
  form: string;
  row: number;
  at: string;
  direction: "in" | "out";
  kind: EntryKind;
  plate?: string;
  name?: string;
  number?: string;
  verdict: Verdict;
  note?: string;
}

export interface LadderView {
  step: LadderStep;
  lanes: { lane: string; step: LadderStep; works: string[]; paper_form: string | null }[];
}

/** `[x, y, width, height]`, pixels of the sent picture. */
export type Box = [number, number, number, number];

export interface LiveTrack {
  id: number;
  box: Box;
  class: string;
  confirmed: boolean;
  access?: string | null;
  verdict?: Verdict | null;
}

export interface LiveHeader {
  at: string;
  width: number;
  height: number;
  stream_s: number;
  tracks: LiveTrack[];
  trail: Record<string, [number, number][]>;
}

export interface LiveState {
  camera_state: CameraWord;
  since: string | null;
}
