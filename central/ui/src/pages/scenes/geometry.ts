import type { GroundPoint, Spot } from "../../api/scene-types";

export type Size = readonly [number, number];

export const distance = (a: Spot, b: Spot) => Math.hypot(a[0] - b[0], a[1] - b[1]);
export const middle = (a: Spot, b: Spot): Spot => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
export const clamp = (value: number, low = 0, high = 1) => Math.min(Math.max(value, low), high);

/** Five decimals are a hundredth of a pixel of a large picture. */
const round = (value: number) => Math.round(value * 1e5) / 1e5;
export const inside = ([x, y]: Spot): Spot => [round(clamp(x)), round(clamp(y))];

/** The nearest of `others` within `reach` of a point (all in the same unit), else the point. */
export function snap(spot: Spot, others: Spot[], reach: number, size: Size): { spot: Spot; to: Spot | null } {
  const pixels = ([x, y]: Spot): Spot => [x * size[0], y * size[1]];
  let best: Spot | null = null;
  let least = reach;
  for (const other of others) {
    const far = distance(pixels(spot), pixels(other));
    if (far <= least) [best, least] = [other, far];
  }
  return { spot: best ?? spot, to: best };
}

export function centre(spots: Spot[]): Spot {
  const sum = spots.reduce<Spot>(([x, y], spot) => [x + spot[0], y + spot[1]], [0, 0]);
  const n = Math.max(spots.length, 1);
  return [sum[0] / n, sum[1] / n];
}

/** Where traffic comes from and goes to, before anybody says so: from the far end of the area to the near one. */
export function defaultFlow(corners: Spot[]): [Spot, Spot] {
  const sorted = corners.toSorted((a, b) => a[1] - b[1]);
  const half = Math.max(1, Math.floor(sorted.length / 2));
  const pull = (from: Spot, to: Spot): Spot => inside([from[0] + (to[0] - from[0]) * 0.15, from[1] + (to[1] - from[1]) * 0.15]);
  const [far, near] = [centre(sorted.slice(0, half)), centre(sorted.slice(-half))];
  return [pull(far, near), pull(near, far)];
}

/** The normal of a directed line: the side that traffic which goes *with* it comes out on (its right side), length 1, pixels. */
export function rightSide(from: Spot, to: Spot, size: Size): Spot {
  const [dx, dy] = [(to[0] - from[0]) * size[0], (to[1] - from[1]) * size[1]];
  const length = Math.hypot(dx, dy) || 1;
  // y grows downwards: turning right is (x, y) → (-y, x).
  return [-dy / length, dx / length];
}

export type Matrix = readonly number[];

export function apply(h: Matrix, [x, y]: Spot): Spot {
  const w = h[6] * x + h[7] * y + h[8];
  return [(h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w];
}

export function invert(m: Matrix): number[] | null {
  const [a, b, c, d, e, f, g, h, i] = m;
  const cofactors = [e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f, d * h - e * g, b * g - a * h, a * e - b * d];
  const det = a * cofactors[0] + b * cofactors[3] + c * cofactors[6];
  return Math.abs(det) < 1e-12 ? null : cofactors.map((value) => value / det);
}

function multiply(a: Matrix, b: Matrix): number[] {
  return Array.from({ length: 9 }, (_, at) => [0, 1, 2].reduce((sum, k) => sum + a[Math.floor(at / 3) * 3 + k] * b[k * 3 + (at % 3)], 0));
}

/** Solves `rows · x = right` by least squares (normal equations, Gauss with pivots); null when the rows do not tell. */
function leastSquares(rows: number[][], right: number[]): number[] | null {
  const n = rows[0].length;
  const system = Array.from({ length: n }, (_, i) => [...Array.from({ length: n }, (__, j) => rows.reduce((sum, row) => sum + row[i] * row[j], 0)), rows.reduce((sum, row, at) => sum + row[i] * right[at], 0)]);
  for (let column = 0; column < n; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < n; row += 1) if (Math.abs(system[row][column]) > Math.abs(system[pivot][column])) pivot = row;
    if (Math.abs(system[pivot][column]) < 1e-10) return null;
    [system[column], system[pivot]] = [system[pivot], system[column]];
    for (let row = 0; row < n; row += 1) {
      if (row === column) continue;
      const factor = system[row][column] / system[column][column];
      for (let at = column; at <= n; at += 1) system[row][at] -= factor * system[column][at];
    }
  }
  return system.map((row, at) => row[n] / row[at]);
}

/** Moves points to their middle and to a mean distance of √2: without it the equations lose their digits. */
function balance(spots: Spot[]): { matrix: number[]; spots: Spot[] } | null {
  const [cx, cy] = centre(spots);
  const mean = spots.reduce((sum, spot) => sum + distance(spot, [cx, cy]), 0) / spots.length;
  if (mean < 1e-9) return null;
  const s = Math.SQRT2 / mean;
  const matrix = [s, 0, -s * cx, 0, s, -s * cy, 0, 0, 1];
  return { matrix, spots: spots.map((spot) => apply(matrix, spot)) };
}

export interface GroundFit {
  /** Pixels to metres. */
  toMetres: Matrix;
  toPixels: Matrix;
  /** Root mean square error of the points: in the picture, and on the ground. */
  px: number;
  m: number;
  /** Error of each point in the picture, pixels. */
  each: number[];
}

/** The plane of the road from four or more measured points; null while they do not tell it. */
export function fitGround(points: GroundPoint[], size: Size): GroundFit | null {
  if (points.length < 4) return null;
  const pixels = points.map(({ at }): Spot => [at[0] * size[0], at[1] * size[1]]);
  const metres = points.map((point): Spot => [...point.metres]);
  const [from, to] = [balance(pixels), balance(metres)];
  if (!from || !to) return null;
  const rows: number[][] = [];
  const right: number[] = [];
  from.spots.forEach(([x, y], at) => {
    const [u, v] = to.spots[at];
    rows.push([x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]);
    right.push(u, v);
  });
  const solved = leastSquares(rows, right);
  const back = invert(to.matrix);
  if (!solved || !back) return null;
  const toMetres = multiply(back, multiply([...solved, 1], from.matrix));
  const toPixels = invert(toMetres);
  if (!toPixels) return null;
  const each = pixels.map((pixel, at) => distance(apply(toPixels, metres[at]), pixel));
  const rms = (errors: number[]) => Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
  const fit = { toMetres, toPixels, px: rms(each), m: rms(pixels.map((pixel, at) => distance(apply(toMetres, pixel), metres[at]))), each };
  return Number.isFinite(fit.px) && Number.isFinite(fit.m) ? fit : null;
}

/** Lines of a grid on the ground, as polylines in pixels, around the measured points. */
export function grid(fit: GroundFit, points: GroundPoint[]): { step: number; lines: Spot[][] } {
  const xs = points.map(({ metres }) => metres[0]);
  const ys = points.map(({ metres }) => metres[1]);
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const span = Math.max(x1 - x0, y1 - y0, 1);
  const step = [0.5, 1, 2, 5, 10, 20, 50, 100, 500, 1000].find((one) => span / one <= 16) ?? 1000;
  const marks = (low: number, high: number) => {
    const first = Math.ceil(low / step - 1e-9);
    return Array.from({ length: Math.max(0, Math.floor(high / step + 1e-9) - first + 1) }, (_, at) => (first + at) * step);
  };
  const along = (from: Spot, to: Spot): Spot[] =>
    Array.from({ length: 9 }, (_, at): Spot => apply(fit.toPixels, [from[0] + ((to[0] - from[0]) * at) / 8, from[1] + ((to[1] - from[1]) * at) / 8]));
  const lines = [...marks(x0, x1).map((x) => along([x, y0], [x, y1])), ...marks(y0, y1).map((y) => along([x0, y], [x1, y]))];
  return { step, lines };
}
