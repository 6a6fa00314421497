//! Messages that central could not use. So many are kept per agent; all are counted.

use sqlx::Row as _;

use super::commit::new_id;
use super::{Store, StoreError};

/// Largest message whose bytes are kept.
const KEEP_BYTES: usize = wire::MAX_MESSAGE_BYTES;

/// A message to put aside.
#[derive(Debug, Clone)]
pub struct Quarantined {
    /// Its topic.
    pub topic: String,
    /// Site by the topic, where it could be read.
    pub site: Option<String>,
    /// Agent by the topic.
    pub agent: Option<String>,
    /// Code of the reason.
    pub reason_code: &'static str,
    /// Reason, for a person.
    pub reason: String,
    /// The message in base64; none when it is not worth keeping.
    pub body: Option<String>,
    /// Its size, bytes.
    pub bytes: usize,
    /// SHA-256 of the message.
    pub sha256: wire::Digest,
    /// Whether an enrolled agent really signed it. Such messages have a bound of their own, so that a flood of forgeries
    /// cannot push them out.
    pub signed: bool,
}

impl Quarantined {
    /// The bytes as they are kept: base64, or nothing when they are larger than any message.
    pub fn encode(bytes: &[u8]) -> Option<String> {
        use base64::Engine as _;
        (bytes.len() <= KEEP_BYTES).then(|| base64::engine::general_purpose::STANDARD.encode(bytes))
    }
}

/// Unsigned messages kept per agent, and in all: names cost nothing to invent, and must not fill the disk.
const KEEP_UNSIGNED: i64 = 200;
const KEEP_UNSIGNED_TOTAL: i64 = 2_000;

impl Store {
    /// Puts a message aside. Returns whether it is kept (now or from before): only then may its agent free it.
    pub async fn quarantine(
        &self,
        message: &Quarantined,
        per_agent: u32,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let (site, agent) = (message.site.as_deref().unwrap_or(""), message.agent.as_deref().unwrap_or(""));
        let mut writer = self.write().await?;
        let there = sqlx::query(
            "select (select count(*) from quarantine where coalesce(site, '') = $1 and coalesce(agent, '') = $2 and sha256 = $3),
                    (select count(*) from quarantine where coalesce(site, '') = $1 and coalesce(agent, '') = $2 and signed = $4),
                    (select count(*) from quarantine where signed = 0)",
        )
        .bind(site)
        .bind(agent)
        .bind(message.sha256.to_string())
        .bind(i64::from(message.signed))
        .fetch_one(&mut *writer)
        .await?;
        let (same, of_agent, unsigned): (i64, i64, i64) =
            (there.try_get(0)?, there.try_get(1)?, there.try_get(2)?);
        let room = match message.signed {
            true => of_agent < i64::from(per_agent),
            false => of_agent < KEEP_UNSIGNED && unsigned < KEEP_UNSIGNED_TOTAL,
        };
        let keep = same == 0 && room;
        // Beyond the bound, names that nobody enrolled are counted together: they cost nothing to invent.
        let (count_site, count_agent) =
            if keep || same > 0 || message.signed { (site, agent) } else { ("", "") };
        sqlx::query(
            "insert into quarantine_counts (site, agent, reason_code, messages, last_at_ms) values ($1, $2, $3, 1, $4)
             on conflict (site, agent, reason_code)
             do update set messages = quarantine_counts.messages + 1, last_at_ms = excluded.last_at_ms",
        )
        .bind(count_site)
        .bind(count_agent)
        .bind(message.reason_code)
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        if keep {
            sqlx::query(
                "insert into quarantine (quarantine_id, received_at_ms, topic, site, agent, reason_code, reason, bytes,
                    sha256, signed, body)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            )
            .bind(new_id())
            .bind(now_ms)
            .bind(&message.topic)
            .bind(&message.site)
            .bind(&message.agent)
            .bind(message.reason_code)
            .bind(&message.reason)
            .bind(i64::try_from(message.bytes).unwrap_or(i64::MAX))
            .bind(message.sha256.to_string())
            .bind(i64::from(message.signed))
            .bind(&message.body)
            .execute(&mut *writer)
            .await?;
        }
        writer.commit().await?;
        Ok(keep || same > 0)
    }
}
