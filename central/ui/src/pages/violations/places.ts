import type { DeviceRecord } from "../../api/case-types";
import type { PlacePoint } from "../../api/handling-types";

/** One camera with what was handled of it. */
export interface Spot {
  key: string;
  site: string;
  camera: string;
  place_vi: string;
  place_en: string;
  lat: number | null;
  lon: number | null;
  /** Confirmed cases. */
  count: number;
  /** All that was detected; null where central does not say. */
  detected: number | null;
  /** By kind, the most frequent first. */
  kinds: { kind: string; vi: string; en: string; count: number }[];
}

type Positioned = Pick<DeviceRecord, "site" | "camera" | "approved_position">;

/** Cases that people confirmed; where central tells of handlings alone, those. */
const confirmed = (point: PlacePoint) => (point.case_states ? (point.case_states.confirmed ?? 0) : point.count);

/** Points of one camera joined, the busiest first. It stands where central says, else where its device was approved to stand. */
export function spots(points: readonly PlacePoint[], devices: readonly Positioned[] = [], kind = ""): Spot[] {
  const all = new Map<string, Spot>();
  for (const point of points) {
    if (kind && point.kind !== kind) continue;
    const key = `${point.site}/${point.camera}`;
    const approved = devices.find(({ site, camera }) => site === point.site && camera === point.camera)?.approved_position;
    const spot = all.get(key) ?? { key, site: point.site, camera: point.camera, place_vi: point.place_vi || point.camera_vi || point.camera, place_en: point.place_en || point.camera_en || point.place_vi || point.camera, lat: point.lat ?? approved?.lat ?? null, lon: point.lon ?? approved?.lon ?? null, count: 0, detected: null, kinds: [] };
    const count = confirmed(point);
    spot.count += count;
    if (point.cases !== undefined) spot.detected = (spot.detected ?? 0) + point.cases;
    const known = spot.kinds.find((one) => one.kind === point.kind);
    if (known) known.count += count;
    else spot.kinds.push({ kind: point.kind, vi: point.kind_vi, en: point.kind_en, count });
    all.set(key, spot);
  }
  for (const spot of all.values()) spot.kinds.sort((a, b) => b.count - a.count);
  return [...all.values()].toSorted((a, b) => b.count - a.count);
}

/** Kinds that the points hold, the most frequent first. */
export function kindsOf(points: readonly PlacePoint[]): { kind: string; vi: string; en: string; count: number }[] {
  const all = new Map<string, { kind: string; vi: string; en: string; count: number }>();
  for (const point of points) all.set(point.kind, { kind: point.kind, vi: point.kind_vi, en: point.kind_en, count: (all.get(point.kind)?.count ?? 0) + confirmed(point) });
  return [...all.values()].toSorted((a, b) => b.count - a.count);
}

/** Days of a span that are few enough to be asked for hour by hour. */
export const HOURLY_DAYS = 7;

/** The same hour of every day of a span as moments, RFC 3339; none where the span is too long for that. */
export function hourSpans(days: readonly string[], hour: number): [string, string][] {
  if (days.length > HOURLY_DAYS) return [];
  return days.map((day) => {
    const from = Date.parse(`${day}T00:00:00+07:00`) + hour * 3_600_000;
    return [new Date(from).toISOString(), new Date(from + 3_600_000).toISOString()];
  });
}
