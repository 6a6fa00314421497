//! What every call passes before a service sees it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use rand::RngExt as _;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::MAX_BODY_BYTES;
use super::idempotency::{Begin, Key};
use super::refusal::Refusal;
use super::state::{CallRecord, Shared, lock};
use crate::config::{Client, Service};
use crate::sign::{Signed, hex};

/// Who calls and why, proved.
#[derive(Debug, Clone)]
pub struct Caller {
    /// `X-Client-Id`.
    pub client_id: String,
    /// Whether hits among wanted persons may be shown.
    pub police: bool,
    /// Number of this transaction.
    pub txn_id: String,
}

/// The middleware around all services.
pub async fn gate(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let path = request.uri().path().to_owned();
    let Some(service) = service_of(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let headers = request.headers().clone();
    let txn_id = Uuid::now_v7().to_string();

    let outcome = pass(&shared, service, &path, &txn_id, request, next).await;
    let (mut response, replayed) = match outcome {
        Ok(answer) => answer,
        Err(refusal) => (refusal.into_response(), false),
    };
    if let Ok(value) = HeaderValue::from_str(&txn_id) {
        response.headers_mut().insert("x-txn-id", value);
    }
    if let Some(value) = headers.get("x-correlation-id") {
        response.headers_mut().insert("x-correlation-id", value.clone());
    }
    let sent = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    shared.calls.push(CallRecord {
        at: Timestamp::now(),
        service,
        path,
        client_id: sent("x-client-id"),
        unit_code: sent("x-unit-code"),
        officer_id: sent("x-officer-id"),
        purpose_code: sent("x-purpose-code"),
        correlation_id: sent("x-correlation-id"),
        txn_id,
        status: response.status().as_u16(),
        took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        replayed,
    });
    response
}

/// Reads a request's JSON; unknown fields are ignored, as services must.
pub fn json<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::bad(format!("body: {error}")))
}

/// The way through; the flag tells that an earlier answer was repeated.
async fn pass(
    shared: &Arc<Shared>,
    service: Service,
    path: &str,
    txn_id: &str,
    request: Request,
    next: Next,
) -> Result<(Response, bool), Refusal> {
    let behaviour = shared.behaviour(service);
    if behaviour.latency_ms > 0 {
        tokio::time::sleep(Duration::from_millis(behaviour.latency_ms)).await;
    }
    if behaviour.outage {
        return Err(Refusal::UpstreamDown);
    }
    let (mut parts, body) = request.into_parts();
    let too_large = |_| Refusal::bad(format!("the body is larger than {MAX_BODY_BYTES} bytes"));
    let body = to_bytes(body, MAX_BODY_BYTES).await.map_err(too_large)?;
    let caller = identify(shared, &parts.method, path, &parts.headers, &body, txn_id)?;
    spend_quota(shared, service, &caller.client_id, behaviour.quota_per_minute)?;
    if behaviour.error_rate > 0.0 && rand::rng().random_bool(behaviour.error_rate.clamp(0.0, 1.0)) {
        return Err(Refusal::UpstreamDown);
    }

    let Some(key) = parts.headers.get("idempotency-key") else {
        if needs_key(path) {
            return Err(Refusal::bad("Idempotency-Key is missing; this call has an effect"));
        }
        parts.extensions.insert(caller);
        return Ok((next.run(Request::from_parts(parts, Body::from(body))).await, false));
    };
    let key = key.to_str().ok().filter(|k| (1..=128).contains(&k.len()));
    let key = key.ok_or_else(|| Refusal::bad("Idempotency-Key must have 1–128 visible characters"))?;
    let key = Key { client_id: caller.client_id.clone(), path: path.to_owned(), key: key.to_owned() };
    let claim = match shared.answers.begin(key, &hex(&Sha256::digest(&body)))? {
        Begin::Replay(status, answer) => return Ok((answered(status, answer, true), true)),
        Begin::Fresh(claim) => claim,
    };
    parts.extensions.insert(caller);
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let status = response.status();
    let answer = to_bytes(response.into_body(), MAX_BODY_BYTES).await.map_err(|_| Refusal::UpstreamDown)?;
    claim.end(status, &answer);
    Ok((answered(status, answer, false), false))
}

fn answered(status: StatusCode, body: Bytes, replayed: bool) -> Response {
    let replayed = if replayed { "true" } else { "false" };
    let headers = [(header::CONTENT_TYPE.as_str(), "application/json"), ("idempotent-replayed", replayed)];
    (status, headers, body).into_response()
}

/// Calls with an effect outside must carry an idempotency key.
fn needs_key(path: &str) -> bool {
    const EFFECTS: [&str; 7] =
        ["/notify", "/payment-order", "/deduct", "/warn", "/unwarn", "/registered", "/postings"];
    EFFECTS.iter().any(|end| path.ends_with(end))
}

fn service_of(path: &str) -> Option<Service> {
    let word = path.strip_prefix("/mock/")?.split('/').next()?;
    Service::ALL.into_iter().find(|s| s.as_str() == word)
}

fn identify(
    shared: &Shared,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
    txn_id: &str,
) -> Result<Caller, Refusal> {
    let need = |name: &str, missing| {
        let value = headers.get(name).and_then(|v| v.to_str().ok()).map(str::trim);
        value.filter(|v| !v.is_empty()).ok_or(Refusal::Unidentified(missing))
    };
    let client_id = need("x-client-id", "X-Client-Id is missing")?;
    let unit = need("x-unit-code", "X-Unit-Code is missing")?;
    let officer = need("x-officer-id", "X-Officer-Id is missing")?;
    let purpose = need("x-purpose-code", "X-Purpose-Code is missing")?;
    let correlation_id = need("x-correlation-id", "X-Correlation-Id is missing")?;
    let timestamp = need("x-timestamp", "X-Timestamp is missing")?;
    let signature = need("x-signature", "X-Signature is missing")?;

    let unknown = Refusal::Unidentified("X-Client-Id is not known");
    let (Some(client), Some(secret)) = (shared.client(client_id), shared.secrets.get(client_id)) else {
        return Err(unknown);
    };
    let signed = Signed { method: method.as_str(), path, timestamp, correlation_id, body };
    if !signed.verify(secret, signature) {
        return Err(Refusal::Unidentified("X-Signature is wrong"));
    }
    let sent: Timestamp =
        timestamp.parse().map_err(|_| Refusal::bad("X-Timestamp must be an RFC 3339 time with zone"))?;
    let skew = Timestamp::now().as_second().abs_diff(sent.as_second());
    if skew > u64::from(shared.config.max_skew_s) {
        return Err(Refusal::Unidentified("X-Timestamp is too far from the time here; set the clock"));
    }
    Uuid::parse_str(correlation_id).map_err(|_| Refusal::bad("X-Correlation-Id must be a UUID"))?;
    if officer.len() > 64 {
        return Err(Refusal::bad("X-Officer-Id must have at most 64 characters"));
    }
    entitled(client, unit, purpose)?;
    Ok(Caller {
        client_id: client_id.to_owned(),
        police: client.police_purposes.contains(purpose),
        txn_id: txn_id.to_owned(),
    })
}

fn entitled(client: &Client, unit: &str, purpose: &str) -> Result<(), Refusal> {
    let below = unit.strip_prefix(&client.unit_code);
    if !below.is_some_and(|rest| rest.is_empty() || rest.starts_with('.')) {
        return Err(Refusal::Forbidden("X-Unit-Code is not a unit of this client"));
    }
    let word = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_';
    if purpose.len() > 40 || !purpose.bytes().all(word) {
        return Err(Refusal::bad("X-Purpose-Code may hold A-Z, 0-9 and _ only, at most 40 characters"));
    }
    let allowed = client.purposes.is_empty()
        || client.purposes.contains(purpose)
        || client.police_purposes.contains(purpose);
    if !allowed {
        return Err(Refusal::Forbidden("X-Purpose-Code is not agreed for this client"));
    }
    Ok(())
}

/// Counts calls by client, service and minute.
fn spend_quota(
    shared: &Shared,
    service: Service,
    client_id: &str,
    per_minute: Option<u32>,
) -> Result<(), Refusal> {
    let Some(per_minute) = per_minute else { return Ok(()) };
    let now = Timestamp::now().as_second();
    let mut quotas = lock(&shared.quotas);
    let (minute, spent) = quotas.entry((service, client_id.to_owned())).or_insert((now / 60, 0));
    if *minute != now / 60 {
        (*minute, *spent) = (now / 60, 0);
    }
    if *spent >= per_minute {
        return Err(Refusal::Quota { retry_after_s: 60 - now.rem_euclid(60).unsigned_abs() });
    }
    *spent += 1;
    Ok(())
}
