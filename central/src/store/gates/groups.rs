//! Groups: enterprises, contractors, staff, tours.

use super::super::rows::row;
use super::{Store, StoreError, bump};

/// Whether a group counts. Its members do not while it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupStatus {
    /// It counts.
    Active,
    /// Not for now.
    Suspended,
    /// No more.
    Ended,
}

impl GroupStatus {
    /// The word in the store and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Ended => "ended",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Suspended, Self::Ended].into_iter().find(|status| status.as_str() == text)
    }
}

row! {
    /// A group as it is stored. Columns are as the schema describes them.
    GroupRow {
        /// Site.
        site: String,
        /// Name in rules and events.
        group_id: String,
        /// `enterprise`, `contractor`, `staff`, `visitors`, `tour` or `authority`.
        kind: String,
        /// Name for people.
        name: String,
        /// Places for vehicles.
        vehicle_quota: Option<i64>,
        /// Places for people.
        person_quota: Option<i64>,
        /// Whom to call.
        contact: Option<String>,
        /// See [`GroupStatus`].
        status: String,
        /// When it was made.
        created_at_ms: i64,
        /// By whom.
        created_by: String,
        /// When it was last changed.
        changed_at_ms: i64,
        /// By whom.
        changed_by: String,
        /// When it ended.
        ended_at_ms: Option<i64>,
    }
}

impl Store {
    /// Adds a group, or changes the one with its id (who made it and when stay). The list gets a new version.
    ///
    /// # Errors
    /// When the database fails, or the site is not known.
    pub async fn put_group(&self, group: &GroupRow) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        sqlx::query(
            "insert into groups (site, group_id, kind, name, vehicle_quota, person_quota, contact, status, created_at_ms,
                created_by, changed_at_ms, changed_by, ended_at_ms)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             on conflict (site, group_id) do update set kind = excluded.kind, name = excluded.name,
                vehicle_quota = excluded.vehicle_quota, person_quota = excluded.person_quota, contact = excluded.contact,
                status = excluded.status, changed_at_ms = excluded.changed_at_ms, changed_by = excluded.changed_by,
                ended_at_ms = excluded.ended_at_ms",
        )
        .bind(&group.site)
        .bind(&group.group_id)
        .bind(&group.kind)
        .bind(&group.name)
        .bind(group.vehicle_quota)
        .bind(group.person_quota)
        .bind(&group.contact)
        .bind(&group.status)
        .bind(group.created_at_ms)
        .bind(&group.created_by)
        .bind(group.changed_at_ms)
        .bind(&group.changed_by)
        .bind(group.ended_at_ms)
        .execute(&mut *writer)
        .await?;
        bump(&mut writer, &group.site, group.changed_at_ms).await?;
        Ok(writer.commit().await?)
    }

    /// Groups of a site, by name; ended ones too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn groups(&self, site: &str) -> Result<Vec<GroupRow>, StoreError> {
        let rows = sqlx::query("select * from groups where site = $1 order by name, group_id")
            .bind(site)
            .fetch_all(self.read())
            .await?;
        Ok(rows.iter().map(GroupRow::read).collect::<Result<_, _>>()?)
    }

    /// One group.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn group(&self, site: &str, group_id: &str) -> Result<Option<GroupRow>, StoreError> {
        let row = sqlx::query("select * from groups where site = $1 and group_id = $2")
            .bind(site)
            .bind(group_id)
            .fetch_optional(self.read())
            .await?;
        Ok(row.as_ref().map(GroupRow::read).transpose()?)
    }
}
