//! What is deleted of handlings that ended without a decision. Their log stays, and so do the papers that were issued: both are the
//! authority's record.

use sqlx::Row as _;

use super::write::locked;
use super::{Store, StoreError, json_text};

/// Handlings that ended void or by their statute, without a decision.
const ENDED: &str =
    "h.state in ('voided', 'expired') and h.decided_at_ms is null and h.ended_at_ms is not null";
/// Handlings looked at in one go.
const AT_ONCE: i64 = 100;

impl Store {
    /// Sets the day on which evidence of handlings goes that ended without a decision, `keep_ms` after their end. Returns how many
    /// cases got one.
    ///
    /// # Errors
    /// When the database fails: it is done at the next look.
    pub async fn date_ended_evidence(&self, keep_ms: i64) -> Result<u64, StoreError> {
        let text = format!(
            "select c.case_id, h.ended_at_ms from cases c join handlings h on h.handling_id = c.handling_id
             where {ENDED} and c.delete_at_ms is null and c.erased_at_ms is null limit $1"
        );
        let due = sqlx::query(sqlx::AssertSqlSafe(text)).bind(AT_ONCE).fetch_all(self.read()).await?;
        if due.is_empty() {
            return Ok(0);
        }
        let mut writer = self.write().await?;
        for row in &due {
            sqlx::query("update cases set delete_at_ms = $2 where case_id = $1 and delete_at_ms is null")
                .bind(row.try_get::<String, _>(0)?)
                .bind(row.try_get::<i64, _>(1)? + keep_ms)
                .execute(&mut *writer)
                .await?;
        }
        writer.commit().await?;
        Ok(due.len() as u64)
    }

    /// Deletes who such handlings were about, what was answered, and the plate, `keep_ms` after their end: nothing more is to be done
    /// for them, and no case of theirs is held. Returns their ids.
    ///
    /// # Errors
    /// When the database fails; what was deleted until then stays deleted.
    pub async fn erase_ended_handlings(&self, keep_ms: i64, now_ms: i64) -> Result<Vec<String>, StoreError> {
        let text = format!(
            "select h.handling_id from handlings h where {ENDED} and h.erased_at_ms is null and h.next_at_ms is null
                and h.ended_at_ms <= $1
                and not exists (select 1 from cases c where c.handling_id = h.handling_id and c.hold_by is not null)
             order by h.ended_at_ms limit $2"
        );
        let due: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(text))
            .bind(now_ms - keep_ms)
            .bind(AT_ONCE)
            .fetch_all(self.read())
            .await?;
        for id in &due {
            self.erase_handling(id, now_ms).await?;
        }
        Ok(due)
    }

    /// With the handlings that were joined into it.
    async fn erase_handling(&self, id: &str, now_ms: i64) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        let all: Vec<String> = sqlx::query_scalar(
            "select handling_id from handlings where handling_id = $1
                or joined_into = (select number from handlings where handling_id = $1)",
        )
        .bind(id)
        .fetch_all(&mut *writer)
        .await?;
        for id in &all {
            for text in [
                "delete from handling_parties where handling_id = $1",
                "delete from handling_answers where handling_id = $1",
                "delete from handling_attachments where handling_id = $1",
                "delete from handling_codes where handling_id = $1",
                "delete from citizen_sessions where handling_id = $1",
            ] {
                sqlx::query(text).bind(id).execute(&mut *writer).await?;
            }
            let Some((mut h, seq)) = locked(&mut writer, id).await? else { continue };
            h.vehicle.plate.clear();
            h.vehicle.plate_display.clear();
            sqlx::query(
                "update handlings set document = $3, plate = '', erased_at_ms = $4 where handling_id = $1 and seq = $2",
            )
            .bind(id)
            .bind(seq)
            .bind(json_text(&h)?)
            .bind(now_ms)
            .execute(&mut *writer)
            .await?;
        }
        Ok(writer.commit().await?)
    }
}
