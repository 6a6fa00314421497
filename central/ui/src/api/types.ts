/** The REST and SSE contract of central, `/api/v1`. Times are RFC 3339 UTC; boxes are `[x, y, w, h]` in pixels of the overview picture. */

export type * from "./case-types";
export type * from "./fleet-types";
export type * from "./gate-types";
export type * from "./handling-types";
export type * from "./law-types";
export type * from "./member-types";

export type Role = "gate_operator" | "traffic_police" | "police_signer" | "ioc_operator" | "admin" | "site_manager" | "enterprise";
/** Of police accounts, lowest first. */
export type Rank = "officer" | "team_chief" | "commune_chief" | "division_head" | "provincial_director";
export type Language = "vi" | "en";
export type Box = [number, number, number, number];
export type Size = [number, number];

export interface User {
  id: string;
  username: string;
  display_name: string;
  role: Role;
  /** Site ids; empty means every site. */
  sites: string[];
  language: Language;
  /** Of an enterprise's account: whose people and vehicles it looks after. */
  group?: string | null;
  /** Of police accounts: how far a signature goes. */
  rank?: Rank | null;
}

export interface Summary {
  now: string;
  people_in: number;
  people_out: number;
  people_inside: number;
  vehicles_today: number;
  plates_read_today: number;
  alerts_open: number;
  cameras_live: number;
  cameras_total: number;
  lost_events: number;
  late_events: number;
  offline_s: number;
}

export type SiteModel = "access_tourist" | "access_industrial" | "access_rail" | "traffic_violation";

export interface Site {
  id: string;
  name: string;
  model: SiteModel;
}

export interface Candidate {
  text: string;
  score: number;
  /** Kind of plate, when it is one. */
  kind?: string | null;
  /** Why it was considered. */
  reason?: "read" | "repaired" | "composed" | string | null;
}

/** Something seen besides the characters, with its own score. */
export interface Attribute {
  value: string;
  score: number;
}

/** Something about the plate itself that a person should check; never an accusation. */
export interface PlateFinding {
  kind: "covered" | "bent" | "missing" | "unreadable" | string;
  score: number;
  looks: number;
}

export interface PlateReading {
  text: string;
  display: string;
  raw: string;
  valid: boolean;
  kind: string | null;
  lines: 1 | 2;
  score: number;
  votes: number;
  reads: number;
  candidates: Candidate[];
  /** Repairs made to the raw string, such as `2:0→D` (position: from → to). */
  edits: string[];
  ambiguous: string[];
  box: Box | null;
  /** Background: `white`, `yellow`, `blue` or `red`; absent when the light did not let it be told. */
  colour?: Attribute | null;
  /** Class of the bearer, `business` for instance; absent where only an unknown colour would tell. */
  class?: string | null;
  /** Country of a plate that seems not to be Vietnamese. */
  country?: string | null;
}

export type NoReading = "no_plate_found" | "too_small" | "unreadable";
export type VehicleClass = "car" | "motorcycle" | "bus" | "truck";
export type Direction = "in" | "out" | "forward" | "backward";
export type RegistryStatus =
  | "found"
  | "not_found"
  | "revoked"
  | "stolen"
  | "multiple"
  | "military"
  | "unavailable"
  | "not_asked";
export type WatchlistStatus = "none" | "exact" | "possible";
export type TimeSource = "rtcp" | "arrival" | "file";
export type EvidenceRole = "overview" | "vehicle" | "plate";

export interface Evidence {
  sha256: string;
  role: EvidenceRole;
  width: number;
  height: number;
  bytes: number;
  /** The device gave the picture up: it will never come. */
  absent: boolean;
}

export interface Vehicle {
  make: string | null;
  model: string | null;
  colour: string | null;
  type: string | null;
}

export interface Passage {
  id: string;
  feed_id: number;
  site: string;
  camera: string;
  camera_name: string | null;
  agent: string;
  seq: number;
  /** Provisional until the vehicle has left the picture. */
  phase: "provisional" | "settled";
  captured_at: string;
  uncertainty_ms: number;
  time_source: TimeSource;
  received_at: string;
  late: boolean;
  class: VehicleClass;
  direction: Direction | null;
  rule: string | null;
  reading: PlateReading | null;
  no_reading: NoReading | null;
  plate_finding?: PlateFinding | null;
  box: Box | null;
  picture: Size | null;
  thumbnail: string | null;
  evidence: Evidence[];
  match: { registry: RegistryStatus; watchlist: WatchlistStatus };
  vehicle: Vehicle | null;
  owner_masked: string | null;
  alert_id: string | null;
}

export interface Owner {
  kind: string | null;
  name: string | null;
  address: string | null;
  id_number: string | null;
  /** Names of the fields that are shown only in part, or not at all. */
  masked: string[];
  /** Why, in Vietnamese and in English. */
  mask_reason_vi: string | null;
  mask_reason_en: string | null;
}

export interface Finding {
  code: string;
  text_vi: string;
  text_en: string;
}

export interface RegistryAnswer {
  status: RegistryStatus;
  asked_at: string | null;
  txn_id: string | null;
  as_of: string | null;
  findings: Finding[];
}

export interface ListMatch {
  list: string;
  list_name: string;
  entry_id: string;
  plate: string;
  result: "exact" | "possible";
  /** Why the plate is on the list. */
  reason_vi: string;
  reason_en: string;
  /** Why it met this passage. */
  why_vi: string;
  why_en: string;
  distance: number;
  priority: Severity;
  added_by: string | null;
  added_at: string | null;
}

export interface Model {
  id: string;
  sha256: string;
}

/** How an envelope stands to the device's one before it, as stored now. */
export type Chain = "ok" | "broken" | "previous_missing";

export interface Envelope {
  id: string;
  seq: number;
  prev: string;
  key: string;
  signature_ok: boolean;
  chain: Chain;
  models: Model[];
  sha256: string;
}

export interface AuditEntry extends AuditRow {
  id: string;
  role: Role | null;
  object_kind: string | null;
  object_id: string | null;
  purpose: string | null;
}

export interface AuditRow {
  at: string;
  actor: string;
  action: string;
}

export interface PassageDetail extends Passage {
  owner: Owner | null;
  registry: RegistryAnswer;
  matches: ListMatch[];
  envelope: Envelope | null;
  alerts: Alert[];
  audit: AuditRow[];
}

/** What an incident at a gate or in an area says besides its alert. */
export interface IncidentFacts {
  incident: string;
  rule?: string | null;
  gate?: string | null;
  lane?: string | null;
  access?: string | null;
  count?: number | null;
  box?: Box | null;
  picture?: Size | null;
}

/** `watchlist_plate`, `stolen_vehicle`, `registry_mismatch`; an incident's word; `overstay`; for the police role alone `wanted_person`. */
export type AlertKind = string;
export type Severity = "low" | "medium" | "high" | "critical";
export type AlertState = "new" | "acknowledged" | "verifying" | "confirmed" | "false_alarm" | "closed";

export interface AlertStep {
  at: string;
  actor: string;
  /** Null for the first step: the system raised it. */
  from: AlertState | null;
  to: AlertState;
  note: string | null;
}

export interface Alert {
  id: string;
  feed_id: number;
  kind: AlertKind;
  severity: Severity;
  state: AlertState;
  certainty: "exact" | "possible";
  site: string;
  camera: string;
  camera_name: string | null;
  passage_id: string | null;
  /** Decision, stay or event that raised it, where no passage did. */
  source_id?: string | null;
  incident?: IncidentFacts | null;
  plate_display: string | null;
  plate_kind: string | null;
  plate_colour?: string | null;
  lines: 1 | 2 | null;
  title_vi: string;
  title_en: string;
  reason_vi: string;
  reason_en: string;
  raised_at: string;
  captured_at: string;
  thumbnail: string | null;
  acknowledged_by: string | null;
  acknowledged_at: string | null;
  history: AlertStep[];
}

export interface NewUser {
  username: string;
  display_name: string;
  role: Role;
  sites: string[];
  /** An enterprise's account: the one group that it sees. */
  group?: string;
  /** Of police accounts: the rank that a signature's cap is looked up by. A signer has one. */
  rank?: Rank;
  /** Of a guard: the PIN of the desk, 6 to 12 digits; without it there is no desk. */
  desk_pin?: string;
  /** May open in an emergency, forgive anti-passback and correct counts. */
  desk_supervisor?: boolean;
  /** Gates of the desk; empty for all. */
  desk_gates?: string[];
  language: Language;
  password: string;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface PassageFilter {
  site?: string;
  camera?: string;
  plate?: string;
  class?: string;
}
