//! The public site of the traffic police: what is posted names a vehicle, a time, a place and a unit, and nobody.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::{Extension, Json};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::gate::{Caller, json};
use super::refusal::Refusal;
use super::state::{Shared, lock};

/// What is posted.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Posting {
    pub posting_id: String,
    pub reference: String,
    pub paper: String,
    pub plate: String,
    pub acts: Value,
    pub since: Timestamp,
}

/// Everything that may be posted: a field beyond these, such as a name, is refused.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(dead_code, reason = "fields are checked to be these and no others")]
struct Request {
    reference: String,
    paper: String,
    number: Option<String>,
    plate: String,
    plate_colour: Option<String>,
    vehicle_type: String,
    acts: Value,
    detected_by: String,
    handled_by: String,
    phone: String,
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Posted {
    posting_id: String,
    txn_id: String,
}

/// `POST /mock/csgt/v1/postings`: a reference has one posting per paper.
pub async fn publish(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Json<Posted>, Refusal> {
    let request: Request = json(&body)?;
    if request.plate.is_empty() || request.reference.is_empty() || request.handled_by.is_empty() {
        return Err(Refusal::bad("reference, plate and handledBy must not be empty"));
    }
    if request.acts.as_array().is_none_or(Vec::is_empty) {
        return Err(Refusal::bad("acts: at least one"));
    }
    let mut postings = lock(&shared.postings);
    let key = (request.reference.clone(), request.paper.clone());
    let posting = postings.entry(key).or_insert_with(|| Posting {
        posting_id: Uuid::now_v7().to_string(),
        reference: request.reference,
        paper: request.paper,
        plate: request.plate,
        acts: request.acts,
        since: Timestamp::now(),
    });
    Ok(Json(Posted { posting_id: posting.posting_id.clone(), txn_id: caller.txn_id }))
}
