import { Ban, CircleCheck, CircleHelp, Clock3, ScanEye, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Passage } from "../api/types";
import { type Tone, verdictOf } from "../format/verdict";

const ICONS: Record<Tone, LucideIcon> = { admit: CircleCheck, wait: Clock3, deny: Ban, unknown: CircleHelp, possible: ScanEye };

interface Props {
  tone: Tone;
  children: ReactNode;
  icon?: LucideIcon;
  size?: "s" | "m" | "l";
  title?: string;
}

/** A state as colour, icon and word together. */
export function Badge({ tone, children, icon, size = "m", title }: Props) {
  const Icon = icon ?? ICONS[tone];
  return (
    <span className={`badge badge-${size} tone-${tone}`} title={title} data-tone={tone}>
      <Icon aria-hidden="true" />
      <span>{children}</span>
    </span>
  );
}

export function PassageVerdict({ passage, size }: { passage: Pick<Passage, "match" | "reading">; size?: Props["size"] }) {
  const { t } = useTranslation();
  const verdict = verdictOf(passage);
  return (
    <Badge tone={verdict.tone} size={size}>
      {t(`verdict.${verdict.word}`)}
    </Badge>
  );
}
