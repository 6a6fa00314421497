//! What must hold after every step, and at the end.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::restarted;
use super::walk::{LAW, Walk, take};
use crate::handling::machine::{Actor, Entry, Event, Stepped};
use crate::handling::money;
use crate::handling::open::{Identity, open};
use crate::handling::record::{Handling, just_after};
use crate::handling::state::State;
use crate::handling::steps::{self, Who};
use crate::law::day_of;

/// Deadlines of the authority.
const OURS: [&str; 7] = [
    "notice",
    "transfer",
    "minutes",
    "decision",
    "decision_explained",
    "decision_transferred",
    "decision_delivery",
];

/// After every step: the lines follow one another and the table, and something open is always looked at again.
pub fn step(walk: &Walk, actor: &Actor, event: &Event, stepped: &Stepped) {
    let mut state = walk.h.state;
    for entry in &stepped.log {
        assert_eq!(entry.from, state, "case {}: {entry:?}", walk.seed);
        state = entry.to;
        legal(walk.seed, actor, event, entry);
    }
    let h = &stepped.handling;
    assert_eq!(h.state, state);
    if h.state.is_final() {
        assert!(h.ended_at.is_some() && h.deadlines.iter().all(|one| one.met_at.is_some()), "{}", walk.seed);
    } else {
        assert!(h.next_at().is_some(), "case {} is forgotten in {:?}", walk.seed, h.state);
    }
    let told: i64 = h.money.payments.iter().map(|payment| walk.town.receipts[&payment.receipt]).sum();
    assert_eq!(told, h.paid(), "case {}: every receipt once, with its amount", walk.seed);
    on_time(walk, stepped);
}

fn legal(seed: u64, actor: &Actor, event: &Event, entry: &Entry) {
    let Some(step) = steps::named(&entry.what) else {
        assert_eq!(entry.from, entry.to, "case {seed}: {entry:?} is no step");
        return;
    };
    assert!(step.from.contains(&entry.from) && step.to.contains(&entry.to), "case {seed}: {entry:?}");
    // A payment and a delivery that an officer enters lead on by themselves; so does a citizen's word by VNeID.
    let by_word = matches!(event, Event::Told { .. }) && step.who == Who::Citizen;
    // A draft whose sum is no longer right goes back by itself.
    let by_time = matches!(event, Event::Clock) && step.name == "return_decision";
    assert!(
        step.who == Who::System || step.who.admits(actor.who) || by_word || by_time,
        "case {seed}: {entry:?}"
    );
    assert!(!entry.basis.is_empty());
}

/// What time brings comes at its second, unless central was away.
fn on_time(walk: &Walk, stepped: &Stepped) {
    if walk.was_away {
        return;
    }
    let now = walk.now;
    let due = |kind: &str| {
        let of = stepped.handling.deadlines.iter().rev().find(|one| one.due.kind == kind);
        of.map(|one| just_after(one.due.at).max(begun(walk, kind, one.due.at)))
    };
    for entry in &stepped.log {
        let expected = match entry.what.as_str() {
            "warned" => due("warning"),
            "explanation_over" => due("explanation_text"),
            "overdue" => due("payment"),
            "decision_posted" => due("posting"),
            "lapsed" => due("enforcement"),
            "alert" => alerted(walk, stepped, entry),
            "expired" => stepped.handling.acts.iter().map(|act| just_after(act.statute_ends)).max(),
            _ => continue,
        };
        let expected = expected.unwrap_or_else(|| panic!("case {}: {entry:?} without a deadline", walk.seed));
        assert_eq!(now, expected, "case {}: {entry:?}", walk.seed);
    }
}

/// When a deadline began to run; before everything for those of the opening.
fn begun(walk: &Walk, kind: &str, at: Timestamp) -> Timestamp {
    let known = walk.begun.iter().rev().find(|(one, due, _)| one == kind && *due == at);
    known.map_or(Timestamp::MIN, |(_, _, begun)| *begun)
}

/// When an alert is due: at its share of the time, or when a deadline begins that is so far over already.
fn alerted(walk: &Walk, stepped: &Stepped, entry: &Entry) -> Option<Timestamp> {
    let was_due: Timestamp = entry.detail["was_due"].as_str()?.parse().ok()?;
    let kind = entry.detail["what"].as_str()?;
    let of = stepped.handling.deadlines.iter().filter(|one| one.due.kind == kind);
    let mut late = of.map(|one| begun(walk, kind, one.due.at)).filter(|begun| *begun > was_due);
    Some(late.find(|begun| *begun == walk.now).unwrap_or(was_due))
}

/// At the end: it ended, nothing waits, no deadline was missed, the sums are exact.
pub fn whole(walk: &Walk) {
    let (seed, h) = (walk.seed, &walk.h);
    assert!(h.state.is_final(), "case {seed} ended in {:?}", h.state);
    assert!(h.next_at().is_none() && h.orders.iter().all(|order| order.next.is_none()), "case {seed}");
    for warning in &h.warnings {
        assert!(matches!(warning.state.as_str(), "removed" | "cancelled"), "case {seed}: {warning:?}");
    }
    if !walk.was_away && !walk.town.was_out {
        for deadline in h.deadlines.iter().filter(|one| OURS.contains(&one.due.kind.as_str())) {
            // An end by time or by two people ends what is open; that is no miss.
            let met = deadline.met_at.unwrap();
            let ended = h.ended_at == Some(met) && h.state != State::Closed;
            assert!(
                met <= deadline.due.at || ended,
                "case {seed}: {deadline:?} missed, ended {:?}",
                h.ended_at
            );
        }
    }
    alerts(walk);
    money_of(walk);
}

/// Each share of each deadline is told once at most, in order.
fn alerts(walk: &Walk) {
    let mut told: BTreeMap<String, u64> = BTreeMap::new();
    for (_, entry) in walk.log.iter().filter(|(_, entry)| entry.what == "alert") {
        let key = format!("{} {}", entry.detail["what"], entry.detail["percent"]);
        *told.entry(key).or_default() += 1;
    }
    for (key, count) in told {
        let kind = key.split('"').nth(1).unwrap();
        let begun = walk.h.deadlines.iter().filter(|one| one.due.kind == kind).count() as u64;
        assert!(count <= begun, "case {}: {key} told {count} times for {begun}", walk.seed);
    }
}

fn money_of(walk: &Walk) {
    let (seed, h) = (walk.seed, &walk.h);
    let Some(fine) =
        h.fine.as_ref().filter(|_| h.decision.as_ref().is_some_and(|one| one.signed_at.is_some()))
    else {
        assert_eq!(h.paid(), 0, "case {seed}: money without a decision");
        return;
    };
    let sum: i64 = h.live_acts().map(|act| act.amount.unwrap()).sum();
    assert_eq!(fine.total, sum, "case {seed}");
    let interest = interest_by_day(h);
    let owed = money::owed(h, &LAW, day_of(walk.now));
    if h.state == State::Closed {
        assert_eq!(owed.total(), 0, "case {seed}");
        assert_eq!(h.paid(), fine.total + interest + h.money.overpaid, "case {seed}: {:?}", h.money);
    } else {
        let lapsed = h.state == State::Lapsed;
        assert!(
            lapsed || h.paid() < fine.total + interest,
            "case {seed}: paid, and not closed: {:?}",
            h.money
        );
    }
}

/// Interest counted again, one day after the other.
pub fn interest_by_day(h: &Handling) -> i64 {
    let total = h.fine.as_ref().map_or(0, |fine| fine.total);
    let payments: Vec<_> =
        h.money.payments.iter().map(|payment| (day_of(payment.at), payment.amount)).collect();
    let due = h.deadlines.iter().find(|one| one.due.kind == "payment").map(|one| one.due.day);
    let (Some(mut day), Some(last)) = (due, payments.iter().map(|(day, _)| *day).max()) else { return 0 };
    let last = if h.state == State::Closed { last } else { h.ended_at.map_or(last, day_of) };
    let mut parts = 0_i128;
    while day < last {
        day = day.tomorrow().unwrap();
        let before: i64 = payments.iter().filter(|(on, _)| *on < day).map(|(_, amount)| amount).sum();
        parts += i128::from((total - before).max(0)) * 500;
    }
    i64::try_from(parts / 1_000_000).unwrap()
}

/// The journal, played again with a restart before every third event, gives the same document and the same log.
pub fn again(walk: &Walk) {
    let identity =
        Identity { id: walk.h.id.clone(), number: walk.h.number.clone(), unit: walk.h.unit.clone() };
    let opened = open(walk.began.case.clone(), identity, &LAW, walk.began.opened_at).unwrap();
    let mut h = opened.handling;
    let mut log = opened.log;
    for (n, line) in walk.journal.iter().enumerate() {
        if n as u64 % 8 == walk.seed % 8 {
            h = restarted(&h);
        }
        let stepped = take(&h, &line.actor, &line.number, line.at, line.event.clone()).unwrap();
        h = stepped.handling;
        log.extend(stepped.log);
    }
    assert!(h == walk.h, "case {}: another document", walk.seed);
    assert!(log.iter().eq(walk.log.iter().map(|(_, entry)| entry)), "case {}: another log", walk.seed);
}
