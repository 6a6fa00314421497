import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useKeepSite } from "../../shell/site";
import { AlertList, useAlertList } from "./list";

/** Alerts beside the passages, on the live page. */
export function AlertColumn() {
  const { t } = useTranslation();
  const keep = useKeepSite();
  const source = useAlertList("");
  return (
    <section className="alert-column" aria-labelledby="alerts-title">
      <header className="column-head">
        <h2 id="alerts-title">{t("feed.alerts")}</h2>
        <Link className="button button-quiet" to={keep("/alerts")}>
          {t("feed.all_alerts")}
        </Link>
      </header>
      <AlertList source={source} filtered={false} />
    </section>
  );
}
