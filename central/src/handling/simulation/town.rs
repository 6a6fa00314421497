//! What registers, post, portal and citizens make of an order: the same answer however often they are asked, and words that follow
//! late, twice and in any order.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Dice;
use crate::handling::machine::{Event, NewParty, Outcome};
use crate::handling::record::{Handling, Order, PartyKind, What};

/// The world outside.
#[derive(Debug, Default)]
pub struct Town {
    /// What was answered to an order: asked again, it is answered the same.
    pub answers: BTreeMap<u32, Outcome>,
    /// No answers before that.
    pub outage_until: Option<Timestamp>,
    /// Words on their way: when, and what.
    pub words: Vec<(Timestamp, Event)>,
    /// Every receipt that the portal or the treasury gave: amount.
    pub receipts: BTreeMap<String, i64>,
    pub was_out: bool,
    /// Receipts of the treasury are told apart by it.
    pub seed: u64,
}

pub fn hours(dice: &mut Dice, low: i64, high: i64) -> SignedDuration {
    SignedDuration::from_secs(dice.between(low * 3600, high * 3600))
}

impl Town {
    /// Answers an order.
    pub fn answer(&mut self, h: &Handling, order: &Order, now: Timestamp, dice: &mut Dice) -> Outcome {
        if dice.percent(1) {
            self.outage_until = Some(now + hours(dice, 1, 40));
        }
        if self.outage_until.is_some_and(|until| now < until) {
            self.was_out = true;
            return Outcome::Away;
        }
        if let Some(known) = self.answers.get(&order.n) {
            return known.clone();
        }
        if dice.percent(6) {
            return Outcome::Away;
        }
        if matches!(order.what, What::Document { .. }) && order.tries == 0 && dice.percent(2) {
            return Outcome::Lacks(vec!["phone (handling.phone)".to_owned()]);
        }
        if matches!(order.what, What::Points { .. }) && order.tries == 0 && dice.percent(5) {
            return Outcome::NotBefore(now + hours(dice, 24, 24 * 90));
        }
        let decision = order.what == (What::Posting { paper: "decision".to_owned() });
        if decision && order.tries == 0 && dice.percent(20) {
            // The site is being rebuilt: what counts from the posting counts later.
            let taken = |one: &Order| one.state == "done" && one.what.paper() == Some("decision");
            let sent = |one: &&Order| matches!(one.what, What::Vneid { .. } | What::Post { .. });
            self.was_out |= !h.orders.iter().filter(sent).any(taken);
            return Outcome::NotBefore(now + hours(dice, 24, 24 * 20));
        }
        let outcome = self.first_answer(h, order, now, dice);
        self.answers.insert(order.n, outcome.clone());
        outcome
    }

    fn first_answer(&mut self, h: &Handling, order: &Order, now: Timestamp, dice: &mut Dice) -> Outcome {
        let refused = |code: &str| Outcome::Refused { code: code.to_owned() };
        let done = |said: Value| Outcome::Done { reference: Some(format!("no-{}", order.n)), said };
        match &order.what {
            What::OwnerLookup => owner(dice),
            What::Vneid { .. } if dice.percent(12) => refused("BAD_INPUT"),
            What::Post { .. } if dice.percent(4) => refused("BAD_INPUT"),
            What::Vneid { paper, .. } => {
                self.vneid(order.n, paper, now, dice);
                done(Value::Null)
            }
            What::Post { .. } => {
                let word = if dice.percent(75) { "DELIVERED" } else { "RETURNED" };
                self.tell(order.n, word, now + hours(dice, 20, 24 * 9), dice);
                done(Value::Null)
            }
            What::Posting { .. } if dice.percent(1) => refused("BAD_INPUT"),
            What::Bill { n } => {
                self.payer(h, *n, now, dice);
                done(json!({ "payUrl": "http://pay" }))
            }
            What::Points { points, .. } if dice.percent(95) => {
                let before = u8::try_from(dice.between(0, 12)).unwrap();
                let taken = (*points).min(before);
                done(json!({ "before": before, "taken": taken, "after": before - taken }))
            }
            What::Points { .. } => refused("NO_LICENCE"),
            What::Warn { .. } if dice.percent(3) => refused("BAD_INPUT"),
            _ => done(Value::Null),
        }
    }

    fn vneid(&mut self, n: u32, paper: &str, now: Timestamp, dice: &mut Dice) {
        if dice.percent(15) {
            return; // No phone, or off.
        }
        let mut words = vec!["DELIVERED"];
        if dice.percent(70) {
            words.push("READ");
        }
        if paper == "notice" && dice.percent(12) {
            words.push(if dice.percent(70) { "CONFIRMED" } else { "DISPUTED" });
        }
        if dice.percent(20) {
            words.reverse();
        }
        let mut at = now;
        for word in words {
            at += hours(dice, 0, 30);
            self.tell(n, word, at, dice);
        }
    }

    /// A word, perhaps twice.
    fn tell(&mut self, n: u32, word: &str, at: Timestamp, dice: &mut Dice) {
        let event = Event::Told { n, word: word.to_owned(), at };
        if dice.percent(20) {
            self.words.push((at + hours(dice, 0, 100), event.clone()));
        }
        self.words.push((at, event));
    }

    /// Whoever has to pay gets a bill.
    fn payer(&mut self, h: &Handling, n: u32, now: Timestamp, dice: &mut Dice) {
        let Some(bill) = h.money.bills.iter().find(|bill| bill.n == n) else { return };
        if dice.percent(12) {
            return; // Never pays this one.
        }
        let days = if dice.percent(70) { 12 } else { 120 };
        let at = now + hours(dice, 1, 24 * days);
        let amount = match dice.below(20) {
            0 => (bill.amount / 2).max(1),
            1 => bill.amount + dice.between(1, 300_000),
            2 if bill.amount > 1000 => bill.amount - 1,
            _ => bill.amount,
        };
        self.pay(format!("BL-{n}"), amount, at, Some(format!("no-bill-{n}")), dice);
        if dice.percent(3) {
            // Somebody of the family pays it at the treasury too.
            self.pay(format!("KB-{}-{n}", self.seed), bill.amount, at + hours(dice, 1, 200), None, dice);
        }
    }

    fn pay(&mut self, receipt: String, amount: i64, at: Timestamp, bill: Option<String>, dice: &mut Dice) {
        self.receipts.insert(receipt.clone(), amount);
        let event = Event::Paid { receipt, amount, at, bill };
        let told = if dice.percent(10) { at + hours(dice, 10, 24 * 20) } else { at };
        if dice.percent(20) {
            self.words.push((told + hours(dice, 0, 50), event.clone()));
        }
        self.words.push((told, event));
    }

    /// When the next word comes.
    pub fn next(&self) -> Option<Timestamp> {
        self.words.iter().map(|(at, _)| *at).min()
    }

    /// The words that have come by now, in the order of arrival.
    pub fn due(&mut self, now: Timestamp) -> Vec<Event> {
        let (mut due, rest): (Vec<_>, Vec<_>) = self.words.drain(..).partition(|(at, _)| *at <= now);
        self.words = rest;
        due.sort_by_key(|(at, _)| *at);
        due.into_iter().map(|(_, event)| event).collect()
    }
}

fn owner(dice: &mut Dice) -> Outcome {
    let kind = if dice.percent(20) { PartyKind::Org } else { PartyKind::Person };
    let party = Some(NewParty { kind, licence: dice.percent(30) });
    let (status, owner) = match dice.below(100) {
        0..=81 => ("found", party),
        82..=85 => ("revoked", party),
        86..=87 => ("stolen", party),
        88..=92 => ("not_found", None),
        93..=95 => ("multiple", None),
        96 => ("military", None),
        _ => return Outcome::Refused { code: "BAD_INPUT".to_owned() },
    };
    let doubts = if dice.percent(5) { vec!["vehicle_group_differs".to_owned()] } else { Vec::new() };
    Outcome::Owner { status: status.to_owned(), owner, doubts }
}
