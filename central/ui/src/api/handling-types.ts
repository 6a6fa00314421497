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
  kind_vi?: string;
  kind_en?: string;
  at: string;
  plate_display: string | null;
  plate_colour?: string | null;
}

export interface HandlingRow {
  id: string;
  number: string;
  site?: string;
  state: string;
  state_vi: string;
  state_en: string;
  cases: HandlingCase[];
  party: { kind: "person" | "org" | string; name: string | null } | null;
  due: HandlingDue | null;
  amount: number | null;
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
}

export interface Liable {
  kind: "person" | "org" | string;
  basis: string;
  basis_vi?: string;
  basis_en?: string;
  name: string | null;
  address: string | null;
  id_number?: string | null;
  phone?: string | null;
  masked?: string[];
  mask_reason_vi?: string | null;
  mask_reason_en?: string | null;
}

export interface HandlingDocument {
  id: string;
  kind: string;
  kind_vi?: string;
  kind_en?: string;
  number: string | null;
  issued_at: string | null;
  state: string;
  sha256: string | null;
  url: string;
}

export interface HandlingDeadline {
  what: string;
  what_vi?: string;
  what_en?: string;
  due_at: string;
  started_at: string;
  basis: string;
  law_version: number | string;
  met_at: string | null;
  alerts: number[];
}

export interface HandlingResponse {
  kind: string;
  at: string;
  text: string | null;
  attachments: { id: string; name: string; type: string; bytes: number; url?: string }[];
}

export interface HandlingAct {
  case_id?: string;
  behaviour: string;
  title_vi?: string;
  title_en?: string;
  clause: string;
  low: number;
  high: number;
  proposed: number;
  amount: number | null;
  points: number;
  circumstances: { kind?: string; vi?: string; en?: string }[] | string[];
}

export type ActionFieldType = "text" | "textarea" | "number" | "money" | "date" | "datetime" | "select" | "checkbox" | "reason" | string;

export interface ActionField {
  name: string;
  type: ActionFieldType;
  required: boolean;
  vi?: string;
  en?: string;
  options?: ({ value: string; vi: string; en: string } | string)[];
  value?: string | number | boolean | null;
  min?: number;
  max?: number;
}

export interface HandlingAction {
  action: string;
  vi: string;
  en: string;
  allowed: boolean;
  why_not_vi: string | null;
  why_not_en: string | null;
  fields: ActionField[];
  needs_signature: boolean;
  danger: boolean;
  /** What a signature is compared with, where one is needed. */
  cap?: { cap: number; highest: number; title_vi: string; title_en: string; ok: boolean } | null;
}

export interface HandlingDetail extends HandlingRow {
  liable: Liable | null;
  documents: HandlingDocument[];
  deadlines: HandlingDeadline[];
  responses: HandlingResponse[];
  acts: HandlingAct[];
  total: number | null;
  combined: { points: number; revocation_months: number | string | null } | null;
  payment: { bill: string; amount: number; paid: number; receipt: string | null; late_interest: number; paid_at?: string | null } | null;
  warnings: { target: string; sent_at: string; ack: string | null; removed_at: string | null }[];
  messages: { channel: string; state: string; at: string; what?: string }[];
  log: CaseStep[];
  actions: HandlingAction[];
}

export type FigureGroup = "kind" | "place" | "hour" | "day";

export interface ViolationFigure {
  key: string;
  key_vi?: string;
  key_en?: string;
  detected: number;
  inadmissible: number;
  rejected: number;
  confirmed: number;
  noticed: number;
  decided: number;
  paid: number;
  vnd_decided?: number;
  vnd_paid?: number;
  vnd?: number;
  overdue: number;
  median_days: number | null;
}

export interface ViolationFigures {
  rows: ViolationFigure[];
  total: ViolationFigure;
  loss?: { note_vi: string; note_en: string; whole: boolean } | null;
}

export interface PlacePoint {
  site: string;
  camera?: string;
  place_vi: string;
  place_en?: string;
  lat: number | null;
  lon: number | null;
  kind: string;
  counts: Record<string, number>;
}
