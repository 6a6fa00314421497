import { expect, test } from "vitest";
import { addDays, dayOf, endOfDay, isDay, localOf, momentOf, startOfDay, written } from "./days";

test("a day is Vietnam's, whatever the browser's zone", () => {
  expect(dayOf("2026-11-20T17:00:00Z")).toBe("2026-11-21");
  expect(dayOf("2026-11-20T16:59:59Z")).toBe("2026-11-20");
  expect([startOfDay("2026-11-21"), endOfDay("2026-11-21")]).toEqual(["2026-11-20T17:00:00.000Z", "2026-11-21T17:00:00.000Z"]);
});

test("days are counted over a month's end and written as people write them", () => {
  expect(addDays("2026-11-30", 1)).toBe("2026-12-01");
  expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
  expect(written("2026-11-21")).toBe("21/11/2026");
});

test("what a form field says is Vietnam's time, and back", () => {
  expect(momentOf("2026-11-21T08:30")).toBe("2026-11-21T01:30:00.000Z");
  expect(localOf("2026-11-21T01:30:00Z")).toBe("2026-11-21T08:30");
});

test("an address that names no day of the calendar is told from one that does", () => {
  expect(["2026-11-21", "2026-13-01", "nonsense", "", "21/11/2026"].map(isDay)).toEqual([true, false, false, false, false]);
});
