//! The cases of one person.

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use wire::violation::Kind;

use super::seen::{self, Own, Standing};
use super::session::citizen;
use super::{looks, words};
use crate::handling::State as Stands;
use crate::handling::record::{Handling, Violation};
use crate::web::Web;
use crate::web::access::Peer;
use crate::web::extract::{Json, Moment};
use crate::web::problem::Problem;

/// A case of one's own.
#[derive(Debug, Serialize, ToSchema)]
pub struct CitizenCase {
    /// How the page names it: random, no number of ours.
    pub r#ref: String,
    pub kind_vi: String,
    pub kind_en: String,
    pub place_vi: String,
    pub at: Moment,
    pub plate_display: String,
    /// Word of the state; `passed_on` when somebody else is liable by now.
    pub state: String,
    pub state_vi: String,
    pub state_en: String,
    /// `answer`, `explain`, `pay`, `wait`; null when there is nothing to do.
    pub next_step: Option<String>,
    /// Until when the next step has to be taken.
    pub due_at: Option<Moment>,
    /// Fine of this act, VND, once decided.
    pub amount: Option<i64>,
    /// The session's paper was of a handling that was joined into another one: the number of that one. Null otherwise.
    pub joined_into: Option<String>,
}

/// All of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct CitizenCases {
    items: Vec<CitizenCase>,
}

/// The cases of whoever is signed in, the newest first.
#[utoipa::path(get, path = "/citizen/cases", tag = "citizen",
    responses((status = 200, body = CitizenCases), (status = 401, description = "`not_signed_in`", body = Problem)))]
pub async fn read(
    State(web): State<Web>,
    Peer(address): Peer,
    headers: HeaderMap,
) -> Result<Json<CitizenCases>, Problem> {
    looks(&web, address)?;
    let citizen = citizen(&web, &headers).await?;
    let own = seen::all(&web, &citizen).await?;
    Ok(Json(CitizenCases { items: own.iter().filter_map(item).collect() }))
}

/// The act of a case within its handling.
pub fn act(own: &Own) -> Option<&Violation> {
    own.h.acts.iter().find(|act| act.case_id == own.case.case_id)
}

/// A case as the page shows it.
pub fn item(own: &Own) -> Option<CitizenCase> {
    let (h, act) = (&own.h, act(own)?);
    let facts = Kind::parse(&act.kind).and_then(Kind::facts);
    let liable = own.standing == Standing::Liable;
    let told = words::of(h.state).filter(|_| liable);
    let all = words::words();
    Some(CitizenCase {
        r#ref: own.case.case_ref.clone(),
        kind_vi: facts.map_or_else(|| act.kind.clone(), |facts| facts.vi.clone()),
        kind_en: facts.map_or_else(|| act.kind.clone(), |facts| facts.en.clone()),
        place_vi: act.place_vi.clone(),
        at: Moment(act.at.as_millisecond()),
        plate_display: h.vehicle.plate_display.clone(),
        state: if liable { h.state.as_str() } else { "passed_on" }.to_owned(),
        state_vi: told.map_or(&all.passed_on.vi, |told| &told.vi).clone(),
        state_en: told.map_or(&all.passed_on.en, |told| &told.en).clone(),
        next_step: told.and_then(|told| told.next.clone()),
        due_at: due(h).filter(|_| liable),
        amount: act.amount.filter(|_| liable && decided(h)),
        joined_into: own.joined.as_ref().map(|joined| joined.number.clone()),
    })
}

/// Whether the decision is signed: before that its draft is nobody's business.
pub fn decided(h: &Handling) -> bool {
    h.decision.as_ref().is_some_and(|decision| decision.signed_at.is_some())
}

/// The deadline that is the citizen's own, not the police's.
fn due(h: &Handling) -> Option<Moment> {
    let kind = match h.state {
        state if state.awaits_answer() => "appearance",
        Stands::Explanation => "explanation_text",
        state if state.awaits_money() => "payment",
        _ => return None,
    };
    let found = h.deadlines.iter().rev().find(|deadline| deadline.due.kind == kind);
    found.map(|deadline| Moment(deadline.due.at.as_millisecond()))
}
