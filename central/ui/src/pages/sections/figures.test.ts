import { expect, test } from "vitest";
import type { Drive } from "../../api/section-types";
import { byHour, histogram, mean, overLimit, quantile, surelyOver } from "./figures";

const drive = (speed_kmh: number, over = false, left_at = "2026-11-21T01:10:00Z"): Drive => ({ left_at, took_s: 100, class: "car", speed_kmh, uncertainty_kmh: 0.5, over });

test("quantiles lie between the two nearest speeds, whatever the order, and nobody has none", () => {
  expect(quantile([60, 40, 50], 0.5)).toBe(50);
  expect(quantile([40, 60], 0.5)).toBe(50);
  expect(quantile([10, 20, 30, 40, 50], 0.85)).toBeCloseTo(44);
  expect(quantile([72], 0.85)).toBe(72);
  expect(quantile([], 0.5)).toBeNull();
  expect([mean([]), mean([40, 60])]).toEqual([null, 50]);
});

test("every drive is in one bar, no bar between is left out, and the bars reach the limit", () => {
  const bins = histogram([drive(41), drive(44.9), drive(45), drive(72, true)], 60);
  expect(bins.map(({ from, count }) => [from, count])).toEqual([[40, 2], [45, 1], [50, 0], [55, 0], [60, 0], [65, 0], [70, 1]]);
  expect(bins.at(-1)).toEqual({ from: 70, to: 75, count: 1, over: 1 });
  expect(histogram([drive(30)], 60).at(-1)?.from).toBe(60);
  expect(histogram([drive(80)], 60)[0].from).toBe(60);
  expect(histogram([], 60)).toEqual([]);
});

test("hours are Vietnam's, in order, and those without drives are not there", () => {
  const hours = byHour([drive(50, false, "2026-11-21T10:59:59Z"), drive(70, true, "2026-11-21T01:00:00Z"), drive(40, false, "2026-11-21T01:59:00Z")]);
  expect(hours.map(({ hour, count, over, median }) => [hour, count, over, median])).toEqual([[8, 2, 1, 55], [17, 1, 0, 50]]);
});

test("the fastest comes first, and only what is left after the uncertainty counts as over", () => {
  expect(overLimit([drive(62, true), drive(60.3), drive(75, true)]).map(({ speed_kmh }) => speed_kmh)).toEqual([75, 62]);
  expect(surelyOver(drive(62), 60)).toBeCloseTo(1.5);
  expect(surelyOver(drive(60.3), 60)).toBe(0);
});
