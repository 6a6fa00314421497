import { expect, test } from "vitest";
import type { PlacePoint } from "../../api/handling-types";
import { apart, circles, names, placed, scaleBar, whole, zoomed } from "./map";
import { hourSpans, kindsOf, spots } from "./places";

const point = (camera: string, kind: string, count: number, at: [number, number] | null = null): PlacePoint => ({ site: "s", camera, place_vi: camera, kind, kind_vi: kind, kind_en: kind, states: { paid: count }, count, lat: at?.[0] ?? null, lon: at?.[1] ?? null });
const device = (camera: string, lat: number, lon: number) => ({ site: "s", camera, approved_position: { lat, lon, radius_m: 10, vi: camera } });

test("points of one camera are one place with its kinds, and the busiest comes first", () => {
  const all = spots([point("a", "red_light", 3), point("b", "red_light", 9), point("a", "wrong_way", 4)], [device("a", 20, 106)]);
  expect(all.map(({ key, count, lat }) => [key, count, lat])).toEqual([["s/b", 9, null], ["s/a", 7, 20]]);
  expect(all[1].kinds.map(({ kind, count }) => [kind, count])).toEqual([["wrong_way", 4], ["red_light", 3]]);
});

test("what central says of a position comes before the device's record, and one kind alone can be chosen", () => {
  const points = [point("a", "red_light", 3, [20.1, 105.9]), point("a", "wrong_way", 2, [20.1, 105.9])];
  expect(spots(points, [device("a", 20, 106)])[0]).toMatchObject({ lat: 20.1, lon: 105.9, count: 5 });
  expect(spots(points, [], "wrong_way").map(({ count }) => count)).toEqual([2]);
  expect(spots(points, [], "pavement")).toEqual([]);
  expect(kindsOf(points).map(({ kind }) => kind)).toEqual(["red_light", "wrong_way"]);
});

test("north is up, east is right, and a hundredth of a degree is as long as it is on the ground", () => {
  const [south, north] = placed(spots([point("south-west", "k", 4, [20, 106]), point("north-east", "k", 1, [20.01, 106.01]), point("nowhere", "k", 9)])).toSorted((a, b) => b.y - a.y);
  expect(south.y - north.y).toBeCloseTo(1113.2, 0);
  expect(north.x - south.x).toBeCloseTo(1113.2 * Math.cos((20.005 * Math.PI) / 180), 0);
  expect(placed([])).toEqual([]);
});

test("the whole view holds every circle, also of one place alone", () => {
  for (const points of [[point("a", "k", 5, [20, 106])], [point("a", "k", 5, [20, 106]), point("b", "k", 500, [20.3, 106.02]), point("c", "k", 1, [20.1, 105.6])]]) {
    const all = placed(spots(points));
    for (const { x, y, radius } of circles(all, whole(all))) for (const value of [x - radius, x + radius, y - radius, y + radius]) expect(value > 0 && value < 1).toBe(true);
  }
});

test("places on each other are one circle until one looks nearer; no count is lost", () => {
  const all = placed(spots([point("a", "k", 5, [20, 106]), point("b", "k", 7, [20.0005, 106]), point("c", "k", 2, [20.1, 106.1])]));
  const far = circles(all, whole(all));
  expect(far.map(({ count, spots: of }) => [count, of.length])).toEqual([[12, 2], [2, 1]]);
  const pair = far[0].spots[0];
  const near = circles(all, { x: pair.x, y: pair.y, size: 250 }).filter(({ x, y }) => x > 0 && x < 1 && y > 0 && y < 1);
  expect(near.map(({ count }) => count).sort()).toEqual([5, 7]);
});

test("a place that is chosen is looked at so near that it stands alone; two at one pole stay together", () => {
  const all = placed(spots([point("a", "k", 5, [20, 106]), point("b", "k", 7, [20.0005, 106]), point("c", "k", 2, [20.1, 106.1]), point("d", "k", 1, [20.1, 106.1])]));
  const view = apart(all, "s/a", whole(all), whole(all));
  const [alone] = circles(all, view).filter(({ spots: of }) => of.some(({ key }) => key === "s/a"));
  expect([alone.spots.length, alone.x, alone.y]).toEqual([1, 0.5, 0.5]);
  const pole = apart(all, "s/c", whole(all), whole(all));
  expect(pole.size).toBe(125);
  expect(apart(all, "s/none", whole(all), whole(all))).toEqual(whole(all));
});

test("names do not lie on each other; what is lit is named first", () => {
  const all = placed(spots([point("a", "k", 5, [20, 106]), point("b", "k", 7, [20, 106.0014]), point("c", "k", 9, [20.006, 106])]));
  const shown = circles(all, whole(all));
  expect(shown).toHaveLength(3);
  const of = (lit: (string | null)[]) => names(shown, ({ spots: [one] }) => `a rather long name of ${one.camera}`, lit).map(({ text }) => text.at(-1));
  expect(of([null])).toEqual(["c", "b"]);
  expect(of(["s/a"])).toEqual(["a", "c", "b"]);
});

test("confirmed cases are counted where central says how cases stand", () => {
  const [spot] = spots([{ ...point("a", "red_light", 3), case_states: { confirmed: 4, rejected: 2, screened: 1 }, cases: 7, place_en: "A junction" }]);
  expect([spot.count, spot.detected, spot.place_en]).toEqual([4, 7, "A junction"]);
  expect(spots([point("a", "red_light", 3)])[0]).toMatchObject({ count: 3, detected: null });
});

test("zooming keeps the point under the hand and ends somewhere", () => {
  const all = { x: 0, y: 0, size: 10_000 };
  const near = zoomed(all, 2, all, { x: 1000, y: 0 });
  expect(near).toEqual({ x: 500, y: 0, size: 5000 });
  expect(zoomed(near, 1e6, all).size).toBe(125);
  expect(zoomed(near, 1e-6, all).size).toBe(20_000);
});

test("the scale bar has a round length that fits", () => {
  expect([250, 1000, 7000, 90_000].map(scaleBar)).toEqual([50, 200, 2000, 20_000]);
});

test("an hour of each day is asked for, as long as there are few days", () => {
  expect(hourSpans(["2026-11-20", "2026-11-21"], 7)).toEqual([["2026-11-20T00:00:00.000Z", "2026-11-20T01:00:00.000Z"], ["2026-11-21T00:00:00.000Z", "2026-11-21T01:00:00.000Z"]]);
  expect(hourSpans(Array.from({ length: 8 }, () => "2026-11-20"), 7)).toEqual([]);
});
