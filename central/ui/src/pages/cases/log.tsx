import { Link2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { CaseStep } from "../../api/case-types";
import { Time } from "../../ui/time";
import { useSay, useWord } from "../../ui/words";
import { useNoteDetail } from "../handlings/words";
import { useReasonWord } from "../review/reasons";

/** Each step with the hash that holds the one before: a chain that shows a change. */
export function ChainLog({ steps, kind }: { steps: (CaseStep & { what_vi?: string; what_en?: string; detail?: unknown })[]; kind: "case_step" | "handling_step" }) {
  const { t } = useTranslation();
  const word = useWord();
  const say = useSay();
  const reason = useReasonWord();
  const noteDetail = useNoteDetail();
  // Lines that are no steps have no name of their own at central.
  const name = (step: (typeof steps)[number]) => (step.what_vi === step.what ? word("handling_note", step.what) : say(step.what_vi, step.what_en) || word(kind, step.what));
  return (
    <section className="card chain-card">
      <h2>{t(kind === "handling_step" ? "handlings.log" : "cases.log")}</h2>
      <p className="quiet">{t("cases.log_hint")}</p>
      <ol className="history chain" data-testid="chain">
        {steps.toReversed().map((step) => (
          <li key={step.hash}>
            <b>{name(step)}</b>
            {kind === "handling_step" && noteDetail(step.what, step.detail) && <span>{noteDetail(step.what, step.detail)}</span>}
            {step.reason && <q>{reason(step.reason)}</q>}
            <span>
              <Time at={step.at} /> · {step.actor === "system" ? t("cases.by_system") : step.actor}
              {step.role && step.role !== "system" && ` · ${word(kind === "handling_step" ? "handling_role" : "role", step.role)}`}
            </span>
            <code title={step.hash}>
              <Link2 aria-hidden="true" /> {step.hash.slice(0, 16)}
            </code>
          </li>
        ))}
      </ol>
    </section>
  );
}
