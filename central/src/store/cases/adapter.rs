//! What third parties sent: one case per id of theirs, however often it is sent.

use sqlx::Row as _;
use wire::Digest;

use super::super::evidence::{self, StoredPicture};
use super::open::{self, NewCase};
use super::{Cases, StoreError};

/// What became of a third party's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// A case was opened.
    Opened(String),
    /// The same was sent before: this is its case.
    Again(String),
    /// The same id was sent with other content.
    Conflict,
}

impl Cases<'_> {
    /// What is known of a third party's id: its case, and the digest of what it sent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn adapter_known(
        &self,
        source: &str,
        external_id: &str,
    ) -> Result<Option<(String, String)>, StoreError> {
        let row =
            sqlx::query("select case_id, digest from adapter_inbox where source = $1 and external_id = $2")
                .bind(source)
                .bind(external_id)
                .fetch_optional(self.0.read())
                .await?;
        row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
    }

    /// Opens the case of a third party's message, once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn adapter_take(
        &self,
        (source, external_id, digest): (&str, &str, Digest),
        new: &NewCase<'_>,
        files: &[StoredPicture],
        now_ms: i64,
    ) -> Result<Taken, StoreError> {
        let mut writer = self.0.write().await?;
        let known =
            sqlx::query("select case_id, digest from adapter_inbox where source = $1 and external_id = $2")
                .bind(source)
                .bind(external_id)
                .fetch_optional(&mut *writer)
                .await?;
        if let Some(known) = known {
            let same = known.try_get::<String, _>(1)? == digest.to_string();
            return Ok(if same { Taken::Again(known.try_get(0)?) } else { Taken::Conflict });
        }
        let case_id = open::insert(&mut writer, new, now_ms).await?;
        sqlx::query(
            "insert into adapter_inbox (source, external_id, digest, case_id, received_at_ms) values ($1, $2, $3, $4, $5)",
        )
        .bind(source)
        .bind(external_id)
        .bind(digest.to_string())
        .bind(&case_id)
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        evidence::insert(&mut writer, files, now_ms).await?;
        writer.commit().await?;
        Ok(Taken::Opened(case_id))
    }
}
