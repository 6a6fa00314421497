import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { en, vi } from "../../i18n";
import type { Scene } from "../../api/scene-types";
import { KINDS, RULE_SHAPES, add, blank, emptyRule, freeId, goodId, insertPoint, moveAll, movePoint, pointsOf, remove, removePoint, rename, whole } from "./model";

const root = resolve(import.meta.dirname, "../../../../..");
const golden = () => whole(JSON.parse(readFileSync(resolve(root, "tests/goldens/v1/scene.json"), "utf8")) as Scene);
const wish = { zone: "junction", signal: null } as const;

test("a scene of the contract is read whole, and what it leaves out is there", () => {
  const scene = golden();
  expect(scene.lines[0].governed[0].moves).toEqual(["straight", "left", "u_turn"]);
  expect(scene.rules[0]).toMatchObject({ on: true, classes: [], dwell_s: null });
  expect(scene.signals[0].controller).toBeNull();
});

test("every kind of the contract has its form and its words", () => {
  const data = JSON.parse(readFileSync(resolve(root, "wire/data/violation-kinds.json"), "utf8")) as { kind: string }[] | { kinds: { kind: string }[] };
  const kinds = (Array.isArray(data) ? data : data.kinds).map(({ kind }) => kind);
  expect([...KINDS].sort()).toEqual([...kinds].sort());
  for (const texts of [vi, en]) expect(KINDS.filter((kind) => !texts.scenes.kind[kind])).toEqual([]);
});

test("the form asks for the settings that the rules read, and for no other", () => {
  const shapes = JSON.parse(readFileSync(resolve(root, "wire/data/rule-shapes.json"), "utf8")) as { kind: keyof typeof RULE_SHAPES; about: string[]; fields: string[] }[];
  expect(KINDS).toEqual(shapes.map(({ kind }) => kind));
  for (const { kind, about, fields } of shapes) expect({ kind, ...RULE_SHAPES[kind] }).toEqual({ kind, about, fields });
});

test("each tool makes its element, under a name that is free", () => {
  let scene = blank("cam", [1280, 720], "Nút giao");
  for (const [tool, points] of [["lane", 4], ["stop", 2], ["zone", 3], ["marking", 2], ["lamp", 2], ["lamp", 2], ["ground", 1]] as const) {
    const spots = Array.from({ length: points }, (_, at): [number, number] => [0.2 + 0.1 * at, 0.3 + 0.1 * (at % 2)]);
    const chosen = scene.signals[0]?.id ?? null;
    const made = add(scene, tool, spots, { ...wish, signal: tool === "lamp" ? chosen : null });
    scene = made.scene;
  }
  expect([scene.lanes.length, scene.lines.length, scene.zones.length, scene.markings.length, scene.signals.length, scene.ground?.points.length]).toEqual([1, 1, 1, 1, 1, 1]);
  expect(scene.signals[0].lamps.map(({ colour }) => colour)).toEqual(["red", "yellow"]);
  expect(freeId(scene, "lan")).toBe("lan-2");
});

test("a name changes everywhere, and a bad or taken one nowhere", () => {
  const scene = golden();
  const chosen = { list: "lines", id: "vach-dung", point: null } as const;
  expect(rename(scene, chosen, "vach-bac").rules[0].about).toEqual(["vach-bac"]);
  expect(rename(scene, { list: "signals", id: "den-bac", point: null }, "den-1").lines[0].governed[0].signal).toBe("den-1");
  for (const bad of ["lan-1", "Vạch", "-x", ""]) expect(rename(scene, chosen, bad)).toBe(scene);
  expect(goodId("a")).toBe(true);
});

test("what is removed leaves no name behind", () => {
  const scene = remove(golden(), { list: "lines", id: "vach-dung", point: null });
  expect(scene.rules[0].about).toEqual([]);
  expect(remove(golden(), { list: "signals", id: "den-bac", point: null }).lines[0].governed).toEqual([]);
});

test("points are moved, added and taken away within the picture, and never below what a shape needs", () => {
  const scene = golden();
  const lane = { list: "lanes", id: "lan-1", point: null } as const;
  expect(pointsOf(movePoint(scene, lane, 0, [-1, 2]), "lanes", "lan-1")[0]).toEqual([0, 1]);
  expect(pointsOf(insertPoint(scene, lane, 0, [0.4, 0.7]), "lanes", "lan-1")).toHaveLength(7);
  const three = removePoint(scene, lane, 0);
  expect(three && pointsOf(three, "lanes", "lan-1")).toHaveLength(5);
  expect(three && removePoint(three, lane, 0)).toBeNull();
  const moved = moveAll(scene, lane, [1, 0]);
  expect(Math.max(...pointsOf(moved, "lanes", "lan-1").map(([x]) => x))).toBe(1);
});

test("a lamp's box keeps its corners in their places and a least size", () => {
  const scene = movePoint(golden(), { list: "signals", id: "den-bac", point: null }, 0, [0.99, 0.99]);
  const [x, y, w, h] = scene.signals[0].lamps[0].area;
  expect(w).toBeCloseTo(0.002, 4);
  expect(h).toBeCloseTo(0.002, 4);
  expect([x + w, y + h]).toEqual([expect.closeTo(0.781, 3), expect.closeTo(0.1637, 3)]);
});

test("a new rule watches for something and asks for nothing", () => {
  expect(emptyRule("x", "red_light")).toMatchObject({ on: true, about: [], hours: [] });
});
