//! Cameras with their scenes: published, drawn, in use.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use wire::Name;
use wire::scene::check;

use super::{GroundErrorView, ProblemView, camera_of, drawers, ground_error, problems, scene_of};
use crate::app;
use crate::store::read_fleet::CameraRow;
use crate::web::access::{Access, Viewer, rule};
use crate::web::extract::{Json, Moment, Path};
use crate::web::problem::Problem;
use crate::web::read_json;

/// A camera and its scene.
#[derive(Debug, Serialize, ToSchema)]
pub struct SceneRowView {
    site: String,
    camera: String,
    camera_name: String,
    /// State of the camera, as in `/cameras`.
    state: String,
    /// Newest published version; null when none was ever.
    version: Option<i64>,
    published_at: Option<Moment>,
    published_by: Option<String>,
    /// Rules that are switched on in it.
    rules: usize,
    /// Whether somebody is drawing.
    draft: bool,
    draft_by: Option<String>,
    /// Version that the agent says it uses; 0 for a file of its own, null for none.
    in_use_version: Option<u64>,
    in_use_since: Option<Moment>,
    /// Why the agent refused a scene.
    refused_because: Option<String>,
    /// Problems of the draft, else of the newest version.
    problems: usize,
}

/// All cameras with their scenes.
#[derive(Debug, Serialize, ToSchema)]
pub struct SceneList {
    items: Vec<SceneRowView>,
}

/// What the agent last said of a camera's scene.
#[derive(Debug, Default, Deserialize)]
struct Told {
    scene: Option<wire::scene::SceneRef>,
    scene_refused: Option<String>,
    #[serde(default)]
    unwatched: Vec<Name>,
}

fn told(row: &CameraRow) -> Told {
    row.health
        .clone()
        .and_then(|text| read_json((("cameras", "health"), text), &row.camera))
        .unwrap_or_default()
}

/// Cameras with their scenes: published, drawn, in use.
#[utoipa::path(get, path = "/scenes", tag = "scenes", responses((status = 200, body = SceneList)))]
pub async fn list(State(app): State<app::State>, viewer: Viewer) -> Result<Json<SceneList>, Problem> {
    let versions = app.store.newest_scenes(&viewer.scope).await?;
    let drafts = app.store.scene_drafts(&viewer.scope).await?;
    let cameras = app.store.cameras_seen(&viewer.scope, "", "").await?;
    let view = |camera: CameraRow| {
        let version = versions.iter().find(|row| row.site == camera.site && row.camera == camera.camera);
        let draft = drafts.iter().find(|row| row.site == camera.site && row.camera == camera.camera);
        let told = told(&camera);
        let published = version.and_then(|row| scene_of(&row.scene, &row.camera));
        let drawn = draft.and_then(|row| scene_of(&row.scene, &row.camera));
        let gone = camera.agent_state.as_deref() == Some("offline");
        SceneRowView {
            camera_name: viewer.language.pick(camera.name_vi, camera.name_en),
            state: if gone { "agent_offline".to_owned() } else { camera.state },
            version: version.map(|row| row.version),
            published_at: version.map(|row| Moment(row.published_at_ms)),
            published_by: version.map(|row| row.published_by.clone()),
            rules: published.iter().flat_map(|scene| &scene.rules).filter(|rule| rule.on).count(),
            draft: draft.is_some(),
            draft_by: draft.map(|row| row.saved_by.clone()),
            in_use_version: told.scene.as_ref().map(|scene| scene.version),
            in_use_since: told.scene.and_then(|scene| scene.since).map(|at| Moment(at.as_millisecond())),
            refused_because: told.scene_refused,
            problems: drawn.or(published).map_or(0, |scene| check(&scene).len()),
            site: camera.site,
            camera: camera.camera,
        }
    };
    Ok(Json(SceneList { items: cameras.into_iter().map(view).collect() }))
}

/// A camera's scene and what is being drawn.
#[derive(Debug, Serialize, ToSchema)]
pub struct SceneView {
    site: String,
    camera: String,
    camera_name: String,
    /// State of the camera, as in `/cameras`.
    state: String,
    /// Newest picture of the camera that central has.
    snapshot: Option<String>,
    /// The newest published scene (wire `Scene`).
    scene: Option<Value>,
    /// Its version; 0 for none.
    version: i64,
    published_at: Option<Moment>,
    published_by: Option<String>,
    note: Option<String>,
    /// What is being drawn.
    draft: Option<Value>,
    /// Who saved it last.
    draft_by: Option<String>,
    draft_at: Option<Moment>,
    /// Everybody who drew on it: none of them may publish it.
    drawn_by: Vec<String>,
    /// Version that the draft was begun from.
    base_version: Option<i64>,
    /// Problems of the draft, else of the published scene.
    problems: Vec<ProblemView>,
    /// Error of the measured points of the draft, else of the published scene, as the agent last computed it.
    ground_error: Option<GroundErrorView>,
    in_use_version: Option<u64>,
    in_use_since: Option<Moment>,
    refused_because: Option<String>,
    /// Rules that are switched on and that the agent cannot watch: helmets without a model, plates where none are read.
    unwatched: Vec<String>,
    /// Whether this account may publish this draft; else why not: `role`, `own_draft`, `problems`, `no_draft`.
    may_publish: bool,
    why_not: Option<&'static str>,
}

/// One camera's scene: published, drawn, in use.
#[utoipa::path(get, path = "/scenes/{site}/{camera}", tag = "scenes",
    params(("site" = String, Path, description = "Site"), ("camera" = String, Path, description = "Camera")),
    responses((status = 200, body = SceneView), (status = 404, body = Problem)))]
pub async fn read(
    State(app): State<app::State>,
    viewer: Viewer,
    Path((site, camera)): Path<(String, String)>,
) -> Result<Json<SceneView>, Problem> {
    let row = camera_of(&app, &viewer, &site, &camera).await?;
    let newest = app.store.scene_versions(&site, &camera, 1).await?.pop();
    let draft = app.store.scene_draft(&site, &camera).await?;
    let told = told(&row);
    let drawn_by = draft.as_ref().map(drawers).unwrap_or_default();
    let current = draft.as_ref().map(|row| &row.scene).or(newest.as_ref().map(|row| &row.scene));
    let problems =
        current.and_then(|text| scene_of(text, &camera)).map(|scene| problems(&scene)).unwrap_or_default();
    let why_not = match &draft {
        _ if !may_publish(&viewer) => Some("role"),
        None => Some("no_draft"),
        Some(_) if drawn_by.contains(&viewer.username) => Some("own_draft"),
        Some(_) if !problems.is_empty() => Some("problems"),
        Some(_) => None,
    };
    let error = match (&draft, &newest) {
        (Some(draft), _) => ground_error(draft.ground_px, draft.ground_m),
        (None, Some(newest)) => ground_error(newest.ground_px, newest.ground_m),
        (None, None) => None,
    };
    let gone = row.agent_state.as_deref() == Some("offline");
    let value = |text: &str| read_json::<Value>((("scenes", "scene"), text.to_owned()), &camera);
    Ok(Json(SceneView {
        camera_name: viewer.language.pick(row.name_vi, row.name_en),
        state: if gone { "agent_offline".to_owned() } else { row.state },
        snapshot: row.snapshot,
        scene: newest.as_ref().and_then(|row| value(&row.scene)),
        version: newest.as_ref().map_or(0, |row| row.version),
        published_at: newest.as_ref().map(|row| Moment(row.published_at_ms)),
        published_by: newest.as_ref().map(|row| row.published_by.clone()),
        note: newest.and_then(|row| row.note),
        draft: draft.as_ref().and_then(|row| value(&row.scene)),
        draft_by: draft.as_ref().map(|row| row.saved_by.clone()),
        draft_at: draft.as_ref().map(|row| Moment(row.saved_at_ms)),
        base_version: draft.as_ref().map(|row| row.base_version),
        drawn_by,
        problems,
        ground_error: error,
        in_use_version: told.scene.as_ref().map(|scene| scene.version),
        in_use_since: told.scene.and_then(|scene| scene.since).map(|at| Moment(at.as_millisecond())),
        refused_because: told.scene_refused,
        unwatched: told.unwatched.iter().map(ToString::to_string).collect(),
        may_publish: why_not.is_none(),
        why_not,
        site: row.site,
        camera: row.camera,
    }))
}

fn may_publish(viewer: &Viewer) -> bool {
    matches!(
        rule("POST", "/api/v1/scenes/{site}/{camera}/publish"),
        Some(Access::Roles(roles)) if roles.contains(&viewer.role)
    )
}
