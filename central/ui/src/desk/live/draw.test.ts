import { expect, test } from "vitest";
import type { LiveTrack } from "../api/types";
import { contain, isCurrent, verdictOf } from "./draw";

const track: LiveTrack = { id: 7, box: [0, 0, 1, 1], class: "car", confirmed: true, access: "a", verdict: "wait" };
const current = { access: "a", track: null, verdict: "admit" as const, label: "35A-123.45" };

test("the current case's box follows the guard's word at once, not the frame's older one", () => {
  expect(verdictOf(track, current)).toBe("admit");
  expect(verdictOf(track, { ...current, access: "b" })).toBe("wait");
  expect(verdictOf({ ...track, access: null, verdict: null }, null)).toBe("none");
});

test("a case is found by its access or by its track", () => {
  expect(isCurrent({ ...track, access: null }, { ...current, track: 7 })).toBe(true);
  expect(isCurrent({ ...track, access: null }, current)).toBe(false);
  expect(isCurrent(track, null)).toBe(false);
});

test("a picture lies whole and centred in its place", () => {
  expect(contain(1000, 500, 500, 500)).toEqual({ x: 0, y: 125, scale: 0.5 });
  expect(contain(500, 1000, 500, 500)).toEqual({ x: 125, y: 0, scale: 0.5 });
});
