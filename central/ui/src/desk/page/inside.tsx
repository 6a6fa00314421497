import type { UseQueryResult } from "@tanstack/react-query";
import { CarFront, Search, Timer, User, UserRoundCog, UsersRound } from "lucide-react";
import { useMemo, useState } from "react";
import { clock } from "../../format/time";
import { Empty } from "../../ui/states";
import type { InsideView } from "../api/types";
import { useText } from "../i18n";
import { useDesk } from "../state/provider";
import { fold } from "./fold";
import { Forgive } from "./forgive";
import { Problem, StaleList, Waiting } from "./list-states";

/** People and vehicles inside, those who overstay first. */
export function InsideList({ query }: { query: UseQueryResult<InsideView[]> }) {
  const { t } = useText();
  const [filter, setFilter] = useState("");
  const [forgiving, setForgiving] = useState<InsideView | null>(null);
  const { session, online } = useDesk();
  const shown = useMemo(() => {
    const wanted = fold(filter);
    return (query.data ?? [])
      .filter((each) => fold(`${each.label} ${each.group ?? ""}`).includes(wanted))
      .sort((a, b) => Number(b.overstayed) - Number(a.overstayed) || Date.parse(a.since) - Date.parse(b.since));
  }, [query.data, filter]);
  if (!query.data) return query.error ? <Problem error={query.error} retry={() => void query.refetch()} /> : <Waiting />;
  if (query.data.length === 0) return <Empty icon={UsersRound} title={t("side.inside_empty")} hint={t("side.inside_anonymous")} />;
  return (
    <>
      <StaleList query={query} />
      <label className="search side-search">
        <Search aria-hidden="true" />
        <input value={filter} onChange={(event) => setFilter(event.target.value)} placeholder={t("side.filter")} aria-label={t("side.filter")} />
      </label>
      {shown.length === 0 && <p className="quiet side-none">{t("side.none_match")}</p>}
      <ol className="rows">
        {shown.map((each) => (
          <li key={each.subject} className="row row-still" data-inside={each.subject} data-overstayed={each.overstayed}>
            <span className="row-time">{clock(each.since).slice(0, 5)}</span>
            <span className="row-main">
              <b className="with-icon">{each.kind === "vehicle" ? <CarFront aria-hidden="true" /> : <User aria-hidden="true" />}{each.label}</b>
            </span>
            <span className="row-why">
              {each.group}
              {each.overstayed && <span className="row-verdict tone-deny"><Timer aria-hidden="true" />{t("side.overstayed")}</span>}
            </span>
            {session.supervisor && (
              <button type="button" className="button row-act" disabled={!online} onClick={() => setForgiving(each)} title={t("act.forgive")} aria-label={`${t("act.forgive")}: ${each.label}`}>
                <UserRoundCog aria-hidden="true" />
              </button>
            )}
          </li>
        ))}
      </ol>
      <Forgive of={forgiving} onClose={() => setForgiving(null)} />
    </>
  );
}
