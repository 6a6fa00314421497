/** Vietnam keeps one zone and no summer time; the browser's own zone must not change what a record says. */
const ZONE = "Asia/Ho_Chi_Minh";
export const OFFSET = "UTC+07:00";

const FORMAT = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

interface Parts {
  date: string;
  clock: string;
}

function parts(at: string | number | Date): Parts | null {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return null;
  const map = new Map(FORMAT.formatToParts(moment).map((part) => [part.type, part.value]));
  const of = (type: Intl.DateTimeFormatPartTypes) => map.get(type) ?? "";
  return { date: `${of("day")}/${of("month")}/${of("year")}`, clock: `${of("hour")}:${of("minute")}:${of("second")}` };
}

/** `21/11/2026 14:02:31`, local time; a dash where there is no time. */
export function dateTime(at: string | number | Date | null | undefined): string {
  const found = at === null || at === undefined ? null : parts(at);
  return found ? `${found.date} ${found.clock}` : "–";
}

/** `14:02:31`. */
export function clock(at: string | number | Date | null | undefined): string {
  return (at === null || at === undefined ? null : parts(at))?.clock ?? "–";
}

/** `21/11/2026`. */
export function date(at: string | number | Date | null | undefined): string {
  return (at === null || at === undefined ? null : parts(at))?.date ?? "–";
}

/** The clock alone today, date and clock on any other day. */
export function shortTime(at: string | null | undefined, now: number = Date.now()): string {
  return date(at) === date(now) ? clock(at) : dateTime(at);
}

/** Milliseconds as a person says them: `80 ms`, `0,35 s`, `2 s`. */
export function milliseconds(ms: number, language: string): string {
  if (ms < 100) return `${Math.round(ms)} ms`;
  const seconds = new Intl.NumberFormat(language, { maximumFractionDigits: ms < 10_000 ? 2 : 0 }).format(ms / 1000);
  return `${seconds} s`;
}

/** An uncertainty is worth a person's eye from 100 ms up. */
export const worthShowing = (uncertaintyMs: number) => uncertaintyMs > 100;

export type Age = { unit: "ago_s" | "ago_m" | "ago_h" | "ago_d"; n: number };

/** How long ago, in the largest whole unit; a clock slightly ahead counts as now. */
export function age(at: string, now: number): Age {
  const seconds = Math.max(0, Math.floor((now - new Date(at).getTime()) / 1000));
  if (seconds < 60) return { unit: "ago_s", n: seconds };
  if (seconds < 3600) return { unit: "ago_m", n: Math.floor(seconds / 60) };
  if (seconds < 86_400) return { unit: "ago_h", n: Math.floor(seconds / 3600) };
  return { unit: "ago_d", n: Math.floor(seconds / 86_400) };
}

export type Span = { unit: "seconds"; n: number } | { unit: "minutes"; n: number } | { unit: "hours"; n: number; m: number };

/** A duration in seconds, as `40 s`, `12 min`, `3 h 5 min`. */
export function span(seconds: number): Span {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return { unit: "seconds", n: whole };
  if (whole < 3600) return { unit: "minutes", n: Math.round(whole / 60) };
  return { unit: "hours", n: Math.floor(whole / 3600), m: Math.floor((whole % 3600) / 60) };
}

/** The hour of the day, 0–23, in Vietnam. */
export const hourOf = (at: string) => Number(clock(at).slice(0, 2));
