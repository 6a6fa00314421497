import type { DayKind, Policy, Schedule, Window } from "../api/types";
import type { Phrase } from "./gate";

const minutes = (seconds: number) => Math.round(seconds / 60);

function passback({ anti_passback: rule }: Policy): Phrase[] {
  if (rule.mode === "off") return [];
  if (rule.mode === "timed") return [{ key: "policy.says.passback_timed", values: { minutes: rule.minutes } }];
  return [{ key: `policy.says.passback_${rule.mode}` }];
}

/** What a lane asks, as short sentences: what a person at the gate would want to know, the most important first. */
export function policyPhrases(policy: Policy): Phrase[] {
  const { staleness } = policy;
  const said: Phrase[] = [{ key: `policy.says.wanted_${policy.wanted}` }];
  if (policy.wanted === "anonymous") return [...said, ...(policy.quotas ? [{ key: "policy.says.quotas" }] : [])];
  said.push({ key: `policy.says.unknown_${policy.unknown}` });
  if (policy.least_trust) said.push({ key: `policy.says.trust_${policy.least_trust}` });
  said.push(...passback(policy));
  if (policy.quotas) said.push({ key: "policy.says.quotas" });
  if (policy.interlock.length > 0) said.push({ key: "policy.says.interlock", values: { lanes: policy.interlock.join(", ") } });
  if (policy.tailgating.bodies > 1) said.push({ key: "policy.says.bodies", values: { count: policy.tailgating.bodies } });
  said.push({ key: `policy.says.old_${staleness.when_old === "admit" ? "admit" : "wait"}`, values: { minutes: minutes(staleness.usable_s) } });
  if (policy.faces === "check_papers") said.push({ key: "policy.says.faces" });
  return said;
}

export const DAYS: DayKind[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"];

const hourIn = (clock: string) => Number(clock.slice(0, 2)) + Number(clock.slice(3, 5)) / 60;

/** Whether a schedule is open for the whole hour `hour` of a day; a night shift also fills the next day's morning. */
export function openAt(schedule: Schedule, day: DayKind, hour: number): boolean {
  const before = DAYS[(DAYS.indexOf(day) + 6) % 7];
  return schedule.windows.some((window) => {
    const [from, until] = [hourIn(window.from), hourIn(window.until)];
    const night = until <= from;
    const begun = window.days.includes(day) && hour >= from && (night || hour + 1 <= until);
    const carried = night && day !== "holiday" && window.days.includes(before) && hour + 1 <= until;
    return begun || carried;
  });
}

/** Whole hours painted on a week grid (`day:hour`), as windows: equal days share one. */
export function windowsOf(cells: ReadonlySet<string>): Window[] {
  const byHours = new Map<string, DayKind[]>();
  for (const day of DAYS) {
    for (const [from, until] of runs((hour) => cells.has(`${day}:${hour}`))) {
      const key = `${clockOf(from)}|${clockOf(until)}`;
      byHours.set(key, [...(byHours.get(key) ?? []), day]);
    }
  }
  return [...byHours].map(([key, days]) => ({ days, from: key.split("|")[0], until: key.split("|")[1] }));
}

function runs(on: (hour: number) => boolean): [number, number][] {
  const found: [number, number][] = [];
  for (let hour = 0; hour < 24; hour += 1) {
    if (!on(hour)) continue;
    const last = found.at(-1);
    if (last && last[1] === hour) last[1] = hour + 1;
    else found.push([hour, hour + 1]);
  }
  return found;
}

/** Midnight at the end of a day is written as its beginning: with `from` later it means the next day's. */
const clockOf = (hour: number) => `${String(hour % 24).padStart(2, "0")}:00:00`;

/** The cells of a week grid that a schedule opens. */
export function cellsOf(schedule: Schedule): Set<string> {
  const cells = new Set<string>();
  for (const day of DAYS) for (let hour = 0; hour < 24; hour += 1) if (openAt(schedule, day, hour)) cells.add(`${day}:${hour}`);
  return cells;
}

/** Windows that begin or end within an hour cannot be drawn on the grid without changing them. */
export const wholeHours = (schedule: Schedule) => schedule.windows.every((w) => w.from.slice(3, 5) === "00" && w.until.slice(3, 5) === "00");

/** `07:30`: hours as people write them. */
export const hhmm = (clock: string) => clock.slice(0, 5);
