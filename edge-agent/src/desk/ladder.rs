//! `/api/ladder`: what still works at each lane. Codes; the texts are the page's.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use serde::Serialize;
use wire::Name;
use wire::gate::{BarrierWord, Freshness};
use wire::status::{CameraWord, LadderStep};

use super::extract::Json;
use super::sessions::Guard;
use super::{Desk, rights};
use crate::access::view::{DeskView, LaneView};

/// The ladder as the desk shows it.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct LadderView {
    step: LadderStep,
    lanes: Vec<Rung>,
}

/// One lane on it.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Rung {
    lane: Name,
    step: LadderStep,
    works: Vec<&'static str>,
    paper_form: Option<String>,
}

pub(super) fn routes() -> Router<Desk> {
    Router::new().route("/api/ladder", get(read))
}

async fn read(State(desk): State<Desk>, guard: Guard) -> Json<LadderView> {
    let view = rights::shown(&desk.gates.view(), &guard);
    let lanes = view.gates.iter().flat_map(|gate| &gate.lanes);
    let rung = |lane: &LaneView| Rung {
        lane: lane.id.clone(),
        step: lane.step,
        works: works(&view, lane),
        paper_form: view.paper_form.clone(),
    };
    Json(LadderView { step: view.step, lanes: lanes.map(rung).collect() })
}

/// What works at a lane, by what is there and not by the step's name: a lane without a camera never had one to lose.
fn works(view: &DeskView, lane: &LaneView) -> Vec<&'static str> {
    let camera = lane.camera_state == Some(CameraWord::Live);
    let list = view.list.freshness != Freshness::None;
    let barrier = lane.barrier != BarrierWord::Unreachable;
    [
        ("decide", list && lane.step != LadderStep::ByHand),
        ("list", list),
        ("live", camera),
        ("plates", camera),
        ("counting", camera),
        ("cards", lane.reader == Some(true)),
        ("typed", true),
        ("registers", view.alone_since.is_none()),
        ("barrier", barrier),
        ("desk", true),
        ("paper", true),
    ]
    .into_iter()
    .filter_map(|(word, works)| works.then_some(word))
    .collect()
}
