import { Check, CircleAlert, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { CaseDetail } from "../../api/case-types";
import { Badge } from "../../ui/verdict";
import { useSay, useWord } from "../../ui/words";

/** What the evidence has, what is missing of it, and the conditions at that moment: all of them must hold. */
export function GateCard({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation();
  const say = useSay();
  const word = useWord();
  const { gate, evidence } = detail;
  const have = [...new Set(evidence.filter(({ present }) => present).map(({ role }) => role))];
  return (
    <section className="side-card" aria-label={t("review.gate")}>
      <h3>
        {t("review.gate")} <Badge tone={gate.admissible ? "admit" : "deny"} size="s" icon={gate.admissible ? Check : CircleAlert}>{t(gate.admissible ? "review.admissible" : "review.inadmissible")}</Badge>
      </h3>
      <ul className="gate-list">
        {gate.missing.map((row) => (
          <li key={row.need} className="gate-no">
            <X aria-hidden="true" />
            <span>
              <b>{t("review.missing")}</b> {say(row.vi, row.en)}
            </span>
          </li>
        ))}
        {gate.conditions.toSorted((a, b) => Number(a.ok) - Number(b.ok)).map((row) => (
          <li key={row.code} className={row.ok ? "gate-yes" : "gate-no"}>
            {row.ok ? <Check aria-hidden="true" /> : <X aria-hidden="true" />}
            <span>
              {!row.ok && <b>{t("review.not_met")}</b>} {say(row.vi, row.en)}
            </span>
          </li>
        ))}
        {have.length > 0 && (
          <li className="gate-yes">
            <Check aria-hidden="true" />
            <span>{have.map((role) => word("evidence_role", role)).join(" · ")}</span>
          </li>
        )}
      </ul>
    </section>
  );
}
