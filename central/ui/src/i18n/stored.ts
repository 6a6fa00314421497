import type { Language } from "../api/types";

export const STORED = "vg.language";

/** The language that this browser was told to keep. */
export function storedLanguage(): Language | null {
  const value = localStorage.getItem(STORED);
  return value === "vi" || value === "en" ? value : null;
}
