//! One-time codes that let a new device in. The code is shown once, here.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wire::Name;

use super::access::Viewer;
use super::extract::{Json, Moment};
use super::problem::Problem;
use crate::app;
use crate::enrol::{self, CodeError};

/// For whom the code is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCode {
    /// A known site.
    site: String,
    /// Name of the agent, `[a-z0-9-]`, 1 to 32 characters.
    agent: String,
}

/// A code, to be typed on the device.
#[derive(Serialize, ToSchema)]
pub struct EnrolmentCode {
    /// 58 bits; spaces, dashes and case carry nothing.
    code: String,
    expires_at: Moment,
}

/// Makes a code. An open one for the same agent is closed; a device that is already enrolled keeps its key until the code is used.
#[utoipa::path(post, path = "/enrolment-codes", tag = "administration", request_body = NewCode,
    responses((status = 201, body = EnrolmentCode), (status = 422, description = "Which field is wrong", body = Problem)))]
pub async fn create(
    State(app): State<app::State>,
    viewer: Viewer,
    Json(new): Json<NewCode>,
) -> Result<Response, Problem> {
    let bad =
        |field: &str, error: wire::NameError| Problem::unacceptable("bad_name", format!("{field}: {error}"));
    let site = Name::new(new.site).map_err(|error| bad("site", error))?;
    let agent = Name::new(new.agent).map_err(|error| bad("agent", error))?;
    let no_site = || Problem::unacceptable("bad_site", format!("site: there is no site {site}"));
    if !viewer.scope.sees(site.as_str()) || !app.store.has_site(site.as_str()).await? {
        return Err(no_site());
    }
    let row = viewer.does("enrolment_code.create").on("agent", &format!("{site}/{agent}"));
    app.store.audit(&row).await?;
    let new = match enrol::new_code(&app.store, &app.config, &site, &agent, &viewer.username).await {
        Ok(new) => new,
        Err(CodeError::UnknownSite(_)) => return Err(no_site()),
        Err(CodeError::Store(error)) => return Err(error.into()),
    };
    let expires_at = Moment(new.expires_at.as_millisecond());
    Ok((StatusCode::CREATED, Json(EnrolmentCode { code: new.code, expires_at })).into_response())
}
