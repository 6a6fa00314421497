/** Enterprises, people, vehicles, passes, visits, figures and timetables. */
import type { GroupKind, Loss } from "./gate-types";

export interface Group {
  id: string;
  site: string;
  kind: GroupKind;
  name: string;
  vehicle_quota: number | null;
  person_quota: number | null;
  contact: string | null;
  people?: number;
  vehicles?: number;
}

export type MemberKind = "person" | "vehicle";

export interface Member {
  id: string;
  site: string;
  kind: MemberKind;
  group: string;
  name: string;
  /** Never whole: `0370******34`. */
  number: string | null;
  plate: string | null;
  schedule: string | null;
  valid_from: string | null;
  valid_until: string | null;
  gates: string[];
  drivers: string[];
  escort: boolean;
  status: "active" | "blocked" | "expired";
}

export interface NewMember {
  site: string;
  kind: MemberKind;
  group: string;
  name: string;
  number?: string;
  plate?: string;
  schedule?: string | null;
  valid_from?: string | null;
  valid_until?: string | null;
  gates: string[];
  drivers?: string[];
  escort: boolean;
}

export interface RowError {
  row: number;
  column: string | null;
  code: string;
  vi: string;
  en: string;
}

export interface ImportReport {
  rows: number;
  good: number;
  new: number;
  changed: number;
  same: number;
  errors: RowError[];
  /** What to look at before applying. */
  warnings?: RowError[];
  /** Headings that were not understood and are left out. */
  ignored?: string[];
  /** Imported entries that the file does not name; they stay. */
  missing?: number;
  preview_id: string | null;
}

export interface Pass {
  id: string;
  site: string;
  kind: "visitor" | "contractor" | "driver";
  label: string;
  group: string | null;
  plate: string | null;
  valid_from: string;
  valid_until: string;
  uses: number | null;
  used: number;
  gates: string[];
  escort: boolean;
  state: "active" | "used_up" | "expired" | "revoked" | "not_yet";
}

/** The secret of a pass is in this answer and nowhere else afterwards. */
export interface MadePass {
  pass: Pass;
  code: string;
  qr_svg: string;
}

export interface NewPass {
  site: string;
  kind: Pass["kind"];
  label: string;
  group: string | null;
  plate?: string;
  valid_from: string;
  valid_until: string;
  uses: number | null;
  gates: string[];
  escort: boolean;
}

export type VisitState = "waiting" | "approved" | "refused" | "bound" | "arrived" | "cancelled" | "expired";

export interface Visit {
  id: string;
  site: string;
  code: string;
  name: string;
  people: number;
  date: string;
  time: string;
  plate: string | null;
  host_group: string | null;
  foreign: { country: string } | null;
  state: VisitState;
  bound: boolean;
  contact: string | null;
  reason: string | null;
  made_at: string;
}

export interface NewVisit {
  site: string;
  name: string;
  people: number;
  date: string;
  time: string;
  plate?: string;
  host_group?: string;
  foreign?: { country: string; passport: string };
  contact: string;
  consent: boolean;
  /** Which notice was agreed to. */
  notice_version?: string;
}

/** What the public page learns: nothing personal comes back. */
export interface PublicVisit {
  code: string;
  state: VisitState;
  site?: string;
  date?: string;
  time?: string;
  people?: number;
  bound?: boolean;
  reason_vi?: string | null;
  reason_en?: string | null;
  /** The pass to show at the gate, once approved, and the same as a QR code. */
  pass?: string | null;
  qr_svg?: string | null;
}

/** What the public page may know of a site before anybody signs in. */
export interface PublicSite {
  id: string;
  name: string;
  notice_vi: string;
  notice_en: string;
  notice_version?: string;
  name_en?: string;
  days_ahead?: number;
  most_people?: number;
  keep_days?: number;
  dpo: string;
  groups: { id: string; name: string }[];
}

export interface Correction {
  id: string;
  at: string;
  user: string;
  gate: string;
  area: string;
  people: number;
  vehicles: number;
  reason: string;
  note: string | null;
}

export interface FigureRow {
  from: string;
  to: string;
  gate: string;
  people_in: number;
  people_out: number;
  vehicles_in: number;
  vehicles_out: number;
  inside_people: number;
  inside_vehicles: number;
  corrections: Correction[];
  loss: Loss;
}

export interface CrowdingRule {
  zone: string;
  name_vi: string;
  name_en: string;
  /** People at once: from here on it is watched, and from there on it is too many. */
  warn: number;
  most: number;
  schedule: string | null;
  /** Minutes before a departure in which other numbers hold. */
  train_minutes: number | null;
  train_most: number | null;
}

export interface Crowding {
  version?: number;
  zones: CrowdingRule[];
  now: { zone: string; people: number; at: string; train: string | null }[];
}

export interface Train {
  train: string;
  arrives: string | null;
  departs: string | null;
  platform: string | null;
  from?: string;
  to?: string;
  days: string[];
  valid_from?: string | null;
  valid_until?: string | null;
}

export interface TrainRow {
  train: string;
  date: string;
  arrives: string | null;
  departs: string | null;
  delay_minutes: number;
  people_in: number;
  people_out: number;
}

export interface Report {
  site: string;
  period: string;
  rows: { name: string; people_in: number; people_out: number; vehicles_in: number; vehicles_out: number; most_inside: number; admitted: number; denied: number; waited: number; overrides: number; alerts: number; identified?: number }[];
  loss: Loss;
  corrections: Correction[];
  /** Trains of the span, at stations. */
  trains?: TrainRow[];
  /** When it is due, for monthly ones. */
  due?: { by: string; days_left: number | null; recipient: string; receipt: string | null; sent: boolean } | null;
}
