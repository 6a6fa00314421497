import { UserRoundCog } from "lucide-react";
import { clock } from "../../format/time";
import { Plate } from "../../ui/plate";
import type { CaseView } from "../api/types";
import { useText } from "../i18n";
import { isOverride, nameOf, saysWho, wordOf } from "../state/view";
import { VERDICT_ICONS } from "./case";

interface Props {
  of: CaseView;
  onOpen: (access: string) => void;
}

/** One decision in a list: when, who, verdict, reason, and whether a guard changed it. */
export function CaseRow({ of, onOpen }: Props) {
  const { t } = useText();
  const Icon = VERDICT_ICONS[of.verdict];
  const name = nameOf(of) ?? t(wordOf(of));
  return (
    <button type="button" className="row" onClick={() => onOpen(of.access)} aria-label={t("side.open", { what: name })} data-row={of.access} data-override={isOverride(of)}>
      <span className="row-time">{clock(of.ended_at ?? of.since).slice(0, 5)}</span>
      <span className="row-main">
        {of.plate ? <Plate display={of.plate.display} kind={of.plate.kind} colour={of.plate.colour} lines={1} size="s" /> : <b>{name}</b>}
        <span className={`row-verdict tone-${of.verdict}`}>
          <Icon aria-hidden="true" />
          {t(`verdict.${of.verdict}`)}
        </span>
      </span>
      <span className="row-why">
        {t(`reason.${of.reason}`)}
        {saysWho(of) && of.label && of.plate ? ` · ${of.label}` : ""}
        {of.outcome !== "pending" && of.outcome !== "passed" ? ` · ${t(`outcome.${of.outcome}`)}` : ""}
      </span>
      {isOverride(of) && (
        <span className="row-override">
          <UserRoundCog aria-hidden="true" />
          {t("side.by_guard")}
        </span>
      )}
    </button>
  );
}
