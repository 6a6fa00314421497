import type { PresentRequest } from "../api/types";

export const ENTRY_KINDS = ["card", "passport", "pin", "plate", "ticket", "code"] as const;
export type EntryForm = (typeof ENTRY_KINDS)[number];

/** Everything that can be typed, kept while the guard looks at something else. */
export interface EntryDraft {
  number: string;
  name: string;
  birth: string;
  country: string;
  passport: string;
  passportName: string;
  pin: string;
  plate: string;
  ticket: string;
  code: string;
  codeKind: "pass" | "vneid";
}

export const EMPTY: EntryDraft = { number: "", name: "", birth: "", country: "", passport: "", passportName: "", pin: "", plate: "", ticket: "", code: "", codeKind: "pass" };

export type EntryProblem = { field: keyof EntryDraft; text: "needed" | "bad_number" | "bad_birth" | "bad_country" };

/** `15/08/1990`, `15081990` or `15 8 1990` as `1990-08-15`; null if that is no day, or one to come. */
export function dayOf(typed: string, today: Date = new Date()): string | null {
  const parts = /^(\d{2})(\d{2})(\d{4})$/.exec(typed.trim()) ?? /^(\d{1,2})\D+(\d{1,2})\D+(\d{4})$/.exec(typed.trim());
  if (!parts) return null;
  const [day, month, year] = parts.slice(1).map(Number);
  const made = new Date(Date.UTC(year, month - 1, day));
  const real = made.getUTCDate() === day && made.getUTCMonth() === month - 1 && year >= 1900 && made <= today;
  return real ? made.toISOString().slice(0, 10) : null;
}

const text = (value: string) => value.normalize("NFC").replace(/\s+/g, " ").trim();

/** The request for what was typed, or what is missing in it. */
export function requestOf(form: EntryForm, draft: EntryDraft, today: Date = new Date()): PresentRequest | EntryProblem {
  const needed = (field: keyof EntryDraft): EntryProblem => ({ field, text: "needed" });
  switch (form) {
    case "card": {
      const number = draft.number.replace(/\D/g, "");
      if (number.length !== 12) return { field: "number", text: "bad_number" };
      if (!text(draft.name)) return needed("name");
      const birth = dayOf(draft.birth, today);
      return birth ? { shown: "typed_card", number, name: text(draft.name), birth } : { field: "birth", text: "bad_birth" };
    }
    case "passport": {
      const country = draft.country.trim().toUpperCase();
      if (!/^[A-Z]{3}$/.test(country)) return { field: "country", text: "bad_country" };
      if (!text(draft.passport)) return needed("passport");
      if (!text(draft.passportName)) return needed("passportName");
      return { shown: "passport", country, number: text(draft.passport).toUpperCase().replaceAll(" ", ""), name: text(draft.passportName) };
    }
    case "pin":
      return draft.pin.trim() ? { shown: "pin", pin: draft.pin.trim() } : needed("pin");
    case "plate":
      return text(draft.plate) ? { shown: "plate", text: text(draft.plate) } : needed("plate");
    case "ticket":
      return text(draft.ticket) ? { shown: "ticket", code: text(draft.ticket) } : needed("ticket");
    case "code":
      if (!draft.code.trim()) return needed("code");
      return draft.codeKind === "vneid" ? { shown: "vneid", token: draft.code.trim() } : { shown: "pass", text: draft.code.trim() };
  }
}
