import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CalendarClock, Check, ChevronLeft, ChevronRight, ExternalLink, ShieldCheck, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { gateKeys, useGroups } from "../../api/gate-queries";
import { membersApi } from "../../api/members";
import type { Visit, VisitState } from "../../api/types";
import { addDays, dayOf, written } from "../../format/days";
import { visitTone } from "../../format/gate";
import { mayDecideVisits } from "../../shell/places";
import { useAddress, useOneSite } from "../../shell/site";
import { useUser } from "../../shell/user";
import { Loaded } from "../../ui/loaded";
import { Refusal } from "../../ui/outcome";
import { PageHead } from "../../ui/page-head";
import { Badge } from "../../ui/verdict";
import { useWord } from "../../ui/words";
import { DayField } from "../accesses/filters";

const STATES: VisitState[] = ["waiting", "approved", "bound", "arrived", "refused", "cancelled"];

/** Pre-registered visits of a day: to be approved or refused. */
export function VisitsPage() {
  const { t } = useTranslation();
  const { site } = useOneSite();
  const word = useWord();
  const [address, change] = useAddress();
  const date = address.get("date") || dayOf(Date.now());
  const state = address.get("state") ?? "";
  const query = useQuery({ queryKey: gateKeys.visits(site, date, state), queryFn: () => membersApi.visits(site, date, state), enabled: site !== "", refetchInterval: 30_000 });
  return (
    <div className="page">
      <PageHead title={t("visits.title")} query={query} oneSite>
        <span className="day-step">
          <button type="button" className="icon-button" onClick={() => change({ date: addDays(date, -1) })} aria-label={t("visits.day_before")}>
            <ChevronLeft aria-hidden="true" />
          </button>
          <DayField word={t("visits.day")} value={date} onChange={(day) => change({ date: day })} />
          <button type="button" className="icon-button" onClick={() => change({ date: addDays(date, 1) })} aria-label={t("visits.day_after")}>
            <ChevronRight aria-hidden="true" />
          </button>
        </span>
        <a className="button button-quiet" href="/dang-ky" target="_blank" rel="noreferrer">
          <ExternalLink aria-hidden="true" />
          {t("visits.public_page")}
        </a>
      </PageHead>
      <div className="chips chips-gap" role="group" aria-label={t("filter.state")}>
        {["", ...STATES].map((name) => (
          <button key={name} type="button" className="chip" aria-pressed={state === name} onClick={() => change({ state: name })}>
            {name ? word("visit_state", name) : t("alerts.state.all")}
          </button>
        ))}
      </div>
      <Loaded query={query} shape="row" isEmpty={(page) => page.items.length === 0} empty={{ icon: CalendarClock, title: t("visits.empty", { date: written(date) }), hint: t("visits.empty_hint") }}>
        {(page) => (
          <ol className="visit-list">
            {page.items.toSorted((a, b) => a.time.localeCompare(b.time)).map((visit) => (
              <VisitRow key={visit.id} visit={visit} />
            ))}
          </ol>
        )}
      </Loaded>
    </div>
  );
}

function VisitRow({ visit }: { visit: Visit }) {
  const { t } = useTranslation();
  const word = useWord();
  const user = useUser();
  const { site } = useOneSite();
  const groups = useGroups(site).data ?? [];
  const host = groups.find((group) => group.id === visit.host_group)?.name ?? visit.host_group;
  return (
    <li className={`visit tone-${visitTone[visit.state] ?? "unknown"}`} data-visit={visit.id} data-state={visit.state}>
      <b className="visit-time">{visit.time.slice(0, 5)}</b>
      <div className="visit-words">
        <p>
          <b>{visit.name}</b> <span className="quiet">{t("visits.people", { count: visit.people })}</span>
          {visit.plate && <> <code className="plate-text">{visit.plate}</code></>}
        </p>
        <p className="quiet">
          {[host && t("visits.host", { host }), visit.foreign && t("visits.foreign", { country: visit.foreign.country }), visit.contact, `${t("visits.code")} ${visit.code}`].filter(Boolean).join(" · ")}
        </p>
        {visit.reason && <q>{visit.reason}</q>}
      </div>
      <div className="visit-state">
        <Badge tone={visitTone[visit.state] ?? "unknown"} size="s">
          {word("visit_state", visit.state)}
        </Badge>
        {visit.bound && (
          <Badge tone="admit" size="s" icon={ShieldCheck}>
            VNeID
          </Badge>
        )}
      </div>
      {visit.state === "waiting" && mayDecideVisits(user) && <Decide visit={visit} />}
    </li>
  );
}

function Decide({ visit }: { visit: Visit }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [refusing, setRefusing] = useState(false);
  const [reason, setReason] = useState("");
  const onSuccess = () => client.invalidateQueries({ queryKey: ["visits"] });
  const approve = useMutation({ mutationFn: () => membersApi.approveVisit(visit.id), onSuccess });
  const refuse = useMutation({ mutationFn: () => membersApi.refuseVisit(visit.id, reason.trim()), onSuccess });
  return (
    <div className="visit-acts">
      {!refusing && (
        <button type="button" className="button button-primary" aria-busy={approve.isPending} onClick={() => approve.mutate()}>
          <Check aria-hidden="true" />
          {t("visits.approve")}
        </button>
      )}
      {refusing && (
        <label className="field">
          <span>{t("visits.refuse_why")}</span>
          <input autoFocus value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
        </label>
      )}
      <button type="button" className="button" disabled={refusing && !reason.trim()} aria-busy={refuse.isPending} onClick={() => (refusing ? refuse.mutate() : setRefusing(true))}>
        <X aria-hidden="true" />
        {t("visits.refuse")}
      </button>
      {refusing && (
        <button type="button" className="button button-quiet" onClick={() => setRefusing(false)}>
          {t("import.cancel")}
        </button>
      )}
      <Refusal error={approve.error ?? refuse.error} />
    </div>
  );
}
