//! Known cases: made from ended ones, waiting in the queue like any other, never handled, in no statistics.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use wire::violation::Violation;

use super::open::{insert_evidence, next_number};
use super::steps::{Note, Settable, Who, go};
use super::{CaseRow, Cases, StoreError, encode, locked};
use crate::cases::state::{Action, Decision, State};

/// Why a known case was not made.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// There is no such case, or nothing of it is left.
    #[error("there is no case {0} with its evidence")]
    NoCase(String),
    /// People have not decided about it.
    #[error("case {0} is neither confirmed nor rejected: what it is must be known first")]
    NotDecided(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Cases<'_> {
    /// Makes a known case from a confirmed or rejected one. It gets a number and id of its own, and its times move by whole days, so
    /// that its age is that of the queue. Returns its number.
    ///
    /// # Errors
    /// [`SeedError`].
    pub async fn seed_from(&self, case_id: &str, expected: Option<Decision>, by: &str, now: Timestamp) -> Result<String, SeedError> {
        let missing = || SeedError::NoCase(case_id.to_owned());
        let case = match self.get(case_id).await? {
            Some(case) => case,
            None => self.by_number(case_id).await?.ok_or_else(missing)?,
        };
        let expected = match (expected, case.state()?) {
            (Some(expected), _) => expected,
            (None, State::Confirmed) => Decision::Approve,
            (None, State::Rejected) => Decision::Reject,
            (None, _) => return Err(SeedError::NotDecided(case_id.to_owned())),
        };
        if case.erased_at_ms.is_some() || case.violation.is_none() {
            return Err(missing());
        }
        Ok(self.copy(&case, expected, by, now).await?)
    }

    /// The case of this number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn by_number(&self, number: &str) -> Result<Option<CaseRow>, StoreError> {
        let row = sqlx::query("select * from cases where number = $1").bind(number).fetch_optional(self.0.read()).await?;
        Ok(row.as_ref().map(CaseRow::read).transpose()?)
    }

    async fn copy(&self, case: &CaseRow, expected: Decision, by: &str, now: Timestamp) -> Result<String, StoreError> {
        let now_ms = now.as_millisecond();
        // Whole days, so that light and hour stay; an hour at least in the past.
        let days = (now_ms - 3_600_000 - case.at_ms).div_euclid(86_400_000).max(0);
        let shift = SignedDuration::from_hours(24 * days);
        let violation = case.violation()?.map(|violation| shifted(violation, shift));
        let ms = |at: i64| at + days * 86_400_000;
        let at = case.at() + shift;
        let new_id = Uuid::now_v7().to_string();
        let mut writer = self.0.write().await?;
        let number = next_number(&mut writer, at).await?;
        sqlx::query(
            "insert into cases (case_id, number, source, site, camera, agent, kind, class, at_ms, uncertainty_ms, time_source,
                received_at_ms, opened_at_ms, score, place_vi, place_en, state, round, serious, second, escalated, plate,
                plate_display, plate_colour, violation, evidence, models, gate, flags, related, device_version, law_version,
                notice_due_ms, statute_ms, behaviour, seeded, expected, seeded_from, changed_at_ms)
             select $2, $3, source, site, camera, agent, kind, class, $4, uncertainty_ms, time_source, $5, $6, score, place_vi,
                place_en, 'detected', 1, serious, second, 0, plate, plate_display, plate_colour, $7, evidence, models, gate, flags,
                '{}', device_version, law_version, notice_due_ms + $8, statute_ms + $8, behaviour, 1, $9, case_id, $10
             from cases where case_id = $1",
        )
        .bind(&case.case_id)
        .bind(&new_id)
        .bind(&number)
        .bind(ms(case.at_ms))
        .bind(ms(case.received_at_ms).min(now_ms))
        .bind(ms(case.opened_at_ms).min(now_ms))
        .bind(encode(&violation)?)
        .bind(days * 86_400_000)
        .bind(expected.as_str())
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        insert_evidence(&mut writer, &new_id, &case.evidence()?).await?;
        sqlx::query(
            "insert into case_lookups (case_id, plate, asked_by, purpose, as_of_ms, asked_at_ms, status, txn_id, vehicle,
                owner_sealed, findings)
             select $2, plate, asked_by, purpose, as_of_ms, asked_at_ms, status, txn_id, vehicle, owner_sealed, findings
             from case_lookups where case_id = $1",
        )
        .bind(&case.case_id)
        .bind(&new_id)
        .execute(&mut *writer)
        .await?;
        if let Some(copy) = locked(&mut writer, &new_id).await? {
            // Its log begins as every other's does.
            let opened_ms = copy.opened_at_ms;
            go(&mut writer, &copy, (Action::Admit, Settable::Screened), &Who::system(), Note::default(), opened_ms).await?;
        }
        writer.commit().await?;
        let mut audit = crate::store::audit::AuditRow::new(now_ms, by, "case.seed").on("case", &new_id);
        audit.purpose = Some("measure_reviewers".to_owned());
        self.0.audit(&audit).await?;
        Ok(number)
    }
}

/// The violation with every time moved.
fn shifted(mut violation: Violation, by: SignedDuration) -> Violation {
    for moment in &mut violation.moments {
        moment.at += by;
    }
    for span in &mut violation.timeline {
        span.from += by;
        span.to += by;
    }
    if let Some(clip) = &mut violation.clip {
        clip.from += by;
        clip.to += by;
    }
    violation.track.first += by;
    violation.track.last += by;
    violation
}
