//! The register of special machines (excavators, rollers, …), which the police register does not hold. Its rows are those of the
//! demonstration.

use axum::body::Bytes;
use axum::{Extension, Json};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::gate::{Caller, json};
use super::refusal::Refusal;
use super::vehreg::day_in_vietnam;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    plate: String,
    #[serde(default)]
    as_of: Option<Timestamp>,
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// `FOUND` or `NOT_FOUND`.
    status: &'static str,
    machine: Option<String>,
    owner: Option<Owner>,
    txn_id: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Owner {
    kind: String,
    id_number: Option<String>,
    org_code: Option<String>,
    name: String,
    address: String,
}

#[derive(Debug, Deserialize)]
struct Row {
    plate: String,
    machine: String,
    owner_kind: String,
    owner_name: String,
    owner_id: String,
    address: String,
    from: Date,
}

fn rows() -> impl Iterator<Item = Row> {
    let text = include_str!("../../data/demo-machines.csv");
    csv::Reader::from_reader(text.as_bytes()).into_deserialize().filter_map(Result::ok)
}

/// `POST /mock/machines/v1/owner-lookup`
pub async fn owner_lookup(
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Json<Answer>, Refusal> {
    let question: Question = json(&body)?;
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    if !(4..=12).contains(&question.plate.len()) || !question.plate.chars().all(plain) {
        return Err(Refusal::bad("plate: not a plate in canonical form (A-Z0-9, Đ as D)"));
    }
    let day = day_in_vietnam(question.as_of.unwrap_or_else(Timestamp::now));
    let found = rows().find(|row| row.plate == question.plate && row.from <= day);
    let status = if found.is_some() { "FOUND" } else { "NOT_FOUND" };
    let machine = found.as_ref().map(|row| row.machine.clone());
    let owner = found.map(|row| {
        let org = row.owner_kind == "ORG";
        let (id_number, org_code) = if org { (None, Some(row.owner_id)) } else { (Some(row.owner_id), None) };
        Owner { kind: row.owner_kind, id_number, org_code, name: row.owner_name, address: row.address }
    });
    Ok(Json(Answer { status, machine, owner, txn_id: caller.txn_id }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_machine_of_the_demonstration_can_be_read() {
        assert_eq!(rows().count(), 2);
    }
}
