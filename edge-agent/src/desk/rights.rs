//! In front of every resource: forged requests, then the session. And what an account may see of the gates.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use wire::Name;

use super::Desk;
use super::problem::Problem;
use super::sessions::Guard;
use crate::access::view::{DeskView, GateView, LaneView};

/// Name of the session cookie.
pub(super) const COOKIE: &str = "vgdesk";

impl<S: Send + Sync> FromRequestParts<S> for Guard {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::signed_out)
    }
}

/// Lets a request through to its handler.
pub(super) async fn stand_guard(
    State(desk): State<Desk>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let method = request.method();
    // A page of another origin cannot set this header without asking first, and is never told yes.
    let safe = method == Method::GET || method == Method::HEAD;
    if !safe && request.headers().get("x-requested-with").is_none_or(|value| value != "vong-gac") {
        let detail = "send the header X-Requested-With: vong-gac with everything but GET";
        return Err(Problem::forbidden("missing_header", detail));
    }
    if let Some(guard) = signed_in(&desk, request.headers()) {
        request.extensions_mut().insert(guard);
    } else if (method, request.uri().path()) != (&Method::POST, "/api/session") {
        return Err(Problem::signed_out());
    }
    Ok(next.run(request).await)
}

/// The guard of the request's cookie.
fn signed_in(desk: &Desk, headers: &HeaderMap) -> Option<Guard> {
    desk.sessions.guard(cookie(headers)?, desk.list()?.index.list(), Instant::now())
}

/// Whether a session lives on: streams ask now and then.
pub(super) fn still_signed_in(desk: &Desk, guard: &Guard) -> bool {
    let list = desk.list();
    list.and_then(|list| desk.sessions.guard_of(guard.session, list.index.list(), Instant::now())).is_some()
}

/// The session cookie's value.
pub(super) fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// The peer's address, where the listener tells it.
pub(super) fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
}

/// What a guard sees: the gates of the account and their decisions.
pub(super) fn shown(view: &DeskView, guard: &Guard) -> DeskView {
    let mut shown = view.clone();
    shown.gates.retain(|gate| guard.works_at(&gate.id));
    let own = |lane: &Name| shown.gates.iter().flat_map(|gate| &gate.lanes).any(|own| &own.id == lane);
    let recent = std::mem::take(&mut shown.recent);
    let recent = recent.into_iter().filter(|case| own(&case.lane)).collect();
    shown.recent = recent;
    shown
}

/// A gate that the guard works at.
pub(super) fn own_gate<'a>(view: &'a DeskView, guard: &Guard, gate: &str) -> Result<&'a GateView, Problem> {
    view.gates
        .iter()
        .find(|own| own.id.as_str() == gate && guard.works_at(&own.id))
        .ok_or_else(|| Problem::not_found("gate"))
}

/// A lane of such a gate.
pub(super) fn own_lane<'a>(view: &'a DeskView, guard: &Guard, lane: &str) -> Result<&'a LaneView, Problem> {
    view.gates
        .iter()
        .filter(|gate| guard.works_at(&gate.id))
        .flat_map(|gate| &gate.lanes)
        .find(|own| own.id.as_str() == lane)
        .ok_or_else(|| Problem::not_found("lane"))
}
