/** Days as a site lives them: Vietnam's, `YYYY-MM-DD`. */
const OFFSET_MS = 7 * 3_600_000;
const DAY_MS = 86_400_000;

/** The day of a moment. */
export const dayOf = (at: number | string | Date) => new Date(new Date(at).getTime() + OFFSET_MS).toISOString().slice(0, 10);

/** Whether a text from an address is a day of the calendar. */
export const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00+07:00`));

/** The first moment of a day, RFC 3339. */
export const startOfDay = (day: string) => new Date(`${day}T00:00:00+07:00`).toISOString();

/** The first moment after it. */
export const endOfDay = (day: string) => new Date(new Date(`${day}T00:00:00+07:00`).getTime() + DAY_MS).toISOString();

export const addDays = (day: string, days: number) => dayOf(new Date(`${day}T12:00:00+07:00`).getTime() + days * DAY_MS);

/** `2026-11-21` as it is written: `21/11/2026`. */
export const written = (day: string) => day.split("-").toReversed().join("/");

/** The month of a day, `2026-11`. */
export const monthOf = (day: string) => day.slice(0, 7);

/** A local date and time from form fields as RFC 3339. */
export const momentOf = (local: string) => new Date(`${local.length === 16 ? `${local}:00` : local}+07:00`).toISOString();

/** What a `datetime-local` field shows for a moment. */
export const localOf = (at: string) => new Date(new Date(at).getTime() + OFFSET_MS).toISOString().slice(0, 16);
