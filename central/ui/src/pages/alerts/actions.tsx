import { Check, CircleAlert } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import type { Alert, AlertState } from "../../api/types";
import { NEXT_STATES, needsNote } from "../../format/verdict";
import { mayDecide, useUser } from "../../shell/user";
import { useKeys } from "../../ui/keys";
import { useTransition } from "./use-alert";

const KEY: Partial<Record<AlertState, string>> = { acknowledged: "a", verifying: "v", confirmed: "c", false_alarm: "f", closed: "x" };
type Act = Exclude<AlertState, "new">;

/** What was typed outlives the card being closed, or a refusal. */
const drafts = new Map<string, string>();

function useRefusal(error: Error | null): string | null {
  const { t } = useTranslation();
  if (!error) return null;
  if (!(error instanceof ApiError)) return t("alerts.failed", { detail: error.message });
  if (error.status === 409) return t("alerts.conflict");
  if (error.status === 403) return t("alerts.not_allowed");
  return t("alerts.failed", { detail: error.unreachable ? t("state.unreachable") : error.message });
}

/** The admin keeps the system running and decides nothing. */
export function AlertActions({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const user = useUser();
  if (!mayDecide(user)) return <p className="panel-finished">{t("alerts.not_allowed")}</p>;
  return <Decide alert={alert} />;
}

function Decide({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const [note, setNote] = useState(() => drafts.get(alert.id) ?? "");
  const [wanting, setWanting] = useState<AlertState | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const write = (text: string) => {
    setNote(text);
    drafts.set(alert.id, text);
  };
  const change = useTransition(alert.id, () => {
    write("");
    setWanting(null);
  });
  const refusal = useRefusal(change.error);
  const possible = (NEXT_STATES[alert.state] ?? []).filter((state): state is Act => state !== "new");

  const go = (to: AlertState) => {
    if (!possible.some((state) => state === to) || change.isPending) return;
    if (needsNote(to) && !note.trim()) {
      setWanting(to);
      field.current?.focus();
      return;
    }
    change.mutate({ to, note: note.trim() });
  };
  useKeys(Object.fromEntries(possible.map((to) => [KEY[to] ?? "", () => go(to)])));

  if (possible.length === 0) return <p className="panel-finished">{t("alerts.finished")}</p>;
  return (
    <section className="actions">
      <div className="action-buttons">
        {possible.map((to, at) => (
          <button
            key={to}
            type="button"
            className={`button ${at === 0 ? "button-primary" : ""}`}
            aria-keyshortcuts={KEY[to]}
            aria-busy={change.isPending}
            onClick={() => go(to)}
            data-to={to}
          >
            {t(change.isPending && change.variables.to === to ? "alerts.saving" : `alerts.act.${to}`)}
            <kbd aria-hidden="true">{KEY[to]?.toUpperCase()}</kbd>
          </button>
        ))}
      </div>
      <label className="field">
        <span>{t("alerts.note")}</span>
        <textarea
          ref={field}
          rows={2}
          maxLength={500}
          value={note}
          aria-invalid={wanting !== null && !note.trim()}
          onChange={(event) => write(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") {
              event.stopPropagation();
              event.currentTarget.blur();
            }
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && wanting) go(wanting);
          }}
        />
        <small>{t("alerts.note_hint")}</small>
      </label>
      <div role="status" aria-live="polite">
        {wanting && !note.trim() && (
          <p className="problem problem-wait">
            <CircleAlert aria-hidden="true" />
            {t("alerts.note_needed")}
          </p>
        )}
        {refusal && (
          <p className="problem">
            <CircleAlert aria-hidden="true" />
            {refusal}
          </p>
        )}
        {change.isSuccess && (
          <p className="done">
            <Check aria-hidden="true" />
            {t("alerts.done", { state: t(`alerts.state.${change.data.state}`) })}
          </p>
        )}
      </div>
    </section>
  );
}
