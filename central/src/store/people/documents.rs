//! Documents that a site edits whole, delays of trains, and what of the site's policy other parts need.

use serde::Deserialize;
use sqlx::Row as _;
use wire::gate::{Clock, Gate, Holiday, Schedule};

use super::{Store, StoreError};
use crate::timetable::Delay;

/// A document with its version; 0 when none was written yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentRow {
    /// Grows with every change.
    pub version: i64,
    /// JSON.
    pub document: String,
    /// User name.
    pub changed_by: String,
    /// When, ms.
    pub changed_at_ms: i64,
}

/// What of a site's policy is needed outside gates.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct SitePolicy {
    /// Minutes that the site's clock is ahead of UTC.
    pub utc_offset_minutes: i32,
    /// Holidays.
    pub holidays: Vec<Holiday>,
    /// Named hours.
    pub schedules: Vec<Schedule>,
    /// Gates.
    pub gates: Vec<Gate>,
}

impl Default for SitePolicy {
    fn default() -> Self {
        Self { utc_offset_minutes: 420, holidays: Vec::new(), schedules: Vec::new(), gates: Vec::new() }
    }
}

impl SitePolicy {
    /// The site's wall clock.
    pub fn clock(&self) -> Clock {
        Clock { utc_offset_minutes: self.utc_offset_minutes }
    }

    /// Ids and Vietnamese names of its schedules.
    pub fn schedule_names(&self) -> Vec<(String, String)> {
        self.schedules.iter().map(|one| (one.id.to_string(), one.name_vi.clone())).collect()
    }

    /// Ids and Vietnamese names of its gates.
    pub fn gate_names(&self) -> Vec<(String, String)> {
        self.gates.iter().map(|one| (one.id.to_string(), one.name_vi.clone())).collect()
    }
}

impl Store {
    /// The newest policy of a site; the empty one where none was written.
    ///
    /// # Errors
    /// When the database fails or the document cannot be read.
    pub async fn site_policy(&self, site: &str) -> Result<SitePolicy, StoreError> {
        let text: Option<String> = sqlx::query_scalar(
            "select document from gate_policies where site = $1 order by version desc limit 1",
        )
        .bind(site)
        .fetch_optional(self.read())
        .await?;
        let Some(text) = text else { return Ok(SitePolicy::default()) };
        serde_json::from_str(&text).map_err(|error| StoreError::Damaged {
            table: "gate_policies",
            id: site.to_owned(),
            problem: error.to_string(),
        })
    }

    /// A document of a site.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn site_document(&self, site: &str, kind: &str) -> Result<DocumentRow, StoreError> {
        let row = sqlx::query("select version, document, changed_by, changed_at_ms from site_documents where site = $1 and kind = $2")
            .bind(site)
            .bind(kind)
            .fetch_optional(self.read())
            .await?;
        let Some(row) = row else { return Ok(DocumentRow::default()) };
        Ok(DocumentRow {
            version: row.try_get(0)?,
            document: row.try_get(1)?,
            changed_by: row.try_get(2)?,
            changed_at_ms: row.try_get(3)?,
        })
    }

    /// Writes a document over the version that was read (`if_version`, any if none). Returns the new version, or `None` when
    /// somebody else was faster.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_site_document(
        &self,
        site: &str,
        kind: &str,
        if_version: Option<i64>,
        document: &str,
        by: &str,
        now_ms: i64,
    ) -> Result<Option<i64>, StoreError> {
        let mut writer = self.write().await?;
        let found: Option<i64> =
            sqlx::query_scalar("select version from site_documents where site = $1 and kind = $2")
                .bind(site)
                .bind(kind)
                .fetch_optional(&mut *writer)
                .await?;
        let found = found.unwrap_or(0);
        if if_version.is_some_and(|version| version != found) {
            return Ok(None);
        }
        sqlx::query(
            "insert into site_documents (site, kind, version, document, changed_by, changed_at_ms) values ($1, $2, $3, $4, $5, $6)
             on conflict (site, kind) do update set version = excluded.version, document = excluded.document,
                changed_by = excluded.changed_by, changed_at_ms = excluded.changed_at_ms",
        )
        .bind(site)
        .bind(kind)
        .bind(found + 1)
        .bind(document)
        .bind(by)
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        writer.commit().await?;
        Ok(Some(found + 1))
    }

    /// Notes how a train of one day differs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_delay(
        &self,
        site: &str,
        delay: &Delay,
        by: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        sqlx::query(
            "insert into train_delays (site, train, date, minutes, cancelled, told_by, told_at_ms) values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (site, train, date) do update set minutes = excluded.minutes, cancelled = excluded.cancelled,
                told_by = excluded.told_by, told_at_ms = excluded.told_at_ms",
        )
        .bind(site)
        .bind(&delay.train)
        .bind(delay.date.to_string())
        .bind(delay.minutes)
        .bind(i64::from(delay.cancelled))
        .bind(by)
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        Ok(writer.commit().await?)
    }

    /// Delays of trains that are due from one day to another, both included.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delays(&self, site: &str, from: &str, to: &str) -> Result<Vec<Delay>, StoreError> {
        let rows = sqlx::query(
            "select train, date, minutes, cancelled from train_delays where site = $1 and date >= $2 and date <= $3 order by date, train",
        )
        .bind(site)
        .bind(from)
        .bind(to)
        .fetch_all(self.read())
        .await?;
        let mut delays = Vec::with_capacity(rows.len());
        for row in rows {
            let Ok(date) = row.try_get::<String, _>(1)?.parse() else { continue };
            delays.push(Delay {
                train: row.try_get(0)?,
                date,
                minutes: row.try_get(2)?,
                cancelled: row.try_get::<i64, _>(3)? != 0,
            });
        }
        Ok(delays)
    }
}
