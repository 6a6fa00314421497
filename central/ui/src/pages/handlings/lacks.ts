/** One thing that a paper lacks: the field of its template, and where that comes from. */
export interface Lack {
  field: string;
  /** A word of `paper_lacks`; null where it speaks for itself. */
  from: "config" | "rank" | "device" | "users" | "address" | "licence" | "commune" | "evidence" | null;
  /** The key of the configuration, where it comes from there. */
  key: string | null;
}

const ORIGINS: [RegExp, NonNullable<Lack["from"]>][] = [
  [/^handling\./, "config"],
  [/no rank$/, "rank"],
  [/no approved device/, "device"],
  [/no trained users/, "users"],
  [/no address$/, "address"],
  [/^the licence register/, "licence"],
  [/no commune$/, "commune"],
  [/no evidence$/, "evidence"],
];

/** Reads what central says a paper lacks: `to_unit (the address names no commune)`. */
export function lackOf(said: string): Lack {
  const [, field = said, origin = ""] = /^(\w+)(?: \((.*)\))?$/.exec(said) ?? [];
  const from = ORIGINS.find(([form]) => form.test(origin))?.[1] ?? null;
  return { field, from, key: from === "config" ? origin : null };
}
