/** Law data: rows that hold from a day to a day, by a text, and as surely as it was read. */
export type Confidence = "H" | "M" | "L";

export interface LawMeta {
  valid_from: string;
  /** Last day on which it holds, that day included; null while it is open. */
  valid_to: string | null;
  legal_basis: string;
  confidence: Confidence;
}

export interface Behaviour extends LawMeta {
  key: string;
  vehicle: string;
  clause: string;
  title_vi: string;
  title_en: string;
  text_vi: string;
  text_confidence: Confidence;
  fine_low: number;
  fine_high: number;
  points: number;
  revoke_months_low: number | null;
  revoke_months_high: number | null;
  camera: "usual" | "possible" | "never";
  serious: boolean;
}

export interface CapRow extends LawMeta {
  role: string;
  title_vi: string;
  title_en: string;
  cap: number;
}

export interface DeadlineRow extends LawMeta {
  kind: string;
  title_vi: string;
  title_en: string;
  amount: number;
  unit: "calendar_days" | "working_days" | "months" | "years";
  from: string;
  rolls: boolean;
}

export interface HolidayRow extends LawMeta {
  kind: "off" | "work";
  title_vi: string;
  title_en: string;
}

export interface RuleRow extends LawMeta {
  key: string;
  title_vi: string;
  title_en: string;
  value: number;
}

export interface LawOnDay {
  version: number;
  on: string;
  behaviours: Behaviour[];
  caps: CapRow[];
  deadlines: DeadlineRow[];
  holidays: HolidayRow[];
  rules: RuleRow[];
}

export type LawTable = "behaviours" | "caps" | "deadlines" | "holidays" | "rules";

export interface FieldDifference {
  field: string;
  from: unknown;
  to: unknown;
}

export interface Difference {
  table: string;
  key: string;
  valid_from: string;
  kind: "added" | "removed" | "changed" | string;
  fields: FieldDifference[];
}

/** One change of one row, as it is proposed. */
export type RowChange = { op: "put"; table: string; row: object } | { op: "end"; table: string; key: string; valid_from: string; valid_to: string } | { op: "remove"; table: string; key: string; valid_from: string };

export interface LawChange {
  id: string;
  valid_from: string;
  note: string;
  state: "proposed" | "approved" | "rejected" | "preview";
  proposed_by: string;
  proposed_at: string;
  decided_by: string | null;
  decided_at: string | null;
  reason: string | null;
  version: number | null;
  /** The version that `differences` are against. */
  against: number;
  changes: RowChange[];
  /** Of one that is open; a decided one's are those of its version. */
  differences: Difference[];
  /** Why it can no longer be approved. */
  problems: { path: string; code: string; vi: string; en: string }[];
  may_decide: boolean;
}

export interface LawVersion {
  version: number;
  /** Cases are computed with it from that day on. */
  valid_from: string;
  note: string;
  proposed_by: string;
  approved_by: string;
  approved_at: string;
  sha256: string;
  change_id: string | null;
  /** Against the version before. */
  differences: Difference[];
}
