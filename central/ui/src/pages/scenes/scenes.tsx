import { PenTool } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { SceneRow } from "../../api/scene-types";
import { useScenes } from "../../api/scenes";
import { useSite, useSiteName } from "../../shell/site";
import { Loaded } from "../../ui/loaded";
import { PageHead } from "../../ui/page-head";
import { Time } from "../../ui/time";
import { InUse } from "./head";

/** Cameras and what their rules judge by: drawn, published, and what the agent really uses. */
export function ScenesPage() {
  const { t } = useTranslation();
  const site = useSite();
  const query = useScenes();
  const rows = query.data && { ...query, data: query.data.items.filter((row) => !site || row.site === site) };
  return (
    <div className="page">
      <PageHead title={t("scenes.title")} lead={t("scenes.lead")} query={query} />
      <Loaded query={rows ?? { ...query, data: undefined }} shape="row" isEmpty={(list) => list.length === 0} empty={{ icon: PenTool, title: t("scenes.no_cameras"), hint: t("scenes.no_cameras_hint") }}>
        {(list) => (
          <div className="table-wrap">
            <table className="table scene-table">
              <thead>
                <tr>
                  <th scope="col">{t("scenes.camera")}</th>
                  <th scope="col">{t("scenes.published_word")}</th>
                  <th scope="col">{t("scenes.used")}</th>
                  <th scope="col">{t("scenes.drawing")}</th>
                  <th scope="col" className="table-number">{t("scenes.rules")}</th>
                </tr>
              </thead>
              <tbody>
                {list.map((row) => (
                  <Row key={`${row.site}/${row.camera}`} row={row} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </div>
  );
}

function Row({ row }: { row: SceneRow }) {
  const { t } = useTranslation();
  const siteName = useSiteName();
  return (
    <tr data-scene={`${row.site}/${row.camera}`}>
      <th scope="row">
        <Link to={`/scenes/${row.site}/${row.camera}`}>{row.camera_name}</Link>
        <small>{siteName(row.site)}</small>
      </th>
      <td>
        {row.version === null ? (
          <span className="quiet">{t("scenes.never_published")}</span>
        ) : (
          <>
            {t("scenes.version_n", { version: row.version })}
            <small>
              <Time at={row.published_at} form="short" /> · {row.published_by}
            </small>
          </>
        )}
      </td>
      <td>
        <InUse view={{ version: row.version ?? 0, in_use_version: row.in_use_version }} />
        {row.in_use_since && (
          <small>
            {t("scenes.since")} <Time at={row.in_use_since} form="short" />
          </small>
        )}
        {row.refused_because && <small className="tone-text-deny">{t("scenes.refused", { why: row.refused_because })}</small>}
      </td>
      <td data-word={t("scenes.drawing")}>
        {row.draft ? t("scenes.draft_by", { who: row.draft_by ?? "" }) : <span className="quiet">–</span>}
        {row.problems > 0 && <small className="tone-text-wait">{t("scenes.problems", { count: row.problems })}</small>}
      </td>
      <td className="table-number" data-word={t("scenes.rules")}>{row.rules}</td>
    </tr>
  );
}
