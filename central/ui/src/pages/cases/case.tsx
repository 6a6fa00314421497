import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, FileX2, Gavel, Lock, MonitorPlay, ShieldAlert, Split, type LucideIcon } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import type { CaseDetail } from "../../api/case-types";
import { caseKeys, casesApi, useCase } from "../../api/cases";
import { evidenceUrl } from "../../api/client";
import { drawnColour, platePrinted } from "../../format/plate";
import { bytes } from "../../format/numbers";
import { Player } from "../../player/player";
import { mayReview, maySign } from "../../shell/places";
import { useKeepSite } from "../../shell/site";
import { useUser } from "../../shell/user";
import { Field } from "../../ui/field";
import { useKeys } from "../../ui/keys";
import { Loaded } from "../../ui/loaded";
import { Done, Note, Refusal } from "../../ui/outcome";
import { Plate } from "../../ui/plate";
import { Time } from "../../ui/time";
import { usePageTitle } from "../../ui/title";
import { useSay, useWord } from "../../ui/words";
import { CaseHead } from "../review/case";
import { FactsCard } from "../review/facts-card";
import { GateCard } from "../review/gate-card";
import { LawCard } from "../review/law-card";
import { Warnings } from "../review/warnings";
import { CaseBadge } from "./badge";
import { ChainLog } from "./log";

const WAITING = ["screened", "review_1", "review_2", "review_3"];
const VOIDABLE = [...WAITING, "duplicate", "confirmed"];
const LEAST_REASON = 5;

/** One case to read: its clip, what it rests on, who did what with it. */
export function CasePage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const query = useCase(id);
  const keep = useKeepSite();
  const navigate = useNavigate();
  usePageTitle(query.data?.number ?? t("cases.title"));
  useKeys({ Escape: () => void navigate(keep("/cases")) });
  return (
    <div className="page passage-page">
      <div className="page-back">
        <Link to={keep("/cases")} className="button button-quiet">
          <ArrowLeft aria-hidden="true" />
          {t("cases.back")} <kbd>Esc</kbd>
        </Link>
      </div>
      <Loaded query={query} shape="camera" count={1}>
        {(detail) => <Shown key={detail.id} detail={detail} />}
      </Loaded>
    </div>
  );
}

function Shown({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation();
  const say = useSay();
  const word = useWord();
  const user = useUser();
  const keep = useKeepSite();
  const reviews = mayReview(user) && WAITING.includes(detail.state);
  return (
    <div className="case-layout">
      <div className="case-left">
        <div className="case-film">
          <CaseHead detail={detail} />
          {detail.chain_broken_at != null && (
            <p className="strip strip-deny" role="alert">
              <ShieldAlert aria-hidden="true" />
              <span>{t("cases.chain_broken", { line: detail.chain_broken_at })}</span>
            </p>
          )}
          <Warnings detail={detail} />
          {detail.picture[0] > 0 ? <Player detail={detail} /> : <p className="clip-note">{t("cases.hidden")}</p>}
        </div>
        <ChainLog steps={detail.log} kind="case_step" />
      </div>
      <div className="case-right">
        <section className="card">
          <div className="badges">
            <CaseBadge state={detail.state} size="m" />
            {detail.plate_confirmed && <Plate display={detail.plate_display ?? platePrinted(detail.plate_confirmed, detail.class)} kind={detail.reading?.kind} colour={drawnColour(detail.reading?.colour)} lines={detail.reading?.lines} />}
          </div>
          {detail.no_handling && <Note tone="wait">{say(detail.no_handling.vi, detail.no_handling.en)}</Note>}
          {reviews && !detail.review.may && (
            <Note tone="wait">
              {t("review.not_for_you")} {word("may_not", detail.review.why_not ?? "other")}
            </Note>
          )}
          {((reviews && detail.review.may) || detail.handling_id) && (
            <div className="form-acts">
              {reviews && detail.review.may && (
                <Link className="button button-primary" to={`/review?case=${detail.id}`}>
                  <MonitorPlay aria-hidden="true" />
                  {t("cases.review")}
                </Link>
              )}
              {detail.handling_id && (
                <Link className="button" to={keep(`/handlings/${detail.handling_id}`)}>
                  <Gavel aria-hidden="true" />
                  {t("cases.handling")}
                </Link>
              )}
            </div>
          )}
        </section>
        <LawCard rows={detail.law} at={detail.at} />
        <GateCard detail={detail} />
        <FactsCard detail={detail} />
        <Files detail={detail} />
        {detail.state === "duplicate" && mayReview(user) && <Separate detail={detail} />}
        {maySign(user) && <Hold detail={detail} />}
        {VOIDABLE.includes(detail.state) && !detail.handling_id && <VoidForm detail={detail} />}
      </div>
    </div>
  );
}

function Files({ detail }: { detail: CaseDetail }) {
  const { t, i18n } = useTranslation();
  const word = useWord();
  // What is inadmissible is shown to nobody: there is no list then.
  if (detail.evidence.length === 0) return null;
  return (
    <section className="side-card">
      <h3>{t("cases.evidence")}</h3>
      <ul className="file-list">
        {detail.evidence.map((file, at) => {
          const size = bytes(file.bytes, i18n.language);
          return (
            <li key={file.sha256 + file.role + at}>
              {file.present ? (
                <a className="link" href={evidenceUrl(file.sha256)} target="_blank" rel="noreferrer">
                  {word("evidence_role", file.role)}
                </a>
              ) : (
                <span className="tone-text-deny">
                  {word("evidence_role", file.role)}: {t("cases.evidence_lost")}
                </span>
              )}
              <span className="quiet">{t(size.key, { n: size.n })}</span>
              <code title={file.sha256}>{file.sha256.slice(0, 12)}</code>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

interface ReasonedProps {
  icon: LucideIcon;
  title: string;
  hint: string;
  word: string;
  act: (reason: string) => Promise<void>;
  id: string;
}

/** One act on a case that is written down with its reason. */
function Reasoned({ icon: Icon, title, hint, word, act, id }: ReasonedProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const send = useMutation({ mutationFn: () => act(reason.trim()), onSuccess: () => void client.invalidateQueries({ queryKey: caseKeys.one(id) }) });
  return (
    <details className="side-card void">
      <summary>
        <Icon aria-hidden="true" />
        {title}
      </summary>
      <p className="quiet">{hint}</p>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim().length >= LEAST_REASON) send.mutate();
        }}
      >
        <Field word={t("cases.reason")}>
          <textarea rows={2} value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
        </Field>
        <button type="submit" className="button" disabled={reason.trim().length < LEAST_REASON} aria-busy={send.isPending}>
          {word}
        </button>
      </form>
      <Refusal error={send.error} />
    </details>
  );
}

/** A duplicate that turns out to be an act of its own waits for its own review. */
function Separate({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation();
  return <Reasoned icon={Split} title={t("cases.separate")} hint={t("cases.separate_hint")} word={t("cases.separate_do")} act={(reason) => casesApi.separate(detail.id, reason)} id={detail.id} />;
}

/** A commander keeps everything of a case from being deleted, or lets it go again. */
function Hold({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const off = useMutation({ mutationFn: () => casesApi.unhold(detail.id), onSuccess: () => void client.invalidateQueries({ queryKey: caseKeys.one(detail.id) }) });
  if (!detail.legal_hold) return <Reasoned icon={Lock} title={t("cases.hold")} hint={t("cases.hold_hint")} word={t("cases.hold_do")} act={(reason) => casesApi.hold(detail.id, reason)} id={detail.id} />;
  return (
    <section className="side-card" data-testid="hold">
      <p className="with-icon">
        <Lock aria-hidden="true" />
        {t("cases.held")}
      </p>
      <button type="button" className="button" aria-busy={off.isPending} onClick={() => off.mutate()}>
        {t("cases.unhold")}
      </button>
      <Refusal error={off.error} />
    </section>
  );
}

/** Voiding takes a reason from one person and the word of another. */
function VoidForm({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation();
  const user = useUser();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const asked = detail.void;
  const after = () => void client.invalidateQueries({ queryKey: caseKeys.one(detail.id) });
  const ask = useMutation({ mutationFn: () => casesApi.voidAsk(detail.id, reason.trim()), onSuccess: after });
  const confirm = useMutation({ mutationFn: () => casesApi.voidConfirm(detail.id), onSuccess: after });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim().length >= LEAST_REASON) ask.mutate();
  };
  return (
    <details className="side-card void">
      <summary>
        <FileX2 aria-hidden="true" />
        {t("cases.void")}
      </summary>
      <p className="quiet">{t("cases.void_hint")}</p>
      {asked ? (
        <>
          <p>
            {asked.by} · <Time at={asked.at} />: <q>{asked.reason}</q>
          </p>
          {maySign(user) && asked.by !== user.username ? (
            <button type="button" className="button button-danger" aria-busy={confirm.isPending} onClick={() => confirm.mutate()}>
              {t("cases.void_confirm")}
            </button>
          ) : (
            <Done>{t("cases.void_asked")}</Done>
          )}
        </>
      ) : (
        <form className="form" onSubmit={submit}>
          <Field word={t("cases.void_reason")}>
            <textarea rows={2} value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
          </Field>
          <button type="submit" className="button button-danger" disabled={reason.trim().length < LEAST_REASON} aria-busy={ask.isPending}>
            {t("cases.void_ask")}
          </button>
        </form>
      )}
      <Refusal error={ask.error ?? confirm.error} />
    </details>
  );
}
