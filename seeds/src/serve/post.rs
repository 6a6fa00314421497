//! Registered mail: a letter is accepted, then delivered or returned.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::{Extension, Json};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json as object};

use super::gate::{Caller, json};
use super::refusal::Refusal;
use super::state::{Shared, lock};
use crate::config::Service;

/// Letters to an address with these words come back.
const NOWHERE: &str = "không rõ";

/// A letter that was accepted.
#[derive(Debug, Clone)]
pub struct Letter {
    pub client_id: String,
}

#[derive(Debug, Deserialize)]
struct Request {
    reference: String,
    paper: String,
    recipient: Recipient,
}

#[derive(Debug, Deserialize)]
struct Recipient {
    name: String,
    address: String,
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Accepted {
    item_code: String,
    txn_id: String,
}

/// `POST /mock/post/v1/registered`: then `ACCEPTED` and `DELIVERED` or `RETURNED` are called back.
pub async fn registered(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Json<Accepted>, Refusal> {
    let request: Request = json(&body)?;
    for (name, text) in [
        ("reference", &request.reference),
        ("paper", &request.paper),
        ("recipient.name", &request.recipient.name),
        ("recipient.address", &request.recipient.address),
    ] {
        if text.trim().is_empty() {
            return Err(Refusal::bad(format!("{name}: empty")));
        }
    }
    let item_code = {
        let mut letters = lock(&shared.letters);
        let item_code = format!("RM{:09}VN", letters.len() + 1);
        letters.insert(item_code.clone(), Letter { client_id: caller.client_id.clone() });
        item_code
    };
    let nowhere = request.recipient.address.to_lowercase().contains(NOWHERE);
    let end = if nowhere { "RETURNED" } else { "DELIVERED" };
    let events = ["ACCEPTED", end].map(|word| event(word, &item_code)).into();
    shared.callbacks.send(&shared, Service::Post, &caller.client_id, events);
    Ok(Json(Accepted { item_code, txn_id: caller.txn_id }))
}

/// Tells what became of a letter; false when there is none.
pub fn tell(shared: &Arc<Shared>, item_code: &str, word: &str) -> bool {
    let letter = lock(&shared.letters).get(item_code).cloned();
    let Some(letter) = letter else { return false };
    shared.callbacks.send(shared, Service::Post, &letter.client_id, vec![event(word, item_code)]);
    true
}

fn event(word: &str, item_code: &str) -> Value {
    object!({ "event": word, "itemCode": item_code, "at": Timestamp::now() })
}
