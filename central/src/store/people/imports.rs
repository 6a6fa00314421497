//! A plan applied: all of it in one transaction, against the very list that it was made for.

use sqlx::Row as _;

use super::super::gates::members;
use super::super::rows::Scope;
use super::{Store, StoreError};
use crate::sealing::DataKey;
use crate::store::gates::{GroupRow, Member, bump};

/// What became of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// Written; the list has this version now.
    Done(u64),
    /// The list changed since the plan was made: nothing was written.
    Stale,
}

impl Store {
    /// The version of a site's list; 0 before the first change.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_version(&self, site: &str) -> Result<u64, StoreError> {
        let version: Option<i64> = sqlx::query_scalar("select version from gate_sites where site = $1")
            .bind(site)
            .fetch_optional(self.read())
            .await?;
        Ok(version.unwrap_or(0).unsigned_abs())
    }

    /// Writes entries and ends others, if the site's list still has the version that was looked at.
    ///
    /// # Errors
    /// When the database fails; then nothing was written.
    pub async fn apply_members(
        &self,
        key: &DataKey,
        site: &str,
        if_version: u64,
        write: &[Member],
        end: &[String],
        (by, now_ms): (&str, i64),
    ) -> Result<Applied, StoreError> {
        let mut writer = self.write().await?;
        let version: Option<i64> = sqlx::query_scalar("select version from gate_sites where site = $1")
            .bind(site)
            .fetch_optional(&mut *writer)
            .await?;
        if version.unwrap_or(0).unsigned_abs() != if_version {
            return Ok(Applied::Stale);
        }
        for member in write {
            members::put(&mut writer, key, member).await?;
        }
        for id in end {
            members::end(&mut writer, id, by, now_ms).await?;
        }
        let version = bump(&mut writer, site, now_ms).await?;
        writer.commit().await?;
        Ok(Applied::Done(version))
    }
}

impl Store {
    /// Groups that an account sees, ended ones left out; `site` may be empty for all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn groups_seen(&self, scope: &Scope, site: &str) -> Result<Vec<GroupRow>, StoreError> {
        let rows = sqlx::query(
            "select * from groups where ($1 = '' or $1 like '%,' || site || ',%') and ($2 = '' or group_id = $2)
                and ($3 = '' or site = $3) and status <> 'ended' order by name, site, group_id",
        )
        .bind(scope.sites_sql())
        .bind(scope.group_sql())
        .bind(site)
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(GroupRow::read).collect::<Result<_, _>>()?)
    }

    /// People and vehicles of a group that are on the list.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn group_size(&self, site: &str, group: &str) -> Result<(i64, i64), StoreError> {
        let row = sqlx::query(
            "select cast(coalesce(sum(case when kind = 'person' then 1 else 0 end), 0) as bigint),
                cast(coalesce(sum(case when kind = 'vehicle' then 1 else 0 end), 0) as bigint)
             from members where site = $1 and group_id = $2 and status = 'active' and list = 'allow'",
        )
        .bind(site)
        .bind(group)
        .fetch_one(self.read())
        .await?;
        Ok((row.try_get(0)?, row.try_get(1)?))
    }
}
