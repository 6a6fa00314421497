import { expect, test } from "vitest";
import type { Passage } from "../api/types";
import { fitsFilter, mainPicture } from "./passage";
import { verdictOf } from "./verdict";

const reading = {
  text: "59P166480", display: "59-P1 664.80", raw: "59PI66480", valid: true, kind: "motorcycle", lines: 2 as const, score: 0.97,
  votes: 7, reads: 8, candidates: [], edits: [], ambiguous: [], box: [700, 500, 90, 60] as [number, number, number, number],
};

const passage = (over: Partial<Passage> = {}): Passage => ({
  id: "1", feed_id: 1, site: "khanh-phu", camera: "cong-2", camera_name: "Cổng 2", agent: "a1", seq: 1, phase: "settled", captured_at: "2026-11-21T07:00:00Z",
  uncertainty_ms: 40, time_source: "rtcp", received_at: "2026-11-21T07:00:01Z", late: false, class: "motorcycle", direction: "in", rule: "l1",
  reading, no_reading: null, box: [600, 300, 300, 320], picture: [1280, 720], thumbnail: "aa",
  evidence: [
    { sha256: "aa", role: "vehicle", width: 300, height: 320, bytes: 1, absent: false },
    { sha256: "bb", role: "overview", width: 1280, height: 720, bytes: 1, absent: false },
  ],
  match: { registry: "found", watchlist: "none" }, vehicle: null, owner_masked: null, alert_id: null, ...over,
});

test("boxes are drawn over the overview only, where their pixels are true", () => {
  const main = mainPicture(passage());
  expect(main.sha256).toBe("bb");
  expect(main.boxes.map((b) => b.tone)).toEqual(["vehicle", "plate"]);
  const without = mainPicture(passage({ evidence: [{ sha256: "aa", role: "vehicle", width: 300, height: 320, bytes: 1, absent: false }] }));
  expect(without).toMatchObject({ sha256: "aa", boxes: [], size: null });
});

test("a picture that the device lost gives way to one that is there", () => {
  const picture = (role: "vehicle" | "overview", absent: boolean) => ({ sha256: role, role, width: 300, height: 320, bytes: 1, absent });
  expect(mainPicture(passage({ evidence: [picture("overview", true), picture("vehicle", false)] }))).toMatchObject({ sha256: "vehicle", lost: false });
  expect(mainPicture(passage({ thumbnail: null, evidence: [picture("overview", true)] }))).toMatchObject({ sha256: null, lost: true });
  expect(mainPicture(passage({ thumbnail: null, evidence: [] })).lost).toBe(false);
});

test("a live passage is kept out of a list that filters it away", () => {
  expect(fitsFilter(passage(), {})).toBe(true);
  expect(fitsFilter(passage(), { site: "khanh-phu", plate: "p1 66" })).toBe(true);
  expect(fitsFilter(passage(), { plate: "30A" })).toBe(false);
  expect(fitsFilter(passage(), { plate: "59?1*80" })).toBe(true);
  expect(fitsFilter(passage({ reading: null }), { plate: "59" })).toBe(false);
  expect(fitsFilter(passage(), { camera: "cong-1" })).toBe(false);
});

test("the gravest fact is the verdict, and a possible match is never told as certain", () => {
  expect(verdictOf(passage({ match: { registry: "found", watchlist: "exact" } }))).toEqual({ tone: "deny", word: "watch_exact" });
  expect(verdictOf(passage({ match: { registry: "found", watchlist: "possible" } }))).toEqual({ tone: "possible", word: "watch_possible" });
  expect(verdictOf(passage({ match: { registry: "stolen", watchlist: "possible" } })).word).toBe("stolen");
  expect(verdictOf(passage({ reading: null, match: { registry: "not_asked", watchlist: "none" } }))).toEqual({ tone: "unknown", word: "unread" });
  expect(verdictOf(passage())).toEqual({ tone: "admit", word: "found" });
});
