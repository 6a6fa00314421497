//! Console and API over HTTP: one file per resource with its routes, requests and replies.
//!
//! A request passes, in this order: security headers, log span, panic catcher, gzip, deadline, then for `/api/v1` the
//! [guard](access::guard) (forged requests, session, role), then its handler. Whatever is refused is a
//! [`problem::Problem`].

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::de::DeserializeOwned;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::trace::TraceLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app;
use problem::Problem;
use throttle::Throttle;

pub mod access;
mod accesses;
mod agents;
mod alerts;
mod audit;
mod cameras;
mod cases;
mod citizen;
mod counts;
mod enrolment;
mod evidence;
mod extract;
mod gates;
mod handling;
mod health;
mod identity;
mod inside;
mod law;
mod limit;
mod openapi;
mod otherwise;
mod passage;
mod passages;
mod people;
mod problem;
mod quarantine;
mod scenes;
mod sections;
mod session;
mod sites;
mod stream;
mod summary;
mod throttle;
mod ui;
mod users;
mod verification;

#[cfg(test)]
mod tests;

/// Largest request body, bytes. Nothing that is sent here is large.
const MAX_BODY: usize = 64 * 1024;
/// A reply must have begun by then. Streams go on for longer.
const DEADLINE: Duration = Duration::from_secs(20);
/// The same for a form with files, which a telephone sends slowly.
const UPLOAD_DEADLINE: Duration = Duration::from_secs(120);
/// Vietnam is seven hours before UTC all year.
const LOCAL_OFFSET_MS: i64 = 7 * 3600 * 1000;
const DAY_MS: i64 = 24 * 3600 * 1000;

/// What handlers share.
#[derive(Clone, FromRef)]
struct Web {
    app: app::State,
    throttle: Arc<Throttle>,
    people: people::Shared,
    verification: verification::Shared,
    cases: cases::Shared,
    citizen: citizen::Shared,
}

/// Console and API.
pub fn router(app: app::State) -> Router {
    let vneid = app.registers.vneid.is_some().then(|| people::vneid(&app));
    let citizen = citizen::Shared::of(&app);
    with(app, people::Shared::asking(vneid), citizen)
}

/// The same with what people's resources share.
fn with(app: app::State, people: people::Shared, citizen: citizen::Shared) -> Router {
    let cases = cases::Shared::new(&app);
    let web = Web {
        app: app.clone(),
        throttle: Arc::default(),
        people,
        verification: Default::default(),
        cases,
        citizen,
    };
    let (api, _) = resources().split_for_parts();
    api.route_layer(from_fn_with_state(app, access::guard))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .method_not_allowed_fallback(wrong_method)
        .fallback(ui::serve)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn(deadline))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(problem::after_panic))
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request| {
            // The path alone: a query may hold a plate.
            tracing::debug_span!("http", method = %request.method(), path = request.uri().path())
        }))
        .layer(from_fn(headers))
        .with_state(web)
}

/// Every resource of the API, with its description.
fn resources() -> OpenApiRouter<Web> {
    let api = OpenApiRouter::new()
        .routes(routes!(session::sign_in, session::current, session::sign_out))
        .routes(routes!(summary::read))
        .routes(routes!(sites::list))
        .routes(routes!(passages::list))
        .routes(routes!(passage::detail))
        .routes(routes!(alerts::list))
        .routes(routes!(alerts::detail))
        .routes(routes!(alerts::transition))
        .routes(routes!(cameras::list))
        .routes(routes!(agents::list))
        .routes(routes!(counts::read))
        .routes(routes!(quarantine::list))
        .routes(routes!(evidence::read))
        .routes(routes!(enrolment::create))
        .routes(routes!(users::list, users::create))
        .routes(routes!(audit::list))
        .routes(routes!(gates::list))
        .routes(routes!(gates::policy, gates::put_policy))
        .routes(routes!(gates::history))
        .routes(routes!(gates::preview))
        .routes(routes!(accesses::list))
        .routes(routes!(accesses::detail))
        .routes(routes!(otherwise::list))
        .routes(routes!(otherwise::seen))
        .routes(routes!(inside::list))
        .routes(routes!(inside::stays))
        .routes(routes!(inside::muster))
        .routes(routes!(identity::verify))
        .routes(routes!(identity::vneid))
        .routes(routes!(identity::face))
        .routes(routes!(identity::checks))
        .routes(routes!(stream::open))
        .merge(people::routes())
        .merge(scenes::routes())
        .merge(sections::routes())
        .merge(law::routes())
        .merge(verification::routes())
        .merge(cases::routes())
        .merge(handling::routes())
        .merge(citizen::routes())
        .routes(routes!(openapi::read));
    OpenApiRouter::with_openapi(openapi::base()).nest("/api/v1", api)
}

/// The API's description, OpenAPI 3.1 in JSON.
pub fn api_description() -> &'static str {
    openapi::text()
}

async fn wrong_method() -> Response {
    let detail = "this resource has other methods, see /api/v1/openapi.json";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail).into_response()
}

async fn deadline(request: Request, next: Next) -> Result<Response, Problem> {
    let form = request.headers().get(header::CONTENT_TYPE);
    let uploads = form.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
    let deadline = if uploads { UPLOAD_DEADLINE } else { DEADLINE };
    tokio::time::timeout(deadline, next.run(request)).await.map_err(|_| {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "timeout",
            "central took too long: try again in a moment",
        )
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
    headers
        .insert("permissions-policy", HeaderValue::from_static("camera=(), geolocation=(), microphone=()"));
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    if api {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

/// The time. Handlers are the shell: the core gets it as an argument.
fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// The last midnight, local time.
fn day_start_ms(now_ms: i64) -> i64 {
    (now_ms + LOCAL_OFFSET_MS).div_euclid(DAY_MS) * DAY_MS - LOCAL_OFFSET_MS
}

/// Reads a JSON column. What cannot be read is logged and left out: one bad row must not hide the others.
fn read_json<T: DeserializeOwned>(((table, column), text): ((&str, &str), String), id: &str) -> Option<T> {
    serde_json::from_str(&text)
        .inspect_err(|error| tracing::error!(table, column, id, %error, "a stored value cannot be read"))
        .ok()
}

/// [`read_json`], or the empty value.
fn read_json_or<T: DeserializeOwned + Default>(column: ((&str, &str), String), id: &str) -> T {
    read_json(column, id).unwrap_or_default()
}
