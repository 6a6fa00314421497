import { ArrowUpRight, ListTree, MonitorDot, UnplugIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useToday } from "../../api/gate-queries";
import { useAgents } from "../../api/queries";
import type { GateRow } from "../../api/types";
import { dayOf } from "../../format/days";
import { addLoss, lowestStep, stepTone } from "../../format/gate";
import { whole } from "../../format/numbers";
import { StepBadge } from "../../ui/gate-badges";
import { LossNote } from "../../ui/loss";
import { Age, Time } from "../../ui/time";
import { Badge } from "../../ui/verdict";
import { useName } from "../../ui/words";
import { LaneRow } from "./lane";

export function GateCard({ gate }: { gate: GateRow }) {
  const { t } = useTranslation();
  const name = useName();
  const step = lowestStep([...gate.list.in_use.map((use) => use.step), ...gate.lanes.map((lane) => lane.step)]);
  // Where no agent has spoken, nothing is known of what works.
  const silent = gate.list.in_use.length === 0;
  return (
    <article className={`gate-card tone-${silent ? "unknown" : stepTone[step]}`} data-gate={gate.id} data-step={silent ? "" : step}>
      <header className="card-head">
        <h3>{name(gate)}</h3>
        {silent ? <Badge tone="unknown">{t("gates.silent")}</Badge> : <StepBadge step={step} size="m" />}
      </header>
      <Alone gate={gate} />
      <Inside gate={gate} />
      <ul className="lanes">
        {gate.lanes.map((lane) => (
          <LaneRow key={lane.id} lane={lane} />
        ))}
      </ul>
      <Lists gate={gate} />
      <footer className="gate-acts">
        {gate.desk_url && (
          <a className="button" href={gate.desk_url} target="_blank" rel="noreferrer">
            <MonitorDot aria-hidden="true" />
            {t("gates.open_desk")}
            <ArrowUpRight aria-hidden="true" />
          </a>
        )}
        <Link className="button button-quiet" to={`/accesses?site=${encodeURIComponent(gate.site)}&gate=${encodeURIComponent(gate.id)}`}>
          {t("gates.open_accesses")}
        </Link>
      </footer>
    </article>
  );
}

/** Agents of the site that are away: what is known of them, and since when. */
function Alone({ gate }: { gate: GateRow }) {
  const { t } = useTranslation();
  const agents = useAgents().data ?? [];
  const mine = gate.list.in_use.map((use) => use.agent);
  // An agent without gates that is away says nothing about this one.
  const away = gate.deciding_alone.filter((agent) => mine.length === 0 || mine.includes(agent));
  return (
    <>
      {away.map((name) => {
        const seen = agents.find((agent) => agent.site === gate.site && agent.agent === name)?.last_seen;
        return (
          <p key={name} className="gate-alone" data-alone={name}>
            <UnplugIcon aria-hidden="true" />
            <span>
              {t("gates.alone_since")} {seen ? <Time at={seen} form="short" /> : "–"} <span className="mono">({name})</span>
            </span>
          </p>
        );
      })}
    </>
  );
}

/** People and vehicles in the area behind the gate, against what it holds, and what the figures miss. */
function Inside({ gate }: { gate: GateRow }) {
  const { t, i18n } = useTranslation();
  const today = useToday(gate.site, dayOf(Date.now())).data;
  const loss = today && addLoss(today.filter((row) => row.gate === gate.id).map((row) => row.loss));
  return (
    <div className="gate-inside">
      <Figure word={t("gates.people")} count={gate.people} of={gate.person_capacity} language={i18n.language} />
      <Figure word={t("gates.vehicles")} count={gate.vehicles} of={gate.vehicle_capacity} language={i18n.language} />
      {loss && <LossNote loss={loss} />}
    </div>
  );
}

function Figure({ word, count, of, language }: { word: string; count: number; of: number | null; language: string }) {
  const { t } = useTranslation();
  const full = of !== null && count >= of;
  return (
    <div className={`figure ${full ? "number-deny" : ""}`}>
      <span className="figure-label">{word}</span>
      <span className="figure-value">
        {whole(count, language)}
        {of !== null && <small> / {whole(of, language)}</small>}
      </span>
      {full && <span className="figure-note">{t("gates.full")}</span>}
    </div>
  );
}

/** The list that each agent decides from, beside central's newest one. */
function Lists({ gate }: { gate: GateRow }) {
  const { t } = useTranslation();
  const { list } = gate;
  return (
    <div className="gate-lists">
      <h4>
        <ListTree aria-hidden="true" />
        {list.version > 0 ? t("gates.list", { version: list.version }) : t("gates.no_list_yet")}
        {list.made_at && <Age at={list.made_at} />}
      </h4>
      <ul>
        {list.in_use.map((use) => {
          const behind = list.version - use.version;
          return (
            <li key={use.agent}>
              <span className="mono">{use.agent}</span>
              {use.version === 0 ? (
                <b className="tone-text-deny">{t("gates.no_list")}</b>
              ) : behind > 0 ? (
                <b className="tone-text-wait">{t("gates.behind", { version: use.version, count: behind })}</b>
              ) : (
                <span>{t("gates.newest", { version: use.version })}</span>
              )}
              {use.made_at && <Age at={use.made_at} />}
              {(use.refused ?? 0) > 0 && <span className="tone-text-deny">{t("health.lists_refused", { count: use.refused ?? 0, why: use.refused_because ?? "" })}</span>}
            </li>
          );
        })}
        {list.in_use.length === 0 && <li className="quiet">{t("gates.no_agent")}</li>}
      </ul>
    </div>
  );
}
