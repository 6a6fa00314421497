import { expect, test } from "vitest";
import type { GroundPoint, Spot } from "../../api/scene-types";
import { apply, defaultFlow, fitGround, grid, invert, rightSide, snap } from "./geometry";

const SIZE = [1280, 720] as const;
/** A plane seen in perspective: metres to pixels. */
const H = [40, -6, 300, 2, -14, 640, 0, -0.02, 1];
const seen = (metres: Spot, off: Spot = [0, 0]): GroundPoint => {
  const [x, y] = apply(H, metres);
  return { at: [(x + off[0]) / SIZE[0], (y + off[1]) / SIZE[1]], metres };
};
const CORNERS: Spot[] = [[0, 0], [10, 0], [0, 20], [10, 20], [5, 9]];

test("four measured points tell the plane exactly", () => {
  const fit = fitGround(CORNERS.slice(0, 4).map((spot) => seen(spot)), SIZE);
  expect(fit?.px).toBeLessThan(1e-6);
  const [x, y] = apply(fit?.toMetres ?? [], apply(H, [3, 12]));
  expect([x, y]).toEqual([expect.closeTo(3, 6), expect.closeTo(12, 6)]);
});

test("a point that was measured wrongly shows in the error, and most at itself", () => {
  const points = CORNERS.map((spot) => seen(spot));
  expect(fitGround(points, SIZE)?.px).toBeLessThan(1e-6);
  points[4] = seen([5, 9], [30, 0]);
  const fit = fitGround(points, SIZE);
  expect(fit?.px).toBeGreaterThan(5);
  expect(fit?.m).toBeGreaterThan(0.05);
  expect(Math.max(...(fit?.each ?? []))).toBe(fit?.each[4]);
});

test("too few points, or points on one line, tell nothing", () => {
  expect(fitGround(CORNERS.slice(0, 3).map((spot) => seen(spot)), SIZE)).toBeNull();
  expect(fitGround(([[0, 0], [1, 1], [2, 2], [3, 3]] as Spot[]).map((spot) => seen(spot)), SIZE)).toBeNull();
});

test("the grid lies within the measured points, at whole steps", () => {
  const points = CORNERS.map((spot) => seen(spot));
  const fit = fitGround(points, SIZE);
  if (!fit) throw new Error("a plane");
  const { step, lines } = grid(fit, points);
  expect(step).toBe(2);
  expect(lines).toHaveLength(6 + 11);
  const back = lines[0].map((pixel) => apply(fit.toMetres, pixel));
  back.forEach(([x]) => expect(x).toBeCloseTo(0, 5));
});

test("a point snaps to the nearest one within reach, and to nothing beyond it", () => {
  const others: Spot[] = [[0.5, 0.5], [0.51, 0.5]];
  expect(snap([0.506, 0.5], others, 10, SIZE)).toEqual({ spot: [0.51, 0.5], to: [0.51, 0.5] });
  expect(snap([0.55, 0.5], others, 10, SIZE)).toEqual({ spot: [0.55, 0.5], to: null });
});

test("traffic over a line drawn from left to right comes down the picture", () => {
  expect(rightSide([0.1, 0.5], [0.9, 0.5], SIZE)).toEqual([expect.closeTo(0), 1]);
});

test("a lane's flow goes from its far end to its near one until somebody turns it round", () => {
  const [from, to] = defaultFlow([[0.4, 0.9], [0.6, 0.9], [0.55, 0.4], [0.45, 0.4]]);
  expect(from[1]).toBeLessThan(to[1]);
});

test("a matrix and its inverse undo each other", () => {
  const back = invert(H);
  expect(apply(back ?? [], apply(H, [4, 7]))).toEqual([expect.closeTo(4, 9), expect.closeTo(7, 9)]);
  expect(invert([1, 2, 3, 2, 4, 6, 0, 0, 1])).toBeNull();
});
