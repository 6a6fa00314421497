import { useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, FileQuestion } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { ApiError } from "../../api/client";
import { keys, usePassage } from "../../api/queries";
import type { PassageDetail } from "../../api/types";
import { dateTime } from "../../format/time";
import { useLive } from "../../live/provider";
import { useKeepSite, useSiteName } from "../../shell/site";
import { useKeys } from "../../ui/keys";
import { Empty, Failed, Skeleton, StaleNote } from "../../ui/states";
import { Time } from "../../ui/time";
import { usePageTitle } from "../../ui/title";
import { Badge, PassageVerdict } from "../../ui/verdict";
import { PlateFindingBadge } from "../../ui/plate";
import { Movement, ReadPlate } from "../feed/card";
import { AlertsOf, Audit, Proof } from "./proof";
import { Gallery } from "./gallery";
import { OwnerCard } from "./owner";
import { ReadingCard } from "./reading";
import { WhyCard } from "./why";

/** Back to where the reader came from; a page opened by its address goes to the list. */
function useBack(): () => void {
  const navigate = useNavigate();
  const keep = useKeepSite();
  const cameFromHere = window.history.state !== null && (window.history.state as { idx?: number }).idx !== 0;
  return () => void (cameFromHere ? navigate(-1) : navigate(keep("/")));
}

/** A newer version of the passage is read again; a step in one of its alerts is put in its place. */
function useFresh(shown: PassageDetail | undefined): void {
  const client = useQueryClient();
  useLive("passage", (passage) => {
    if (shown && passage.id === shown.id && passage.feed_id > shown.feed_id) void client.invalidateQueries({ queryKey: keys.passage(shown.id) });
  });
  useLive("alert", (alert) => {
    if (alert.passage_id !== shown?.id || !shown) return;
    const others = shown.alerts.filter((known) => known.id !== alert.id);
    client.setQueryData<PassageDetail>(keys.passage(shown.id), { ...shown, alerts: [...others, alert] });
  });
}

export function PassagePage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const query = usePassage(id);
  const back = useBack();
  useFresh(query.data);
  const plate = query.data?.reading?.display;
  usePageTitle(plate ? `${plate} · ${t("passage.title")}` : t("passage.title"));
  useKeys({ Escape: back });

  return (
    <div className="page passage-page">
      <nav className="page-back">
        <button type="button" className="button button-quiet" onClick={back}>
          <ArrowLeft aria-hidden="true" />
          {t("passage.back")}
          <kbd aria-hidden="true">Esc</kbd>
        </button>
        <StaleNote query={query} />
      </nav>
      {query.isPending && (
        <div className="passage-layout">
          <Skeleton count={1} shape="camera" />
          <Skeleton count={3} shape="row" />
        </div>
      )}
      {query.isError && !query.data && <Trouble error={query.error} retry={() => void query.refetch()} />}
      {query.data && <Detail passage={query.data} />}
    </div>
  );
}

function Trouble({ error, retry }: { error: Error; retry: () => void }) {
  const { t } = useTranslation();
  const keep = useKeepSite();
  if (!(error instanceof ApiError && error.status === 404)) return <Failed error={error} retry={retry} />;
  return (
    <Empty icon={FileQuestion} title={t("passage.not_found")} hint={t("passage.not_found_hint")}>
      <Link className="button button-primary" to={keep("/")}>
        {t("not_found.home")}
      </Link>
    </Empty>
  );
}

function Detail({ passage }: { passage: PassageDetail }) {
  const { t } = useTranslation();
  const siteName = useSiteName();
  return (
    <article className="passage-layout" aria-label={`${t("passage.title")} ${dateTime(passage.captured_at)}`}>
      <div className="passage-left">
        <Gallery passage={passage} />
        <Proof passage={passage} />
        <Audit rows={passage.audit} />
      </div>
      <div className="passage-right">
        <header className="passage-hero">
          <h1 className="sr-only">
            {t("passage.title")} {passage.reading?.display}
          </h1>
          <div className="passage-hero-line">
            <ReadPlate passage={passage} size="xl" />
            <PassageVerdict passage={passage} size="l" />
          </div>
          <p className="passage-hero-facts">
            <Time at={passage.captured_at} uncertaintyMs={passage.uncertainty_ms} source={passage.time_source} />
            <Movement passage={passage} />
            <PlateFindingBadge finding={passage.plate_finding} />
            {passage.phase === "provisional" && <Badge tone="wait" size="s">{t("passage.provisional")}</Badge>}
            <span>{[passage.camera_name ?? passage.camera, siteName(passage.site)].join(" · ")}</span>
          </p>
        </header>
        <AlertsOf alerts={passage.alerts} />
        <OwnerCard passage={passage} />
        <WhyCard passage={passage} />
        <ReadingCard passage={passage} />
      </div>
    </article>
  );
}
