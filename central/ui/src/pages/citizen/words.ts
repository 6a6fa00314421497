import type { TFunction } from "i18next";
import { ApiError } from "../../api/client";

/** Refusals that have words of their own; everything else is said by central, or is the network. */
const OWN = ["vneid_expired", "vneid_replayed", "vneid_invalid", "vneid_level", "bad_code", "not_signed_in", "too_large", "bad_type", "too_many_files", "stale", "vneid_away", "portal_away", "bad_fields"] as const;

/** What went wrong, in the reader's words. What was typed stays in its field. */
export function said(t: TFunction, error: unknown): string {
  if (!(error instanceof ApiError)) return t("citizen.failed.unreachable");
  if (error.status === 429) return t("citizen.failed.throttled");
  const own = OWN.find((code) => code === error.code);
  if (own) return t(`citizen.failed.${own}`);
  return error.unreachable ? t("citizen.failed.unreachable") : error.detail || t("citizen.failed.unreachable");
}

/** What a deadline can be for. */
export const WAITS = ["answer", "explain", "pay"] as const;

/** `4.000.000 đ`, in English `4,000,000 VND`: the dong has no smaller part. */
export const dong = (amount: number, language: string): string => (language === "vi" ? `${new Intl.NumberFormat("vi-VN").format(amount)} đ` : `${new Intl.NumberFormat("en-GB").format(amount)} VND`);
