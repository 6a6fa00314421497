import { expect, test } from "vitest";
import { diff, merge } from "./diff";

interface Document {
  version: number;
  gates: { id: string; name: string; cap: number | null; rules?: { id: string }[] }[];
  holidays: { date: string }[];
}

const base: Document = { version: 3, gates: [{ id: "a", name: "Cổng A", cap: 10, rules: [{ id: "r1" }, { id: "r2" }] }, { id: "b", name: "Cổng B", cap: null }], holidays: [] };

test("nothing changed is no change", () => expect(diff(base, structuredClone(base))).toEqual([]));

test("a change is told by the name of what it is in, not by its place", () => {
  const to = structuredClone(base);
  to.gates = [to.gates[1], { ...to.gates[0], cap: 12 }];
  expect(diff(base, to)).toEqual([{ path: "gates[a].cap", from: 10, to: 12 }]);
});

test("something new and something gone each have a line", () => {
  const to = structuredClone(base);
  to.gates.pop();
  to.holidays.push({ date: "2026-09-02" });
  expect(diff(base, to)).toEqual([
    { path: "gates[b]", from: base.gates[1], to: null },
    { path: "holidays[2026-09-02]", from: null, to: { date: "2026-09-02" } },
  ]);
});

test("rules in another order are a change, because the first that fits decides", () => {
  const to = structuredClone(base);
  to.gates[0].rules?.reverse();
  expect(diff(base, to).map(({ path }) => path)).toEqual(["gates[a].rules"]);
});

test("what I changed lies on top of what the other saved, and nothing of either is lost", () => {
  const mine = structuredClone(base);
  mine.gates[0].cap = 15;
  mine.holidays.push({ date: "2027-01-01" });
  const theirs = structuredClone(base);
  theirs.version = 4;
  theirs.gates[1].name = "Cổng Bắc";
  const merged = merge(base, mine, theirs);
  expect(merged.document.version).toBe(4);
  expect(merged.document.gates.map((gate) => [gate.name, gate.cap])).toEqual([["Cổng A", 15], ["Cổng Bắc", null]]);
  expect(merged.document.holidays).toEqual([{ date: "2027-01-01" }]);
  expect(merged.conflicts).toEqual([]);
});

test("where both changed the same, mine stays and is shown", () => {
  const mine = structuredClone(base);
  mine.gates[0].cap = 15;
  const theirs = structuredClone(base);
  theirs.gates[0].cap = 20;
  const merged = merge(base, mine, theirs);
  expect(merged.document.gates[0].cap).toBe(15);
  expect(merged.conflicts).toEqual([{ path: "gates[a].cap", from: 10, to: 15 }]);
});
