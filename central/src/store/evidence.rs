//! Which files of evidence are stored, and who sent them first.

use super::{Store, StoreError};

/// A picture that was stored.
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
    /// The agent.
    pub agent: String,
}

impl Store {
    /// Writes down pictures; those that are known stay as they are.
    pub async fn add_pictures(&self, pictures: &[StoredPicture], now_ms: i64) -> Result<(), StoreError> {
        if pictures.is_empty() {
            return Ok(());
        }
        let mut writer = self.write().await?;
        for picture in pictures {
            sqlx::query(
                "insert into evidence (sha256, bytes, media_type, site, agent, first_seen_ms)
                 values ($1, $2, $3, $4, $5, $6) on conflict (sha256) do nothing",
            )
            .bind(picture.sha256.to_string())
            .bind(i64::try_from(picture.bytes).unwrap_or(i64::MAX))
            .bind(picture.media_type)
            .bind(&picture.site)
            .bind(&picture.agent)
            .bind(now_ms)
            .execute(&mut *writer)
            .await?;
        }
        Ok(writer.commit().await?)
    }
}
