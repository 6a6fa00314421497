import { Scale } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { LawRow } from "../../api/case-types";
import { date } from "../../format/time";
import { dong } from "../../format/money";
import { Confidence } from "../../ui/confidence";
import { useSay } from "../../ui/words";

/** The law in force on the day of the violation: what it says, what it costs, and how surely that was read. */
export function LawCard({ rows, at, chosen, onChoose }: { rows: LawRow[]; at: string; chosen?: string; onChoose?: (behaviour: string) => void }) {
  const { t } = useTranslation();
  return (
    <section className="side-card" aria-label={t("review.law")}>
      <h3>
        <Scale aria-hidden="true" /> {t("review.law_on", { day: date(at) })}
      </h3>
      {rows.length === 0 && <p className="quiet">{t("review.law_none")}</p>}
      {rows.map((row) => (
        <article key={row.behaviour} className="law-row" data-behaviour={row.behaviour}>
          {rows.length > 1 && onChoose && (
            <label className="check">
              <input type="radio" name="behaviour" checked={chosen === row.behaviour} onChange={() => onChoose(row.behaviour)} />
              <LawTitle row={row} />
            </label>
          )}
          {(rows.length === 1 || !onChoose) && <LawTitle row={row} />}
          <LawMoney row={row} />
          <p className="quiet">{row.text_vi}</p>
          <p className="law-basis">
            <span>{row.legal_basis}</span> <Confidence of={row.confidence} />
          </p>
        </article>
      ))}
    </section>
  );
}

function LawTitle({ row }: { row: LawRow }) {
  const say = useSay();
  return (
    <b>
      <span className="clause">{row.clause}</span> {say(row.title_vi, row.title_en)}
    </b>
  );
}

function LawMoney({ row }: { row: LawRow }) {
  const { t, i18n } = useTranslation();
  const n = (amount: number) => dong(amount, i18n.language);
  return (
    <p className="law-money">
      <span>
        {n(row.fine_low)} – {n(row.fine_high)}
      </span>
      <b>{t("review.average", { amount: n(row.fine_average) })}</b>
      <span>{row.revocation_months ? t("review.revoked", { months: row.revocation_months }) : row.points > 0 ? t("review.points", { count: row.points }) : t("review.no_points")}</span>
    </p>
  );
}
