import { expect, test } from "vitest";
import type { Correction, FigureRow } from "../api/types";
import { ceiling, corrected, signed, slots } from "./figures";

const correction = { id: "1", at: "", user: "gac", gate: "a", area: "kcn", people: -3, vehicles: 1, reason: "recount", note: null } satisfies Correction;
const row = (gate: string, from: string, people: number, corrections: Correction[] = []): FigureRow => ({
  from, to: from, gate, people_in: people, people_out: 1, vehicles_in: 2, vehicles_out: 0, inside_people: 9, inside_vehicles: 1, corrections, loss: { lost: 1, late: 0, offline: [] },
});

test("gates of one hour are joined, hours stay in order, losses add up", () => {
  const joined = slots([row("b", "2026-11-21T02:00:00Z", 5), row("a", "2026-11-21T01:00:00Z", 7), row("a", "2026-11-21T02:00:00Z", 4)]);
  expect(joined.map((slot) => [slot.from.slice(11, 13), slot.people_in, slot.loss.lost])).toEqual([["01", 7, 1], ["02", 9, 2]]);
});

test("a correction stands beside the counted figure and never changes it", () => {
  const [slot] = slots([row("a", "2026-11-21T01:00:00Z", 7, [correction])]);
  expect(slot.people_in).toBe(7);
  expect([corrected(slot.corrections, "people"), corrected(slot.corrections, "vehicles")]).toEqual([-3, 1]);
  expect([signed(12, "en"), signed(-3, "en"), signed(0, "en")]).toEqual(["+12", "-3", "0"]);
});

test("an axis ends at a round number above its largest bar", () => {
  expect([0, 5, 7, 43, 160, 999].map(ceiling)).toEqual([5, 5, 10, 50, 200, 1000]);
});
