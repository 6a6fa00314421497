//! `/api/lanes/{lane}`: what a guard does at a lane, and what somebody presents there. The live picture is in [`super::live`].

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};

use super::extract::Json;
use super::problem::Problem;
use super::sessions::Guard;
use super::{Desk, live, rights};
use crate::access::view::{ActRequest, PresentRequest};
use crate::access::{Acted, Presented};

/// Longest note, characters.
pub(super) const LONGEST_NOTE: usize = 1000;

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/api/lanes/{lane}/act", post(act))
        .route("/api/lanes/{lane}/present", post(present))
        .route("/api/lanes/{lane}/live", get(live::open))
}

async fn act(
    State(desk): State<Desk>,
    guard: Guard,
    Path(lane): Path<String>,
    Json(request): Json<ActRequest>,
) -> Result<Json<Acted>, Problem> {
    check_note(request.note.as_deref())?;
    let lane = rights::own_lane(&desk.gates.view(), &guard, &lane)?.id.clone();
    let act = request.act;
    let (at, user, supervisor) = (lane.clone(), guard.user.clone(), guard.supervisor);
    let acted = desk.work(move |gates| gates.act(&at, request, &user, supervisor)).await??;
    tracing::info!(%lane, user = guard.user, act = act.as_str(), access = ?acted.access, "a guard acted");
    Ok(Json(acted))
}

async fn present(
    State(desk): State<Desk>,
    guard: Guard,
    Path(lane): Path<String>,
    Json(request): Json<PresentRequest>,
) -> Result<Json<Presented>, Problem> {
    let lane = rights::own_lane(&desk.gates.view(), &guard, &lane)?.id.clone();
    Ok(Json(desk.work(move |gates| gates.present(&lane, request, &guard.user)).await??))
}

/// A note is a sentence or two, not a document.
pub(super) fn check_note(note: Option<&str>) -> Result<(), Problem> {
    match note {
        Some(note) if note.chars().count() > LONGEST_NOTE => Err(Problem::unacceptable(
            "note_too_long",
            format!("a note has at most {LONGEST_NOTE} characters"),
        )),
        _ => Ok(()),
    }
}
