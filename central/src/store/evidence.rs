//! Which files of evidence are stored, and who sent them first.

use super::{Store, StoreError, Writer};

/// A file that was stored.
#[derive(Debug, Clone)]
pub struct StoredPicture {
    /// Its digest.
    pub sha256: wire::Digest,
    /// Its size.
    pub bytes: usize,
    /// What its bytes are.
    pub media_type: &'static str,
    /// Site of the agent that sent it.
    pub site: String,
    /// The agent, or `adapter:` and a third party's source.
    pub agent: String,
}

impl Store {
    /// Writes down files; those that are known stay as they are.
    ///
    /// # Errors
    /// When the database fails: then none is written.
    pub async fn add_pictures(&self, files: &[StoredPicture], now_ms: i64) -> Result<(), StoreError> {
        if files.is_empty() {
            return Ok(());
        }
        let mut writer = self.write().await?;
        insert(&mut writer, files, now_ms).await?;
        Ok(writer.commit().await?)
    }
}

/// The same within a transaction that writes more.
pub(in crate::store) async fn insert(
    writer: &mut Writer,
    files: &[StoredPicture],
    now_ms: i64,
) -> Result<(), StoreError> {
    for file in files {
        sqlx::query(
            "insert into evidence (sha256, bytes, media_type, site, agent, first_seen_ms)
             values ($1, $2, $3, $4, $5, $6) on conflict (sha256) do nothing",
        )
        .bind(file.sha256.to_string())
        .bind(i64::try_from(file.bytes).unwrap_or(i64::MAX))
        .bind(file.media_type)
        .bind(&file.site)
        .bind(&file.agent)
        .bind(now_ms)
        .execute(&mut **writer)
        .await?;
    }
    Ok(())
}
