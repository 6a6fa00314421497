import { expect, test } from "vitest";
import type { Policy, Schedule } from "../api/types";
import { cellsOf, openAt, policyPhrases, wholeHours, windowsOf } from "./policy";

const POLICY: Policy = {
  id: "cong-nhan", wanted: "person", rules: [], unknown: "deny", least_trust: "qr_and_register", least_score: 0.8, anti_passback: { mode: "timed", minutes: 5 }, quotas: true,
  interlock: ["lan-2"], tailgating: { bodies: 1, window_s: 8 }, staleness: { fresh_s: 300, usable_s: 86_400, when_old: "wait" }, faces: "off", pair_s: 30,
};
const DAY: Schedule = { id: "ca-1", name_vi: "ca 1", name_en: "shift 1", windows: [{ days: ["mon", "tue"], from: "06:00:00", until: "14:00:00" }] };
const NIGHT: Schedule = { id: "ca-3", name_vi: "ca 3", name_en: "shift 3", windows: [{ days: ["sun"], from: "22:00:00", until: "06:00:00" }] };

test("a policy is said in short sentences, what is asked first", () => {
  expect(policyPhrases(POLICY).map(({ key }) => key.replace("policy.says.", ""))).toEqual([
    "wanted_person", "unknown_deny", "trust_qr_and_register", "passback_timed", "quotas", "interlock", "old_wait",
  ]);
});

test("an anonymous lane says nothing about lists, because it asks nobody", () => {
  expect(policyPhrases({ ...POLICY, wanted: "anonymous", quotas: false }).map(({ key }) => key)).toEqual(["policy.says.wanted_anonymous"]);
});

test("a day shift is open from its first hour to before its last", () => {
  expect([5, 6, 13, 14].map((hour) => openAt(DAY, "mon", hour))).toEqual([false, true, true, false]);
  expect(openAt(DAY, "wed", 8)).toBe(false);
});

test("a night shift that begins on Sunday fills Monday's morning", () => {
  expect([openAt(NIGHT, "sun", 23), openAt(NIGHT, "mon", 5), openAt(NIGHT, "mon", 6), openAt(NIGHT, "sun", 3)]).toEqual([true, true, false, false]);
});

test("painted hours become windows, and windows painted hours again", () => {
  const windows = windowsOf(cellsOf(DAY));
  expect(windows).toEqual(DAY.windows);
  const late = windowsOf(new Set(["fri:22", "fri:23"]));
  expect(late).toEqual([{ days: ["fri"], from: "22:00:00", until: "00:00:00" }]);
  expect([...cellsOf({ ...DAY, windows: late })]).toEqual(["fri:22", "fri:23"]);
});

test("half hours are not drawn on the grid, which would change them", () => {
  expect(wholeHours(DAY)).toBe(true);
  expect(wholeHours({ ...DAY, windows: [{ days: ["mon"], from: "06:30:00", until: "14:00:00" }] })).toBe(false);
});
