import { DeskError } from "../api/client";
import { hasText, type Text } from "../i18n";

/** Why something was refused, in the guard's words; the desk's own sentence where the word is new. */
export function whyOf(error: unknown, t: Text): string {
  if (!(error instanceof DeskError)) return t("error.unknown", { detail: error instanceof Error ? error.message : String(error) });
  if (error.unreachable) return t("error.unreachable");
  const key = `error.${error.code}`;
  return hasText(key) ? t(key) : t("error.unknown", { detail: error.detail || error.code });
}
