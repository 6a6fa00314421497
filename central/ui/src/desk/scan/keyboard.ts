import { useEffect, useRef } from "react";
import { BurstDetector, isCard } from "./burst";

/** Takes a key (`"1"`, `" "`, `"F8"`, `"Escape"`); false lets it go its way. */
export type KeyLayer = (key: string) => boolean;

const layers: KeyLayer[] = [];

/** Keys go to the layer that was opened last: a dialog's above the page's. */
export function useKeyLayer(layer: KeyLayer, active = true): void {
  const latest = useRef(layer);
  useEffect(() => {
    latest.current = layer;
  });
  useEffect(() => {
    if (!active) return undefined;
    const own: KeyLayer = (key) => latest.current(key);
    layers.push(own);
    return () => void layers.splice(layers.indexOf(own), 1);
  }, [active]);
}

/** The evacuation key goes through every dialog, down to the page. */
const THROUGH = "F9";

function press(key: string): boolean {
  const name = key.length === 1 ? key.toLowerCase() : key;
  const taken = layers.at(-1)?.(name) ?? false;
  return taken || (name === THROUGH && layers.length > 1 && layers[0](name));
}

const field = (target: EventTarget | null): HTMLInputElement | HTMLTextAreaElement | null =>
  target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && !/^(checkbox|radio|button|submit)$/.test(target.type)) ? target : null;

const inDialog = () => document.querySelector('[data-modal="true"], [role="menu"], [role="listbox"]') !== null;

const TURN_MS = 60;

/** Puts back what a field held before a scan ran into it. */
function restore(into: HTMLInputElement | HTMLTextAreaElement, value: string): void {
  const prototype = into instanceof HTMLInputElement ? HTMLInputElement.prototype : HTMLTextAreaElement.prototype;
  Object.getOwnPropertyDescriptor(prototype, "value")?.set?.call(into, value);
  into.dispatchEvent(new Event("input", { bubbles: true }));
}

/** One listener for the whole desk: tells scans from keys wherever the focus is. */
export function useKeyboard(onScan: (text: string) => void, onTorn: () => void): void {
  const latest = useRef({ onScan, onTorn });
  useEffect(() => {
    latest.current = { onScan, onTorn };
  });
  useEffect(() => {
    const keys = new BurstDetector();
    const typed = new BurstDetector();
    let before = { target: null as EventTarget | null, value: "", at: 0 };
    let timer: ReturnType<typeof setTimeout> | undefined;

    const intoField = (event: KeyboardEvent, into: HTMLInputElement | HTMLTextAreaElement) => {
      if (into.dataset.scan !== undefined) return;
      if (event.target !== before.target || event.timeStamp - before.at > typed.gapMs()) before = { target: event.target, value: into.value, at: 0 };
      before.at = event.timeStamp;
      const burst = typed.key(event.key, event.timeStamp);
      if (burst.kind !== "scan" || !isCard(burst.text)) return;
      event.preventDefault();
      event.stopPropagation();
      restore(into, before.value);
      latest.current.onScan(burst.text);
    };

    // The next key of a quick hand comes when the page has answered the one before: it may be the reason for it.
    let taken = false;
    const inTurn = (pressed: string[]) =>
      pressed.forEach((key, turn) => {
        if (turn === 0) taken = press(key);
        else setTimeout(() => press(key), turn * TURN_MS);
      });

    const settle = (at: number) => {
      const { keys: alone, torn } = keys.settle(at);
      if (torn) latest.current.onTorn();
      inTurn(alone);
    };

    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const into = field(event.target);
      if (into) {
        if (event.key.length > 1 && /^F\d/.test(event.key) && press(event.key)) event.preventDefault();
        return intoField(event, into);
      }
      if (event.target instanceof HTMLSelectElement) return;
      if (event.repeat && event.key.length === 1) return void event.preventDefault();
      const dialog = inDialog();
      if (dialog && event.key === " ") return;
      const burst = keys.key(event.key, event.timeStamp);
      if (burst.kind === "scan") {
        event.preventDefault();
        event.stopPropagation();
        latest.current.onScan(burst.text);
      } else if (burst.kind === "held") {
        event.preventDefault();
        clearTimeout(timer);
        timer = setTimeout(() => settle(performance.now()), keys.gapMs() + 4);
      } else if (event.key !== "Shift" && event.key !== "Process") {
        const before = keys.flush();
        inTurn([...before, event.key]);
        if (before.length > 0 || taken) event.preventDefault();
      }
    };
    // Space is the barrier's key: it must not press the button that a mouse touched last.
    const onKeyUp = (event: KeyboardEvent) => {
      if (event.key === " " && !field(event.target) && !inDialog()) event.preventDefault();
    };
    window.addEventListener("keydown", onKeyDown, true);
    window.addEventListener("keyup", onKeyUp, true);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("keydown", onKeyDown, true);
      window.removeEventListener("keyup", onKeyUp, true);
    };
  }, []);
}
