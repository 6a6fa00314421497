import "../../styles/visitor.css";
import i18next, { type Resource } from "i18next";
import type { ReactElement } from "react";
import { createRoot } from "react-dom/client";
import { initReactI18next } from "react-i18next";
import { storedLanguage } from "../../i18n/stored";

/** A public page: its own texts and styles, and nothing of the console. `title` is the key of its title. */
export async function startPublic(root: HTMLElement, resources: Resource, title: "visitor.title" | "citizen.title" | "paper.title", page: ReactElement): Promise<void> {
  const lng = storedLanguage() ?? (navigator.language.startsWith("vi") ? "vi" : "en");
  document.documentElement.lang = lng;
  await i18next.use(initReactI18next).init({ lng, fallbackLng: "vi", resources, interpolation: { escapeValue: false } });
  const name = () => (document.title = i18next.t(title));
  name();
  i18next.on("languageChanged", name);
  createRoot(root).render(page);
}
