//! What gates need done again and again: late decisions taken again, overstays told, old lists forgotten.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use wire::Name;
use wire::gate::{Ask, Decision, EntryKind, GateIndex, GateList, Inside, Presence};

use super::otherwise::{self, Case};
use crate::app::State;
use crate::notify::Change;
use crate::store::StoreError;
use crate::store::gates::recheck::{NewOtherwise, Waiting};

/// How often to look.
const LOOK: Duration = Duration::from_secs(2);
/// How often to forget lists.
const FORGET: Duration = Duration::from_secs(3600);
/// Decisions taken again in one look.
const AT_ONCE: u32 = 50;
/// A decision waits no longer than this for those before it.
const PATIENCE_MS: i64 = 10 * 60_000;

/// Runs until central stops.
pub async fn run(state: State) {
    let (mut look, mut forget) = (tokio::time::interval(LOOK), tokio::time::interval(FORGET));
    loop {
        let result = tokio::select! {
            () = state.stop.cancelled() => return,
            _ = forget.tick() => forget_lists(&state).await,
            _ = look.tick() => look_once(&state).await,
        };
        if let Err(error) = result {
            state.health.write_failed(crate::health::DATABASE, &error);
        }
    }
}

async fn forget_lists(state: &State) -> Result<(), StoreError> {
    let days = i64::from(state.config.gates.keep_lists_days);
    let forgotten = state.store.forget_lists(Timestamp::now().as_millisecond() - days * 86_400_000).await?;
    if forgotten > 0 {
        tracing::info!(forgotten, "old gate lists forgotten");
    }
    Ok(())
}

async fn look_once(state: &State) -> Result<(), StoreError> {
    let now_ms = Timestamp::now().as_millisecond();
    let mut feed_id = state.store.alert_overstays(now_ms).await?;
    for waiting in state.store.to_recheck(now_ms - PATIENCE_MS, AT_ONCE).await? {
        let case = take_again(state, &waiting).await?;
        feed_id = feed_id.max(state.store.rechecked(&waiting, case.as_ref(), now_ms).await?);
    }
    if let Some(feed_id) = feed_id {
        state.hub.send(Change::Feed(feed_id));
    }
    Ok(())
}

/// Takes one decision again. None where the answer is the same, or there is nothing to compare with.
pub async fn take_again(state: &State, waiting: &Waiting) -> Result<Option<NewOtherwise>, StoreError> {
    let (Ok(ask), Ok(edge)) =
        (serde_json::from_str::<Ask>(&waiting.ask), serde_json::from_str::<Decision>(&waiting.decision))
    else {
        tracing::error!(event = waiting.id, "a decision cannot be read and is not taken again");
        return Ok(None);
    };
    let (site, agent) = (waiting.site.as_str(), waiting.agent.as_str());
    let Some((_, then)) = state.store.list_at(site, agent, ask.at.as_millisecond()).await? else {
        return Ok(None);
    };
    let read = |body: String| {
        serde_json::from_str::<GateList>(&body)
            .inspect_err(|error| tracing::error!(site, agent, %error, "a kept gate list cannot be read"))
            .ok()
    };
    let Some(then) = read(then) else { return Ok(None) };
    let used = state.store.list_of(site, agent, edge.list_version).await?.and_then(|(_, body)| read(body));
    let presence = presence_at(state, site, &then, &ask).await?;
    let case = otherwise::again(used.as_ref(), then, &presence, &ask, &edge);
    Ok(case.map(|Case { central, why_vi, why_en }| NewOtherwise {
        edge: otherwise::told(&edge).to_string(),
        central: otherwise::told(&central).to_string(),
        why_vi,
        why_en,
    }))
}

/// Who was inside when something was asked, as far as the answer can depend on it.
pub async fn presence_at(
    state: &State,
    site: &str,
    list: &GateList,
    ask: &Ask,
) -> Result<Presence, StoreError> {
    let at_ms = ask.at.as_millisecond();
    let moment = |ms: i64| Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut presence = Presence::default();
    for area in state.store.inside_at(site, at_ms).await? {
        if let Ok(name) = Name::new(area.area) {
            presence.counts.insert(name, (area.people, area.vehicles));
        }
    }
    for stay in state.store.was_inside(site, at_ms).await? {
        let Ok(area) = Name::new(stay.area) else { continue };
        let inside = Inside {
            kind: if stay.kind == "vehicle" { EntryKind::Vehicle } else { EntryKind::Person },
            group: stay.group_id.and_then(|group| Name::new(group).ok()),
            area,
            lane: ask.lane.clone(),
            since: moment(stay.in_ms),
        };
        presence.inside.insert(stay.subject, inside);
    }
    for subject in candidates(list, ask) {
        let (uses, last_in, last_out) = state.store.ways_of(site, &subject, at_ms).await?;
        presence.uses.insert(subject.clone(), u32::try_from(uses).unwrap_or(u32::MAX));
        presence.last.insert(subject, (last_in.map(moment), last_out.map(moment)));
    }
    Ok(presence)
}

/// Entries that what was presented may mean.
fn candidates(list: &GateList, ask: &Ask) -> BTreeSet<String> {
    let index = GateIndex::new(list.clone());
    let plates = ask.vehicle.iter().flat_map(|vehicle| vehicle.text.iter());
    let keys = ask.person.iter().flat_map(|person| person.keys.iter().map(|(_, digest)| *digest));
    let by_plate =
        plates.flat_map(|text| index.by_plate(text).map(|entry| entry.id.clone()).collect::<Vec<_>>());
    let by_key =
        keys.flat_map(|digest| index.by_digest(digest).map(|entry| entry.id.clone()).collect::<Vec<_>>());
    by_plate.chain(by_key).collect()
}
