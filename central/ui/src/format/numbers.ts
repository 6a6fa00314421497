const UNIT_KEYS = ["unit.b", "unit.kb", "unit.mb"] as const;

/** Bytes in the unit a person would say, as a translation key and its number. */
export function bytes(count: number, language: string): { key: (typeof UNIT_KEYS)[number]; n: string } {
  const step = count < 1024 ? 0 : count < 1024 * 1024 ? 1 : 2;
  const n = new Intl.NumberFormat(language, { maximumFractionDigits: step === 2 ? 1 : 0 }).format(count / 1024 ** step);
  return { key: UNIT_KEYS[step], n };
}

/** `1.204` in Vietnamese, `1,204` in English. */
export const whole = (value: number, language: string) => new Intl.NumberFormat(language).format(value);

export const percent = (share: number, language: string) =>
  new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(share);

/** A model's score, two digits: `0,97`. */
export const score = (value: number, language: string) =>
  new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);
