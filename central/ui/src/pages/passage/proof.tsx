import { BellRing, FileX, Link2, Link2Off, type LucideIcon, ShieldCheck, ShieldX, Unlink } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Alert, AuditRow, Chain, PassageDetail } from "../../api/types";
import { milliseconds } from "../../format/time";
import { severityTone } from "../../format/verdict";
import { pick } from "../../i18n";
import { useKeepSite } from "../../shell/site";
import { Hash } from "../../ui/copy";
import { Time } from "../../ui/time";
import { Empty } from "../../ui/states";
import { Badge } from "../../ui/verdict";
import { useAction } from "../admin/action";
import { Fact } from "../alerts/panel";
import { StateBadge } from "../alerts/row";

const CHAIN: Record<Chain, { icon: LucideIcon; tone: "admit" | "deny" | "unknown" }> = {
  ok: { icon: Link2, tone: "admit" },
  broken: { icon: Link2Off, tone: "deny" },
  previous_missing: { icon: Unlink, tone: "unknown" },
};

/** What lets a stranger check this passage afterwards. */
export function Proof({ passage }: { passage: PassageDetail }) {
  const { t, i18n } = useTranslation();
  const { envelope } = passage;
  if (!envelope) {
    return (
      <section className="card">
        <h2>{t("passage.envelope")}</h2>
        <Empty icon={FileX} title={t("passage.no_proof")} />
      </section>
    );
  }
  return (
    <section className="card proof">
      <header className="card-head">
        <h2>{t("passage.envelope")}</h2>
        <Badge tone={envelope.signature_ok ? "admit" : "deny"} icon={envelope.signature_ok ? ShieldCheck : ShieldX} size="s">
          {t(envelope.signature_ok ? "passage.signature_ok" : "passage.signature_bad")}
        </Badge>
      </header>
      <dl className="facts facts-two">
        <Fact word={t("passage.captured")}>
          <Time at={passage.captured_at} uncertaintyMs={passage.uncertainty_ms} source={passage.time_source} />
        </Fact>
        <Fact word={t("passage.time_source")}>
          {t(`time.source.${passage.time_source}`)} · ±{milliseconds(passage.uncertainty_ms, i18n.language)}
        </Fact>
        <Fact word={t("passage.received")}>
          <Time at={passage.received_at} />
        </Fact>
        <Fact word={t("passage.rule")}>{passage.rule ?? "–"}</Fact>
        <Fact word={t("passage.agent")}>
          <span className="mono">{passage.agent}</span>
        </Fact>
        <Fact word={t("passage.seq")}>
          <span className="mono">{envelope.seq}</span>
        </Fact>
        <Fact word={t("passage.event_id")}>
          <Hash value={envelope.id} />
        </Fact>
        <Fact word={t("passage.key")}>
          <Hash value={envelope.key} />
        </Fact>
        <Fact word={t("passage.hash")}>
          <Hash value={envelope.sha256} />
        </Fact>
        <Fact word={t("passage.prev")}>
          <Hash value={envelope.prev} />
        </Fact>
        <Fact word={t("passage.chain")}>
          <Badge {...CHAIN[envelope.chain]} size="s">
            {t(`passage.chain_${envelope.chain}`)}
          </Badge>
        </Fact>
        {envelope.models.map((model) => (
          <Fact key={model.id} word={`${t("passage.models")} · ${model.id}`}>
            <Hash value={model.sha256} />
          </Fact>
        ))}
      </dl>
    </section>
  );
}

export function AlertsOf({ alerts }: { alerts: Alert[] }) {
  const { t, i18n } = useTranslation();
  const keep = useKeepSite();
  if (alerts.length === 0) return null;
  const to = (id: string) => {
    const path = keep("/alerts");
    return `${path}${path.includes("?") ? "&" : "?"}alert=${encodeURIComponent(id)}`;
  };
  return (
    <ul className="alerts-of" aria-label={t("passage.alerts")}>
      {alerts.map((alert) => (
        <li key={alert.id} className={alert.certainty === "possible" ? "tone-possible" : severityTone[alert.severity] === "wait" ? "tone-wait" : "tone-deny"}>
          <Link to={to(alert.id)}>
            <BellRing aria-hidden="true" />
            <span>{pick(i18n.language, alert.title_vi, alert.title_en)}</span>
            <StateBadge alert={alert} />
          </Link>
        </li>
      ))}
    </ul>
  );
}

export function Audit({ rows }: { rows: AuditRow[] }) {
  const { t } = useTranslation();
  const action = useAction();
  return (
    <section className="card">
      <h2>{t("passage.audit")}</h2>
      {rows.length === 0 && <p className="quiet">{t("passage.no_audit")}</p>}
      <ol className="audit">
        {rows.map((row, at) => (
          <li key={`${row.at}${at}`}>
            <Time at={row.at} />
            <b>{row.actor}</b>
            <span>{action(row.action)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
