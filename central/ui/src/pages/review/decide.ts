import type { CaseDetail, Played } from "../../api/case-types";

export type ClaimState = { is: "none" | "asking" } | { is: "held"; until: number } | { is: "lost" } | { is: "refused"; code: string };

/** One thing that is still missing before a case can be approved. */
export interface Missing {
  code: "may_not" | "lease" | "inadmissible" | "clip" | "look" | "pictures" | "plate" | "behaviour";
  /** Seconds or pictures to go; the server's word of a refusal. */
  left?: number;
  why?: string;
}

/** A vehicle that is accused of showing no plate may have none: then nothing is typed, and that is confirmed. */
export const mayHaveNoPlate = ({ kind }: Pick<CaseDetail, "kind">) => kind === "plate_missing" || kind === "plate_covered";

/** The larger of what central counted and what was shown here since. */
export const joined = (server: Played, ms: number, pictures: number): Played => ({
  ...server,
  seen_ms: Math.max(server.seen_ms, ms),
  pictures_seen: Math.max(server.pictures_seen, Math.min(pictures, Math.max(server.pictures_needed, server.pictures_seen))),
});

/**
 * What is missing before this case can be approved, in the order in which one would do it; empty when nothing is.
 * Without a film (`film` false) the pictures are looked at for as long as the clip lasts.
 */
export function missingFor(detail: CaseDetail, played: Played, claim: ClaimState, behaviour: string, film = true): Missing[] {
  const missing: Missing[] = [];
  if (!detail.review.may) missing.push({ code: "may_not", why: detail.review.why_not ?? "" });
  if (claim.is === "lost" || claim.is === "refused") missing.push({ code: "lease" });
  if (!detail.gate.admissible) missing.push({ code: "inadmissible", left: detail.gate.missing.length + detail.gate.conditions.filter(({ ok }) => !ok).length });
  if (played.seen_ms < played.needed_ms) missing.push({ code: film ? "clip" : "look", left: Math.ceil((played.needed_ms - played.seen_ms) / 1000) });
  if (played.pictures_seen < played.pictures_needed) missing.push({ code: "pictures", left: played.pictures_needed - played.pictures_seen });
  if (detail.plate_confirmed === null) missing.push({ code: "plate" });
  if (!behaviour) missing.push({ code: "behaviour" });
  return missing;
}

/** How far one is with looking, 0 to 1: clip and pictures together. */
export function lookedShare(played: Played): number {
  const part = (seen: number, needed: number) => (needed > 0 ? Math.min(1, seen / needed) : 1);
  return (part(played.seen_ms, played.needed_ms) + part(played.pictures_seen, played.pictures_needed)) / 2;
}

/** Keys of the reasons: ten digits first, then letters. */
export const REASON_KEYS = "1234567890abcdefghijklmnopqrstuvwxyz";

export interface Draft {
  plate: string;
  note: string;
}

const stored = (id: string) => `vg.review.${id}`;

/** What was typed for a case and not yet sent; it survives a lost lease, a reload, and going to another case. */
export function readDraft(id: string): Draft {
  try {
    return { plate: "", note: "", ...(JSON.parse(sessionStorage.getItem(stored(id)) ?? "{}") as Partial<Draft>) };
  } catch {
    return { plate: "", note: "" };
  }
}

export function writeDraft(id: string, draft: Draft): void {
  if (draft.plate || draft.note) sessionStorage.setItem(stored(id), JSON.stringify(draft));
  else sessionStorage.removeItem(stored(id));
}
