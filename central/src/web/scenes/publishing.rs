//! Publishing a drawing: by an account that did not draw it, as it was seen, and only what has no problems.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wire::Digest;
use wire::scene::Scene;

use super::versions::difference;
use super::{camera_of, does, drawers, no_problems, overtaken};
use crate::app;
use crate::gates::changes::PathChange;
use crate::store::scenes::{SceneVersionRow, Written};
use crate::web::access::Viewer;
use crate::web::extract::{Json, Moment, Path};
use crate::web::now_ms;
use crate::web::problem::Problem;

/// Longest note, characters.
const NOTE: usize = 500;

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
