/** Violations on their way to a human verdict, as central tells them. Boxes are pixels of the overview; times RFC 3339 UTC. */
import type { Box, Owner, PlateReading, Size, TimeSource, Vehicle } from "./types";

export type CaseState = "detected" | "screened" | "review_1" | "review_2" | "review_3" | "confirmed" | "rejected" | "inadmissible" | "duplicate" | "voided" | "expired";
export type CaseFlag = "exempt" | "duplicate_of" | "clone_suspect" | "repaired_plate" | "low_score" | "third_party" | "escalated" | string;
export type Lamp = "red" | "yellow" | "green" | "off" | "unknown";

/** A moment by which something must be done. `share` is the part of the time that has gone: 1 is the last moment. */
export interface Due {
  what: string;
  at: string;
  share: number;
}

export interface CaseRow {
  id: string;
  number: string;
  kind: string;
  kind_vi: string;
  kind_en: string;
  site: string;
  camera: string;
  place_vi: string;
  place_en: string;
  at: string;
  state: CaseState;
  serious: boolean;
  score: number;
  plate_display: string | null;
  plate_colour: string | null;
  class: string;
  thumb: string | null;
  age_s: number;
  due: Due | null;
  assigned_to: string | null;
  round: number;
  blind: boolean;
  flags: CaseFlag[];
}

export interface CaseMoment {
  what: string;
  at: string;
  /** Position in the clip; null without one. */
  offset_ms_in_clip: number | null;
  box: Box;
  signal: { signal: string; state: Lamp; flashing?: boolean; since: string | null; source: string; score: number } | null;
  /** SHA-256 of the picture that shows it. */
  evidence: string | null;
}

export interface SignalSpan {
  signal: string;
  state: Lamp;
  flashing?: boolean;
  from: string;
  to: string;
  source: "picture" | "controller" | string;
  score: number;
}

export type CaseEvidenceRole = "overview" | "act" | "vehicle" | "plate" | "clip" | "overlay" | string;

export interface CaseEvidence {
  sha256: string;
  role: CaseEvidenceRole;
  media_type: string;
  bytes: number;
  /** 0 of what is no picture. */
  width: number;
  height: number;
  present: boolean;
}

export interface CaseClip {
  sha256: string;
  from: string;
  to: string;
  codec: string;
  original: boolean;
  /** Stream second of its first frame, as the overlay counts. */
  stream_s: number;
}

/** Boxes and lines as a file of their own, normalised; never drawn into a picture. */
export interface Overlay {
  v: number;
  track: number;
  drawn: [string, [number, number][]][];
  frames: OverlayFrame[];
}

export interface OverlayFrame {
  stream_s: number;
  objects: { track: number; class: string; box: [number, number, number, number] }[];
  signals?: [string, Lamp][];
}

export interface LawRow {
  behaviour: string;
  clause: string;
  title_vi: string;
  title_en: string;
  text_vi: string;
  fine_low: number;
  fine_high: number;
  fine_average: number;
  points: number;
  revocation_months: string | null;
  legal_basis: string;
  confidence: "H" | "M" | "L" | string;
  valid_from: string;
}

export interface Played {
  needed_ms: number;
  seen_ms: number;
  pictures_needed: number;
  pictures_seen: number;
}

export interface CaseStep {
  at: string;
  actor: string;
  role: string;
  what: string;
  reason: string | null;
  hash: string;
}

export interface EarlierAnswer {
  round: number;
  by: string;
  at: string;
  decision: string;
  behaviour: string | null;
  reason: string | null;
  note: string | null;
  plate_typed: string | null;
}

/** Another case of the same act; or a sign of a plate on two vehicles, which has no number and no place. */
export interface RelatedCase {
  id: string;
  number: string;
  at: string;
  place_vi: string;
  why_vi: string;
  why_en: string;
}

export interface CaseGate {
  admissible: boolean;
  missing: { need: string; vi: string; en: string }[];
  conditions: { code: string; ok: boolean; vi: string; en: string }[];
}

export interface DeviceRecord {
  site: string;
  camera: string;
  version?: number;
  serial: string;
  type: string;
  model: string;
  annex_item: string;
  approval_decision: { no: string; on: string; by: string; from: string; to: string | null } | null;
  approved_position: { lat: number; lon: number; radius_m: number; vi: string } | null;
  calibration: { cert_no: string; agency: string; from: string; to: string } | null;
  max_clock_offset_ms: number;
  trained_users: string[];
  sign_installed: { on: string; photo_sha256: string | null } | null;
  status: string;
}

/** A device with what waits for approval. */
export interface DeviceRow extends DeviceRecord {
  /** From when it counts. */
  valid_from?: string | null;
  approved_by?: string | null;
  approved_at?: string | null;
  proposal?: { id: string; record: DeviceRecord; by: string; at: string; note: string | null; mine: boolean } | null;
}

export interface CaseDetail extends CaseRow {
  moments: CaseMoment[];
  timeline: SignalSpan[];
  evidence: CaseEvidence[];
  clip: CaseClip | null;
  overlay: string | null;
  /** 0, 0 where nothing of it is shown. */
  picture: Size;
  reading: PlateReading | null;
  plate_confirmed: string | null;
  owner: Owner | null;
  /** The vehicle as registered, for whoever sees the owner. */
  registered?: Vehicle | null;
  measured: { what: string; value: number; uncertainty: number; limit: number | null; type_approved: boolean } | null;
  doubts: string[];
  limits_vi: string;
  limits_en: string;
  time: { at: string; uncertainty_ms: number; source: TimeSource; clock: { synchronised: boolean; offset_ms: number | null; camera_offset_ms?: number | null } | null };
  device: DeviceRecord | null;
  scene: { version: number } | null;
  ground: { points: number; error_px: number; error_m: number; measured_on: string } | null;
  models: { id: string; sha256: string }[];
  made_by: string;
  source: string;
  gate: CaseGate;
  law: LawRow[];
  law_version: string | null;
  proposed_behaviour: string | null;
  review: { round: number; may: boolean; why_not: string | null; played: Played; may_decide: boolean };
  earlier_answers: EarlierAnswer[] | null;
  related: { duplicates: RelatedCase[]; clones: RelatedCase[] };
  log: CaseStep[];
  /** Number of the first line of the log that does not fit the chain. */
  chain_broken_at?: number | null;
  /** Somebody asked to void it. */
  void: { by: string; at: string | null; reason: string | null } | null;
  /** Nothing of it is deleted. */
  legal_hold: boolean;
  handling_id: string | null;
  /** Why a confirmed case gets no handling. */
  no_handling?: { code: string; vi: string; en: string } | null;
}

export interface CaseFilter {
  state?: string;
  kind?: string;
  site?: string;
  q?: string;
  sort?: "deadline" | "age" | "score" | "newest";
  mine?: string;
}

export interface CasePage {
  items: CaseRow[];
  next: string | null;
  counts: Record<string, number>;
}

export interface Claim {
  /** Until when the case is held for this person. */
  until: string;
  by: string;
}

export interface PlateAnswer {
  match: boolean;
  normal: string;
  owner: Owner | null;
  /** The register's word. */
  status: string | null;
  findings: { code: string; text_vi: string; text_en: string }[];
  /** The typed text and the reading differ: it is asked once more before it counts. */
  again: boolean;
}

export interface RejectReason {
  code: string;
  title_vi: string;
  title_en: string;
  teaches: string;
  note_needed: boolean;
}

export interface MyDay {
  decided: number;
  agreed: number;
  disagreed: number;
  seeded: { shown: number; right: number };
  median_s: number | null;
}

export interface KindFacts {
  kind: string;
  vi: string;
  en: string;
  needs: string[];
  moments: string[];
  clip_s: number;
  evidence: boolean;
  serious: boolean;
  limits_vi: string;
  limits_en: string;
}

export interface ReviewFigures {
  reviewers: { username: string; name: string; decided: number; approved: number; rejected: number; agreed: number; disagreed: number; seeded_shown: number; seeded_right: number; median_s: number | null }[];
  kinds: { kind: string; kind_vi: string; kind_en: string; decided: number; approved: number; rejected: number; second: number; disagreed: number }[];
  /** Per reason and kind. */
  reasons: { code: string; title_vi: string; title_en: string; kind: string; count: number; teaches: string }[];
  cameras: { site: string; camera: string; camera_name: string | null; decided: number; rejected: number; inadmissible: number }[];
  thresholds: { kind: string; kind_vi: string; kind_en: string; now: number; proposed: number; precision: number; kept: number; cases: number }[];
}
