import { CloudOff, RotateCw } from "lucide-react";
import { clock } from "../../format/time";
import { Empty } from "../../ui/states";
import { whyOf } from "../acts/errors";
import { useText } from "../i18n";

/** A list that could not be read, and the one thing to do about it. */
export function Problem({ error, retry }: { error: Error; retry: () => void }) {
  const { t } = useText();
  return (
    <div role="alert">
      <Empty icon={CloudOff} title={whyOf(error, t)}>
        <button type="button" className="button" onClick={retry}>
          <RotateCw aria-hidden="true" />
          {t("connection.retry")}
        </button>
      </Empty>
    </div>
  );
}

export function Waiting() {
  const { t } = useText();
  return (
    <div role="status">
      <span className="sr-only">{t("app.loading")}</span>
      {Array.from({ length: 4 }, (_, at) => (
        <span key={at} className="skeleton skeleton-line" aria-hidden="true" />
      ))}
    </div>
  );
}

/** An old list says how old it is. */
export function StaleList({ query }: { query: { isError: boolean; dataUpdatedAt: number } }) {
  const { t } = useText();
  if (!query.isError) return null;
  return (
    <p className="stale-note" role="status">
      <CloudOff aria-hidden="true" />
      {t("side.as_of", { time: clock(query.dataUpdatedAt) })}
    </p>
  );
}
