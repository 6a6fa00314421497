//! Another handling of the same party turns up, in the same phase or in another, of the same vehicle or of another one: what can be
//! joined is, and nothing that it had is lost; the rest is refused.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::walk::{LAW, Walk, beginning, person, take, why};
use crate::handling::machine::{Actor, Event, NewParty, Outcome};
use crate::handling::open::{Identity, open};
use crate::handling::record::{Handling, PartyKind, What, just_after};
use crate::handling::state::State;
use crate::handling::steps::Who;

/// Phases in the order of the walk; the last is that of the warned.
fn phase(state: State) -> Option<u64> {
    match state {
        State::OwnerFound => Some(0),
        State::NoticeSent | State::NoticeDelivered | State::Undeliverable => Some(1),
        State::Acknowledged | State::Verified => Some(2),
        State::MinutesSigned => Some(3),
        State::Warned => Some(4),
        _ => None,
    }
}

impl Walk {
    /// Whether the other handling turns up here.
    pub(super) fn joins_now(&self) -> bool {
        self.joins_in.is_some() && self.joins_in == phase(self.h.state) && self.h.doubts.is_empty()
    }

    /// It is joined, or refused for what it is; whether it is.
    pub(super) fn join(&mut self) -> bool {
        let Some(at) = self.joins_in.take() else { return false };
        // A warned one turns up while this one is noticed, and the other way round.
        let to = if matches!(at, 1 | 4) && self.dice.percent(50) { 5 - at } else { at };
        let Some(other) = self.other(to) else { return false };
        let system = Actor::system("PC08");
        let refused = if !self.h.vehicle.is(&other.vehicle) {
            Some("other_vehicle")
        } else if at == 4 && to != 4 {
            Some("not_joinable")
        } else {
            None
        };
        let event = Event::Joins { other: Box::new(other.clone()) };
        if let Some(code) = refused {
            let refusal = self.try_event(&system, event).expect_err(code);
            assert_eq!(refusal.code, code, "case {}: {refusal}", self.seed);
            self.not_joined = Some(code);
            return false;
        }
        let before = self.h.clone();
        self.must(&system, event);
        let into = Event::JoinedInto { number: self.h.number.clone() };
        let gone = take(&other, &system, "", self.now, into).unwrap().handling;
        assert_eq!(gone.state, State::Closed, "case {}", self.seed);
        let mut open = gone.orders.iter().filter(|order| order.next.is_some());
        assert!(open.all(|order| order.what.paper().is_some()), "case {}: papers alone", self.seed);
        self.nothing_lost(&before, &other, &gone);
        true
    }

    fn nothing_lost(&self, before: &Handling, other: &Handling, gone: &Handling) {
        let (seed, h) = (self.seed, &self.h);
        assert_eq!(h.acts.len(), before.acts.len() + other.acts.len());
        assert_eq!(h.answers.len(), before.answers.len() + other.answers.len());
        assert_eq!(h.parties.len() + 1, before.parties.len() + other.parties.len());
        for one in [before, other] {
            for open in one.deadlines.iter().filter(|one| one.met_at.is_none()) {
                let kept = h.deadline(&open.due.kind).map(|one| one.due.at);
                assert!(kept.is_some_and(|at| at <= open.due.at), "case {seed}: {open:?} ends later");
            }
            for warning in &one.warnings {
                let live = |one: &str| matches!(one, "ordered" | "set");
                let mut kept = h.warnings.iter().filter(|one| one.target == warning.target);
                assert!(
                    !live(&warning.state) || kept.any(|one| live(&one.state)),
                    "case {seed}: {warning:?}"
                );
            }
        }
        assert!(!gone.orders.iter().any(|order| matches!(order.what, What::Unwarn { .. })), "case {seed}");
    }

    /// A handling of the same party, as far as a phase; none where there was not time enough.
    fn other(&mut self, to: u64) -> Option<Handling> {
        let hours = self.dice.between(2, 20) + if to == 4 { 24 * 23 } else { 0 };
        let begun = self.now - SignedDuration::from_hours(hours);
        let mut began = beginning(self.seed, &mut self.dice, "-2");
        let first: Timestamp = "2026-08-20T00:00:00+07:00".parse().unwrap();
        began.case.at = begun - SignedDuration::from_hours(1);
        if began.case.at < first {
            return None;
        }
        began.case.vehicle = self.h.vehicle.clone();
        if self.dice.percent(15) {
            began.case.vehicle.plate.push('9');
        }
        began.case.doubts.clear();
        began.case.behaviour = self.h.acts[0].behaviour.clone();
        let id = format!("h-{}-2", self.seed);
        let identity = Identity { id, number: format!("XL-{}-2", self.seed), unit: "PC08".into() };
        let h = open(began.case, identity, &LAW, begun).unwrap().handling;
        let mut made = Made { h, now: begun };
        let liable = self.h.liable_party()?.clone();
        let owner = Some(NewParty { kind: liable.kind, licence: false });
        made.system(Event::Ordered {
            n: 1,
            outcome: Outcome::Owner { status: "found".into(), owner, doubts: vec![] },
        });
        if to > 0 {
            made.notice();
        }
        match to {
            4 => made.warned(self.now, self.dice.percent(70)),
            2 | 3 => {
                // Who drove is established in both, in none, or in one of them.
                made.answered(liable.drove != self.dice.percent(20) && liable.kind == PartyKind::Person);
                if to == 3 {
                    made.minutes();
                }
            }
            _ => {}
        }
        Some(made.h)
    }
}

/// A handling that is brought somewhere without ado.
struct Made {
    h: Handling,
    now: Timestamp,
}

impl Made {
    fn event(&mut self, actor: &Actor, event: Event) {
        self.h = take(&self.h, actor, "000009", self.now, event).unwrap().handling;
    }

    fn system(&mut self, event: Event) {
        self.event(&Actor::system("PC08"), event);
    }

    fn act(&mut self, who: Who, by: &str, name: &str, fields: Value) {
        let actor = person(who, by, "provincial_director");
        self.event(&actor, Event::Action { name: name.to_owned(), fields, party: None });
    }

    /// Every order that is due is done.
    fn orders(&mut self) {
        while let Some(order) = self.h.orders.iter().find(|o| o.next.is_some_and(|next| next <= self.now)) {
            let outcome = Outcome::Done { reference: Some("no".into()), said: Value::Null };
            self.system(Event::Ordered { n: order.n, outcome });
        }
    }

    fn notice(&mut self) {
        self.act(Who::Officer, "em", "draft_notice", json!({}));
        self.act(Who::Signer, "binh", "sign_notice", json!({}));
        self.orders();
    }

    /// Nobody answered; the agencies confirmed it by now, or nobody has asked them yet.
    fn warned(&mut self, now: Timestamp, told: bool) {
        self.now = self.h.deadline("warning").map_or(now, |one| just_after(one.due.at));
        self.system(Event::Clock);
        if told {
            self.orders();
        }
    }

    fn answered(&mut self, drove: bool) {
        if drove {
            return self.act(Who::Citizen, "citizen", "confirm", json!({}));
        }
        self.act(Who::Citizen, "citizen", "dispute", json!({}));
        self.act(Who::Officer, "dung", "dismiss_dispute", why());
    }

    fn minutes(&mut self) {
        self.act(Who::Officer, "em", "draft_minutes", json!({}));
        self.act(Who::Signer, "binh", "sign_minutes", json!({}));
        if self.h.state == State::Explanation {
            self.act(Who::Officer, "em", "waive_explanation", why());
        }
    }
}
