import { CloudOff, type LucideIcon, RotateCw, ShieldX } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/client";
import { clock } from "../format/time";
import { useWord } from "./words";

interface EmptyProps {
  icon: LucideIcon;
  title: string;
  hint?: string;
  children?: ReactNode;
}

/** Nothing to show, and what that means. */
export function Empty({ icon: Icon, title, hint, children }: EmptyProps) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon aria-hidden="true" />
      </span>
      <p className="empty-title">{title}</p>
      {hint && <p className="empty-hint">{hint}</p>}
      {children}
    </div>
  );
}

/** A failed read: what happened and the one thing to do about it. */
export function Failed({ error, retry }: { error: Error; retry?: () => void }) {
  const { t } = useTranslation();
  const word = useWord();
  const api = error instanceof ApiError ? error : null;
  const known = api ? word("refused", api.code) : "";
  const hint = api ? (known === api.code ? api.detail : known) : error.message;
  if (api?.status === 403) return <Empty icon={ShieldX} title={t("state.forbidden")} hint={hint} />;
  return (
    <div role="alert">
      <Empty icon={CloudOff} title={t(api?.unreachable ? "state.unreachable" : "state.error")} hint={hint}>
        {retry && (
          <button type="button" className="button" onClick={retry}>
            <RotateCw aria-hidden="true" />
            {t("state.retry")}
          </button>
        )}
      </Empty>
    </div>
  );
}

/** Grey shapes in the place of what is coming. */
export function Skeleton({ count, shape }: { count: number; shape: "card" | "row" | "line" | "camera" }) {
  const { t } = useTranslation();
  return (
    <>
      <span className="sr-only" role="status">
        {t("state.loading")}
      </span>
      {Array.from({ length: count }, (_, at) => (
        <span key={at} className={`skeleton skeleton-${shape}`} aria-hidden="true" />
      ))}
    </>
  );
}

/** Old numbers are better than a spinner, when they say how old they are. */
export function StaleNote({ query }: { query: { isError: boolean; data: unknown; dataUpdatedAt: number } }) {
  const { t } = useTranslation();
  if (!query.isError || query.data === undefined) return null;
  return (
    <p className="stale-note" role="status">
      <CloudOff aria-hidden="true" />
      {t("state.stale", { time: clock(query.dataUpdatedAt) })}
    </p>
  );
}
