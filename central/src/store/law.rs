//! Versions of the law and the changes that lead to them. A version is written once, with the decision that made it.

use jiff::civil::Date;
use sqlx::Row as _;

use super::rows::row;
use super::{Store, StoreError};
use crate::law::laws::Known;
use crate::law::{Edition, Law, Laws};

row! {
    /// A version of the law. Columns are as the schema describes them.
    LawVersionRow {
        /// 1, 2, ….
        version: i64,
        /// `YYYY-MM-DD`.
        valid_from: String,
        /// JSON.
        edition: String,
        /// Of that text.
        sha256: String,
        /// JSON array against the version before.
        differences: String,
        /// The change that it came from.
        change_id: Option<String>,
        /// Why.
        note: String,
        /// Account.
        proposed_by: String,
        /// Another account.
        approved_by: String,
        /// When.
        approved_at_ms: i64,
    }
}

row! {
    /// A proposed change. Columns are as the schema describes them.
    LawChangeRow {
        /// UUIDv7.
        change_id: String,
        /// Newest version when it was proposed.
        base_version: i64,
        /// `YYYY-MM-DD`.
        valid_from: String,
        /// Why.
        note: String,
        /// JSON array.
        changes: String,
        /// `proposed`, `approved` or `rejected`.
        state: String,
        /// Account.
        proposed_by: String,
        /// When.
        proposed_at_ms: i64,
        /// Account.
        decided_by: Option<String>,
        /// When.
        decided_at_ms: Option<i64>,
        /// Why it was rejected.
        reason: Option<String>,
        /// What it became.
        version: Option<i64>,
    }
}

impl Store {
    /// Reads every version into memory, after writing the program's edition as the first one into an empty table.
    ///
    /// # Errors
    /// When the database fails, or holds an edition that this program cannot read.
    pub async fn load_laws(&self, laws: &Laws, now_ms: i64) -> Result<(), StoreError> {
        let mut rows = self.law_versions().await?;
        if rows.is_empty() {
            self.put_law_version(&first(now_ms)?).await?;
            rows = self.law_versions().await?;
        }
        laws.replace(rows.iter().map(known).collect::<Result<_, _>>()?);
        Ok(())
    }

    /// Every version, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn law_versions(&self) -> Result<Vec<LawVersionRow>, StoreError> {
        let rows = sqlx::query("select * from law_versions order by version").fetch_all(self.read()).await?;
        Ok(rows.iter().map(LawVersionRow::read).collect::<Result<_, _>>()?)
    }

    async fn put_law_version(&self, version: &LawVersionRow) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        insert_version(&mut writer, version).await?;
        Ok(writer.commit().await?)
    }

    /// Keeps a proposal.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_law_change(&self, change: &LawChangeRow) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        sqlx::query(
            "insert into law_changes (change_id, base_version, valid_from, note, changes, state, proposed_by, proposed_at_ms)
             values ($1, $2, $3, $4, $5, 'proposed', $6, $7)",
        )
        .bind(&change.change_id)
        .bind(change.base_version)
        .bind(&change.valid_from)
        .bind(&change.note)
        .bind(&change.changes)
        .bind(&change.proposed_by)
        .bind(change.proposed_at_ms)
        .execute(&mut *writer)
        .await?;
        Ok(writer.commit().await?)
    }

    /// Changes, newest first; `state` may be empty for all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn law_changes(&self, state: &str, limit: u32) -> Result<Vec<LawChangeRow>, StoreError> {
        let rows = sqlx::query(
            "select * from law_changes where ($1 = '' or state = $1) order by proposed_at_ms desc, change_id desc limit $2",
        )
        .bind(state)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(LawChangeRow::read).collect::<Result<_, _>>()?)
    }

    /// One change.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn law_change(&self, id: &str) -> Result<Option<LawChangeRow>, StoreError> {
        let row = sqlx::query("select * from law_changes where change_id = $1")
            .bind(id)
            .fetch_optional(self.read())
            .await?;
        Ok(row.as_ref().map(LawChangeRow::read).transpose()?)
    }

    /// Makes a change the next version, in one transaction. False when it is no longer open, or a version came in between.
    ///
    /// # Errors
    /// When the database fails; also when proposer and approver are one account, which the schema refuses.
    pub async fn approve_law_change(&self, version: &LawVersionRow) -> Result<bool, StoreError> {
        let mut writer = self.write().await?;
        let newest: i64 = sqlx::query("select coalesce(max(version), 0) from law_versions")
            .fetch_one(&mut *writer)
            .await?
            .try_get(0)?;
        if newest + 1 != version.version {
            return Ok(false);
        }
        let done = sqlx::query(
            "update law_changes set state = 'approved', decided_by = $2, decided_at_ms = $3, version = $4
             where change_id = $1 and state = 'proposed'",
        )
        .bind(&version.change_id)
        .bind(&version.approved_by)
        .bind(version.approved_at_ms)
        .bind(version.version)
        .execute(&mut *writer)
        .await?;
        if done.rows_affected() != 1 {
            return Ok(false);
        }
        insert_version(&mut writer, version).await?;
        writer.commit().await?;
        Ok(true)
    }

    /// Closes a change without effect. False when it is no longer open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reject_law_change(
        &self,
        id: &str,
        by: &str,
        reason: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let mut writer = self.write().await?;
        let done = sqlx::query(
            "update law_changes set state = 'rejected', decided_by = $2, decided_at_ms = $3, reason = $4
             where change_id = $1 and state = 'proposed'",
        )
        .bind(id)
        .bind(by)
        .bind(now_ms)
        .bind(reason)
        .execute(&mut *writer)
        .await?;
        writer.commit().await?;
        Ok(done.rows_affected() == 1)
    }
}

async fn insert_version(writer: &mut super::Writer, version: &LawVersionRow) -> Result<(), StoreError> {
    sqlx::query(
        "insert into law_versions (version, valid_from, edition, sha256, differences, change_id, note, proposed_by,
            approved_by, approved_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (version) do nothing",
    )
    .bind(version.version)
    .bind(&version.valid_from)
    .bind(&version.edition)
    .bind(&version.sha256)
    .bind(&version.differences)
    .bind(&version.change_id)
    .bind(&version.note)
    .bind(&version.proposed_by)
    .bind(&version.approved_by)
    .bind(version.approved_at_ms)
    .execute(&mut **writer)
    .await?;
    Ok(())
}

/// The program's edition as the first version.
fn first(now_ms: i64) -> Result<LawVersionRow, StoreError> {
    let edition = serde_json::to_string(Edition::first()).map_err(|error| damaged("1", &error))?;
    Ok(LawVersionRow {
        version: 1,
        valid_from: "2025-01-01".to_owned(),
        sha256: wire::Digest::of(edition.as_bytes()).to_string(),
        edition,
        differences: "[]".to_owned(),
        change_id: None,
        note: "data/law".to_owned(),
        proposed_by: "program".to_owned(),
        approved_by: "release".to_owned(),
        approved_at_ms: now_ms,
    })
}

/// A stored version, checked against its own digest: a case must not be computed with a law that somebody changed in the file.
fn known(row: &LawVersionRow) -> Result<Known, StoreError> {
    let id = row.version.to_string();
    if wire::Digest::of(row.edition.as_bytes()).to_string() != row.sha256 {
        return Err(damaged(&id, &"the text is not the one that was approved"));
    }
    let edition: Edition = serde_json::from_str(&row.edition).map_err(|error| damaged(&id, &error))?;
    let valid_from: Date = row.valid_from.parse().map_err(|error: jiff::Error| damaged(&id, &error))?;
    Ok(Known { law: Law::new(row.version, edition), valid_from })
}

fn damaged(id: &str, problem: &dyn std::fmt::Display) -> StoreError {
    StoreError::Damaged { table: "law_versions", id: id.to_owned(), problem: problem.to_string() }
}
