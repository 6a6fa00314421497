import { ChevronDown, ChevronUp, ChevronsUp, type LucideIcon, Minus } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Alert, Severity } from "../../api/types";
import { alertStateTone, severityTone } from "../../format/verdict";
import { pick } from "../../i18n";
import { Picture } from "../../ui/picture";
import { Plate } from "../../ui/plate";
import { Age } from "../../ui/time";
import { Badge } from "../../ui/verdict";

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
      <button type="button" className="alert-link" data-item aria-current={open} onClick={onOpen} aria-label={`${t("alerts.open", { plate: alert.plate_display ?? "" })}: ${title}`}>
        <span className="alert-picture">
          <Picture sha256={alert.thumbnail} size={null} alt="" />
        </span>
        <span className="alert-words">
          <span className="alert-title">{title}</span>
          <span className="alert-line">
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
