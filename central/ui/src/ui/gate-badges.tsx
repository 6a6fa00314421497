import { Ban, CircleCheck, Hand, Layers, type LucideIcon } from "lucide-react";
import type { Access, GateVerdict, LadderStep } from "../api/types";
import { freshTone, overridden, stepTone, verdictTone } from "../format/gate";
import { Badge } from "./verdict";
import { useWord } from "./words";

const ICONS: Record<GateVerdict, LucideIcon> = { admit: CircleCheck, wait: Hand, deny: Ban };

/** Admit, please wait, deny: colour, icon and word. */
export function VerdictBadge({ verdict, size = "m" }: { verdict: GateVerdict; size?: "s" | "m" | "l" }) {
  const word = useWord();
  return (
    <Badge tone={verdictTone[verdict] ?? "unknown"} icon={ICONS[verdict]} size={size}>
      {word("gate_verdict", verdict)}
    </Badge>
  );
}

/** The step of the ladder that a gate or lane stands on. */
export function StepBadge({ step, size = "s" }: { step: LadderStep; size?: "s" | "m" }) {
  const word = useWord();
  return (
    <Badge tone={stepTone[step] ?? "unknown"} icon={Layers} size={size} title={word("ladder_means", step)}>
      {word("ladder", step)}
    </Badge>
  );
}

export function FreshBadge({ freshness }: { freshness: Access["freshness"] }) {
  const word = useWord();
  return (
    <Badge tone={freshTone[freshness] ?? "unknown"} size="s">
      {word("freshness", freshness)}
    </Badge>
  );
}

/** A guard decided otherwise than the machine. */
export function OverrideBadge({ access }: { access: Pick<Access, "verdict" | "decided" | "actor"> }) {
  const word = useWord();
  if (!overridden(access)) return null;
  return (
    <Badge tone="wait" icon={Hand} size="s" title={word("gate_verdict", access.decided)}>
      {word("access", "overridden")}
    </Badge>
  );
}
