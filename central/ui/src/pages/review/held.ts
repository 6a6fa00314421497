/** A queue that does not move under the reader: new rows wait, rows that went stay in their place, marked. */
export interface HeldRow<T> {
  row: T;
  /** Central no longer lists it: somebody decided it meanwhile. */
  gone: boolean;
}

export interface Held<T> {
  rows: HeldRow<T>[];
  waiting: number;
}

/** Joins what is shown with what central lists now. `fresh` shows the new list as it is. */
export function hold<T extends { id: string }>(shown: HeldRow<T>[], listed: T[], fresh: boolean): Held<T> {
  if (fresh || shown.length === 0) return { rows: listed.map((row) => ({ row, gone: false })), waiting: 0 };
  const now = new Map(listed.map((row) => [row.id, row]));
  const rows = shown.map(({ row }) => ({ row: now.get(row.id) ?? row, gone: !now.has(row.id) }));
  const known = new Set(shown.map(({ row }) => row.id));
  return { rows, waiting: listed.filter((row) => !known.has(row.id)).length };
}

/** The row beside one, skipping those that went; the nearest one at the ends. */
export function beside<T extends { id: string }>(rows: HeldRow<T>[], id: string, step: 1 | -1): string | null {
  const open = rows.filter(({ row, gone }) => !gone || row.id === id);
  const at = open.findIndex(({ row }) => row.id === id);
  if (at < 0) return open[0]?.row.id ?? null;
  return open[Math.min(Math.max(at + step, 0), open.length - 1)]?.row.id ?? null;
}
