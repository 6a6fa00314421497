//! What is being drawn: one draft per camera, saved by anybody who may draw, and nobody's work overwritten unseen.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wire::scene::Scene;

use super::{
    GroundErrorView, ProblemView, camera_of, does, drawers, ground_error, overtaken, problems, scene_of,
};
use crate::app;
use crate::store::scenes::{SceneDraftRow, Written};
use crate::web::access::Viewer;
use crate::web::extract::{Json, Moment, Path};
use crate::web::now_ms;
use crate::web::problem::Problem;

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
