//! Records of devices: every version, proposed by one account and decided by another.

use super::super::rows::{Scope, row};
use super::{Cases, StoreError, encode};
use crate::cases::device::DeviceRecord;

row! {
    /// A version of a device's record.
    DeviceRow {
        /// Site.
        site: String,
        /// Camera.
        camera: String,
        /// 1, 2, ….
        version: i64,
        /// JSON of [`DeviceRecord`].
        record: String,
        /// `proposed`, `approved` or `refused`.
        state: String,
        /// Who proposed it.
        proposed_by: String,
        /// When.
        proposed_at_ms: i64,
        /// Who decided.
        decided_by: Option<String>,
        /// When.
        decided_at_ms: Option<i64>,
        /// Why.
        note: Option<String>,
        /// From when it counts.
        valid_from_ms: Option<i64>,
    }
}

impl DeviceRow {
    /// The record.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn record(&self) -> Result<DeviceRecord, StoreError> {
        serde_json::from_str(&self.record).map_err(|error| StoreError::Damaged {
            table: "device_records",
            id: format!("{}/{}/{}", self.site, self.camera, self.version),
            problem: error.to_string(),
        })
    }
}

/// Why a record was not decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It was.
    Done,
    /// There is no such proposal.
    NotFound,
    /// Who proposed it may not decide.
    OwnProposal,
}

impl Cases<'_> {
    /// Every version of one camera's record, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn device_versions(&self, site: &str, camera: &str) -> Result<Vec<DeviceRow>, StoreError> {
        let rows =
            sqlx::query("select * from device_records where site = $1 and camera = $2 order by version desc")
                .bind(site)
                .bind(camera)
                .fetch_all(self.0.read())
                .await?;
        Ok(rows.iter().map(DeviceRow::read).collect::<Result<_, _>>()?)
    }

    /// The newest version of every camera's record, and the newest approved one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn devices(&self, scope: &Scope) -> Result<Vec<DeviceRow>, StoreError> {
        let rows = sqlx::query(
            "select d.* from device_records d where ($1 = '' or $1 like '%,' || d.site || ',%')
               and (d.version = (select max(n.version) from device_records n where n.site = d.site and n.camera = d.camera)
                 or d.version = (select max(n.version) from device_records n where n.site = d.site and n.camera = d.camera and n.state = 'approved'))
             order by d.site, d.camera, d.version desc",
        )
        .bind(scope.sql())
        .fetch_all(self.0.read())
        .await?;
        Ok(rows.iter().map(DeviceRow::read).collect::<Result<_, _>>()?)
    }

    /// The approved version that counted at a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn device_at(
        &self,
        site: &str,
        camera: &str,
        at_ms: i64,
    ) -> Result<Option<DeviceRow>, StoreError> {
        let row = sqlx::query(
            "select * from device_records where site = $1 and camera = $2 and state = 'approved' and valid_from_ms <= $3
             order by valid_from_ms desc, version desc limit 1",
        )
        .bind(site)
        .bind(camera)
        .bind(at_ms)
        .fetch_optional(self.0.read())
        .await?;
        Ok(row.as_ref().map(DeviceRow::read).transpose()?)
    }

    /// One version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn device_version(
        &self,
        site: &str,
        camera: &str,
        version: i64,
    ) -> Result<Option<DeviceRow>, StoreError> {
        let row =
            sqlx::query("select * from device_records where site = $1 and camera = $2 and version = $3")
                .bind(site)
                .bind(camera)
                .bind(version)
                .fetch_optional(self.0.read())
                .await?;
        Ok(row.as_ref().map(DeviceRow::read).transpose()?)
    }

    /// Proposes a version. Returns its number; an older proposal that nobody decided is refused by it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn propose_device(
        &self,
        (site, camera): (&str, &str),
        record: &DeviceRecord,
        valid_from_ms: Option<i64>,
        (by, note): (&str, Option<&str>),
        now_ms: i64,
    ) -> Result<i64, StoreError> {
        let mut writer = self.0.write().await?;
        sqlx::query(
            "update device_records set state = 'refused', decided_by = $3, decided_at_ms = $4, note = 'superseded'
             where site = $1 and camera = $2 and state = 'proposed'",
        )
        .bind(site)
        .bind(camera)
        .bind(by)
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        let version: i64 = sqlx::query_scalar(
            "insert into device_records (site, camera, version, record, state, proposed_by, proposed_at_ms, valid_from_ms, note)
             select $1, $2, coalesce(max(version), 0) + 1, $3, 'proposed', $4, $5, $6, $7 from device_records
             where site = $1 and camera = $2 returning version",
        )
        .bind(site)
        .bind(camera)
        .bind(encode(record)?)
        .bind(by)
        .bind(now_ms)
        .bind(valid_from_ms)
        .bind(note)
        .fetch_one(&mut *writer)
        .await?;
        writer.commit().await?;
        Ok(version)
    }

    /// A second account approves or refuses a proposal.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decide_device(
        &self,
        (site, camera, version): (&str, &str, i64),
        approve: bool,
        (by, note): (&str, Option<&str>),
        now_ms: i64,
    ) -> Result<Decided, StoreError> {
        let mut writer = self.0.write().await?;
        let proposed_by: Option<String> = sqlx::query_scalar(
            "select proposed_by from device_records where site = $1 and camera = $2 and version = $3 and state = 'proposed'",
        )
        .bind(site)
        .bind(camera)
        .bind(version)
        .fetch_optional(&mut *writer)
        .await?;
        match proposed_by {
            None => return Ok(Decided::NotFound),
            Some(name) if name == by => return Ok(Decided::OwnProposal),
            Some(_) => {}
        }
        sqlx::query(
            "update device_records set state = $4, decided_by = $5, decided_at_ms = $6, note = coalesce($7, note),
                valid_from_ms = coalesce(valid_from_ms, $6) where site = $1 and camera = $2 and version = $3",
        )
        .bind(site)
        .bind(camera)
        .bind(version)
        .bind(if approve { "approved" } else { "refused" })
        .bind(by)
        .bind(now_ms)
        .bind(note)
        .execute(&mut *writer)
        .await?;
        writer.commit().await?;
        Ok(Decided::Done)
    }
}
