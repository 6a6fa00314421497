//! Callbacks of other systems: signed with the account's secret, fresh, kept as they came, answered 204 however often they come.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;

use crate::handling::callbacks::{Callback, take};
use crate::registers::client::Client;
use crate::web::Web;
use crate::web::problem::Problem;

/// Farthest that a callback's time may be from ours, seconds.
const MAX_SKEW_S: u64 = 300;

/// Word about messages: delivered, read, confirmed, disputed.
#[utoipa::path(post, path = "/callbacks/vneid", tag = "callbacks", request_body = Object,
    responses((status = 204, description = "Taken"), (status = 401, description = "`bad_signature`", body = Problem)))]
pub async fn vneid(State(web): State<Web>, headers: HeaderMap, body: Bytes) -> Result<StatusCode, Problem> {
    let client = web.app.registers.vneid.as_ref();
    received(
        &web,
        client,
        "/api/v1/callbacks/vneid",
        &["DELIVERED", "READ", "CONFIRMED", "DISPUTED"],
        &headers,
        &body,
    )
    .await
}

/// Word about letters: delivered, returned.
#[utoipa::path(post, path = "/callbacks/post", tag = "callbacks", request_body = Object,
    responses((status = 204, description = "Taken"), (status = 401, description = "`bad_signature`", body = Problem)))]
pub async fn post(State(web): State<Web>, headers: HeaderMap, body: Bytes) -> Result<StatusCode, Problem> {
    let client = web.app.registers.post.as_ref();
    received(&web, client, "/api/v1/callbacks/post", &["ACCEPTED", "DELIVERED", "RETURNED"], &headers, &body)
        .await
}

/// Word about payments.
#[utoipa::path(post, path = "/callbacks/dvcqg", tag = "callbacks", request_body = Object,
    responses((status = 204, description = "Taken"), (status = 401, description = "`bad_signature`", body = Problem)))]
pub async fn dvcqg(State(web): State<Web>, headers: HeaderMap, body: Bytes) -> Result<StatusCode, Problem> {
    let client = web.app.registers.dvcqg.as_ref();
    received(&web, client, "/api/v1/callbacks/dvcqg", &["PAID"], &headers, &body).await
}

async fn received(
    web: &Web,
    client: Option<&Client>,
    path: &str,
    events: &[&str],
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<StatusCode, Problem> {
    let unsigned = || {
        let detail = "the callback is not signed with this account's secret, or its time is too far off";
        Problem::new(StatusCode::UNAUTHORIZED, "bad_signature", detail)
    };
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let client = client.ok_or_else(unsigned)?;
    let (timestamp, now) = (header("x-timestamp"), Timestamp::now());
    let fresh = timestamp
        .parse::<Timestamp>()
        .is_ok_and(|sent| sent.as_second().abs_diff(now.as_second()) <= MAX_SKEW_S);
    let right = client.signed(path, timestamp, header("x-correlation-id"), body, header("x-signature"));
    if !fresh || !right || header("x-client-id") != client.settings().client_id {
        return Err(unsigned());
    }
    let text = std::str::from_utf8(body).map_err(|_| Problem::bad_request("malformed_json", "not UTF-8"))?;
    let callback: Callback =
        serde_json::from_str(text).map_err(|error| Problem::bad_request("bad_body", error.to_string()))?;
    let key = callback.key().filter(|_| events.contains(&callback.event.as_str()));
    let key = key.ok_or_else(|| Problem::unacceptable("bad_body", "the event or its number is not known"))?;
    take(&web.app, &key, text, now).await?;
    Ok(StatusCode::NO_CONTENT)
}
