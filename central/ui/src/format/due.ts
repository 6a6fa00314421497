import type { Tone } from "./verdict";

export type DueStep = "calm" | "half" | "soon" | "late";

/** How near a deadline is: half of the time gone, four fifths, all of it. */
export function dueStep(share: number): DueStep {
  if (share >= 1) return "late";
  if (share >= 0.8) return "soon";
  return share >= 0.5 ? "half" : "calm";
}

export const dueTone: Record<DueStep, Tone> = { calm: "admit", half: "wait", soon: "deny", late: "deny" };

/** The part of a deadline's time that has gone; past 1 once it is over. */
export function shareAt(startedAt: string, dueAt: string, now: number): number {
  const [start, end] = [Date.parse(startedAt), Date.parse(dueAt)];
  if (!(end > start)) return now >= end ? 1 : 0;
  return Math.max(0, (now - start) / (end - start));
}

export type Left = { unit: "days" | "hours" | "minutes"; n: number; over: boolean };

/** How long there is to go, or how long it has been over, in the unit that one would say. */
export function leftUntil(at: string, now: number): Left {
  const ms = Date.parse(at) - now;
  const over = ms < 0;
  const minutes = Math.abs(ms) / 60_000;
  if (minutes >= 2 * 1440) return { unit: "days", n: Math.floor(minutes / 1440), over };
  if (minutes >= 120) return { unit: "hours", n: Math.floor(minutes / 60), over };
  return { unit: "minutes", n: Math.max(over ? 1 : 0, Math.floor(minutes)), over };
}
