import { CircleCheck, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useCounts, useSummary } from "../../api/queries";
import type { HourCount, Summary } from "../../api/types";
import { percent, whole } from "../../format/numbers";
import { hourOf } from "../../format/time";
import { useSite } from "../../shell/site";
import { StaleNote } from "../../ui/states";
import { useSpan } from "../../ui/time";

/** The day in numbers, and what is missing from them. */
export function Numbers() {
  const { t, i18n } = useTranslation();
  const query = useSummary();
  const summary = query.data;
  const n = (value: number | undefined) => (value === undefined ? "–" : whole(value, i18n.language));
  const share = summary && summary.vehicles_today > 0 ? summary.plates_read_today / summary.vehicles_today : null;
  const dark = summary ? summary.cameras_total - summary.cameras_live : 0;
  return (
    <section className="numbers" aria-label={t("numbers.label")}>
      <div className="number number-main">
        <Figure label={t("numbers.people_inside")} value={n(summary?.people_inside)} />
        <Figure label={t("numbers.people_in")} value={n(summary?.people_in)} minor />
        <Figure label={t("numbers.people_out")} value={n(summary?.people_out)} minor />
        <Hours />
      </div>
      <div className="number">
        <Figure label={t("numbers.vehicles")} value={n(summary?.vehicles_today)} />
      </div>
      <div className="number">
        <Figure
          label={t("numbers.plates")}
          value={n(summary?.plates_read_today)}
          note={share === null ? undefined : t("numbers.of_vehicles", { percent: percent(Math.min(share, 1), i18n.language) })}
        />
      </div>
      <div className={`number ${summary && summary.alerts_open > 0 ? "number-deny" : ""}`}>
        <Figure label={t("numbers.alerts")} value={n(summary?.alerts_open)} />
      </div>
      <div className={`number ${dark > 0 ? "number-wait" : ""}`}>
        <Figure label={t("numbers.cameras")} value={summary ? `${n(summary.cameras_live)}/${n(summary.cameras_total)}` : "–"} />
      </div>
      <div className="number-foot">
        {summary && <Loss summary={summary} />}
        <StaleNote query={query} />
      </div>
    </section>
  );
}

function Figure({ label, value, note, minor }: { label: string; value: string; note?: string; minor?: boolean }) {
  return (
    <div className={`figure ${minor ? "figure-minor" : ""}`}>
      <span className="figure-label">{label}</span>
      <span className="figure-value">{value}</span>
      {note && <span className="figure-note">{note}</span>}
    </div>
  );
}

function Loss({ summary }: { summary: Summary }) {
  const { t, i18n } = useTranslation();
  const span = useSpan();
  const parts = [
    summary.lost_events > 0 && t("numbers.loss", { count: summary.lost_events }),
    summary.late_events > 0 && t("numbers.late", { count: summary.late_events }),
    summary.offline_s > 0 && t("numbers.offline", { duration: span(summary.offline_s) }),
  ].filter((part): part is string => Boolean(part));
  const missing = summary.lost_events > 0 || summary.offline_s > 0;
  return (
    <p className={`loss ${missing ? "loss-some" : ""}`} lang={i18n.language}>
      {missing ? <TriangleAlert aria-hidden="true" /> : <CircleCheck aria-hidden="true" />}
      <span>
        {!missing && t("numbers.loss_none")}
        {!missing && parts.length > 0 && " · "}
        {parts.join(" · ")}
        {missing && `. ${t("numbers.loss_why")}`}
      </span>
    </p>
  );
}

const WIDTH = 240;
const HEIGHT = 44;

/** Entries by hour as small bars; each bar has its words. */
function Hours() {
  const { t } = useTranslation();
  const { data } = useCounts(useSite());
  const all = data?.hours ?? [];
  const people = all.filter((hour) => hour.subject === "person");
  // A place that only sees vehicles still has its day to show.
  const hours: HourCount[] = people.length > 0 ? people : all;
  const most = Math.max(1, ...hours.map((hour) => hour.in));
  if (hours.length === 0) return null;
  const byHour = new Map(hours.map((hour) => [hourOf(hour.hour), hour]));
  const step = WIDTH / 24;
  return (
    <figure className="hours">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={t("numbers.hours")}>
        {Array.from({ length: 24 }, (_, hour) => {
          const count = byHour.get(hour);
          const height = count ? Math.max(2, (count.in / most) * (HEIGHT - 2)) : 1.5;
          return (
            <rect key={hour} className={count ? "hour" : "hour hour-none"} x={hour * step + 1} y={HEIGHT - height} width={step - 2} height={height} rx="1.5">
              <title>{t("numbers.hour_in", { hour, in: count?.in ?? 0, out: count?.out ?? 0 })}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption>
        <span>0</span>
        <span>{t("numbers.hours")}</span>
        <span>24</span>
      </figcaption>
    </figure>
  );
}
