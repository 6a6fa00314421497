//! Scenes of road cameras: what is in use ([`reading`]), what is being drawn ([`drafts`]), trying it on recorded minutes ([`asking`]),
//! publishing it by a second account ([`publishing`]), what was published ([`versions`]).

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wire::Name;
use wire::scene::{MAX_SCENE_BYTES, Scene, SceneProblem, check};

use super::access::Viewer;
use super::problem::Problem;
use super::{Web, read_json, read_json_or};
use crate::app;
use crate::gates::document::Trouble;
use crate::scenes::words;
use crate::store::audit::AuditRow;
use crate::store::read_fleet::CameraRow;
use crate::store::scenes::SceneDraftRow;

mod asking;
mod drafts;
mod publishing;
mod reading;
mod versions;

/// Their routes.
pub fn routes() -> OpenApiRouter<Web> {
    let drawing = OpenApiRouter::new()
        .routes(routes!(drafts::put_draft, drafts::drop_draft))
        .layer(axum::extract::DefaultBodyLimit::max(MAX_SCENE_BYTES));
    OpenApiRouter::new()
        .routes(routes!(reading::list))
        .routes(routes!(reading::read))
        .routes(routes!(asking::snapshot))
        .routes(routes!(asking::preview))
        .routes(routes!(publishing::publish))
        .routes(routes!(versions::versions))
        .routes(routes!(versions::version))
        .merge(drawing)
}

async fn camera_of(
    app: &app::State,
    viewer: &Viewer,
    site: &str,
    camera: &str,
) -> Result<CameraRow, Problem> {
    let not_found = || Problem::not_found("camera");
    if Name::new(site).is_err() || Name::new(camera).is_err() || !viewer.scope.sees(site) {
        return Err(not_found());
    }
    app.store.cameras_seen(&viewer.scope, site, camera).await?.pop().ok_or_else(not_found)
}

fn scene_of(text: &str, id: &str) -> Option<Scene> {
    read_json((("scene_versions", "scene"), text.to_owned()), id)
}

fn drawers(row: &SceneDraftRow) -> Vec<String> {
    read_json_or((("scene_drafts", "drawn_by"), row.drawn_by.clone()), &row.camera)
}

/// Error of the measured points.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct GroundErrorView {
    /// Root mean square, pixels.
    px: f64,
    /// The same in metres.
    m: f64,
}

fn ground_error(px: Option<f64>, m: Option<f64>) -> Option<GroundErrorView> {
    px.zip(m).map(|(px, m)| GroundErrorView { px, m })
}

/// Something in a drawing that keeps it from being published.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemView {
    /// Where: `lanes.lan-1`.
    at: String,
    /// What is wrong, English.
    what: String,
    /// The same, Vietnamese.
    what_vi: String,
}

fn problems(scene: &Scene) -> Vec<ProblemView> {
    let view = |problem: SceneProblem| ProblemView {
        what_vi: words::vietnamese(&problem),
        at: problem.at,
        what: problem.what,
    };
    check(scene).into_iter().map(view).collect()
}

fn no_problems(scene: &Scene) -> Result<(), Problem> {
    let found = problems(scene);
    if found.is_empty() {
        return Ok(());
    }
    let trouble = |one: ProblemView| Trouble { path: one.at, code: "scene", vi: one.what_vi, en: one.what };
    let detail = "the drawing has problems: mend what is named";
    Err(Problem::unacceptable("has_problems", detail).with_problems(found.into_iter().map(trouble).collect()))
}

fn overtaken(what: &'static str, detail: &'static str) -> Problem {
    Problem::new(StatusCode::CONFLICT, what, detail)
}

fn does(viewer: &Viewer, action: &str, site: &str, camera: &str) -> AuditRow {
    viewer.does(action).on("scene", &format!("{site}/{camera}"))
}
