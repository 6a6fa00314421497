import { useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, ArrowUpRight, FileQuestion } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { ApiError } from "../../api/client";
import { gateKeys, useAccess } from "../../api/gate-queries";
import type { AccessDetail } from "../../api/types";
import { overridden } from "../../format/gate";
import { useLive } from "../../live/provider";
import { useKeepSite, useSiteName } from "../../shell/site";
import { OverrideBadge, VerdictBadge } from "../../ui/gate-badges";
import { useKeys } from "../../ui/keys";
import { Picture } from "../../ui/picture";
import { Empty, Failed, Skeleton, StaleNote } from "../../ui/states";
import { Time } from "../../ui/time";
import { usePageTitle } from "../../ui/title";
import { useWord } from "../../ui/words";
import { OtherwiseBox } from "../otherwise/box";
import { Acts, Asked, Decided, ReadingFacts } from "./parts";
import { AccessPlate, OutcomeBadge, useWhere } from "./row";

/** One decision: what was asked, what was answered and why, what the guard did, how it ended. */
export function AccessPage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const query = useAccess(id);
  const client = useQueryClient();
  const navigate = useNavigate();
  const keep = useKeepSite();
  const inside = window.history.state !== null && (window.history.state as { idx?: number }).idx !== 0;
  const back = () => void (inside ? navigate(-1) : navigate(keep("/accesses")));
  useLive("access", (row) => {
    if (row.id === id && query.data && row.feed_id > query.data.feed_id) void client.invalidateQueries({ queryKey: gateKeys.access(id) });
  });
  usePageTitle(t("access.one"));
  useKeys({ Escape: back });
  return (
    <div className="page">
      <nav className="page-back">
        <button type="button" className="button button-quiet" onClick={back}>
          <ArrowLeft aria-hidden="true" />
          {t("passage.back")}
          <kbd aria-hidden="true">Esc</kbd>
        </button>
        <StaleNote query={query} />
      </nav>
      {query.isPending && <Skeleton count={4} shape="row" />}
      {query.isError && !query.data && <Trouble error={query.error} retry={() => void query.refetch()} />}
      {query.data && <Detail access={query.data} />}
    </div>
  );
}

function Trouble({ error, retry }: { error: Error; retry: () => void }) {
  const { t } = useTranslation();
  if (error instanceof ApiError && error.status === 404) return <Empty icon={FileQuestion} title={t("access.not_found")} hint={t("passage.not_found_hint")} />;
  return <Failed error={error} retry={retry} />;
}

function Detail({ access }: { access: AccessDetail }) {
  const { t } = useTranslation();
  const where = useWhere();
  const siteName = useSiteName();
  const word = useWord();
  const keep = useKeepSite();
  return (
    <article className="access-layout" data-access-open={access.id}>
      <div className="access-left">
        <div className="access-hero-picture">
          <Picture sha256={access.thumbnail} size={null} alt={t("access.picture_alt")} none={t("access.no_picture")} eager />
        </div>
        <header className={`access-hero tone-${access.verdict}`}>
          <h1 className="sr-only">{t("access.one")}</h1>
          <div className="passage-hero-line">
            <AccessPlate access={access} size="xl" />
            <VerdictBadge verdict={access.verdict} size="l" />
            <OverrideBadge access={access} />
          </div>
          <p className="access-why">
            {overridden(access) ? t("access.machine", { answer: word("gate_verdict", access.decided), reason: word("reason", access.reason) }) : word("reason", access.reason)}
          </p>
          <p className="passage-hero-facts">
            <Time at={access.at} />
            <span>{where(access)}</span>
            <span>{siteName(access.site)}</span>
            <OutcomeBadge outcome={access.outcome} />
          </p>
          {access.label && <p>{[access.label, access.driver_label && t("access.driver", { name: access.driver_label }), access.group_name].filter(Boolean).join(" · ")}</p>}
          {access.form && <p className="quiet">{t("access.paper_line", { form: access.form.number, row: access.form.row ?? "–", who: access.form.typed_by ?? "–" })}</p>}
          {access.passage && (
            <Link className="button" to={keep(`/passages/${access.passage}`)}>
              {t("access.open_passage")}
              <ArrowUpRight aria-hidden="true" />
            </Link>
          )}
        </header>
      </div>
      <div className="access-right">
        {access.would_have_been && <OtherwiseBox row={access.would_have_been} />}
        <Decided access={access} />
        {access.ask && <Asked ask={access.ask} />}
        <Acts access={access} />
        {access.reading && <ReadingFacts reading={access.reading} />}
      </div>
    </article>
  );
}
