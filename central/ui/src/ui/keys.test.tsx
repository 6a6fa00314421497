import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { useKeys } from "./keys";

function Page({ keys }: { keys: Record<string, () => void> }) {
  useKeys(keys);
  return (
    <>
      <input aria-label="plate" />
      <textarea aria-label="note" />
      <button type="button" role="combobox" aria-label="choice" aria-expanded={false} aria-controls="none" />
      <button type="button">press</button>
    </>
  );
}

afterEach(cleanup);

const setup = () => {
  const act = vi.fn();
  const play = vi.fn();
  render(<Page keys={{ a: act, " ": play, "g a": () => undefined }} />);
  return { act, play };
};

test("a letter is a shortcut on the page, and a letter in a field", () => {
  const { act } = setup();
  fireEvent.keyDown(document.body, { key: "a" });
  expect(act).toHaveBeenCalledTimes(1);
  for (const name of ["plate", "note", "choice"]) fireEvent.keyDown(screen.getByLabelText(name), { key: "a" });
  expect(act).toHaveBeenCalledTimes(1);
});

test("strokes of a Vietnamese input method are letters being made, never shortcuts", () => {
  const { act } = setup();
  fireEvent.keyDown(document.body, { key: "a", isComposing: true });
  fireEvent.keyDown(document.body, { key: "a", keyCode: 229 });
  fireEvent.keyDown(document.body, { key: "Process" });
  expect(act).not.toHaveBeenCalled();
});

test("the second key of a sequence is not a shortcut of its own", () => {
  const { act } = setup();
  fireEvent.keyDown(document.body, { key: "g" });
  fireEvent.keyDown(document.body, { key: "a" });
  expect(act).not.toHaveBeenCalled();
});

test("space on a button presses it, elsewhere it plays", () => {
  const { play } = setup();
  fireEvent.keyDown(screen.getByRole("button", { name: "press" }), { key: " " });
  expect(play).not.toHaveBeenCalled();
  fireEvent.keyDown(document.body, { key: " " });
  expect(play).toHaveBeenCalledTimes(1);
});

test("with Ctrl, Alt or Meta a key belongs to the browser", () => {
  const { act } = setup();
  for (const held of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }]) fireEvent.keyDown(document.body, { key: "a", ...held });
  expect(act).not.toHaveBeenCalled();
});
