import { ArrowUpRight, BadgeAlert, ChevronsRight, Construction, DoorOpen, Fence, Footprints, Hourglass, type LucideIcon, Luggage, MoonStar, OctagonAlert, ScanFace, ShieldAlert, TimerReset, TrainTrack, UsersRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Alert, IncidentFacts } from "../../api/types";
import { useKeepSite } from "../../shell/site";
import { usePhrase, useWord } from "../../ui/words";
import { Fact } from "./panel";

/** Kinds of alerts that no plate raised. */
export const INCIDENT_ICON: Record<string, LucideIcon | undefined> = {
  tailgating: ChevronsRight, barrier_forced: Construction, barrier_failed: OctagonAlert, barrier_held: DoorOpen, intrusion: Footprints, after_hours: MoonStar, fence: Fence, track_intrusion: TrainTrack,
  left_luggage: Luggage, loitering: Hourglass, crowding: UsersRound, passed_unadmitted: ShieldAlert, possible_face: ScanFace, overstay: TimerReset, wanted_person: BadgeAlert,
};

/** Kinds whose count says bodies, people or seconds. */
const COUNTS = ["tailgating", "crowding", "loitering", "barrier_held", "left_luggage", "intrusion", "after_hours"];

/** Gate, lane, line or zone, and how many. */
export function IncidentFactRows({ incident }: { incident: IncidentFacts }) {
  const { t, i18n } = useTranslation();
  const word = useWord();
  const phrase = usePhrase();
  const counted = COUNTS.includes(incident.incident) && i18n.exists(`incident_count.${incident.incident}`);
  return (
    <>
      {(incident.gate || incident.lane) && <Fact word={t("access.gate")}>{[incident.gate, incident.lane].filter(Boolean).join(" · ")}</Fact>}
      {incident.rule && incident.rule !== incident.lane && <Fact word={t("passage.rule")}>{incident.rule}</Fact>}
      {counted && (incident.count ?? 0) > 0 && <Fact word={word("incident", incident.incident)}>{phrase({ key: `incident_count.${incident.incident}`, values: { count: incident.count ?? 0 } })}</Fact>}
    </>
  );
}

/** The decision that an alert of a gate belongs to. */
export function OpenSource({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const keep = useKeepSite();
  const access = alert.incident?.access;
  if (!access) return null;
  return (
    <Link className="button" to={keep(`/accesses/${access}`)}>
      {t("alerts.open_access")}
      <ArrowUpRight aria-hidden="true" />
    </Link>
  );
}
