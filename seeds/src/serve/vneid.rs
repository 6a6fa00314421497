//! Electronic identification: one-time QR tokens, and messages to citizens.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::{Extension, Json};
use jiff::{Timestamp, ToSpan as _};
use rand::RngExt as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json as object};
use uuid::Uuid;

use super::gate::{Caller, json};
use super::refusal::Refusal;
use super::state::{Shared, lock};
use crate::config::Service;

/// A token as it stands now.
#[derive(Debug, Clone)]
pub struct TokenRow {
    pub id_number: String,
    pub level: u8,
    pub used: bool,
    pub expires: Option<Timestamp>,
}

/// A message that was taken for delivery.
#[derive(Debug, Clone)]
pub struct Message {
    pub client_id: String,
}

#[derive(Debug, Deserialize)]
struct Qr {
    token: String,
}

/// The answer to a token.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QrVerdict {
    result: &'static str,
    level: Option<u8>,
    subject_ref: Option<String>,
    display_name: Option<String>,
    txn_id: String,
}

/// Who signed in on a page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    result: &'static str,
    level: Option<u8>,
    id_number: Option<String>,
    display_name: Option<String>,
    txn_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notice {
    subject_ref: String,
    template_code: String,
    payload: Value,
}

/// The answer to a message.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Accepted {
    message_id: String,
    txn_id: String,
}

/// `POST /mock/vneid/v1/verify-qr`: a token is good once.
pub async fn verify_qr(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Json<QrVerdict>, Refusal> {
    let qr: Qr = json(&body)?;
    if qr.token.is_empty() || qr.token.len() > 256 {
        return Err(Refusal::bad("token: must have 1–256 characters"));
    }
    let (result, row) = use_up(&shared, &qr.token);
    let citizen = row.as_ref().and_then(|row| shared.world.citizens.get(&row.id_number));
    Ok(Json(QrVerdict {
        result,
        level: row.as_ref().map(|row| row.level),
        subject_ref: citizen.map(|c| c.subject_ref.clone()),
        display_name: citizen.map(|c| c.name.clone()),
        txn_id: caller.txn_id,
    }))
}

/// `POST /mock/vneid/v1/sign-in`: who came back from the sign-in page of VNeID, for a page that serves citizens. The same tokens as
/// in a QR code; each is good once.
pub async fn sign_in(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Json<SignIn>, Refusal> {
    let qr: Qr = json(&body)?;
    if qr.token.is_empty() || qr.token.len() > 256 {
        return Err(Refusal::bad("token: must have 1–256 characters"));
    }
    let (result, row) = use_up(&shared, &qr.token);
    let citizen = row.as_ref().and_then(|row| shared.world.citizens.get(&row.id_number));
    Ok(Json(SignIn {
        result,
        level: row.as_ref().map(|row| row.level),
        id_number: citizen.map(|c| c.id_number.clone()),
        display_name: citizen.map(|c| c.name.clone()),
        txn_id: caller.txn_id,
    }))
}

/// What a token is worth, and whose it is when it is worth something: from then on it is used.
fn use_up(shared: &Shared, token: &str) -> (&'static str, Option<TokenRow>) {
    match lock(&shared.tokens).get_mut(token) {
        None => ("INVALID", None),
        Some(row) if row.used => ("REPLAYED", None),
        Some(row) if row.expires.is_some_and(|at| at <= Timestamp::now()) => ("EXPIRED", None),
        Some(row) => {
            row.used = true;
            ("VALID", Some(row.clone()))
        }
    }
}

/// A token that is good once, for so many seconds.
pub fn mint(shared: &Shared, id_number: &str, level: u8, ttl_s: u32) -> (String, Timestamp) {
    let expires = Timestamp::now() + i64::from(ttl_s).seconds();
    let token = format!("vneid-{:032x}", rand::rng().random::<u128>());
    let row = TokenRow { id_number: id_number.to_owned(), level, used: false, expires: Some(expires) };
    lock(&shared.tokens).insert(token.clone(), row);
    (token, expires)
}

/// `POST /mock/vneid/v1/notify`: then `DELIVERED` and `READ` are called back; the citizen's own `CONFIRMED` or
/// `DISPUTED` comes through `POST /mock/admin/citizen-response`.
pub async fn notify(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Json<Accepted>, Refusal> {
    let notice: Notice = json(&body)?;
    if notice.template_code.trim().is_empty() {
        return Err(Refusal::bad("templateCode: empty"));
    }
    if !notice.payload.is_object() {
        return Err(Refusal::bad("payload: not an object"));
    }
    let known = shared.world.citizens.values().any(|c| c.subject_ref == notice.subject_ref);
    if !known && !shared.world.citizens.contains_key(&notice.subject_ref) {
        return Err(Refusal::bad("subjectRef: nobody has this reference or identity number"));
    }
    let message_id = Uuid::now_v7().to_string();
    let message = Message { client_id: caller.client_id.clone() };
    lock(&shared.messages).insert(message_id.clone(), message);
    let event = |event: &str| object!({ "event": event, "messageId": message_id, "at": Timestamp::now() });
    shared.callbacks.send(
        &shared,
        Service::Vneid,
        &caller.client_id,
        vec![event("DELIVERED"), event("READ")],
    );
    Ok(Json(Accepted { message_id, txn_id: caller.txn_id }))
}
