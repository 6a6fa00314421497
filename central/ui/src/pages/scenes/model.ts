import type { Lamp, LampColour, LineKind, Scene, SceneRule, Spot, ViolationKind, ZoneKind } from "../../api/scene-types";
import { clamp, defaultFlow, inside } from "./geometry";

export const LISTS = ["lanes", "lines", "zones", "markings", "signals"] as const;
export type List = (typeof LISTS)[number];
export type Part = List | "rules" | "ground";

/** What is chosen: an element, and of it one point. Points of a lane: its corners, then the two of its flow; of a signal: two per lamp. */
export interface Chosen {
  list: Part;
  id: string;
  point: number | null;
}

export type Tool = "select" | "lane" | LineKind | "zone" | "marking" | "lamp" | "ground";

export const GROUND = "ground";

export function blank(camera: string, picture: [number, number], name: string): Scene {
  return {
    v: 1, camera, version: 0, picture,
    place: { vi: name, en: name, at: null, direction_vi: "", commune: null, segment: null },
    ground: null, lanes: [], lines: [], zones: [], markings: [], signals: [], rules: [],
  };
}

/** A scene as central sends it: fields that are left out are there. */
export function whole(scene: Scene): Scene {
  const rule = (one: SceneRule): SceneRule => ({ ...emptyRule(one.id, one.kind), ...one });
  return {
    ...scene,
    ground: scene.ground ?? null,
    lanes: (scene.lanes ?? []).map((lane) => ({ ...lane, classes: lane.classes ?? [], kind: lane.kind ?? "normal", moves: lane.moves ?? [] })),
    lines: (scene.lines ?? []).map((line) => ({ ...line, move: line.move ?? null, governed: (line.governed ?? []).map((one) => ({ ...one, moves: one.moves ?? [] })) })),
    zones: scene.zones ?? [],
    markings: (scene.markings ?? []).map((marking) => ({ ...marking, barred: marking.barred ?? "both" })),
    signals: (scene.signals ?? []).map((signal) => ({ ...signal, controller: signal.controller ?? null })),
    rules: (scene.rules ?? []).map(rule),
  };
}

export const emptyRule = (id: string, kind: ViolationKind): SceneRule => ({
  id, kind, on: true, about: [], classes: [], hours: [], grace_ms: null, dwell_s: null, way: null, length_m: null, limit_kmh: null, sign_decision: null,
});

const STEM: Record<Tool, string> = { select: "x", lane: "lan", stop: "vach-dung", entry: "vao", exit: "ra", speed: "do", zone: "vung", marking: "vach-ke", lamp: "den", ground: "" };

export function ids(scene: Scene): Set<string> {
  return new Set([...LISTS.flatMap((list) => scene[list].map(({ id }) => id)), ...scene.rules.map(({ id }) => id)]);
}

/** `lan-1`, `lan-2`…: the first that is free. */
export function freeId(scene: Scene, stem: string): string {
  const taken = ids(scene);
  for (let n = 1; ; n += 1) if (!taken.has(`${stem}-${n}`)) return `${stem}-${n}`;
}

export const goodId = (id: string) => /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(id);

/** How many points a tool wants: a line two, an area three or more. */
export const needs = (tool: Tool): [number, number] =>
  tool === "lane" || tool === "zone" ? [3, 64] : tool === "marking" ? [2, 64] : tool === "ground" ? [1, 1] : [2, 2];

const box = ([a, b]: Spot[]): Lamp["area"] => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1])];
const COLOURS: LampColour[] = ["red", "yellow", "green"];

interface Wish {
  zone: ZoneKind;
  /** Signal that a new lamp belongs to. */
  signal: string | null;
}

/** The scene with a new element, and the element. */
export function add(scene: Scene, tool: Tool, spots: Spot[], wish: Wish): { scene: Scene; chosen: Chosen } {
  const points = spots.map(inside);
  const id = freeId(scene, STEM[tool]);
  const done = (list: Part, change: Partial<Scene>, point: number | null = null, named = id) => ({ scene: { ...scene, ...change }, chosen: { list, id: named, point } });
  switch (tool) {
    case "lane":
      return done("lanes", { lanes: [...scene.lanes, { id, corners: points, flow: defaultFlow(points), classes: [], kind: "normal", moves: [] }] });
    case "zone":
      return done("zones", { zones: [...scene.zones, { id, corners: points, kind: wish.zone }] });
    case "marking":
      return done("markings", { markings: [...scene.markings, { id, points, barred: "both" }] });
    case "lamp": {
      const known = scene.signals.find((signal) => signal.id === wish.signal && signal.lamps.length < 3 && !signal.lamps.some(({ colour }) => colour === "any"));
      const area = box(points);
      if (!known) return done("signals", { signals: [...scene.signals, { id, lamps: [{ colour: "red", area }], controller: null }] });
      const colour = COLOURS.find((one) => !known.lamps.some((lamp) => lamp.colour === one)) ?? "red";
      const signals = scene.signals.map((signal) => (signal === known ? { ...signal, lamps: [...signal.lamps, { colour, area }] } : signal));
      return done("signals", { signals }, null, known.id);
    }
    case "ground": {
      const ground = scene.ground ?? { points: [], measured_on: new Date().toISOString().slice(0, 10), measured_by: "" };
      return done("ground", { ground: { ...ground, points: [...ground.points, { at: points[0], metres: [0, 0] }] } }, ground.points.length, GROUND);
    }
    case "select":
      return { scene, chosen: { list: "lanes", id, point: null } };
    default: {
      const line = { id, from: points[0], to: points[1], kind: tool, move: null, governed: tool === "stop" && scene.signals.length === 1 ? [{ signal: scene.signals[0].id, moves: [] }] : [] };
      return done("lines", { lines: [...scene.lines, line] });
    }
  }
}

/** The points of an element that can be dragged. */
export function pointsOf(scene: Scene, list: Part, id: string): Spot[] {
  if (list === "ground") return scene.ground?.points.map(({ at }) => at) ?? [];
  const lane = list === "lanes" && scene.lanes.find((one) => one.id === id);
  if (lane) return [...lane.corners, ...lane.flow];
  const line = list === "lines" && scene.lines.find((one) => one.id === id);
  if (line) return [line.from, line.to];
  const zone = list === "zones" && scene.zones.find((one) => one.id === id);
  if (zone) return zone.corners;
  const marking = list === "markings" && scene.markings.find((one) => one.id === id);
  if (marking) return marking.points;
  const signal = list === "signals" && scene.signals.find((one) => one.id === id);
  if (signal) return signal.lamps.flatMap(({ area: [x, y, w, h] }): Spot[] => [[x, y], [x + w, y + h]]);
  return [];
}

const change = <L extends List>(scene: Scene, list: L, id: string, edit: (one: Scene[L][number]) => Scene[L][number]): Scene => ({
  ...scene,
  [list]: (scene[list] as Scene[L][number][]).map((one) => (one.id === id ? edit(one) : one)),
});
export { change as changeOne };

const put = (spots: Spot[], at: number, spot: Spot) => spots.map((old, index) => (index === at ? spot : old));

export function movePoint(scene: Scene, { list, id }: Chosen, at: number, to: Spot): Scene {
  const spot = inside(to);
  switch (list) {
    case "ground":
      return scene.ground ? { ...scene, ground: { ...scene.ground, points: scene.ground.points.map((point, index) => (index === at ? { ...point, at: spot } : point)) } } : scene;
    case "lanes":
      return change(scene, "lanes", id, (lane) => {
        const n = lane.corners.length;
        return at < n ? { ...lane, corners: put(lane.corners, at, spot) } : { ...lane, flow: put(lane.flow, at - n, spot) as [Spot, Spot] };
      });
    case "lines":
      return change(scene, "lines", id, (line) => (at === 0 ? { ...line, from: spot } : { ...line, to: spot }));
    case "zones":
      return change(scene, "zones", id, (zone) => ({ ...zone, corners: put(zone.corners, at, spot) }));
    case "markings":
      return change(scene, "markings", id, (marking) => ({ ...marking, points: put(marking.points, at, spot) }));
    case "signals":
      return change(scene, "signals", id, (signal) => ({
        ...signal,
        lamps: signal.lamps.map((lamp, index) => {
          if (index !== Math.floor(at / 2)) return lamp;
          const [x, y, w, h] = lamp.area;
          const opposite: Spot = at % 2 === 0 ? [x + w, y + h] : [x, y];
          // A box keeps a least size, and its corners their places.
          const corner: Spot = at % 2 === 0 ? [Math.min(spot[0], opposite[0] - 0.002), Math.min(spot[1], opposite[1] - 0.002)] : [Math.max(spot[0], opposite[0] + 0.002), Math.max(spot[1], opposite[1] + 0.002)];
          return { ...lamp, area: box([corner, opposite]) };
        }),
      }));
    default:
      return scene;
  }
}

/** Moves a whole element, as far as the picture goes. */
export function moveAll(scene: Scene, chosen: Chosen, by: Spot): Scene {
  const points = pointsOf(scene, chosen.list, chosen.id);
  if (points.length === 0 || chosen.list === "ground") return scene;
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const dx = clamp(by[0], -Math.min(...xs), 1 - Math.max(...xs));
  const dy = clamp(by[1], -Math.min(...ys), 1 - Math.max(...ys));
  const move = (spot: Spot): Spot => inside([spot[0] + dx, spot[1] + dy]);
  const { list, id } = chosen;
  if (list === "signals") return change(scene, "signals", id, (signal) => ({ ...signal, lamps: signal.lamps.map((lamp) => ({ ...lamp, area: [...move([lamp.area[0], lamp.area[1]]), lamp.area[2], lamp.area[3]] })) }));
  return points.reduce((now, point, at) => movePoint(now, chosen, at, move(point)), scene);
}

/** A new corner after `at`; only areas and markings have more than they need. */
export function insertPoint(scene: Scene, { list, id }: Chosen, at: number, spot: Spot): Scene {
  const into = (spots: Spot[]) => spots.toSpliced(at + 1, 0, inside(spot));
  if (list === "lanes") return change(scene, "lanes", id, (lane) => ({ ...lane, corners: into(lane.corners) }));
  if (list === "zones") return change(scene, "zones", id, (zone) => ({ ...zone, corners: into(zone.corners) }));
  if (list === "markings") return change(scene, "markings", id, (marking) => ({ ...marking, points: into(marking.points) }));
  return scene;
}

/** Takes a point away; null when the element cannot be without it. */
export function removePoint(scene: Scene, { list, id }: Chosen, at: number): Scene | null {
  const without = (spots: Spot[]) => spots.toSpliced(at, 1);
  if (list === "ground" && scene.ground) {
    const points = scene.ground.points.toSpliced(at, 1);
    return { ...scene, ground: points.length ? { ...scene.ground, points } : null };
  }
  if (list === "lanes") {
    const lane = scene.lanes.find((one) => one.id === id);
    return lane && lane.corners.length > 3 && at < lane.corners.length ? change(scene, "lanes", id, (one) => ({ ...one, corners: without(one.corners) })) : null;
  }
  if (list === "zones") {
    const zone = scene.zones.find((one) => one.id === id);
    return zone && zone.corners.length > 3 ? change(scene, "zones", id, (one) => ({ ...one, corners: without(one.corners) })) : null;
  }
  if (list === "markings") {
    const marking = scene.markings.find((one) => one.id === id);
    return marking && marking.points.length > 2 ? change(scene, "markings", id, (one) => ({ ...one, points: without(one.points) })) : null;
  }
  if (list === "signals") {
    const signal = scene.signals.find((one) => one.id === id);
    return signal && signal.lamps.length > 1 ? change(scene, "signals", id, (one) => ({ ...one, lamps: one.lamps.toSpliced(Math.floor(at / 2), 1) })) : null;
  }
  return null;
}

/** Takes an element away, and its name out of rules and lines. */
export function remove(scene: Scene, { list, id }: Chosen): Scene {
  if (list === "ground") return { ...scene, ground: null };
  if (list === "rules") return { ...scene, rules: scene.rules.filter((rule) => rule.id !== id) };
  return {
    ...scene,
    [list]: (scene[list] as { id: string }[]).filter((one) => one.id !== id),
    rules: scene.rules.map((rule) => (rule.about.includes(id) ? { ...rule, about: rule.about.filter((one) => one !== id) } : rule)),
    ...(list === "signals" ? { lines: scene.lines.map((line) => ({ ...line, governed: line.governed.filter(({ signal }) => signal !== id) })) } : {}),
  };
}

/** Another name, everywhere. */
export function rename(scene: Scene, { list, id }: Chosen, name: string): Scene {
  if (list === "ground" || !goodId(name) || ids(scene).has(name)) return scene;
  const named = <T extends { id: string }>(all: T[]) => all.map((one) => (one.id === id ? { ...one, id: name } : one));
  return {
    ...scene,
    [list]: named(scene[list] as { id: string }[]),
    rules: (list === "rules" ? named(scene.rules) : scene.rules).map((rule) => ({ ...rule, about: rule.about.map((one) => (one === id ? name : one)) })),
    lines: (list === "lines" ? named(scene.lines) : scene.lines).map((line) => ({ ...line, governed: line.governed.map((one) => (one.signal === id ? { ...one, signal: name } : one)) })),
  };
}

/** Every corner that another point may snap to, but for those of one element. */
export const anchors = (scene: Scene, but: string | null): Spot[] =>
  (["lanes", "lines", "zones", "markings"] as const).flatMap((list) => scene[list].filter(({ id }) => id !== but).flatMap((one) => (list === "lanes" ? scene.lanes.find(({ id }) => id === one.id)?.corners ?? [] : pointsOf(scene, list, one.id))));

/** Which fields a kind reads, and which lists it is about: as in wire/data/rule-shapes.json, which a test compares. */
interface RuleShape {
  about: List[];
  fields: ("grace_ms" | "dwell_s" | "way" | "length_m" | "limit_kmh")[];
}

const lanes: RuleShape = { about: ["lanes"], fields: ["way"] };
const anywhere: RuleShape = { about: ["zones", "lanes"], fields: [] };
export const RULE_SHAPES: Record<ViolationKind, RuleShape> = {
  red_light: { about: ["lines"], fields: ["grace_ms"] },
  wrong_way: lanes,
  wrong_lane: { about: ["lanes"], fields: [] },
  lane_class: lanes,
  solid_line: { about: ["markings"], fields: [] },
  turn_ban: { about: ["lines"], fields: [] },
  u_turn: { about: ["lines"], fields: [] },
  stop_park: { about: ["zones"], fields: ["dwell_s"] },
  emergency_lane: lanes,
  motorway_motorcycle: lanes,
  pavement: { about: ["zones"], fields: ["way"] },
  junction_block: { about: ["zones"], fields: ["dwell_s"] },
  carry_3plus: anywhere,
  no_helmet: anywhere,
  plate_covered: anywhere,
  plate_missing: anywhere,
  speed_section: { about: ["lines"], fields: ["length_m", "limit_kmh"] },
  speed_homography: { about: ["zones", "lanes"], fields: ["way", "limit_kmh"] },
};
export const KINDS = Object.keys(RULE_SHAPES) as ViolationKind[];
