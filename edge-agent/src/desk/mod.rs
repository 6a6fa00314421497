//! The guard's desk: a page and its API, served by the agent itself, always. Central, the broker and the network may be gone.
//!
//! | resource | what |
//! |---|---|
//! | `GET POST DELETE /api/session` | who is signed in; sign in by PIN; sign out |
//! | `GET /api/state`, `GET /api/events` | the whole [`DeskView`](crate::access::view::DeskView), now and on every change |
//! | `GET /api/lanes/{lane}/live` | WebSocket: the live picture, see [`live`] |
//! | `POST /api/lanes/{lane}/act`, `…/present` | what a guard does; what somebody shows |
//! | `GET /api/reasons`, `/api/ladder` | words to choose from; what still works |
//! | `GET /api/inside`, `/api/expected`, `/api/pictures/{access}` | who is inside, who comes, what a decision looked like |
//! | `POST /api/gates/{gate}/muster`, `…/accounted`, `…/corrections`, `…/paper` | evacuation, corrected counts, paper forms |
//! | `GET /api/shift`, `POST /api/gates/{gate}/shift` | the shift, and handing it over |
//!
//! A request passes, in this order: security headers, panic catcher, deadline, then for `/api` the guard of [`rights`] (forged
//! requests, session), then its handler. Whatever is refused is a [`problem::Problem`]. Accounts are those of the list in use.
//! Whatever changes something is recorded as an event by the gates before it takes effect. One file per resource.

mod config;
mod extract;
mod gate;
mod gates;
mod ladder;
mod lanes;
pub mod live;
mod people;
mod pins;
pub mod problem;
mod rights;
mod session;
pub mod sessions;
mod shift;
mod state;
mod throttle;
mod ui;

use std::future::IntoFuture as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;

pub use config::DeskConfig;
pub use gates::DeskGates;
use live::Live;
use pins::Pins;
use problem::Problem;
use sessions::Sessions;
use throttle::Throttle;

use crate::access::list::ListInUse;

/// Largest request body, bytes. Nothing that is sent here is large.
const MOST_BODY: usize = 64 * 1024;
/// A reply must have begun by then. Streams go on for longer.
const DEADLINE: Duration = Duration::from_secs(10);
/// How long open requests may take to end when the agent stops.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What handlers share.
#[derive(Clone)]
pub struct Desk(Arc<Shared>);

/// Behind every [`Desk`].
pub struct Shared {
    gates: Arc<dyn DeskGates>,
    list: watch::Receiver<Option<ListInUse>>,
    live: Live,
    sessions: Sessions,
    throttle: Throttle,
    pins: Pins,
    https: bool,
    stop: CancellationToken,
}

impl std::ops::Deref for Desk {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Shared {
    /// The list in use.
    fn list(&self) -> Option<ListInUse> {
        self.list.borrow().clone()
    }
}

impl Desk {
    /// A desk for `gates`, whose accounts are those of `list`. Its streams end with `stop`.
    pub fn new(
        config: &DeskConfig,
        gates: Arc<dyn DeskGates>,
        list: watch::Receiver<Option<ListInUse>>,
        live: Live,
        stop: CancellationToken,
    ) -> Self {
        let hours = Duration::from_secs(u64::from(config.session_hours) * 3600);
        Self(Arc::new(Shared {
            gates,
            list,
            live,
            sessions: Sessions::new(hours),
            throttle: Throttle::default(),
            pins: Pins::new(),
            https: config.https(),
            stop,
        }))
    }

    /// Does what may wait for the disk off the async threads. Once begun it is done, also when nobody waits for it any more.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn DeskGates) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let gates = self.gates.clone();
        let done = tokio::task::spawn_blocking(move || work(&*gates)).await;
        done.map_err(|error| Problem::internal(&error))
    }

    /// Page and API.
    pub fn router(self) -> Router {
        let api = Router::new()
            .merge(session::routes())
            .merge(state::routes())
            .merge(lanes::routes())
            .merge(people::routes())
            .merge(gate::routes())
            .merge(shift::routes())
            .merge(ladder::routes())
            .route_layer(from_fn_with_state(self.clone(), rights::stand_guard));
        api.method_not_allowed_fallback(wrong_method)
            .fallback(ui::serve)
            .layer(DefaultBodyLimit::max(MOST_BODY))
            .layer(from_fn(deadline))
            .layer(CatchPanicLayer::custom(problem::after_panic))
            .layer(from_fn(headers))
            .with_state(self)
    }

    /// Serves at `listener` until the desk's `stop`, and lets open requests end.
    ///
    /// # Errors
    /// When the listener breaks.
    pub async fn serve(self, listener: TcpListener) -> std::io::Result<()> {
        let stop = self.stop.clone();
        let service = self.router().into_make_service_with_connect_info::<SocketAddr>();
        let served = axum::serve(listener, service)
            .with_graceful_shutdown(stop.clone().cancelled_owned())
            .into_future();
        tokio::select! {
            served = served => served,
            // A browser that keeps its connection open does not keep the agent from stopping.
            () = async { stop.cancelled().await; tokio::time::sleep(LAST_WORDS).await } => Ok(()),
        }
    }
}

/// Takes the desk's address.
///
/// # Errors
/// When it is taken or not this machine's: the message says what to do.
pub async fn listen(config: &DeskConfig) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!("the desk cannot be served at {}: free the port or change desk.listen", config.listen)
    })?;
    tracing::info!(url = config.url(), "the guard's desk is served");
    Ok(listener)
}

async fn wrong_method() -> Response {
    let detail = "this resource has other methods, see docs/desk-api.md";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail).into_response()
}

async fn deadline(request: Request, next: Next) -> Result<Response, Problem> {
    tokio::time::timeout(DEADLINE, next.run(request)).await.map_err(|_| {
        let detail = "the agent took too long: look whether it was done, then try again";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", detail)
    })
}

async fn headers(request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    let devices = HeaderValue::from_static("camera=(), geolocation=(), microphone=()");
    headers.insert("permissions-policy", devices);
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    if api {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}
