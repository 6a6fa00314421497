import type { EntryKind, PaperRow, Verdict } from "../api/types";
import { dayOf } from "./entry-form";

/** A day to come is refused with its time, by the agent's clock; the calendar alone is looked at here. */
const EVER = new Date(8.64e15);

/** One line of the form as it is being typed. */
export interface DraftRow {
  row: string;
  time: string;
  direction: "in" | "out";
  kind: EntryKind;
  plate: string;
  name: string;
  number: string;
  verdict: Verdict;
  note: string;
  state: "draft" | "sending" | "done" | "duplicate" | "error";
  why: string | null;
}

export interface PaperDraft {
  form: string;
  /** The day written on the form, as typed: `21/11/2026`. */
  day: string;
  rows: DraftRow[];
}

export type RowProblem = "day" | "time" | "future" | "plate" | "name" | "row" | "form";

export const newRow = (after: DraftRow | undefined): DraftRow => ({
  row: String((Number(after?.row) || 0) + 1), time: "", direction: after?.direction ?? "in", kind: after?.kind ?? "vehicle", plate: "", name: "", number: "",
  verdict: "admit", note: "", state: "draft", why: null,
});

export const isBlank = (row: DraftRow): boolean => ![row.time, row.plate, row.name, row.number, row.note].some((text) => text.trim());

/** `1402`, `14:02`, `14h02` or `902` on a day of Vietnam's calendar, as RFC 3339. */
export function paperTime(day: string, typed: string): string | null {
  const parts = /^(\d{1,2})\s*[:hg.]?\s*(\d{2})$/i.exec(typed.trim());
  const date = dayOf(day, EVER);
  if (!parts || !date) return null;
  const [hour, minute] = [Number(parts[1]), Number(parts[2])];
  if (hour > 23 || minute > 59) return null;
  return `${date}T${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}:00+07:00`;
}

/** The request for a line, or what is wrong in it. */
export function rowRequest({ form, day }: PaperDraft, row: DraftRow, now: number): PaperRow | RowProblem {
  const at = paperTime(day, row.time);
  const number = Number(row.row);
  if (!form.trim()) return "form";
  if (!Number.isInteger(number) || number < 1) return "row";
  if (!dayOf(day, EVER)) return "day";
  if (!at) return "time";
  if (Date.parse(at) > now) return "future";
  if (row.kind === "vehicle" && !row.plate.trim()) return "plate";
  if (row.kind === "person" && !row.name.trim() && !row.number.trim()) return "name";
  const text = (key: "plate" | "name" | "number" | "note") => (row[key].trim() ? { [key]: row[key].normalize("NFC").trim() } : {});
  return { form: form.trim(), row: number, at, direction: row.direction, kind: row.kind, verdict: row.verdict, ...text("plate"), ...text("name"), ...text("number"), ...text("note") };
}

/** Lines with something in them that the agent does not have. */
export const openRows = (rows: DraftRow[]): DraftRow[] => rows.filter((row) => !isBlank(row) && row.state !== "done" && row.state !== "duplicate");

const STORED = "vg.desk.paper";

/** What was typed outlives a reload of the page, and ends with the browser's tab: names and numbers stay nowhere longer. */
export function storedPaper(): PaperDraft | null {
  try {
    const draft = JSON.parse(sessionStorage.getItem(STORED) ?? "null") as PaperDraft | null;
    return draft && { ...draft, rows: draft.rows.map((row) => (row.state === "sending" ? { ...row, state: "draft" } : row)) };
  } catch {
    return null;
  }
}

export function storePaper(draft: PaperDraft): void {
  if (openRows(draft.rows).length > 0) sessionStorage.setItem(STORED, JSON.stringify(draft));
  else sessionStorage.removeItem(STORED);
}

export const unsavedRows = (): number => openRows(storedPaper()?.rows ?? []).length;
