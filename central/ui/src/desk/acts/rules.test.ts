import { expect, test } from "vitest";
import { caseView, laneView } from "../state/fixture";
import { askedReasons, overrides, plainReason, remedyOf, spaceAct } from "./rules";

const r = (code: string) => ({ code, vi: code, en: code });
const REASONS = { admit: [r("as_answered"), r("known"), r("other")], deny: [r("no_papers")], hold: [r("convoy"), r("over"), r("other")], muster: [r("fire"), r("seen_at_point"), r("over")] };

test("a reason is asked only against the machine's answer, whatever a guard said before", () => {
  expect(overrides(caseView({ answer: "deny" }), "admit")).toBe(true);
  expect(overrides(caseView({ answer: "deny", verdict: "admit" }), "deny")).toBe(false);
});

test("agreeing sends the reason for agreement, or the first there is", () => {
  expect(plainReason(REASONS, "admit")).toBe("as_answered");
  expect(plainReason(REASONS, "deny")).toBe("no_papers");
  expect(plainReason(REASONS, "hold")).toBe("convoy");
  expect(plainReason(REASONS, "release")).toBe("over");
  expect(plainReason(REASONS, "accounted")).toBe("seen_at_point");
  expect(plainReason(REASONS, "open")).toBeNull();
  expect(plainReason(undefined, "admit")).toBeNull();
});

test("agreement is no reason to override, and at most nine have a key", () => {
  expect(askedReasons(REASONS, "admit").map(({ code }) => code)).toEqual(["known", "other"]);
  expect(askedReasons({ deny: Array.from({ length: 12 }, (_, at) => r(`r${at}`)) }, "deny")).toHaveLength(9);
});

test("over is offered first for ending and not for beginning", () => {
  expect(askedReasons(REASONS, "hold").map(({ code }) => code)).toEqual(["convoy", "other"]);
  expect(askedReasons(REASONS, "release").map(({ code }) => code)).toEqual(["over", "convoy", "other"]);
});

test("key 4 is there where looking at papers, an escort or a forgiveness can help", () => {
  expect(remedyOf(caseView({ reason: "check_papers" }))).toBe("papers_checked");
  expect(remedyOf(caseView({ reason: "escort_needed" }))).toBe("escort");
  expect(remedyOf(caseView({ reason: "too_soon" }))).toBe("forgive");
  expect(remedyOf(caseView({ reason: "blocked" }))).toBeNull();
});

test("space holds, and releases what is held", () => {
  expect([spaceAct(laneView()), spaceAct(laneView({ held: true }))]).toEqual(["hold", "release"]);
});
