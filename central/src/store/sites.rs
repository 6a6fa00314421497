//! Sites and cameras as they are written down by people.

use sqlx::Row as _;

use super::{Store, StoreError};

/// A site.
#[derive(Debug, Clone)]
pub struct SiteImport {
    /// Name in topics.
    pub site: String,
    /// Its model.
    pub model: String,
    /// Name, Vietnamese.
    pub name_vi: String,
    /// Name, English.
    pub name_en: String,
    /// Address, Vietnamese.
    pub address_vi: String,
    /// Address, English.
    pub address_en: String,
    /// Its cameras.
    pub cameras: Vec<CameraImport>,
}

/// A camera.
#[derive(Debug, Clone)]
pub struct CameraImport {
    /// Name in topics.
    pub camera: String,
    /// Name, Vietnamese.
    pub name_vi: String,
    /// Name, English.
    pub name_en: String,
    /// What it counts.
    pub counts: String,
}

impl Store {
    /// Adds or renames sites and cameras.
    pub async fn import_sites(&self, sites: &[SiteImport], now_ms: i64) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        for site in sites {
            sqlx::query(
                "insert into sites (site, model, name_vi, name_en, address_vi, address_en, created_at_ms)
                 values ($1, $2, $3, $4, $5, $6, $7)
                 on conflict (site) do update set model = excluded.model, name_vi = excluded.name_vi,
                    name_en = excluded.name_en, address_vi = excluded.address_vi, address_en = excluded.address_en",
            )
            .bind(&site.site)
            .bind(&site.model)
            .bind(&site.name_vi)
            .bind(&site.name_en)
            .bind(&site.address_vi)
            .bind(&site.address_en)
            .bind(now_ms)
            .execute(&mut *writer)
            .await?;
            for camera in &site.cameras {
                sqlx::query(
                    "insert into cameras (site, camera, name_vi, name_en, counts, state)
                     values ($1, $2, $3, $4, $5, 'unknown')
                     on conflict (site, camera) do update set name_vi = excluded.name_vi, name_en = excluded.name_en,
                        counts = excluded.counts",
                )
                .bind(&site.site)
                .bind(&camera.camera)
                .bind(&camera.name_vi)
                .bind(&camera.name_en)
                .bind(&camera.counts)
                .execute(&mut *writer)
                .await?;
            }
        }
        Ok(writer.commit().await?)
    }

    /// Whether a site is known.
    pub async fn has_site(&self, site: &str) -> Result<bool, StoreError> {
        let row = sqlx::query("select count(*) from sites where site = $1")
            .bind(site)
            .fetch_one(self.read())
            .await?;
        Ok(row.try_get::<i64, _>(0)? > 0)
    }
}
