//! The live stream. What it tells comes from the database alone: the hub only wakes it up. So there is no seam between
//! what is replayed and what is live, and a viewer that lags is behind, never wrong.
//!
//! A passage or an alert is sent with its newest feed id. Rows of the feed that a newer one has overtaken are not sent:
//! the newer one comes later in the same stream with the newest state.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use serde::Serialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::access::{Viewer, session_of};
use super::agents::Agent;
use super::cameras::Camera;
use super::otherwise::Otherwise;
use super::passages::Passage;
use super::problem::Problem;
use super::{accesses, alerts};
use crate::app;
use crate::auth::Role;
use crate::notify::Change;
use crate::store::StoreError;

/// Silence after which a comment is sent.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How often the session is looked at again.
const SESSION_CHECK: Duration = Duration::from_millis(if cfg!(test) { 200 } else { 30_000 });
/// Rows read at once.
const BATCH: u32 = 100;
/// Events that wait for the network before the reading stops.
const WAITING: usize = 64;

/// Changes as they are committed: events `passage`, `alert`, `access` and `otherwise` with the feed id as `id`, and `camera`,
/// `agent`, `counts`, `inside` and `case` without. `Last-Event-ID` resumes.
#[utoipa::path(get, path = "/stream", tag = "stream",
    params(("Last-Event-ID" = Option<i64>, Header, description = "Feed id to go on after; from now when left out")),
    responses((status = 200, description = "Server-sent events", content_type = "text/event-stream")))]
pub async fn open(
    State(app): State<app::State>,
    viewer: Viewer,
    request: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    // First listen, then look where the feed stands: what is committed between the two is in both.
    let changes = app.hub.subscribe();
    let head = app.store.feed_head().await?;
    let after = match request.get("last-event-id") {
        None => head,
        Some(value) => value
            .to_str()
            .ok()
            .and_then(|text| text.parse::<i64>().ok())
            .filter(|id| *id >= 0)
            .ok_or_else(|| {
                Problem::bad_request("bad_last_event_id", "Last-Event-ID: use the id of an event")
            })?
            // An id from a database that is no more: everything is newer.
            .min(head),
    };
    let (sender, receiver) = mpsc::channel(WAITING);
    let feeder = Feeder { app, viewer, headers: request, after, sender };
    tokio::spawn(feeder.run(changes));
    let events = Sse::new(ReceiverStream::new(receiver));
    // Proxies must not collect events.
    Ok(([("x-accel-buffering", "no")], events.keep_alive(KeepAlive::new().interval(KEEP_ALIVE).text("ping"))))
}

/// What woke the feeder.
#[derive(Default)]
struct Woken {
    feed: bool,
    /// Site and camera; both empty for all.
    cameras: BTreeSet<(String, String)>,
    /// Site and agent; both empty for all.
    agents: BTreeSet<(String, String)>,
    /// Sites whose numbers changed.
    counts: BTreeSet<String>,
    /// Sites in which somebody went in or out.
    inside: BTreeSet<String>,
    /// Site and case; both empty for all.
    cases: BTreeSet<(String, String)>,
}

impl Woken {
    /// Everything, for a viewer that missed changes.
    fn all() -> Self {
        let everything = || BTreeSet::from([(String::new(), String::new())]);
        Self {
            feed: true,
            cameras: everything(),
            agents: everything(),
            counts: BTreeSet::from([String::new()]),
            inside: BTreeSet::from([String::new()]),
            cases: everything(),
        }
    }

    fn add(&mut self, change: Change) {
        match change {
            Change::Feed(_) => self.feed = true,
            Change::Camera { site, camera } => _ = self.cameras.insert((site, camera)),
            Change::Agent { site, agent } => _ = self.agents.insert((site, agent)),
            Change::Counts { site } => _ = self.counts.insert(site),
            Change::Inside { site } => _ = self.inside.insert(site),
            Change::Case { site, id } => _ = self.cases.insert((site, id)),
            Change::Lists { .. } => {}
        }
    }
}

/// Why a stream ends.
enum End {
    /// The viewer went away.
    Gone,
    /// The database failed: the viewer comes back and resumes.
    Store(StoreError),
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Writes one viewer's events.
struct Feeder {
    app: app::State,
    viewer: Viewer,
    headers: HeaderMap,
    /// Feed id that the viewer has everything up to.
    after: i64,
    sender: mpsc::Sender<Result<Event, Infallible>>,
}

impl Feeder {
    async fn run(mut self, mut changes: Receiver<Change>) {
        if let Err(End::Store(error)) = self.follow(&mut changes).await {
            tracing::warn!(%error, "a live stream ended; its viewer will resume");
        }
    }

    async fn follow(&mut self, changes: &mut Receiver<Change>) -> Result<(), End> {
        self.feed().await?;
        let mut check = tokio::time::interval(SESSION_CHECK);
        check.tick().await;
        loop {
            let change = tokio::select! {
                () = self.app.stop.cancelled() => return Ok(()),
                () = self.sender.closed() => return Err(End::Gone),
                _ = check.tick() => {
                    if !self.session_lives().await {
                        return Ok(());
                    }
                    continue;
                }
                change = changes.recv() => change,
            };
            let woken = match change {
                Ok(change) => collect(change, changes),
                Err(RecvError::Lagged(_)) => Woken::all(),
                Err(RecvError::Closed) => return Ok(()),
            };
            if woken.feed {
                self.feed().await?;
            }
            self.states(woken).await?;
        }
    }

    /// Sends everything of the feed that the viewer does not have.
    async fn feed(&mut self) -> Result<(), End> {
        loop {
            // The head is read first: what is committed after it belongs to the next round, whichever table it is in.
            let head = self.app.store.feed_head().await?;
            if head <= self.after {
                return Ok(());
            }
            let (store, scope) = (&self.app.store, &self.viewer.scope);
            let passages = store.passages_in_feed(self.after, head, scope, BATCH).await?;
            let raised = store.alerts_in_feed(self.after, head, scope, BATCH).await?;
            let accesses = store.accesses_in_feed(self.after, head, scope, BATCH).await?;
            let cases = store.otherwise_in_feed(self.after, head, scope, BATCH).await?;
            let read = [passages.len(), raised.len(), accesses.len(), cases.len()];
            let full = read.contains(&(BATCH as usize));
            let mut batch = Vec::with_capacity(read.iter().sum());
            for access in accesses::with_acts(store, accesses, &self.viewer).await? {
                batch.push((access.feed_id, event("access", &access)));
            }
            for case in cases.into_iter().map(Otherwise::of) {
                batch.push((case.feed_id, event("otherwise", &case)));
            }
            for alert in alerts::with_steps(store, raised, &self.viewer).await? {
                batch.push((alert.feed_id, event("alert", &alert)));
            }
            for row in passages {
                batch.push((row.feed_id, event("passage", &Passage::of(row, &self.viewer))));
            }
            batch.sort_by_key(|(id, _)| *id);
            let mut end = head;
            if full {
                // Only so many of the oldest are surely without a hole: where one reading stopped, the other may go on.
                batch.truncate(BATCH as usize);
                end = batch.last().map_or(head, |(id, _)| *id);
            }
            for (id, event) in batch {
                if let Some(event) = event {
                    self.send(event.id(id.to_string())).await?;
                }
            }
            self.after = end;
        }
    }

    /// Sends the present state of cameras, agents and numbers; these carry no id.
    async fn states(&mut self, woken: Woken) -> Result<(), End> {
        for (site, camera) in woken.cameras {
            for row in self.app.store.cameras_seen(&self.viewer.scope, &site, &camera).await? {
                self.send_some(event("camera", &Camera::of(row, &self.viewer))).await?;
            }
        }
        for (site, agent) in woken.agents {
            for row in self.app.store.agents_seen(&self.viewer.scope, &site, &agent).await? {
                self.send_some(event("agent", &Agent::of(row))).await?;
            }
        }
        for site in woken.counts {
            if site.is_empty() || self.viewer.scope.sees(&site) {
                self.send_some(event("counts", &serde_json::json!({ "site": site }))).await?;
            }
        }
        // That something happened to a case, never what: whoever may see it reads it.
        if matches!(self.viewer.role, Role::TrafficPolice | Role::PoliceSigner | Role::IocOperator) {
            for (site, id) in woken.cases {
                if site.is_empty() || self.viewer.scope.sees(&site) {
                    self.send_some(event("case", &serde_json::json!({ "site": site, "id": id }))).await?;
                }
            }
        }
        for site in woken.inside {
            if site.is_empty() || self.viewer.scope.sees(&site) {
                self.send_some(event("inside", &serde_json::json!({ "site": site }))).await?;
            }
        }
        Ok(())
    }

    async fn session_lives(&self) -> bool {
        // A database that is away for a moment signs nobody out. Looking is no use of the session: an open page may go idle.
        !matches!(session_of(&self.app, &self.headers).await, Ok(None))
    }

    async fn send_some(&self, event: Option<Event>) -> Result<(), End> {
        match event {
            Some(event) => self.send(event).await,
            None => Ok(()),
        }
    }

    async fn send(&self, event: Event) -> Result<(), End> {
        tokio::select! {
            () = self.app.stop.cancelled() => Err(End::Gone),
            sent = self.sender.send(Ok(event)) => sent.map_err(|_| End::Gone),
        }
    }
}

/// This change and those that wait behind it.
fn collect(first: Change, changes: &mut Receiver<Change>) -> Woken {
    let mut woken = Woken::default();
    woken.add(first);
    loop {
        match changes.try_recv() {
            Ok(change) => woken.add(change),
            Err(TryRecvError::Lagged(_)) => return Woken::all(),
            Err(TryRecvError::Empty | TryRecvError::Closed) => return woken,
        }
    }
}

fn event<T: Serialize>(kind: &'static str, data: &T) -> Option<Event> {
    match serde_json::to_string(data) {
        Ok(data) => Some(Event::default().event(kind).data(data)),
        Err(error) => {
            tracing::error!(kind, %error, "a row cannot be written as JSON and is left out of the stream");
            None
        }
    }
}
