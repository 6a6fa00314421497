//! A handling begins with a confirmed case.

use jiff::Timestamp;
use serde_json::json;

use super::machine::{Actor, Choices, Context, Entry, Refusal, Stepped, Work, nothing};
use super::record::{Handling, Money, Points, Vehicle, Violation, What};
use super::state::State;
use crate::law::{Law, Term, day_of};

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
    /// What speaks against going on by itself, as screening flagged it: `exempt`, `clone_suspect`.
    pub doubts: Vec<String>,
    /// Accounts that confirmed it.
    pub judged_by: Vec<String>,
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

/// Opens a handling. A plate of another authority (military, diplomatic) is handed over at once and nobody is looked up; where the case
/// is in doubt, nobody is looked up before a person has cleared it.
///
/// # Errors
/// When the law lacks a deadline, or the vehicle has no plate: nobody can be looked up then.
pub fn open(case: Confirmed, identity: Identity, law: &Law, at: Timestamp) -> Result<Stepped, Refusal> {
    if case.vehicle.plate.is_empty() {
        let (vi, en) = ("xe không có biển số", "the vehicle has no plate");
        return Err(Refusal::new("no_plate", vi, en));
    }
    let statute = law.due(Term::Statute.as_str(), case.at)?;
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
        judged_by: case.judged_by,
        drove: None,
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
    let context = Context { law, today: law, actor: &actor, at, number: "", choices: Choices::default() };
    let mut work = Work::new(handling, context);
    work.start(Term::Notice, case.at)?;
    work.start(Term::Statute, case.at)?;
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
        work.h.doubts = case.doubts;
        if work.h.doubts.is_empty() {
            work.order(What::OwnerLookup);
        }
    } else {
        work.h.state = to;
        work.close_down(to);
    }
    Ok(work.done())
}
