//! Papers of a handling: what their templates print is gathered from the handling, the people behind it, the case's evidence, the
//! device's record, the configuration and the law, and issued as a document. Nothing is invented: what is not known is named, before
//! anybody signs ([`trial`](trial::trial)) and again should it be gone when the document is made.

use jiff::Timestamp;

use super::machine::{Outcome, Refusal};
use super::record::What;
use super::services::Call;
use crate::app::State;
use crate::documents::{DocumentError, Fields, Issue, IssueError, issue as put};
use crate::law::day_of;

mod content;
mod sources;
pub mod trial;

use sources::{Asked, Sources};

/// Where a field that nobody filled in comes from, for who has to fill it in.
const ORIGINS: &[(&str, &str)] = &[
    ("place", "handling.place_vi"),
    ("phone", "handling.phone"),
    ("office", "handling.address"),
    ("made_place", "handling.address"),
    ("treasury", "handling.treasury_vi"),
    ("treasury_account", "handling.treasury_account"),
    ("signer_title", "the signer's account has no rank"),
    ("signer_authority", "the signer's account has no rank"),
    ("device", "no approved device record at that time"),
    ("device_serial", "no approved device record at that time"),
    ("device_user", "the device record names no trained users"),
    ("approval_number", "no approved device record at that time"),
    ("to_address", "the party has no address"),
    ("owner_address", "the party has no address"),
    ("licence_number", "the licence register gave no number"),
    ("licence_class", "the licence register gave no class"),
    ("to_unit", "the address names no commune"),
    ("attachments", "the case has no evidence"),
];

/// Makes the document of an order. Made before and not committed, it is found again and not made twice.
pub async fn issue(state: &State, call: &Call<'_>) -> Outcome {
    let What::Document { paper, number } = &call.order.what else { return Outcome::Away };
    let number = number.clone().unwrap_or_else(|| content::number(call.h, call.order, paper));
    let made = async {
        let known = state.store.documents_of(&call.h.id).await?;
        if let Some(row) = known.into_iter().find(|row| row.kind == *paper && row.number == number) {
            return Ok(row.document_id);
        }
        let asked = Asked { h: call.h, paper, at: call.order.at, person: &call.person, code: &call.code };
        let sources = Sources::gather(state, asked).await?;
        let issue = whole(&sources, paper, &number, call.order.at);
        put(state, issue, Timestamp::now().as_millisecond()).await.map(|row| row.document_id)
    };
    match made.await {
        Ok(id) => Outcome::Done { reference: Some(id), said: serde_json::Value::Null },
        Err(IssueError::Document(error)) => Outcome::Lacks(lacks(&error)),
        Err(error) => {
            tracing::error!(handling = call.h.id, paper, %error, "a document could not be made; tried again later");
            Outcome::Away
        }
    }
}

fn whole(sources: &Sources<'_>, paper: &str, number: &str, at: Timestamp) -> Issue {
    let fields: Fields = content::fields(sources, paper);
    Issue {
        kind: paper.to_owned(),
        case_id: sources.h.id.clone(),
        number: number.to_owned(),
        issued_on: day_of(at),
        unit: sources.settings.unit_vi.clone(),
        plate_masked: Some(content::mask_plate(&sources.h.vehicle.plate_display)),
        signer: sources.signer_name().to_owned(),
        signed_by: sources.signer.as_ref().map(|account| account.username.clone()).unwrap_or_default(),
        law_version: sources.h.law_version,
        fields,
    }
}

/// What a document lacks, each with where it comes from.
fn lacks(error: &DocumentError) -> Vec<String> {
    let origin = |name: &String| {
        let known = ORIGINS.iter().find(|(field, _)| field == name);
        known.map_or_else(|| name.clone(), |(field, origin)| format!("{field} ({origin})"))
    };
    match error {
        DocumentError::Missing { missing, .. } => missing.iter().map(origin).collect(),
        other => vec![other.to_string()],
    }
}

fn incomplete(lacks: &[String]) -> Refusal {
    let lacks = lacks.join(", ");
    Refusal::new(
        "document_incomplete",
        format!("chưa đủ nội dung của văn bản: {lacks}"),
        format!("the document lacks {lacks}"),
    )
}
