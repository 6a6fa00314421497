/** `19.000.000 ₫` in Vietnamese, `19,000,000 VND` in English. Dong have no smaller unit. */
export function dong(amount: number | null | undefined, language: string): string {
  if (amount === null || amount === undefined) return "–";
  const text = new Intl.NumberFormat(language, { maximumFractionDigits: 0 }).format(amount);
  return language.startsWith("en") ? `${text} VND` : `${text} ₫`;
}

/** `19,2 triệu`, `19.2 M`: for tiles, where the exact sum stands beside it. */
export function shortDong(amount: number, language: string): string {
  const english = language.startsWith("en");
  const format = (value: number) => new Intl.NumberFormat(language, { maximumFractionDigits: value < 100 ? 1 : 0 }).format(value);
  if (amount >= 1_000_000_000) return `${format(amount / 1_000_000_000)} ${english ? "bn" : "tỷ"}`;
  if (amount >= 1_000_000) return `${format(amount / 1_000_000)} ${english ? "M" : "triệu"}`;
  return format(amount);
}

/** Sums within a sentence of central, `40000000 đ`, written in groups as everywhere else. */
export const grouped = (text: string, language: string) => text.replace(/\d{5,}(?= (?:đ|₫|VND)\b| (?:đ|₫))/g, (digits) => new Intl.NumberFormat(language).format(Number(digits)));
