//! Levers of the mock: faults, tokens, faces, and what citizens do. No password: see `allow_network`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post as on_post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json as object};

use super::callback::Mood;
use super::csdldc::check_number;
use super::gate::json;
use super::licence::{self, Licence};
use super::refusal::Refusal;
use super::state::{CallRecord, Shared, lock};
use super::{dvcqg, post, vneid};
use crate::config::{Behaviour, Service};

type Mock = State<Arc<Shared>>;

pub fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/mock/admin/behaviour", get(behaviours).post(set_behaviour))
        .route("/mock/admin/calls", get(calls))
        .route("/mock/admin/vneid-token", on_post(mint_token))
        .route("/mock/admin/face", on_post(enrol_face))
        .route("/mock/admin/citizen-response", on_post(citizen_response))
        .route("/mock/admin/pay", on_post(pay))
        .route("/mock/admin/callbacks", on_post(callbacks))
        .route("/mock/admin/letter", on_post(letter))
        .route("/mock/admin/licence", on_post(set_licence))
        .route("/mock/admin/warnings", get(warnings))
        .route("/mock/admin/postings", get(postings))
}

#[derive(Debug, Serialize)]
struct Row {
    service: Service,
    #[serde(flatten)]
    behaviour: Behaviour,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Change {
    service: Service,
    latency_ms: Option<u64>,
    error_rate: Option<f64>,
    outage: Option<bool>,
    /// Left out: as it was. Null: no quota.
    #[serde(default, deserialize_with = "given")]
    quota_per_minute: Option<Option<u32>>,
}

fn given<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<u32>>, D::Error> {
    Option::deserialize(value).map(Some)
}

async fn behaviours(State(shared): Mock) -> Json<Vec<Row>> {
    let row = |service| Row { service, behaviour: shared.behaviour(service) };
    Json(Service::ALL.into_iter().map(row).collect())
}

async fn set_behaviour(State(shared): Mock, body: Bytes) -> Result<Json<Row>, Refusal> {
    let change: Change = json(&body)?;
    let old = shared.behaviour(change.service);
    let behaviour = Behaviour {
        latency_ms: change.latency_ms.unwrap_or(old.latency_ms),
        error_rate: change.error_rate.unwrap_or(old.error_rate),
        outage: change.outage.unwrap_or(old.outage),
        quota_per_minute: change.quota_per_minute.unwrap_or(old.quota_per_minute),
    };
    behaviour.check().map_err(Refusal::bad)?;
    lock(&shared.behaviour).insert(change.service, behaviour);
    tracing::info!(service = change.service.as_str(), ?behaviour, "behaviour changed");
    Ok(Json(Row { service: change.service, behaviour }))
}

#[derive(Debug, Deserialize)]
struct Limit {
    limit: Option<usize>,
}

async fn calls(State(shared): Mock, Query(query): Query<Limit>) -> Json<Vec<CallRecord>> {
    Json(shared.calls.latest(query.limit.unwrap_or(200)))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Mint {
    id_number: String,
    level: u8,
    /// Seconds until the token expires.
    ttl_s: u32,
}

async fn mint_token(State(shared): Mock, body: Bytes) -> Result<Json<Value>, Refusal> {
    let mint: Mint = json(&body)?;
    if !shared.world.citizens.contains_key(&mint.id_number) {
        return Err(Refusal::bad("idNumber: nobody has it"));
    }
    if !(1..=2).contains(&mint.level) {
        return Err(Refusal::bad("level: must be 1 or 2"));
    }
    let (token, expires) = vneid::mint(&shared, &mint.id_number, mint.level, mint.ttl_s);
    Ok(Json(object!({ "token": token, "expiresAt": expires })))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EnrolFace {
    id_number: String,
    /// Hash of the JPEG, hex.
    sha256: String,
}

async fn enrol_face(State(shared): Mock, body: Bytes) -> Result<StatusCode, Refusal> {
    let face: EnrolFace = json(&body)?;
    check_number(&face.id_number)?;
    if face.sha256.len() != 64 || !face.sha256.bytes().all(|c| c.is_ascii_hexdigit()) {
        return Err(Refusal::bad("sha256: must be 64 hex digits"));
    }
    lock(&shared.faces).insert(face.sha256.to_ascii_lowercase(), face.id_number);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CitizenResponse {
    message_id: String,
    /// `CONFIRMED` or `DISPUTED`.
    response: String,
    note: Option<String>,
}

async fn citizen_response(State(shared): Mock, body: Bytes) -> Result<StatusCode, Refusal> {
    let answer: CitizenResponse = json(&body)?;
    if !matches!(answer.response.as_str(), "CONFIRMED" | "DISPUTED") {
        return Err(Refusal::bad("response: must be CONFIRMED or DISPUTED"));
    }
    let message = lock(&shared.messages).get(&answer.message_id).cloned();
    let message = message.ok_or_else(|| Refusal::bad("messageId: there is no such message"))?;
    let event = object!({
        "event": answer.response, "messageId": answer.message_id, "note": answer.note, "at": Timestamp::now(),
    });
    shared.callbacks.send(&shared, Service::Vneid, &message.client_id, vec![event]);
    Ok(StatusCode::ACCEPTED)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Moods {
    service: Service,
    #[serde(flatten)]
    mood: Mood,
}

/// How callbacks of a service come from now on: late, twice, the last one first, with another amount.
async fn callbacks(State(shared): Mock, body: Bytes) -> Result<StatusCode, Refusal> {
    let moods: Moods = json(&body)?;
    if moods.mood.delay_ms.is_some_and(|ms| ms > 600_000) {
        return Err(Refusal::bad("delayMs: must be at most 600000"));
    }
    shared.callbacks.set_mood(moods.service, moods.mood);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Letter {
    item_code: String,
    /// `DELIVERED` or `RETURNED`.
    result: String,
}

/// What becomes of a letter.
async fn letter(State(shared): Mock, body: Bytes) -> Result<StatusCode, Refusal> {
    let letter: Letter = json(&body)?;
    if !matches!(letter.result.as_str(), "DELIVERED" | "RETURNED") {
        return Err(Refusal::bad("result: must be DELIVERED or RETURNED"));
    }
    match post::tell(&shared, &letter.item_code, &letter.result) {
        true => Ok(StatusCode::ACCEPTED),
        false => Err(Refusal::bad("itemCode: there is no such letter")),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SetLicence {
    id_number: String,
    /// Points that are left.
    points: Option<u8>,
    /// Revoked until then.
    revoked_until: Option<Timestamp>,
}

async fn set_licence(State(shared): Mock, body: Bytes) -> Result<Json<Licence>, Refusal> {
    let set: SetLicence = json(&body)?;
    let licence = licence::change(&shared, &set.id_number, |licence| {
        licence.points = set.points.unwrap_or(licence.points).min(licence::FULL);
        licence.revoked_until = set.revoked_until;
    });
    licence.map(Json).ok_or_else(|| Refusal::bad("idNumber: nobody with a licence has it"))
}

/// Warnings that hold now, of inspection and registration.
async fn warnings(State(shared): Mock) -> Json<Value> {
    Json(object!(lock(&shared.warnings).values().collect::<Vec<_>>()))
}

/// What is posted on the public site.
async fn postings(State(shared): Mock) -> Json<Value> {
    Json(object!(lock(&shared.postings).values().collect::<Vec<_>>()))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Pay {
    bill_code: String,
    /// When it was paid; now when left out.
    paid_at: Option<Timestamp>,
}

async fn pay(State(shared): Mock, body: Bytes) -> Result<Json<Value>, Refusal> {
    let request: Pay = json(&body)?;
    let receipt_no = dvcqg::pay(&shared, &request.bill_code, request.paid_at);
    let receipt_no = receipt_no.ok_or_else(|| Refusal::bad("billCode: there is no such bill"))?;
    Ok(Json(object!({ "receiptNo": receipt_no })))
}
