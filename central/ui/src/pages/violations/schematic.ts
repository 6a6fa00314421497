import type { DeviceRecord } from "../../api/case-types";
import type { PlacePoint } from "../../api/handling-types";

export interface Spot {
  key: string;
  place_vi: string;
  lat: number | null;
  lon: number | null;
  count: number;
}

/** Points of one place joined, the busiest first. A place stands where its device was approved to stand. */
export function spots(points: PlacePoint[], devices: Pick<DeviceRecord, "site" | "camera" | "approved_position">[] = []): Spot[] {
  const byPlace = new Map<string, Spot>();
  for (const point of points) {
    const key = `${point.site}/${point.camera}`;
    const at = devices.find(({ site, camera }) => site === point.site && camera === point.camera)?.approved_position;
    const old = byPlace.get(key) ?? { key, place_vi: point.place_vi, lat: at?.lat ?? null, lon: at?.lon ?? null, count: 0 };
    byPlace.set(key, { ...old, count: old.count + point.count });
  }
  return [...byPlace.values()].toSorted((a, b) => b.count - a.count);
}

export interface Placed extends Spot {
  /** In the drawing, 0 to 1, north up. */
  x: number;
  y: number;
  radius: number;
}

/** Puts the places with a position into a square, keeping their true proportions, with room at its edges. */
export function place(all: Spot[], edge = 0.12): Placed[] {
  const known = all.filter((spot) => spot.lat !== null && spot.lon !== null);
  if (known.length === 0) return [];
  const lats = known.map(({ lat }) => lat as number);
  const middle = (Math.min(...lats) + Math.max(...lats)) / 2;
  const east = (spot: Spot) => (spot.lon as number) * Math.cos((middle * Math.PI) / 180);
  const xs = known.map(east);
  const size = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...lats) - Math.min(...lats)) || 1;
  const cx = (Math.min(...xs) + Math.max(...xs)) / 2;
  const most = Math.max(...known.map(({ count }) => count), 1);
  return known.map((spot) => ({
    ...spot,
    x: 0.5 + ((east(spot) - cx) / size) * (1 - 2 * edge),
    y: 0.5 - (((spot.lat as number) - middle) / size) * (1 - 2 * edge),
    radius: 0.018 + 0.055 * Math.sqrt(spot.count / most),
  }));
}
