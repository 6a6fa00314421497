import { expect, test } from "vitest";
import { BurstDetector, GAP_MS, isCard, READER_GAP_MS } from "./burst";

function type(detector: BurstDetector, text: string, gapMs: number, from = 0): number {
  let at = from;
  for (const key of text) {
    detector.key(key, at);
    at += gapMs;
  }
  return at;
}

const CARD = "037090001234|161234567|Nguyễn Văn Mẫu|15081990|Nam|Thôn 1, Xã Gia Vân|10052021";

test("a card typed by a reader is one scan, spaces and accents in it", () => {
  const detector = new BurstDetector();
  const at = type(detector, CARD, 12);
  expect(detector.key("Enter", at)).toEqual({ kind: "scan", text: CARD });
  expect(detector.settle(at + 1000)).toEqual({ keys: [], torn: false });
});

test("a single digit is the guard's key, after one pause", () => {
  const detector = new BurstDetector();
  expect(detector.key("1", 0)).toEqual({ kind: "held" });
  expect(detector.settle(GAP_MS)).toEqual({ keys: [], torn: false });
  expect(detector.settle(GAP_MS + 1)).toEqual({ keys: ["1"], torn: false });
  expect(detector.settle(GAP_MS + 2)).toEqual({ keys: [], torn: false });
});

test("two keys of two quick hands both count", () => {
  const detector = new BurstDetector();
  detector.key("1", 0);
  detector.key("2", 30);
  expect(detector.settle(200).keys).toEqual(["1", "2"]);
});

test("keys of a hand never make a scan, however many", () => {
  const detector = new BurstDetector();
  const at = type(detector, "1231231", 120);
  expect(detector.key("Enter", at)).toEqual({ kind: "pass" });
});

test("a scan that broke off presses no key at all", () => {
  const detector = new BurstDetector();
  const at = type(detector, "0370900", 10);
  expect(detector.settle(at + GAP_MS)).toEqual({ keys: [], torn: false });
  expect(detector.settle(at + READER_GAP_MS)).toEqual({ keys: [], torn: true });
});

test("a reader that is held up in the middle still makes one scan", () => {
  const detector = new BurstDetector();
  const at = type(detector, "KpAb", 10);
  const then = type(detector, "12Cd34", 10, at + 180);
  expect(detector.key("Enter", then)).toEqual({ kind: "scan", text: "KpAb12Cd34" });
});

test("Enter after a short run stays Enter", () => {
  const detector = new BurstDetector();
  const at = type(detector, "12", 10);
  expect(detector.key("Enter", at)).toEqual({ kind: "pass" });
});

test("an input tool's backspaces within a scan are obeyed", () => {
  const detector = new BurstDetector();
  let at = type(detector, "037090001234|Nguye", 8);
  detector.key("Backspace", at);
  at = type(detector, "ễn|", 8, at + 8);
  expect(detector.key("Enter", at)).toEqual({ kind: "scan", text: "037090001234|Nguyễn|" });
});

test("a key that ends a run lets the quick hand's keys before it through, and never a scan's", () => {
  const detector = new BurstDetector();
  detector.key("3", 0);
  expect(detector.key("Escape", 20)).toEqual({ kind: "pass" });
  expect(detector.flush()).toEqual(["3"]);
  expect(detector.flush()).toEqual([]);
  type(detector, "03709", 10, 500);
  expect(detector.flush()).toEqual([]);
});

test("shift within a scan changes nothing", () => {
  const detector = new BurstDetector();
  let at = type(detector, "ABC", 8);
  expect(detector.key("Shift", at)).toEqual({ kind: "pass" });
  at = type(detector, "def", 8, at + 8);
  expect(detector.key("Tab", at)).toEqual({ kind: "scan", text: "ABCdef" });
});

test("a sentence typed into a field is no card, however quick the hand", () => {
  expect(isCard("Khch ca gim c")).toBe(false);
  expect(isCard("Khách của giám đốc")).toBe(false);
  expect(isCard("xe cứu thương 115")).toBe(false);
});

test("what a reader writes into a field is a card", () => {
  expect(isCard(CARD)).toBe(true);
  expect(isCard("037090001234")).toBe(true);
  expect(isCard("KpAb12Cd34Ef")).toBe(true);
  expect(isCard("12345")).toBe(false);
});
