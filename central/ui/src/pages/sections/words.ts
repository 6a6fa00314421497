import { useTranslation } from "react-i18next";

/** A speed with one digit: `61,4 km/h`. */
export function useKmh(): (value: number | null) => string {
  const { i18n } = useTranslation();
  return (value) => (value === null ? "–" : `${new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1, minimumFractionDigits: 1 }).format(value)} km/h`);
}
