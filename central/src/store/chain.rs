//! The chain of an agent's events: each names the digest of the one before.

use sqlx::Row as _;

use super::{StoreError, Writer};
use crate::ingest::verify::VerifiedEvent;

/// How many of an event's neighbours in its agent's chain are there and do not fit to it: 0 to 2.
pub(in crate::store) async fn broken_links(
    writer: &mut Writer,
    event: &VerifiedEvent,
) -> Result<u64, StoreError> {
    let envelope = event.envelope();
    let (site, agent, seq) = (&envelope.site, &envelope.agent, envelope.seq as i64);
    let row = sqlx::query(
        "select count(*) from events where site = $1 and agent = $2
         and ((seq = $3 and digest <> $4) or (seq = $5 and prev <> $6))",
    )
    .bind(site.as_str())
    .bind(agent.as_str())
    .bind(seq - 1)
    .bind(envelope.prev.to_string())
    .bind(seq.saturating_add(1))
    .bind(event.digest().to_string())
    .fetch_one(&mut **writer)
    .await?;
    let broken = row.try_get::<i64, _>(0)?.unsigned_abs();
    if broken > 0 {
        tracing::warn!(%site, %agent, seq, "the agent's chain of events is broken here");
    }
    Ok(broken)
}
