import { useTranslation } from "react-i18next";
import type { PlateFinding } from "../api/types";
import { plateLines, plateStyle } from "../format/plate";
import { Badge } from "./verdict";

interface Props {
  display: string;
  kind?: string | null;
  colour?: string | null;
  lines?: 1 | 2 | null;
  size?: "s" | "m" | "l" | "xl";
}

/** A Vietnamese plate as it is on the vehicle: one or two lines in its own colours. */
export function Plate({ display, kind, colour, lines, size = "m" }: Props) {
  const { t } = useTranslation();
  const style = plateStyle(kind, colour);
  const parts = plateLines(display, lines);
  const label = t("plate.label", { plate: display });
  return (
    <span
      className={`plate plate-${style} plate-${size} ${parts.length === 2 ? "plate-two" : ""}`}
      role="img"
      aria-label={style === "white" ? label : `${label}, ${t(`plate.kind.${style}`)}`}
      data-plate={display}
    >
      {parts.map((part, line) => (
        <span key={line} aria-hidden="true">
          {part}
        </span>
      ))}
    </span>
  );
}

/** The place of a plate that was not read: says why, in words. */
export function NoPlate({ reason, size = "m" }: { reason: "no_plate_found" | "too_small" | "unreadable" | null; size?: Props["size"] }) {
  const { t } = useTranslation();
  return <span className={`plate plate-none plate-${size}`}>{t(`no_reading.${reason ?? "none"}`)}</span>;
}

/** What is wrong with the plate itself, as something to check. */
export function PlateFindingBadge({ finding, size = "s" }: { finding: PlateFinding | null | undefined; size?: "s" | "m" }) {
  const { t } = useTranslation();
  if (!finding) return null;
  return (
    <Badge tone="wait" size={size} title={t("plate_finding.hint", { looks: finding.looks })}>
      {t(`plate_finding.${finding.kind}`, { defaultValue: t("plate_finding.other") })}
    </Badge>
  );
}
