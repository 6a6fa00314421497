import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import type { CaseClip, Overlay, SignalSpan } from "../api/case-types";
import { Seen, actSpan, evenTimes, frameAt, lookedMs, middleOf, rateOf } from "./frames";
import { readFilm } from "./mp4";
import { bars, lampAt, layerOf, overlayAt } from "./overlay";
import { neededPictures, stillsOf } from "./stills";
import { WHOLE, held, pan, transformOf, zoomAt, zoomTo } from "./zoom";

const file = (name: string) => {
  const bytes = readFileSync(resolve(import.meta.dirname, "../../dev/fake/clip", name));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
};

test("a clip's head tells its codec and when each frame is shown", () => {
  const film = readFilm(file("junction.mp4"));
  expect(film?.codec).toBe("avc1");
  expect(film?.times).toHaveLength(120);
  expect(film?.times[0]).toBeCloseTo(0, 3);
  expect(film?.times[12]).toBeCloseTo(1, 3);
  expect(film?.length).toBeCloseTo(10, 2);
});

test("bytes that are no film, or half of one, are no film and no crash", () => {
  expect(readFilm(new ArrayBuffer(0))).toBeNull();
  expect(readFilm(file("on_line.jpg"))).toBeNull();
  expect(readFilm(file("junction.mp4").slice(0, 300))).toBeNull();
});

test("the middle of a frame is shown as that frame, whatever the rounding", () => {
  for (const times of [evenTimes(10, 12), evenTimes(8, 25), [0, 0.04, 0.081, 0.3, 0.34]]) {
    const length = (times.at(-1) ?? 0) + 0.04;
    times.forEach((_, frame) => expect(frameAt(times, middleOf(times, frame, length))).toBe(frame));
  }
});

test("the second at which a frame begins shows that frame, a hair before it the one before", () => {
  const times = evenTimes(10, 25);
  expect(frameAt(times, 1)).toBe(25);
  expect(frameAt(times, 0.98)).toBe(24);
  expect(frameAt(times, -3)).toBe(0);
  expect(frameAt(times, 99)).toBe(249);
  expect(frameAt([], 1)).toBe(0);
});

test("what was looked at twice counts once, and a jump counts one frame", () => {
  const seen = new Seen(evenTimes(10, 10), 10);
  seen.mark(0, 19);
  seen.mark(10, 19);
  expect(seen.ms).toBe(2000);
  seen.mark(90, 90);
  expect(seen.ms).toBe(2100);
  seen.mark(0, 99);
  expect(seen.ms).toBe(10_000);
});

test("the loop holds the act with a second on both sides, inside the clip", () => {
  expect(actSpan([4200, 4667, 5333], 10)).toEqual([3.2, 6.333]);
  expect(actSpan([300, 9900], 10)).toEqual([0, 10]);
  expect(actSpan([null], 8)).toEqual([0, 8]);
  expect(rateOf(evenTimes(10, 12), 10)).toBe(12);
});

const overlay: Overlay = { v: 1, track: 7, drawn: [], frames: [100, 100.5, 102].map((stream_s) => ({ stream_s, objects: [{ track: 7, class: "car", box: [0, 0, 0.1, 0.1] }] })) };

test("boxes are those of the last analysed frame, and go when nothing was analysed for a while", () => {
  const layer = layerOf(overlay, { stream_s: 99 } as CaseClip);
  expect(layer.frames.map((frame) => frame.at)).toEqual([1, 1.5, 3]);
  expect(overlayAt(layer, 0.5)).toBeNull();
  expect(overlayAt(layer, 1.2)?.at).toBe(1);
  expect(overlayAt(layer, 1.9)?.at).toBe(1.5);
  expect(overlayAt(layer, 2.4)).toBeNull();
  expect(layerOf(overlay, null).frames[0].at).toBe(0);
});

const spans: SignalSpan[] = [
  { signal: "den", state: "red", from: "2026-11-21T01:00:00Z", to: "2026-11-21T01:00:11Z", source: "picture", score: 0.98 },
  { signal: "den", state: "green", from: "2026-11-21T01:00:11Z", to: "2026-11-21T01:00:20Z", source: "picture", score: 0.97 },
];

test("signal spans are cut to the clip, and tell the lamp of each second", () => {
  const cut = bars(spans, "2026-11-21T01:00:04Z", "2026-11-21T01:00:14Z");
  expect(cut.map(({ left, width }) => [left, width])).toEqual([[0, 0.7], [0.7, expect.closeTo(0.3)]]);
  expect(lampAt(spans, "2026-11-21T01:00:04Z", 4.6)?.state).toBe("red");
  expect(lampAt(spans, "2026-11-21T01:00:04Z", 8)?.state).toBe("green");
  expect(lampAt(spans, "2026-11-21T01:00:04Z", 99)).toBeNull();
  expect(bars(spans, "2026-11-21T01:00:04Z", "2026-11-21T01:00:04Z")).toEqual([]);
});

test("the loupe stays inside the picture and keeps the point under the pointer", () => {
  expect(held({ scale: 0.2, x: 9, y: -9 })).toEqual({ scale: 1, x: 0.5, y: 0.5 });
  const near = zoomAt(WHOLE, 2, 0.75, 0.5);
  expect(near).toEqual({ scale: 2, x: 0.625, y: 0.5 });
  expect(zoomAt(near, 0.5, 0.75, 0.5)).toEqual(WHOLE);
  expect(pan(near, 1, 0).x).toBe(0.25);
  expect(zoomTo([0.4, 0.4, 0.1, 0.1]).scale).toBeCloseTo(6.25);
  expect(transformOf(WHOLE)).toBe("translate(0%, 0%) scale(1)");
});

test("a file that is a little shorter than its event says is whole once all of it was shown, and no sooner", () => {
  expect(lookedMs(9_880, 9_880, 10_000)).toBe(10_000);
  expect(lookedMs(4_940, 9_880, 10_000)).toBe(5_000);
  expect(lookedMs(7_000, 30_000, 20_000)).toBe(7_000);
  expect(lookedMs(0, 0, 3_000)).toBe(0);
});

test("every picture that must be seen stands on the stage or beside the plate, each once", () => {
  const file = (sha256: string, role: string) => ({ sha256, role, media_type: "image/jpeg", bytes: 1, width: 1, height: 1, present: true });
  const moment = (what: string, evidence: string | null) => ({ what, at: "", offset_ms_in_clip: null, box: [0, 0, 1, 1] as [number, number, number, number], signal: null, evidence });
  const detail = { moments: [moment("start", "a"), moment("end", null)], evidence: [file("w", "overview"), file("a", "act"), file("b", "act"), file("p", "plate"), file("v", "vehicle"), file("c", "clip")] };
  expect(stillsOf(detail).map(({ what, sha256 }) => `${what} ${sha256}`)).toEqual(["start a", "end null", "overview w", "act b"]);
  const shown = new Set([...stillsOf(detail).map(({ sha256 }) => sha256), "p"]);
  expect([...neededPictures(detail)].every((sha256) => shown.has(sha256))).toBe(true);
  expect(neededPictures(detail).size).toBe(4);
});
