import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Language } from "../api/types";
import en from "./en.json";
import vi from "./vi.json";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof vi };
  }
}

const STORED = "vg.language";

export function storedLanguage(): Language | null {
  const value = localStorage.getItem(STORED);
  return value === "vi" || value === "en" ? value : null;
}

export function chooseLanguage(language: Language, remember = true): void {
  if (remember) localStorage.setItem(STORED, language);
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}

export async function startI18n(): Promise<void> {
  const language = storedLanguage() ?? "vi";
  document.documentElement.lang = language;
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "vi",
    resources: { vi: { translation: vi }, en: { translation: en } },
    interpolation: { escapeValue: false },
  });
}

/** The side of a `*_vi` / `*_en` pair that the reader asked for. */
export function pick(language: string, vietnamese: string, english: string): string {
  return (language.startsWith("en") ? english : vietnamese) || vietnamese || english;
}
