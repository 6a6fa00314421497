import { expect, test } from "vitest";
import { dueStep, leftUntil, shareAt } from "./due";
import { dong, shortDong } from "./money";

const T0 = "2026-11-11T02:00:00Z";
const DUE = "2026-11-21T02:00:00Z";
const day = (n: number) => Date.parse(T0) + n * 86_400_000;

test("a deadline's share is what has gone of it, and its steps are 50, 80 and 100 percent", () => {
  expect([0, 4.9, 5, 7.9, 8, 9.99, 10, 12].map((n) => dueStep(shareAt(T0, DUE, day(n))))).toEqual(["calm", "calm", "half", "half", "soon", "soon", "late", "late"]);
  expect(shareAt(T0, DUE, day(-1))).toBe(0);
  expect(shareAt(DUE, DUE, day(0))).toBe(0);
  expect(shareAt(DUE, DUE, day(10))).toBe(1);
});

test("what is left is told in days, then hours, then minutes, and what is over is told too", () => {
  expect(leftUntil(DUE, day(3))).toEqual({ unit: "days", n: 7, over: false });
  expect(leftUntil(DUE, day(8.5))).toEqual({ unit: "hours", n: 36, over: false });
  expect(leftUntil(DUE, day(10) - 90 * 60_000)).toEqual({ unit: "minutes", n: 90, over: false });
  expect(leftUntil(DUE, day(12))).toEqual({ unit: "days", n: 2, over: true });
  expect(leftUntil(DUE, day(10) + 1000)).toEqual({ unit: "minutes", n: 1, over: true });
});

test("money is whole dong, grouped as the reader's language does", () => {
  expect(dong(19_000_000, "vi")).toBe("19.000.000 ₫");
  expect(dong(285_000, "en")).toBe("285,000 VND");
  expect(dong(null, "vi")).toBe("–");
  expect(shortDong(19_250_000, "vi")).toBe("19,3 triệu");
  expect(shortDong(2_500_000_000, "en")).toBe("2.5 bn");
});
