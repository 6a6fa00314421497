import { ArrowRight, Gauge, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Section } from "../../api/section-types";
import { useCameras } from "../../api/queries";
import { useSections } from "../../api/sections";
import { whole } from "../../format/numbers";
import { useKeepSite, useSite, useSiteName } from "../../shell/site";
import { moveFocus, useKeys } from "../../ui/keys";
import { Loaded } from "../../ui/loaded";
import { PageHead } from "../../ui/page-head";
import { NotEvidence } from "./label";

/** Sections between two cameras: what each one is, and why one of them measures nothing. */
export function SectionsPage() {
  const { t } = useTranslation();
  const site = useSite();
  const query = useSections();
  useKeys({ j: () => moveFocus("sections", 1), k: () => moveFocus("sections", -1) });
  const shown = (items: Section[]) => items.filter((one) => !site || one.site === site);
  return (
    <div className="page">
      <PageHead title={t("sections.title")} lead={t("sections.lead")} query={query} />
      {query.data && <NotEvidence label={query.data} />}
      <Loaded query={query} shape="row" count={3} isEmpty={({ items }) => shown(items).length === 0} empty={{ icon: Gauge, title: t("sections.none"), hint: t("sections.none_hint") }}>
        {({ items }) => (
          <ol className="row-list" data-list="sections">
            {shown(items).map((one) => (
              <Row key={`${one.site}/${one.id}`} section={one} />
            ))}
          </ol>
        )}
      </Loaded>
    </div>
  );
}

function Row({ section }: { section: Section }) {
  const { t } = useTranslation();
  const keep = useKeepSite();
  const siteName = useSiteName();
  return (
    <li className="section-row" data-section={section.id} data-problem={section.problem}>
      <Link to={keep(`/sections/${encodeURIComponent(section.site)}/${encodeURIComponent(section.id)}`)} className="section-link" data-item>
        <span className="case-what">
          <b>{section.id}</b>
          <small>{siteName(section.site)}</small>
        </span>
        <Cameras section={section} />
        <Size section={section} />
        <span className="section-state">{section.problem ? <Trouble problem={section.problem} /> : <small>{t("sections.measures")}</small>}</span>
      </Link>
    </li>
  );
}

/** From which camera to which one. */
export function Cameras({ section: { site, first_camera, last_camera } }: { section: Section }) {
  const { t } = useTranslation();
  const cameras = useCameras().data ?? [];
  const name = (of: string | null) => (of ? (cameras.find((row) => row.site === site && row.camera === of)?.name ?? of) : t("sections.no_camera"));
  return (
    <span className="section-way">
      <span className={first_camera ? "" : "quiet"}>{name(first_camera)}</span>
      <ArrowRight aria-label={t("sections.to")} />
      <span className={last_camera ? "" : "quiet"}>{name(last_camera)}</span>
    </span>
  );
}

export function Size({ section: { length_m, limit_kmh } }: { section: Section }) {
  const { t, i18n } = useTranslation();
  return (
    <span className="section-size">
      <span>{t("sections.length", { metres: whole(length_m, i18n.language) })}</span>
      <b>{t("sections.limit", { kmh: whole(limit_kmh, i18n.language) })}</b>
    </span>
  );
}

/** Why nothing is measured, and what to do about it. */
export function Trouble({ problem }: { problem: NonNullable<Section["problem"]> }) {
  const { t } = useTranslation();
  return (
    <span className="section-trouble" data-testid="section-problem">
      <TriangleAlert aria-hidden="true" />
      <span>
        <b>{t(`section_problem.${problem}`)}</b>
        <small>{t(`section_problem_means.${problem}`)}</small>
      </span>
    </span>
  );
}
