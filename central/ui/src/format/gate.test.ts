import { expect, test } from "vitest";
import type { Access, PlateReading } from "../api/types";
import { addLoss, fitsAccess, identityResult, isWhole, lossPhrases, lowestStep, overridden } from "./gate";

const row = { site: "kp", gate: "cong-2", lane: "vao-1", verdict: "deny", decided: "wait", actor: "gac", reason: "out_of_hours", outcome: "turned_back", at: "2026-11-21T02:00:00Z", label: "Nguyễn V. M.", group: "a", group_name: "Công ty A", reading: { text: "35A12345" } as PlateReading } as Access;

test("the lowest step of a gate's lanes is the gate's", () => {
  expect(lowestStep(["full", "reader_lost", null, "camera_lost"])).toBe("reader_lost");
  expect(lowestStep([])).toBe("full");
});

test("a guard who agrees with the machine overrides nothing", () => {
  expect(overridden(row)).toBe(true);
  expect(overridden({ ...row, verdict: "wait" })).toBe(false);
  expect(overridden({ ...row, actor: null })).toBe(false);
});

test("a live decision fits a filter by its words, its time, its plate or its label", () => {
  expect(fitsAccess(row, {})).toBe(true);
  expect(fitsAccess(row, { verdict: "admit" })).toBe(false);
  expect(fitsAccess(row, { q: "35a-123.45" })).toBe(true);
  expect(fitsAccess(row, { q: "nguyễn v" })).toBe(true);
  expect(fitsAccess(row, { q: "29C" })).toBe(false);
  expect(fitsAccess(row, { to: "2026-11-21T02:00:00Z" })).toBe(false);
});

test("a loss note always says what was lost, and the rest where there is some", () => {
  const loss = { lost: 0, late: 14, offline: [{ camera: "camera 2", minutes: 3 }] };
  expect(lossPhrases(loss)).toEqual([
    { key: "loss.lost", values: { count: 0 } },
    { key: "loss.late", values: { count: 14 } },
    { key: "loss.offline", values: { camera: "camera 2", minutes: 3 } },
  ]);
  expect(isWhole(loss)).toBe(false);
  expect(isWhole({ lost: 0, late: 14, offline: [] })).toBe(true);
});

test("losses of several hours add up by camera", () => {
  const one = { lost: 1, late: 0, offline: [{ camera: "c2", minutes: 3 }] };
  expect(addLoss([one, { ...one, late: 2, unexplained: 1 }])).toEqual({ lost: 2, late: 2, waiting: 0, unexplained: 1, offline: [{ camera: "c2", minutes: 6 }] });
});

test("a register's word is said in ours, and an unknown one verifies nobody", () => {
  expect(["MATCH", "NO_MATCH", "VALID", "unavailable", "SOMETHING_NEW"].map(identityResult)).toEqual(["match", "no_match", "valid", "unverified_offline", "unverified_offline"]);
});
