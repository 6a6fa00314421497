//! Scenes of road cameras: what is in use, what is being drawn, trying it on recorded minutes, publishing it by a second account.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wire::scene::{MAX_SCENE_BYTES, Scene, SceneProblem, TaskResult, TaskWhat, TaskWord, check};
use wire::{Digest, Name};

use super::access::Viewer;
use super::extract::{Json, Moment, Path};
use super::problem::Problem;
use super::{Web, now_ms, read_json, read_json_or};
use crate::app;
use crate::gates::changes::{self, PathChange};
use crate::gates::document::Trouble;
use crate::scenes::tasks::{self, TaskError};
use crate::scenes::words;
use crate::store::read_fleet::CameraRow;
use crate::store::scenes::{SceneDraftRow, SceneVersionRow, Written};

/// How long an agent may take for a frame, and for a preview.
const SNAPSHOT: Duration = Duration::from_secs(8);
const PREVIEW: Duration = Duration::from_secs(12);
/// Furthest that a preview looks back, seconds: agents keep no more.
const MOST_BACK_S: u32 = 600;
/// Versions told of at most.
const VERSIONS: u32 = 100;
/// Longest note, characters.
const NOTE: usize = 500;

/// Their routes.
pub fn routes() -> OpenApiRouter<Web> {
    let drawing = OpenApiRouter::new()
        .routes(routes!(put_draft, drop_draft))
        .layer(axum::extract::DefaultBodyLimit::max(MAX_SCENE_BYTES));
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read))
        .routes(routes!(snapshot))
        .routes(routes!(preview))
        .routes(routes!(publish))
        .routes(routes!(versions))
        .routes(routes!(version))
        .merge(drawing)
}

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

fn scene_of(text: &str, id: &str) -> Option<Scene> {
    read_json((("scene_versions", "scene"), text.to_owned()), id)
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

fn drawers(row: &SceneDraftRow) -> Vec<String> {
    read_json_or((("scene_drafts", "drawn_by"), row.drawn_by.clone()), &row.camera)
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
        super::access::rule("POST", "/api/v1/scenes/{site}/{camera}/publish"),
        Some(super::access::Access::Roles(roles)) if roles.contains(&viewer.role)
    )
}

/// A drawing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftBody {
    /// Wire `Scene`. Its version is central's to count.
    #[schema(value_type = Value)]
    scene: Scene,
    /// Version that it was begun from; 0 for none.
    base_version: i64,
    /// `saved_at` of the draft that was edited, so that nobody's work is overwritten unseen; left out: whatever is there.
    #[serde(default)]
    saved_at: Option<Moment>,
}

/// What became of a saved draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftSaved {
    saved_at: Moment,
    /// What keeps it from being published.
    problems: Vec<ProblemView>,
    ground_error: Option<GroundErrorView>,
}

fn overtaken(what: &'static str, detail: &'static str) -> Problem {
    Problem::new(StatusCode::CONFLICT, what, detail)
}

/// Saves a draft; unfinished ones too.
#[utoipa::path(put, path = "/scenes/{site}/{camera}/draft", tag = "scenes", request_body = DraftBody,
    params(("site" = String, Path, description = "Site"), ("camera" = String, Path, description = "Camera")),
    responses((status = 200, body = DraftSaved), (status = 404, body = Problem), (status = 409, description = "`old_base`, `draft_changed`", body = Problem)))]
pub async fn put_draft(
    State(app): State<app::State>,
    viewer: Viewer,
    Path((site, camera)): Path<(String, String)>,
    Json(body): Json<DraftBody>,
) -> Result<Json<DraftSaved>, Problem> {
    let row = camera_of(&app, &viewer, &site, &camera).await?;
    let DraftBody { mut scene, base_version, saved_at } = body;
    if scene.camera.as_str() != row.camera {
        return Err(Problem::unacceptable("other_camera", "the scene is drawn for another camera"));
    }
    let newest = app.store.scene_versions(&site, &camera, 1).await?.pop().map_or(0, |row| row.version);
    let old_base =
        || overtaken("old_base", "another version was published meanwhile: read it, and begin again from it");
    if newest != base_version {
        return Err(old_base());
    }
    scene.version = base_version.unsigned_abs();
    let before = app.store.scene_draft(&site, &camera).await?;
    let changed = || overtaken("draft_changed", "somebody else saved this draft meanwhile: read it again");
    if saved_at.is_some_and(|seen| before.as_ref().is_none_or(|row| row.saved_at_ms != seen.0)) {
        return Err(changed());
    }
    let mut drawn_by = before.as_ref().map(drawers).unwrap_or_default();
    let begun = before.is_none();
    if !drawn_by.contains(&viewer.username) {
        drawn_by.push(viewer.username.clone());
    }
    // What the agent said of the points holds while the points are the same.
    let same_ground = before
        .as_ref()
        .and_then(|row| scene_of(&row.scene, &camera))
        .is_some_and(|before| before.ground == scene.ground && before.picture == scene.picture);
    let ground = before.as_ref().filter(|_| same_ground).and_then(|row| row.ground_px.zip(row.ground_m));
    let json = |error: serde_json::Error| Problem::internal(&error);
    let draft = SceneDraftRow {
        scene: serde_json::to_string(&scene).map_err(json)?,
        base_version,
        drawn_by: serde_json::to_string(&drawn_by).map_err(json)?,
        saved_by: viewer.username.clone(),
        saved_at_ms: now_ms().max(before.as_ref().map_or(0, |row| row.saved_at_ms + 1)),
        ground_px: ground.map(|(px, _)| px),
        ground_m: ground.map(|(_, m)| m),
        site,
        camera,
    };
    if app.store.put_scene_draft(&draft, before.map(|row| row.saved_at_ms)).await? == Written::Overtaken {
        return Err(changed());
    }
    if begun {
        app.store.audit(&does(&viewer, "scene.draft", &draft.site, &draft.camera)).await?;
    }
    Ok(Json(DraftSaved {
        saved_at: Moment(draft.saved_at_ms),
        problems: problems(&scene),
        ground_error: ground_error(draft.ground_px, draft.ground_m),
    }))
}

fn does(viewer: &Viewer, action: &str, site: &str, camera: &str) -> crate::store::audit::AuditRow {
    viewer.does(action).on("scene", &format!("{site}/{camera}"))
}

/// Throws the draft away.
#[utoipa::path(delete, path = "/scenes/{site}/{camera}/draft", tag = "scenes",
    params(("site" = String, Path, description = "Site"), ("camera" = String, Path, description = "Camera")),
    responses((status = 204, description = "Thrown away"), (status = 404, body = Problem)))]
pub async fn drop_draft(
    State(app): State<app::State>,
    viewer: Viewer,
    Path((site, camera)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    camera_of(&app, &viewer, &site, &camera).await?;
    if !app.store.drop_scene_draft(&site, &camera).await? {
        return Err(Problem::not_found("draft"));
    }
    app.store.audit(&does(&viewer, "scene.draft_dropped", &site, &camera)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A frame that the agent took when it was asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct SnapshotView {
    sha256: String,
    width: u32,
    height: u32,
    captured_at: Moment,
}

async fn asked(
    app: &app::State,
    row: &CameraRow,
    what: TaskWhat,
    patience: Duration,
) -> Result<TaskResult, Problem> {
    let agent = row.agent.as_deref().and_then(|agent| Name::new(agent).ok());
    let (Ok(site), Some(agent)) = (Name::new(row.site.clone()), agent) else {
        return Err(overtaken("no_agent", "no agent has spoken of this camera yet"));
    };
    let result = tasks::ask(app, (site, agent), what, patience).await.map_err(|error| {
        let (status, code) = match error {
            TaskError::Silent => (StatusCode::GATEWAY_TIMEOUT, "agent_silent"),
            TaskError::NotSent => (StatusCode::SERVICE_UNAVAILABLE, "not_connected"),
            TaskError::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
        };
        Problem::new(status, code, error.to_string())
    })?;
    let code = match result.result {
        TaskWord::Done => return Ok(result),
        TaskWord::NoCamera => "no_picture",
        TaskWord::NothingRecorded => "nothing_recorded",
        TaskWord::TooLate => "agent_clock",
        TaskWord::BadScene => "bad_scene",
        TaskWord::Unknown => "old_agent",
    };
    let why = result.why.filter(|why| !why.is_empty());
    Err(Problem::unacceptable(code, why.unwrap_or_else(|| "the agent could not do it".to_owned())))
}

/// Asks the agent for the newest frame; it becomes a picture of `/evidence`.
#[utoipa::path(post, path = "/scenes/{site}/{camera}/snapshot", tag = "scenes",
    params(("site" = String, Path, description = "Site"), ("camera" = String, Path, description = "Camera")),
    responses((status = 200, body = SnapshotView), (status = 404, body = Problem), (status = 422, description = "`no_picture`: the camera shows nothing", body = Problem),
        (status = 504, description = "`agent_silent`", body = Problem)))]
pub async fn snapshot(
    State(app): State<app::State>,
    viewer: Viewer,
    Path((site, camera)): Path<(String, String)>,
) -> Result<Json<SnapshotView>, Problem> {
    let row = camera_of(&app, &viewer, &site, &camera).await?;
    let name = Name::new(camera.clone()).map_err(|_| Problem::not_found("camera"))?;
    let result = asked(&app, &row, TaskWhat::Snapshot { camera: name }, SNAPSHOT).await?;
    let (Some(sha256), Some([width, height]), Some(at)) = (result.picture, result.size, result.captured_at)
    else {
        return Err(Problem::unacceptable("no_picture", "the agent's answer names no picture"));
    };
    if !app.evidence.has(sha256).await.map_err(|error| Problem::internal(&error))? {
        return Err(Problem::new(
            StatusCode::GATEWAY_TIMEOUT,
            "agent_silent",
            "the picture did not arrive: try again",
        ));
    }
    app.store.audit(&does(&viewer, "scene.snapshot", &site, &camera)).await?;
    let captured_at = Moment(at.as_millisecond());
    Ok(Json(SnapshotView { sha256: sha256.to_string(), width, height, captured_at }))
}

/// How far to look back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewBody {
    /// Seconds, 10 to 600.
    back_s: u32,
}

/// What the draft (or, without one, the newest version) would have said about the minutes that the agent has recorded: wire `Preview`.
/// Rules that are switched off are tried too.
#[utoipa::path(post, path = "/scenes/{site}/{camera}/preview", tag = "scenes", request_body = PreviewBody,
    params(("site" = String, Path, description = "Site"), ("camera" = String, Path, description = "Camera")),
    responses((status = 200, body = Value), (status = 404, body = Problem),
        (status = 422, description = "`has_problems`, `nothing_recorded`, `bad_scene`, `old_agent`", body = Problem), (status = 504, description = "`agent_silent`", body = Problem)))]
pub async fn preview(
    State(app): State<app::State>,
    viewer: Viewer,
    Path((site, camera)): Path<(String, String)>,
    Json(body): Json<PreviewBody>,
) -> Result<Json<Value>, Problem> {
    let row = camera_of(&app, &viewer, &site, &camera).await?;
    if !(10..=MOST_BACK_S).contains(&body.back_s) {
        return Err(Problem::unacceptable("bad_back", format!("back_s: 10 to {MOST_BACK_S} seconds")));
    }
    let draft = app.store.scene_draft(&site, &camera).await?;
    let text = match &draft {
        Some(draft) => Some(draft.scene.clone()),
        None => app.store.scene_versions(&site, &camera, 1).await?.pop().map(|row| row.scene),
    };
    let text = text.ok_or_else(|| Problem::not_found("scene"))?;
    let scene: Scene = serde_json::from_str(&text).map_err(|error| Problem::internal(&error))?;
    no_problems(&scene)?;
    let what = TaskWhat::Preview { scene: Box::new(scene), back_s: body.back_s };
    let result = asked(&app, &row, what, PREVIEW).await?;
    let preview = result
        .preview
        .ok_or_else(|| Problem::unacceptable("nothing_recorded", "the agent's answer is empty"))?;
    if let Some(draft) = draft {
        let error = preview.ground_error_px.zip(preview.ground_error_m);
        app.store.note_ground((&site, &camera), draft.saved_at_ms, error).await?;
    }
    Ok(Json(serde_json::to_value(preview).map_err(|error| Problem::internal(&error))?))
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

/// Why it is published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishBody {
    /// What changed and why, for whoever reads it years later.
    note: String,
    /// `saved_at` of the draft that was looked at: what is published is what was seen.
    #[serde(default)]
    saved_at: Option<Moment>,
}

/// What was published.
#[derive(Debug, Serialize, ToSchema)]
pub struct Published {
    version: i64,
    changes: Vec<PathChange>,
}

/// Makes the draft the next version, by an account that did not draw it. Its agent gets it at once, or when it comes back.
#[utoipa::path(post, path = "/scenes/{site}/{camera}/publish", tag = "scenes", request_body = PublishBody,
    params(("site" = String, Path, description = "Site"), ("camera" = String, Path, description = "Camera")),
    responses((status = 200, body = Published), (status = 403, description = "`own_draft`", body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`old_base`, `draft_changed`", body = Problem), (status = 422, description = "`has_problems`, `no_change`, `bad_note`", body = Problem)))]
pub async fn publish(
    State(app): State<app::State>,
    viewer: Viewer,
    Path((site, camera)): Path<(String, String)>,
    Json(body): Json<PublishBody>,
) -> Result<Json<Published>, Problem> {
    camera_of(&app, &viewer, &site, &camera).await?;
    let note = body.note.trim();
    if note.is_empty() || note.chars().count() > NOTE {
        return Err(Problem::unacceptable(
            "bad_note",
            "note: say what changed and why, at most 500 characters",
        ));
    }
    let draft = app.store.scene_draft(&site, &camera).await?.ok_or_else(|| Problem::not_found("draft"))?;
    let drawn_by = drawers(&draft);
    if drawn_by.contains(&viewer.username) {
        let detail = "whoever drew a scene does not publish it: ask another account to look at it";
        return Err(Problem::new(StatusCode::FORBIDDEN, "own_draft", detail));
    }
    let changed = || overtaken("draft_changed", "the draft was saved again meanwhile: look at it again");
    if body.saved_at.is_some_and(|seen| seen.0 != draft.saved_at_ms) {
        return Err(changed());
    }
    let newest = app.store.scene_versions(&site, &camera, 1).await?.pop();
    if newest.as_ref().map_or(0, |row| row.version) != draft.base_version {
        return Err(overtaken(
            "old_base",
            "another version was published meanwhile: the draft must begin from it",
        ));
    }
    let mut scene: Scene = serde_json::from_str(&draft.scene).map_err(|error| Problem::internal(&error))?;
    no_problems(&scene)?;
    let found = difference(newest.as_ref().map(|row| row.scene.as_str()), &draft.scene)?;
    if found.is_empty() {
        return Err(Problem::unacceptable("no_change", "the draft is the same as the published scene"));
    }
    let version = draft.base_version + 1;
    scene.version = version.unsigned_abs();
    let json = |error: serde_json::Error| Problem::internal(&error);
    let text = serde_json::to_string(&scene).map_err(json)?;
    let row = SceneVersionRow {
        version,
        sha256: Digest::of(text.as_bytes()).to_string(),
        scene: text,
        changes: serde_json::to_string(&found).map_err(json)?,
        drawn_by: draft.drawn_by.clone(),
        published_by: viewer.username.clone(),
        published_at_ms: now_ms(),
        note: Some(note.to_owned()),
        ground_px: draft.ground_px,
        ground_m: draft.ground_m,
        site,
        camera,
    };
    if app.store.publish_scene(&row, draft.saved_at_ms).await? == Written::Overtaken {
        return Err(changed());
    }
    let mut audit = does(&viewer, "scene.publish", &row.site, &row.camera);
    audit.detail = Some(
        serde_json::json!({ "version": version, "drawn_by": drawn_by, "changes": found.len() }).to_string(),
    );
    app.store.audit(&audit).await?;
    app.scenes.published();
    Ok(Json(Published { version, changes: found }))
}

/// What differs, apart from the count of versions.
fn difference(before: Option<&str>, after: &str) -> Result<Vec<PathChange>, Problem> {
    let read = |text: &str| -> Result<Value, Problem> {
        let mut value: Value = serde_json::from_str(text).map_err(|error| Problem::internal(&error))?;
        if let Some(fields) = value.as_object_mut() {
            fields.remove("version");
        }
        Ok(value)
    };
    let before = before.map_or_else(|| Ok(serde_json::json!({})), read)?;
    Ok(changes::between(&before, &read(after)?))
}

/// A published version.
#[derive(Debug, Serialize, ToSchema)]
pub struct SceneVersionView {
    version: i64,
    drawn_by: Vec<String>,
    published_by: String,
    published_at: Moment,
    note: Option<String>,
    sha256: String,
    ground_error: Option<GroundErrorView>,
    /// What differs from the version before.
    changes: Vec<PathChange>,
}

/// Versions.
#[derive(Debug, Serialize, ToSchema)]
pub struct SceneVersions {
    items: Vec<SceneVersionView>,
    /// What the draft would change.
    draft_changes: Vec<PathChange>,
}

/// Every version with what it changed, newest first, at most 100; and what the draft would change.
#[utoipa::path(get, path = "/scenes/{site}/{camera}/versions", tag = "scenes",
    params(("site" = String, Path, description = "Site"), ("camera" = String, Path, description = "Camera")),
    responses((status = 200, body = SceneVersions), (status = 404, body = Problem)))]
pub async fn versions(
    State(app): State<app::State>,
    viewer: Viewer,
    Path((site, camera)): Path<(String, String)>,
) -> Result<Json<SceneVersions>, Problem> {
    camera_of(&app, &viewer, &site, &camera).await?;
    let rows = app.store.scene_versions(&site, &camera, VERSIONS).await?;
    let draft_changes = match app.store.scene_draft(&site, &camera).await? {
        Some(draft) => difference(rows.first().map(|row| row.scene.as_str()), &draft.scene)?,
        None => Vec::new(),
    };
    let view = |row: SceneVersionRow| SceneVersionView {
        drawn_by: read_json_or((("scene_versions", "drawn_by"), row.drawn_by), &row.camera),
        changes: read_json_or((("scene_versions", "changes"), row.changes), &row.camera),
        ground_error: ground_error(row.ground_px, row.ground_m),
        version: row.version,
        published_by: row.published_by,
        published_at: Moment(row.published_at_ms),
        note: row.note,
        sha256: row.sha256,
    };
    Ok(Json(SceneVersions { items: rows.into_iter().map(view).collect(), draft_changes }))
}

/// One version's scene: wire `Scene`, as the agent holds it.
#[utoipa::path(get, path = "/scenes/{site}/{camera}/versions/{id}", tag = "scenes",
    params(("site" = String, Path, description = "Site"), ("camera" = String, Path, description = "Camera"), ("id" = String, Path, description = "Version")),
    responses((status = 200, body = Value), (status = 404, body = Problem)))]
pub async fn version(
    State(app): State<app::State>,
    viewer: Viewer,
    Path((site, camera, id)): Path<(String, String, String)>,
) -> Result<Json<Value>, Problem> {
    camera_of(&app, &viewer, &site, &camera).await?;
    let not_found = || Problem::not_found("version");
    let number = id.parse::<i64>().map_err(|_| not_found())?;
    let row = app.store.scene_version(&site, &camera, number).await?.ok_or_else(not_found)?;
    serde_json::from_str(&row.scene).map(Json).map_err(|error| Problem::internal(&error))
}
