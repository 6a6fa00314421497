//! Original pictures, clips and overlays. Their address is their hash, so a browser may keep one for ever and need not ask again. A clip can
//! be fetched in pieces (RFC 9110, one range), because that is how a browser seeks in it.

use std::ops::Range;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use jiff::Timestamp;
use wire::Digest;

use super::access::Viewer;
use super::extract::Path;
use super::problem::Problem;
use crate::app;
use crate::cases::intact;
use crate::evidence::{EvidenceError, Kind};

/// One file.
#[utoipa::path(get, path = "/evidence/{sha256}", tag = "passages",
    params(("sha256" = String, Path, description = "SHA-256 of the file, 64 hex digits")),
    responses((status = 200, description = "The picture, clip (`video/mp4`) or overlay (`application/json`) as the agent sent it", body = [u8], content_type = "image/jpeg"),
        (status = 206, description = "The one range of it that was asked for", body = [u8], content_type = "video/mp4"),
        (status = 304, description = "The browser has it"), (status = 409, description = "`evidence_altered`: its bytes are not what they were", body = Problem), (status = 404, description = "`not_found`, or `evidence_lost` when the device gave it up", body = Problem),
        (status = 416, description = "`bad_range`: it is shorter than that", body = Problem)))]
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
    let names_it = |header| {
        let known = request.get(header).and_then(|value: &HeaderValue| value.to_str().ok())?;
        Some(known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag))
    };
    let mut response = if names_it(header::IF_NONE_MATCH) == Some(true) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let (kind, bytes) = match app.evidence.get_kind(digest).await {
            Ok(found) => found,
            Err(EvidenceError::NotFound(_)) if app.store.picture_given_up(&name).await? => {
                let detail = "the device gave this file up before central had it: it will never come";
                return Err(Problem::new(StatusCode::NOT_FOUND, "evidence_lost", detail));
            }
            Err(EvidenceError::NotFound(_)) => return Err(not_found()),
            Err(EvidenceError::Io(error)) => return Err(Problem::internal(&error)),
            Err(error) => {
                tracing::error!(file = %digest, %error, "a file of evidence is not what it was");
                intact::found_altered(&app, digest, Timestamp::now()).await?;
                let detail = "this file was altered since it came: it is shown to nobody, and cases that name it are locked";
                return Err(Problem::new(StatusCode::CONFLICT, "evidence_altered", detail));
            }
        };
        // A range of another file is none of this one: then all of it is given.
        let wanted = request.get(header::RANGE).filter(|_| names_it(header::IF_RANGE) != Some(false));
        give(kind, bytes, wanted.and_then(|range| range.to_str().ok()))?
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    headers.insert(header::ETAG, HeaderValue::from_str(&tag).map_err(|error| Problem::internal(&error))?);
    // Evidence is data: a browser that is led to one as a page runs nothing of it.
    let policy = "default-src 'none'; media-src 'self'; img-src 'self'; sandbox; frame-ancestors 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    Ok(response)
}

/// All of it, or the range that was asked for.
fn give(kind: Kind, bytes: Bytes, range: Option<&str>) -> Result<Response, Problem> {
    let whole = bytes.len();
    let (status, part) = match range.map(|range| asked(range, whole)) {
        None | Some(Asked::Everything) => (StatusCode::OK, 0..whole),
        Some(Asked::Part(part)) => (StatusCode::PARTIAL_CONTENT, part),
        Some(Asked::Nothing) => {
            let detail = format!("the file has {whole} bytes");
            return Err(Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "bad_range", detail));
        }
    };
    let content_range = format!("bytes {}-{}/{whole}", part.start, part.end.saturating_sub(1));
    let mut response =
        (status, [(header::CONTENT_TYPE, kind.media_type())], bytes.slice(part)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if status == StatusCode::PARTIAL_CONTENT {
        let value = HeaderValue::from_str(&content_range).map_err(|error| Problem::internal(&error))?;
        headers.insert(header::CONTENT_RANGE, value);
    }
    Ok(response)
}

/// What a `Range` header asks for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// It is none that is understood, or several: all may be given.
    Everything,
    /// This.
    Part(Range<usize>),
    /// Bytes that are not there.
    Nothing,
}

fn asked(range: &str, whole: usize) -> Asked {
    let Some((first, last)) = range
        .trim()
        .strip_prefix("bytes=")
        .filter(|range| !range.contains(','))
        .and_then(|range| range.split_once('-'))
    else {
        return Asked::Everything;
    };
    let number = |text: &str| text.trim().parse::<usize>().ok();
    match (first.trim(), last.trim()) {
        ("", "") => Asked::Everything,
        ("", count) => match number(count) {
            Some(0) => Asked::Nothing,
            Some(count) if whole > 0 => Asked::Part(whole.saturating_sub(count)..whole),
            Some(_) => Asked::Nothing,
            None => Asked::Everything,
        },
        (first, last) => match (number(first), last, number(last)) {
            (Some(first), _, _) if first >= whole => Asked::Nothing,
            (Some(first), "", _) => Asked::Part(first..whole),
            (Some(first), _, Some(last)) if last >= first => {
                Asked::Part(first..last.saturating_add(1).min(whole))
            }
            _ => Asked::Everything,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_the_standard() {
        let table = [
            ("bytes=0-99", Asked::Part(0..100)),
            ("bytes=100-", Asked::Part(100..1000)),
            ("bytes=990-5000", Asked::Part(990..1000)),
            ("bytes=-10", Asked::Part(990..1000)),
            ("bytes=-5000", Asked::Part(0..1000)),
            ("bytes=999-999", Asked::Part(999..1000)),
            ("bytes=1000-", Asked::Nothing),
            ("bytes=-0", Asked::Nothing),
            ("bytes=5-4", Asked::Everything),
            ("bytes=0-1,5-6", Asked::Everything),
            ("bytes=a-b", Asked::Everything),
            ("bytes=-", Asked::Everything),
            ("lines=1-2", Asked::Everything),
            ("bytes=0-18446744073709551615", Asked::Part(0..1000)),
        ];
        for (range, expected) in table {
            assert_eq!(asked(range, 1000), expected, "{range}");
        }
        assert_eq!(asked("bytes=0-", 0), Asked::Nothing);
    }
}
