//! Mean speeds between two cameras: figures, never evidence, and no plates.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wire::violation::Kind;

use super::access::Viewer;
use super::extract::{Json, Moment, Path, Query};
use super::problem::Problem;
use super::{Web, day_start_ms, now_ms, read_json};
use crate::app;
use crate::sections::{self, Drive, End, Section};

/// Longest span that is asked for at once, milliseconds.
const MAX_SPAN_MS: i64 = 48 * 3600 * 1000;
/// A vehicle that left early in the span entered before it, milliseconds.
const BEFORE_MS: i64 = 4 * 3600 * 1000;
/// Drives told of at most, the newest.
const DRIVES: usize = 500;

/// Their routes.
pub fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(speeds))
}

/// A section between two cameras.
#[derive(Debug, Serialize, ToSchema)]
pub struct SectionView {
    site: String,
    id: String,
    /// Camera at its beginning.
    first_camera: Option<String>,
    /// Camera at its end.
    last_camera: Option<String>,
    length_m: f64,
    limit_kmh: f64,
    /// Why nothing is measured: `no_partner`, `differs`, `twice`; null when it is.
    problem: Option<&'static str>,
}

/// All sections, and what must stand beside every speed.
#[derive(Debug, Serialize, ToSchema)]
pub struct SectionList {
    items: Vec<SectionView>,
    #[serde(flatten)]
    label: Label,
}

/// What must stand beside every speed of an ordinary camera.
#[derive(Debug, Serialize, ToSchema)]
pub struct Label {
    /// Always false.
    evidence: bool,
    label_vi: &'static str,
    label_en: &'static str,
}

fn label() -> Label {
    let facts = Kind::SpeedSection.facts();
    Label {
        evidence: false,
        label_vi: facts.map_or("", |facts| facts.limits_vi.as_str()),
        label_en: facts.map_or("", |facts| facts.limits_en.as_str()),
    }
}

fn view(section: &Section) -> SectionView {
    let camera = |end: &Option<End>| end.as_ref().map(|end| end.camera.clone());
    SectionView {
        site: section.site.clone(),
        id: section.id.clone(),
        first_camera: camera(&section.first),
        last_camera: camera(&section.last),
        length_m: section.length_m,
        limit_kmh: section.limit_kmh,
        problem: section.problem,
    }
}

async fn drawn(app: &app::State, viewer: &Viewer) -> Result<Vec<Section>, Problem> {
    let rows = app.store.newest_scenes(&viewer.scope).await?;
    let read = |row: crate::store::scenes::SceneVersionRow| {
        Some((row.site, read_json((("scene_versions", "scene"), row.scene), &row.camera)?))
    };
    Ok(sections::sections(&rows.into_iter().filter_map(read).collect::<Vec<_>>()))
}

/// Sections that are drawn, whole or not.
#[utoipa::path(get, path = "/sections", tag = "scenes", responses((status = 200, body = SectionList)))]
pub async fn list(State(app): State<app::State>, viewer: Viewer) -> Result<Json<SectionList>, Problem> {
    let items = drawn(&app, &viewer).await?.iter().map(view).collect();
    Ok(Json(SectionList { items, label: label() }))
}

/// Which drives.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct SpeedQuery {
    /// Out of the section from then on; today's midnight, local time, when left out.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Moment>,
    /// Before this; now when left out.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Moment>,
}

/// A drive through a section.
#[derive(Debug, Serialize, ToSchema)]
pub struct DriveView {
    left_at: Moment,
    took_s: f64,
    class: String,
    speed_kmh: f64,
    /// Half-width of the interval that surely holds it.
    uncertainty_kmh: f64,
    /// Over the limit by more than that.
    over: bool,
}

/// The drives of a time.
#[derive(Debug, Serialize, ToSchema)]
pub struct Speeds {
    section: SectionView,
    /// Newest last.
    drives: Vec<DriveView>,
    /// Drives in all.
    total: usize,
    /// Of them over the limit by more than the uncertainty.
    over: usize,
    /// Vehicles at the end that nobody read at the beginning in time.
    unpaired: usize,
    /// Pairs that were impossibly fast: a plate misread, or carried twice.
    impossible: usize,
    #[serde(flatten)]
    label: Label,
}

/// Mean speeds of a section. Not evidence: no case comes of them, and they name no plate.
#[utoipa::path(get, path = "/sections/{site}/{id}", tag = "scenes",
    params(("site" = String, Path, description = "Site"), ("id" = String, Path, description = "Rule"), SpeedQuery),
    responses((status = 200, body = Speeds), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn speeds(
    State(app): State<app::State>,
    viewer: Viewer,
    Path((site, id)): Path<(String, String)>,
    Query(query): Query<SpeedQuery>,
) -> Result<Json<Speeds>, Problem> {
    let sections = drawn(&app, &viewer).await?;
    let section = sections.iter().find(|section| section.site == site && section.id == id);
    let section = section.ok_or_else(|| Problem::not_found("section"))?;
    let now = now_ms();
    let from_ms = query.from.map_or_else(|| day_start_ms(now), |from| from.0);
    let to_ms = query.to.map_or(now, |to| to.0);
    if from_ms > to_ms || to_ms - from_ms > MAX_SPAN_MS {
        return Err(Problem::bad_request("bad_span", "from, to: at most 48 hours, from before to"));
    }
    let mut paired = sections::Paired::default();
    if let (Some(first), Some(last), None) = (&section.first, &section.last, section.problem) {
        let begin = (site.as_str(), first.camera.as_str(), first.line.as_str());
        let end = (site.as_str(), last.camera.as_str(), last.line.as_str());
        let entered = app.store.sightings(begin, from_ms - BEFORE_MS, to_ms).await?;
        let left = app.store.sightings(end, from_ms, to_ms).await?;
        paired = sections::pair(section.length_m, section.limit_kmh, &entered, &left);
    }
    let newest = paired.drives.len().saturating_sub(DRIVES);
    Ok(Json(Speeds {
        section: view(section),
        total: paired.drives.len(),
        over: paired.drives.iter().filter(|drive| drive.over).count(),
        drives: paired.drives.iter().skip(newest).map(drive).collect(),
        unpaired: paired.unpaired,
        impossible: paired.impossible,
        label: label(),
    }))
}

fn drive(drive: &Drive) -> DriveView {
    let tenth = |value: f64| (value * 10.0).round() / 10.0;
    DriveView {
        left_at: Moment(drive.left_ms),
        took_s: tenth(drive.took_ms as f64 / 1e3),
        class: drive.class.clone(),
        speed_kmh: tenth(drive.speed_kmh),
        uncertainty_kmh: tenth(drive.uncertainty_kmh),
        over: drive.over,
    }
}
