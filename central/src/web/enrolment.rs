//! One-time codes that let a new device in. The code is shown once, here.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wire::Name;

use super::access::Viewer;
use super::extract::{Json, Moment};
use super::now_ms;
use super::problem::Problem;
use crate::app;

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
    /// 60 bits; spaces, dashes and case carry nothing.
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
    if !viewer.scope.sees(site.as_str()) || !app.store.has_site(site.as_str()).await? {
        return Err(Problem::unacceptable("bad_site", format!("site: there is no site {site}")));
    }
    let (now, id, code) = (now_ms(), Uuid::now_v7().to_string(), new_code());
    let expires_at_ms = now + i64::from(app.config.rules.enrolment_minutes) * 60_000;
    let row = viewer.does("enrolment_code.create").on("agent", &format!("{site}/{agent}"));
    app.store.audit(&row).await?;
    app.store
        .add_code(&id, site.as_str(), agent.as_str(), &code, &viewer.username, now, expires_at_ms)
        .await?;
    Ok((StatusCode::CREATED, Json(EnrolmentCode { code, expires_at: Moment(expires_at_ms) })).into_response())
}

/// `XXXX-XXXX-XXXX` of an alphabet in which nothing looks like anything else.
fn new_code() -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let bytes: [u8; 12] = rand::random();
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    letters.chunks(4).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}
