//! Callbacks of VNeID, the post and the payment portal: signed, kept as they came, applied once. They may come twice, late, out of
//! order, and before the answer to the order they speak of is committed.

use jiff::Timestamp;
use serde::Deserialize;

use super::desk;
use super::machine::{Actor, Event};
use crate::app::State;
use crate::store::StoreError;
use crate::store::handling::{Sealed, Tried};

/// A callback's body, as far as it is understood.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Callback {
    /// `DELIVERED`, `READ`, `CONFIRMED`, `DISPUTED`, `RETURNED`, `PAID`.
    pub event: String,
    /// VNeID's message.
    #[serde(default)]
    pub message_id: Option<String>,
    /// The post's item.
    #[serde(default)]
    pub item_code: Option<String>,
    /// The portal's bill.
    #[serde(default)]
    pub bill_code: Option<String>,
    /// Receipt number.
    #[serde(default)]
    pub receipt_no: Option<String>,
    /// VND.
    #[serde(default)]
    pub amount: Option<i64>,
    /// When it was paid.
    #[serde(default)]
    pub paid_at: Option<Timestamp>,
    /// When it happened.
    #[serde(default)]
    pub at: Option<Timestamp>,
}

impl Callback {
    /// Under which outside number the order is found.
    pub fn key(&self) -> Option<String> {
        let named =
            |name: &str, number: &Option<String>| number.as_ref().map(|number| format!("{name}:{number}"));
        match self.event.as_str() {
            "PAID" => named("bill", &self.bill_code),
            _ => named("message", &self.message_id).or_else(|| named("letter", &self.item_code)),
        }
        .filter(|key| key.len() <= 128)
    }
}

/// Keeps a callback and applies it, if its order is known by now; if not, it waits.
///
/// # Errors
/// When the database fails: the sender sends it again.
pub async fn take(state: &State, key: &str, body: &str, now: Timestamp) -> Result<(), StoreError> {
    match state.store.keep_callback(key, body, now.as_millisecond()).await? {
        Some(digest) => apply_one(state, &digest, key, body, now).await,
        None => Ok(()),
    }
}

/// Applies a kept callback.
///
/// # Errors
/// When the database fails: it is applied again, which changes nothing.
pub async fn apply_one(
    state: &State,
    digest: &str,
    key: &str,
    body: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some((id, n)) = state.store.handling_by_key(key).await? else { return Ok(()) };
    let Ok(callback) = serde_json::from_str::<Callback>(body) else { return Ok(()) };
    let event = match callback.event.as_str() {
        "PAID" => Event::Paid {
            receipt: callback.receipt_no.unwrap_or_default(),
            amount: callback.amount.unwrap_or(0),
            at: callback.paid_at.unwrap_or(now),
            bill: callback.bill_code,
        },
        word => Event::Told { n, word: word.to_owned(), at: callback.at.unwrap_or(now) },
    };
    let system = Actor::system(&state.config.handling.unit);
    if let Tried::Refused(refusal) = desk::step(state, &id, &system, now, event, Sealed::default()).await? {
        tracing::error!(handling = id, %refusal, "a callback could not be applied: a person has to look");
    }
    state.store.callback_applied(digest, now.as_millisecond()).await
}
