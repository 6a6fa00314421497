//! Lists as they were made for agents.

use sqlx::Row as _;

use super::super::rows::row;
use super::{Store, StoreError};

row! {
    /// A list that was made.
    MadeList {
        /// Site.
        site: String,
        /// Agent.
        agent: String,
        /// Version.
        version: i64,
        /// When it was made.
        made_at_ms: i64,
        /// Fingerprint of the agent's key that it was made for.
        key: String,
        /// SHA-256 of all but version and time.
        content: String,
    }
}

impl Store {
    /// Keeps a list that was made, before it is published. The same version again takes its place.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_list(&self, made: &MadeList, body: &str) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        sqlx::query(
            "insert into gate_list_bodies (content, body) values ($1, $2) on conflict (content) do nothing",
        )
        .bind(&made.content)
        .bind(body)
        .execute(&mut *writer)
        .await?;
        sqlx::query(
            "insert into gate_lists (site, agent, version, made_at_ms, key, content) values ($1, $2, $3, $4, $5, $6)
             on conflict (site, agent, version) do update set made_at_ms = excluded.made_at_ms, key = excluded.key,
                content = excluded.content",
        )
        .bind(&made.site)
        .bind(&made.agent)
        .bind(made.version)
        .bind(made.made_at_ms)
        .bind(&made.key)
        .bind(&made.content)
        .execute(&mut *writer)
        .await?;
        Ok(writer.commit().await?)
    }

    /// The newest list that was made for each agent of a site.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_lists(&self, site: &str) -> Result<Vec<MadeList>, StoreError> {
        let rows = sqlx::query(
            "select l.* from gate_lists l where l.site = $1 and l.version =
                (select max(n.version) from gate_lists n where n.site = l.site and n.agent = l.agent) order by l.agent",
        )
        .bind(site)
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(MadeList::read).collect::<Result<_, _>>()?)
    }

    /// The list that was newest at a moment for an agent, with its body.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_at(
        &self,
        site: &str,
        agent: &str,
        at_ms: i64,
    ) -> Result<Option<(MadeList, String)>, StoreError> {
        let row = sqlx::query(
            "select l.*, b.body from gate_lists l join gate_list_bodies b on b.content = l.content
             where l.site = $1 and l.agent = $2 and l.made_at_ms <= $3 order by l.made_at_ms desc, l.version desc limit 1",
        )
        .bind(site)
        .bind(agent)
        .bind(at_ms)
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(|row| Ok((MadeList::read(row)?, row.try_get("body")?))).transpose()
    }

    /// A version of an agent's list, with its body.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_of(
        &self,
        site: &str,
        agent: &str,
        version: u64,
    ) -> Result<Option<(MadeList, String)>, StoreError> {
        let row = sqlx::query(
            "select l.*, b.body from gate_lists l join gate_list_bodies b on b.content = l.content
             where l.site = $1 and l.agent = $2 and l.version = $3",
        )
        .bind(site)
        .bind(agent)
        .bind(i64::try_from(version).unwrap_or(i64::MAX))
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(|row| Ok((MadeList::read(row)?, row.try_get("body")?))).transpose()
    }

    /// Forgets lists made before a moment, but for the newest of each agent. Returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_lists(&self, before_ms: i64) -> Result<u64, StoreError> {
        let mut writer = self.write().await?;
        let done = sqlx::query(
            "delete from gate_lists where made_at_ms < $1 and version <
                (select max(n.version) from gate_lists n where n.site = gate_lists.site and n.agent = gate_lists.agent)",
        )
        .bind(before_ms)
        .execute(&mut *writer)
        .await?;
        sqlx::query("delete from gate_list_bodies where content not in (select content from gate_lists)")
            .execute(&mut *writer)
            .await?;
        writer.commit().await?;
        Ok(done.rows_affected())
    }
}
