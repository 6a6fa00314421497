//! Looks at committed counts every few seconds and raises alerts of crowds.

use std::time::Duration;

use jiff::Timestamp;

use super::{Change, Holds, Place, Plan, Rule, Source, TrainWindow, update};
use crate::app::State;
use crate::notify::Change as Told;
use crate::store::StoreError;
use crate::store::people::crowding::Crowd;
use crate::store::people::documents::{DocumentRow, SitePolicy};
use crate::timetable::{self, Stop, Train};

/// How often to look.
const LOOK: Duration = Duration::from_secs(5);
/// A count older than this says nothing of now, ms.
const STALE_MS: i64 = 3 * 60_000;

/// How many people are in a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// People.
    pub people: i64,
    /// When, ms.
    pub at_ms: i64,
    /// The camera that counts most of them, or `agent`.
    pub camera: String,
}

/// What bounds depend on besides counts: hours and trains.
#[derive(Debug, Clone, Default)]
pub struct Board {
    policy: SitePolicy,
    stops: Vec<Stop>,
}

/// The plan in a document; the empty one where none was written.
///
/// # Errors
/// When it holds what this program never writes.
pub fn plan_of(row: &DocumentRow) -> Result<Plan, StoreError> {
    parse("crowding", &row.document)
}

/// The trains in a document; none where none was written.
///
/// # Errors
/// When it holds what this program never writes.
pub fn trains_of(row: &DocumentRow) -> Result<Vec<Train>, StoreError> {
    parse("timetable", &row.document)
}

fn parse<T: serde::de::DeserializeOwned + Default>(kind: &str, text: &str) -> Result<T, StoreError> {
    if text.is_empty() {
        return Ok(T::default());
    }
    serde_json::from_str(text).map_err(|error| StoreError::Damaged {
        table: "site_documents",
        id: kind.to_owned(),
        problem: error.to_string(),
    })
}

/// The name under which a place's state is kept: a zone and an area may have the same name.
pub fn key(place: &Place) -> String {
    match place.source {
        Source::Zone => place.zone.clone(),
        Source::Area => format!("area/{}", place.zone),
    }
}

/// How many people are in a place; `None` when nobody counted lately.
///
/// # Errors
/// When the database fails.
pub async fn count(
    state: &State,
    site: &str,
    place: &Place,
    now_ms: i64,
) -> Result<Option<Count>, StoreError> {
    let count = match place.source {
        Source::Area => {
            let people = state.store.people_in_area(site, &place.zone).await?.max(0);
            Some(Count { people, at_ms: now_ms, camera: wire::payload::AGENT_ITSELF.to_owned() })
        }
        Source::Zone => {
            let counted = state.store.zone_people(site, &place.zone).await?;
            counted.map(|(people, at_ms, camera)| Count { people, at_ms, camera })
        }
    };
    Ok(count.filter(|count| now_ms - count.at_ms < STALE_MS))
}

impl Board {
    /// Of a site, with the trains from yesterday to tomorrow.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(state: &State, site: &str, now: Timestamp) -> Result<Self, StoreError> {
        let policy = state.store.site_policy(site).await?;
        let trains = trains_of(&state.store.site_document(site, "timetable").await?)?;
        let today = policy.clock().local(now).date();
        let (from, to) = (today.yesterday().unwrap_or(today), today.tomorrow().unwrap_or(today));
        let delays = state.store.delays(site, &from.to_string(), &to.to_string()).await?;
        let stops = timetable::stops(&trains, &delays, policy.clock(), from, to);
        Ok(Self { policy, stops })
    }

    /// The train that a place is around now.
    pub fn train(&self, place: &Place, at: Timestamp) -> Option<String> {
        let zone = place.rules();
        let window = zone.rules.iter().find_map(|rule| rule.train.as_ref())?;
        self.near(window, at).map(|stop| stop.train.train.clone())
    }

    fn near(&self, window: &TrainWindow, at: Timestamp) -> Option<&Stop> {
        timetable::near(&self.stops, at, window.before_minutes, window.after_minutes, window.call)
    }

    /// Whether a rule holds at a moment.
    pub fn holds(&self, rule: &Rule, at: Timestamp) -> Holds {
        if let Some(id) = &rule.schedule {
            let local = self.policy.clock().local(at);
            let open = self.policy.schedules.iter().find(|schedule| schedule.id.as_str() == id);
            // A schedule that was taken away closes nothing: better an alert too many.
            if open.is_some_and(|schedule| !schedule.is_open(&local, &self.policy.holidays)) {
                return Holds::No;
            }
        }
        if rule.without_train.as_ref().is_some_and(|window| self.near(window, at).is_some()) {
            return Holds::No;
        }
        match &rule.train {
            None => Holds::Yes(None),
            Some(window) => {
                self.near(window, at).map_or(Holds::No, |stop| Holds::Yes(Some(stop.train.train.clone())))
            }
        }
    }
}

/// Looks until central stops.
pub async fn run(state: State) {
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            () = state.stop.cancelled() => return,
            _ = look.tick() => {}
        }
        if let Err(error) = once(&state, Timestamp::now()).await {
            state.health.write_failed(crate::health::DATABASE, &error);
        }
    }
}

/// Looks at every place of every site once.
///
/// # Errors
/// When the database fails.
pub async fn once(state: &State, now: Timestamp) -> Result<(), StoreError> {
    for site in state.store.sites_with_document("crowding").await? {
        let plan = plan_of(&state.store.site_document(&site, "crowding").await?)?;
        let board = Board::of(state, &site, now).await?;
        for place in &plan.zones {
            look_at(state, &site, place, &board, now).await?;
        }
    }
    Ok(())
}

async fn look_at(
    state: &State,
    site: &str,
    place: &Place,
    board: &Board,
    now: Timestamp,
) -> Result<(), StoreError> {
    let now_ms = now.as_millisecond();
    let Some(count) = count(state, site, place, now_ms).await? else { return Ok(()) };
    let people = u32::try_from(count.people).unwrap_or(0);
    let (zone, key) = (place.rules(), key(place));
    let before = state.store.crowding_state(site, &key).await?;
    let mut after = before.clone();
    // Hours and trains are those of the moment that was counted.
    let at = Timestamp::from_millisecond(count.at_ms).unwrap_or(now);
    let change = update(&mut after, &zone, people, count.at_ms, |rule| board.holds(rule, at));
    if after == before {
        return Ok(());
    }
    let crowd = match &change {
        Some(Change::Raised { rule, train }) => zone.rules.iter().find(|one| one.id == *rule).map(|rule| {
            tracing::info!(site, zone = %key, people, "crowding");
            crowd(site, place, rule, train.clone(), &count)
        }),
        _ => None,
    };
    if let Some(feed_id) = state.store.put_crowding((site, &key), &after, crowd.as_ref(), now_ms).await? {
        state.hub.send(Told::Feed(feed_id));
    }
    Ok(())
}

/// What is told of a crowd.
fn crowd(site: &str, place: &Place, rule: &Rule, train: Option<String>, count: &Count) -> Crowd {
    let around = |vi: bool| match (&train, vi) {
        (None, _) => String::new(),
        (Some(train), true) => format!(", giờ tàu {train}"),
        (Some(train), false) => format!(", around train {train}"),
    };
    Crowd {
        site: site.to_owned(),
        zone: place.zone.clone(),
        severity: rule.severity,
        people: u32::try_from(count.people).unwrap_or(0),
        camera: count.camera.clone(),
        title_vi: format!("Mật độ đông: {}{}", place.name_vi, around(true)),
        title_en: format!("Crowding: {}{}", place.name_en, around(false)),
        reason_vi: format!(
            "{} người trong ít nhất {} giây, ngưỡng {}{}.",
            count.people,
            rule.for_s,
            rule.people,
            around(true)
        ),
        reason_en: format!(
            "{} people for at least {} s, the bound is {}{}.",
            count.people,
            rule.for_s,
            rule.people,
            around(false)
        ),
        train,
        at_ms: count.at_ms,
    }
}
