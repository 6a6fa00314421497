import type { Access, AccessFilter, GateVerdict, IdentityResult, LadderStep, Loss, Outcome, VisitState } from "../api/types";
import { canonical } from "./plate";
import type { Tone } from "./verdict";

export const verdictTone: Record<GateVerdict, Tone> = { admit: "admit", wait: "wait", deny: "deny" };
export const outcomeTone: Record<Outcome, Tone> = { pending: "wait", passed: "admit", turned_back: "unknown", passed_unadmitted: "deny", unknown: "unknown" };
export const stepTone: Record<LadderStep, Tone> = { full: "admit", centre_lost: "wait", camera_lost: "wait", reader_lost: "wait", by_hand: "deny" };
export const freshTone: Record<Access["freshness"], Tone> = { fresh: "admit", stale: "wait", old: "deny", none: "deny" };
export const identityTone: Record<IdentityResult, Tone> = { match: "admit", no_match: "deny", not_found: "wait", locked: "deny", valid: "admit", expired: "wait", replayed: "deny", invalid: "deny", unverified_offline: "unknown" };
export const visitTone: Record<VisitState, Tone> = { waiting: "wait", approved: "admit", refused: "deny", bound: "admit", arrived: "admit", cancelled: "unknown", expired: "unknown" };

const STEPS: LadderStep[] = ["full", "centre_lost", "camera_lost", "reader_lost", "by_hand"];

/** The lowest step that any lane stands on; a gate without word of its lanes stands on the top one. */
export function lowestStep(steps: (LadderStep | null | undefined)[]): LadderStep {
  return steps.reduce<LadderStep>((low, step) => (step && STEPS.indexOf(step) > STEPS.indexOf(low) ? step : low), "full");
}

/** A guard's word that went against the machine's. */
export const overridden = (access: Pick<Access, "verdict" | "decided" | "actor">) => access.actor !== null && access.verdict !== access.decided;

/** Whether a decision that came live belongs to what the reader has filtered for; the same rule as central's. */
export function fitsAccess(row: Access, filter: AccessFilter): boolean {
  for (const key of ["site", "gate", "lane", "verdict", "reason", "outcome"] as const) {
    if (filter[key] && row[key] !== filter[key]) return false;
  }
  if (filter.from && row.at < filter.from) return false;
  if (filter.to && row.at >= filter.to) return false;
  if (!filter.q) return true;
  const plate = canonical(filter.q);
  if (plate && canonical(row.plate ?? row.reading?.text ?? "").includes(plate)) return true;
  const words = `${row.label ?? ""} ${row.group_name ?? ""}`.toLowerCase();
  return words.includes(filter.q.trim().toLowerCase());
}

/** Nothing is missing from a figure. */
export const isWhole = (loss: Loss) => loss.lost === 0 && loss.offline.every(({ minutes }) => minutes === 0) && !loss.unexplained;

/** The losses of many figures as one: counts added, each camera's minutes added. */
export function addLoss(all: Loss[]): Loss {
  const cameras = new Map<string, number>();
  for (const { camera, minutes } of all.flatMap((loss) => loss.offline)) cameras.set(camera, (cameras.get(camera) ?? 0) + minutes);
  return {
    lost: all.reduce((sum, loss) => sum + loss.lost, 0),
    late: all.reduce((sum, loss) => sum + loss.late, 0),
    waiting: all.reduce((sum, loss) => sum + (loss.waiting ?? 0), 0),
    unexplained: all.reduce((sum, loss) => sum + (loss.unexplained ?? 0), 0),
    offline: [...cameras].map(([camera, minutes]) => ({ camera, minutes })),
  };
}

/** A sentence as its translation key and what fills its holes. */
export interface Phrase {
  key: string;
  values?: Record<string, string | number>;
}

/** `0 lost, 14 late, camera 2 offline 3 min`, as phrases: lost is always said, the rest where there is some. */
export function lossPhrases(loss: Loss): Phrase[] {
  return [
    { key: "loss.lost", values: { count: loss.lost } },
    ...(loss.late > 0 ? [{ key: "loss.late", values: { count: loss.late } }] : []),
    ...(loss.waiting ? [{ key: "loss.waiting", values: { count: loss.waiting } }] : []),
    ...loss.offline.filter(({ minutes }) => minutes > 0).map(({ camera, minutes }) => ({ key: "loss.offline", values: { camera, minutes } })),
    ...(loss.unexplained ? [{ key: "loss.unexplained", values: { count: loss.unexplained } }] : []),
  ];
}

/** A register's word (`NO_MATCH`, `unavailable`) as one of ours; what is newer than this console is no verification. */
export function identityResult(word: string): IdentityResult {
  const small = word.toLowerCase();
  return small in identityTone ? (small as IdentityResult) : "unverified_offline";
}
