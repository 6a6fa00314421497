//! Which agents are there: by heartbeat, by good-bye, by last will, or by silence.

use std::time::Duration;

use jiff::Timestamp;
use wire::Topic;
use wire::status::{Presence, Status};

use crate::app::State;
use crate::ingest::Arrival;
use crate::notify::Change;
use crate::store::StoreError;

/// How often to look for agents that have gone silent, and for lists that another process changed.
const LOOK: Duration = Duration::from_secs(2);

/// An agent said how it is, signed.
pub async fn heard(
    state: &State,
    topic: &Topic,
    status: &Status,
    arrival: &Arrival,
) -> Result<(), StoreError> {
    let (site, agent) = (topic.site.as_str(), topic.agent.as_str());
    let now_ms = arrival.received_at.as_millisecond();
    // What the broker had kept may be long past: it tells what the agent said last, not that it is there.
    let age_ms = now_ms - status.at.as_millisecond();
    let live = !arrival.retained || age_ms.abs() < state.config.rules.offline_after_s as i64 * 1000;
    let taken = state.store.take_status(site, agent, status, arrival.retained, live, now_ms).await?;
    state.health.write_worked(crate::health::DATABASE);
    if taken.stale {
        tracing::debug!(site, agent, "status ignored: older than the last one");
        return Ok(());
    }
    if taken.written_off > 0 {
        tracing::warn!(
            site,
            agent,
            lost = taken.written_off,
            "events are lost: the agent no longer has them and did not say why"
        );
    }
    match status.state {
        Presence::Online if live => _ = state.store.set_presence(site, agent, true, now_ms).await?,
        Presence::Offline => _ = state.store.set_presence(site, agent, false, now_ms).await?,
        Presence::Online => {}
    }
    state.hub.send(Change::Agent { site: site.to_owned(), agent: agent.to_owned() });
    for camera in taken.cameras {
        state.hub.send(Change::Camera { site: site.to_owned(), camera });
    }
    Ok(())
}

/// An agent's last will came.
pub async fn gone(state: &State, site: &str, agent: &str, at: Timestamp) -> Result<(), StoreError> {
    if state.store.set_presence(site, agent, false, at.as_millisecond()).await? {
        tracing::warn!(site, agent, "agent offline: it lost its connection");
        state.hub.send(Change::Agent { site: site.to_owned(), agent: agent.to_owned() });
    }
    Ok(())
}

/// Looks for silent agents until central stops. Also takes over lists that another process changed.
pub async fn watch(state: State) {
    let started_ms = Timestamp::now().as_millisecond();
    let mut look = tokio::time::interval(LOOK);
    let mut lists_version = None;
    loop {
        tokio::select! {
            () = state.stop.cancelled() => return,
            _ = look.tick() => {}
        }
        let result = async {
            silent(&state, started_ms).await?;
            let version = Some(state.store.lists_version().await?);
            if version != lists_version {
                let entries = state.lists.reload(&state.store).await?;
                tracing::info!(entries, "watch lists loaded");
                lists_version = version;
            }
            Ok::<(), StoreError>(())
        };
        if let Err(error) = result.await {
            state.health.write_failed(crate::health::DATABASE, &error);
        }
    }
}

/// While central itself was not there, silence means nothing: it counts from central's start.
async fn silent(state: &State, started_ms: i64) -> Result<(), StoreError> {
    let now_ms = Timestamp::now().as_millisecond();
    let limit_ms = state.config.rules.offline_after_s as i64 * 1000;
    for (site, agent, seen_ms) in state.store.agents_online().await? {
        if now_ms - seen_ms.max(started_ms) > limit_ms
            && state.store.set_presence(&site, &agent, false, seen_ms.max(started_ms)).await?
        {
            tracing::warn!(site, agent, "agent offline: nothing heard of it");
            state.hub.send(Change::Agent { site, agent });
        }
    }
    Ok(())
}
