import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Language } from "../api/types";
import enBase from "./en.json";
import enCases from "./cases.en.json";
import viCases from "./cases.vi.json";
import enGates from "./gates.en.json";
import viGates from "./gates.vi.json";
import enHandlings from "./handlings.en.json";
import viHandlings from "./handlings.vi.json";
import enMembers from "./members.en.json";
import viMembers from "./members.vi.json";
import enScenes from "./scenes.en.json";
import viScenes from "./scenes.vi.json";
import enPapers from "./papers.en.json";
import viPapers from "./papers.vi.json";
import enSections from "./sections.en.json";
import viSections from "./sections.vi.json";
import { STORED, storedLanguage } from "./stored";
import viBase from "./vi.json";
import type viCitizen from "./citizen.vi.json";
import type viVerification from "./verification.vi.json";
import type viVisitor from "./visitor.vi.json";

/** All texts: one file per part of the console, all in one tree. */
export const vi = { ...viBase, ...viGates, ...viMembers, ...viCases, ...viHandlings, ...viScenes, ...viPapers, ...viSections };
export const en = { ...enBase, ...enGates, ...enMembers, ...enCases, ...enHandlings, ...enScenes, ...enPapers, ...enSections };

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof vi & typeof viVisitor & typeof viCitizen & typeof viVerification };
  }
}

export { storedLanguage };

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
