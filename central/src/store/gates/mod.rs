//! Gates: policies, groups, members, lists, decisions, movements.

use sqlx::Row as _;

use super::{Store, StoreError, Writer};

pub mod groups;
pub mod identities;
pub mod lists;
pub mod members;
pub mod movements;
pub mod policies;
pub mod read;
pub mod recheck;
pub(in crate::store) mod write;

pub use groups::{GroupRow, GroupStatus};
pub use identities::WantedHit;
pub use lists::MadeList;
pub use members::{Member, MemberFilter, MemberKey};
pub use movements::AreaInside;
pub use policies::PolicyRow;

/// Makes the site's list a version newer, inside a transaction that changes what is in it. Returns the version.
pub(in crate::store) async fn bump(writer: &mut Writer, site: &str, now_ms: i64) -> Result<u64, StoreError> {
    let row = sqlx::query(
        "insert into gate_sites (site, version, changed_at_ms) values ($1, 1, $2)
         on conflict (site) do update set version = gate_sites.version + 1, changed_at_ms = excluded.changed_at_ms
         returning version",
    )
    .bind(site)
    .bind(now_ms)
    .fetch_one(&mut **writer)
    .await?;
    Ok(row.try_get::<i64, _>(0)?.unsigned_abs())
}

impl Store {
    /// Says that something changed that is in the site's list: its version grows, and the list is made and published anew.
    /// Returns the version. The functions here that change groups, members, passes and policies do so themselves.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bump_list(&self, site: &str, now_ms: i64) -> Result<u64, StoreError> {
        let mut writer = self.write().await?;
        let version = bump(&mut writer, site, now_ms).await?;
        writer.commit().await?;
        Ok(version)
    }

    /// Agents of a site that are not revoked: name, whether it is there, and the last status it gave (json).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn agent_words(&self, site: &str) -> Result<Vec<(String, bool, Option<String>)>, StoreError> {
        let rows = sqlx::query(
            "select agent, state, status from agents where site = $1 and revoked_at_ms is null order by agent",
        )
        .bind(site)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get::<String, _>(1)? == "online", row.try_get(2)?)))
            .collect()
    }

    /// The list version of every site that has one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_versions(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let rows =
            sqlx::query("select site, version from gate_sites order by site").fetch_all(self.read()).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)?.unsigned_abs()))).collect()
    }
}
