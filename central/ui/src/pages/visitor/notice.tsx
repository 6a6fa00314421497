import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PublicSite } from "../../api/types";

interface Props {
  site: PublicSite | undefined;
  sending: boolean;
  onAgree: () => void;
  onBack: () => void;
}

/** What happens with what was typed, before it is sent. Without consent nothing leaves the phone. */
export function Notice({ site, sending, onAgree, onBack }: Props) {
  const { t, i18n } = useTranslation();
  const [agreed, setAgreed] = useState(false);
  const text = i18n.language === "vi" ? site?.notice_vi : site?.notice_en;
  return (
    <section>
      <p className="v-step">{t("visitor.step", { n: 2 })}</p>
      <h1>{t("visitor.notice")}</h1>
      <div className="v-notice" tabIndex={0}>
        {(text || t("visitor.notice_text")).split("\n").map((line) => (
          <p key={line}>{line}</p>
        ))}
        {site && <p>{t("visitor.dpo", { contact: site.dpo })}</p>}
      </div>
      <label className="v-check">
        <input type="checkbox" checked={agreed} onChange={(event) => setAgreed(event.target.checked)} />
        <span>{t("visitor.agree")}</span>
      </label>
      <button type="button" className="v-primary" disabled={!agreed || sending} onClick={onAgree}>
        {t(sending ? "visitor.sending" : "visitor.send")}
      </button>
      <button type="button" className="v-link" onClick={onBack}>
        {t("visitor.back")}
      </button>
    </section>
  );
}
