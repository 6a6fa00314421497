import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark";

const STORED = "vg.theme";
const watchers = new Set<() => void>();
const dark = () => window.matchMedia("(prefers-color-scheme: dark)");

/** What the person chose, else what the system prefers. */
export function currentTheme(): Theme {
  const stored = localStorage.getItem(STORED);
  if (stored === "light" || stored === "dark") return stored;
  return dark().matches ? "dark" : "light";
}

export function applyTheme(): void {
  document.documentElement.dataset.theme = currentTheme();
  for (const watcher of watchers) watcher();
}

export function toggleTheme(): void {
  localStorage.setItem(STORED, currentTheme() === "dark" ? "light" : "dark");
  applyTheme();
}

function watch(watcher: () => void): () => void {
  const system = dark();
  watchers.add(watcher);
  system.addEventListener("change", applyTheme);
  return () => {
    watchers.delete(watcher);
    system.removeEventListener("change", applyTheme);
  };
}

export const useTheme = (): Theme => useSyncExternalStore(watch, currentTheme);
