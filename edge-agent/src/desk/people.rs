//! `/api/inside`, `/api/expected`, `/api/pictures/{access}`: who is inside, who comes, and what a decision looked like.

use std::collections::HashSet;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde::Deserialize;
use uuid::Uuid;
use wire::Name;

use super::extract::{Json, Query};
use super::problem::Problem;
use super::sessions::Guard;
use super::{Desk, rights};
use crate::access::view::{ExpectedView, InsideView};

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/api/inside", get(inside))
        .route("/api/expected", get(expected))
        .route("/api/pictures/{access}", get(picture))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Where {
    area: Option<String>,
}

/// Of an area behind one of the guard's gates, or of all of them.
async fn inside(
    State(desk): State<Desk>,
    guard: Guard,
    Query(Where { area }): Query<Where>,
) -> Result<Json<Vec<InsideView>>, Problem> {
    let view = desk.gates.view();
    let own = view.gates.iter().filter(|gate| guard.works_at(&gate.id)).map(|gate| &gate.area);
    let own: HashSet<Name> = own.cloned().collect();
    let area = match area {
        None => None,
        Some(area) => {
            let known = own.iter().find(|own| own.as_str() == area);
            Some(known.cloned().ok_or_else(|| Problem::not_found("area"))?)
        }
    };
    let mut inside = desk.work(move |gates| gates.inside(area.as_ref())).await?;
    inside.retain(|inside| own.contains(&inside.area));
    Ok(Json(inside))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct At {
    gate: Option<String>,
}

async fn expected(
    State(desk): State<Desk>,
    guard: Guard,
    Query(At { gate }): Query<At>,
) -> Result<Json<Vec<ExpectedView>>, Problem> {
    let view = desk.gates.view();
    let gates: Vec<Name> = match gate {
        Some(gate) => vec![rights::own_gate(&view, &guard, &gate)?.id.clone()],
        None => {
            let own = view.gates.iter().filter(|gate| guard.works_at(&gate.id));
            own.map(|gate| gate.id.clone()).collect()
        }
    };
    let of_gates = desk.work(move |handle| gates.iter().map(|gate| handle.expected(Some(gate))).collect());
    let of_gates: Vec<Vec<ExpectedView>> = of_gates.await?;
    let mut seen = HashSet::new();
    let mut expected: Vec<_> =
        of_gates.into_iter().flatten().filter(|visitor| seen.insert(visitor.entry.clone())).collect();
    expected.sort_by_key(|visitor| visitor.expected_at);
    Ok(Json(expected))
}

/// Of a decision at one of the guard's lanes that the desk still shows.
async fn picture(
    State(desk): State<Desk>,
    guard: Guard,
    Path(access): Path<String>,
) -> Result<Response, Problem> {
    let no_picture = || Problem::not_found("picture");
    let access: Uuid = access.parse().map_err(|_| no_picture())?;
    let shown = rights::shown(&desk.gates.view(), &guard);
    let lanes = shown.gates.iter().flat_map(|gate| &gate.lanes);
    let cases = lanes.flat_map(|lane| lane.current.iter().chain(&lane.queue)).chain(&shown.recent);
    if !cases.into_iter().any(|case| case.access == access) {
        return Err(no_picture());
    }
    let jpeg = desk.work(move |gates| gates.picture(access)).await?.ok_or_else(no_picture)?;
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg"),
        // It may become a better one until the decision is settled, and it is nobody else's business.
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((StatusCode::OK, headers, jpeg).into_response())
}
