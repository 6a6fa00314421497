//! Cases of violations, their review, devices, what third parties send.
//!
//! What a person sees of a case depends on who they are to it ([`Seat`]): a second reviewer gets nothing of the first answer, in no
//! field; nobody gets an owner before typing the plate; nobody gets a plate of what is not evidence.

use std::sync::Arc;

use axum::http::StatusCode;
use jiff::Timestamp;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Viewer;
use super::problem::Problem;
use super::{Web, now_ms};
use crate::app;
use crate::auth::Role;
use crate::cases::review::{Person, Refusal};
use crate::cases::state::{Actor, NoWay};
use crate::registers::vehreg::VehicleRegister;
use crate::store::cases::CaseRow;
use crate::store::cases::review::ReviewError;
use crate::store::cases::steps::Who;
use crate::store::cases::void::VoidError;
use crate::web::limit::Limit;

mod acts;
mod adapter;
mod course;
mod desk;
mod detail;
mod devices;
mod figures;
mod kinds;
mod list;
mod seat;
mod showing;

pub use desk::altered;

/// What these resources share besides the application's state.
#[derive(Clone, Default)]
pub struct Shared {
    /// Who is asked about owners; none where no register is configured.
    register: Option<Arc<VehicleRegister>>,
    limit: Arc<Limit>,
    /// Large messages that are read at the same time.
    reading: Arc<adapter::Reading>,
}

impl Shared {
    /// As configured. A register that cannot be set up is said once and left out: reviews go on without owners.
    pub fn new(app: &app::State) -> Self {
        let register = app.config.registers.vehreg.as_ref().and_then(|settings| {
            VehicleRegister::new(settings)
                .inspect_err(|error| tracing::error!(%error, "reviews cannot ask the vehicle register"))
                .ok()
        });
        Self { register: register.map(Arc::new), ..Self::default() }
    }
}

/// Their routes.
pub fn routes() -> OpenApiRouter<Web> {
    let large = axum::extract::DefaultBodyLimit::max(crate::cases::adapter::MAX_BYTES + 64 * 1024);
    let adapter = OpenApiRouter::new().routes(routes!(adapter::take)).layer(large);
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(detail::read))
        .routes(routes!(desk::claim, desk::release))
        .routes(routes!(desk::played))
        .routes(routes!(desk::plate))
        .routes(routes!(desk::review))
        .routes(routes!(desk::next))
        .routes(routes!(desk::reasons))
        .routes(routes!(figures::me))
        .routes(routes!(figures::all))
        .routes(routes!(acts::ask_void))
        .routes(routes!(acts::void))
        .routes(routes!(acts::separate))
        .routes(routes!(acts::hold, acts::unhold))
        .routes(routes!(devices::list))
        .routes(routes!(devices::read, devices::propose))
        .routes(routes!(devices::approve))
        .routes(routes!(devices::refuse))
        .routes(routes!(kinds::list))
        .merge(adapter)
}

/// The account as the review knows it.
fn person(app: &app::State, viewer: &Viewer) -> (Person, Who) {
    let senior = viewer.rank.as_ref().is_some_and(|rank| app.config.cases.senior_ranks.contains(rank));
    let actor = Actor::Account { role: viewer.role, senior };
    let who = Who {
        actor: viewer.username.clone(),
        role: viewer.role.as_str().to_owned(),
        unit: viewer.sites.join(","),
    };
    (Person { username: viewer.username.clone(), actor }, who)
}

/// A case that the account may see, or 404.
async fn seen(app: &app::State, viewer: &Viewer, id: &str) -> Result<CaseRow, Problem> {
    let police = matches!(viewer.role, Role::TrafficPolice | Role::PoliceSigner);
    let case = app.store.cases().get(id).await?.filter(|case| police && viewer.scope.sees(&case.site));
    case.ok_or_else(|| Problem::not_found("case"))
}

fn now() -> Timestamp {
    Timestamp::from_millisecond(now_ms()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// 409 with the refusal's code; 403 where another account may.
fn refused(refusal: Refusal) -> Problem {
    let status = match refusal {
        Refusal::ConflictOfInterest => StatusCode::FORBIDDEN,
        Refusal::Incomplete => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::CONFLICT,
    };
    Problem::new(status, refusal.code(), refusal.to_string())
}

impl From<ReviewError> for Problem {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::NoCase => Self::not_found("case"),
            ReviewError::Refused(refusal) => refused(refusal),
            ReviewError::Store(error) => error.into(),
        }
    }
}

impl From<VoidError> for Problem {
    fn from(error: VoidError) -> Self {
        let conflict =
            |code: &'static str, error: &VoidError| Self::new(StatusCode::CONFLICT, code, error.to_string());
        match error {
            VoidError::NoCase => Self::not_found("case"),
            VoidError::NoWay(NoWay::Actor) => Self::forbidden(),
            VoidError::NoWay(NoWay::State(_)) => conflict("wrong_state", &error),
            VoidError::NotAsked => conflict("not_asked", &error),
            VoidError::SamePerson => Self::new(StatusCode::FORBIDDEN, "same_person", error.to_string()),
            VoidError::InHandling => conflict("in_handling", &error),
            VoidError::Store(error) => error.into(),
        }
    }
}
