import { useTranslation } from "react-i18next";
import type { Alert } from "../../api/types";
import { Time } from "../../ui/time";

export function History({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  return (
    <section>
      <h3>{t("alerts.history")}</h3>
      <ol className="history">
        {alert.history.toReversed().map((step) => (
          <li key={`${step.at}${step.to}`}>
            <b>{step.from === null ? t("alerts.raised_step") : t(`alerts.state.${step.to}`)}</b>
            <span>
              {step.actor} · <Time at={step.at} />
            </span>
            {step.note && <q>{step.note}</q>}
          </li>
        ))}
        {!alert.history.some((step) => step.from === null) && (
          <li>
            <b>{t("alerts.raised_step")}</b>
            <span>
              <Time at={alert.raised_at} />
            </span>
          </li>
        )}
      </ol>
    </section>
  );
}
