import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowRight, Eye, GitCompareArrows } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { gatesApi } from "../../api/gates";
import type { Otherwise } from "../../api/types";
import { useUser } from "../../shell/user";
import { VerdictBadge } from "../../ui/gate-badges";
import { Refusal } from "../../ui/outcome";
import { Time, useSpan } from "../../ui/time";
import { useSay, useWord } from "../../ui/words";

/** The gate's answer beside what central would have said, and why they differ. */
export function OtherwiseBox({ row, compact }: { row: Otherwise; compact?: boolean }) {
  const { t } = useTranslation();
  const say = useSay();
  const word = useWord();
  const span = useSpan();
  return (
    <section className={`otherwise ${row.state === "seen" ? "otherwise-seen" : ""}`} data-otherwise={row.id} data-state={row.state}>
      {!compact && (
        <h2 className="with-icon">
          <GitCompareArrows aria-hidden="true" />
          {t("otherwise.box")}
        </h2>
      )}
      <div className="otherwise-sides">
        <div>
          <h3>{t("otherwise.edge")}</h3>
          <VerdictBadge verdict={row.edge.verdict} />
          <p>{word("reason", row.edge.reason)}</p>
          <p className="quiet">{t("access.list_of", { version: row.edge.list_version, age: span(row.edge.list_age_s) })}</p>
        </div>
        <ArrowRight aria-hidden="true" className="otherwise-arrow" />
        <div>
          <h3>{t("otherwise.central")}</h3>
          <VerdictBadge verdict={row.central.verdict} />
          <p>{word("reason", row.central.reason)}</p>
          <p className="quiet">{t("otherwise.central_list", { version: row.central.list_version })}</p>
        </div>
      </div>
      <p className="panel-reason">{say(row.why_vi, row.why_en)}</p>
      {row.state === "seen" ? <Seen row={row} /> : <MarkSeen row={row} />}
    </section>
  );
}

function Seen({ row }: { row: Otherwise }) {
  const { t } = useTranslation();
  return (
    <p className="quiet with-icon">
      <Eye aria-hidden="true" />
      <span>
        {t("otherwise.seen_by", { who: row.seen_by ?? "–" })} {row.seen_at && <Time at={row.seen_at} form="short" />}
        {row.note && <> · “{row.note}”</>}
      </span>
    </p>
  );
}

/** Typed notes outlive the card being scrolled away or refused. */
const drafts = new Map<string, string>();

function MarkSeen({ row }: { row: Otherwise }) {
  const { t } = useTranslation();
  const user = useUser();
  const client = useQueryClient();
  const [note, setNote] = useState(() => drafts.get(row.id) ?? "");
  const mark = useMutation({
    mutationFn: () => gatesApi.seen(row.id, note.trim()),
    onSuccess: () => {
      drafts.delete(row.id);
      void client.invalidateQueries({ queryKey: ["otherwise"] });
      void client.invalidateQueries({ queryKey: ["access", row.access] });
    },
  });
  if (!["gate_operator", "site_manager", "ioc_operator", "traffic_police"].includes(user.role)) return null;
  return (
    <form
      className="otherwise-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!mark.isPending) mark.mutate();
      }}
    >
      <label className="field">
        <span>{t("otherwise.note")}</span>
        <input
          value={note}
          maxLength={500}
          onChange={(event) => {
            setNote(event.target.value);
            drafts.set(row.id, event.target.value);
          }}
        />
      </label>
      <button type="submit" className="button button-primary" aria-busy={mark.isPending}>
        <Eye aria-hidden="true" />
        {t("otherwise.mark")}
      </button>
      <Refusal error={mark.error} />
    </form>
  );
}
