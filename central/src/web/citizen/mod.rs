//! The citizen's side: somebody who was noticed sees the case, answers, pays, and gets the papers. Nobody here has an account.
//!
//! A session comes from VNeID, which tells who it is, or from the number and code of a notice, which lets its holder look and no
//! more; of an organisation's notice, pay too. Cases have random names; one that is not there, one of somebody else and one that is no name are answered alike and at
//! the same time. An address may only try, look and answer so often.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Web;
use super::limit::Limit;
use super::now_ms;
use super::problem::Problem;

mod answers;
mod detail;
mod door;
mod list;
mod own;
mod papers;
mod pay;
mod pictures;
mod seen;
mod session;
mod upload;
mod words;

pub use door::Door;

/// A refusal that must not tell by its speed what was wrong takes that long; longer than the database needs.
const ANSWER: Duration = Duration::from_millis(250);
const MINUTE_MS: i64 = 60_000;
/// Pictures that are made at once; the others wait.
const COPIES_AT_ONCE: usize = 2;
/// Uploads that are read at once: what they may hold in memory together is bounded by it.
const UPLOADS_AT_ONCE: usize = 8;

/// What these resources share.
#[derive(Debug, Clone)]
pub struct Shared {
    limit: Arc<Limit>,
    /// Who tells who somebody is; none where central has no connection to VNeID.
    door: Option<Arc<dyn Door>>,
    copies: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
}

impl Shared {
    /// With somebody who tells who somebody is.
    pub fn asking(door: Option<Arc<dyn Door>>) -> Self {
        Self {
            limit: Arc::default(),
            door,
            copies: Arc::new(Semaphore::new(COPIES_AT_ONCE)),
            uploads: Arc::new(Semaphore::new(UPLOADS_AT_ONCE)),
        }
    }

    /// With VNeID, where central has a connection to it.
    pub fn of(app: &crate::app::State) -> Self {
        Self::asking(app.registers.vneid.is_some().then(|| door::vneid(app)))
    }
}

/// Their routes.
pub fn routes() -> OpenApiRouter<Web> {
    let uploads = OpenApiRouter::new()
        .routes(routes!(answers::dispute))
        .routes(routes!(answers::transfer))
        .routes(routes!(answers::explanation))
        .layer(DefaultBodyLimit::max(upload::MAX_BODY));
    OpenApiRouter::new()
        .routes(routes!(session::sign_in, session::sign_out))
        .routes(routes!(list::read))
        .routes(routes!(detail::read))
        .routes(routes!(pictures::read))
        .routes(routes!(papers::read))
        .routes(routes!(answers::confirm))
        .routes(routes!(answers::driver))
        .routes(routes!(pay::pay))
        .merge(uploads)
}

/// Whether citizens may come at all.
fn open(web: &Web) -> Result<(), Problem> {
    if web.app.config.handling.citizens { Ok(()) } else { Err(Problem::not_found("page")) }
}

/// Counts a look of an address.
fn looks(web: &Web, address: Option<IpAddr>) -> Result<(), Problem> {
    open(web)?;
    let most = web.app.config.handling.looks as usize;
    web.citizen.limit.take("citizen.look", address, most, MINUTE_MS, now_ms()).map_err(Problem::slow_down)
}

/// Counts an answer of an address.
fn answers(web: &Web, address: Option<IpAddr>) -> Result<(), Problem> {
    open(web)?;
    let most = web.app.config.handling.answers as usize;
    web.citizen
        .limit
        .take("citizen.answer", address, most, 60 * MINUTE_MS, now_ms())
        .map_err(Problem::slow_down)
}

/// 409: the case is not where the page believes it to be.
fn stale() -> Problem {
    Problem::new(StatusCode::CONFLICT, "stale", "the case has just changed: look at it again")
}

/// 403: this session may look and no more.
fn looks_only() -> Problem {
    let detail = "sign in with a VNeID account of level 2 to answer or pay; this session may only look";
    Problem::new(StatusCode::FORBIDDEN, "vneid_level", detail)
}
