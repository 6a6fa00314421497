import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import { plate as plateEn } from "../../i18n/en.json";
import { storedLanguage } from "../../i18n";
import { plate as plateVi } from "../../i18n/vi.json";
import en from "./en.json";
import vi from "./vi.json";

/** Every path to a text, plural endings cut off: `header.people`, `reason.listed`. */
type Leaves<T, P extends string = ""> = {
  [K in keyof T & string]: T[K] extends string ? `${P}${Bare<K>}` : Leaves<T[K], `${P}${K}.`>;
}[keyof T & string];
type Bare<K extends string> = K extends `${infer Head}_one` | `${infer Head}_other` ? Head : K;

// The console types its one namespace for the whole program; the desk keeps its keys in `TextKey` instead.
const NAMESPACE = "desk" as "translation";

export type TextKey = Leaves<typeof vi>;
export type Values = Record<string, string | number>;
export type Text = (key: TextKey, values?: Values) => string;

/** The desk's own texts, and of the console's only those of the plate that both draw. */
export async function startI18n(): Promise<void> {
  const language = storedLanguage() ?? "vi";
  document.documentElement.lang = language;
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "vi",
    resources: { vi: { translation: { plate: plateVi }, desk: vi }, en: { translation: { plate: plateEn }, desk: en } },
    interpolation: { escapeValue: false },
  });
}

/** Texts of the desk and the language they are in. */
export function useText(): { t: Text; language: "vi" | "en" } {
  const { i18n } = useTranslation();
  const language = i18n.language === "en" ? "en" : "vi";
  return { t: i18n.getFixedT(language, NAMESPACE) as unknown as Text, language };
}

/** A text for a word that the desk may send and this page does not know yet; the word itself then. */
export const hasText = (key: string): key is TextKey => i18next.exists(key, { ns: NAMESPACE });
