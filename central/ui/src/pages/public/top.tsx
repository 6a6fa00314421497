import { useTranslation } from "react-i18next";
import { STORED } from "../../i18n/stored";

/** Head of every public page: what it is, and the other language. */
export function Top({ title, language }: { title: string; language: string }) {
  const { i18n } = useTranslation();
  const other = i18n.language === "vi" ? "en" : "vi";
  return (
    <header className="v-top">
      <b>{title}</b>
      <button
        type="button"
        className="v-link"
        lang={other}
        onClick={() => {
          localStorage.setItem(STORED, other);
          document.documentElement.lang = other;
          void i18n.changeLanguage(other);
        }}
      >
        {language}
      </button>
    </header>
  );
}
