import type { CaseView, GuardAct, LaneView, ReasonList, Reasons, ReasonText, Verdict } from "../api/types";

/** What key 4 does, where there is something of the kind to do. */
export type Remedy = "papers_checked" | "escort" | "forgive";

/** The act that may change the machine's own mind about a case. Never against `check_papers` silently: papers are looked at first. */
export function remedyOf(of: CaseView): Remedy | null {
  switch (of.reason) {
    case "check_papers":
    case "identity_mismatch":
    case "proof_needed":
      return "papers_checked";
    case "escort_needed":
      return "escort";
    case "already_inside":
    case "not_inside":
    case "too_soon":
      return "forgive";
    default:
      return null;
  }
}

/** Whether a decision goes against the machine's answer, and so needs a reason. */
export const overrides = (of: CaseView, verdict: Verdict): boolean => of.answer !== verdict;

/** From which list the reason of an act is taken. */
export function listOf(act: GuardAct): ReasonList {
  switch (act) {
    case "release":
      return "hold";
    case "emergency_end":
      return "emergency_open";
    case "muster_end":
    case "accounted":
      return "muster";
    default:
      return act;
  }
}

export const reasonsFor = (reasons: Reasons | undefined, act: GuardAct): ReasonText[] => reasons?.[listOf(act)] ?? [];

/** A reason that says no more than "as the machine says", where the site has one. */
const AGREES = /^as_/;
/** Something that was begun is over: the reason of ending it, and of nothing else. */
const OVER = "over";
const ENDS: readonly GuardAct[] = ["release", "emergency_end", "muster_end"];
/** Found in an evacuation. */
const SEEN = /^seen/;

/** The reason that goes with an act that needs none to be asked: the one made for it, else the first. */
export function plainReason(reasons: Reasons | undefined, act: GuardAct): string | null {
  const list = reasonsFor(reasons, act);
  const made = (code: string) => (ENDS.includes(act) ? code === OVER : act === "accounted" ? SEEN.test(code) : AGREES.test(code));
  return (list.find(({ code }) => made(code)) ?? list[0])?.code ?? null;
}

/**
 * Reasons to choose from. Agreement with the machine is none for going against it, and "over" is one only for ending.
 * The site's order stays otherwise, and nine have a key.
 */
export function askedReasons(reasons: Reasons | undefined, act: GuardAct): ReasonText[] {
  const list = reasonsFor(reasons, act);
  const ends = ENDS.includes(act);
  const fit = list.filter(({ code }) => !AGREES.test(code) && (ends || code !== OVER));
  const asked = ends ? [...fit.filter(({ code }) => code === OVER), ...fit.filter(({ code }) => code !== OVER)] : fit;
  return (asked.length > 0 ? asked : list).slice(0, 9);
}

/** "Other" explains nothing: it wants words. */
export const wantsNote = (code: string): boolean => code === "other";

/** What Space does. */
export const spaceAct = (lane: LaneView): "hold" | "release" => (lane.held ? "release" : "hold");
