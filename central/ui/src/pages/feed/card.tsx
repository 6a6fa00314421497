import { ArrowDownLeft, ArrowDown, ArrowUp, ArrowUpRight, Bike, Bus, Car, Clock3, type LucideIcon, Truck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Direction, Passage, VehicleClass } from "../../api/types";
import { mainPicture } from "../../format/passage";
import { dateTime } from "../../format/time";
import { verdictOf } from "../../format/verdict";
import { useKeepSite } from "../../shell/site";
import { useBoxes } from "../../ui/boxes";
import { viewRound } from "../../ui/crop";
import { Picture } from "../../ui/picture";
import { drawnColour } from "../../format/plate";
import { NoPlate, Plate } from "../../ui/plate";
import { Time } from "../../ui/time";
import { useVehicleWords } from "../../ui/vehicle";
import { PassageVerdict } from "../../ui/verdict";

export const CLASS_ICON: Record<VehicleClass, LucideIcon> = { car: Car, motorcycle: Bike, bus: Bus, truck: Truck };
export const DIRECTION_ICON: Record<Direction, LucideIcon> = { in: ArrowDownLeft, out: ArrowUpRight, forward: ArrowUp, backward: ArrowDown };
const ASPECT = 16 / 10;

export function PassagePicture({ passage, aspect = ASPECT, margin }: { passage: Passage; aspect?: number; margin?: number }) {
  const { t } = useTranslation();
  const boxesShown = useBoxes();
  const main = mainPicture(passage);
  return (
    <Picture
      sha256={main.sha256}
      lost={main.lost}
      size={main.size}
      view={main.size && main.focus ? viewRound(main.focus, main.size, aspect, margin) : undefined}
      boxes={boxesShown ? main.boxes : []}
      alt={t("picture.alt", {
        role: t(`class.${passage.class}`),
        time: dateTime(passage.captured_at),
        camera: passage.camera_name ?? passage.camera,
      })}
    />
  );
}

export function ReadPlate({ passage, size }: { passage: Pick<Passage, "reading" | "no_reading">; size?: "s" | "m" | "l" | "xl" }) {
  const { reading } = passage;
  if (!reading) return <NoPlate reason={passage.no_reading} size={size} />;
  return <Plate display={reading.display} kind={reading.kind} colour={drawnColour(reading.colour)} lines={reading.lines} size={size} />;
}

export function Movement({ passage }: { passage: Pick<Passage, "class" | "direction"> }) {
  const { t } = useTranslation();
  const ClassIcon = CLASS_ICON[passage.class] ?? Car;
  const DirectionIcon = passage.direction ? DIRECTION_ICON[passage.direction] : null;
  return (
    <span className="movement">
      <ClassIcon aria-hidden="true" />
      <span>{t(`class.${passage.class}`)}</span>
      {passage.direction && DirectionIcon && (
        <>
          <DirectionIcon aria-hidden="true" />
          <span>{t(`direction.${passage.direction}`)}</span>
        </>
      )}
    </span>
  );
}

function LateNote({ passage }: { passage: Passage }) {
  const { t } = useTranslation();
  if (!passage.late) return null;
  return (
    <span className="late" title={t("time.late_hint", { time: dateTime(passage.received_at) })}>
      <Clock3 aria-hidden="true" />
      {t("time.late")}
    </span>
  );
}

/** One passage: picture first, verdict second, data third. */
export function PassageCard({ passage, form }: { passage: Passage; form: "card" | "row" }) {
  const { t } = useTranslation();
  const keep = useKeepSite();
  const plate = passage.reading?.display ?? t(`no_reading.${passage.no_reading ?? "none"}`);
  const vehicleWords = useVehicleWords();
  const words = passage.vehicle && vehicleWords(passage.vehicle);
  const vehicle = [words?.make, words?.colour].filter(Boolean).join(" ");
  return (
    <li className={`passage passage-${form} tone-${verdictOf(passage).tone}`} data-passage={passage.id}>
      <Link to={keep(`/passages/${passage.id}`)} className="passage-link" data-item aria-label={t("feed.open", { plate })}>
        <span className="passage-picture">
          <PassagePicture passage={passage} />
        </span>
        <span className="passage-verdict">
          <ReadPlate passage={passage} size={form === "card" ? "m" : "s"} />
          <PassageVerdict passage={passage} size="s" />
        </span>
        <span className="passage-data">
          <span className="passage-when">
            <Time at={passage.captured_at} uncertaintyMs={passage.uncertainty_ms} source={passage.time_source} form="short" />
            <LateNote passage={passage} />
          </span>
          <Movement passage={passage} />
          <span className="passage-where">{passage.camera_name ?? passage.camera}</span>
          {(passage.owner_masked ?? vehicle) && (
            <span className="passage-owner">{[passage.owner_masked, vehicle].filter(Boolean).join(" · ")}</span>
          )}
        </span>
      </Link>
    </li>
  );
}
