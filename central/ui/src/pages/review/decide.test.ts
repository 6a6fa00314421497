import { expect, test } from "vitest";
import type { CaseDetail, Played } from "../../api/case-types";
import { type ClaimState, closedFor, joined, lookedShare, mayHaveNoPlate, missingFor, missingToSay, readDraft, writeDraft } from "./decide";
import { beside, hold } from "./held";

const played: Played = { needed_ms: 4000, seen_ms: 0, pictures_needed: 3, pictures_seen: 0 };
const detail = {
  kind: "red_light",
  reading: null,
  plate_confirmed: null,
  moments: [],
  evidence: [{ sha256: "a", role: "act" }, { sha256: "a", role: "overview" }, { sha256: "b", role: "act" }, { sha256: "p", role: "plate" }],
  review: { round: 1, may: true, why_not: null, played, may_decide: false },
  gate: { admissible: true, missing: [], conditions: [] },
} as unknown as CaseDetail;
const held: ClaimState = { is: "held", until: 1 };
const codes = (of: CaseDetail, seen: Played, claim: ClaimState = held, behaviour = "moto.red_light") => missingFor(of, seen, claim, behaviour).map(({ code }) => code);

test("nothing can be approved before the act was played, the pictures seen and the plate typed", () => {
  expect(codes(detail, played)).toEqual(["clip", "pictures", "plate"]);
  expect(codes(detail, joined(played, 4000, 2))).toEqual(["pictures", "plate"]);
  expect(codes({ ...detail, plate_confirmed: "35N136055" }, joined(played, 4000, 3))).toEqual([]);
  expect(missingFor(detail, joined(played, 1500, 0), held, "x")[0]).toEqual({ code: "clip", left: 3 });
});

test("where no film plays, the pictures are looked at for as long, and then it can be approved", () => {
  expect(missingFor(detail, joined(played, 1500, 3), held, "x", false)).toEqual([{ code: "look", left: 3 }, { code: "plate" }]);
  expect(missingFor({ ...detail, plate_confirmed: "35N136055" }, joined(played, 4000, 3), held, "x", false)).toEqual([]);
});

test("a lost lease, missing evidence and a reviewer who may not are named first", () => {
  const bad = { ...detail, review: { ...detail.review, may: false, why_not: "own_first_review" }, gate: { admissible: false, missing: [{ need: "clip", vi: "", en: "" }], conditions: [{ code: "clock", ok: false, vi: "", en: "" }] } };
  expect(codes(bad, joined(played, 9000, 9), { is: "lost" }, "")).toEqual(["may_not", "lease", "inadmissible", "plate", "behaviour"]);
});

test("that a vehicle shows no plate is confirmed as well", () => {
  const bare = { ...detail, kind: "plate_missing" };
  expect(mayHaveNoPlate(bare)).toBe(true);
  expect(mayHaveNoPlate(detail)).toBe(false);
  expect(codes(bare, joined(played, 4000, 3))).toEqual(["plate"]);
  expect(codes({ ...bare, plate_confirmed: "" }, joined(played, 4000, 3))).toEqual([]);
});

test("what central counted is never taken back by what the page counts", () => {
  expect(joined({ ...played, seen_ms: 3000, pictures_seen: 2 }, 1000, 1)).toEqual({ ...played, seen_ms: 3000, pictures_seen: 2 });
  expect(lookedShare(joined(played, 2000, 3))).toBe(0.75);
  expect(lookedShare({ needed_ms: 0, seen_ms: 0, pictures_needed: 0, pictures_seen: 0 })).toBe(1);
});

test("what was typed is kept until it is sent", () => {
  writeDraft("c1", { plate: "35N1", note: "" });
  expect(readDraft("c1")).toEqual({ plate: "35N1", note: "" });
  writeDraft("c1", { plate: "", note: "" });
  expect(readDraft("c1")).toEqual({ plate: "", note: "" });
  expect(sessionStorage.length).toBe(0);
});

const rows = (...ids: string[]) => ids.map((id) => ({ id }));

test("new cases wait, and a case that somebody else decided stays in its place, marked", () => {
  const first = hold([], rows("a", "b", "c"), false);
  const next = hold(first.rows, rows("x", "a", "c", "y"), false);
  expect(next.rows.map(({ row, gone }) => `${row.id}${gone ? "!" : ""}`)).toEqual(["a", "b!", "c"]);
  expect(next.waiting).toBe(2);
  expect(hold(next.rows, rows("x", "a"), true).rows.map(({ row }) => row.id)).toEqual(["x", "a"]);
  expect(beside(next.rows, "a", 1)).toBe("c");
  expect(beside(next.rows, "b", 1)).toBe("c");
  expect(beside(next.rows, "c", 1)).toBe("c");
  expect(beside(next.rows, "nowhere", 1)).toBe("a");
  expect(beside([], "a", 1)).toBeNull();
});

test("one file in several roles is one picture, and the plate's beside the stage is named while it is among those to go", () => {
  const pictures = (seen: number) => missingFor(detail, joined(played, 4000, seen), held, "x").find(({ code }) => code === "pictures");
  expect(pictures(0)).toEqual({ code: "pictures", left: 3, plate: true });
  expect(pictures(1)).toEqual({ code: "pictures", left: 2 });
});

test("a rejection needs the look and no plate; leaving a case to a senior needs the turn alone", () => {
  const missing = missingFor(detail, played, { is: "lost" }, "");
  expect(missingToSay("reject", missing).map(({ code }) => code)).toEqual(["lease", "clip", "pictures"]);
  expect(missingToSay("escalate", missing).map(({ code }) => code)).toEqual(["lease"]);
});

test("taking a case is not offered where it cannot work", () => {
  const review = { may: true, why_not: null };
  expect(closedFor({ is: "none" }, review)).toBeNull();
  expect(closedFor({ is: "none" }, { may: false, why_not: "own_first_review" })).toBe("own_first_review");
  expect(closedFor({ is: "lost" }, { may: false, why_not: "closed" })).toBe("closed");
  expect(closedFor({ is: "refused", code: "conflict_of_interest" }, review)).toBe("conflict_of_interest");
  // Somebody else's hold ends: it can be tried again.
  expect(closedFor({ is: "refused", code: "not_your_turn" }, review)).toBeNull();
  expect(closedFor(held, { may: false, why_not: "not_your_turn" })).toBeNull();
});
