//! `/api/shift`: who is on duty, what the last guards left, and handing over.

use axum::Router;
use axum::extract::{FromRequest as _, Path, Request, State};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use super::extract::{Json, Query};
use super::lanes::check_note;
use super::problem::Problem;
use super::sessions::Guard;
use super::{Desk, rights, session};
use crate::access::{HandOver, ShiftView};

/// Things that are handed over, at most.
const MOST_ITEMS: usize = 50;
/// Longest name of one, characters.
const LONGEST_ITEM: usize = 100;

pub(super) fn routes() -> Router<Desk> {
    Router::new().route("/api/shift", get(read)).route("/api/gates/{gate}/shift", post(hand_over))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct At {
    gate: Option<String>,
}

/// Of a gate, or of the guard's first one.
async fn read(
    State(desk): State<Desk>,
    guard: Guard,
    Query(At { gate }): Query<At>,
) -> Result<Json<ShiftView>, Problem> {
    let view = desk.gates.view();
    let gate = match gate {
        Some(gate) => rights::own_gate(&view, &guard, &gate)?,
        None => view
            .gates
            .iter()
            .find(|gate| guard.works_at(&gate.id))
            .ok_or_else(|| Problem::not_found("gate"))?,
    };
    let gate = gate.id.clone();
    let shift = desk.work(move |gates| gates.shift(&gate)).await?;
    shift.map(Json).ok_or_else(|| Problem::not_found("gate"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Next {
    to: String,
    to_pin: String,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    items: Vec<String>,
}

/// The next guard's PIN signs them in, at this screen and in place of the one who goes.
async fn hand_over(
    State(desk): State<Desk>,
    guard: Guard,
    Path(gate): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let gate = rights::own_gate(&desk.gates.view(), &guard, &gate)?.id.clone();
    let address = rights::peer(request.extensions());
    let Json(next) = Json::<Next>::from_request(request, &desk).await?;
    check_note(next.note.as_deref())?;
    if next.items.len() > MOST_ITEMS || next.items.iter().any(|item| item.chars().count() > LONGEST_ITEM) {
        let detail = format!("at most {MOST_ITEMS} things with {LONGEST_ITEM} characters each");
        return Err(Problem::unacceptable("too_many_items", detail));
    }
    let account = session::prove(&desk, &next.to, next.to_pin, address).await?;
    if account.user == guard.user {
        return Err(Problem::unacceptable("same_guard", "a shift is handed over to somebody else"));
    }
    if !account.gates.is_empty() && !account.gates.contains(&gate) {
        return Err(Problem::forbidden("other_gate", "the next guard does not work at this gate"));
    }
    let hand_over = HandOver {
        from: Some(guard.user.clone()),
        to: Some(account.user.clone()),
        note: next.note,
        items: next.items,
    };
    desk.work(move |gates| gates.hand_over(&gate, hand_over)).await??;
    desk.sessions.end(guard.session);
    tracing::info!(from = guard.user, to = account.user, "a shift was handed over");
    session::signed_in(&desk, &account)
}
