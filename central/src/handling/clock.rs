//! What time does: alerts at 50, 80 and 100 %, warnings, ends of windows, the statute. It works from the deadlines that were
//! computed once; after days without it, everything that is over is done, in the order of time, and nothing twice.

use serde_json::json;

use super::machine::{Refusal, Work};
use super::record::{PartyKind, Warning, What};
use super::state::State;
use crate::law::Term;

impl Work<'_> {
    /// Does everything that is due at `self.at`.
    pub fn clock(&mut self) -> Result<(), Refusal> {
        if self.h.state.is_final() {
            return Ok(());
        }
        self.alerts();
        self.expire()?;
        if self.h.state.is_final() {
            return Ok(());
        }
        if self.is_over(Term::Warning)
            && matches!(self.h.state, State::NoticeSent | State::NoticeDelivered | State::Undeliverable)
        {
            self.warn()?;
        }
        if self.h.state == State::Explanation && self.is_over(Term::ExplanationText) {
            self.met(Term::ExplanationText);
            self.met(self.request_term());
            self.step("explanation_over", State::MinutesSigned, None, json!({}))?;
        }
        self.posted()?;
        if self.h.state == State::DecisionDelivered && self.is_over(Term::Payment) {
            self.step("overdue", State::Overdue, None, json!({}))?;
        }
        if self.h.state.awaits_money() && self.is_over(Term::Enforcement) {
            self.step("lapsed", State::Lapsed, None, json!({}))?;
        }
        Ok(())
    }

    /// Raises alerts whose time has come, each once; after an outage the highest of them alone is news, the others are noted with it.
    fn alerts(&mut self) {
        let (now, mut raised) = (self.at, Vec::new());
        for deadline in self.h.deadlines.iter_mut().filter(|deadline| deadline.met_at.is_none()) {
            while let Some(next) = deadline.next_at().filter(|next| *next <= now) {
                let Some(percent) = deadline
                    .due
                    .alerts
                    .iter()
                    .map(|alert| alert.percent)
                    .find(|percent| *percent > deadline.alerted)
                else {
                    break;
                };
                deadline.alerted = percent;
                raised.push(json!({ "what": deadline.due.kind, "percent": percent, "was_due": next }));
            }
        }
        for detail in raised {
            self.note("alert", detail);
        }
    }

    fn is_over(&self, term: Term) -> bool {
        self.h
            .deadlines
            .iter()
            .rev()
            .find(|deadline| deadline.due.kind == term.as_str())
            .is_some_and(|deadline| deadline.met_at.is_none() && self.at > deadline.due.at)
    }

    /// Acts whose statute ended are not fined; when none is left, it is over.
    fn expire(&mut self) -> Result<(), Refusal> {
        if !self.h.state.is_before_decision() {
            return Ok(());
        }
        let now = self.at;
        let mut gone = Vec::new();
        for act in self.h.acts.iter_mut().filter(|act| !act.expired && now > act.statute_ends) {
            act.expired = true;
            act.amount = None;
            gone.push(act.case_number.clone());
        }
        if gone.is_empty() {
            return Ok(());
        }
        if self.h.live_acts().next().is_none() {
            return self.step("expired", State::Expired, None, json!({ "cases": gone }));
        }
        self.note("act_expired", json!({ "cases": gone }));
        if self.h.state == State::DecisionDraft {
            // The draft's sum is no longer right.
            self.h.fine = None;
            self.step(
                "return_decision",
                State::MinutesSigned,
                Some("statute of an act ended".to_owned()),
                json!({}),
            )?;
        }
        Ok(())
    }

    /// Nobody answered: inspection and registration are warned; for a motorcycle the commune police are told (form 04).
    fn warn(&mut self) -> Result<(), Refusal> {
        self.met(Term::Warning);
        self.met(Term::Appearance);
        let motorcycle =
            self.h.vehicle.group.as_deref() == Some("motorcycle") || self.h.vehicle.class == "motorcycle";
        // Motorcycles are not inspected.
        let targets: &[&str] = if motorcycle { &["registration"] } else { &["inspection", "registration"] };
        for target in targets {
            self.warn_of(target);
        }
        if motorcycle {
            self.order(What::Document { paper: "commune".to_owned(), number: None });
        }
        let liable = self.h.liable_party().map(|party| party.kind == PartyKind::Org);
        self.step("warned", State::Warned, None, json!({ "targets": targets, "organisation": liable }))
    }

    /// Warns an agency of the vehicle, unless it is warned: a joined handling may have brought its warning along.
    pub(super) fn warn_of(&mut self, target: &str) {
        let live = |warning: &Warning| matches!(warning.state.as_str(), "ordered" | "set");
        if self.h.warnings.iter().any(|warning| warning.target == target && live(warning)) {
            return;
        }
        self.h.warnings.push(Warning {
            target: target.to_owned(),
            state: "ordered".to_owned(),
            reference: None,
            under: None,
            ordered_at: self.at,
            set_at: None,
            removal_at: None,
            removed_at: None,
        });
        self.order(What::Warn { target: target.to_owned() });
    }

    /// A decision that reached nobody counts as delivered once it was posted for its time, which runs from the posting itself.
    pub(super) fn posted(&mut self) -> Result<(), Refusal> {
        if self.h.state == State::DecisionSigned && self.is_over(Term::Posting) {
            return self.decision_arrived(self.at, "posting", "decision_posted");
        }
        Ok(())
    }
}
