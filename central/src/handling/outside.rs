//! What comes back from outside: the register's answer, documents, messages and letters, bills, points, warnings. Answers may come
//! late, twice and out of order.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::machine::{NewParty, Outcome, Refusal, Work, backoff};
use super::record::{PartyKind, What};
use super::state::State;
use crate::law::Term;

impl Work<'_> {
    /// Takes what came of an order. A second answer to the same order changes nothing.
    pub fn ordered(&mut self, n: u32, outcome: Outcome) -> Result<(), Refusal> {
        let at = self.at;
        let Some(order) = self.h.orders.iter_mut().find(|order| order.n == n && order.next.is_some()) else {
            return Ok(());
        };
        let what = order.what.clone();
        match &outcome {
            Outcome::Away => {
                order.tries += 1;
                order.next = at.checked_add(backoff(order.tries)).ok();
                // Every outage is in the log once; its repetitions are counted in the order.
                if order.tries == 1 {
                    self.note("no_answer", json!({ "order": n, "kind": what.word() }));
                }
                return Ok(());
            }
            Outcome::Lacks(fields) => {
                order.tries += 1;
                order.next = at.checked_add(backoff(order.tries)).ok();
                let news = order.lacks != *fields;
                order.lacks.clone_from(fields);
                if news {
                    self.note(
                        "document_lacks",
                        json!({ "order": n, "paper": what.paper(), "lacks": fields }),
                    );
                }
                return Ok(());
            }
            Outcome::NotBefore(moment) => {
                order.next = Some((*moment).max(at));
                order.tries += 1;
                if let What::Points { .. } = what {
                    self.h.points.state = "postponed".to_owned();
                }
                self.note("postponed", json!({ "order": n, "kind": what.word(), "until": moment }));
                return Ok(());
            }
            Outcome::Refused { code } => {
                (order.next, order.state, order.reference) = (None, "refused".to_owned(), Some(code.clone()));
            }
            Outcome::Done { reference, .. } => {
                (order.next, order.state) = (None, "done".to_owned());
                order.lacks.clear();
                order.reference.clone_from(reference);
            }
            Outcome::Owner { .. } => (order.next, order.state) = (None, "done".to_owned()),
        }
        let order_state = order.state.clone();
        self.note(
            "order",
            json!({ "order": n, "kind": what.word(), "paper": what.paper(), "state": order_state }),
        );
        let decision_posted = matches!(&what, What::Posting { paper } if paper == "decision");
        if decision_posted && order_state == "done" && self.h.state == State::DecisionSigned {
            // Its days count from when everybody could read it, not from the signature.
            self.start(Term::Posting, at)?;
        }
        match (what, outcome) {
            (What::OwnerLookup, Outcome::Owner { status, owner, doubts }) => {
                self.owner(&status, owner, doubts)
            }
            (What::OwnerLookup, _) => self.owner("unanswered", None, Vec::new()),
            (What::Document { paper, .. }, Outcome::Done { reference, .. }) => {
                self.documented(&paper, reference)
            }
            (What::Vneid { paper, .. } | What::Post { paper, .. } | What::Posting { paper }, _) => {
                self.settle(&paper)
            }
            (What::Bill { n }, Outcome::Done { reference, said }) => {
                if let Some(bill) = self.h.money.bills.iter_mut().find(|bill| bill.n == n) {
                    bill.code = reference;
                    bill.pay_url = said["payUrl"].as_str().map(str::to_owned);
                }
                Ok(())
            }
            (What::Points { points, .. }, outcome) => self.points(points, &outcome),
            (What::Warn { target }, outcome) => self.warning((&target, None), "set", &outcome),
            (What::Unwarn { target, under }, outcome) => {
                self.warning((&target, under.as_deref()), "removed", &outcome)
            }
            _ => Ok(()),
        }?;
        self.finish()
    }

    fn owner(&mut self, status: &str, owner: Option<NewParty>, doubts: Vec<String>) -> Result<(), Refusal> {
        if self.h.state != State::OwnerLookup {
            return Ok(());
        }
        if let Some(owner) = owner {
            let n = self.new_party("registered", owner, false);
            self.h.liable = Some(n);
        }
        let detail = json!({ "status": status, "doubts": doubts });
        self.h.doubts = doubts;
        let to = match status {
            "found" | "revoked" if owner.is_some() => State::OwnerFound,
            "stolen" => State::Stolen,
            "military" => State::HandedOver,
            _ => State::OwnerNotFound,
        };
        if to == State::OwnerFound && status == "revoked" {
            self.h.doubts.push("registration_revoked".to_owned());
        }
        if to == State::OwnerNotFound {
            self.h.doubts = vec![status.to_owned()];
        }
        self.step("owner_answered", to, None, detail)?;
        if to == State::Stolen {
            self.stolen();
        }
        Ok(())
    }

    /// A document is there: what waited for it goes out.
    fn documented(&mut self, paper: &str, document: Option<String>) -> Result<(), Refusal> {
        let slot = match paper {
            "notice" => self.h.notice.as_mut(),
            "minutes" => self.h.minutes.as_mut(),
            "decision" => self.h.decision.as_mut(),
            _ => None,
        };
        if let Some(slot) = slot {
            slot.document = document;
        }
        let waits = match paper {
            "notice" => self.h.state == State::NoticeSigned,
            "decision" => self.h.state == State::DecisionSigned,
            "commune" => self.h.state == State::Warned,
            _ => false,
        };
        let Some(party) = self.h.liable_party().filter(|_| waits).cloned() else { return Ok(()) };
        let (name, n) = (paper.to_owned(), party.n);
        if paper == "commune" {
            self.order(What::Post { paper: name, party: n });
            return Ok(());
        }
        if party.kind == PartyKind::Person {
            self.order(What::Vneid { paper: name.clone(), party: n });
        }
        self.order(What::Post { paper: name.clone(), party: n });
        self.order(What::Posting { paper: name });
        Ok(())
    }

    /// Word about a message or letter, in whatever order it comes.
    pub fn told(&mut self, n: u32, word: &str, at: Timestamp) -> Result<(), Refusal> {
        let Some(order) = self.h.orders.iter_mut().find(|order| order.n == n) else { return Ok(()) };
        if order.events.iter().any(|(known, _)| known == word) {
            return Ok(());
        }
        order.events.push((word.to_owned(), at.min(self.at)));
        let Some(paper) = order.what.paper().map(str::to_owned) else { return Ok(()) };
        self.note("told", json!({ "order": n, "word": word }));
        self.settle(&paper)?;
        if paper == "notice" && self.h.state.awaits_answer() && self.is_current(n) {
            match word {
                "CONFIRMED" => return self.citizen_says("confirm"),
                "DISPUTED" => return self.citizen_says("dispute"),
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether an order carries the newest notice, to the party that is liable now.
    fn is_current(&self, n: u32) -> bool {
        let order = self.h.orders.iter().find(|order| order.n == n);
        order.is_some_and(
            |order| matches!(order.what, What::Vneid { party, .. } if Some(party) == self.h.liable),
        )
    }

    fn citizen_says(&mut self, name: &str) -> Result<(), Refusal> {
        let Some(step) = super::steps::named(name) else { return Ok(()) };
        let actor = super::machine::Actor::citizen("vneid");
        let (before, fields) = (self.actor, Value::Null);
        // The same step as on the public page, taken in the citizen's name.
        let mut inner = Work::new(
            self.h.clone(),
            super::machine::Context {
                law: self.law,
                today: self.today,
                actor: &actor,
                at: self.at,
                number: "",
                choices: self.choices,
            },
        );
        inner.action(step, &fields, None)?;
        debug_assert_eq!(before.name, self.actor.name);
        self.log.append(&mut inner.log);
        self.h = inner.h;
        Ok(())
    }

    /// How the newest paper of a kind stands: sent, delivered, or nowhere.
    fn settle(&mut self, paper: &str) -> Result<(), Refusal> {
        let from = match paper {
            "notice" => self.h.notice.as_ref().filter(|paper| paper.signed_at.is_some()),
            "decision" => self.h.decision.as_ref().filter(|paper| paper.signed_at.is_some()),
            _ => None,
        };
        let Some(from) = from.map(|paper| paper.order) else { return Ok(()) };
        let mut way = Way::default();
        for order in self.h.orders.iter().filter(|order| order.what.paper() == Some(paper) && order.n > from)
        {
            way.add(&order.what, &order.state, &order.events);
        }
        if paper == "notice" { self.settle_notice(&way) } else { self.settle_decision(&way) }
    }

    fn settle_notice(&mut self, way: &Way) -> Result<(), Refusal> {
        if self.h.state == State::NoticeSigned && (way.sent || (way.ways_over && way.posted)) {
            if let Some(notice) = &mut self.h.notice {
                notice.sent_at = Some(self.at);
            }
            self.met(Term::Notice);
            // The printed day stands, however long the letter lay here.
            match self.h.notice.as_ref().and_then(|notice| notice.appointment.clone()) {
                Some(due) => self.keep(Term::Appearance, due),
                None => self.start(Term::Appearance, self.at)?,
            }
            self.start(Term::Warning, self.at)?;
            self.step("notice_sent", State::NoticeSent, None, json!({ "posted_only": !way.sent }))?;
        }
        if let Some((at, by)) = way.delivered.as_ref()
            && matches!(self.h.state, State::NoticeSent | State::Undeliverable | State::Warned)
            && self.h.notice.as_ref().is_some_and(|notice| notice.delivered_at.is_none())
        {
            if let Some(notice) = &mut self.h.notice {
                notice.delivered_at = Some(*at);
                notice.delivered_by = Some((*by).to_owned());
            }
            let to = if self.h.state == State::Warned { State::Warned } else { State::NoticeDelivered };
            return self.step("notice_delivered", to, None, json!({ "by": by }));
        }
        if self.h.state == State::NoticeSent && way.nowhere && way.posted {
            return self.step("notice_returned", State::Undeliverable, None, json!({}));
        }
        Ok(())
    }

    fn settle_decision(&mut self, way: &Way) -> Result<(), Refusal> {
        if self.h.state != State::DecisionSigned {
            return Ok(());
        }
        if way.sent || way.posted {
            if let Some(decision) = &mut self.h.decision {
                decision.sent_at.get_or_insert(self.at);
            }
            self.met(Term::DecisionDelivery);
        }
        if let Some((at, by)) = &way.delivered {
            return self.decision_arrived(*at, by, "decision_delivered");
        }
        self.posted()
    }

    fn points(&mut self, points: u8, outcome: &Outcome) -> Result<(), Refusal> {
        let number = |said: &Value, name: &str| said[name].as_u64().and_then(|n| u8::try_from(n).ok());
        match outcome {
            Outcome::Done { said, .. } => {
                let before = number(said, "before");
                self.h.points.taken = number(said, "taken").unwrap_or(points);
                self.h.points.left = number(said, "after");
                self.h.points.state = "taken".to_owned();
                let detail =
                    json!({ "before": before, "taken": self.h.points.taken, "after": self.h.points.left });
                self.note("points_taken", detail);
                // Form 02 says how many were there and are left.
                self.order(What::Document { paper: "points".to_owned(), number: None });
            }
            _ => self.h.points.state = "no_licence".to_owned(),
        }
        Ok(())
    }

    /// What an agency said of a warning that it knows under this number, or under the handling's own.
    fn warning(
        &mut self,
        (target, under): (&str, Option<&str>),
        word: &str,
        outcome: &Outcome,
    ) -> Result<(), Refusal> {
        let at = self.at;
        let wanted = if word == "set" { "ordered" } else { "removing" };
        let meant = |one: &&mut super::record::Warning| {
            one.target == target && one.under.as_deref() == under && one.state == wanted
        };
        let Some(warning) = self.h.warnings.iter_mut().rev().find(meant) else { return Ok(()) };
        match (word, outcome) {
            ("set", Outcome::Done { reference, .. }) => {
                (warning.state, warning.set_at) = ("set".to_owned(), Some(at));
                warning.reference.clone_from(reference);
            }
            // A vehicle that the agency does not know cannot be warned about.
            ("set", _) => warning.state = "cancelled".to_owned(),
            // Refused because there is no such warning: then it is gone.
            _ => (warning.state, warning.removed_at) = ("removed".to_owned(), Some(at)),
        }
        let detail = json!({ "target": target, "state": warning.state });
        self.note("warning", detail);
        Ok(())
    }
}

/// How far a paper got, over all its channels.
#[derive(Default)]
struct Way {
    /// VNeID or the post took it.
    sent: bool,
    /// It is posted on the public site.
    posted: bool,
    /// First delivery, and by which channel.
    delivered: Option<(Timestamp, &'static str)>,
    /// Some channel may still deliver it.
    open: bool,
    /// Neither VNeID nor post took it, and none will.
    ways_over: bool,
    /// It was taken, and came back or was refused everywhere.
    nowhere: bool,
    channels: u32,
    dead: u32,
    untaken: u32,
}

impl Way {
    fn add(&mut self, what: &What, state: &str, events: &[(String, Timestamp)]) {
        let by = match what {
            What::Vneid { .. } => "vneid",
            What::Post { .. } => "post",
            What::Posting { .. } => {
                self.posted |= state == "done";
                return;
            }
            _ => return,
        };
        self.channels += 1;
        self.sent |= state == "done";
        let arrived = |word: &str| matches!(word, "DELIVERED" | "READ" | "CONFIRMED" | "DISPUTED");
        for (_, at) in events.iter().filter(|(word, _)| arrived(word)) {
            if self.delivered.is_none_or(|(first, _)| *at < first) {
                self.delivered = Some((*at, by));
            }
        }
        let returned = events.iter().any(|(word, _)| word == "RETURNED");
        let untaken = matches!(state, "refused" | "cancelled");
        self.untaken += u32::from(untaken);
        self.dead += u32::from(returned || untaken);
        self.open |= !(returned || untaken);
        self.ways_over = self.untaken == self.channels;
        self.nowhere = self.dead == self.channels;
    }
}
