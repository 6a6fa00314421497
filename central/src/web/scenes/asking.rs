//! What only the agent can say: the newest frame, and what a drawing would have said about the minutes that it has recorded.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use wire::Name;
use wire::scene::{Scene, TaskResult, TaskWhat, TaskWord};

use super::{camera_of, does, no_problems, overtaken};
use crate::app;
use crate::scenes::tasks::{self, TaskError};
use crate::store::read_fleet::CameraRow;
use crate::web::access::Viewer;
use crate::web::extract::{Json, Moment, Path};
use crate::web::problem::Problem;

/// How long an agent may take for a frame, and for a preview.
const SNAPSHOT: Duration = Duration::from_secs(8);
const PREVIEW: Duration = Duration::from_secs(12);
/// Furthest that a preview looks back, seconds: agents keep no more.
const MOST_BACK_S: u32 = 600;

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
