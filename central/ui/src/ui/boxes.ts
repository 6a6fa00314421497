import { useSyncExternalStore } from "react";

const STORED = "vg.boxes";
const watchers = new Set<() => void>();

const shown = () => localStorage.getItem(STORED) !== "off";

export function toggleBoxes(): void {
  localStorage.setItem(STORED, shown() ? "off" : "on");
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Whether boxes are drawn over pictures: one choice for the whole console, remembered. */
export const useBoxes = (): boolean => useSyncExternalStore(watch, shown);
