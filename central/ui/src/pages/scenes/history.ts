/** What was, is, and was taken back. Values are never changed in place. */
export interface History<T> {
  past: T[];
  now: T;
  future: T[];
  /** Changes with the same mark follow each other as one step: a drag, a word that is typed. */
  mark: string | null;
}

const MOST = 200;

export const begin = <T>(now: T): History<T> => ({ past: [], now, future: [], mark: null });

export function record<T>(history: History<T>, now: T, mark: string | null = null): History<T> {
  if (Object.is(now, history.now)) return history;
  if (mark !== null && mark === history.mark) return { ...history, now, future: [] };
  return { past: [...history.past, history.now].slice(-MOST), now, future: [], mark };
}

export function undo<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), now: before, future: [history.now, ...history.future], mark: null };
}

export function redo<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.now], now: next, future, mark: null };
}

/** The next change is a step of its own, whatever its mark. */
export const pause = <T>(history: History<T>): History<T> => ({ ...history, mark: null });
