import type { Drive } from "../../api/section-types";
import { hourOf } from "../../format/time";

/** Width of a bar, km/h. */
export const BIN_KMH = 5;

/** The speed that a part of the drives does not pass, between the two nearest; null without drives. */
export function quantile(speeds: readonly number[], part: number): number | null {
  if (speeds.length === 0) return null;
  const sorted = speeds.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const low = sorted[Math.floor(at)];
  return low + (sorted[Math.ceil(at)] - low) * (at - Math.floor(at));
}

export const mean = (values: readonly number[]) => (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length);

export interface Bin {
  /** Holds speeds from here, km/h … */
  from: number;
  /** … to below here. */
  to: number;
  count: number;
  /** Of them surely over the limit. */
  over: number;
}

/** Drives by speed, without holes between the slowest and the fastest, and always as far as the limit. */
export function histogram(drives: readonly Drive[], limit: number): Bin[] {
  if (drives.length === 0) return [];
  const speeds = drives.map(({ speed_kmh }) => speed_kmh);
  const first = Math.floor(Math.min(...speeds, limit) / BIN_KMH);
  const last = Math.floor(Math.max(...speeds, limit) / BIN_KMH);
  const bins = Array.from({ length: last - first + 1 }, (_, at) => ({ from: (first + at) * BIN_KMH, to: (first + at + 1) * BIN_KMH, count: 0, over: 0 }));
  for (const { speed_kmh, over } of drives) {
    const bin = bins[Math.floor(speed_kmh / BIN_KMH) - first];
    bin.count += 1;
    if (over) bin.over += 1;
  }
  return bins;
}

export interface Hour {
  hour: number;
  count: number;
  over: number;
  median: number;
  p85: number;
}

/** Hours of the day in which somebody drove through, by when the vehicle left. */
export function byHour(drives: readonly Drive[]): Hour[] {
  const hours = new Map<number, Drive[]>();
  for (const drive of drives) {
    const hour = hourOf(drive.left_at);
    hours.set(hour, [...(hours.get(hour) ?? []), drive]);
  }
  return [...hours.entries()]
    .toSorted(([a], [b]) => a - b)
    .map(([hour, of]) => {
      const speeds = of.map(({ speed_kmh }) => speed_kmh);
      return { hour, count: of.length, over: of.filter(({ over }) => over).length, median: quantile(speeds, 0.5) ?? 0, p85: quantile(speeds, 0.85) ?? 0 };
    });
}

/** Drives surely over the limit, the fastest first. */
export const overLimit = (drives: readonly Drive[]) => drives.filter(({ over }) => over).toSorted((a, b) => b.speed_kmh - a.speed_kmh);

/** What a drive surely was over the limit by, km/h: the least of its interval. */
export const surelyOver = ({ speed_kmh, uncertainty_kmh }: Pick<Drive, "speed_kmh" | "uncertainty_kmh">, limit: number) => Math.max(0, speed_kmh - uncertainty_kmh - limit);
