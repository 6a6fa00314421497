//! `/api/gates/{gate}`: evacuation, corrected counts, paper forms.

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::post;
use serde::Deserialize;

use super::extract::Json;
use super::lanes::check_note;
use super::problem::Problem;
use super::sessions::Guard;
use super::{Desk, rights};
use crate::access::{Acted, CorrectRequest, MusterRequest, PaperRequest};

/// Largest correction: more than this is a wrong key.
const LARGEST: i64 = 100_000;
/// Longest word of a paper form, characters.
const LONGEST_WORD: usize = 200;

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/api/gates/{gate}/muster", post(muster))
        .route("/api/gates/{gate}/accounted", post(accounted))
        .route("/api/gates/{gate}/corrections", post(correct))
        .route("/api/gates/{gate}/paper", post(paper))
}

async fn muster(
    State(desk): State<Desk>,
    guard: Guard,
    Path(gate): Path<String>,
    Json(request): Json<MusterRequest>,
) -> Result<Json<Acted>, Problem> {
    check_note(request.note.as_deref())?;
    let gate = rights::own_gate(&desk.gates.view(), &guard, &gate)?.id.clone();
    tracing::warn!(%gate, user = guard.user, on = request.on, "evacuation key");
    Ok(Json(desk.work(move |gates| gates.muster(&gate, request, &guard.user)).await??))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accounted {
    subject: String,
    reason: String,
}

async fn accounted(
    State(desk): State<Desk>,
    guard: Guard,
    Path(gate): Path<String>,
    Json(found): Json<Accounted>,
) -> Result<Json<Acted>, Problem> {
    let gate = rights::own_gate(&desk.gates.view(), &guard, &gate)?.id.clone();
    let found = move |gates: &dyn super::DeskGates| {
        gates.accounted(&gate, &found.subject, &found.reason, &guard.user)
    };
    Ok(Json(desk.work(found).await??))
}

async fn correct(
    State(desk): State<Desk>,
    guard: Guard,
    Path(gate): Path<String>,
    Json(request): Json<CorrectRequest>,
) -> Result<Json<Acted>, Problem> {
    check_note(request.note.as_deref())?;
    let gate = rights::own_gate(&desk.gates.view(), &guard, &gate)?.id.clone();
    let sane = |change: i64| (-LARGEST..=LARGEST).contains(&change);
    if (request.people, request.vehicles) == (0, 0) || !sane(request.people) || !sane(request.vehicles) {
        let detail = format!("say how many people or vehicles more or fewer, at most {LARGEST}");
        return Err(Problem::unacceptable("bad_correction", detail));
    }
    let (user, supervisor) = (guard.user, guard.supervisor);
    Ok(Json(desk.work(move |gates| gates.correct(&gate, request, &user, supervisor)).await??))
}

async fn paper(
    State(desk): State<Desk>,
    guard: Guard,
    Path(gate): Path<String>,
    Json(request): Json<PaperRequest>,
) -> Result<Json<Acted>, Problem> {
    check_note(request.note.as_deref())?;
    let gate = rights::own_gate(&desk.gates.view(), &guard, &gate)?.id.clone();
    check_paper(&request)?;
    Ok(Json(desk.work(move |gates| gates.paper(&gate, request, &guard.user)).await??))
}

fn check_paper(request: &PaperRequest) -> Result<(), Problem> {
    use wire::gate::SubjectKind;
    let bad = |code: &'static str, detail: &'static str| Err(Problem::unacceptable(code, detail));
    let given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
    let texts = [Some(&request.form), request.plate.as_ref(), request.name.as_ref(), request.number.as_ref()];
    if texts.into_iter().flatten().any(|text| text.chars().count() > LONGEST_WORD) {
        return bad("too_long", "a form has no room for so many characters");
    }
    if request.form.trim().is_empty() || request.row == 0 {
        return bad("bad_form", "say the form's number and the line on it, from 1 on");
    }
    if request.at > jiff::Timestamp::now() + jiff::SignedDuration::from_mins(5) {
        return bad("in_the_future", "the time on the form is still to come: check the date");
    }
    match request.kind {
        SubjectKind::Vehicle if !given(&request.plate) => bad("bad_plate", "a vehicle needs its plate"),
        SubjectKind::Person if !given(&request.name) && !given(&request.number) => {
            bad("bad_person", "a person needs a name or a number")
        }
        _ => Ok(()),
    }
}
