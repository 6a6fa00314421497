//! Cases in the database. A state is written by [`steps`] alone; `confirmed` and `rejected` by [`review::answers`] alone, from a
//! [`Verdict`](crate::cases::review::Verdict), which only the review makes.

pub mod adapter;
pub mod devices;
pub mod figures;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod lock;
pub mod lookups;
pub mod open;
pub mod own_plates;
pub mod read;
pub mod review;
pub mod screen;
pub mod seeded;
pub mod steps;
pub mod sweep;
pub mod void;

use serde::de::DeserializeOwned;
use sqlx::Row as _;
use wire::EvidenceRef;
use wire::violation::Violation;

use super::rows::row;
use super::{Store, StoreError, Writer};
use crate::cases::flags::{CloneSign, Flag};
use crate::cases::gate::GateReport;
use crate::cases::state::State;

row! {
    /// A case as it is stored. Columns are as the schema describes them.
    CaseRow {
        /// Id.
        case_id: String,
        /// `VP-2026-000123`.
        number: String,
        /// The agent's event.
        event_id: Option<String>,
        /// `own`, or a third party's source.
        source: String,
        /// The third party's id.
        external_id: Option<String>,
        /// Site.
        site: String,
        /// Camera.
        camera: String,
        /// Agent.
        agent: Option<String>,
        /// Kind of violation.
        kind: String,
        /// Class of vehicle.
        class: String,
        /// When it happened.
        at_ms: i64,
        /// Half-width of the interval that holds that moment.
        uncertainty_ms: i64,
        /// How the time was found.
        time_source: String,
        /// When central got it.
        received_at_ms: i64,
        /// When the case was opened.
        opened_at_ms: i64,
        /// Score, `0..=1`.
        score: f64,
        /// Place, Vietnamese.
        place_vi: String,
        /// Place, English.
        place_en: String,
        /// State.
        state: String,
        /// Round.
        round: i64,
        /// 1 when its kind is serious.
        serious: i64,
        /// 1 when two people must agree.
        second: i64,
        /// 1 when it was escalated.
        escalated: i64,
        /// Canonical plate as read.
        plate: Option<String>,
        /// The same as printed.
        plate_display: Option<String>,
        /// Its colour.
        plate_colour: Option<String>,
        /// Plate as confirmed.
        plate_typed: Option<String>,
        /// JSON of the violation; null once erased.
        violation: Option<String>,
        /// JSON of its evidence.
        evidence: String,
        /// JSON of the models.
        models: String,
        /// Decision behind the sign, as a third party names it.
        sign_decision: Option<String>,
        /// JSON of what the gate found.
        gate: Option<String>,
        /// JSON of flags.
        flags: String,
        /// JSON of related cases and signs.
        related: String,
        /// The earlier case of the same act.
        duplicate_of: Option<String>,
        /// Version of the device's record.
        device_version: Option<i64>,
        /// Version of the law.
        law_version: Option<String>,
        /// Until when the notice must be sent.
        notice_due_ms: Option<i64>,
        /// End of the statute.
        statute_ms: Option<i64>,
        /// Behaviour: proposed, then confirmed.
        behaviour: Option<String>,
        /// JSON of the people behind a confirmed case.
        confirmation: Option<String>,
        /// 1 for a known case.
        seeded: i64,
        /// What a known case is.
        expected: Option<String>,
        /// What a known case was made from.
        seeded_from: Option<String>,
        /// Who asked for it to be void.
        void_by: Option<String>,
        /// When.
        void_at_ms: Option<i64>,
        /// Why.
        void_reason: Option<String>,
        /// When it ended.
        closed_at_ms: Option<i64>,
        /// When its personal data goes.
        delete_at_ms: Option<i64>,
        /// When it went.
        erased_at_ms: Option<i64>,
        /// Who put a legal hold on it.
        hold_by: Option<String>,
        /// When.
        hold_at_ms: Option<i64>,
        /// Why.
        hold_reason: Option<String>,
        /// The handling that took it.
        handling_id: Option<String>,
        /// When it last changed.
        changed_at_ms: i64,
    }
}

/// Cases that are the same act, and signs of a plate on two vehicles.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Related {
    /// Other cases of the same act, by id.
    pub duplicates: Vec<String>,
    /// Signs.
    pub clones: Vec<CloneSign>,
}

impl CaseRow {
    fn damaged(&self, problem: impl std::fmt::Display) -> StoreError {
        StoreError::Damaged { table: "cases", id: self.case_id.clone(), problem: problem.to_string() }
    }

    fn json<T: DeserializeOwned>(&self, text: &str) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|error| self.damaged(error))
    }

    /// Its state.
    ///
    /// # Errors
    /// When the row holds another word.
    pub fn state(&self) -> Result<State, StoreError> {
        State::parse(&self.state).ok_or_else(|| self.damaged("state"))
    }

    /// The violation; none once erased.
    ///
    /// # Errors
    /// When the row cannot be read.
    pub fn violation(&self) -> Result<Option<Violation>, StoreError> {
        self.violation.as_deref().map(|text| self.json(text)).transpose()
    }

    /// Its evidence.
    ///
    /// # Errors
    /// When the row cannot be read.
    pub fn evidence(&self) -> Result<Vec<EvidenceRef>, StoreError> {
        self.json(&self.evidence)
    }

    /// What the gate found.
    ///
    /// # Errors
    /// When the row cannot be read.
    pub fn gate(&self) -> Result<Option<GateReport>, StoreError> {
        self.gate.as_deref().map(|text| self.json(text)).transpose()
    }

    /// Its flags.
    ///
    /// # Errors
    /// When the row cannot be read.
    pub fn flags(&self) -> Result<Vec<Flag>, StoreError> {
        self.json(&self.flags)
    }

    /// What is related.
    ///
    /// # Errors
    /// When the row cannot be read.
    pub fn related(&self) -> Result<Related, StoreError> {
        self.json(&self.related)
    }

    /// When it happened.
    pub fn at(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.at_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

/// A confirmed case that no handling has taken yet.
#[derive(Debug, Clone)]
pub struct Confirmed {
    /// The case.
    pub case_id: String,
    /// When it was confirmed, milliseconds.
    pub at_ms: i64,
}

/// Cases, with everything that is asked and written about them.
#[derive(Debug, Clone, Copy)]
pub struct Cases<'a>(&'a Store);

impl Store {
    /// Cases.
    pub fn cases(&self) -> Cases<'_> {
        Cases(self)
    }
}

impl Cases<'_> {
    /// One case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get(&self, case_id: &str) -> Result<Option<CaseRow>, StoreError> {
        let row = sqlx::query("select * from cases where case_id = $1")
            .bind(case_id)
            .fetch_optional(self.0.read())
            .await?;
        Ok(row.as_ref().map(CaseRow::read).transpose()?)
    }

    /// Confirmed cases that wait for a handling, oldest first. Known cases are never among them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn confirmed_waiting(&self, limit: u32) -> Result<Vec<Confirmed>, StoreError> {
        let rows = sqlx::query(
            "select case_id, at_ms from case_confirmed where taken_at_ms is null order by at_ms, case_id limit $1",
        )
        .bind(i64::from(limit))
        .fetch_all(self.0.read())
        .await?;
        rows.iter().map(|row| Ok(Confirmed { case_id: row.try_get(0)?, at_ms: row.try_get(1)? })).collect()
    }

    /// Confirmed cases after a moment, taken or not, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn confirmed_since(&self, after_ms: i64, limit: u32) -> Result<Vec<Confirmed>, StoreError> {
        let rows = sqlx::query(
            "select case_id, at_ms from case_confirmed where at_ms > $1 order by at_ms, case_id limit $2",
        )
        .bind(after_ms)
        .bind(i64::from(limit))
        .fetch_all(self.0.read())
        .await?;
        rows.iter().map(|row| Ok(Confirmed { case_id: row.try_get(0)?, at_ms: row.try_get(1)? })).collect()
    }
}

impl Cases<'_> {
    /// A handling takes a confirmed case, in a transaction of its own. False when another has it, or it is void by now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(&self, case_id: &str, handling_id: &str, now_ms: i64) -> Result<bool, StoreError> {
        let mut writer = self.0.write().await?;
        let done = taken(&mut writer, case_id, handling_id, now_ms).await?;
        writer.commit().await?;
        Ok(done)
    }
}

/// A handling takes a confirmed case, in the handling's own transaction. False when another has it, or it is void by now.
///
/// # Errors
/// When the database fails.
pub(in crate::store) async fn taken(
    writer: &mut Writer,
    case_id: &str,
    handling_id: &str,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "update case_confirmed set taken_at_ms = $3, handling_id = $2
         where case_id = $1 and taken_at_ms is null
           and exists (select 1 from cases c where c.case_id = $1 and c.state = 'confirmed')",
    )
    .bind(case_id)
    .bind(handling_id)
    .bind(now_ms)
    .execute(&mut **writer)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("update cases set handling_id = $2, changed_at_ms = $3 where case_id = $1")
        .bind(case_id)
        .bind(handling_id)
        .bind(now_ms)
        .execute(&mut **writer)
        .await?;
    Ok(true)
}

/// One case, inside a transaction.
async fn locked(writer: &mut Writer, case_id: &str) -> Result<Option<CaseRow>, StoreError> {
    // The update takes the row's lock on PostgreSQL; SQLite's writer is alone anyway.
    let row = sqlx::query("update cases set changed_at_ms = changed_at_ms where case_id = $1 returning *")
        .bind(case_id)
        .fetch_optional(&mut **writer)
        .await?;
    Ok(row.as_ref().map(CaseRow::read).transpose()?)
}

fn encode<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Query(sqlx::Error::Encode(error.into())))
}
