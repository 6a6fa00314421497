//! What is done to a case beside its review.

use axum::extract::State as Extract;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{person, seen};
use crate::app;
use crate::cases::review::Person;
use crate::notify::Change;
use crate::store::cases::CaseRow;
use crate::store::cases::steps::Who;
use crate::web::access::Viewer;
use crate::web::extract::{Json, Path};
use crate::web::problem::Problem;
use crate::web::{DAY_MS, now_ms};

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

/// A case that an account sees, with who that is: how every act begins and ends.
struct Act<'a> {
    app: &'a app::State,
    case: CaseRow,
    person: Person,
    who: Who,
}

impl<'a> Act<'a> {
    /// Looks whether the account sees the case; nothing is written yet.
    async fn on(app: &'a app::State, viewer: &Viewer, id: &str) -> Result<Self, Problem> {
        let case = seen(app, viewer, id).await?;
        let (person, who) = person(app, viewer);
        Ok(Self { app, case, person, who })
    }

    /// Written down before it is done.
    async fn audited(&self, viewer: &Viewer, what: &str) -> Result<(&str, (&Person, &Who)), Problem> {
        self.app.store.audit(&viewer.does(what).on("case", &self.case.case_id)).await?;
        Ok((&self.case.case_id, (&self.person, &self.who)))
    }

    /// It is done: whoever looks at the case is told.
    fn done(self) -> StatusCode {
        let Self { app, case, .. } = self;
        app.hub.send(Change::Case { site: case.site, id: case.case_id });
        StatusCode::NO_CONTENT
    }
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
    let act = Act::on(&app, &viewer, &id).await?;
    let reason = form.reason()?;
    let (case, by) = act.audited(&viewer, "case.ask_void").await?;
    app.store.cases().ask_void(case, by, reason, now_ms()).await?;
    Ok(act.done())
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
    let act = Act::on(&app, &viewer, &id).await?;
    let now = now_ms();
    let delete_at_ms = now + i64::from(app.config.cases.rejected_days) * DAY_MS;
    let (case, by) = act.audited(&viewer, "case.void").await?;
    app.store.cases().void(case, by, delete_at_ms, now).await?;
    Ok(act.done())
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
    let act = Act::on(&app, &viewer, &id).await?;
    let reason = form.reason()?;
    let (case, by) = act.audited(&viewer, "case.separate").await?;
    app.store.cases().separate(case, by, reason, now_ms()).await?;
    Ok(act.done())
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
