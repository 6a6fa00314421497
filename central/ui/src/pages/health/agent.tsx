import { Cpu, PlugZap } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useGates } from "../../api/gate-queries";
import type { Agent, GateHealth, Outbox } from "../../api/types";
import { bytes, whole } from "../../format/numbers";
import { useSiteName } from "../../shell/site";
import { StepBadge } from "../../ui/gate-badges";
import { Age, Time } from "../../ui/time";
import { useWord } from "../../ui/words";
import { Badge } from "../../ui/verdict";
import { Fact } from "../alerts/panel";

const STATES = ["online", "offline", "revoked"] as const;
const KINDS = ["preview", "crossing", "vehicle", "watch"] as const;

export function AgentCard({ agent }: { agent: Agent }) {
  const { t, i18n } = useTranslation();
  const siteName = useSiteName();
  const state = STATES.find((known) => known === agent.state) ?? "unknown";
  const tone = state === "online" ? "admit" : state === "unknown" ? "unknown" : "deny";
  return (
    <article className={`agent-card tone-${tone}`} data-agent={agent.agent} data-state={agent.state}>
      <header className="card-head">
        <div>
          <h3 className="mono">{agent.agent}</h3>
          <p className="quiet">{siteName(agent.site)}</p>
        </div>
        <Badge tone={tone} icon={state === "offline" ? PlugZap : Cpu}>
          {t(`health.agent_state.${state}`)}
        </Badge>
      </header>
      <dl className="facts facts-two">
        <Fact word={t("health.last_seen")}>
          <Time at={agent.last_seen} form="short" />
        </Fact>
        <Fact word={t("health.version")}>
          <span className="mono">{agent.version ?? "–"}</span>
        </Fact>
        <Fact word={t("health.outbox")}>{agent.outbox ? <OutboxWords outbox={agent.outbox} /> : "–"}</Fact>
        <Fact word={t("health.evicted")}>{agent.outbox ? <Evicted evicted={agent.outbox.evicted} /> : "–"}</Fact>
        <Fact word={t("health.gaps")}>
          {agent.gaps > 0 ? <b className="tone-text-deny">{whole(agent.gaps, i18n.language)}</b> : t("health.gaps_none")}
        </Fact>
        <Fact word={t("health.next_seq")}>
          <span className="mono">{agent.next_seq ?? "–"}</span>
        </Fact>
        <Fact word={t("health.enrolled")}>
          <Time at={agent.enrolled_at} />
        </Fact>
      </dl>
      {agent.gates ? <Gates gates={agent.gates} /> : <ListOf agent={agent} />}
    </article>
  );
}

/** The list that an agent's gates decide from and its lowest step, as the gates' page knows them. */
function ListOf({ agent }: { agent: Agent }) {
  const { t } = useTranslation();
  const gates = useGates("").data ?? [];
  const use = gates.filter((gate) => gate.site === agent.site).flatMap((gate) => gate.list.in_use).find((one) => one.agent === agent.agent);
  if (!use) return null;
  return (
    <div className="agent-gates">
      <p className="badges">
        {use.version > 0 ? t("health.list", { version: use.version }) : <b className="tone-text-deny">{t("gates.no_list")}</b>} {use.made_at && <Age at={use.made_at} />}
        {use.step && <StepBadge step={use.step} />}
        {(use.refused ?? 0) > 0 && <span className="tone-text-deny">{t("health.lists_refused", { count: use.refused ?? 0, why: use.refused_because ?? "" })}</span>}
      </p>
    </div>
  );
}

/** The list that its gates decide from, and each lane's step of the ladder. */
function Gates({ gates }: { gates: GateHealth }) {
  const { t } = useTranslation();
  const word = useWord();
  return (
    <div className="agent-gates">
      <p>
        {gates.list_version > 0 ? t("health.list", { version: gates.list_version }) : <b className="tone-text-deny">{t("gates.no_list")}</b>} {gates.list_made_at && <Age at={gates.list_made_at} />}
        {gates.lists_refused > 0 && <span className="tone-text-deny"> · {t("health.lists_refused", { count: gates.lists_refused, why: gates.refused_because ?? "" })}</span>}
      </p>
      <ul>
        {gates.lanes.map((lane) => (
          <li key={lane.lane} data-lane-step={lane.step}>
            <span className="mono">{lane.lane}</span>
            <StepBadge step={lane.step} />
            <span className="quiet">{t("gates.barrier", { state: word("barrier", lane.barrier) })}</span>
            {lane.reader === false && <span className="tone-text-wait">{t("health.no_reader")}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

function OutboxWords({ outbox }: { outbox: Outbox }) {
  const { t, i18n } = useTranslation();
  if (outbox.events === 0) return <>{t("health.outbox_empty")}</>;
  const size = bytes(outbox.bytes, i18n.language);
  return (
    <span className="tone-text-wait">
      {t("health.outbox_events", { count: outbox.events, bytes: t(size.key, { n: size.n }) })}
      {outbox.oldest_seq !== null && <small className="quiet"> {t("health.oldest", { seq: outbox.oldest_seq })}</small>}
    </span>
  );
}

function Evicted({ evicted }: { evicted: Record<string, number> }) {
  const { t, i18n } = useTranslation();
  const lost = KINDS.filter((kind) => (evicted[kind] ?? 0) > 0);
  if (lost.length === 0) return <>{t("health.evicted_none")}</>;
  return (
    <span className="tone-text-deny">
      {lost.map((kind) => `${whole(evicted[kind], i18n.language)} ${t(`health.evicted_kind.${kind}`)}`).join(" · ")}
    </span>
  );
}
