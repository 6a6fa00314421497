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
    /// Who is responsible for personal data there.
    pub controller: Option<String>,
    /// Whom to ask about one's data; without one nobody can announce a visit.
    pub dpo_contact: Option<String>,
    /// Privacy notice, Vietnamese.
    pub notice_vi: Option<String>,
    /// Privacy notice, English.
    pub notice_en: Option<String>,
    /// People that may be announced for one day.
    pub visits_per_day: Option<i64>,
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
    /// RTSP address for other camera systems, without credentials.
    pub stream_url: Option<String>,
    /// ONVIF address, without credentials.
    pub onvif_url: Option<String>,
}

impl Store {
    /// Adds or renames sites and cameras.
    pub async fn import_sites(&self, sites: &[SiteImport], now_ms: i64) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        for site in sites {
            sqlx::query(
                "insert into sites (site, model, name_vi, name_en, address_vi, address_en, created_at_ms, controller, dpo_contact,
                    notice_vi, notice_en, visits_per_day)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                 on conflict (site) do update set model = excluded.model, name_vi = excluded.name_vi,
                    name_en = excluded.name_en, address_vi = excluded.address_vi, address_en = excluded.address_en,
                    controller = excluded.controller, dpo_contact = excluded.dpo_contact, notice_vi = excluded.notice_vi,
                    notice_en = excluded.notice_en, visits_per_day = excluded.visits_per_day",
            )
            .bind(&site.site)
            .bind(&site.model)
            .bind(&site.name_vi)
            .bind(&site.name_en)
            .bind(&site.address_vi)
            .bind(&site.address_en)
            .bind(now_ms)
            .bind(&site.controller)
            .bind(&site.dpo_contact)
            .bind(&site.notice_vi)
            .bind(&site.notice_en)
            .bind(site.visits_per_day)
            .execute(&mut *writer)
            .await?;
            for camera in &site.cameras {
                sqlx::query(
                    "insert into cameras (site, camera, name_vi, name_en, counts, state, stream_url, onvif_url)
                     values ($1, $2, $3, $4, $5, 'unknown', $6, $7)
                     on conflict (site, camera) do update set name_vi = excluded.name_vi, name_en = excluded.name_en,
                        counts = excluded.counts, stream_url = excluded.stream_url, onvif_url = excluded.onvif_url",
                )
                .bind(&site.site)
                .bind(&camera.camera)
                .bind(&camera.name_vi)
                .bind(&camera.name_en)
                .bind(&camera.counts)
                .bind(&camera.stream_url)
                .bind(&camera.onvif_url)
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
