/** Two lines of two cameras between which mean speeds are measured. */
export interface Section {
  site: string;
  id: string;
  first_camera: string | null;
  last_camera: string | null;
  length_m: number;
  limit_kmh: number;
  /** Why nothing is measured; null when it is. */
  problem: "no_partner" | "differs" | "twice" | null;
}

/** What must stand beside every speed of an ordinary camera, in central's words. */
export interface SpeedLabel {
  evidence: false;
  label_vi: string;
  label_en: string;
}

export interface SectionList extends SpeedLabel {
  items: Section[];
}

/** One vehicle through a section; it has no plate. */
export interface Drive {
  left_at: string;
  took_s: number;
  class: string;
  speed_kmh: number;
  /** Half-width of the interval that surely holds it. */
  uncertainty_kmh: number;
  /** Over the limit by more than that. */
  over: boolean;
}

export interface SectionSpeeds extends SpeedLabel {
  section: Section;
  /** The newest of them, newest last. */
  drives: Drive[];
  /** Drives in all. */
  total: number;
  over: number;
  /** Vehicles at the end that nobody read at the beginning in time. */
  unpaired: number;
  /** Pairs that were impossibly fast. */
  impossible: number;
}
