import { Sparkles } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMyDay } from "../../api/cases";
import { percent } from "../../format/numbers";
import { useSpan } from "../../ui/time";

/** The day in one line, to help and not to drive: how often second reviewers agreed, and the known cases. */
export function MyDay() {
  const { t, i18n } = useTranslation();
  const span = useSpan();
  const { data } = useMyDay(1);
  if (!data) return null;
  const judged = data.agreed + data.disagreed;
  const share = judged > 0 ? data.agreed / judged : null;
  return (
    <div className="my-day" data-testid="my-day">
      <p>
        <Sparkles aria-hidden="true" />
        <b>{t("review.today", { count: data.decided })}</b>
      </p>
      <p>
        {share === null ? t("review.agreed_none") : t("review.agreed", { share: percent(share, i18n.language) })}
        {data.seeded.shown > 0 && ` · ${t("review.seeded", { right: data.seeded.right, shown: data.seeded.shown })}`}
        {data.median_s !== null && ` · ${t("review.median", { span: span(data.median_s) })}`}
      </p>
      {share !== null && <p className="quiet">{t(share >= 0.9 ? "review.kind_good" : "review.kind_slow")}</p>}
    </div>
  );
}
