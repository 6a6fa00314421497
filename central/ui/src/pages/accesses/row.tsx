import { ArrowDownLeft, ArrowUpRight, GitCompareArrows, NotebookPen, Unplug, UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useGates } from "../../api/gate-queries";
import type { Access } from "../../api/types";
import { outcomeTone, overridden, verdictTone } from "../../format/gate";
import { drawnColour } from "../../format/plate";
import { useKeepSite, useSite } from "../../shell/site";
import { OverrideBadge, VerdictBadge } from "../../ui/gate-badges";
import { Picture } from "../../ui/picture";
import { Plate } from "../../ui/plate";
import { Time } from "../../ui/time";
import { Badge } from "../../ui/verdict";
import { useName, useWord } from "../../ui/words";

/** Names of gates and lanes for people, where the policy still knows them. */
export function useWhere(): (access: Pick<Access, "site" | "gate" | "lane">) => string {
  const gates = useGates(useSite()).data ?? [];
  const name = useName();
  return ({ site, gate, lane }) => {
    const found = gates.find((row) => row.site === site && row.id === gate);
    const foundLane = found?.lanes.find((row) => row.id === lane);
    return `${found ? name(found) : gate} · ${foundLane ? name(foundLane) : lane}`;
  };
}

export function AccessPlate({ access, size = "s" }: { access: Pick<Access, "reading" | "label" | "plate">; size?: "s" | "m" | "l" | "xl" }) {
  const { t } = useTranslation();
  const { reading } = access;
  if (reading) return <Plate display={reading.display} kind={reading.kind} colour={drawnColour(reading.colour)} lines={size === "s" ? 1 : reading.lines} size={size} />;
  if (access.plate) return <Plate display={access.plate} size={size} />;
  return (
    <span className="access-person">
      <UserRound aria-hidden="true" />
      {access.label ?? t("access.anonymous")}
    </span>
  );
}

export function OutcomeBadge({ outcome }: { outcome: Access["outcome"] }) {
  const word = useWord();
  return (
    <span className={`state-word tone-${outcomeTone[outcome] ?? "unknown"}`} data-outcome={outcome}>
      {word("outcome", outcome)}
    </span>
  );
}

export function AccessRow({ access }: { access: Access }) {
  const { t } = useTranslation();
  const keep = useKeepSite();
  const where = useWhere();
  const word = useWord();
  const Direction = access.direction === "out" || access.direction === "backward" ? ArrowUpRight : ArrowDownLeft;
  return (
    <li className={`access tone-${verdictTone[access.verdict] ?? "unknown"}`} data-access={access.id} data-verdict={access.verdict}>
      <Link to={keep(`/accesses/${access.id}`)} className="access-link" data-item>
        <span className="access-picture">
          <Picture sha256={access.thumbnail} size={null} alt="" none={t("access.no_picture")} />
        </span>
        <span className="access-who">
          <AccessPlate access={access} />
          {(access.reading ?? access.plate) && access.label && <span className="access-label">{access.label}</span>}
          {(access.group_name ?? access.group) && <span className="quiet">{access.group_name ?? access.group}</span>}
        </span>
        <span className="access-word">
          <VerdictBadge verdict={access.verdict} />
          {overridden(access) ? (
            <span className="access-machine">{t("access.machine", { answer: word("gate_verdict", access.decided), reason: word("reason", access.reason) })}</span>
          ) : (
            <span>{word("reason", access.reason)}</span>
          )}
        </span>
        <span className="access-marks">
          <OverrideBadge access={access} />
          {access.alone_since && (
            <Badge tone="unknown" size="s" icon={Unplug}>
              {t("access.alone")}
            </Badge>
          )}
          {access.form && (
            <Badge tone="unknown" size="s" icon={NotebookPen}>
              {t("access.paper", { form: access.form.number })}
            </Badge>
          )}
          {access.otherwise === "open" && (
            <Badge tone="possible" size="s" icon={GitCompareArrows}>
              {t("access.otherwise")}
            </Badge>
          )}
          {access.late && (
            <Badge tone="wait" size="s">
              {t("time.late")}
            </Badge>
          )}
        </span>
        <span className="access-when">
          <Time at={access.at} form="short" />
          <span className="access-where">
            <Direction aria-hidden="true" />
            {where(access)}
          </span>
          <OutcomeBadge outcome={access.outcome} />
        </span>
      </Link>
    </li>
  );
}
