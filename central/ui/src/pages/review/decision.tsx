import { ArrowUpRight, Check, CircleAlert, X } from "lucide-react";
import { type FormEvent, type RefObject, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CaseDetail, Played, RejectReason } from "../../api/case-types";
import { useReasons } from "../../api/cases";
import { ApiError } from "../../api/client";
import { percent } from "../../format/numbers";
import { platePrinted } from "../../format/plate";
import { useKeys } from "../../ui/keys";
import { Problem, Refusal } from "../../ui/outcome";
import { useSay, useWord } from "../../ui/words";
import { type Missing, REASON_KEYS, lookedShare, missingToSay } from "./decide";
import type { Decision } from "./use-work";

export type Asking = "approve" | "reject" | "escalate" | null;

interface Props {
  detail: CaseDetail;
  missing: Missing[];
  played: Played;
  asking: Asking;
  onAsk: (asking: Asking) => void;
  note: string;
  onNote: (note: string) => void;
  behaviour: string;
  busy: boolean;
  error: Error | null;
  onDecide: (decision: Decision) => void;
}

/** Approve, reject, escalate: never more than two keys. What an approval still lacks stands on its button. */
export function DecisionBar({ detail, missing, played, asking, onAsk, note, onNote, behaviour, busy, error, onDecide }: Props) {
  const { t, i18n } = useTranslation();
  const field = useRef<HTMLTextAreaElement>(null);
  const lacks = { approve: missing, reject: missingToSay("reject", missing), escalate: missingToSay("escalate", missing) };
  const ready = missing.length === 0;
  // Nobody stands above a senior.
  const above = detail.review.round < 3;
  const [tried, setTried] = useState<Asking>(null);
  useEffect(() => setTried(null), [detail.id]);
  const lacking = tried ? lacks[tried] : [];
  const ask = (next: Asking) => {
    if (next === "escalate" && !above) return undefined;
    if (next && lacks[next].length > 0) return setTried(next);
    return onAsk(next);
  };
  const sure = () => onDecide({ decision: asking === "escalate" ? "escalate" : "approve", behaviour: asking === "approve" ? behaviour : undefined, note: note.trim() || undefined });
  const closed = asking === null;
  useKeys({
    a: busy ? undefined : closed ? () => ask("approve") : asking === "approve" ? sure : undefined,
    r: closed && !busy ? () => ask("reject") : undefined,
    e: busy ? undefined : closed ? () => ask("escalate") : undefined,
    Enter: !busy && asking === "approve" ? sure : undefined,
    Escape: closed ? undefined : () => onAsk(null),
  });
  return (
    <div className="decision" data-testid="decision">
      {error && <Conflict error={error} />}
      {tried && lacking.length > 0 && asking === null && <MissingList missing={lacking} />}
      {asking === "reject" && <Reasons field={field} note={note} onNote={onNote} busy={busy} onReject={(reason) => onDecide({ decision: "reject", reason: reason.code, note: note.trim() || undefined })} onClose={() => onAsk(null)} />}
      {(asking === "approve" || asking === "escalate") && <Sure asking={asking} detail={detail} behaviour={behaviour} note={note} onNote={onNote} busy={busy} onSure={sure} onClose={() => onAsk(null)} />}
      <div className="decision-keys">
        <button type="button" className={`button decide-approve ${ready ? "" : "decide-not"}`} aria-disabled={!ready} aria-describedby="approve-lacks" onClick={() => ask("approve")} onMouseDown={(event) => event.preventDefault()} data-testid="approve">
          <span className="decide-line">
            <Check aria-hidden="true" />
            {t("review.approve")} <kbd>a</kbd>
          </span>
          <span id="approve-lacks" className="decide-lacks">
            {ready ? t("review.ready") : <FirstMissing missing={missing} />}
          </span>
          {!ready && (
            <span className="decide-progress" role="progressbar" aria-label={t("review.looked")} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(lookedShare(played) * 100)} aria-valuetext={percent(lookedShare(played), i18n.language)}>
              <span style={{ width: `${lookedShare(played) * 100}%` }} />
            </span>
          )}
        </button>
        <button type="button" className={`button decide-reject ${lacks.reject.length > 0 ? "decide-not" : ""}`} aria-disabled={lacks.reject.length > 0} aria-describedby={lacks.reject.length > 0 ? "reject-lacks" : undefined} aria-expanded={asking === "reject"} onClick={() => ask(asking === "reject" ? null : "reject")} onMouseDown={(event) => event.preventDefault()} data-testid="reject">
          <span className="decide-line">
            <X aria-hidden="true" />
            {t("review.reject")} <kbd>r</kbd>
          </span>
          {lacks.reject.length > 0 && (
            <span id="reject-lacks" className="decide-lacks">
              <FirstMissing missing={lacks.reject} />
            </span>
          )}
        </button>
        <button type="button" className={`button ${lacks.escalate.length > 0 ? "decide-not" : ""}`} disabled={!above} aria-disabled={!above || lacks.escalate.length > 0} title={above ? undefined : t("review.nobody_above")} onClick={() => ask("escalate")} onMouseDown={(event) => event.preventDefault()}>
          <ArrowUpRight aria-hidden="true" />
          {t("review.escalate")} <kbd>e</kbd>
        </button>
      </div>
    </div>
  );
}

function useMissingWord(): (missing: Missing) => string {
  const { t } = useTranslation();
  const word = useWord();
  return ({ code, left, why, plate }) => (code === "may_not" ? word("may_not", why || "other") : t(`review.lacks.${code === "pictures" && plate ? "pictures_plate" : code}`, { count: left ?? 0 }));
}

function FirstMissing({ missing }: { missing: Missing[] }) {
  const { t } = useTranslation();
  const say = useMissingWord();
  const [first, ...rest] = missing;
  if (!first) return null;
  return (
    <>
      {say(first)}
      {rest.length > 0 && ` ${t("review.and_more", { count: rest.length })}`}
    </>
  );
}

function MissingList({ missing }: { missing: Missing[] }) {
  const { t } = useTranslation();
  const say = useMissingWord();
  return (
    <div className="problem problem-wait" role="alert" data-testid="missing">
      <CircleAlert aria-hidden="true" />
      <div>
        <b>{t("review.not_yet")}</b>
        <ul>
          {missing.map((one) => (
            <li key={one.code}>{say(one)}</li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** Central refused: the word says why, and what was typed is still here. */
function Conflict({ error }: { error: Error }) {
  const word = useWord();
  if (!(error instanceof ApiError) || ![403, 409].includes(error.status)) return <Refusal error={error} />;
  const text = word("conflict", error.code);
  return <Problem>{text === error.code && error.detail ? error.detail : text}</Problem>;
}

interface SureProps {
  asking: "approve" | "escalate";
  detail: CaseDetail;
  behaviour: string;
  note: string;
  onNote: (note: string) => void;
  busy: boolean;
  onSure: () => void;
  onClose: () => void;
}

function Sure({ asking, detail, behaviour, note, onNote, busy, onSure, onClose }: SureProps) {
  const { t } = useTranslation();
  const say = useSay();
  const row = detail.law.find((one) => one.behaviour === behaviour);
  const field = useRef<HTMLTextAreaElement>(null);
  const wanting = asking === "escalate" && note.trim().length < 3;
  useEffect(() => {
    if (asking === "escalate") field.current?.focus();
  }, [asking]);
  return (
    <div className="sure" role="group" aria-label={t(`review.sure_${asking}`)} data-testid="sure">
      <p>
        <b>{t(`review.sure_${asking}`)}</b> {asking === "approve" ? `${platePrinted(detail.plate_confirmed ?? "", detail.class)} · ${row ? `${row.clause} ${say(row.title_vi, row.title_en)}` : behaviour}` : t("review.escalate_hint")}
      </p>
      <label className="field">
        <span>{t(asking === "escalate" ? "review.note_escalate" : "review.note")}</span>
        <textarea
          ref={field}
          rows={1}
          value={note}
          maxLength={500}
          onChange={(event) => onNote(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
            if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing && !wanting && !busy) {
              event.preventDefault();
              onSure();
            }
          }}
        />
      </label>
      <div className="form-acts">
        <button type="button" className="button button-primary" disabled={busy || wanting} aria-busy={busy} onClick={onSure}>
          {t(`review.do_${asking}`)} <kbd>{asking === "approve" ? "a" : "Enter"}</kbd>
        </button>
        <button type="button" className="button button-quiet" onClick={onClose}>
          {t("review.cancel")} <kbd>Esc</kbd>
        </button>
      </div>
    </div>
  );
}

interface ReasonsProps {
  field: RefObject<HTMLTextAreaElement | null>;
  note: string;
  onNote: (note: string) => void;
  busy: boolean;
  onReject: (reason: RejectReason) => void;
  onClose: () => void;
}

/** Reasons by number: the second key rejects. One that needs a note asks for it first. */
function Reasons({ field, note, onNote, busy, onReject, onClose }: ReasonsProps) {
  const { t } = useTranslation();
  const say = useSay();
  const reasons = useReasons();
  const rows = (reasons.data ?? []).slice(0, REASON_KEYS.length);
  const [wanting, setWanting] = useState<RejectReason | null>(null);
  const choose = (reason: RejectReason) => {
    if (busy) return;
    if (reason.note_needed && note.trim().length < 3) {
      setWanting(reason);
      field.current?.focus();
      return;
    }
    onReject(reason);
  };
  // Above the page: its keys are the reasons' and nothing else's.
  useKeys({ ...Object.fromEntries(rows.map((reason, at) => [REASON_KEYS[at], () => choose(reason)])), Escape: onClose }, { insideDialog: true });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wanting) choose(wanting);
  };
  return (
    <form className="reasons" data-modal="true" onSubmit={submit} aria-label={t("review.why_reject")} data-testid="reasons">
      <header>
        <b>{t("review.why_reject")}</b>
        <button type="button" className="button button-quiet" onClick={onClose}>
          {t("review.cancel")} <kbd>Esc</kbd>
        </button>
      </header>
      <Refusal error={reasons.error} />
      <ol className="reason-list">
        {rows.map((reason, at) => (
          <li key={reason.code}>
            <button type="button" className="reason" aria-pressed={wanting?.code === reason.code} onClick={() => choose(reason)} data-reason={reason.code}>
              <kbd>{REASON_KEYS[at]}</kbd>
              <span>
                {say(reason.title_vi, reason.title_en)}
                {reason.note_needed && <small> {t("review.with_note")}</small>}
              </span>
            </button>
          </li>
        ))}
      </ol>
      <label className={`field ${wanting && note.trim().length < 3 ? "field-wrong" : ""}`}>
        <span>{wanting ? t("review.note_for", { reason: say(wanting.title_vi, wanting.title_en) }) : t("review.note")}</span>
        <textarea
          ref={field}
          rows={1}
          value={note}
          maxLength={500}
          onChange={(event) => onNote(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
            if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing && wanting) {
              event.preventDefault();
              choose(wanting);
            }
          }}
        />
      </label>
      {wanting && (
        <button type="submit" className="button button-primary" disabled={busy || note.trim().length < 3}>
          {t("review.do_reject")} <kbd>Enter</kbd>
        </button>
      )}
    </form>
  );
}
