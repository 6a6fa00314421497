import type { Correction, FigureRow, Loss } from "../api/types";
import { addLoss } from "./gate";

/** One hour or day of all gates that are shown. */
export interface Slot {
  from: string;
  to: string;
  people_in: number;
  people_out: number;
  vehicles_in: number;
  vehicles_out: number;
  corrections: Correction[];
  loss: Loss;
}

export type Subject = "people" | "vehicles";

/** Rows of several gates joined by their time, oldest first. */
export function slots(rows: FigureRow[]): Slot[] {
  const byTime = new Map<string, FigureRow[]>();
  for (const row of rows) byTime.set(row.from, [...(byTime.get(row.from) ?? []), row]);
  return [...byTime.values()]
    .map((same) => ({
      from: same[0].from,
      to: same[0].to,
      ...sum(same),
      corrections: same.flatMap((row) => row.corrections),
      loss: addLoss(same.map((row) => row.loss)),
    }))
    .toSorted((a, b) => a.from.localeCompare(b.from));
}

export type Counted = Pick<FigureRow, "people_in" | "people_out" | "vehicles_in" | "vehicles_out">;

export function sum(rows: Counted[]): Counted {
  const of = (key: keyof Counted) => rows.reduce((total, row) => total + row[key], 0);
  return { people_in: of("people_in"), people_out: of("people_out"), vehicles_in: of("vehicles_in"), vehicles_out: of("vehicles_out") };
}

/** What was corrected by hand in total: beside the counted figure, never in it. */
export const corrected = (corrections: Correction[], subject: Subject) => corrections.reduce((total, one) => total + one[subject], 0);

/** `+12`, `−3`: a correction is always written with its sign. */
export const signed = (value: number, language: string) =>
  new Intl.NumberFormat(language, { signDisplay: "exceptZero" }).format(value);

/** A round number above the largest bar: 1, 2 or 5 times a power of ten. */
export function ceiling(most: number): number {
  if (most <= 5) return 5;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * power).find((round) => round >= most) ?? most;
}
