//! What is done to a case beside its review.

use axum::extract::State as Extract;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{person, seen};
use crate::app;
use crate::notify::Change;
use crate::store::cases::CaseRow;
use crate::web::access::Viewer;
use crate::web::extract::{Json, Path};
use crate::web::now_ms;
use crate::web::problem::Problem;

/// Why something is done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhyForm {
    /// 5 to 500 characters.
    reason: String,
}

impl WhyForm {
    fn reason(&self) -> Result<&str, Problem> {
        let reason = self.reason.trim();
        match reason.chars().count() {
            5..=500 => Ok(reason),
            _ => Err(Problem::unacceptable("bad_reason", "reason: 5 to 500 characters")),
        }
    }
}

fn told(app: &app::State, case: &CaseRow) {
    app.hub.send(Change::Case { site: case.site.clone(), id: case.case_id.clone() });
}

/// Asks for a case to be void; a commander who is somebody else confirms.
#[utoipa::path(post, path = "/cases/{id}/void", tag = "cases", request_body = WhyForm,
    params(("id" = String, Path, description = "Case")),
    responses((status = 204), (status = 409, description = "`wrong_state`, `in_handling`", body = Problem)))]
pub async fn ask_void(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
    Json(form): Json<WhyForm>,
) -> Result<StatusCode, Problem> {
    let case = seen(&app, &viewer, &id).await?;
    let (person, who) = person(&app, &viewer);
    let reason = form.reason()?;
    app.store.audit(&viewer.does("case.ask_void").on("case", &id)).await?;
    app.store.cases().ask_void(&id, (&person, &who), reason, now_ms()).await?;
    told(&app, &case);
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a case void that another account asked to be void.
#[utoipa::path(post, path = "/cases/{id}/void/confirm", tag = "cases", params(("id" = String, Path, description = "Case")),
    responses((status = 204), (status = 403, description = "`same_person`", body = Problem),
        (status = 409, description = "`not_asked`, `wrong_state`, `in_handling`", body = Problem)))]
pub async fn void(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let case = seen(&app, &viewer, &id).await?;
    let (person, who) = person(&app, &viewer);
    let now = now_ms();
    let delete_at_ms = now + i64::from(app.config.cases.rejected_days) * 86_400_000;
    app.store.audit(&viewer.does("case.void").on("case", &id)).await?;
    app.store.cases().void(&id, (&person, &who), delete_at_ms, now).await?;
    told(&app, &case);
    Ok(StatusCode::NO_CONTENT)
}

/// Finds that a case is another act than the earlier one: it waits for its own review.
#[utoipa::path(post, path = "/cases/{id}/separate", tag = "cases", request_body = WhyForm,
    params(("id" = String, Path, description = "Case")),
    responses((status = 204), (status = 409, description = "`wrong_state`", body = Problem)))]
pub async fn separate(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
    Json(form): Json<WhyForm>,
) -> Result<StatusCode, Problem> {
    let case = seen(&app, &viewer, &id).await?;
    let (person, who) = person(&app, &viewer);
    let reason = form.reason()?;
    app.store.audit(&viewer.does("case.separate").on("case", &id)).await?;
    app.store.cases().separate(&id, (&person, &who), reason, now_ms()).await?;
    told(&app, &case);
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a legal hold on a case: nothing of it is deleted.
#[utoipa::path(post, path = "/cases/{id}/hold", tag = "cases", request_body = WhyForm,
    params(("id" = String, Path, description = "Case")), responses((status = 204), (status = 404, body = Problem)))]
pub async fn hold(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
    Json(form): Json<WhyForm>,
) -> Result<StatusCode, Problem> {
    seen(&app, &viewer, &id).await?;
    let reason = form.reason()?;
    let audit = viewer.does("case.hold").on("case", &id);
    set_hold(&app, &id, Some((&viewer.username, reason)), &audit).await
}

/// Takes a legal hold off.
#[utoipa::path(delete, path = "/cases/{id}/hold", tag = "cases", params(("id" = String, Path, description = "Case")),
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn unhold(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    seen(&app, &viewer, &id).await?;
    set_hold(&app, &id, None, &viewer.does("case.unhold").on("case", &id)).await
}

async fn set_hold(
    app: &app::State,
    id: &str,
    hold: Option<(&str, &str)>,
    audit: &crate::store::audit::AuditRow,
) -> Result<StatusCode, Problem> {
    if !app.store.cases().hold(id, hold, audit, now_ms()).await? {
        return Err(Problem::not_found("case"));
    }
    Ok(StatusCode::NO_CONTENT)
}
