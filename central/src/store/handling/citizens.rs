//! Sessions of the public page, and what a session may see.

use sqlx::Row as _;

use super::super::rows::row;
use super::{CODE, CaseRow, NAME, Store, StoreError};
use crate::sealing::DataKey;

row! {
    /// A session of the public page.
    CitizenRow {
        /// SHA-256 of its token.
        session_id: String,
        /// Keyed digest of the citizen's number; none for who came with a code.
        id_digest: Option<String>,
        /// The handling that a code opens.
        handling_id: Option<String>,
        /// Party of the code.
        party: Option<i64>,
        /// Name, sealed.
        name_sealed: String,
        /// VNeID level; 0 for a code.
        level: i64,
        /// Last request.
        used_at_ms: i64,
    }
}

impl Store {
    /// Starts a session; those that were idle too long are swept out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_citizen(
        &self,
        key: &DataKey,
        row: &CitizenRow,
        name: &str,
        idle_ms: i64,
    ) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        sqlx::query("delete from citizen_sessions where used_at_ms < $1")
            .bind(row.used_at_ms - idle_ms)
            .execute(&mut *writer)
            .await?;
        sqlx::query(
            "insert into citizen_sessions (session_id, id_digest, handling_id, party, name_sealed, level, made_at_ms, used_at_ms)
             values ($1, $2, $3, $4, $5, $6, $7, $7)",
        )
        .bind(&row.session_id)
        .bind(&row.id_digest)
        .bind(&row.handling_id)
        .bind(row.party)
        .bind(key.seal(NAME, name))
        .bind(row.level)
        .bind(row.used_at_ms)
        .execute(&mut *writer)
        .await?;
        Ok(writer.commit().await?)
    }

    /// A session that was not idle too long; it is used now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn citizen(
        &self,
        session_id: &str,
        now_ms: i64,
        idle_ms: i64,
    ) -> Result<Option<CitizenRow>, StoreError> {
        let row = sqlx::query(
            "select * from citizen_sessions where session_id = $1 and used_at_ms >= $2 and made_at_ms >= $3",
        )
        .bind(session_id)
        .bind(now_ms - idle_ms)
        .bind(now_ms - 8 * idle_ms)
        .fetch_optional(self.read())
        .await?;
        let row = row.as_ref().map(CitizenRow::read).transpose()?;
        if let Some(row) = row.as_ref().filter(|row| now_ms - row.used_at_ms > 30_000) {
            let mut writer = self.write().await?;
            sqlx::query("update citizen_sessions set used_at_ms = $2 where session_id = $1")
                .bind(&row.session_id)
                .bind(now_ms)
                .execute(&mut *writer)
                .await?;
            writer.commit().await?;
        }
        Ok(row)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_citizen(&self, session_id: &str) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        sqlx::query("delete from citizen_sessions where session_id = $1")
            .bind(session_id)
            .execute(&mut *writer)
            .await?;
        Ok(writer.commit().await?)
    }

    /// A code of a notice: handling and party.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn code_opens(&self, key: &DataKey, code: &str) -> Result<Option<(String, i64)>, StoreError> {
        let row = sqlx::query("select handling_id, party from handling_codes where code_digest = $1")
            .bind(key.index(CODE, code))
            .fetch_optional(self.read())
            .await?;
        row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
    }

    /// Handlings in which a citizen is a party, with the party's number, the newest first. Whether the party is still the liable one
    /// the document says.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn citizen_handlings(&self, id_digest: &str) -> Result<Vec<(String, u32)>, StoreError> {
        let rows = sqlx::query(
            "select p.handling_id, p.n from handling_parties p join handlings h on h.handling_id = p.handling_id
             where p.id_digest = $1 order by h.opened_at_ms desc, p.handling_id, p.n limit 200",
        )
        .bind(id_digest)
        .fetch_all(self.read())
        .await?;
        let read = |row: &sqlx::any::AnyRow| {
            Ok((row.try_get(0)?, u32::try_from(row.try_get::<i64, _>(1)?).unwrap_or(0)))
        };
        rows.iter().map(read).collect()
    }

    /// Which parties of a handling a citizen is, the earliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn citizen_parties(&self, handling_id: &str, id_digest: &str) -> Result<Vec<u32>, StoreError> {
        let rows: Vec<i64> = sqlx::query_scalar(
            "select n from handling_parties where handling_id = $1 and id_digest = $2 order by n",
        )
        .bind(handling_id)
        .bind(id_digest)
        .fetch_all(self.read())
        .await?;
        Ok(rows.into_iter().filter_map(|n| u32::try_from(n).ok()).collect())
    }

    /// A case that is handled, wherever it is by now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn citizen_case(&self, case_id: &str) -> Result<Option<CaseRow>, StoreError> {
        let row =
            sqlx::query("select case_id, handling_id, ref case_ref from handling_cases where case_id = $1")
                .bind(case_id)
                .fetch_optional(self.read())
                .await?;
        Ok(row.as_ref().map(CaseRow::read).transpose()?)
    }

    /// The case of a public reference.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn case_by_ref(&self, reference: &str) -> Result<Option<CaseRow>, StoreError> {
        let row = sqlx::query("select case_id, handling_id, ref case_ref from handling_cases where ref = $1")
            .bind(reference)
            .fetch_optional(self.read())
            .await?;
        Ok(row.as_ref().map(CaseRow::read).transpose()?)
    }
}
