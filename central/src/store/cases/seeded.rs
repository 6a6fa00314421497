//! Known cases: made from ended ones, waiting in the queue like any other, never handled, in no statistics.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use wire::violation::Violation;

use super::super::evidence::{self, StoredPicture};
use super::open::{insert_evidence, next_number};
use super::steps::{Note, Settable, Who, go};
use super::{CaseRow, Cases, Related, StoreError, encode, locked};
use crate::cases::flags::Flag;
use crate::cases::known::Copied;
use crate::cases::state::{Action, Decision};
use crate::store::audit::AuditRow;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A known case that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeded {
    /// Its number.
    pub number: String,
    /// Whether an answer of the register about its owner came along.
    pub owner_known: bool,
}

impl Cases<'_> {
    /// The case of this number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn by_number(&self, number: &str) -> Result<Option<CaseRow>, StoreError> {
        let row = sqlx::query("select * from cases where number = $1")
            .bind(number)
            .fetch_optional(self.0.read())
            .await?;
        Ok(row.as_ref().map(CaseRow::read).transpose()?)
    }

    /// Numbers of decided cases that may be made into known ones and are none yet, in no order that tells anything.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seedable(&self, count: u32) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "select number from cases c where state in ('confirmed', 'rejected') and seeded = 0 and erased_at_ms is null
               and violation is not null and gate is not null
               and not exists (select 1 from cases k where k.seeded_from = c.case_id)
             order by random() limit $1",
        )
        .bind(i64::from(count))
        .fetch_all(self.0.read())
        .await?)
    }

    /// Writes a known case that shows what `case` shows, with files of its own. Its times move by whole days, so that light and hour stay;
    /// it comes in now, as one that its device could not send earlier.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seed(
        &self,
        case: &CaseRow,
        expected: Decision,
        files: &[Copied],
        by: &str,
        now: Timestamp,
    ) -> Result<Seeded, StoreError> {
        let now_ms = now.as_millisecond();
        // An hour at least in the past.
        let days = (now_ms - HOUR_MS - case.at_ms).div_euclid(DAY_MS).max(0);
        let (shift, at_ms) = (SignedDuration::from_hours(24 * days), case.at_ms + days * DAY_MS);
        let violation = case.violation()?.map(|violation| retold(violation, shift, files));
        let evidence: Vec<_> = files.iter().map(|file| file.evidence.clone()).collect();
        let mut related = Related { duplicates: Vec::new(), ..case.related()? };
        for sign in &mut related.clones {
            sign.at_ms = sign.at_ms.map(|at_ms| at_ms + days * DAY_MS);
        }
        let flags: Vec<_> = case.flags()?.into_iter().filter(|flag| *flag != Flag::DuplicateOf).collect();
        let device = self.device_at(&case.site, &case.camera, at_ms).await?.map(|row| row.version);
        let new_id = Uuid::now_v7().to_string();
        let mut writer = self.0.write().await?;
        let number = next_number(&mut writer, case.at() + shift).await?;
        sqlx::query(
            "insert into cases (case_id, number, source, site, camera, agent, kind, class, at_ms, uncertainty_ms, time_source,
                received_at_ms, opened_at_ms, score, place_vi, place_en, state, round, serious, second, escalated, plate,
                plate_display, plate_colour, violation, evidence, models, sign_decision, gate, flags, related, device_version,
                law_version, notice_due_ms, statute_ms, behaviour, seeded, expected, seeded_from, changed_at_ms)
             select $2, $3, source, site, camera, agent, kind, class, $4, uncertainty_ms, time_source, $5, $5, score, place_vi,
                place_en, 'detected', 1, serious, second, 0, plate, plate_display, plate_colour, $6, $7, models, sign_decision, gate,
                $8, $9, coalesce($10, device_version), law_version, notice_due_ms + $11, statute_ms + $11, behaviour, 1, $12, case_id, $5
             from cases where case_id = $1",
        )
        .bind(&case.case_id)
        .bind(&new_id)
        .bind(&number)
        .bind(at_ms)
        .bind(now_ms)
        .bind(encode(&violation)?)
        .bind(encode(&evidence)?)
        .bind(encode(&flags)?)
        .bind(encode(&related)?)
        .bind(device)
        .bind(days * DAY_MS)
        .bind(expected.as_str())
        .execute(&mut *writer)
        .await?;
        insert_evidence(&mut writer, &new_id, &evidence).await?;
        evidence::insert(&mut writer, &stored(case, files), now_ms).await?;
        let owners = sqlx::query(
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
            let detail = serde_json::json!({ "missing": [], "failed": [], "flags": flags });
            let note = Note { reason: None, detail: Some(detail) };
            go(&mut writer, &copy, (Action::Admit, Settable::Screened), &Who::system(), note, now_ms).await?;
        }
        writer.commit().await?;
        let mut audit = AuditRow::new(now_ms, by, "case.seed").on("case", &new_id);
        audit.purpose = Some("measure_reviewers".to_owned());
        self.0.audit(&audit).await?;
        Ok(Seeded { number, owner_known: owners.rows_affected() > 0 })
    }
}

/// The files of a known case, as sent by the device of the first.
fn stored(case: &CaseRow, files: &[Copied]) -> Vec<StoredPicture> {
    let agent = case.agent.as_deref().unwrap_or("adapter");
    let of = |file: &Copied| StoredPicture {
        sha256: file.evidence.sha256,
        bytes: file.evidence.bytes as usize,
        media_type: file.evidence.role.media_type(),
        site: case.site.clone(),
        agent: agent.to_owned(),
    };
    files.iter().map(of).collect()
}

/// The violation with every time moved, and with the names of its own files.
fn retold(mut violation: Violation, by: SignedDuration, files: &[Copied]) -> Violation {
    for moment in &mut violation.moments {
        moment.at += by;
        if let Some(since) = moment.signal.as_mut().and_then(|signal| signal.since.as_mut()) {
            *since += by;
        }
        moment.evidence = moment
            .evidence
            .and_then(|of| files.iter().find(|file| file.of == of).map(|file| file.evidence.sha256));
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
