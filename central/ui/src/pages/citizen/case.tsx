import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import { type CitizenDetail, citizenApi } from "../../api/citizen";
import { date, dateTime } from "../../format/time";
import { Answer } from "./answer";
import { Pictures } from "./pictures";
import { WAITS, dong, said } from "./words";

const LOOK_EVERY_MS = 15_000;
/** A page that nobody touches stops asking after this, so that the session of a left telephone ends. */
const TOUCHED_MS = 5 * 60_000;

interface Props {
  caseRef: string;
  onBack: () => void;
  onSignedOut: () => void;
}

/** One case in plain words: what was seen, what the law says, what can be done now. */
export function CasePage({ caseRef, onBack, onSignedOut }: Props) {
  const { t, i18n } = useTranslation();
  const vi = i18n.language === "vi";
  const [found, setFound] = useState<CitizenDetail | null>(null);
  const [gone, setGone] = useState(false);
  const [failed, setFailed] = useState("");
  const latest = useRef(onSignedOut);
  latest.current = onSignedOut;
  const look = useCallback(() => {
    citizenApi.case(caseRef).then(
      (now) => {
        setFound(now);
        setFailed("");
      },
      (error: unknown) => {
        if (error instanceof ApiError && error.status === 404) setGone(true);
        else if (error instanceof ApiError && error.status === 401) latest.current();
        else setFailed(said(t, error));
      },
    );
  }, [caseRef, t]);
  useEffect(() => {
    look();
    let touched = Date.now();
    const touch = () => {
      touched = Date.now();
    };
    const timer = setInterval(() => document.visibilityState === "visible" && Date.now() - touched < TOUCHED_MS && look(), LOOK_EVERY_MS);
    window.addEventListener("pointerdown", touch);
    window.addEventListener("keydown", touch);
    window.addEventListener("scroll", touch);
    return () => {
      clearInterval(timer);
      window.removeEventListener("pointerdown", touch);
      window.removeEventListener("keydown", touch);
      window.removeEventListener("scroll", touch);
    };
  }, [look]);
  if (gone) {
    return (
      <section>
        <h1>{t("citizen.no_such")}</h1>
        <p>{t("citizen.no_such_text")}</p>
        <button type="button" className="v-primary" onClick={onBack}>
          {t("citizen.back")}
        </button>
      </section>
    );
  }
  return (
    <section>
      <button type="button" className="v-link c-back" onClick={onBack}>
        ‹ {t("citizen.back")}
      </button>
      {failed && (
        <div className="v-problem" role="alert">
          <p>{failed}</p>
          <button type="button" className="v-link" onClick={look}>
            {t("citizen.again")}
          </button>
        </div>
      )}
      {!found && !failed && <p aria-busy="true">{t("citizen.loading")}</p>}
      {found && (
        <>
          <p className="v-state" role="status" data-state={found.state}>
            {vi ? found.state_vi : found.state_en}
          </p>
          <h1>{vi ? found.kind_vi : found.kind_en}</h1>
          <dl className="c-facts">
            <dt>{t("citizen.plate")}</dt>
            <dd className="c-plate">{found.plate_display}</dd>
            <dt>{t("citizen.when")}</dt>
            <dd>{dateTime(found.at)}</dd>
            <dt>{t("citizen.where")}</dt>
            <dd>{vi ? found.place_vi : (found.place_en ?? found.place_vi)}</dd>
            {found.due_at && (
              <>
                <dt>{t(`citizen.due_for.${WAITS.find((one) => one === found.next_step) ?? "other"}`)}</dt>
                <dd>{date(found.due_at)}</dd>
              </>
            )}
          </dl>
          {found.joined_into && <p className="v-reason">{t("citizen.joined_into", { number: found.joined_into })}</p>}
          <Pictures caseRef={caseRef} pictures={found.pictures} />
          <Law found={found} />
          <Answer found={found} onChange={setFound} onLook={look} />
          <Steps found={found} />
          <Documents found={found} />
          <div className="v-reason">
            {(vi ? found.rights_vi : found.rights_en).split("\n").map((line) => (
              <p key={line}>{line}</p>
            ))}
            <p>
              {found.contact.unit}, {found.contact.address}. <a href={`tel:${found.contact.phone.replace(/[^+0-9]/g, "")}`}>{found.contact.phone}</a>
            </p>
          </div>
        </>
      )}
    </section>
  );
}

function Law({ found }: { found: CitizenDetail }) {
  const { t, i18n } = useTranslation();
  return (
    <>
      {found.law.map((row) => (
        <div className="c-law" key={row.clause}>
          <b>{i18n.language === "vi" ? row.title_vi : (row.title_en ?? row.title_vi)}</b>
          <p>{row.clause}</p>
          <p>
            {t("citizen.range", { low: dong(row.fine_low, i18n.language), high: dong(row.fine_high, i18n.language) })}
            {row.points > 0 && <>. {t("citizen.points", { count: row.points })}</>}
          </p>
        </div>
      ))}
      {found.amount !== null && (
        <p className="v-when">
          {t("citizen.amount", { amount: dong(found.amount, i18n.language) })}
          {found.payment?.late_interest ? ` + ${t("citizen.late", { amount: dong(found.payment.late_interest, i18n.language) })}` : ""}
        </p>
      )}
      {found.payment?.paid && found.payment.paid_at && <p className="v-good">{t("citizen.paid_on", { at: dateTime(found.payment.paid_at) })}</p>}
      {found.may.pay && Boolean(found.payment?.late_interest) && <p>{t("citizen.late_after")}</p>}
    </>
  );
}

function Steps({ found }: { found: CitizenDetail }) {
  const { t, i18n } = useTranslation();
  if (found.steps.length === 0) return null;
  return (
    <>
      <h2>{t("citizen.steps")}</h2>
      <ol className="c-steps">
        {found.steps.map((step) => (
          <li key={`${step.code}${step.at ?? ""}`} data-done={step.done}>
            <span>{(i18n.language === "vi" ? step.vi : step.en) ?? t(`citizen.step.${step.code}`, { defaultValue: step.code })}</span>
            {step.at && <small>{dateTime(step.at)}</small>}
          </li>
        ))}
      </ol>
    </>
  );
}

function Documents({ found }: { found: CitizenDetail }) {
  const { t } = useTranslation();
  if (found.documents.length === 0) return null;
  return (
    <>
      <h2>{t("citizen.documents")}</h2>
      <ul className="c-documents">
        {found.documents.map((row) => (
          <li key={row.n}>
            <a href={citizenApi.documentUrl(found.ref, row.n)} target="_blank" rel="noreferrer">
              {t(`citizen.document.${row.kind}`, { defaultValue: row.kind })} {row.number}
            </a>{" "}
            <small>{date(row.issued_at)}</small>
          </li>
        ))}
      </ul>
    </>
  );
}
