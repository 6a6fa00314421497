/**
 * A live list that does not jump under the reader.
 *
 * While it is held (pointer or focus on it, or scrolled away from the top) new rows wait; rows already shown are still
 * brought up to date in their place. The same id arriving again (provisional, then settled; or after a reconnect)
 * replaces the older version and never adds a second row.
 */
export interface Row {
  id: string;
  feed_id: number;
}

export interface LiveList<T extends Row> {
  rows: T[];
  /** Newest first. */
  waiting: T[];
  held: boolean;
}

export type LiveAction<T extends Row> =
  | { type: "snapshot"; rows: T[] }
  | { type: "arrived"; row: T; fits: boolean }
  | { type: "hold" }
  | { type: "release" }
  | { type: "show" };

/** More than this is never looked at live; older rows come back by scrolling, from the server. */
export const MOST_ROWS = 400;

export const emptyList = <T extends Row>(): LiveList<T> => ({ rows: [], waiting: [], held: false });

const newer = <T extends Row>(a: T, b: T | undefined): T => (b && b.feed_id > a.feed_id ? b : a);

function newest<T extends Row>(rows: T[]): number {
  return rows.reduce((most, row) => Math.max(most, row.feed_id), -1);
}

function show<T extends Row>(state: LiveList<T>): LiveList<T> {
  if (state.waiting.length === 0) return state;
  return { ...state, rows: [...state.waiting, ...state.rows].slice(0, MOST_ROWS), waiting: [] };
}

function replaceIn<T extends Row>(rows: T[], row: T): T[] | null {
  const at = rows.findIndex((known) => known.id === row.id);
  if (at < 0) return null;
  return rows[at].feed_id > row.feed_id ? rows : rows.with(at, row);
}

function arrived<T extends Row>(state: LiveList<T>, row: T, fits: boolean): LiveList<T> {
  const rows = replaceIn(state.rows, row);
  if (rows) return fits || state.held ? { ...state, rows } : { ...state, rows: rows.filter((r) => r.id !== row.id) };
  const waiting = replaceIn(state.waiting, row);
  if (waiting) return { ...state, waiting: fits ? waiting : waiting.filter((r) => r.id !== row.id) };
  if (!fits) return state;
  if (state.held) return { ...state, waiting: [row, ...state.waiting].slice(0, MOST_ROWS) };
  return { ...state, rows: [row, ...state.rows].slice(0, MOST_ROWS) };
}

function snapshot<T extends Row>(state: LiveList<T>, incoming: T[]): LiveList<T> {
  const known = new Map([...state.rows, ...state.waiting].map((row) => [row.id, row]));
  const fresh = incoming.map((row) => newer(row, known.get(row.id)));
  const listed = new Set(fresh.map((row) => row.id));
  if (!state.held || state.rows.length === 0) {
    const limit = newest(fresh);
    const since = [...state.waiting, ...state.rows].filter((row) => !listed.has(row.id) && row.feed_id > limit);
    return { ...state, rows: [...since, ...fresh], waiting: [] };
  }
  const byId = new Map(fresh.map((row) => [row.id, row]));
  const shown = new Set(state.rows.map((row) => row.id));
  const top = newest(state.rows);
  const rows = state.rows.map((row) => newer(row, byId.get(row.id)));
  const others = fresh.filter((row) => !shown.has(row.id));
  const after = others.filter((row) => row.feed_id > top);
  const stillWaiting = state.waiting.filter((row) => !after.some((other) => other.id === row.id));
  const waiting = [...stillWaiting, ...after].sort((a, b) => b.feed_id - a.feed_id);
  return { ...state, rows: [...rows, ...others.filter((row) => row.feed_id <= top)], waiting };
}

export function reduce<T extends Row>(state: LiveList<T>, action: LiveAction<T>): LiveList<T> {
  switch (action.type) {
    case "snapshot":
      return snapshot(state, action.rows);
    case "arrived":
      return arrived(state, action.row, action.fits);
    case "hold":
      return state.held ? state : { ...state, held: true };
    case "release":
      return show({ ...state, held: false });
    case "show":
      return show(state);
  }
}
