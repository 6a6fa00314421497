//! Questions to registers: written with the passage, asked again while unanswered, owner data erased in time.

use sqlx::Row as _;
use uuid::Uuid;
use wire::payload::Vehicle;
use wire::{Envelope, Payload, Sealed};

use super::commit::next_feed_id;
use super::{Store, StoreError, Writer, alerts};
use crate::matching::registry::{Finding, RegistryStatus};
use crate::passages::Judgement;
use crate::registers::vehreg::Answer;

/// A question as it is written down, with its answer if there was one.
#[derive(Debug, Clone)]
pub struct LookupRow {
    /// Correlation id that was sent.
    pub lookup_id: Uuid,
    /// Plate that was asked for.
    pub plate: String,
    /// Vehicle group.
    pub vehicle_group: Option<String>,
    /// Colour of the plate.
    pub plate_colour: Option<String>,
    /// Account in whose name it was asked.
    pub officer: String,
    /// Unit code.
    pub unit: String,
    /// Purpose code.
    pub purpose: String,
    /// Moment the answer has to hold for, ms.
    pub as_of_ms: i64,
    /// When it was asked, ms.
    pub asked_at_ms: i64,
    /// The answer.
    pub answer: Option<Answer>,
    /// What does not fit.
    pub findings: Vec<Finding>,
    /// When to ask again, ms; none when answered or when asking again is useless.
    pub next_try_at_ms: Option<i64>,
    /// When the owner is to be forgotten, ms.
    pub expires_at_ms: i64,
}

/// A question that waits for its answer.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its row.
    pub lookup_id: String,
    /// Its passage.
    pub passage_id: String,
    /// The plate.
    pub plate: String,
    /// Vehicle group.
    pub vehicle_group: Option<String>,
    /// Colour of the plate.
    pub plate_colour: Option<String>,
    /// Moment the answer has to hold for, ms.
    pub as_of_ms: i64,
    /// Times asked.
    pub attempts: i64,
}

/// Answer columns of a row: status, transaction, vehicle, owner, findings.
struct Columns {
    status: &'static str,
    txn_id: Option<String>,
    vehicle: Option<String>,
    owner: Option<String>,
    findings: String,
}

fn columns(answer: Option<&Answer>, findings: &[Finding]) -> Result<Columns, StoreError> {
    let encode = |error: serde_json::Error| StoreError::Query(sqlx::Error::Encode(error.into()));
    Ok(Columns {
        status: answer.map_or(RegistryStatus::Unavailable, |answer| answer.status).as_str(),
        txn_id: answer.and_then(|answer| answer.txn_id.clone()),
        vehicle: answer
            .and_then(|a| a.vehicle.as_ref())
            .map(serde_json::to_string)
            .transpose()
            .map_err(encode)?,
        owner: answer
            .and_then(|a| a.owner.as_ref())
            .map(serde_json::to_string)
            .transpose()
            .map_err(encode)?,
        findings: serde_json::to_string(findings).map_err(encode)?,
    })
}

/// A newer question takes the place of those that still wait.
pub(in crate::store) async fn supersede(writer: &mut Writer, passage_id: &str) -> Result<(), StoreError> {
    sqlx::query("update registry_lookups set next_try_at_ms = null where passage_id = $1 and next_try_at_ms is not null")
        .bind(passage_id)
        .execute(&mut **writer)
        .await?;
    Ok(())
}

/// Writes a question of a passage.
pub(in crate::store) async fn insert(
    writer: &mut Writer,
    passage_id: &str,
    lookup: &LookupRow,
) -> Result<(), StoreError> {
    let columns = columns(lookup.answer.as_ref(), &lookup.findings)?;
    sqlx::query(
        "insert into registry_lookups (lookup_id, passage_id, register, plate, vehicle_group, officer, unit, purpose,
            as_of_ms, asked_at_ms, status, txn_id, vehicle, owner, findings, attempts, next_try_at_ms, expires_at_ms,
            plate_colour)
         values ($1, $2, 'vehreg', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $15, $16, $17)",
    )
    .bind(lookup.lookup_id.to_string())
    .bind(passage_id)
    .bind(&lookup.plate)
    .bind(&lookup.vehicle_group)
    .bind(&lookup.officer)
    .bind(&lookup.unit)
    .bind(&lookup.purpose)
    .bind(lookup.as_of_ms)
    .bind(lookup.asked_at_ms)
    .bind(columns.status)
    .bind(columns.txn_id)
    .bind(columns.vehicle)
    .bind(columns.owner)
    .bind(columns.findings)
    .bind(lookup.next_try_at_ms)
    .bind(lookup.expires_at_ms)
    .bind(&lookup.plate_colour)
    .execute(&mut **writer)
    .await?;
    Ok(())
}

impl Store {
    /// Questions whose time has come, oldest first.
    pub async fn lookups_due(&self, now_ms: i64, limit: i64) -> Result<Vec<Waiting>, StoreError> {
        let rows = sqlx::query(
            "select lookup_id, passage_id, plate, vehicle_group, as_of_ms, attempts, plate_colour from registry_lookups
             where next_try_at_ms <= $1 order by next_try_at_ms limit $2",
        )
        .bind(now_ms)
        .bind(limit)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Waiting {
                    lookup_id: row.try_get(0)?,
                    passage_id: row.try_get(1)?,
                    plate: row.try_get(2)?,
                    vehicle_group: row.try_get(3)?,
                    as_of_ms: row.try_get(4)?,
                    attempts: row.try_get(5)?,
                    plate_colour: row.try_get(6)?,
                })
            })
            .collect()
    }

    /// What the camera saw of a passage: the newest envelope of it.
    pub async fn seen_vehicle(&self, passage_id: &str) -> Result<Option<Vehicle>, StoreError> {
        let row = sqlx::query("select message from events where id = $1 order by phase desc limit 1")
            .bind(passage_id)
            .fetch_optional(self.read())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let message: String = row.try_get(0)?;
        let damaged =
            |problem: String| StoreError::Damaged { table: "events", id: passage_id.to_owned(), problem };
        let sealed =
            Sealed::parse(message.as_bytes(), usize::MAX).map_err(|error| damaged(error.to_string()))?;
        let envelope =
            Envelope::open(sealed.unverified_body()).map_err(|error| damaged(error.to_string()))?;
        Ok(match envelope.payload {
            Payload::Vehicle(vehicle) => Some(vehicle),
            _ => None,
        })
    }

    /// Another try failed; `next_try_at_ms` is none when asking again is useless.
    pub async fn lookup_failed(
        &self,
        lookup_id: &str,
        now_ms: i64,
        next_try_at_ms: Option<i64>,
    ) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        sqlx::query(
            "update registry_lookups set attempts = attempts + 1, asked_at_ms = $2, next_try_at_ms = $3 where lookup_id = $1",
        )
        .bind(lookup_id)
        .bind(now_ms)
        .bind(next_try_at_ms)
        .execute(&mut *writer)
        .await?;
        Ok(writer.commit().await?)
    }

    /// A late answer: the passage gets it, and its alerts are raised. Returns the newest feed row and the alerts raised.
    pub async fn lookup_answered(
        &self,
        waiting: &Waiting,
        answer: &Answer,
        judgement: &Judgement,
        now_ms: i64,
    ) -> Result<(Option<i64>, u64), StoreError> {
        let columns = columns(Some(answer), &judgement.findings)?;
        let mut writer = self.write().await?;
        sqlx::query(
            "update registry_lookups set attempts = attempts + 1, asked_at_ms = $2, next_try_at_ms = null, status = $3,
                txn_id = $4, vehicle = $5, owner = $6, findings = $7 where lookup_id = $1",
        )
        .bind(&waiting.lookup_id)
        .bind(now_ms)
        .bind(columns.status)
        .bind(columns.txn_id)
        .bind(&columns.vehicle)
        .bind(columns.owner)
        .bind(columns.findings)
        .execute(&mut *writer)
        .await?;
        let row = sqlx::query(
            "select site, camera, reading, captured_at_ms, thumbnail from passages where id = $1 and lookup_id = $2",
        )
        .bind(&waiting.passage_id)
        .bind(&waiting.lookup_id)
        .fetch_optional(&mut *writer)
        .await?;
        // A settled envelope with another reading has taken the place of this question.
        let Some(row) = row else {
            writer.commit().await?;
            return Ok((None, 0));
        };
        let (site, camera): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let reading: Option<wire::payload::PlateReading> =
            row.try_get::<Option<String>, _>(2)?.and_then(|text| serde_json::from_str(&text).ok());
        let mut feed_id = next_feed_id(&mut writer, "passage", &waiting.passage_id, &site, now_ms).await?;
        sqlx::query(
            "update passages set feed_id = $2, registry = $3, vehicle = $4, owner_masked = $5 where id = $1",
        )
        .bind(&waiting.passage_id)
        .bind(feed_id)
        .bind(columns.status)
        .bind(&columns.vehicle)
        .bind(answer.owner.as_ref().map(|owner| crate::masking::mask_name(&owner.kind, &owner.name)))
        .execute(&mut *writer)
        .await?;
        let context = alerts::Context {
            passage_id: &waiting.passage_id,
            site: &site,
            camera: &camera,
            plate_display: reading.as_ref().map_or("", |reading| reading.display.as_str()),
            plate_kind: reading.as_ref().and_then(|reading| reading.kind.as_deref()),
            plate_colour: reading.as_ref().and_then(alerts::plate_colour),
            plate_lines: reading.as_ref().map_or(1, |reading| i64::from(reading.lines)),
            captured_at_ms: row.try_get(3)?,
            thumbnail: row.try_get(4)?,
            now_ms,
        };
        let raised = alerts::raise(&mut writer, &context, &judgement.alerts).await?;
        feed_id = feed_id.max(raised.feed_id.unwrap_or(0));
        writer.commit().await?;
        Ok((Some(feed_id), raised.count))
    }

    /// Erases owners whose time is over. Returns how many.
    pub async fn forget_owners(&self, now_ms: i64) -> Result<u64, StoreError> {
        let mut writer = self.write().await?;
        sqlx::query(
            "update passages set owner_masked = null where owner_masked is not null and lookup_id in
                (select lookup_id from registry_lookups where owner is not null and expires_at_ms <= $1)",
        )
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        let done = sqlx::query(
            "update registry_lookups set owner = null where owner is not null and expires_at_ms <= $1",
        )
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        writer.commit().await?;
        Ok(done.rows_affected())
    }
}
