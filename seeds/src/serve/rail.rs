//! The railway's tickets: does a ticket belong to whoever shows a card? The tickets are those of the demonstration.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};

use super::csdldc::check_number;
use super::gate::{Caller, json};
use super::refusal::Refusal;
use super::state::Shared;
use crate::world::same_name;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    ticket: String,
    name: Option<String>,
    id_number: Option<String>,
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// `VALID`, `OTHER_NAME`, `USED`, `OTHER_TRAIN` or `NOT_FOUND`.
    result: &'static str,
    train: Option<String>,
    txn_id: String,
}

/// A ticket of the demonstration.
#[derive(Debug, Deserialize)]
struct Ticket {
    ticket: String,
    train: String,
    full_name: String,
    id_number: String,
    state: String,
}

fn tickets() -> impl Iterator<Item = Ticket> {
    let text = include_str!("../../data/demo-tickets.csv");
    csv::Reader::from_reader(text.as_bytes()).into_deserialize().filter_map(Result::ok)
}

/// `POST /mock/rail/v1/check-ticket`
pub async fn check(
    State(_shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Json<Answer>, Refusal> {
    let question: Question = json(&body)?;
    if question.ticket.is_empty() || question.ticket.len() > 64 {
        return Err(Refusal::bad("ticket: must have 1–64 characters"));
    }
    question.id_number.as_deref().map_or(Ok(()), check_number)?;
    let found = tickets().find(|ticket| ticket.ticket == question.ticket);
    let train = found.as_ref().map(|ticket| ticket.train.clone());
    let result = match &found {
        None => "NOT_FOUND",
        Some(ticket) if question.id_number.as_ref().is_some_and(|number| *number != ticket.id_number) => {
            "OTHER_NAME"
        }
        Some(ticket) if question.name.as_ref().is_some_and(|name| !same_name(name, &ticket.full_name)) => {
            "OTHER_NAME"
        }
        Some(ticket) => match ticket.state.as_str() {
            "used" => "USED",
            "other_train" => "OTHER_TRAIN",
            _ => "VALID",
        },
    };
    Ok(Json(Answer { result, train, txn_id: caller.txn_id }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ticket_of_the_demonstration_can_be_read() {
        assert_eq!(tickets().count(), 4);
    }
}
