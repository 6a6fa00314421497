import { useEffect, useRef } from "react";

/** Names as on the map: `a`, `?`, `Escape`, `ArrowLeft`, or two keys in a row as `g a`. */
export type KeyMap = Record<string, (() => void) | undefined>;

const SEQUENCE_MS = 1_200;
/** Keys that only begin a sequence: what follows them is never a shortcut of its own. */
const LEADERS = new Set(["g"]);

/** Whether a key belongs to the control that has the focus: text of any kind, or a choice that letters pick from. */
export function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('[role="combobox"], [role="textbox"]') !== null);
}

/** Space and Enter press the button that has the focus. */
const presses = (event: KeyboardEvent) =>
  (event.key === " " || event.key === "Enter") && event.target instanceof HTMLElement && event.target.closest('button, a[href], summary, [role="button"], [role="tab"]') !== null;

/** A Vietnamese input method is putting a letter together: its strokes are not shortcuts. */
const composing = (event: KeyboardEvent) => event.isComposing || event.keyCode === 229 || event.key === "Process" || event.key === "Dead";

/** Single-key shortcuts. They rest while the person types, and while a dialog or a menu is open above the page. */
export function useKeys(map: KeyMap, options: { insideDialog?: boolean } = {}): void {
  const latest = useRef(map);
  useEffect(() => {
    latest.current = map;
  });
  const inside = options.insideDialog ?? false;
  useEffect(() => {
    let before = "";
    let at = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || composing(event) || typing(event.target) || presses(event)) return;
      if (!inside && document.querySelector('[data-modal="true"], [role="menu"], [role="listbox"]')) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const soon = event.timeStamp - at < SEQUENCE_MS;
      const action = (soon ? latest.current[`${before} ${key}`] : undefined) ?? (soon && LEADERS.has(before) ? undefined : latest.current[key]);
      before = key;
      at = event.timeStamp;
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [inside]);
}

/** Moves the focus among the items of a list that is marked with `data-list`. */
export function moveFocus(list: string, step: 1 | -1): void {
  const items = [...document.querySelectorAll<HTMLElement>(`[data-list="${list}"] [data-item]`)];
  if (items.length === 0) return;
  const at = items.findIndex((item) => item === document.activeElement);
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), items.length - 1);
  items[next].focus();
  items[next].scrollIntoView({ block: "nearest" });
}
