import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useTranslation } from "react-i18next";
import { gatesApi } from "../../api/gates";
import { gateKeys } from "../../api/gate-queries";
import { Loaded } from "../../ui/loaded";
import { Time } from "../../ui/time";
import { ChangeList } from "./changes";

/** Who changed what and when, newest first. */
export function HistoryTab({ site }: { site: string }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: gateKeys.policyHistory(site), queryFn: () => gatesApi.policyHistory(site) });
  return (
    <Loaded query={query} isEmpty={(steps) => steps.length === 0} empty={{ icon: History, title: t("policy.history_empty") }}>
      {(steps) => (
        <ol className="policy-gates">
          {steps.map((step) => (
            <li key={step.version} className="card" data-version={step.version}>
              <header className="card-head">
                <h2>{t("policy.version", { version: step.version })}</h2>
                <span className="quiet">
                  {step.changed_by} · <Time at={step.changed_at} />
                  {step.approved_by && ` · ${t("policy.approved_by", { who: step.approved_by })}`}
                </span>
              </header>
              {step.note && <q>{step.note}</q>}
              <ChangeList changes={step.changes} />
            </li>
          ))}
        </ol>
      )}
    </Loaded>
  );
}
