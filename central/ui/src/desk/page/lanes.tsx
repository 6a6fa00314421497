import { CreditCard, Eye, Hand, ShieldAlert } from "lucide-react";
import type { LaneView } from "../api/types";
import { useText } from "../i18n";
import { LivePicture } from "../live/picture";
import { useDesk } from "../state/provider";
import { needsGuard } from "../state/view";
import { VERDICT_ICONS } from "./case";

/** Every lane of the gate: the one on watch large, the others small, each one key or touch away. */
export function Lanes() {
  const { t } = useText();
  const { gate, lane } = useDesk();
  // One list in one order, so that no picture is torn down when another lane comes on watch.
  return (
    <section className="lanes" aria-label={t("lane.label")} data-count={gate.lanes.length}>
      {gate.lanes.map((each) => (
        <LaneTile key={each.id} lane={each} selected={each.id === lane?.id} />
      ))}
    </section>
  );
}

function LaneTile({ lane, selected }: { lane: LaneView; selected: boolean }) {
  const { t, language } = useText();
  const { selectLane } = useDesk();
  const name = language === "en" ? lane.name_en : lane.name_vi;
  const of = lane.current;
  const Icon = of && VERDICT_ICONS[of.verdict];
  const calls = !selected && needsGuard(lane);
  return (
    <div className={`lane ${selected ? "lane-selected" : ""} ${calls ? "lane-calls" : ""}`} data-lane={lane.id} data-selected={selected}>
      <LivePicture lane={lane} small={!selected} />
      <div className="lane-plate">
        <b>{name}</b>
        {lane.way !== "both" && <span>{t(`direction.${lane.way}`)}</span>}
        {of && Icon && (
          <span className={`lane-verdict verdict-${of.verdict}`}>
            <Icon aria-hidden="true" />
            {t(`verdict.${of.verdict}`)}
          </span>
        )}
        {lane.held && <span className="lane-note"><Hand aria-hidden="true" />{t("lane.held")}</span>}
        {lane.emergency && <span className="lane-note lane-note-bad"><ShieldAlert aria-hidden="true" />{t("lane.emergency")}</span>}
        {lane.reader === false && <span className="lane-note lane-note-bad"><CreditCard aria-hidden="true" />{t("ladder.step.reader_lost")}</span>}
        {lane.queue.length > 0 && <span className="lane-note">{t("side.queue_n", { count: lane.queue.length, n: lane.queue.length })}</span>}
        {calls && <span className="lane-note lane-note-call"><Eye aria-hidden="true" />{t("lane.waits")}</span>}
      </div>
      {!selected && <button type="button" className="lane-pick" onClick={() => selectLane(lane.id)} aria-label={t("lane.select", { lane: name })} />}
    </div>
  );
}
