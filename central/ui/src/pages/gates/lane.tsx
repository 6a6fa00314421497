import { ArrowDownLeft, ArrowLeftRight, ArrowUpRight, type LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { GateRow, LaneWay } from "../../api/types";
import { policyPhrases } from "../../format/policy";
import { StepBadge } from "../../ui/gate-badges";
import { useName, usePhrase, useWord } from "../../ui/words";

export const WAY_ICON: Record<LaneWay, LucideIcon> = { in: ArrowDownLeft, out: ArrowUpRight, both: ArrowLeftRight };

/** A lane: which way, what it asks in words, its barrier and its step. */
export function LaneRow({ lane }: { lane: GateRow["lanes"][number] }) {
  const { t } = useTranslation();
  const name = useName();
  const phrase = usePhrase();
  const word = useWord();
  const [first, ...rest] = policyPhrases(lane.policy).map(phrase);
  const Way = WAY_ICON[lane.way];
  return (
    <li className="lane" data-lane={lane.id}>
      <div className="lane-head">
        <Way aria-hidden="true" />
        <b>{name(lane)}</b>
        <span className="quiet">{word("lane_way", lane.way)}</span>
        {lane.barrier && <span className={`barrier barrier-${lane.barrier}`}>{t("gates.barrier", { state: word("barrier", lane.barrier) })}</span>}
        {lane.step && lane.step !== "full" && <StepBadge step={lane.step} />}
        {(lane.waiting ?? 0) > 0 && <span className="tone-text-wait">{t("gates.waiting", { count: lane.waiting ?? 0 })}</span>}
      </div>
      <details className="lane-policy">
        <summary>{first}</summary>
        <ul>
          {rest.map((line) => (
            <li key={line}>{line}</li>
          ))}
          {lane.policy.rules.length > 0 && <li>{t("gates.rules", { count: lane.policy.rules.length })}</li>}
        </ul>
      </details>
    </li>
  );
}
