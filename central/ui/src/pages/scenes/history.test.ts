import { expect, test } from "vitest";
import { begin, pause, record, redo, undo } from "./history";

test("steps go back and forth, and a new one forgets what was taken back", () => {
  let history = record(record(begin("a"), "b"), "c");
  history = undo(undo(history));
  expect(history.now).toBe("a");
  expect(undo(history)).toBe(history);
  history = redo(history);
  expect(history.now).toBe("b");
  history = record(history, "d");
  expect(redo(history)).toBe(history);
  expect(undo(history).now).toBe("b");
});

test("a drag is one step, and two drags are two", () => {
  let history = begin(0);
  for (const now of [1, 2, 3]) history = record(history, now, "drag");
  history = pause(history);
  for (const now of [4, 5]) history = record(history, now, "drag");
  expect(undo(history).now).toBe(3);
  expect(undo(undo(history)).now).toBe(0);
});

test("no change is no step", () => {
  const history = begin("a");
  expect(record(history, "a")).toBe(history);
});
