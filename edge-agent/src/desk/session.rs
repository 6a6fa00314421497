//! `/api/session`: signing in and out.

use std::net::IpAddr;
use std::time::Instant;

use axum::Router;
use axum::extract::{FromRequest as _, Request, State};
use axum::http::header::{InvalidHeaderValue, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use wire::Name;
use wire::gate::GuardAccount;

use super::extract::Json;
use super::problem::Problem;
use super::sessions::Guard;
use super::{Desk, rights};
use crate::access::HandOver;

/// What is typed to sign in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credentials {
    user: String,
    pin: String,
}

/// A session as its guard sees it.
#[derive(Debug, Serialize)]
pub(super) struct SessionView {
    user: String,
    name: String,
    supervisor: bool,
    gates: Vec<Name>,
    since: Timestamp,
}

impl From<Guard> for SessionView {
    fn from(guard: Guard) -> Self {
        let Guard { user, name, supervisor, gates, since, .. } = guard;
        Self { user, name, supervisor, gates, since }
    }
}

pub(super) fn routes() -> Router<Desk> {
    Router::new().route("/api/session", post(sign_in).get(current).delete(sign_out))
}

async fn sign_in(State(desk): State<Desk>, request: Request) -> Result<Response, Problem> {
    let address = rights::peer(request.extensions());
    let before = request.extensions().get::<Guard>().cloned();
    let Json(typed) = Json::<Credentials>::from_request(request, &desk).await?;
    let account = prove(&desk, &typed.user, typed.pin, address).await?;
    if let Some(before) = before {
        desk.sessions.end(before.session);
    }
    begin_shifts(&desk, &account).await;
    signed_in(&desk, &account)
}

async fn current(guard: Guard) -> Json<SessionView> {
    Json(guard.into())
}

/// Whoever goes without handing over leaves the gate without a guard on duty, which is written down.
async fn sign_out(State(desk): State<Desk>, guard: Guard) -> Result<Response, Problem> {
    desk.sessions.end(guard.session);
    tracing::info!(user = guard.user, "signed out of the desk");
    let user = guard.user;
    desk.work(move |gates| {
        for gate in &gates.view().gates {
            let current = gates.shift(&gate.id).and_then(|shift| shift.current);
            if current.is_some_and(|current| current.user == user) {
                let left = HandOver { from: Some(user.clone()), ..HandOver::default() };
                if let Err(error) = gates.hand_over(&gate.id, left) {
                    tracing::error!(gate = %gate.id, %error, "the end of a shift is not recorded");
                }
            }
        }
    })
    .await?;
    with_cookie(StatusCode::NO_CONTENT.into_response(), set_cookie("", 0, desk.https))
}

/// The account of a user who knows the PIN. Slow on purpose, and slower for whoever guesses.
pub(super) async fn prove(
    desk: &Desk,
    user: &str,
    pin: String,
    address: Option<IpAddr>,
) -> Result<GuardAccount, Problem> {
    let list = desk.list().ok_or_else(Problem::no_list)?;
    let (user, now) = (user.trim().to_lowercase(), Instant::now());
    if let Some(wait_s) = desk.throttle.wait_s(&user, address, now) {
        return Err(Problem::too_many(wait_s));
    }
    desk.throttle.begins(&user, address, now);
    let account = list.index.list().guards.iter().find(|account| account.user == user).cloned();
    let hash = account.as_ref().map(|account| account.pin_hash.clone());
    let right = desk.pins.check(hash, pin).await;
    let Some(account) = account.filter(|_| right) else {
        // What was typed as a name may be a PIN: it is not logged.
        tracing::warn!(
            address = address.map(|address| address.to_string()),
            "a sign-in at the desk was refused"
        );
        return Err(Problem::wrong_pin());
    };
    desk.throttle.succeeded(&user, address);
    Ok(account)
}

/// Begins the session of an account that was proven.
pub(super) fn signed_in(desk: &Desk, account: &GuardAccount) -> Result<Response, Problem> {
    let since = Timestamp::now();
    let token = desk.sessions.begin(account, (Instant::now(), since));
    tracing::info!(user = account.user, "signed in at the desk");
    let view = SessionView {
        user: account.user.clone(),
        name: account.name.clone(),
        supervisor: account.supervisor,
        gates: account.gates.clone(),
        since,
    };
    let cookie = set_cookie(&token, desk.sessions.lasts().as_secs(), desk.https);
    with_cookie(Json(view).into_response(), cookie)
}

/// At gates of the account where nobody is on duty the shift begins. A disk that refuses keeps nobody out.
async fn begin_shifts(desk: &Desk, account: &GuardAccount) {
    let account = account.clone();
    let begun = desk.work(move |gates| {
        let own = |gate: &Name| account.gates.is_empty() || account.gates.contains(gate);
        for gate in gates.view().gates.iter().filter(|gate| own(&gate.id)) {
            if gates.shift(&gate.id).is_some_and(|shift| shift.current.is_none()) {
                let begin = HandOver { to: Some(account.user.clone()), ..HandOver::default() };
                if let Err(error) = gates.hand_over(&gate.id, begin) {
                    tracing::error!(gate = %gate.id, %error, "the beginning of a shift is not recorded");
                }
            }
        }
    });
    if begun.await.is_err() {
        tracing::error!("the beginning of a shift is not recorded");
    }
}

fn set_cookie(token: &str, max_age_s: u64, https: bool) -> Result<HeaderValue, InvalidHeaderValue> {
    let secure = if https { "; Secure" } else { "" };
    let name = rights::COOKIE;
    HeaderValue::from_str(&format!(
        "{name}={token}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Strict{secure}"
    ))
}

fn with_cookie(
    mut response: Response,
    cookie: Result<HeaderValue, InvalidHeaderValue>,
) -> Result<Response, Problem> {
    response.headers_mut().insert(SET_COOKIE, cookie.map_err(|error| Problem::internal(&error))?);
    Ok(response)
}
