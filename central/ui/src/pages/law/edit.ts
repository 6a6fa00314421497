import { addDays } from "../../format/days";
import type { LawMeta, LawTable, RowChange } from "../../api/law-types";

/** What may be changed of a row, and how it is typed. The rest of it stays as it is. */
export type Editable = { name: string; type: "number" | "text" | "date" | "confidence" | "unit" | "day_kind" };

const EACH: Editable[] = [
  { name: "legal_basis", type: "text" },
  { name: "confidence", type: "confidence" },
];

export const EDITABLE: Record<LawTable, Editable[]> = {
  behaviours: [{ name: "fine_low", type: "number" }, { name: "fine_high", type: "number" }, { name: "points", type: "number" }, { name: "title_vi", type: "text" }, { name: "title_en", type: "text" }, ...EACH],
  caps: [{ name: "cap", type: "number" }, ...EACH],
  deadlines: [{ name: "amount", type: "number" }, { name: "unit", type: "unit" }, ...EACH],
  holidays: [{ name: "kind", type: "day_kind" }, { name: "title_vi", type: "text" }, { name: "title_en", type: "text" }, { name: "valid_from", type: "date" }, { name: "valid_to", type: "date" }, ...EACH],
  rules: [{ name: "value", type: "number" }, ...EACH],
};

/** The name of a row within its table, as central makes it. */
export function keyOf(table: LawTable, row: object): string {
  const of = row as Record<string, string>;
  return { behaviours: of.key, caps: of.role, deadlines: of.kind, holidays: "day", rules: of.key }[table];
}

export type Typed = Record<string, string>;

export const typedOf = (table: LawTable, row: object): Typed => Object.fromEntries(EDITABLE[table].map(({ name }) => [name, String((row as Record<string, unknown>)[name] ?? "")]));

/** A row with what was typed into it; null where a number is none. */
export function rowWith(table: LawTable, row: object, typed: Typed): Record<string, unknown> | null {
  const next: Record<string, unknown> = { ...row };
  for (const { name, type } of EDITABLE[table]) {
    const text = (typed[name] ?? "").trim();
    if (type === "number") {
      const value = Number(text.replace(/[\s.,]/g, ""));
      if (text === "" || !Number.isSafeInteger(value) || value < 0) return null;
      next[name] = value;
    } else next[name] = text === "" && name === "valid_to" ? null : text;
  }
  return next;
}

/**
 * The changes that put a new row in an old one's place from a day on: the old one ends the day before, so that what happened
 * until then keeps its law. A holiday is its own window: it is put as it is typed, and the old one taken out when its day moved.
 */
export function changesFor(table: LawTable, old: (LawMeta & object) | null, next: Record<string, unknown>, from: string): RowChange[] {
  if (table === "holidays") {
    const moved = old && old.valid_from !== next.valid_from;
    return [...(moved ? [{ op: "remove" as const, table, key: "day", valid_from: old.valid_from }] : []), { op: "put", table, row: next }];
  }
  if (!old || old.valid_from === from) return [{ op: "put", table, row: { ...next, valid_from: from } }];
  return [
    { op: "end", table, key: keyOf(table, old), valid_from: old.valid_from, valid_to: addDays(from, -1) },
    { op: "put", table, row: { ...next, valid_from: from, valid_to: old.valid_to } },
  ];
}

/** Whether a row holds on a day. */
export const holdsOn = (row: LawMeta, day: string) => row.valid_from <= day && (row.valid_to === null || day <= row.valid_to);
