//! What time does to cases: the statute ends, shares of the time to the notice are told, what may no longer be kept is deleted.

use sqlx::Row as _;

use super::steps::{Note, Settable, Who, go};
use super::{CaseRow, Cases, StoreError, locked};
use crate::cases::state::{self, Action, Actor, Way};

/// A share of the time to a notice that has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueAlert {
    /// The case.
    pub case_id: String,
    /// Its site.
    pub site: String,
    /// 50, 80 or 100.
    pub level: i64,
}

impl Cases<'_> {
    /// Ends open cases whose statute is over. Returns their ids and sites.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire(&self, keep_ms: i64, now_ms: i64) -> Result<Vec<(String, String)>, StoreError> {
        let due: Vec<String> = sqlx::query_scalar(
            "select case_id from cases where statute_ms < $1
               and state in ('detected', 'screened', 'review_1', 'review_2', 'review_3', 'duplicate') limit 200",
        )
        .bind(now_ms)
        .fetch_all(self.0.read())
        .await?;
        let mut expired = Vec::new();
        for case_id in due {
            let mut writer = self.0.write().await?;
            let Some(case) = locked(&mut writer, &case_id).await? else { continue };
            let from = case.state()?;
            let Ok(Way::To(to)) = state::way(from, Action::Expire, Actor::System) else { continue };
            let Some(to) = Settable::of(from, to) else { continue };
            sqlx::query("delete from case_claims where case_id = $1")
                .bind(&case_id)
                .execute(&mut *writer)
                .await?;
            sqlx::query("update cases set delete_at_ms = $2 where case_id = $1")
                .bind(&case_id)
                .bind(now_ms + keep_ms)
                .execute(&mut *writer)
                .await?;
            go(&mut writer, &case, (Action::Expire, to), &Who::system(), Note::default(), now_ms).await?;
            writer.commit().await?;
            expired.push((case_id, case.site));
        }
        Ok(expired)
    }

    /// Shares of the time to the notice that have passed and were not told of yet, of cases that people still have to decide.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_alerts(&self, now_ms: i64) -> Result<Vec<DueAlert>, StoreError> {
        let rows = sqlx::query(
            "select case_id, site, at_ms, notice_due_ms from cases c
             where state in ('screened', 'review_1', 'review_2', 'review_3') and seeded = 0 and notice_due_ms is not null
               and 2 * $1 >= at_ms + notice_due_ms
               and coalesce((select max(a.level) from case_alerts a where a.case_id = c.case_id), 0) <
                 case when $1 >= notice_due_ms then 100 when 5 * ($1 - at_ms) >= 4 * (notice_due_ms - at_ms) then 80 else 50 end
             order by notice_due_ms, case_id limit 500",
        )
        .bind(now_ms)
        .fetch_all(self.0.read())
        .await?;
        let mut alerts = Vec::new();
        for row in &rows {
            let (case_id, site): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let (at_ms, due_ms): (i64, i64) = (row.try_get(2)?, row.try_get(3)?);
            let share = (now_ms - at_ms).saturating_mul(100) / (due_ms - at_ms).max(1);
            for level in [50, 80, 100].into_iter().filter(|level| share >= *level) {
                let mut writer = self.0.write().await?;
                let done = sqlx::query(
                    "insert into case_alerts (case_id, level, at_ms) values ($1, $2, $3) on conflict (case_id, level) do nothing",
                )
                .bind(&case_id)
                .bind(level)
                .bind(now_ms)
                .execute(&mut *writer)
                .await?;
                writer.commit().await?;
                if done.rows_affected() == 1 {
                    alerts.push(DueAlert { case_id: case_id.clone(), site: site.clone(), level });
                }
            }
        }
        Ok(alerts)
    }

    /// Cases whose time is over and on which there is no hold: their personal data goes now, the oldest first. What a decision rests
    /// on is kept by archive law; a handling that ended without one keeps nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn erasable(&self, now_ms: i64) -> Result<Vec<CaseRow>, StoreError> {
        let rows = sqlx::query(
            "select * from cases c where delete_at_ms <= $1 and erased_at_ms is null and hold_by is null
                and (handling_id is null or exists (select 1 from handlings h where h.handling_id = c.handling_id
                    and h.state in ('voided', 'expired') and h.decided_at_ms is null))
             order by delete_at_ms limit 100",
        )
        .bind(now_ms)
        .fetch_all(self.0.read())
        .await?;
        Ok(rows.iter().map(CaseRow::read).collect::<Result<_, _>>()?)
    }

    /// Files of a case that nothing else refers to, SHA-256.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_files(&self, case_id: &str) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "select distinct e.sha256 from case_evidence e where e.case_id = $1
               and not exists (select 1 from case_evidence o where o.sha256 = e.sha256 and o.case_id <> $1)
               and not exists (select 1 from passages p where p.thumbnail = e.sha256)
               and not exists (select 1 from cameras c where c.snapshot = e.sha256)",
        )
        .bind(case_id)
        .fetch_all(self.0.read())
        .await?)
    }

    /// Deletes the personal data of a case; its files must be gone already. The row stays as a figure.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn erase(&self, case: &CaseRow, now_ms: i64) -> Result<(), StoreError> {
        let mut writer = self.0.write().await?;
        let id = &case.case_id;
        for text in [
            "delete from case_evidence where case_id = $1",
            "delete from case_lookups where case_id = $1",
            "delete from case_claims where case_id = $1",
            "update case_answers set plate_typed = null, note = null where case_id = $1",
            // The signed message holds the plate too. Digest and place in the agent's chain stay.
            "update events set message = '' where id = (select event_id from cases where case_id = $1)",
        ] {
            sqlx::query(text).bind(id).execute(&mut *writer).await?;
        }
        sqlx::query(
            "update cases set plate = null, plate_display = null, plate_colour = null, plate_typed = null, violation = null,
                evidence = '[]', related = '{}', erased_at_ms = $2, changed_at_ms = $2 where case_id = $1",
        )
        .bind(id)
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        Ok(writer.commit().await?)
    }
}
