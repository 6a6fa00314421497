import type { Change } from "../api/types";

type Json = unknown;
type Tree = Record<string, Json>;

const isTree = (value: Json): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

/** Items of a list that are told apart by their `id` (or a holiday's date) keep their path when their place changes. */
function nameOf(item: Json): string | null {
  if (!isTree(item)) return null;
  const name = item.id ?? item.date;
  return typeof name === "string" ? name : null;
}

function named(list: Json[]): Map<string, Json> | null {
  const names = list.map(nameOf);
  if (list.length === 0 || names.some((name) => name === null) || new Set(names).size !== names.length) return null;
  return new Map(list.map((item, at) => [names[at] as string, item]));
}

function children(from: Json, to: Json): [string, Json, Json][] | null {
  if (isTree(from) && isTree(to)) {
    return [...new Set([...Object.keys(from), ...Object.keys(to)])].map((key) => [`.${key}`, from[key], to[key]]);
  }
  if (Array.isArray(from) && Array.isArray(to)) {
    const [a, b] = [named(from), named(to)];
    if (!(a ?? b) || (from.length > 0 && !a) || (to.length > 0 && !b)) return null;
    const keys = [...new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])])];
    return keys.map((key) => [`[${key}]`, a?.get(key), b?.get(key)]);
  }
  return null;
}

const same = (a: Json, b: Json) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** Every difference between two documents, as leaves: `gates[cong-2].person_capacity`: 300 → 350. */
export function diff(from: Json, to: Json, path = ""): Change[] {
  if (same(from, to)) return [];
  const parts = children(from, to);
  if (!parts) return [{ path: path.replace(/^\./, ""), from: from ?? null, to: to ?? null }];
  const found = parts.flatMap(([key, a, b]) => diff(a, b, path + key));
  // Only the order differs: that matters for rules, whose first fitting row decides.
  return found.length > 0 ? found : [{ path: path.replace(/^\./, ""), from, to }];
}

/** Two changes touch the same thing when one's path is the other's or lies within it. */
const touches = (a: string, b: string) => a === b || [".", "["].some((next) => a.startsWith(b + next) || b.startsWith(a + next));

export interface Merge<T> {
  /** Theirs, with mine on top. */
  document: T;
  theirs: Change[];
  /** Mine that touch what they changed too: kept, and shown to be looked at. */
  conflicts: Change[];
}

/** Puts one's own changes (base → mine) on top of what another has saved meanwhile (base → theirs). Nothing typed is lost. */
export function merge<T>(base: T, mine: T, theirs: T): Merge<T> {
  const ours = diff(base, mine);
  const changed = diff(base, theirs);
  const document = structuredClone(theirs);
  for (const change of ours) put(document, steps(change.path), change.to);
  return { document, theirs: changed, conflicts: ours.filter((own) => changed.some((their) => touches(own.path, their.path))) };
}

const steps = (path: string) => path.split(/\.|(?=\[)/).filter(Boolean);

function put(target: Json, [step, ...rest]: string[], value: Json): void {
  if (Array.isArray(target)) {
    const name = step.slice(1, -1);
    const at = target.findIndex((item) => nameOf(item) === name);
    if (rest.length > 0) return at >= 0 ? put(target[at], rest, value) : undefined;
    if (value === null) return at >= 0 ? void target.splice(at, 1) : undefined;
    return at >= 0 ? void (target[at] = value) : void target.push(value);
  }
  if (!isTree(target)) return undefined;
  if (rest.length === 0) return void (target[step] = value);
  return put(target[step], rest, value);
}
