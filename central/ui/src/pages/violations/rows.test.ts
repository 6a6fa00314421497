import { expect, test } from "vitest";
import type { ViolationFigure } from "../../api/handling-types";
import { chartLabels, ordered } from "./rows";

const row = (key: string, detected: number): ViolationFigure => ({ key, vi: key, en: key, detected, inadmissible: 0, rejected: 0, confirmed: 0, noticed: 0, decided: 0, paid: 0, overdue: 0 });

test("hours stand in the order of the day, and an hour without anything is a nought, no hole", () => {
  const hours = ordered([row("10", 4), row("2", 1), row("9", 3)], "hour");
  expect(hours).toHaveLength(24);
  expect(hours.map(({ key }) => key).slice(0, 4)).toEqual(["0", "1", "2", "3"]);
  expect(hours.filter(({ detected }) => detected > 0).map(({ key, detected }) => [key, detected])).toEqual([["2", 1], ["9", 3], ["10", 4]]);
  expect(ordered([], "hour")).toEqual([]);
});

test("days stand in their order, kinds as central sends them", () => {
  expect(ordered([row("2026-11-10", 1), row("2026-10-30", 1)], "day").map(({ key }) => key)).toEqual(["2026-10-30", "2026-11-10"]);
  expect(ordered([row("b", 1), row("a", 2)], "kind").map(({ key }) => key)).toEqual(["b", "a"]);
});

test("a chart has no more words than it has room for", () => {
  expect(chartLabels(Array.from({ length: 24 }, (_, at) => String(at))).filter(Boolean)).toEqual(["0", "3", "6", "9", "12", "15", "18", "21"]);
  expect(chartLabels(["a", "b"])).toEqual(["a", "b"]);
});
