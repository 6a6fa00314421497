import { ArrowLeft, Check, Forward, LockKeyhole, Merge, PenLine, ShieldAlert, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import type { HandlingAction, HandlingDetail } from "../../api/handling-types";
import { useHandling } from "../../api/handlings";
import { grouped } from "../../format/money";
import { useKeepSite } from "../../shell/site";
import { DueBar } from "../../ui/due";
import { useKeys } from "../../ui/keys";
import { Loaded } from "../../ui/loaded";
import { StaleNote } from "../../ui/states";
import { Time } from "../../ui/time";
import { usePageTitle } from "../../ui/title";
import { useSay, useWord } from "../../ui/words";
import { ChainLog } from "../cases/log";
import { ActionForm } from "./action-form";
import { HandlingBadge } from "./badge";
import { ActsCard, CasesCard, DeadlinesCard, DocumentsCard, LiableCard, MessagesCard, PaymentCard, ResponsesCard } from "./parts";
import { nextStep } from "./next";
import { STATIONS, stationOf } from "./station";

/** One handling: where it stands, who is liable, what runs, and what can be done next. */
export function HandlingPage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const query = useHandling(id);
  const keep = useKeepSite();
  const navigate = useNavigate();
  usePageTitle(query.data?.number ?? t("handlings.title"));
  useKeys({ Escape: () => void navigate(keep("/handlings")) });
  return (
    <div className="page passage-page">
      <div className="page-back">
        <Link to={keep("/handlings")} className="button button-quiet">
          <ArrowLeft aria-hidden="true" />
          {t("cases.back")} <kbd>Esc</kbd>
        </Link>
        <StaleNote query={query} />
      </div>
      <Loaded query={query} shape="row" count={4}>
        {(handling) => <Shown key={handling.id} handling={handling} />}
      </Loaded>
    </div>
  );
}

function Shown({ handling }: { handling: HandlingDetail }) {
  const { t } = useTranslation();
  const say = useSay();
  const word = useWord();
  const [doing, setDoing] = useState<HandlingAction | null>(null);
  return (
    <>
      <header className="handling-head">
        <h1 className="mono">{handling.number}</h1>
        <HandlingBadge row={handling} size="m" />
        <DueBar due={handling.due} label={handling.due ? say(handling.due.what_vi, handling.due.what_en) : undefined} />
        <Stations state={handling.state} />
      </header>
      {handling.chain_broken_at !== null && (
        <p className="strip strip-deny" role="alert">
          <ShieldAlert aria-hidden="true" />
          <span>{t("handlings.chain_broken", { line: handling.chain_broken_at })}</span>
        </p>
      )}
      {(handling.doubts.length > 0 || handling.void_asked) && (
        <p className="strip strip-wait" role="note">
          <TriangleAlert aria-hidden="true" />
          <span>{handling.void_asked ? <VoidAsked handling={handling} /> : t("handlings.doubts_are", { what: handling.doubts.map((doubt) => word("handling_doubt", doubt)).join(" · ") })}</span>
        </p>
      )}
      {handling.transfer && handling.state !== "transferred_out" && (
        <p className="strip strip-wait" role="note">
          <Forward aria-hidden="true" />
          <span>
            <b>{t("handlings.transfer_to", { unit: handling.transfer.to_unit ?? "" })}</b> {handling.transfer.by} · <Time at={handling.transfer.at} form="short" />: <q>{handling.transfer.reason}</q>
          </span>
        </p>
      )}
      {handling.joined_into && (
        <p className="strip strip-unknown" role="note">
          <Merge aria-hidden="true" />
          <Link className="link" to={`/handlings?q=${encodeURIComponent(handling.joined_into)}`}>
            {t("handlings.joined_into", { number: handling.joined_into })}
          </Link>
        </p>
      )}
      <div className="case-layout">
        <div className="case-left">
          <ActsCard handling={handling} />
          <ResponsesCard handling={handling} />
          <DocumentsCard handling={handling} />
          <DeadlinesCard handling={handling} />
          <ChainLog steps={handling.log} kind="handling_step" />
        </div>
        <div className="case-right">
          <Actions actions={handling.actions} onDo={setDoing} />
          <LiableCard handling={handling} />
          <PaymentCard handling={handling} />
          <CasesCard handling={handling} />
          <MessagesCard handling={handling} />
        </div>
      </div>
      {doing && <ActionForm key={doing.action} handling={handling} action={doing} onClose={() => setDoing(null)} />}
      <span className="sr-only" role="status">
        {t("handlings.state_is", { state: say(handling.state_vi, handling.state_en) })}
      </span>
    </>
  );
}

/** Who wants it void and why: the second person reads it before confirming. */
function VoidAsked({ handling }: { handling: HandlingDetail }) {
  const { t } = useTranslation();
  return (
    <>
      <b>{t("handlings.void_asked")}</b>
      {handling.void && (
        <>
          {" "}
          {handling.void.by} · <Time at={handling.void.at} form="short" />: <q>{handling.void.reason}</q>
        </>
      )}
    </>
  );
}

/** The whole way in seven stations, and at which one this handling is. */
function Stations({ state }: { state: string }) {
  const { t } = useTranslation();
  const here = stationOf(state);
  const at = here ? STATIONS.indexOf(here) : -1;
  if (at < 0) return null;
  return (
    <ol className="stations" aria-label={t("handlings.way")}>
      {STATIONS.map((station, index) => (
        <li key={station} className={index < at ? "station-done" : index === at ? "station-here" : ""} aria-current={index === at ? "step" : undefined}>
          <span className="station-mark">{index < at || state === "closed" ? <Check aria-hidden="true" /> : index + 1}</span>
          {t(`handlings.station.${station}`)}
        </li>
      ))}
    </ol>
  );
}

/** What can be done now; what cannot says why. Dangerous ones stand last. */
function Actions({ actions, onDo }: { actions: HandlingAction[]; onDo: (action: HandlingAction) => void }) {
  const { t, i18n } = useTranslation();
  const say = useSay();
  const first = nextStep(actions);
  const rows = actions.toSorted((a, b) => Number(b === first) - Number(a === first) || Number(a.danger) - Number(b.danger) || Number(b.allowed) - Number(a.allowed));
  return (
    <section className="card actions-card" data-testid="actions">
      <h2>{t("handlings.actions")}</h2>
      {rows.length === 0 && <p className="quiet">{t("handlings.no_actions")}</p>}
      <ul className="action-list">
        {rows.map((action) => (
          <li key={action.action} data-action={action.action}>
            <button type="button" className={`button ${action === first ? "button-primary" : action.danger ? "button-danger" : ""}`} disabled={!action.allowed} onClick={() => onDo(action)} aria-describedby={action.allowed ? undefined : `why-${action.action}`}>
              {action.needs_signature && <PenLine aria-hidden="true" />}
              {say(action.vi, action.en)}
            </button>
            {!action.allowed && (
              <small id={`why-${action.action}`} className="why-not">
                <LockKeyhole aria-hidden="true" />
                {grouped(say(action.why_not_vi, action.why_not_en), i18n.language)}
              </small>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
