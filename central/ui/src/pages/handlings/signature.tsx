import { Check, PenLine, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { HandlingDetail } from "../../api/handling-types";
import { useLaw } from "../../api/law";
import { dayOf } from "../../format/days";
import { dong } from "../../format/money";
import { useUser } from "../../shell/user";
import { Confidence } from "../../ui/confidence";
import { useSay, useWord } from "../../ui/words";

/** Who signs, how far that signature goes by the law of today, and what it is compared with: the highest of each range. */
export function Signature({ handling, capped }: { handling: HandlingDetail; capped: boolean }) {
  const { t, i18n } = useTranslation();
  const say = useSay();
  const word = useWord();
  const user = useUser();
  const law = useLaw(dayOf(Date.now()));
  const row = law.data?.caps.find(({ role }) => role === user.rank);
  const highest = handling.combined?.max_of_range ?? Math.max(0, ...handling.acts.map(({ high }) => high));
  const cap = row ? { cap: row.cap, highest: capped ? highest : 0, title_vi: row.title_vi, title_en: row.title_en, ok: row.cap >= highest } : null;
  return (
    <section className="signature" aria-label={t("handlings.signature")} data-testid="signature">
      <h3>
        <PenLine aria-hidden="true" /> {t("handlings.signature")}
      </h3>
      <p>
        {t("handlings.signs_as", { name: user.display_name, rank: cap ? say(cap.title_vi, cap.title_en) : word("rank", user.rank ?? "") })}
      </p>
      {cap && cap.highest > 0 && (
        <p className={cap.ok ? "cap-good" : "cap-bad"} data-cap={cap.ok ? "good" : "bad"}>
          {cap.ok ? <Check aria-hidden="true" /> : <X aria-hidden="true" />}
          <span>{t(cap.ok ? "handlings.cap_good" : "handlings.cap_bad", { highest: dong(cap.highest, i18n.language), cap: dong(cap.cap, i18n.language) })}</span>
        </p>
      )}
      {capped && row && row.confidence !== "H" && (
        <p className="quiet">
          {row.legal_basis} <Confidence of={row.confidence} />
        </p>
      )}
    </section>
  );
}
