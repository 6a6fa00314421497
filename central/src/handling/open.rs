//! A handling begins with a confirmed case; several of one liable party become one before the decision.

use jiff::Timestamp;
use serde_json::json;

use super::machine::{Actor, Choices, Context, Entry, Refusal, Stepped, Work, nothing};
use super::record::{Handling, Money, Points, Vehicle, Violation, What};
use super::state::State;
use crate::law::{Law, day_of};

/// A confirmed case as its handling needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmed {
    /// Case.
    pub case_id: String,
    /// Its number.
    pub case_number: String,
    /// Kind of violation.
    pub kind: String,
    /// Key of the behaviour that the reviewers confirmed.
    pub behaviour: String,
    /// When it happened.
    pub at: Timestamp,
    /// Site.
    pub site: String,
    /// Camera.
    pub camera: String,
    /// Place.
    pub place_vi: String,
    /// The vehicle.
    pub vehicle: Vehicle,
}

/// Id, number and unit of a handling that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// UUIDv7.
    pub id: String,
    /// Number to show.
    pub number: String,
    /// Unit that handles it.
    pub unit: String,
}

/// Opens a handling. A plate of another authority (military, diplomatic) is handed over at once and nobody is looked up.
///
/// # Errors
/// When the law lacks a deadline, or the vehicle has no plate: nobody can be looked up then.
pub fn open(case: Confirmed, identity: Identity, law: &Law, at: Timestamp) -> Result<Stepped, Refusal> {
    if case.vehicle.plate.is_empty() {
        let (vi, en) = ("xe không có biển số", "the vehicle has no plate");
        return Err(Refusal::new("no_plate", vi, en));
    }
    let statute = law.due("statute", case.at)?;
    let act = Violation {
        case_id: case.case_id,
        case_number: case.case_number,
        kind: case.kind,
        behaviour: case.behaviour,
        at: case.at,
        site: case.site.clone(),
        camera: case.camera,
        place_vi: case.place_vi,
        statute_ends: statute.at,
        expired: false,
        circumstances: Default::default(),
        amount: None,
        why: Vec::new(),
    };
    let handling = Handling {
        id: identity.id,
        number: identity.number,
        site: case.site,
        unit: identity.unit.clone(),
        state: State::OwnerLookup,
        opened_at: at,
        law_version: law.version(),
        vehicle: case.vehicle,
        acts: vec![act],
        parties: Vec::new(),
        liable: None,
        named: None,
        doubts: Vec::new(),
        deadlines: Vec::new(),
        notice: None,
        minutes: None,
        decision: None,
        fine: None,
        money: Money::default(),
        points: Points { state: "none".to_owned(), taken: 0, left: None },
        warnings: Vec::new(),
        explained: None,
        answers: Vec::new(),
        transfer: None,
        void: None,
        joined_into: None,
        orders: Vec::new(),
        ended_at: None,
    };
    let actor = Actor::system(&identity.unit);
    let context = Context { law, actor: &actor, at, number: "", choices: Choices::default() };
    let mut work = Work::new(handling, context);
    work.start("notice", case.at)?;
    work.start("statute", case.at)?;
    let plate = law.plate_handling(&work.h.vehicle.bearer, day_of(case.at));
    let ours = plate.is_none_or(|row| row.owner_lookup);
    let basis = super::steps::named("opened").map(|step| step.basis.clone()).unwrap_or_default();
    let detail = match plate {
        Some(row) if !ours => json!({ "bearer": row.bearer, "action": row.action, "to": row.title_vi }),
        _ => nothing(),
    };
    let to = if ours { State::OwnerLookup } else { State::HandedOver };
    work.log.push(Entry { what: "opened".to_owned(), from: to, to, basis, reason: None, detail });
    if ours {
        work.order(What::OwnerLookup);
    } else {
        work.h.state = to;
        work.close_down(to);
    }
    Ok(work.done())
}

impl Work<'_> {
    /// Takes over the cases of another handling.
    pub fn joins(&mut self, other: &Handling) -> Result<(), Refusal> {
        let phase = phase(self.h.state);
        if phase.is_none() || phase != super::open::phase(other.state) || self.h.id == other.id {
            return Err(Refusal::new(
                "not_joinable",
                "chỉ gộp các vụ cùng giai đoạn, trước khi ra quyết định",
                "only handlings of one stage are joined, before the decision",
            ));
        }
        if !other.doubts.is_empty()
            || !self.h.doubts.is_empty()
            || other.void.is_some()
            || self.h.void.is_some()
        {
            return Err(Refusal::new("doubts", "còn điểm chưa xác minh", "something is not verified yet"));
        }
        self.h.acts.extend(other.acts.iter().cloned());
        let (from, number) = (self.h.state, other.number.clone());
        let cases: Vec<_> = other.acts.iter().map(|act| act.case_number.as_str()).collect();
        self.step("joined", from, None, json!({ "from": number, "cases": cases }))?;
        // The earliest of both counts for notice and statute.
        for kind in ["notice", "statute"] {
            let first = self.h.deadline(kind).map(|deadline| deadline.due.at);
            let earlier =
                other.deadline(kind).filter(|deadline| first.is_some_and(|at| deadline.due.at < at));
            if let Some(deadline) = earlier.cloned() {
                self.met(kind);
                self.h.deadlines.push(deadline);
            }
        }
        Ok(())
    }

    /// Ends: another handling goes on with the cases.
    pub fn joined_into(&mut self, number: &str) -> Result<(), Refusal> {
        self.h.joined_into = Some(number.to_owned());
        self.step("joined", State::Closed, None, json!({ "into": number }))
    }
}

/// Handlings of the same phase can be joined.
fn phase(state: State) -> Option<u8> {
    match state {
        State::OwnerFound => Some(1),
        state if state.awaits_answer() => Some(2),
        State::Acknowledged | State::Verified => Some(3),
        State::MinutesSigned => Some(4),
        _ => None,
    }
}
