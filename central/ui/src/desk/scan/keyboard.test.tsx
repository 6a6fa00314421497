import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useKeyboard, useKeyLayer } from "./keyboard";

const CARD = "037090001234||Nguyễn Văn Mẫu|15081990|Nam|Ninh Bình|10052021";
let scans: string[] = [];
let pressed: string[] = [];

function Desk() {
  const [note, setNote] = useState("");
  useKeyboard((text) => scans.push(text), () => scans.push("torn"));
  useKeyLayer((key) => pressed.push(key) > 0);
  return (
    <>
      <button type="button" onClick={() => pressed.push("click")}>nút</button>
      <input aria-label="ghi chú" value={note} onChange={(event) => setNote(event.target.value)} />
    </>
  );
}

beforeEach(() => {
  vi.useFakeTimers({ now: 0, toFake: ["setTimeout", "clearTimeout", "performance"] });
  scans = [];
  pressed = [];
  render(<Desk />);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

let clock = 1_000;
function down(target: Element, key: string, afterMs: number): boolean {
  clock += afterMs;
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  Object.defineProperty(event, "timeStamp", { value: clock });
  return target.dispatchEvent(event);
}

test("a digit reaches the desk after a pause, and holding it down presses it once", () => {
  vi.setSystemTime(0);
  down(document.body, "1", 500);
  expect(pressed).toEqual([]);
  vi.spyOn(performance, "now").mockReturnValue(clock + 60);
  vi.advanceTimersByTime(60);
  expect(pressed).toEqual(["1"]);
});

test("a card's digits press nothing, and its Enter does not press the focused button", () => {
  const button = screen.getByRole("button");
  button.focus();
  for (const key of CARD) down(button, key, 5);
  expect(down(button, "Enter", 5)).toBe(false);
  expect(scans).toEqual([CARD]);
  expect(pressed).toEqual([]);
});

test("a card that is scanned while a note is typed goes to the gate and leaves the note as it was", () => {
  const note = screen.getByLabelText<HTMLInputElement>("ghi chú");
  fireEvent.change(note, { target: { value: "chờ xe 2" } });
  note.focus();
  let value = note.value;
  down(note, "x", 900);
  fireEvent.change(note, { target: { value: (value += "x") } });
  clock += 900;
  for (const key of CARD) {
    down(note, key, 5);
    fireEvent.change(note, { target: { value: (value += key) } });
  }
  expect(down(note, "Enter", 5)).toBe(false);
  expect(scans).toEqual([CARD]);
  expect(note.value).toBe("chờ xe 2x");
});

test("function keys work from within a field, letters do not", () => {
  const note = screen.getByLabelText("ghi chú");
  down(note, "F8", 500);
  down(note, "n", 500);
  expect(pressed).toEqual(["F8"]);
});
