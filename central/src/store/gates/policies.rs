//! Policy documents of sites, every version of them.

use sqlx::Row as _;

use super::super::rows::row;
use super::{Store, StoreError, bump};

row! {
    /// A version of a site's document. Columns are as the schema describes them.
    PolicyRow {
        /// Site.
        site: String,
        /// 1, 2, ….
        version: i64,
        /// JSON.
        document: String,
        /// JSON array of changes against the version before.
        changes: String,
        /// User name, or `console`.
        changed_by: String,
        /// When.
        changed_at_ms: i64,
        /// Who approved it.
        approved_by: Option<String>,
        /// Why.
        note: Option<String>,
    }
}

impl Store {
    /// Writes the next version of a site's document; the site's list becomes newer with it. False when `row.version` is not the
    /// one after the newest: somebody else was faster.
    ///
    /// # Errors
    /// When the database fails, or the site is not known.
    pub async fn put_policy(&self, policy: &PolicyRow) -> Result<bool, StoreError> {
        let mut writer = self.write().await?;
        let newest: i64 = sqlx::query("select coalesce(max(version), 0) from gate_policies where site = $1")
            .bind(&policy.site)
            .fetch_one(&mut *writer)
            .await?
            .try_get(0)?;
        if newest + 1 != policy.version {
            return Ok(false);
        }
        sqlx::query(
            "insert into gate_policies (site, version, document, changes, changed_by, changed_at_ms, approved_by, note)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&policy.site)
        .bind(policy.version)
        .bind(&policy.document)
        .bind(&policy.changes)
        .bind(&policy.changed_by)
        .bind(policy.changed_at_ms)
        .bind(&policy.approved_by)
        .bind(&policy.note)
        .execute(&mut *writer)
        .await?;
        bump(&mut writer, &policy.site, policy.changed_at_ms).await?;
        writer.commit().await?;
        Ok(true)
    }

    /// The newest version of a site's document.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn policy(&self, site: &str) -> Result<Option<PolicyRow>, StoreError> {
        Ok(self.policy_history(site, 1).await?.pop())
    }

    /// Versions of a site's document, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn policy_history(&self, site: &str, limit: u32) -> Result<Vec<PolicyRow>, StoreError> {
        let rows = sqlx::query("select * from gate_policies where site = $1 order by version desc limit $2")
            .bind(site)
            .bind(i64::from(limit))
            .fetch_all(self.read())
            .await?;
        Ok(rows.iter().map(PolicyRow::read).collect::<Result<_, _>>()?)
    }

    /// The newest document of every site that has one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn policies(&self) -> Result<Vec<PolicyRow>, StoreError> {
        let rows = sqlx::query(
            "select p.* from gate_policies p
             where p.version = (select max(n.version) from gate_policies n where n.site = p.site) order by p.site",
        )
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(PolicyRow::read).collect::<Result<_, _>>()?)
    }
}
