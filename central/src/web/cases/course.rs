//! What people did with a case, as far as an account may know it.

use serde::Serialize;
use utoipa::ToSchema;

use super::desk::PlayedView;
use super::seat::Seat;
use crate::app;
use crate::auth::Role;
use crate::cases::review::{Claim, Refusal};
use crate::cases::state::State;
use crate::store::cases::CaseRow;
use crate::store::cases::review::AnswerRow;
use crate::store::cases::steps::StepRow;
use crate::web::access::Viewer;
use crate::web::extract::Moment;
use crate::web::problem::Problem;

/// Whether this account may answer, and what it did.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewView {
    round: i64,
    /// Whether it may take the case, or has it.
    may: bool,
    why_not: Option<&'static str>,
    played: PlayedView,
    /// Whether everything before an approval is done.
    may_decide: bool,
}

impl ReviewView {
    /// For an account at its seat.
    pub(super) fn of(
        case: &CaseRow,
        seat: &Seat,
        claim: Option<&Claim>,
        (why_not, admissible): (Option<Refusal>, bool),
    ) -> Result<Self, Problem> {
        let played = PlayedView::of(case, claim.filter(|_| seat.mine))?;
        let done = seat.mine && played.enough() && seat.typed.is_some();
        Ok(Self {
            round: case.round,
            may: why_not.is_none(),
            why_not: why_not.map(Refusal::code),
            may_decide: done && admissible && why_not.is_none(),
            played,
        })
    }
}

/// Somebody's answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerView {
    round: i64,
    by: String,
    at: Moment,
    decision: String,
    behaviour: Option<String>,
    reason: Option<String>,
    note: Option<String>,
    plate_typed: Option<String>,
}

/// All answers where they may be known; none while the account is blind, and an empty list while others are asked.
pub(super) fn earlier(
    seat: &Seat,
    state: State,
    viewer: &Viewer,
    answers: &[AnswerRow],
) -> Option<Vec<AnswerView>> {
    if seat.blind {
        return None;
    }
    let all = viewer.role == Role::PoliceSigner || !state.is_open() || state == State::Review3;
    let view = |answer: &AnswerRow| AnswerView {
        round: answer.round,
        by: answer.username.clone(),
        at: Moment(answer.at_ms),
        decision: answer.decision.clone(),
        behaviour: answer.behaviour.clone(),
        reason: answer.reason.clone(),
        note: answer.note.clone(),
        plate_typed: answer.plate_typed.clone(),
    };
    Some(answers.iter().filter(|_| all).map(view).collect())
}

/// A step.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepView {
    at: Moment,
    actor: String,
    role: String,
    what: String,
    reason: Option<String>,
    hash: String,
}

/// The log; while the account is blind, what central itself did.
pub(super) fn log(seat: &Seat, steps: Vec<StepRow>) -> Vec<StepView> {
    let view = |step: StepRow| StepView {
        at: Moment(step.at_ms),
        actor: step.actor,
        role: step.role,
        what: step.what,
        reason: step.reason,
        hash: step.hash,
    };
    steps.into_iter().filter(|step| !seat.blind || step.actor == "system").map(view).collect()
}

/// Somebody wants it void.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoidView {
    by: String,
    at: Option<Moment>,
    reason: Option<String>,
}

impl VoidView {
    /// Why somebody wants a case void says what they think of it: not for those who may still be asked.
    pub(super) fn of(case: &CaseRow, seat: &Seat, viewer: &Viewer) -> Option<Self> {
        let by = case.void_by.clone().filter(|by| !seat.blind || *by == viewer.username)?;
        Some(Self { by, at: case.void_at_ms.map(Moment), reason: case.void_reason.clone() })
    }
}

/// Why a confirmed case gets no handling.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoHandling {
    /// `no_plate`.
    code: &'static str,
    vi: &'static str,
    en: &'static str,
}

impl NoHandling {
    /// People confirmed the act and found no plate on the vehicle: there is nobody to look up. The case stays as it is.
    pub(super) fn of(case: &CaseRow, state: State) -> Option<Self> {
        let none = case.plate_typed.as_deref() == Some("");
        (state == State::Confirmed && none && case.handling_id.is_none()).then_some(Self {
            code: "no_plate",
            vi: "Xe không có biển số: không tra cứu được chủ xe nên không mở hồ sơ xử lý. Cần xác minh phương tiện.",
            en: "The vehicle has no plate: there is no owner to look up and no handling is opened. The vehicle has to be found first.",
        })
    }
}

/// A related case.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelatedView {
    id: String,
    number: String,
    at: Moment,
    place_vi: String,
    why_vi: String,
    why_en: String,
}

/// What is related.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct RelatedViews {
    /// The same act.
    duplicates: Vec<RelatedView>,
    /// Signs of a plate on two vehicles.
    clones: Vec<RelatedView>,
}

/// Cases of the same act, and signs of a plate on two vehicles.
pub(super) async fn related(
    app: &app::State,
    viewer: &Viewer,
    case: &CaseRow,
) -> Result<RelatedViews, Problem> {
    let mut views = RelatedViews::default();
    let related = case.related()?;
    for id in &related.duplicates {
        let Some(other) = app.store.cases().get(id).await?.filter(|other| viewer.scope.sees(&other.site))
        else {
            continue;
        };
        let seconds = (other.at_ms - case.at_ms).abs() / 1000;
        views.duplicates.push(RelatedView {
            id: other.case_id,
            number: other.number,
            at: Moment(other.at_ms),
            place_vi: other.place_vi,
            why_vi: format!("Cùng xe, cùng hành vi, cách {seconds} giây."),
            why_en: format!("The same vehicle and act, {seconds} s apart."),
        });
    }
    views.clones = related
        .clones
        .into_iter()
        .map(|sign| RelatedView {
            id: sign.code,
            number: String::new(),
            at: Moment(sign.at_ms.unwrap_or(case.at_ms)),
            place_vi: String::new(),
            why_vi: sign.vi,
            why_en: sign.en,
        })
        .collect();
    Ok(views)
}
