import "../../styles/visitor.css";
import i18next from "i18next";
import { createRoot } from "react-dom/client";
import { initReactI18next } from "react-i18next";
import en from "../../i18n/visitor.en.json";
import vi from "../../i18n/visitor.vi.json";
import { storedLanguage } from "../../i18n/stored";
import { VisitorPage } from "./visitor";

/** The public page: its own texts and styles, and nothing of the console. */
export async function start(root: HTMLElement): Promise<void> {
  const lng = storedLanguage() ?? (navigator.language.startsWith("vi") ? "vi" : "en");
  document.documentElement.lang = lng;
  await i18next.use(initReactI18next).init({ lng, fallbackLng: "vi", resources: { vi: { translation: vi }, en: { translation: en } }, interpolation: { escapeValue: false } });
  document.title = i18next.t("visitor.title");
  createRoot(root).render(<VisitorPage />);
}
