//! Steps that people take: officers, commanders, and whoever is liable.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::machine::{Event, NewParty, Refusal, Work, nothing};
use super::record::{Answer, Bill, Paper, Party, PartyKind, What};
use super::state::State;
use super::steps::{Step, Who};
use crate::law::{Term, day_of};

/// Longest reason or note, characters.
const MAX_TEXT: usize = 2000;

#[derive(Deserialize)]
struct Reason {
    reason: String,
}

#[derive(Deserialize)]
struct Note {
    #[serde(default)]
    note: Option<String>,
}

#[derive(Deserialize)]
struct Basis {
    basis: String,
}

#[derive(Deserialize)]
struct Receiver {
    to_unit: String,
    reason: String,
}

#[derive(Deserialize)]
struct On {
    on: Date,
}

#[derive(Deserialize)]
struct Treasury {
    amount: i64,
    receipt: String,
    on: Date,
}

#[derive(Deserialize)]
struct Restart {
    evasion_ended_on: Date,
    reason: String,
}

fn read<T: DeserializeOwned>(fields: &Value) -> Result<T, Refusal> {
    serde_json::from_value(fields.clone())
        .map_err(|error| bad(format!("thiếu hoặc sai trường: {error}"), error.to_string()))
}

pub(super) fn bad(vi: impl Into<String>, en: impl Into<String>) -> Refusal {
    Refusal::new("bad_fields", vi, en)
}

/// Noon of a day in Vietnam: when all that is known is the day.
fn noon(day: Date) -> Result<Timestamp, Refusal> {
    let noon = day.at(12, 0, 0, 0).to_zoned(crate::law::time_zone());
    Ok(noon.map_err(|_| bad("ngày không hợp lệ", "not a day"))?.timestamp())
}

impl Work<'_> {
    /// Takes a step of a person, who may take it.
    pub fn action(&mut self, step: &Step, fields: &Value, party: Option<NewParty>) -> Result<(), Refusal> {
        let name = step.name.as_str();
        let reason = reason_of(step, fields)?;
        match name {
            "look_up_again" => {
                self.order(What::OwnerLookup);
                self.step(name, State::OwnerLookup, reason, nothing())
            }
            "name_owner" => {
                let basis: Basis = read(fields)?;
                self.new_liable(&basis.basis, party, basis.basis == "driver")?;
                self.h.doubts.clear();
                self.step(name, State::OwnerFound, reason, json!({ "basis": basis.basis }))
            }
            "accept_owner" => {
                let doubts = std::mem::take(&mut self.h.doubts);
                self.step(name, State::OwnerFound, reason, json!({ "doubts": doubts }))
            }
            "clear_doubts" => {
                let doubts = std::mem::take(&mut self.h.doubts);
                self.order(What::OwnerLookup);
                self.step(name, State::OwnerLookup, reason, json!({ "doubts": doubts }))
            }
            "draft_notice" => {
                self.h.notice = Some(self.draft(read::<Note>(fields)?.note)?);
                self.step(name, State::NoticeDraft, reason, nothing())
            }
            "draft_minutes" => {
                self.h.minutes = Some(self.draft(read::<Note>(fields)?.note)?);
                self.step(name, State::MinutesDraft, reason, nothing())
            }
            "draft_decision" => self.draft_decision(fields),
            "return_notice" => self.step(name, State::OwnerFound, reason, nothing()),
            "return_minutes" => self.step(name, State::Verified, reason, nothing()),
            "return_decision" => {
                self.h.fine = None;
                self.step(name, State::MinutesSigned, reason, nothing())
            }
            "sign_notice" => {
                let number = self.sign("notice")?;
                let appointment = self.today.due(Term::Appearance.as_str(), self.at)?;
                if let Some(notice) = &mut self.h.notice {
                    notice.appointment = Some(appointment);
                }
                self.step(name, State::NoticeSigned, None, json!({ "number": number }))
            }
            "sign_minutes" => self.sign_minutes(),
            "sign_decision" => self.sign_decision(),
            "pass_on" => {
                let to: Receiver = read(fields)?;
                let minutes = self.h.minutes.as_ref().and_then(|paper| paper.signed_at);
                self.met(Term::Decision);
                self.start(Term::DecisionTransferred, minutes.unwrap_or(self.at))?;
                self.step(name, self.h.state, reason, json!({ "to": limited(&to.to_unit)? }))
            }
            "draft_transfer" => {
                let to: Receiver = read(fields)?;
                self.h.transfer = Some(self.proposal(to.reason.clone(), Some(limited(&to.to_unit)?)));
                self.start(Term::Transfer, self.first_at()?)?;
                self.step(name, State::OwnerFound, reason, json!({ "to": to.to_unit }))
            }
            "sign_transfer" => {
                let to = self.h.transfer.as_ref().and_then(|transfer| transfer.to_unit.clone());
                let number = self.number.to_owned();
                self.series = Some("transfer");
                let signer = self.actor.name.clone();
                if let Some(transfer) = &mut self.h.transfer {
                    transfer.signed_by = Some(signer);
                }
                self.met(Term::Transfer);
                self.order(What::Document { paper: "transfer".to_owned(), number: Some(number.clone()) });
                self.step(name, State::TransferredOut, None, json!({ "to": to, "number": number }))
            }
            "hand_over" => {
                let to: Receiver = read(fields)?;
                self.step(name, State::HandedOver, reason, json!({ "to": limited(&to.to_unit)? }))
            }
            "report_stolen" => {
                self.step(name, State::Stolen, reason, nothing())?;
                self.stolen();
                Ok(())
            }
            "record_acknowledged" | "confirm" => {
                self.answered("acknowledged", false);
                self.identified()?;
                self.step(name, State::Acknowledged, reason, nothing())
            }
            "record_driver" | "name_driver" => {
                let party = party.ok_or_else(|| bad("thiếu người lái", "say who drove"))?;
                self.h.named = Some(self.new_party("driver", party, true));
                self.answered("driver", true);
                self.step(name, State::DriverNamed, reason, nothing())
            }
            "record_dispute" | "dispute" => {
                self.answered("dispute", true);
                self.step(name, State::Disputed, reason, nothing())
            }
            "record_transfer_claim" | "claim_transfer" => {
                self.answered("transfer", true);
                self.step(name, State::TransferClaimed, reason, nothing())
            }
            "accept_driver" => {
                let named =
                    self.h.named.take().ok_or_else(|| bad("chưa có người lái", "nobody was named"))?;
                self.h.liable = Some(named);
                self.notify_anew()?;
                self.step(name, State::OwnerFound, reason, nothing())
            }
            "accept_transfer_claim" => {
                let basis: Basis = read(fields)?;
                self.new_liable(&basis.basis, party, basis.basis == "driver")?;
                self.notify_anew()?;
                self.step(name, State::OwnerFound, reason, json!({ "basis": basis.basis }))
            }
            "reject_driver" | "dismiss_dispute" | "reject_transfer_claim" | "hold_owner_liable" => {
                self.h.named = None;
                self.identified()?;
                self.step(name, State::Verified, reason, nothing())
            }
            "record_explanation" | "explain" | "waive_explanation" => {
                if name != "waive_explanation" {
                    self.h.explained = Some(self.answered("explanation", true));
                }
                self.met(Term::ExplanationText);
                self.met(self.request_term());
                self.step(name, State::MinutesSigned, reason, nothing())
            }
            "record_delivery" => {
                let on: On = read(fields)?;
                self.by_hand(on.on)
            }
            "record_payment" => {
                let paid: Treasury = read(fields)?;
                let at = self.since_signed(paid.on, self.h.decision.as_ref())?;
                let receipt = limited(&paid.receipt)?;
                self.paid(&receipt, paid.amount, at, None)
            }
            "order_enforcement" => self.step(name, State::Enforcement, reason, nothing()),
            "ask_void" => {
                self.h.void = Some(self.proposal(reason.clone().unwrap_or_default(), None));
                self.step(name, self.h.state, reason, nothing())
            }
            "withdraw_void" => {
                self.h.void = None;
                self.step(name, self.h.state, reason, nothing())
            }
            "confirm_void" => {
                let asked = self.h.void.clone();
                let detail = asked.map(|asked| json!({ "asked_by": asked.by, "why": asked.reason }));
                self.step(name, State::Voided, None, detail.unwrap_or_else(nothing))
            }
            "restart_statute" => self.restart_statute(&read(fields)?),
            "pay" => self.step(name, self.h.state, None, nothing()).map(|()| self.need_bill()),
            _ => Err(Refusal::new("unknown_action", "không có thao tác này", "there is no such action")),
        }
    }

    /// A paper drafted now, for the liable party.
    pub(super) fn draft(&self, note: Option<String>) -> Result<Paper, Refusal> {
        let note = note.map(|text| limited(&text)).transpose()?.filter(|text| !text.is_empty());
        Ok(Paper {
            drafted_by: self.actor.name.clone(),
            drafted_at: self.at,
            note,
            number: None,
            signed_by: None,
            signed_at: None,
            document: None,
            appointment: None,
            sent_at: None,
            delivered_at: None,
            delivered_by: None,
            party: self.h.liable,
            order: 0,
        })
    }

    /// Signs a draft: number, signature, its document on order.
    pub(super) fn sign(&mut self, paper: &'static str) -> Result<String, Refusal> {
        let (number, by, at) = (self.number.to_owned(), self.actor.name.clone(), self.at);
        let order = self.h.orders.last().map_or(1, |order| order.n + 1);
        let slot = match paper {
            "notice" => &mut self.h.notice,
            "minutes" => &mut self.h.minutes,
            _ => &mut self.h.decision,
        };
        let Some(draft) = slot.as_mut() else {
            return Err(Refusal::new("not_drafted", "chưa có dự thảo", "there is no draft"));
        };
        draft.number = Some(number.clone());
        draft.signed_by = Some(by);
        draft.signed_at = Some(at);
        draft.order = order;
        self.series = Some(paper);
        self.order(What::Document { paper: paper.to_owned(), number: Some(number.clone()) });
        Ok(number)
    }

    fn new_liable(&mut self, basis: &str, party: Option<NewParty>, drove: bool) -> Result<(), Refusal> {
        let party = party.ok_or_else(|| bad("thiếu người chịu trách nhiệm", "say who is liable"))?;
        self.h.liable = Some(self.new_party(basis, party, drove));
        self.h.named = None;
        Ok(())
    }

    /// Adds a party; who it is lies sealed under its number.
    pub(super) fn new_party(&mut self, basis: &str, party: NewParty, drove: bool) -> u32 {
        let n = self.h.parties.last().map_or(1, |party| party.n + 1);
        let drove = drove && party.kind == PartyKind::Person;
        self.h.parties.push(Party {
            n,
            kind: party.kind,
            basis: basis.to_owned(),
            drove,
            licence: party.licence,
            since: self.at,
        });
        self.party = Some(n);
        n
    }

    /// Notes an answer; its text, if there is one, lies sealed under its number.
    fn answered(&mut self, kind: &str, sealed: bool) -> u32 {
        let n = self.h.answers.last().map_or(1, |answer| answer.n + 1);
        let by = match self.actor.who {
            Who::Citizen if self.actor.name == "vneid" => "vneid",
            Who::Citizen => "citizen",
            _ => "officer",
        };
        let (kind, by) = (kind.to_owned(), by.to_owned());
        self.h.answers.push(Answer { n, kind, at: self.at, by, party: self.h.liable });
        if sealed {
            self.answer = Some(n);
        }
        self.met(Term::Appearance);
        self.met(Term::Warning);
        n
    }

    /// It is established who is liable: the minutes are due.
    fn identified(&mut self) -> Result<(), Refusal> {
        self.met(Term::Appearance);
        self.met(Term::Warning);
        let acknowledged = self.h.answers.last().is_some_and(|answer| answer.kind == "acknowledged");
        let liable = self.h.liable;
        if let Some(party) = self.h.parties.iter_mut().find(|party| Some(party.n) == liable)
            && acknowledged
            && party.kind == PartyKind::Person
        {
            party.drove = true;
            for act in &mut self.h.acts {
                act.drove = None;
            }
        }
        self.start(Term::Minutes, self.at)
    }

    /// Another party is liable now: it gets a notice of its own, in the same time as the first one had.
    fn notify_anew(&mut self) -> Result<(), Refusal> {
        self.h.notice = None;
        self.start(Term::Notice, self.at)
    }

    fn sign_minutes(&mut self) -> Result<(), Refusal> {
        let number = self.sign("minutes")?;
        self.met(Term::Minutes);
        let acts = self.law_acts();
        let combined = self.law.combine(&acts)?;
        let organisation = self.organisation();
        let on = day_of(self.at);
        let revocation = combined.revoke_months.is_some();
        let explains = self.law.explanation_applies(combined.highest, revocation, organisation, on)?;
        let detail = json!({ "number": number, "explanation": explains });
        if explains {
            self.start(self.request_term(), self.at)?;
            self.start(Term::ExplanationText, self.at)?;
            self.start(Term::DecisionExplained, self.at)?;
            return self.step("sign_minutes", State::Explanation, None, detail);
        }
        self.start(Term::Decision, self.at)?;
        self.step("sign_minutes", State::MinutesSigned, None, detail)
    }

    /// The deadline of asking to explain in person.
    pub(super) fn request_term(&self) -> Term {
        if self.organisation() { Term::ExplanationRequestOrganisation } else { Term::ExplanationRequest }
    }

    pub(super) fn organisation(&self) -> bool {
        self.h.liable_party().is_some_and(|party| party.kind == PartyKind::Org)
    }

    /// Nobody who is registered is fined: nobody is written to, and nobody is warned of.
    pub(super) fn stolen(&mut self) {
        for term in [Term::Notice, Term::Transfer, Term::Appearance, Term::Warning, Term::Minutes] {
            self.met(term);
        }
        self.remove_warnings();
    }

    fn first_at(&self) -> Result<Timestamp, Refusal> {
        self.h.first_act().map(|act| act.at).ok_or_else(|| bad("không có hành vi", "there is no act"))
    }

    fn not_ahead(&self, day: Date) -> Result<(), Refusal> {
        if day > day_of(self.at) {
            return Err(bad("ngày ở tương lai", "the day is in the future"));
        }
        Ok(())
    }

    /// Noon of a day on which something happened to a signed paper: not before its signature, and not ahead.
    fn since_signed(&self, day: Date, paper: Option<&Paper>) -> Result<Timestamp, Refusal> {
        self.not_ahead(day)?;
        let at = noon(day)?.min(self.at);
        let Some(signed) = paper.and_then(|paper| paper.signed_at) else { return Ok(at) };
        if day < day_of(signed) {
            return Err(bad("ngày trước khi ký văn bản", "the day is before the paper was signed"));
        }
        Ok(at.max(signed))
    }

    fn by_hand(&mut self, day: Date) -> Result<(), Refusal> {
        if self.h.state == State::DecisionSigned {
            let at = self.since_signed(day, self.h.decision.as_ref())?;
            return self.decision_arrived(at, "hand", "record_delivery");
        }
        let at = self.since_signed(day, self.h.notice.as_ref())?;
        if let Some(notice) = &mut self.h.notice {
            notice.delivered_at.get_or_insert(at);
            notice.delivered_by.get_or_insert("hand".to_owned());
        }
        self.step("record_delivery", State::NoticeDelivered, None, json!({ "by": "hand" }))
    }

    fn restart_statute(&mut self, restart: &Restart) -> Result<(), Refusal> {
        self.not_ahead(restart.evasion_ended_on)?;
        let from = noon(restart.evasion_ended_on)?;
        if from < self.first_at()? {
            return Err(bad("trước khi vi phạm", "before the violation"));
        }
        let ends = self.today.due(Term::Statute.as_str(), from)?.at;
        for act in self.h.acts.iter_mut().filter(|act| !act.expired) {
            act.statute_ends = act.statute_ends.max(ends);
        }
        self.start(Term::Statute, from)?;
        let reason = Some(limited(&restart.reason)?);
        self.step(
            "restart_statute",
            self.h.state,
            reason,
            json!({ "evasion_ended_on": restart.evasion_ended_on }),
        )
    }

    /// Makes sure that there is a bill to pay.
    pub(super) fn need_bill(&mut self) {
        let Some(fine) = &self.h.fine else { return };
        let owed = super::money::owed(&self.h, self.law, day_of(self.at));
        let open: i64 = self.h.money.bills.iter().filter(|bill| bill.is_open()).map(|bill| bill.amount).sum();
        let principal = owed.fine_left - open;
        // While the fine itself is not paid, interest grows day by day: its bill follows the fine's payment.
        let amount = if fine.total > 0 && owed.fine_left > 0 { principal } else { owed.interest_left - open };
        if amount <= 0 {
            return;
        }
        let n = self.h.money.bills.last().map_or(1, |bill| bill.n + 1);
        let number = self.h.decision.as_ref().and_then(|paper| paper.number.clone()).unwrap_or_default();
        let reference = if n == 1 { number } else { format!("{number}#{n}") };
        self.h.money.bills.push(Bill {
            n,
            reference,
            amount,
            code: None,
            pay_url: None,
            paid_at: None,
            replaced: false,
        });
        self.order(What::Bill { n });
    }
}

/// The reason of a step whose form has one.
fn reason_of(step: &Step, fields: &Value) -> Result<Option<String>, Refusal> {
    if !step.fields.iter().any(|field| field.name == "reason" && field.required) {
        return Ok(None);
    }
    let reason = limited(&read::<Reason>(fields)?.reason)?;
    if reason.chars().count() < 3 {
        return Err(bad("ghi rõ lý do", "say why"));
    }
    Ok(Some(reason))
}

/// A text of a form, trimmed and bounded.
pub(super) fn limited(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.chars().count() > MAX_TEXT {
        return Err(bad("nội dung quá dài", format!("at most {MAX_TEXT} characters")));
    }
    Ok(text.to_owned())
}

/// An action with these fields and nothing personal.
pub fn action(name: &str, fields: Value) -> Event {
    Event::Action { name: name.to_owned(), fields, party: None }
}
