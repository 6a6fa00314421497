//! Sites, cameras and agents, and what was put aside, for pages that show them.

use sqlx::Row as _;

use super::rows::{Scope, row};
use super::{Store, StoreError};

row! {
    /// A site.
    SiteRow {
        /// Id.
        site: String,
        /// What it is.
        model: String,
        /// Name, Vietnamese.
        name_vi: String,
        /// Name, English.
        name_en: String,
        /// Address, Vietnamese.
        address_vi: String,
        /// Address, English.
        address_en: String,
    }
}

row! {
    /// A camera with the state of its agent.
    CameraRow {
        /// Site.
        site: String,
        /// Camera.
        camera: String,
        /// Name, Vietnamese.
        name_vi: String,
        /// Name, English.
        name_en: String,
        /// What it is there for.
        counts: String,
        /// Agent that serves it.
        agent: Option<String>,
        /// State as the agent last said.
        state: String,
        /// Since when.
        since_ms: Option<i64>,
        /// JSON health.
        health: Option<String>,
        /// Newest overview picture.
        snapshot: Option<String>,
        /// State of the agent.
        agent_state: Option<String>,
        /// Since when the agent is in that state.
        agent_since_ms: Option<i64>,
    }
}

row! {
    /// An agent with its open gaps.
    AgentRow {
        /// Site.
        site: String,
        /// Agent.
        agent: String,
        /// `online`, `offline` or `unknown`.
        state: String,
        /// When it was last heard.
        last_seen_ms: Option<i64>,
        /// Program version.
        version: Option<String>,
        /// JSON status.
        status: Option<String>,
        /// Highest sequence number received.
        max_seq: i64,
        /// When it was enrolled.
        enrolled_at_ms: i64,
        /// When it was shut out.
        revoked_at_ms: Option<i64>,
        /// Sequence numbers that have not arrived.
        missing: i64,
    }
}

row! {
    /// A message that central could not use.
    QuarantineRow {
        /// Id.
        quarantine_id: String,
        /// When it came.
        received_at_ms: i64,
        /// On which topic.
        topic: String,
        /// Stable reason.
        reason_code: String,
        /// Reason in words.
        reason: String,
        /// Its size.
        bytes: i64,
    }
}

impl Store {
    /// Sites that the account sees, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sites_seen(&self, scope: &Scope) -> Result<Vec<SiteRow>, StoreError> {
        let rows = sqlx::query(
            "select site, model, name_vi, name_en, address_vi, address_en from sites
             where $1 = '' or $1 like '%,' || site || ',%' order by name_vi, site",
        )
        .bind(scope.sites_sql())
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(SiteRow::read).collect::<Result<_, _>>()?)
    }

    /// Cameras that the account sees; `site` and `camera` may be empty for all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cameras_seen(
        &self,
        scope: &Scope,
        site: &str,
        camera: &str,
    ) -> Result<Vec<CameraRow>, StoreError> {
        let rows = sqlx::query(
            "select c.site, c.camera, c.name_vi, c.name_en, c.counts, c.agent, c.state, c.since_ms, c.health, c.snapshot,
                a.state as agent_state, a.state_since_ms as agent_since_ms
             from cameras c left join agents a on a.site = c.site and a.agent = c.agent
             where ($1 = '' or $1 like '%,' || c.site || ',%') and ($2 = '' or c.site = $2) and ($3 = '' or c.camera = $3)
             order by c.site, c.camera",
        )
        .bind(scope.sql())
        .bind(site)
        .bind(camera)
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(CameraRow::read).collect::<Result<_, _>>()?)
    }

    /// Agents that the account sees; `site` and `agent` may be empty for all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn agents_seen(
        &self,
        scope: &Scope,
        site: &str,
        agent: &str,
    ) -> Result<Vec<AgentRow>, StoreError> {
        let rows = sqlx::query(
            "select a.site, a.agent, a.state, a.last_seen_ms, a.version, a.status, a.max_seq, a.enrolled_at_ms,
                a.revoked_at_ms,
                (select cast(coalesce(sum(g.to_seq - g.from_seq + 1), 0) as bigint) from gaps g
                 where g.site = a.site and g.agent = a.agent) as missing
             from agents a
             where ($1 = '' or $1 like '%,' || a.site || ',%') and ($2 = '' or a.site = $2) and ($3 = '' or a.agent = $3)
             order by a.site, a.agent",
        )
        .bind(scope.sql())
        .bind(site)
        .bind(agent)
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(AgentRow::read).collect::<Result<_, _>>()?)
    }

    /// Quarantined messages before a place in the list, newest first. An account with sites sees those of its sites only.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn quarantine_seen(
        &self,
        scope: &Scope,
        before: (i64, &str),
        limit: u32,
    ) -> Result<Vec<QuarantineRow>, StoreError> {
        let rows = sqlx::query(
            "select quarantine_id, received_at_ms, topic, reason_code, reason, bytes from quarantine
             where (received_at_ms, quarantine_id) < ($1, $2) and ($3 = '' or $3 like '%,' || site || ',%')
             order by received_at_ms desc, quarantine_id desc limit $4",
        )
        .bind(before.0)
        .bind(before.1)
        .bind(scope.sql())
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(QuarantineRow::read).collect::<Result<_, _>>()?)
    }

    /// Whether the account may see a file: its site sent it, or a passage of its sites shows it. What belongs to a case is for the police.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn may_see_evidence(&self, sha256: &str, scope: &Scope) -> Result<bool, StoreError> {
        // What belongs to a case is for the police of its site, and for nobody where it is not evidence, unless a passage shows it too.
        let of_case = sqlx::query(
            "select c.site, case when c.state in ('detected', 'inadmissible') then 1 else 0 end from case_evidence e
             join cases c on c.case_id = e.case_id where e.sha256 = $1
               and not exists (select 1 from passages p where p.thumbnail = $1)",
        )
        .bind(sha256)
        .fetch_all(self.read())
        .await?;
        if !of_case.is_empty() {
            for row in &of_case {
                let (site, hidden): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
                if hidden == 0 && scope.police() == 1 && scope.sees(&site) {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        // Clips and overlays are made for cases alone: one whose case is not open yet, or no longer there, is nobody else's.
        let of_case_only: Option<i64> = sqlx::query_scalar(
            "select cast(1 as bigint) from evidence where sha256 = $1 and media_type <> 'image/jpeg' limit 1",
        )
        .bind(sha256)
        .fetch_optional(self.read())
        .await?;
        if of_case_only.is_some() && scope.police() == 0 {
            return Ok(false);
        }
        if scope.sql().is_empty() {
            return Ok(true);
        }
        let found: Option<i64> = sqlx::query_scalar(
            "select cast(1 as bigint) from evidence where sha256 = $1 and $2 like '%,' || site || ',%'
             union all
             select cast(1 as bigint) from passages where thumbnail = $1 and $2 like '%,' || site || ',%' limit 1",
        )
        .bind(sha256)
        .bind(scope.sql())
        .fetch_optional(self.read())
        .await?;
        Ok(found.is_some())
    }
}
