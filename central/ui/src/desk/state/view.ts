import type { CaseView, DeskView, GateView, LaneView } from "../api/types";
import type { TextKey } from "../i18n";

/**
 * The newer of two states. Revisions begin anew when the agent restarts, so a smaller one counts if its clock is later;
 * one that is older in both came late and is dropped.
 */
export function newer(known: DeskView | null, incoming: DeskView): DeskView {
  if (!known) return incoming;
  const late = incoming.revision < known.revision && Date.parse(incoming.at) <= Date.parse(known.at);
  return late ? known : incoming;
}

/** Gates that this guard works at: those of the account, all if it names none. */
export function gatesOf(view: DeskView, own: string[]): GateView[] {
  const mine = own.length === 0 ? view.gates : view.gates.filter((gate) => own.includes(gate.id));
  return mine.length > 0 ? mine : view.gates;
}

/** The gate that was chosen, while it is still there. */
export const chosenGate = (gates: GateView[], id: string | null): GateView | null => gates.find((gate) => gate.id === id) ?? gates[0] ?? null;

/** Whether a lane asks for the guard's eyes: somebody stands there whom the machine did not let in. */
export const needsGuard = (lane: LaneView): boolean => lane.current !== null && lane.current.verdict !== "admit" && lane.current.outcome === "pending";

/**
 * The lane whose case the keys act on. It stays where it is while somebody is there: a key must never meet a case that
 * jumped under it. Only an empty lane gives way, to the one that has waited longest.
 */
export function followLane(selected: string | null, lanes: LaneView[]): string | null {
  const now = lanes.find((lane) => lane.id === selected);
  if (now?.current) return now.id;
  const waiting = lanes
    .filter((lane): lane is LaneView & { current: CaseView } => lane.current !== null)
    .sort((a, b) => Number(needsGuard(b)) - Number(needsGuard(a)) || Date.parse(a.current.since) - Date.parse(b.current.since));
  return waiting[0]?.id ?? now?.id ?? lanes[0]?.id ?? null;
}

/** A guard's word that is not the machine's. */
export const isOverride = (of: CaseView): boolean => of.actor.by === "guard" && of.verdict !== of.answer;

/** Watch lists and faces: who it may be and why are not the gate's business, so nothing of the entry is shown. */
export const saysWho = (of: CaseView): boolean => of.reason !== "check_papers";

/** The word for a case that has no name: what stands there, as far as is known. */
export function wordOf(of: CaseView): TextKey {
  if (of.person) return `shown.${of.person.shown}`;
  if (of.reason === "unreadable") return "case.unread";
  return of.reason === "anonymous" || of.reason === "vehicle_missing" || of.track === null ? "case.person" : "case.vehicle";
}

/** What a case is called in a row or in a message: its plate, else its person, else its label. */
export function nameOf(of: CaseView): string | null {
  return of.plate?.display ?? of.person?.label ?? (saysWho(of) ? of.label : null);
}
