import type { CaseView, GateView, Verdict } from "../api/types";

/** What was last heard about each case. */
export type Heard = ReadonlyMap<string, Verdict>;

const GRAVITY: Record<Verdict, number> = { admit: 0, wait: 1, deny: 2 };

const cases = (gate: GateView): CaseView[] => gate.lanes.flatMap((lane) => (lane.current ? [lane.current] : []));

export const heardOf = (gate: GateView): Heard => new Map(cases(gate).map((of) => [of.access, of.verdict]));

/**
 * The sound of a new state: one at most, the gravest of what is new or was decided otherwise by the machine.
 * What a guard decided is not told back, and a page that just opened is silent.
 */
export function soundFor(before: Heard | null, gate: GateView): Verdict | null {
  if (!before) return null;
  const news = cases(gate).filter((of) => before.get(of.access) !== of.verdict && of.actor.by === "agent" && of.outcome === "pending");
  const words = news.map((of) => of.verdict).sort((a, b) => GRAVITY[b] - GRAVITY[a]);
  return words[0] ?? null;
}
