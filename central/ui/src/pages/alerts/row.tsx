import { ChevronDown, ChevronUp, ChevronsUp, type LucideIcon, Minus } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Alert, Severity } from "../../api/types";
import { alertStateTone, severityTone } from "../../format/verdict";
import { pick } from "../../i18n";
import { Picture } from "../../ui/picture";
import { Plate } from "../../ui/plate";
import { Age } from "../../ui/time";
import { Badge } from "../../ui/verdict";
import { INCIDENT_ICON } from "./incident";

const SEVERITY_ICON: Record<Severity, LucideIcon> = { critical: ChevronsUp, high: ChevronUp, medium: Minus, low: ChevronDown };

export function SeverityBadge({ severity, size = "s" }: { severity: Severity; size?: "s" | "m" }) {
  const { t } = useTranslation();
  return (
    <Badge tone={severityTone[severity]} icon={SEVERITY_ICON[severity]} size={size}>
      {t(`alerts.severity.${severity}`)}
    </Badge>
  );
}

export function StateBadge({ alert, size = "s" }: { alert: Alert; size?: "s" | "m" }) {
  const { t } = useTranslation();
  return (
    <span className={`state-word state-${size} tone-${alertStateTone[alert.state]}`} data-state={alert.state}>
      {t(`alerts.state.${alert.state}`)}
    </span>
  );
}

/** What happened at a gate or in an area: icon and word. Alerts about plates say it in their title. */
export function KindBadge({ kind, title }: { kind: string; title?: string }) {
  const { t, i18n } = useTranslation();
  const Icon = INCIDENT_ICON[kind];
  const words = i18n.exists(`incident.${kind}`) ? t(`incident.${kind}` as never) : "";
  if (!Icon || !words || words === title) return null;
  return (
    <span className="incident-word" data-kind={kind}>
      <Icon aria-hidden="true" />
      {words}
    </span>
  );
}

interface Props {
  alert: Alert;
  open: boolean;
  onOpen: () => void;
}

export function AlertRow({ alert, open, onOpen }: Props) {
  const { t, i18n } = useTranslation();
  const title = pick(i18n.language, alert.title_vi, alert.title_en);
  const finished = alert.state === "closed" || alert.state === "false_alarm";
  return (
    <li
      className={`alert-row tone-${alert.certainty === "possible" ? "possible" : severityTone[alert.severity]} ${finished ? "alert-finished" : ""}`}
      data-alert={alert.id}
      data-state={alert.state}
    >
      <button type="button" className="alert-link" data-item aria-current={open} onClick={onOpen} aria-label={`${t("alerts.open", { plate: alert.plate_display ?? "" }).trim()}: ${title}`}>
        <span className="alert-picture">
          <Picture sha256={alert.thumbnail} size={null} alt="" />
        </span>
        <span className="alert-words">
          <span className="alert-title">{title}</span>
          <span className="alert-line">
            <KindBadge kind={alert.kind} title={title} />
            {alert.plate_display && <Plate display={alert.plate_display} kind={alert.plate_kind} colour={alert.plate_colour} lines={1} size="s" />}
            <SeverityBadge severity={alert.severity} />
            {alert.certainty === "possible" && (
              <Badge tone="possible" size="s">
                {t("alerts.certainty.possible")}
              </Badge>
            )}
          </span>
          <span className="alert-meta">
            <StateBadge alert={alert} />
            <Age at={alert.raised_at} />
            <span className="alert-camera">{alert.camera_name ?? alert.camera}</span>
          </span>
        </span>
      </button>
    </li>
  );
}
