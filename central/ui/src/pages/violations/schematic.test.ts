import { expect, test } from "vitest";
import type { PlacePoint } from "../../api/handling-types";
import { place, spots } from "./schematic";

const point = (camera: string, kind: string, count: number): PlacePoint => ({ site: "s", camera, place_vi: camera, kind, kind_vi: "", kind_en: "", states: { paid: count }, count });
const device = (camera: string, lat: number, lon: number) => ({ site: "s", camera, approved_position: { lat, lon, radius_m: 10, vi: camera } });

test("points of one place are one spot, and the busiest comes first", () => {
  const all = spots([point("a", "red_light", 3), point("b", "red_light", 9), point("a", "wrong_way", 3)], [device("a", 20, 106)]);
  expect(all.map(({ key, count, lat }) => [key, count, lat])).toEqual([["s/b", 9, null], ["s/a", 6, 20]]);
});

test("north is up, east is right, everything lies inside, and a place without a position is only in the list", () => {
  const placed = place(spots([point("south-west", "k", 4), point("north-east", "k", 1), point("nowhere", "k", 1)], [device("south-west", 20, 106), device("north-east", 20.2, 106.2)]));
  expect(placed).toHaveLength(2);
  const [busy, quiet] = placed;
  expect(busy.x).toBeLessThan(quiet.x);
  expect(busy.y).toBeGreaterThan(quiet.y);
  expect(busy.radius).toBeGreaterThan(quiet.radius);
  for (const { x, y } of placed) for (const value of [x, y]) expect(value).toBeGreaterThan(0.05);
  expect(place(spots([point("alone", "k", 1)], [device("alone", 20, 106)]))[0]).toMatchObject({ x: 0.5, y: 0.5 });
  expect(place([])).toEqual([]);
});
