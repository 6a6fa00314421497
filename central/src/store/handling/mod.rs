//! Handlings: the document with its log in one transaction, parties and answers sealed beside it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use super::rows::row;
use super::{Store, StoreError, Writer};
use crate::handling::{Handling, PartyKind, State, Stepped};
use crate::sealing::DataKey;

pub mod citizens;
pub mod erase;
pub mod figures;
#[cfg(test)]
mod fixtures;
pub mod map;
pub mod read;
pub mod write;

pub use write::{Sealed, Tried};

/// What a party's number and address are sealed as.
pub(in crate::store) const PERSON: &str = "handling_parties.person";
/// What the keyed digest of a citizen's number is made as.
pub const NUMBER: &str = "handling_parties.number";
/// What answers are sealed as.
pub(in crate::store) const TEXT: &str = "handling_answers.text";
/// What attachments are sealed as.
pub(in crate::store) const CONTENT: &str = "handling_attachments.content";
/// What codes of notices are sealed as.
pub(in crate::store) const CODE: &str = "handling_codes.code";
/// What a citizen's name is sealed as.
pub(in crate::store) const NAME: &str = "citizen_sessions.name";

/// Who somebody is. Lies sealed; never in a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Person or organisation.
    pub kind: PartyKind,
    /// Name.
    pub name: String,
    /// Identity number, or the organisation's code.
    pub id_number: String,
    /// Address.
    #[serde(default)]
    pub address: String,
    /// Number of the driving licence.
    #[serde(default)]
    pub licence_no: Option<String>,
    /// Its class.
    #[serde(default)]
    pub licence_class: Option<String>,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Person(redacted)")
    }
}

row! {
    /// A handling in a list.
    HandlingRow {
        /// Id.
        handling_id: String,
        /// Number to show.
        number: String,
        /// State.
        state: String,
        /// The document.
        document: String,
        /// When it changed.
        updated_at_ms: i64,
        /// End of the open deadline that ends first.
        due_at_ms: Option<i64>,
        /// When it was closed, whatever way.
        ended_at_ms: Option<i64>,
    }
}

row! {
    /// A line of the log.
    LogRow {
        /// Number within the handling.
        seq: i64,
        /// When.
        at_ms: i64,
        /// Who.
        actor: String,
        /// Acting as.
        role: String,
        /// Unit.
        unit: String,
        /// What.
        what: String,
        /// State before.
        from_state: String,
        /// State after.
        to_state: String,
        /// Legal basis.
        basis: String,
        /// Why.
        reason: Option<String>,
        /// The rest.
        detail: String,
        /// Law version.
        law_version: i64,
        /// Hash of the line before.
        prior: Option<String>,
        /// Hash.
        hash: String,
    }
}

row! {
    /// An attachment, without its content.
    AttachmentRow {
        /// Id.
        attachment_id: String,
        /// The answer that it came with.
        answer: i64,
        /// File name, made safe.
        name: String,
        /// Type, found in the content.
        media_type: String,
        /// Size.
        bytes: i64,
    }
}

row! {
    /// A case within a handling.
    CaseRow {
        /// Case.
        case_id: String,
        /// Its handling.
        handling_id: String,
        /// How the public page names it.
        case_ref: String,
    }
}

/// Reads a stored document.
pub(in crate::store) fn document(id: &str, text: &str) -> Result<Handling, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged {
        table: "handlings",
        id: id.to_owned(),
        problem: error.to_string(),
    })
}

/// A file that came with an answer.
#[derive(Clone)]
pub struct Attachment {
    /// File name, made safe.
    pub name: String,
    /// Type, found in the content.
    pub media_type: &'static str,
    /// Content.
    pub content: bytes::Bytes,
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Attachment({}, {} bytes)", self.media_type, self.content.len())
    }
}

/// 128 random bits in base32 (Crockford's letters), 26 characters.
pub fn random_ref() -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut bits: u128 = rand::random();
    (0..26)
        .map(|_| {
            let letter = LETTERS[(bits & 31) as usize] as char;
            bits >>= 5;
            letter
        })
        .collect()
}

/// Series of numbers, with the last one that was used.
pub(in crate::store) type Series = BTreeMap<&'static str, i64>;

pub(in crate::store) fn json_text<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Query(sqlx::Error::Encode(error.into())))
}

/// Columns that are copied out of a document, for lists and figures.
pub(in crate::store) struct Columns {
    pub noticed: Option<i64>,
    pub decided: Option<i64>,
    pub paid_at: Option<i64>,
    pub overdue: bool,
    pub next: Option<i64>,
    pub due: Option<i64>,
    pub ended: Option<i64>,
    pub amount: i64,
    pub paid: i64,
}

pub(in crate::store) fn columns(h: &Handling) -> Columns {
    let ms = |at: jiff::Timestamp| at.as_millisecond();
    let signed = h.decision.as_ref().and_then(|paper| paper.signed_at);
    let settled = matches!(h.state, State::Paid | State::Cleared | State::Closed) && h.joined_into.is_none();
    Columns {
        noticed: h.notice.as_ref().and_then(|paper| paper.sent_at).map(ms),
        decided: signed.map(ms),
        paid_at: h.money.payments.iter().map(|payment| ms(payment.at)).max().filter(|_| settled),
        overdue: matches!(h.state, State::Overdue | State::Enforcement),
        next: h.next_at().map(ms),
        due: h.due().map(|deadline| ms(deadline.due.at)).filter(|_| !h.state.is_final()),
        ended: h.ended_at.map(ms),
        amount: h.fine.as_ref().filter(|_| signed.is_some()).map_or(0, |fine| fine.total),
        paid: h.paid(),
    }
}

/// The last number of each series of a unit in a year.
pub(in crate::store) async fn series(
    writer: &mut Writer,
    unit: &str,
    year: i64,
) -> Result<Series, StoreError> {
    let rows = sqlx::query("select kind, last from handling_series where unit = $1 and year = $2")
        .bind(unit)
        .bind(year)
        .fetch_all(&mut **writer)
        .await?;
    let mut known = Series::new();
    for row in rows {
        let kind: String = row.try_get(0)?;
        if let Some(kind) =
            ["handling", "notice", "minutes", "decision", "transfer"].into_iter().find(|one| *one == kind)
        {
            known.insert(kind, row.try_get(1)?);
        }
    }
    Ok(known)
}

/// Uses the next number of a series.
pub(in crate::store) async fn use_number(
    writer: &mut Writer,
    unit: &str,
    year: i64,
    kind: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into handling_series (unit, year, kind, last) values ($1, $2, $3, 1)
         on conflict (unit, year, kind) do update set last = handling_series.last + 1",
    )
    .bind(unit)
    .bind(year)
    .bind(kind)
    .execute(&mut **writer)
    .await?;
    Ok(())
}

/// The hash of a line, by the chain that cases have too.
fn link(prior: Option<&str>, body: &str) -> String {
    let prior = prior.and_then(wire::Digest::from_hex);
    crate::cases::chain::link(prior, body.as_bytes()).to_string()
}

impl Store {
    /// Checks a handling's chain; the number of the first line that does not fit, if one does not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handling_chain(&self, handling_id: &str) -> Result<Option<i64>, StoreError> {
        let mut prior: Option<String> = None;
        for (index, line) in self.handling_log(handling_id).await?.into_iter().enumerate() {
            let body = write::body(&line);
            let fits = line.seq == index as i64 + 1
                && line.prior == prior
                && line.hash == link(prior.as_deref(), &body);
            if !fits {
                return Ok(Some(line.seq));
            }
            prior = Some(line.hash);
        }
        Ok(None)
    }
}

/// Opens a sealed person.
pub fn open_person(key: &DataKey, sealed: &str) -> Result<Person, StoreError> {
    let text = key.open(PERSON, sealed)?;
    serde_json::from_str(&text).map_err(|error| StoreError::Damaged {
        table: "handling_parties",
        id: String::new(),
        // The place alone: the text is personal.
        problem: format!("line {} column {}", error.line(), error.column()),
    })
}

/// The party number and what is sealed with a step.
pub(in crate::store) fn party_of(stepped: &Stepped) -> Option<u32> {
    stepped.party
}
