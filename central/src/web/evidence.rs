//! Original pictures. Their address is their hash, so a browser may keep one for ever and need not ask again.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use wire::Digest;

use super::access::Viewer;
use super::extract::Path;
use super::problem::Problem;
use crate::app;
use crate::evidence::EvidenceError;

/// One picture.
#[utoipa::path(get, path = "/evidence/{sha256}", tag = "passages",
    params(("sha256" = String, Path, description = "SHA-256 of the picture, 64 hex digits")),
    responses((status = 200, description = "The picture as the agent sent it", body = [u8], content_type = "image/jpeg"),
        (status = 304, description = "The browser has it"), (status = 404, description = "`not_found`, or `evidence_lost` when the device gave it up", body = Problem)))]
pub async fn read(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(sha256): Path<String>,
    request: HeaderMap,
) -> Result<Response, Problem> {
    let not_found = || Problem::not_found("picture");
    let digest = Digest::from_hex(&sha256).ok_or_else(not_found)?;
    let name = digest.to_string();
    if !app.store.may_see_evidence(&name, &viewer.scope).await? {
        return Err(not_found());
    }
    let tag = format!("\"{name}\"");
    let has_it = request
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    let mut response = if has_it {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let bytes = match app.evidence.get(digest).await {
            Ok(bytes) => bytes,
            Err(EvidenceError::NotFound(_)) if app.store.picture_given_up(&name).await? => {
                let detail = "the device gave this picture up before central had it: it will never come";
                return Err(Problem::new(StatusCode::NOT_FOUND, "evidence_lost", detail));
            }
            Err(EvidenceError::NotFound(_)) => return Err(not_found()),
            Err(other) => return Err(Problem::internal(&other)),
        };
        ([(header::CONTENT_TYPE, "image/jpeg")], bytes).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    headers.insert(header::ETAG, HeaderValue::from_str(&tag).map_err(|error| Problem::internal(&error))?);
    Ok(response)
}
