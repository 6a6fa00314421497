//! Detections of third parties: signed, checked by their bytes, taken once.
//!
//! Who sends is known before a byte of the body is read; few bodies are read at the same time.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, Multipart, Request, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::Semaphore;
use utoipa::ToSchema;
use wire::{Digest, EvidenceRole};

use super::now;
use crate::app;
use crate::cases::adapter::{self, File, MAX_BYTES, MAX_FILES, ThirdParty, WINDOW_S};
use crate::cases::settings::Source;
use crate::config::read_secret;
use crate::notify::Change;
use crate::store::cases::adapter::Taken;
use crate::store::cases::open::NewCase;
use crate::store::evidence::StoredPicture;
use crate::web::access::Peer;
use crate::web::extract::Json;
use crate::web::problem::Problem;
use crate::web::{Web, now_ms};

/// Bodies that are read at the same time.
const AT_ONCE: usize = 2;

/// How many bodies are being read.
pub struct Reading(Semaphore);

impl Default for Reading {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

/// What became of a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdapterAnswer {
    /// Number of the case.
    number: String,
    /// Whether the same message was taken before.
    duplicate: bool,
}

/// The form. See `docs/adapter.md` for a whole example.
#[derive(Debug, ToSchema)]
#[allow(dead_code)] // described for OpenAPI, read field by field
pub struct AdapterForm {
    /// JSON.
    violation: ThirdParty,
    /// The whole scene, JPEG.
    #[schema(value_type = String, format = Binary)]
    overview: Vec<u8>,
    /// A moment of the act, JPEG; as many as there are moments.
    #[schema(value_type = String, format = Binary)]
    act: Vec<u8>,
    /// The plate, JPEG.
    #[schema(value_type = String, format = Binary)]
    plate: Vec<u8>,
    /// The vehicle, JPEG.
    #[schema(value_type = Option<String>, format = Binary)]
    vehicle: Option<Vec<u8>>,
    /// MP4.
    #[schema(value_type = Option<String>, format = Binary)]
    clip: Option<Vec<u8>>,
    /// Boxes over the clip, JSON.
    #[schema(value_type = Option<String>, format = Binary)]
    overlay: Option<Vec<u8>>,
}

/// Takes a third party's detection. Signed by `x-source`, `x-timestamp` (RFC 3339) and `x-signature`: HMAC-SHA256 over the timestamp
/// followed by the SHA-256 (hex) of the body. The same `external_id` is one case, however often it is sent.
#[utoipa::path(post, path = "/adapter/violations", tag = "cases",
    request_body(content = AdapterForm, content_type = "multipart/form-data"),
    responses((status = 200, description = "Taken before", body = AdapterAnswer), (status = 201, body = AdapterAnswer),
        (status = 400, description = "`bad_source`, `bad_timestamp`, `bad_signature`, `bad_form`", body = Problem),
        (status = 409, description = "`conflict`: the id was sent with other content", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 422, description = "`bad_violation`: what is wrong", body = Problem), (status = 429, description = "`rate_limited`", body = Problem)))]
pub async fn take(
    Extract(web): Extract<Web>,
    Peer(peer): Peer,
    request: Request,
) -> Result<(StatusCode, Json<AdapterAnswer>), Problem> {
    let (parts, body) = request.into_parts();
    let (source, timestamp) = caller(&web, &parts.headers)?;
    let source = source.clone();
    // Guessing signatures and flooding are slowed by address and by source.
    let most = usize::try_from(source.per_minute).unwrap_or(usize::MAX);
    web.cases.limit.take("adapter", peer, most, 60_000, now_ms()).map_err(Problem::slow_down)?;
    let told = parts
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if told.is_some_and(|bytes| bytes > MAX_BYTES) {
        return Err(too_large());
    }
    let _reading = web.cases.reading.0.acquire().await.map_err(|error| Problem::internal(&error))?;
    let bytes = axum::body::to_bytes(body, MAX_BYTES).await.map_err(|_| too_large())?;
    check_signature(&source, &timestamp, &parts.headers, &bytes)?;
    let form = Request::from_parts(parts, Body::from(bytes));
    let (said, files) = form_of(Multipart::from_request(form, &web).await?).await?;
    taken(&web.app, &source, &said, files).await
}

fn too_large() -> Problem {
    let detail = format!("a message has at most {MAX_BYTES} bytes");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The source and the time that a message names. An unknown source gets the words of a wrong signature.
fn caller<'a>(web: &'a Web, headers: &HeaderMap) -> Result<(&'a Source, String), Problem> {
    let timestamp = text(headers, "x-timestamp").to_owned();
    let at: Timestamp = timestamp.parse().map_err(|_| {
        Problem::bad_request("bad_timestamp", "x-timestamp: RFC 3339, such as 2026-11-21T07:00:00Z")
    })?;
    if (now().as_second() - at.as_second()).abs() > WINDOW_S {
        let detail = format!(
            "x-timestamp: more than {WINDOW_S} s from central's clock: check the clock, and sign each message anew"
        );
        return Err(Problem::bad_request("bad_timestamp", detail));
    }
    let source = web.app.config.adapter.source(text(headers, "x-source")).ok_or_else(not_signed)?;
    Ok((source, timestamp))
}

fn not_signed() -> Problem {
    Problem::bad_request(
        "bad_signature",
        "x-source and x-signature: this source is not known, or its signature is wrong",
    )
}

fn check_signature(
    source: &Source,
    timestamp: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), Problem> {
    let secret = read_secret(source.secret_env.as_deref(), source.secret_file.as_deref())
        .map_err(|error| Problem::internal(&error))?
        .filter(|secret| secret.len() >= 32)
        .ok_or_else(|| Problem::internal(&"the secret of an adapter's source has less than 32 characters"))?;
    if !adapter::signed(secret.as_bytes(), timestamp, Digest::of(body), text(headers, "x-signature")) {
        return Err(not_signed());
    }
    Ok(())
}

async fn form_of(mut form: Multipart) -> Result<(ThirdParty, Vec<File>), Problem> {
    let (mut said, mut files) = (None, Vec::new());
    while let Some(part) = form.next_field().await? {
        let field = part.name().unwrap_or_default().to_owned();
        let name: String = part.file_name().unwrap_or_default().chars().take(100).collect();
        let bytes: Bytes = part.bytes().await?;
        if field == "violation" {
            said =
                Some(serde_json::from_slice::<ThirdParty>(&bytes).map_err(|error| {
                    Problem::unacceptable("bad_violation", format!("violation: {error}"))
                })?);
            continue;
        }
        let role: EvidenceRole =
            serde_json::from_value(serde_json::Value::String(field.clone())).map_err(|_| {
                Problem::bad_request(
                    "bad_form",
                    "the form has violation, overview, act, vehicle, plate, clip and overlay",
                )
            })?;
        if files.len() >= MAX_FILES {
            return Err(Problem::bad_request("bad_form", "at most 16 files"));
        }
        files.push(File { role, name, bytes });
    }
    let said = said.ok_or_else(|| Problem::bad_request("bad_form", "violation: this part is missing"))?;
    Ok((said, files))
}

async fn taken(
    app: &app::State,
    source: &Source,
    said: &ThirdParty,
    files: Vec<File>,
) -> Result<(StatusCode, Json<AdapterAnswer>), Problem> {
    // A camera that is not this source's is as unknown as one that does not exist.
    let scope = crate::store::rows::Scope::of(&source.sites);
    if !source.sites.contains(&said.site)
        || app.store.cameras_seen(&scope, &said.site, &said.camera).await?.is_empty()
    {
        return Err(Problem::unacceptable("unknown_camera", "site, camera: not agreed for this source"));
    }
    let read = adapter::read(&source.id, said, &files, now())
        .map_err(|problems| Problem::fields_as("bad_violation", problems))?;
    let conflict = || {
        Problem::new(
            StatusCode::CONFLICT,
            "conflict",
            "external_id: it was sent before with other content: a correction needs an id of its own",
        )
    };
    let cases = app.store.cases();
    // Known already: nothing is written, not even a file.
    if let Some((case_id, digest)) = cases.adapter_known(&source.id, &said.external_id).await? {
        if digest != read.digest.to_string() {
            return Err(conflict());
        }
        return answer(app, &case_id, true).await;
    }
    let mut stored = Vec::new();
    for (file, one) in files.into_iter().zip(&read.evidence) {
        let bytes = file.bytes.len();
        let kind =
            app.evidence.put(one.sha256, file.bytes).await.map_err(|error| Problem::internal(&error))?;
        stored.push(StoredPicture {
            sha256: one.sha256,
            bytes,
            media_type: kind.media_type(),
            site: said.site.clone(),
            agent: format!("adapter:{}", source.id),
        });
    }
    let now = now_ms();
    let new = NewCase {
        event_id: None,
        external_id: Some(&said.external_id),
        site: &said.site,
        camera: &said.camera,
        agent: None,
        at: said.at,
        uncertainty_ms: said.uncertainty_ms,
        time_source: read.time_source,
        received_at_ms: now,
        violation: &read.violation,
        evidence: &read.evidence,
        models: &said.models,
        sign_decision: said.sign_decision.as_deref(),
    };
    match cases.adapter_take((&source.id, &said.external_id, read.digest), &new, &stored, now).await? {
        Taken::Opened(case_id) => {
            app.hub.send(Change::Case { site: said.site.clone(), id: case_id.clone() });
            tracing::info!(source = source.id, case = case_id, "a third party's violation was taken");
            answer(app, &case_id, false).await
        }
        Taken::Again(case_id) => answer(app, &case_id, true).await,
        Taken::Conflict => Err(conflict()),
    }
}

async fn answer(
    app: &app::State,
    case_id: &str,
    duplicate: bool,
) -> Result<(StatusCode, Json<AdapterAnswer>), Problem> {
    let case = app.store.cases().get(case_id).await?.ok_or_else(|| Problem::not_found("case"))?;
    let status = if duplicate { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(AdapterAnswer { number: case.number, duplicate })))
}
