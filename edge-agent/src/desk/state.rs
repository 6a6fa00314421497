//! `/api/state`, `/api/events`, `/api/reasons`: what the desk shows, now and on every change.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use futures_util::stream::{self, Stream};
use tokio::sync::watch;
use tokio::time::Instant;

use super::extract::Json;
use super::sessions::Guard;
use super::{Desk, rights};
use crate::access::Reasons;
use crate::access::view::DeskView;

/// Changes closer together than this are told as one.
const COALESCE: Duration = Duration::from_millis(100);
/// A stream says that it lives this often, and looks whether its session does.
const BEAT: Duration = Duration::from_secs(5);

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/api/state", get(state))
        .route("/api/events", get(events))
        .route("/api/reasons", get(reasons))
}

async fn state(State(desk): State<Desk>, guard: Guard) -> Json<DeskView> {
    Json(rights::shown(&desk.gates.view(), &guard))
}

async fn reasons(State(desk): State<Desk>, _guard: Guard) -> Json<Reasons> {
    Json(desk.gates.reasons().clone())
}

/// The whole view at once and on every change, until the session ends or the agent stops.
async fn events(
    State(desk): State<Desk>,
    guard: Guard,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let told = Told { changed: desk.gates.changed(), desk, guard, last: None };
    let events = stream::unfold(told, |mut told| async move {
        let event = told.next().await?;
        Some((Ok(event), told))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(BEAT).text("beat"))
}

/// One stream and what it told last.
struct Told {
    desk: Desk,
    guard: Guard,
    changed: watch::Receiver<u64>,
    last: Option<Instant>,
}

impl Told {
    async fn next(&mut self) -> Option<Event> {
        if let Some(last) = self.last {
            self.wait_for_change().await?;
            tokio::time::sleep_until(last + COALESCE).await;
        }
        if !rights::still_signed_in(&self.desk, &self.guard) {
            return None;
        }
        self.changed.mark_unchanged();
        let view = rights::shown(&self.desk.gates.view(), &self.guard);
        self.last = Some(Instant::now());
        let event = Event::default().event("state").id(view.revision.to_string());
        event
            .json_data(&view)
            .inspect_err(|error| tracing::error!(%error, "the desk's view cannot be told"))
            .ok()
    }

    async fn wait_for_change(&mut self) -> Option<()> {
        loop {
            tokio::select! {
                changed = self.changed.changed() => return changed.ok(),
                () = tokio::time::sleep(BEAT) => {
                    if !rights::still_signed_in(&self.desk, &self.guard) {
                        return None;
                    }
                }
                () = self.desk.stop.cancelled() => return None,
            }
        }
    }
}
