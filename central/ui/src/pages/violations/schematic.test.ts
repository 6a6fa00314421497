import { expect, test } from "vitest";
import type { PlacePoint } from "../../api/handling-types";
import { place, spots } from "./schematic";

const point = (camera: string, lat: number | null, lon: number | null, kind: string, counts: Record<string, number>): PlacePoint => ({ site: "s", camera, place_vi: camera, lat, lon, kind, counts });

test("points of one place are one spot, and the busiest comes first", () => {
  const all = spots([point("a", 20, 106, "red_light", { confirmed: 2, paid: 1 }), point("b", 20.1, 106, "red_light", { confirmed: 9 }), point("a", 20, 106, "wrong_way", { rejected: 3 })]);
  expect(all.map(({ key, count }) => [key, count])).toEqual([["s/b", 9], ["s/a", 6]]);
  expect(all[1]).toMatchObject({ confirmed: 2, paid: 1 });
});

test("north is up, east is right, everything lies inside, and a place without a position is only in the list", () => {
  const placed = place(spots([point("south-west", 20, 106, "k", { confirmed: 4 }), point("north-east", 20.2, 106.2, "k", { confirmed: 1 }), point("nowhere", null, null, "k", { confirmed: 1 })]));
  expect(placed).toHaveLength(2);
  const [busy, quiet] = placed;
  expect(busy.x).toBeLessThan(quiet.x);
  expect(busy.y).toBeGreaterThan(quiet.y);
  expect(busy.radius).toBeGreaterThan(quiet.radius);
  for (const { x, y } of placed) for (const value of [x, y]) expect(value).toBeGreaterThan(0.05);
  expect(place(spots([point("alone", 20, 106, "k", { confirmed: 1 })]))[0]).toMatchObject({ x: 0.5, y: 0.5 });
  expect(place([])).toEqual([]);
});
