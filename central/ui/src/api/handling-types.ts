/** What follows a confirmed case, as central tells it: from the owner to the receipt. */
import type { CaseStep } from "./case-types";

export type DueLevel = 50 | 80 | 100 | null;

export interface HandlingDue {
  what: string;
  what_vi: string;
  what_en: string;
  at: string;
  share: number;
  level: DueLevel;
}

export interface HandlingCase {
  id: string;
  number: string;
  kind: string;
  kind_vi: string;
  kind_en: string;
  at: string;
  place_vi: string;
  plate_display: string | null;
  /** Its statute ended: it is not fined. */
  expired: boolean;
}

export interface HandlingRow {
  id: string;
  number: string;
  site: string;
  state: string;
  state_vi: string;
  state_en: string;
  cases: HandlingCase[];
  party: { kind: "person" | "org" | string; basis: string; name: string | null } | null;
  due: HandlingDue | null;
  amount: number | null;
  /** What needs a person: words. */
  doubts: string[];
  void_asked: boolean;
  updated_at: string;
}

export interface HandlingPage {
  items: HandlingRow[];
  next: string | null;
  counts: Record<string, number>;
}

export interface HandlingFilter {
  state?: string;
  due?: string;
  q?: string;
  site?: string;
  /** Central's own order is by deadline. */
  sort?: "" | "changed";
}

export interface Liable {
  kind: "person" | "org" | string;
  basis: string;
  drove: boolean;
  licence_known: boolean;
  since: string;
  name: string | null;
  address: string | null;
  id_number: string | null;
  masked: string[];
  mask_reason_vi: string | null;
  mask_reason_en: string | null;
}

export interface HandlingDocument {
  id: string | null;
  kind: string;
  number: string | null;
  issued_at: string | null;
  /** `drafted`, `signed` or `issued`. */
  state: string;
  drafted_by: string | null;
  signed_by: string | null;
  /** What it lacks while it cannot be made: names of fields. */
  lacks: string[];
  url: string | null;
}

export interface HandlingDeadline {
  what: string;
  what_vi: string;
  what_en: string;
  due_at: string;
  started_at: string;
  basis: string;
  confidence: string;
  /** False where days off of a year that it goes through are not known yet. */
  calendar_known: boolean;
  law_version: number;
  met_at: string | null;
  alerts: number[];
  share: number;
}

export interface HandlingResponse {
  kind: string;
  at: string;
  by: string;
  text: string | null;
  attachments: { id: string; name: string; type: string; bytes: number }[];
}

export interface HandlingAct {
  case_id: string;
  case_number: string;
  behaviour: string;
  title_vi: string;
  title_en: string;
  clause: string;
  low: number;
  high: number;
  proposed: number;
  amount: number | null;
  points: number;
  revocation_months: [number, number] | null;
  circumstances: string[];
  legal_basis: string;
  confidence: string;
  statute_ends: string;
  expired: boolean;
}

export type ActionFieldType = "text" | "longtext" | "number" | "money" | "date" | "select" | "acts" | string;

export interface ActionField {
  name: string;
  type: ActionFieldType;
  required: boolean;
  vi: string;
  en: string;
  /** Words that a `select` takes. */
  options?: string[];
  /** Kept sealed, never in the log. */
  person: boolean;
}

export interface HandlingAction {
  action: string;
  vi: string;
  en: string;
  allowed: boolean;
  why_not: string | null;
  why_not_vi: string | null;
  why_not_en: string | null;
  fields: ActionField[];
  needs_signature: boolean;
  danger: boolean;
}

/** What one account proposed and another one decides. */
export interface Proposed {
  by: string;
  at: string;
  reason: string;
  to_unit: string | null;
}

export interface HandlingPayment {
  receipt: string;
  amount: number;
  at: string;
  bill: string | null;
  told_at: string;
}

export interface HandlingDetail extends HandlingRow {
  liable: Liable | null;
  /** A party that was named and is not verified yet. */
  named: Liable | null;
  documents: HandlingDocument[];
  deadlines: HandlingDeadline[];
  responses: HandlingResponse[];
  acts: HandlingAct[];
  total: number | null;
  combined: { total: number; points: number; revocation_months: [number, number] | null; max_of_range: number } | null;
  payment: { bill: string | null; pay_url: string | null; amount: number; paid: number; receipt: string | null; late_interest: number; left: number; overpaid: number; payments: HandlingPayment[] } | null;
  /** `none`, `ordered`, `taken`, `postponed` or `no_licence`. */
  points: { state: string; taken: number; left: number | null };
  /** `ordered`, `set`, `removing`, `removed` or `cancelled`. */
  warnings: { target: string; state: string; sent_at: string; ack: string | null; removal_at: string | null; removed_at: string | null }[];
  messages: { channel: string; paper: string | null; state: string; at: string; tries: number; next_try: string | null }[];
  void: Proposed | null;
  /** A proposed transfer to another locality. */
  transfer: Proposed | null;
  /** Number of the handling that it was joined into. */
  joined_into: string | null;
  law_version: number;
  log: (CaseStep & { unit: string; what_vi: string; what_en: string; from: string; to: string; basis: string; detail: unknown })[];
  /** Number of the first line of the log that does not fit the chain. */
  chain_broken_at: number | null;
  actions: HandlingAction[];
}

export type FigureGroup = "kind" | "place" | "hour" | "day";

export interface ViolationFigure {
  key: string;
  vi: string;
  en: string;
  detected: number;
  inadmissible: number;
  rejected: number;
  confirmed: number;
  noticed: number;
  decided: number;
  paid: number;
  overdue: number;
}

export interface ViolationFigures {
  total: ViolationFigure;
  /** VND of decisions, and of what was paid. */
  vnd_fined: number;
  vnd_paid: number;
  /** Days from violation to decision. */
  median_days: number | null;
  groups: ViolationFigure[];
  from: string;
  to: string;
}

/** A place with one kind of violation. No plates. */
export interface PlacePoint {
  site: string;
  camera: string;
  place_vi: string;
  place_en?: string;
  camera_vi?: string;
  camera_en?: string;
  kind: string;
  kind_vi: string;
  kind_en: string;
  /** Cases by their own state, and all of them. */
  case_states?: Record<string, number>;
  cases?: number;
  /** Those in a handling, by its state. */
  states: Record<string, number>;
  count: number;
  /** Where the camera stands, degrees; null where nobody said. */
  lat?: number | null;
  lon?: number | null;
}
