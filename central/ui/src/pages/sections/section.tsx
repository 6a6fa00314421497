import { ChevronLeft, ChevronRight, Gauge, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import type { SectionSpeeds } from "../../api/section-types";
import { useSectionSpeeds } from "../../api/sections";
import { addDays, dayOf, isDay, written } from "../../format/days";
import { percent, whole } from "../../format/numbers";
import { maySeeScenes } from "../../shell/places";
import { useAddress, useKeepSite } from "../../shell/site";
import { useUser } from "../../shell/user";
import { useKeys } from "../../ui/keys";
import { Loaded } from "../../ui/loaded";
import { PageHead } from "../../ui/page-head";
import { Empty } from "../../ui/states";
import { DayField } from "../accesses/filters";
import { HourTable, OverTable, SpeedChart } from "./charts";
import { mean, quantile } from "./figures";
import { NotEvidence } from "./label";
import { Cameras, Size, Trouble } from "./sections";
import { useKmh } from "./words";

/** Mean speeds through one section on one day: figures for planning, never about one vehicle. */
export function SectionPage() {
  const { t } = useTranslation();
  const keep = useKeepSite();
  const { site = "", id = "" } = useParams();
  const [address, change] = useAddress();
  const today = dayOf(Date.now());
  const asked = address.get("day") ?? "";
  const day = isDay(asked) ? asked : today;
  const query = useSectionSpeeds(site, id, day);
  const go = (to: string) => change({ day: to >= today ? "" : to });
  useKeys({ ArrowLeft: () => go(addDays(day, -1)), ArrowRight: day < today ? () => go(addDays(day, 1)) : undefined });
  return (
    <div className="page">
      <PageHead title={t("sections.section", { id })} query={query}>
        <Link to={keep("/sections")} className="button button-quiet">
          {t("sections.all")}
        </Link>
        <span className="day-step">
          <button type="button" className="icon-button" aria-label={t("sections.day_before")} onClick={() => go(addDays(day, -1))}>
            <ChevronLeft aria-hidden="true" />
          </button>
          <DayField word={t("sections.day")} value={day} onChange={(next) => next && go(next)} />
          <button type="button" className="icon-button" aria-label={t("sections.day_after")} disabled={day >= today} onClick={() => go(addDays(day, 1))}>
            <ChevronRight aria-hidden="true" />
          </button>
        </span>
      </PageHead>
      {query.data && <NotEvidence label={query.data} />}
      <Loaded query={query}>{(data) => <Shown data={data} day={day} />}</Loaded>
    </div>
  );
}

function Shown({ data, day }: { data: SectionSpeeds; day: string }) {
  const { t } = useTranslation();
  const { section, drives } = data;
  const drawn = maySeeScenes(useUser());
  return (
    <>
      <div className="section-head">
        <Cameras section={section} />
        <Size section={section} />
      </div>
      {section.problem && (
        <div className="card section-broken">
          <Trouble problem={section.problem} />
          {drawn && (
            <Link to="/scenes" className="button">
              {t("sections.to_scenes")}
            </Link>
          )}
        </div>
      )}
      {!section.problem && drives.length === 0 && (
        <>
          <Loss data={data} />
          <Empty icon={Gauge} title={t("sections.no_drives", { day: written(day) })} hint={t(data.unpaired > 0 ? "sections.no_pairs_hint" : "sections.no_drives_hint")} />
        </>
      )}
      {drives.length > 0 && (
        <>
          <Tiles data={data} />
          <Loss data={data} />
          <SpeedChart drives={drives} limit={section.limit_kmh} />
          <div className="figure-grid">
            <HourTable drives={drives} />
            <OverTable drives={drives} limit={section.limit_kmh} />
          </div>
        </>
      )}
    </>
  );
}

function Tiles({ data: { drives, total, over } }: { data: SectionSpeeds }) {
  const { t, i18n } = useTranslation();
  const kmh = useKmh();
  const speeds = drives.map(({ speed_kmh }) => speed_kmh);
  const doubts = drives.map(({ uncertainty_kmh }) => uncertainty_kmh);
  const tiles: [string, string, string?][] = [
    [t("sections.vehicles"), whole(total, i18n.language), t("sections.vehicles_hint")],
    [t("sections.mean"), kmh(mean(speeds))],
    [t("sections.median"), kmh(quantile(speeds, 0.5)), t("sections.median_hint")],
    [t("sections.p85"), kmh(quantile(speeds, 0.85)), t("sections.p85_hint")],
    [t("sections.over"), whole(over, i18n.language), t("sections.over_hint", { part: percent(total > 0 ? over / total : 0, i18n.language) })],
    [t("sections.doubt"), `± ${kmh(quantile(doubts, 0.5))}`, t("sections.doubt_hint", { most: kmh(Math.max(...doubts)) })],
  ];
  return (
    <div className="tiles" data-testid="section-tiles">
      {tiles.map(([word, value, note]) => (
        <div key={word} className="tile">
          <span className="figure-label">{word}</span>
          <span className="figure-value">{value}</span>
          {note && <span className="figure-note">{note}</span>}
        </div>
      ))}
    </div>
  );
}

/** What these figures do not hold: vehicles read at one end only, misread plates, drives beyond the newest. */
function Loss({ data: { drives, total, unpaired, impossible } }: { data: SectionSpeeds }) {
  const { t } = useTranslation();
  const said = [unpaired > 0 && t("sections.unpaired", { count: unpaired }), impossible > 0 && t("sections.impossible", { count: impossible }), total > drives.length && t("sections.newest", { count: drives.length, total })].filter(Boolean);
  if (said.length === 0) return null;
  return (
    <p className="figures-loss">
      <span className="loss loss-some" data-testid="section-loss">
        <TriangleAlert aria-hidden="true" />
        <span>{said.join(" ")}</span>
      </span>
    </p>
  );
}
