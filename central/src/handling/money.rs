//! Money of a decision: what is owed on a day, the decision's draft and signature, payments. Whole VND, exact.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::machine::{Refusal, Work};
use super::people::{bad, limited};
use super::record::{Fine, Handling, PartyKind, Payment, What};
use super::state::State;
use crate::law::{Act, Circumstances, Law, Term, day_of};

/// What is owed on a day. VND.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Owed {
    /// Of the fine.
    pub fine_left: i64,
    /// Interest so far, paid or not.
    pub interest: i64,
    /// Of the interest.
    pub interest_left: i64,
    /// Paid beyond all that.
    pub over: i64,
}

impl Owed {
    /// Everything that is still owed.
    pub fn total(&self) -> i64 {
        self.fine_left + self.interest_left
    }
}

/// What is owed on a day, from the payments alone: they may have been told late and in any order. Payments go to the fine first;
/// interest is counted on what was left of the fine at the end of each day after the due day, and bears none itself.
pub fn owed(h: &Handling, law: &Law, day: Date) -> Owed {
    let Some(fine) = &h.fine else { return Owed::default() };
    let mut payments: Vec<(Date, i64)> = h
        .money
        .payments
        .iter()
        .map(|payment| (day_of(payment.at), payment.amount))
        .filter(|(on, _)| *on <= day)
        .collect();
    payments.sort_unstable();
    let due =
        h.deadlines.iter().find(|deadline| deadline.due.kind == "payment").map(|deadline| deadline.due.day);
    let (mut left, mut vnd_days, mut paid) = (fine.total, 0_i64, 0_i64);
    let mut counted_to = due;
    for (on, amount) in payments.iter().copied().chain([(day, 0)]) {
        if let Some(from) = counted_to.filter(|from| on > *from) {
            vnd_days += left * i64::from((on - from).get_days());
            counted_to = Some(on);
        }
        paid += amount;
        left = (fine.total - paid).max(0);
    }
    let interest = due.map_or(0, |due| law.late_interest(vnd_days, 1, due).unwrap_or(0));
    let to_interest = (paid - fine.total).max(0);
    Owed {
        fine_left: left,
        interest,
        interest_left: (interest - to_interest).max(0),
        over: (to_interest - interest).max(0),
    }
}

#[derive(Deserialize)]
struct Decided {
    acts: Vec<DecidedAct>,
    #[serde(default)]
    revocation_months: Option<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DecidedAct {
    case_id: String,
    amount: i64,
    /// Mitigating circumstances, in words.
    #[serde(default)]
    mitigating: Vec<String>,
    /// Aggravating ones.
    #[serde(default)]
    aggravating: Vec<String>,
}

impl Work<'_> {
    /// The acts as the law's functions take them.
    pub(super) fn law_acts(&self) -> Vec<Act> {
        let organisation = self.organisation();
        let act = |act: &super::record::Violation| Act {
            behaviour: act.behaviour.clone(),
            on: day_of(act.at),
            circumstances: act.circumstances,
            organisation,
        };
        self.h.live_acts().map(act).collect()
    }

    pub(super) fn draft_decision(&mut self, fields: &Value) -> Result<(), Refusal> {
        let decided: Decided = serde_json::from_value(fields.clone())
            .map_err(|error| bad(format!("mức phạt chưa đúng: {error}"), error.to_string()))?;
        self.set_amounts(&decided.acts)?;
        let combined = self.law.combine(&self.law_acts())?;
        let months = match (combined.revoke_months, decided.revocation_months) {
            (None, None) => None,
            (Some((low, high)), Some(months)) if (low..=high).contains(&months) => Some(months),
            (Some((low, high)), _) => {
                return Err(bad(
                    format!("tước giấy phép từ {low} đến {high} tháng"),
                    format!("revocation: {low} to {high} months"),
                ));
            }
            (None, Some(_)) => {
                return Err(bad("hành vi không bị tước giấy phép", "no act carries a revocation"));
            }
        };
        let points = if combined.revoke_months.is_none() { self.points_to_take()? } else { 0 };
        self.h.fine = Some(Fine {
            total: self.h.live_acts().filter_map(|act| act.amount).sum(),
            points,
            revocation_months: months,
            max_of_range: combined.max_of_range,
        });
        self.h.decision = Some(self.draft(None)?);
        let total = self.h.fine.as_ref().map(|fine| fine.total);
        self.step("draft_decision", State::DecisionDraft, None, json!({ "total": total, "points": points }))
    }

    /// Points of the acts whose driver the liable party is known to be: the highest alone.
    fn points_to_take(&self) -> Result<u8, Refusal> {
        let Some(party) = self.h.liable_party().filter(|party| party.kind == PartyKind::Person) else {
            return Ok(0);
        };
        let silent = self.choices.points_of_silent_owner;
        let takes = |act: &super::record::Violation| act.drove.unwrap_or(party.drove) || silent;
        let acts = self.h.live_acts().zip(self.law_acts());
        let drove: Vec<Act> = acts.filter(|(act, _)| takes(act)).map(|(_, act)| act).collect();
        Ok(self.law.combine(&drove)?.points)
    }

    /// Each act that can still be fined needs its amount, within its range.
    fn set_amounts(&mut self, decided: &[DecidedAct]) -> Result<(), Refusal> {
        let organisation = self.organisation();
        let law = self.law;
        for act in self.h.acts.iter_mut().filter(|act| !act.expired) {
            let Some(one) = decided.iter().find(|one| one.case_id == act.case_id) else {
                return Err(bad(
                    format!("thiếu mức phạt của vụ việc {}", act.case_number),
                    format!("no amount for case {}", act.case_number),
                ));
            };
            let count = |words: &[String]| u8::try_from(words.len()).unwrap_or(u8::MAX);
            let circumstances =
                Circumstances { mitigating: count(&one.mitigating), aggravating: count(&one.aggravating) };
            let of =
                Act { behaviour: act.behaviour.clone(), on: day_of(act.at), circumstances, organisation };
            let range = law.amount_of(&of)?;
            if !(range.low..=range.high).contains(&one.amount) {
                return Err(bad(
                    format!("mức phạt phải từ {} đến {} đ", range.low, range.high),
                    format!("the amount of {} must be {} to {} VND", act.case_number, range.low, range.high),
                ));
            }
            act.circumstances = circumstances;
            act.amount = Some(one.amount);
            act.why = one
                .mitigating
                .iter()
                .chain(&one.aggravating)
                .map(|text| limited(text))
                .collect::<Result<_, _>>()?;
        }
        let known = |one: &DecidedAct| self.h.live_acts().any(|act| act.case_id == one.case_id);
        if let Some(other) = decided.iter().find(|one| !known(one)) {
            return Err(bad(
                "có vụ việc không thuộc hồ sơ này",
                format!("case {} is not part of this", other.case_id),
            ));
        }
        Ok(())
    }

    pub(super) fn sign_decision(&mut self) -> Result<(), Refusal> {
        let number = self.sign("decision")?;
        for term in [Term::Decision, Term::DecisionExplained, Term::DecisionTransferred, Term::Statute] {
            self.met(term);
        }
        self.start(Term::DecisionDelivery, self.at)?;
        self.start(Term::Enforcement, self.at)?;
        // Caps are those of today, whatever version the amounts were computed with.
        let detail = json!({ "number": number, "caps_of_version": self.today.version() });
        self.step("sign_decision", State::DecisionSigned, None, detail)?;
        let (points, party) = (self.h.fine.as_ref().map_or(0, |fine| fine.points), self.h.liable);
        if let (1.., Some(party)) = (points, party) {
            // A decision takes effect when it is signed.
            self.h.points.state = "ordered".to_owned();
            self.order(What::Points { points, party });
        }
        self.need_bill();
        Ok(())
    }

    /// The decision reached the addressee: the time to pay runs.
    pub(super) fn decision_arrived(&mut self, at: Timestamp, by: &str, step: &str) -> Result<(), Refusal> {
        if let Some(decision) = &mut self.h.decision {
            decision.delivered_at = Some(at);
            decision.delivered_by = Some(by.to_owned());
            decision.sent_at.get_or_insert(at);
        }
        self.met(Term::DecisionDelivery);
        self.met(Term::Posting);
        self.start(Term::Payment, at)?;
        self.step(step, State::DecisionDelivered, None, json!({ "by": by }))?;
        self.settle_payment()
    }

    /// Money came. A receipt counts once; money that is told after the end is noted for a person to give back.
    pub(super) fn paid(
        &mut self,
        receipt: &str,
        amount: i64,
        at: Timestamp,
        bill: Option<String>,
    ) -> Result<(), Refusal> {
        if amount <= 0 || receipt.is_empty() {
            return Err(bad(
                "số tiền hoặc biên lai không hợp lệ",
                "a payment needs a receipt and an amount above 0",
            ));
        }
        if self.h.money.payments.iter().any(|payment| payment.receipt == receipt) {
            return Ok(());
        }
        if self.h.fine.is_none() || self.h.decision.as_ref().is_none_or(|paper| paper.signed_at.is_none()) {
            return Err(Refusal::new(
                "nothing_owed",
                "chưa có quyết định xử phạt",
                "there is no decision to pay for",
            ));
        }
        // What the portal says of its clock cannot be before the decision: interest counts by it.
        let signed = self.h.decision.as_ref().and_then(|paper| paper.signed_at);
        let at = at.min(self.at).max(signed.unwrap_or(at));
        if let Some(one) = self.h.money.bills.iter_mut().find(|one| bill.is_some() && one.code == bill) {
            one.paid_at = Some(at);
        }
        let receipt = receipt.to_owned();
        self.h.money.payments.push(Payment { receipt: receipt.clone(), amount, at, bill, told_at: self.at });
        self.note("payment", json!({ "receipt": receipt, "amount": amount }));
        if self.h.state.awaits_money() {
            return self.settle_payment();
        }
        self.h.money.overpaid = owed(&self.h, self.law, day_of(self.at)).over;
        Ok(())
    }

    /// Whether everything is paid; if not, the rest gets its bill.
    pub(super) fn settle_payment(&mut self) -> Result<(), Refusal> {
        if self.h.money.payments.is_empty() {
            return Ok(());
        }
        // Interest stands still once the fine is paid, so the last payment's day is as good as today; while some of the fine is
        // left, today counts.
        let owed = owed(&self.h, self.law, day_of(self.at));
        self.h.money.overpaid = owed.over;
        if owed.total() > 0 {
            for bill in
                self.h.money.bills.iter_mut().filter(|bill| bill.is_open() && bill.amount > owed.total())
            {
                bill.replaced = true;
            }
            self.need_bill();
            return Ok(());
        }
        self.met(Term::Payment);
        self.met(Term::Enforcement);
        self.step("paid", State::Paid, None, json!({ "paid": self.h.paid(), "interest": owed.interest }))?;
        for order in self.h.orders.iter_mut().filter(|order| matches!(order.what, What::Bill { .. })) {
            if order.next.take().is_some() {
                order.state = "cancelled".to_owned();
            }
        }
        self.order(What::Document { paper: "receipt".to_owned(), number: None });
        self.remove_warnings();
        self.finish()
    }

    /// From paid to closed, as far as nothing is open any more.
    pub(super) fn finish(&mut self) -> Result<(), Refusal> {
        let clear =
            self.h.warnings.iter().all(|warning| matches!(warning.state.as_str(), "removed" | "cancelled"));
        if self.h.state == State::Paid && clear {
            self.step("cleared", State::Cleared, None, json!({}))?;
        }
        let settled = self.h.points.state != "ordered" && self.h.points.state != "postponed";
        let receipt =
            self.h.orders.iter().any(|order| order.what.paper() == Some("receipt") && order.state == "done");
        if self.h.state == State::Cleared && settled && receipt {
            self.step("closed", State::Closed, None, json!({}))?;
        }
        Ok(())
    }
}
