//! Agents: keys, enrolment codes, presence and what they last said of themselves.

use std::collections::HashMap;

use sqlx::Row as _;
use wire::{Name, PublicKey, Status};

use super::{Store, StoreError, Writer, gaps};
use crate::ingest::verify::AgentKey;

/// A one-time code.
#[derive(Debug, Clone)]
pub struct Code {
    /// Its id.
    pub code_id: String,
    /// The code; none once it was used or has expired.
    pub code: Option<String>,
    /// Until when it is good, ms.
    pub expires_at_ms: i64,
}

/// What a status changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct StatusTaken {
    /// It was older than what is known, and ignored.
    pub stale: bool,
    /// Cameras whose state or counters are new.
    pub cameras: Vec<String>,
    /// Events that were written off because the agent's outbox holds nothing that old.
    pub written_off: u64,
}

impl Store {
    /// Keys of all agents: the whole table, which is small.
    pub async fn agent_keys(&self) -> Result<HashMap<(Name, Name), AgentKey>, StoreError> {
        let rows = sqlx::query("select site, agent, public_key, revoked_at_ms from agents")
            .fetch_all(self.read())
            .await?;
        let mut keys = HashMap::with_capacity(rows.len());
        for row in &rows {
            let (site, agent, key): (String, String, String) =
                (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let damaged = |problem: &str| StoreError::Damaged {
                table: "agents",
                id: format!("{site}/{agent}"),
                problem: problem.to_owned(),
            };
            let key = PublicKey::from_hex(&key).ok_or_else(|| damaged("its key is none"))?;
            let site_name = Name::new(site.clone()).map_err(|_| damaged("its site is no name"))?;
            let agent_name = Name::new(agent.clone()).map_err(|_| damaged("it has no name"))?;
            let revoked = row.try_get::<Option<i64>, _>(3)?.is_some();
            keys.insert((site_name, agent_name), AgentKey { key, revoked });
        }
        Ok(keys)
    }

    /// Writes down a code. Earlier ones of the same agent end and are erased, used ones too.
    #[allow(clippy::too_many_arguments)] // the columns of one row
    pub async fn add_code(
        &self,
        code_id: &str,
        site: &str,
        agent: &str,
        code: &str,
        created_by: &str,
        now_ms: i64,
        expires_at_ms: i64,
    ) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        end_codes(&mut writer, site, agent, now_ms).await?;
        sqlx::query(
            "insert into enrolment_codes (code_id, site, agent, code, created_by, created_at_ms, expires_at_ms)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(code_id)
        .bind(site)
        .bind(agent)
        .bind(code)
        .bind(created_by)
        .bind(now_ms)
        .bind(expires_at_ms)
        .execute(&mut *writer)
        .await?;
        Ok(writer.commit().await?)
    }

    /// Codes of an agent that are open, or were used by this key while it still is the agent's (so that a lost reply can be sent
    /// again).
    pub async fn usable_codes(
        &self,
        site: &str,
        agent: &str,
        key: &PublicKey,
        now_ms: i64,
    ) -> Result<Vec<Code>, StoreError> {
        let rows = sqlx::query(
            "select code_id, code, expires_at_ms from enrolment_codes
             where site = $1 and agent = $2 and code is not null and expires_at_ms > $3
               and (used_at_ms is null or (used_key = $4 and exists (select 1 from agents
                 where site = $1 and agent = $2 and public_key = $4 and revoked_at_ms is null)))",
        )
        .bind(site)
        .bind(agent)
        .bind(now_ms)
        .bind(key.to_string())
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Code { code_id: row.try_get(0)?, code: row.try_get(1)?, expires_at_ms: row.try_get(2)? })
            })
            .collect()
    }

    /// Makes an agent's key known, using up the code. Doing it again with the same key and code changes nothing. Returns false
    /// when another device was faster with the same code, or the code was withdrawn.
    pub async fn enrol(
        &self,
        code_id: &str,
        site: &str,
        agent: &str,
        key: &PublicKey,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let mut writer = self.write().await?;
        let taken = sqlx::query(
            "update enrolment_codes set used_at_ms = coalesce(used_at_ms, $2), used_key = $3
             where code_id = $1 and code is not null
               and (used_key is null or (used_key = $3 and exists (select 1 from agents
                 where site = $4 and agent = $5 and public_key = $3 and revoked_at_ms is null)))",
        )
        .bind(code_id)
        .bind(now_ms)
        .bind(key.to_string())
        .bind(site)
        .bind(agent)
        .execute(&mut *writer)
        .await?;
        if taken.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query(
            "insert into agents (site, agent, public_key, fingerprint, enrolled_at_ms, state, state_since_ms, max_seq, received,
                late, offline_ms)
             values ($1, $2, $3, $4, $5, 'unknown', $5, 0, 0, 0, 0)
             on conflict (site, agent) do update set public_key = excluded.public_key, fingerprint = excluded.fingerprint,
                enrolled_at_ms = excluded.enrolled_at_ms, revoked_at_ms = null, status_at_ms = null
             where agents.public_key <> excluded.public_key or agents.revoked_at_ms is not null",
        )
        .bind(site)
        .bind(agent)
        .bind(key.to_string())
        .bind(key.fingerprint())
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        sqlx::query(
            "insert into audit_log (audit_id, at_ms, actor, action, object_kind, object_id)
             values ($1, $2, 'system', 'agent.enrol', 'agent', $3)",
        )
        .bind(super::commit::new_id())
        .bind(now_ms)
        .bind(format!("{site}/{agent}"))
        .execute(&mut *writer)
        .await?;
        writer.commit().await?;
        Ok(true)
    }

    /// Withdraws an agent's key and erases its codes. Doing it again changes nothing. Returns false when there is no such agent.
    pub async fn revoke(&self, site: &str, agent: &str, by: &str, now_ms: i64) -> Result<bool, StoreError> {
        let mut writer = self.write().await?;
        end_codes(&mut writer, site, agent, now_ms).await?;
        let found = sqlx::query("select revoked_at_ms from agents where site = $1 and agent = $2")
            .bind(site)
            .bind(agent)
            .fetch_optional(&mut *writer)
            .await?;
        let Some(row) = found else {
            return Ok(false);
        };
        if row.try_get::<Option<i64>, _>(0)?.is_none() {
            sqlx::query("update agents set revoked_at_ms = $3 where site = $1 and agent = $2")
                .bind(site)
                .bind(agent)
                .bind(now_ms)
                .execute(&mut *writer)
                .await?;
            sqlx::query(
                "insert into audit_log (audit_id, at_ms, actor, action, object_kind, object_id)
                 values ($1, $2, $3, 'agent.revoke', 'agent', $4)",
            )
            .bind(super::commit::new_id())
            .bind(now_ms)
            .bind(by)
            .bind(format!("{site}/{agent}"))
            .execute(&mut *writer)
            .await?;
        }
        writer.commit().await?;
        self.set_presence(site, agent, false, now_ms).await?;
        Ok(true)
    }

    /// Erases codes whose time is over.
    pub async fn erase_codes(&self, now_ms: i64) -> Result<u64, StoreError> {
        let mut writer = self.write().await?;
        let done = sqlx::query(
            "update enrolment_codes set code = null where code is not null and expires_at_ms <= $1",
        )
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        writer.commit().await?;
        Ok(done.rows_affected())
    }

    /// Takes a verified status, unless it is an old one come again. `retained` is true for one that the broker had kept; `live`
    /// when it shows that the agent is there.
    pub async fn take_status(
        &self,
        site: &str,
        agent: &str,
        status: &Status,
        retained: bool,
        live: bool,
        now_ms: i64,
    ) -> Result<StatusTaken, StoreError> {
        let mut writer = self.write().await?;
        let text = serde_json::to_string(status).map_err(|error| sqlx::Error::Encode(error.into()))?;
        let last = sqlx::query("select status from agents where site = $1 and agent = $2")
            .bind(site)
            .bind(agent)
            .fetch_optional(&mut *writer)
            .await?
            .map_or(Ok(None), |row| row.try_get::<Option<String>, _>(0))?
            // One that another version wrote, and this one cannot read, is followed by anything.
            .and_then(|text| serde_json::from_str::<Status>(&text).ok());
        if last.is_some_and(|last| is_old(&last, status, retained, now_ms)) {
            return Ok(StatusTaken { stale: true, ..StatusTaken::default() });
        }
        let done = sqlx::query(
            "update agents set status_at_ms = $3, status = $4, version = $5,
                last_seen_ms = case when $6 = 1 then $7 else last_seen_ms end
             where site = $1 and agent = $2",
        )
        .bind(site)
        .bind(agent)
        .bind(status.at.as_millisecond())
        .bind(text)
        .bind(&status.version)
        .bind(i64::from(live))
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        let mut taken = StatusTaken { stale: done.rows_affected() == 0, ..StatusTaken::default() };
        if taken.stale {
            return Ok(taken);
        }
        for camera in &status.cameras {
            write_camera(&mut writer, site, agent, camera).await?;
            taken.cameras.push(camera.camera.to_string());
        }
        if live {
            let floor = status.outbox.oldest_seq.unwrap_or(status.outbox.next_seq);
            let mut account = gaps::load(&mut writer, site, agent).await?;
            taken.written_off = account.write_off(&mut writer, floor, now_ms).await?;
            account.save(&mut writer, now_ms).await?;
        }
        writer.commit().await?;
        Ok(taken)
    }

    /// Sets an agent's presence; opens or closes its offline period. Returns whether that changed anything.
    pub async fn set_presence(
        &self,
        site: &str,
        agent: &str,
        online: bool,
        since_ms: i64,
    ) -> Result<bool, StoreError> {
        let mut writer = self.write().await?;
        let word = if online { "online" } else { "offline" };
        let done = sqlx::query("update agents set state = $3, state_since_ms = $4 where site = $1 and agent = $2 and state <> $3")
            .bind(site)
            .bind(agent)
            .bind(word)
            .bind(since_ms)
            .execute(&mut *writer)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        if online {
            close_period(&mut writer, site, agent, since_ms).await?;
        } else {
            sqlx::query(
                "insert into offline_periods (site, agent, from_ms) values ($1, $2, $3)
                 on conflict (site, agent, from_ms) do update set to_ms = null",
            )
            .bind(site)
            .bind(agent)
            .bind(since_ms)
            .execute(&mut *writer)
            .await?;
        }
        writer.commit().await?;
        Ok(true)
    }

    /// Agents that are taken for online, with when they were last heard.
    pub async fn agents_online(&self) -> Result<Vec<(String, String, i64)>, StoreError> {
        let rows = sqlx::query(
            "select site, agent, coalesce(last_seen_ms, state_since_ms) from agents where state = 'online'",
        )
        .fetch_all(self.read())
        .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
    }
}

/// Whether a status is one from before the last that was taken. The agent's clock may be set back, so what it says now counts
/// whatever time it names; its time is believed for what the broker had kept, and for what somebody plays back: there the
/// sequence number, which never goes back within a run, is behind as well.
fn is_old(last: &Status, status: &Status, retained: bool, now_ms: i64) -> bool {
    if status.run != last.run || status.at > last.at {
        return false;
    }
    // A clock that once ran ahead of central's must not silence the agent until that time comes.
    let ahead = last.at.as_millisecond() > now_ms + 60_000;
    let behind = status.outbox.next_seq < last.outbox.next_seq;
    status == last || behind || (retained && !ahead)
}

async fn end_codes(writer: &mut Writer, site: &str, agent: &str, now_ms: i64) -> Result<(), StoreError> {
    sqlx::query(
        "update enrolment_codes set code = null,
            expires_at_ms = case when used_at_ms is null and expires_at_ms > $3 then $3 else expires_at_ms end
         where site = $1 and agent = $2 and code is not null",
    )
    .bind(site)
    .bind(agent)
    .bind(now_ms)
    .execute(&mut **writer)
    .await?;
    Ok(())
}

async fn close_period(writer: &mut Writer, site: &str, agent: &str, now_ms: i64) -> Result<(), StoreError> {
    sqlx::query(
        "update agents set offline_ms = offline_ms + coalesce((select cast(sum($3 - from_ms) as bigint) from offline_periods
            where site = $1 and agent = $2 and to_ms is null and from_ms < $3), 0) where site = $1 and agent = $2",
    )
    .bind(site)
    .bind(agent)
    .bind(now_ms)
    .execute(&mut **writer)
    .await?;
    sqlx::query("update offline_periods set to_ms = $3 where site = $1 and agent = $2 and to_ms is null")
        .bind(site)
        .bind(agent)
        .bind(now_ms)
        .execute(&mut **writer)
        .await?;
    Ok(())
}

async fn write_camera(
    writer: &mut Writer,
    site: &str,
    agent: &str,
    camera: &wire::status::CameraHealth,
) -> Result<(), StoreError> {
    let health = serde_json::to_string(camera).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query(
        "insert into cameras (site, camera, name_vi, name_en, counts, agent, state, since_ms, health)
         values ($1, $2, $2, $2, 'unknown', $3, $4, $5, $6)
         on conflict (site, camera) do update set agent = excluded.agent, state = excluded.state,
            since_ms = excluded.since_ms, health = excluded.health",
    )
    .bind(site)
    .bind(camera.camera.as_str())
    .bind(agent)
    .bind(camera.state.as_str())
    .bind(camera.since.as_millisecond())
    .bind(health)
    .execute(&mut **writer)
    .await?;
    Ok(())
}
