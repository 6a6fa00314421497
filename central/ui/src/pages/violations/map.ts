import type { Spot } from "./places";

/** Metres of one degree of latitude. */
const DEGREE_M = 111_320;
/** No map shows less than this, metres: one camera alone stands in its neighbourhood. */
const LEAST_M = 250;
/** Room around the outermost places, as a part of the map. */
const EDGE = 0.14;

/** A place on the ground, metres east and south of the middle of all. */
export interface Placed extends Spot {
  x: number;
  y: number;
}

/** What of the ground is seen: its middle and its width and height, metres. */
export interface View {
  x: number;
  y: number;
  size: number;
}

const known = (spot: Spot): spot is Spot & { lat: number; lon: number } => spot.lat !== null && spot.lon !== null;

/** Puts places with a position on a plane, in metres. True enough for a province. */
export function placed(all: readonly Spot[]): Placed[] {
  const some = all.filter(known);
  if (some.length === 0) return [];
  const middle = (values: number[]) => (Math.min(...values) + Math.max(...values)) / 2;
  const lat = middle(some.map((spot) => spot.lat));
  const lon = middle(some.map((spot) => spot.lon));
  const narrow = Math.cos((lat * Math.PI) / 180);
  return some.map((spot) => ({ ...spot, x: (spot.lon - lon) * DEGREE_M * narrow, y: (lat - spot.lat) * DEGREE_M }));
}

/** The view that shows all of them. */
export function whole(all: readonly Placed[]): View {
  const span = (values: number[]) => Math.max(...values) - Math.min(...values);
  if (all.length === 0) return { x: 0, y: 0, size: LEAST_M };
  const size = Math.max(span(all.map(({ x }) => x)), span(all.map(({ y }) => y)), LEAST_M);
  return { x: 0, y: 0, size: size / (1 - 2 * EDGE) };
}

/** Nearer (above 1) or farther, around a point; never nearer than a neighbourhood, never farther than twice the whole. */
export function zoomed(view: View, factor: number, all: View, around: { x: number; y: number } = view): View {
  const size = Math.min(Math.max(view.size / factor, LEAST_M / 2), all.size * 2);
  const by = size / view.size;
  return { x: around.x + (view.x - around.x) * by, y: around.y + (view.y - around.y) * by, size };
}

/** A view around one place that is so near that nothing else lies on it, or as near as one can look. */
export function apart(all: readonly Placed[], key: string, view: View, everything: View): View {
  const spot = all.find((one) => one.key === key);
  if (!spot) return view;
  let near = { x: spot.x, y: spot.y, size: Math.min(view.size, everything.size) };
  const crowded = (shown: Circle[]) => {
    const own = shown.find(({ spots }) => spots.some((one) => one.key === key));
    return own !== undefined && (own.spots.length > 1 || shown.some((other) => other !== own && Math.hypot(own.x - other.x, own.y - other.y) < own.radius + other.radius + LINE));
  };
  for (let again = 0; again < 20 && crowded(circles(all, near)); again += 1) near = zoomed(near, 2, everything);
  return near;
}

/** Places whose circles would lie on each other, as one. */
export interface Circle {
  key: string;
  spots: Placed[];
  count: number;
  /** In the view, 0 to 1. */
  x: number;
  y: number;
  radius: number;
}

/** Area tells the count; the smallest can still be seen and clicked. */
const radius = (count: number, most: number) => 0.022 + 0.048 * Math.sqrt(count / Math.max(most, 1));

/** Circles of a view, the largest first so that the small ones lie on top. */
export function circles(all: readonly Placed[], view: View): Circle[] {
  const at = (value: number, middle: number) => 0.5 + (value - middle) / view.size;
  const total = all.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(...all.map(({ count }) => count), total / 3, 1);
  const found: Circle[] = all.map((spot) => ({ key: spot.key, spots: [spot], count: spot.count, x: at(spot.x, view.x), y: at(spot.y, view.y), radius: radius(spot.count, most) }));
  for (let again = true; again; ) {
    again = false;
    search: for (const [n, one] of found.entries()) {
      for (const other of found.slice(n + 1)) {
        if (Math.hypot(one.x - other.x, one.y - other.y) > Math.max(one.radius, other.radius)) continue;
        const count = one.count + other.count;
        const weigh = (a: number, b: number) => (count > 0 ? (a * one.count + b * other.count) / count : (a + b) / 2);
        const spots = [...one.spots, ...other.spots].toSorted((a, b) => b.count - a.count);
        found.splice(found.indexOf(other), 1);
        found[n] = { key: spots.map(({ key }) => key).join(" "), spots, count, x: weigh(one.x, other.x), y: weigh(one.y, other.y), radius: Math.min(radius(count, most), 0.1) };
        again = true;
        break search;
      }
    }
  }
  return found.toSorted((a, b) => b.radius - a.radius);
}

/** A round length for the scale bar, metres: 1, 2 or 5 with noughts, at most a third of the view. */
export function scaleBar(size: number): number {
  const most = size / 3;
  const ten = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].map((times) => times * ten).find((metres) => metres <= most) ?? ten;
}

/** Of 100 parts of the map, about what a letter of a name takes, and its line. */
const LETTER = 0.0145;
const LINE = 0.04;

/** A name below or above a circle: where it begins, ends or has its middle, and its line. */
export interface Name {
  circle: Circle;
  text: string;
  x: number;
  y: number;
  anchor: "start" | "middle" | "end";
  lit: boolean;
}

/** Names that have room, below their circle or above it: of what is lit first, then of the busiest. One that would lie on another name or circle is left out, unless it is lit. */
export function names(all: readonly Circle[], nameOf: (circle: Circle) => string, lit: readonly (string | null)[]): Name[] {
  const is_lit = (circle: Circle) => circle.spots.some(({ key }) => lit.includes(key));
  const box = ({ text, x, y, anchor }: Name) => {
    const wide = text.length * LETTER;
    const left = anchor === "start" ? x : anchor === "end" ? x - wide : x - wide / 2;
    return { left, right: left + wide, top: y - LINE, bottom: y };
  };
  const found: Name[] = [];
  for (const circle of all.toSorted((a, b) => Number(is_lit(b)) - Number(is_lit(a)) || b.count - a.count)) {
    const anchor = circle.x > 0.75 ? "end" : circle.x < 0.25 ? "start" : "middle";
    const x = anchor === "end" ? Math.min(0.98, circle.x + circle.radius) : anchor === "start" ? Math.max(0.02, circle.x - circle.radius) : circle.x;
    const free = (name: Name) => {
      const here = box(name);
      const meets = (left: number, right: number, top: number, bottom: number) => here.left < right && left < here.right && here.top < bottom && top < here.bottom;
      return !found.map(box).some((other) => meets(other.left, other.right, other.top, other.bottom)) && !all.some((other) => other !== circle && meets(other.x - other.radius, other.x + other.radius, other.y - other.radius, other.y + other.radius));
    };
    const name = { circle, text: nameOf(circle), x, anchor, lit: is_lit(circle) } as const;
    const places = [circle.y + circle.radius + LINE, circle.y - circle.radius].map((y) => ({ ...name, y }));
    const place = places.find(free) ?? (name.lit ? places[0] : undefined);
    if (place) found.push(place);
  }
  return found;
}
