//! Cases whose evidence was found altered: they stay where they are, and their gate says no from then on.

use serde_json::json;
use wire::Digest;

use super::steps::{Note, Settable, Who, go};
use super::{CaseRow, Cases, StoreError, encode, locked};
use crate::cases::gate::{UNALTERED, unaltered};
use crate::cases::state::{self, Action, Actor, Way};

impl Cases<'_> {
    /// Cases that name a file, unless they are erased.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn naming(&self, file: Digest) -> Result<Vec<CaseRow>, StoreError> {
        let rows = sqlx::query(
            "select c.* from cases c join case_evidence e on e.case_id = c.case_id where e.sha256 = $1 order by c.case_id",
        )
        .bind(file.to_string())
        .fetch_all(self.0.read())
        .await?;
        Ok(rows.iter().map(CaseRow::read).collect::<Result<_, _>>()?)
    }

    /// Locks a case: its gate says which condition failed, its log which files. False when it is locked already, or is where nothing goes
    /// on any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock(&self, case_id: &str, files: &[Digest], now_ms: i64) -> Result<bool, StoreError> {
        let mut writer = self.0.write().await?;
        let Some(case) = locked(&mut writer, case_id).await? else { return Ok(false) };
        let from = case.state()?;
        let Ok(Way::To(to)) = state::way(from, Action::Lock, Actor::System) else { return Ok(false) };
        let (Some(to), Some(mut gate)) = (Settable::of(from, to), case.gate()?) else { return Ok(false) };
        if gate.conditions.iter().any(|condition| condition.code == UNALTERED && !condition.ok) {
            return Ok(false);
        }
        gate.admissible = false;
        gate.conditions.retain(|condition| condition.code != UNALTERED);
        gate.conditions.insert(0, unaltered(false));
        sqlx::query("update cases set gate = $2 where case_id = $1")
            .bind(case_id)
            .bind(encode(&gate)?)
            .execute(&mut *writer)
            .await?;
        sqlx::query("delete from case_claims where case_id = $1").bind(case_id).execute(&mut *writer).await?;
        let note = Note { reason: Some("evidence_altered"), detail: Some(json!({ "files": files })) };
        go(&mut writer, &case, (Action::Lock, to), &Who::system(), note, now_ms).await?;
        writer.commit().await?;
        Ok(true)
    }
}
