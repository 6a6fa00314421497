import type { Change } from "./types";

/** A point of the picture: 0, 0 is the top left corner, 1, 1 the bottom right one. */
export type Spot = [number, number];
export type VehicleClass = "car" | "motorcycle" | "bus" | "truck" | "bicycle";
export type Move = "straight" | "left" | "right" | "u_turn";
export type LaneKind = "normal" | "emergency" | "motorway";
export type LineKind = "stop" | "entry" | "exit" | "speed";
export type ZoneKind = "junction" | "no_stopping" | "no_parking" | "pavement" | "crossing" | "speed" | "ignore";
export type Barred = "both" | "from_left" | "from_right";
export type LampColour = "red" | "yellow" | "green" | "any";
export type ViolationKind =
  | "red_light" | "wrong_way" | "wrong_lane" | "lane_class" | "solid_line" | "turn_ban" | "u_turn" | "stop_park" | "emergency_lane"
  | "motorway_motorcycle" | "pavement" | "junction_block" | "carry_3plus" | "no_helmet" | "plate_covered" | "plate_missing" | "speed_section" | "speed_homography";

export interface Governed {
  signal: string;
  moves: Move[];
}

export interface SceneLane {
  id: string;
  corners: Spot[];
  /** Traffic goes from the first point to the second. */
  flow: [Spot, Spot];
  classes: VehicleClass[];
  kind: LaneKind;
  moves: Move[];
}

export interface SceneLine {
  id: string;
  from: Spot;
  to: Spot;
  kind: LineKind;
  move: Move | null;
  governed: Governed[];
}

export interface SceneZone {
  id: string;
  corners: Spot[];
  kind: ZoneKind;
}

export interface Marking {
  id: string;
  points: Spot[];
  barred: Barred;
}

export interface Lamp {
  colour: LampColour;
  area: [number, number, number, number];
}

export interface SceneSignal {
  id: string;
  lamps: Lamp[];
  controller: { id: string; group: string } | null;
}

export interface GroundPoint {
  at: Spot;
  metres: [number, number];
}

export interface Ground {
  points: GroundPoint[];
  measured_on: string;
  measured_by: string;
}

export interface RuleHours {
  days: number[];
  from: string;
  to: string;
}

export interface SceneRule {
  id: string;
  kind: ViolationKind;
  on: boolean;
  about: string[];
  classes: VehicleClass[];
  hours: RuleHours[];
  grace_ms: number | null;
  dwell_s: number | null;
  way: number | null;
  length_m: number | null;
  limit_kmh: number | null;
  sign_decision: string | null;
}

export interface Place {
  vi: string;
  en: string;
  at: [number, number] | null;
  direction_vi: string;
  commune: string | null;
  segment: string | null;
}

export interface Scene {
  v: 1;
  camera: string;
  version: number;
  picture: [number, number];
  place: Place;
  ground: Ground | null;
  lanes: SceneLane[];
  lines: SceneLine[];
  zones: SceneZone[];
  markings: Marking[];
  signals: SceneSignal[];
  rules: SceneRule[];
}

export interface SceneProblem {
  /** `lanes.lan-1`. */
  at: string;
  what: string;
  what_vi: string;
}

export interface GroundError {
  px: number;
  m: number;
}

export interface SceneRow {
  site: string;
  camera: string;
  camera_name: string;
  state: string;
  version: number | null;
  published_at: string | null;
  published_by: string | null;
  rules: number;
  draft: boolean;
  draft_by: string | null;
  in_use_version: number | null;
  in_use_since: string | null;
  refused_because: string | null;
  problems: number;
}

export interface SceneView {
  site: string;
  camera: string;
  camera_name: string;
  state: string;
  snapshot: string | null;
  scene: Scene | null;
  version: number;
  published_at: string | null;
  published_by: string | null;
  note: string | null;
  draft: Scene | null;
  draft_by: string | null;
  draft_at: string | null;
  drawn_by: string[];
  base_version: number | null;
  problems: SceneProblem[];
  ground_error: GroundError | null;
  in_use_version: number | null;
  in_use_since: string | null;
  refused_because: string | null;
  /** Rules that are on and that the agent cannot watch; an older central says nothing. */
  unwatched?: string[];
  may_publish: boolean;
  why_not: "role" | "own_draft" | "problems" | "no_draft" | null;
}

export interface DraftSaved {
  saved_at: string;
  problems: SceneProblem[];
  ground_error: GroundError | null;
}

export interface Snapshot {
  sha256: string;
  width: number;
  height: number;
  captured_at: string;
}

export interface PreviewFound {
  rule: string;
  kind: ViolationKind;
  at: string;
  class: VehicleClass;
  /** Normalised `[x, y, w, h]`. */
  box: [number, number, number, number];
  path: Spot[];
}

export interface ScenePreview {
  from: string;
  to: string;
  frames: number;
  tracks: number;
  ground_error_px: number | null;
  ground_error_m: number | null;
  found: PreviewFound[];
  /** Signals and rules of the draft that nobody watched in these minutes. */
  unwatched?: string[];
}

export interface SceneVersion {
  version: number;
  drawn_by: string[];
  published_by: string;
  published_at: string;
  note: string | null;
  sha256: string;
  ground_error: GroundError | null;
  changes: Change[];
}

export interface SceneVersions {
  items: SceneVersion[];
  draft_changes: Change[];
}
