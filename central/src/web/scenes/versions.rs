//! What was published, with what each version changed.

use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{GroundErrorView, camera_of, ground_error};
use crate::app;
use crate::gates::changes::{self, PathChange};
use crate::store::scenes::SceneVersionRow;
use crate::web::access::Viewer;
use crate::web::extract::{Json, Moment, Path};
use crate::web::problem::Problem;
use crate::web::read_json_or;

/// Versions told of at most.
const VERSIONS: u32 = 100;

/// What differs, apart from the count of versions.
pub(super) fn difference(before: Option<&str>, after: &str) -> Result<Vec<PathChange>, Problem> {
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
