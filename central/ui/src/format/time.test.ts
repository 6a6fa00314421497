import { expect, test } from "vitest";
import { age, clock, dateTime, hourOf, milliseconds, shortTime, span, worthShowing } from "./time";

test("a time is shown in Vietnam's zone whatever zone the browser is in", () => {
  expect(dateTime("2026-11-21T07:02:31.482Z")).toBe("21/11/2026 14:02:31");
  expect(dateTime("2026-11-20T17:00:00Z")).toBe("21/11/2026 00:00:00");
  expect(clock("2026-12-31T23:59:59Z")).toBe("06:59:59");
  expect(hourOf("2026-12-31T23:59:59Z")).toBe(6);
});

test("a missing or broken time is a dash, never 'Invalid Date'", () => {
  expect(dateTime(null)).toBe("–");
  expect(dateTime("yesterday")).toBe("–");
  expect(clock(undefined)).toBe("–");
});

test("today shows the clock alone, another day shows its date", () => {
  const now = Date.parse("2026-11-21T07:10:00Z");
  expect(shortTime("2026-11-21T07:02:31Z", now)).toBe("14:02:31");
  expect(shortTime("2026-11-20T07:02:31Z", now)).toBe("20/11/2026 14:02:31");
});

test("uncertainty is shown above 100 ms, with the reader's decimal mark", () => {
  expect(worthShowing(100)).toBe(false);
  expect(worthShowing(101)).toBe(true);
  expect(milliseconds(40, "vi")).toBe("40 ms");
  expect(milliseconds(350, "vi")).toBe("0,35 s");
  expect(milliseconds(350, "en")).toBe("0.35 s");
  expect(milliseconds(12_000, "en")).toBe("12 s");
});

test("ages and spans use the largest whole unit and never go below zero", () => {
  const now = Date.parse("2026-11-21T07:00:00Z");
  expect(age("2026-11-21T07:00:02Z", now)).toEqual({ unit: "ago_s", n: 0 });
  expect(age("2026-11-21T06:57:10Z", now)).toEqual({ unit: "ago_m", n: 2 });
  expect(age("2026-11-19T07:00:00Z", now)).toEqual({ unit: "ago_d", n: 2 });
  expect(span(42)).toEqual({ unit: "seconds", n: 42 });
  expect(span(200)).toEqual({ unit: "minutes", n: 3 });
  expect(span(7500)).toEqual({ unit: "hours", n: 2, m: 5 });
});
