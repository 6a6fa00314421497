import { CircleCheck, Siren, WifiOff } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { whole } from "../../format/numbers";
import { clock } from "../../format/time";
import { useText } from "../i18n";
import { useDesk } from "../state/provider";

const RESTORED_MS = 4_000;

/** The line to the gate's computer is cut: since when, and what to do meanwhile. */
export function ConnectionBanner() {
  const { t } = useText();
  const { connection, view, retry } = useDesk();
  const wasLost = useRef(false);
  const [restored, setRestored] = useState(false);
  useEffect(() => {
    if (connection.state === "lost") wasLost.current = true;
    if (connection.state !== "live" || !wasLost.current) return undefined;
    wasLost.current = false;
    setRestored(true);
    const timer = setTimeout(() => setRestored(false), RESTORED_MS);
    return () => clearTimeout(timer);
  }, [connection.state]);
  if (connection.state === "lost") {
    return (
      <div className="banner banner-lost" role="alert">
        <WifiOff aria-hidden="true" />
        <p>
          <strong>{t("connection.banner", { time: clock(connection.since) })}</strong> <span>{t("connection.detail", { form: view.paper_form ?? t("connection.form") })}</span>
        </p>
        <button type="button" className="button" onClick={retry}>
          {t("connection.retry")}
        </button>
      </div>
    );
  }
  if (!restored) return null;
  return (
    <div className="banner banner-restored" role="status">
      <CircleCheck aria-hidden="true" />
      <p>{t("connection.restored")}</p>
    </div>
  );
}

/** An evacuation runs: never out of sight until it is ended. */
export function MusterBanner({ onOpen }: { onOpen: () => void }) {
  const { t, language } = useText();
  const { muster } = useDesk().view;
  if (!muster) return null;
  return (
    <div className="banner banner-muster" role="status">
      <Siren aria-hidden="true" />
      <p>
        <strong>{t("muster.running", { time: clock(muster.since) })}</strong>{" "}
        <span>
          {t("muster.missing")}: {whole(muster.missing, language)} · {t("muster.accounted")}: {whole(muster.accounted, language)} · {t("muster.anonymous")}: {whole(muster.anonymous, language)}
        </span>
      </p>
      <button type="button" className="button" onClick={onOpen}>
        {t("muster.open")} <kbd>F9</kbd>
      </button>
    </div>
  );
}
