import type { NewVisit } from "../../api/types";

/** What the visitor types. It stays until the registration is made, also over a failed try. */
export interface Typed {
  site: string;
  name: string;
  people: string;
  date: string;
  time: string;
  plate: string;
  host_group: string;
  is_foreign: boolean;
  country: string;
  passport: string;
  contact: string;
}

export const BLANK: Typed = { site: "", name: "", people: "1", date: "", time: "", plate: "", host_group: "", is_foreign: false, country: "", passport: "", contact: "" };

export type Wrong = Partial<Record<keyof Typed, "required" | "people" | "past" | "contact" | "country" | "passport">>;

const PHONE_OR_MAIL = /^(\+?[\d\s.()-]{8,20}|[^\s@]+@[^\s@]+\.[^\s@]+)$/;

/** What is missing or cannot be right, by field. `today` is Vietnam's, `YYYY-MM-DD`. */
export function check(typed: Typed, today: string, most = 500): Wrong {
  const wrong: Wrong = {};
  if (!typed.name.trim()) wrong.name = "required";
  const people = Number(typed.people);
  if (!Number.isInteger(people) || people < 1 || people > most) wrong.people = "people";
  if (!typed.date) wrong.date = "required";
  else if (typed.date < today) wrong.date = "past";
  if (!typed.time) wrong.time = "required";
  if (!PHONE_OR_MAIL.test(typed.contact.trim())) wrong.contact = "contact";
  if (typed.is_foreign && !/^[A-Za-z]{3}$/.test(typed.country.trim())) wrong.country = "country";
  if (typed.is_foreign && !/^[A-Za-z0-9]{5,20}$/.test(typed.passport.trim())) wrong.passport = "passport";
  return wrong;
}

/** As central takes it: what was left empty is not sent. */
export function toVisit(typed: Typed): NewVisit {
  return {
    site: typed.site, name: typed.name.trim(), people: Number(typed.people), date: typed.date, time: typed.time, contact: typed.contact.trim(), consent: true,
    ...(typed.plate.trim() && { plate: typed.plate.trim() }),
    ...(typed.host_group && { host_group: typed.host_group }),
    ...(typed.is_foreign && { foreign: { country: typed.country.trim().toUpperCase(), passport: typed.passport.trim().toUpperCase() } }),
  };
}

/** Codes are told over the telephone: spaces, dashes and small letters do not matter. */
export const codeOf = (typed: string) => typed.toUpperCase().replace(/[^A-Z0-9]/g, "");
