import { CircleCheck, LoaderCircle, Wifi, WifiOff } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { clock } from "../format/time";
import { useConnection } from "../live/provider";

const RESTORED_MS = 4_000;

/** The small word in the header: colour, icon and word. */
export function ConnectionState() {
  const { t } = useTranslation();
  const { state } = useConnection();
  const Icon = state === "live" ? Wifi : state === "lost" ? WifiOff : LoaderCircle;
  return (
    <span className={`connection connection-${state}`} role="status" data-connection={state}>
      <Icon aria-hidden="true" />
      <span>{t(`connection.${state}`)}</span>
    </span>
  );
}

/** Says since when the page is old, and later that it is whole again. */
export function Banner() {
  const { t } = useTranslation();
  const connection = useConnection();
  const wasLost = useRef(false);
  const [restored, setRestored] = useState(false);
  const { state } = connection;

  useEffect(() => {
    if (state === "lost") wasLost.current = true;
    if (state !== "live" || !wasLost.current) return undefined;
    wasLost.current = false;
    setRestored(true);
    const timer = setTimeout(() => setRestored(false), RESTORED_MS);
    return () => {
      clearTimeout(timer);
      setRestored(false);
    };
  }, [state]);

  if (connection.state === "lost") {
    return (
      <div className="banner banner-lost" role="alert">
        <WifiOff aria-hidden="true" />
        <p>
          <strong>{t("connection.banner", { time: clock(connection.since) })}</strong> <span>{t("connection.banner_detail")}</span>
        </p>
        <button type="button" className="button" onClick={connection.retry}>
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
