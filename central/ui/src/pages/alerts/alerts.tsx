import { MousePointerClick } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { AlertState } from "../../api/types";
import { useAddress } from "../../shell/site";
import { moveFocus, useKeys } from "../../ui/keys";
import { Empty } from "../../ui/states";
import { usePageTitle } from "../../ui/title";
import { AlertList, useAlertList, useOpenAlert } from "./list";
import { AlertPanel } from "./panel";

const STATES: AlertState[] = ["new", "acknowledged", "verifying", "confirmed", "false_alarm", "closed"];

export function AlertsPage() {
  const { t } = useTranslation();
  const [address, change] = useAddress();
  const [open] = useOpenAlert();
  const wanted = address.get("state") ?? "";
  const state = STATES.find((known) => known === wanted) ?? "";
  const source = useAlertList(state);
  usePageTitle(t("alerts.title"));
  useKeys({ j: () => moveFocus("alerts", 1), k: () => moveFocus("alerts", -1), n: source.list.show });
  return (
    <div className="inbox">
      <section className="inbox-list" aria-labelledby="inbox-title">
        <header className="column-head">
          <h1 id="inbox-title">{t("alerts.title")}</h1>
          <div className="chips" role="group" aria-label={t("filter.state")}>
            {(["", ...STATES] as const).map((name) => (
              <button key={name} type="button" className="chip" aria-pressed={state === name} onClick={() => change({ state: name })}>
                {t(`alerts.state.${name || "all"}`)}
              </button>
            ))}
          </div>
        </header>
        <AlertList source={source} filtered={state !== ""} />
      </section>
      {open ? (
        <AlertPanel form="docked" />
      ) : (
        <div className="inbox-none">
          <Empty icon={MousePointerClick} title={t("alerts.select")} hint={t("alerts.select_hint")} />
        </div>
      )}
    </div>
  );
}
