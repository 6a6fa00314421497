import type { CaseDetail, Played } from "../../api/case-types";
import { neededPictures, stillsOf } from "../../player/stills";

export type ClaimState = { is: "none" | "asking" } | { is: "held"; until: number } | { is: "lost" } | { is: "refused"; code: string };

/** One thing that is still missing before a case can be approved. */
export interface Missing {
  code: "may_not" | "lease" | "inadmissible" | "clip" | "look" | "pictures" | "plate" | "behaviour";
  /** Seconds or pictures to go. */
  left?: number;
  /** The server's word of a refusal. */
  why?: string;
  /** Whether the plate's own picture, beside the stage, is among those to go. */
  plate?: boolean;
}

/** A vehicle that is accused of showing no plate may have none: then nothing is typed, and that is confirmed. */
export const mayHaveNoPlate = ({ kind }: Pick<CaseDetail, "kind">) => kind === "plate_missing" || kind === "plate_covered";

/** Refusals that pass by themselves: somebody else's hold ends. */
export const passes = (why: string) => why === "not_your_turn" || why === "taken" || why === "stale";

/** Why this account cannot take the case, so that taking it is not offered; null where it can, or has it. */
export function closedFor(claim: ClaimState, review: Pick<CaseDetail["review"], "may" | "why_not">): string | null {
  if (claim.is === "held") return null;
  if (!review.may) return review.why_not ?? "other";
  return claim.is === "refused" && !passes(claim.code) ? claim.code : null;
}

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
  if (played.pictures_seen < played.pictures_needed) missing.push(picturesLeft(detail, played.pictures_needed - played.pictures_seen));
  if (detail.plate_confirmed === null) missing.push({ code: "plate" });
  if (!behaviour) missing.push({ code: "behaviour" });
  return missing;
}

/** Files to go, each counted once whatever its roles; more than stand on the stage means that the plate's is among them. */
function picturesLeft(detail: CaseDetail, left: number): Missing {
  const stills = new Set(stillsOf(detail).map(({ sha256 }) => sha256));
  const onStage = [...neededPictures(detail)].filter((sha256) => stills.has(sha256)).length;
  return left > onStage ? { code: "pictures", left, plate: true } : { code: "pictures", left };
}

/** What every answer needs, not an approval alone. */
const FOR_ANY: Missing["code"][] = ["may_not", "lease"];
const LOOKS: Missing["code"][] = ["clip", "look", "pictures"];

/** The same for saying no, which takes as long a look and neither a plate nor a behaviour, or for leaving it to a senior. */
export const missingToSay = (decision: "reject" | "escalate", missing: Missing[]): Missing[] => missing.filter(({ code }) => FOR_ANY.includes(code) || (decision === "reject" && LOOKS.includes(code)));

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
