//! Invented cases walked to the end in compressed time: people, registers, post, portal and citizens do what they like, within and
//! outside the rules; central is away at times, loses what it had not committed, and is restarted.
//!
//! Every step is checked against the table and every line against the one before; time's consequences come at their second; the
//! money is counted again day by day; and the journal of each case, played again with restarts elsewhere, ends in the same document
//! and the same log.

mod checks;
mod joining;
mod stored;
mod town;
mod walk;

use std::collections::BTreeMap;

use super::record::Handling;
use super::state::State;
use walk::Walk;

/// Cases that are walked.
const CASES: u64 = 10_000;

/// Numbers that repeat with their seed (SplitMix64).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to `below - 1`.
    pub fn below(&mut self, below: u64) -> u64 {
        self.next() % below
    }

    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.below(u64::try_from(high - low + 1).unwrap())).unwrap()
    }

    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }
}

/// What became of all cases.
#[derive(Debug, Default)]
struct Totals {
    ends: BTreeMap<&'static str, u64>,
    steps: BTreeMap<String, u64>,
    events: u64,
    lines: u64,
    refused: u64,
    restarts: u64,
    lost: u64,
    fined: i64,
    paid: i64,
    interest: i64,
    overpaid: i64,
    treasury: u64,
    /// Cases during which central was away.
    away: u64,
    /// Joinings that the rules refuse, by code.
    not_joined: BTreeMap<&'static str, u64>,
    /// Warnings that a joined handling brought along.
    carried: u64,
}

impl Totals {
    fn add(&mut self, walk: &Walk) {
        let h = &walk.h;
        *self.ends.entry(h.state.as_str()).or_default() += 1;
        for (_, entry) in &walk.log {
            *self.steps.entry(entry.what.clone()).or_default() += 1;
        }
        self.events += walk.journal.len() as u64;
        self.lines += walk.log.len() as u64;
        self.refused += walk.refused;
        self.restarts += walk.restarts;
        self.lost += walk.lost;
        self.away += u64::from(walk.was_away);
        if let Some(code) = walk.not_joined {
            *self.not_joined.entry(code).or_default() += 1;
        }
        self.carried += h.warnings.iter().filter(|one| one.under.is_some()).count() as u64;
        let at_treasury = |one: &&super::record::Payment| one.receipt.starts_with("TK-");
        self.treasury += h.money.payments.iter().filter(at_treasury).count() as u64;
        if h.decision.as_ref().is_some_and(|paper| paper.signed_at.is_some()) {
            self.fined += h.fine.as_ref().map_or(0, |fine| fine.total);
        }
        self.paid += h.paid();
        self.overpaid += h.money.overpaid;
        if h.state == State::Closed && h.joined_into.is_none() {
            self.interest += checks::interest_by_day(h);
        }
    }

    fn of(&self, state: State) -> u64 {
        self.ends.get(state.as_str()).copied().unwrap_or(0)
    }
}

/// Walks the cases of some seeds and checks each.
fn walk(seeds: impl Iterator<Item = u64>) -> Totals {
    let mut totals = Totals::default();
    for seed in seeds {
        let walk = Walk::run(seed);
        checks::whole(&walk);
        checks::again(&walk);
        totals.add(&walk);
    }
    totals
}

#[test]
fn ten_thousand_cases_end_by_the_rules_with_exact_sums_however_often_central_is_restarted() {
    let began = std::time::Instant::now();
    let totals = walk(0..CASES);
    println!("{CASES} cases in {:.1} s: {totals:?}", began.elapsed().as_secs_f64());
    assert_eq!(totals.ends.values().sum::<u64>(), CASES);
    // Every end is reached, and often enough to mean something.
    for state in [
        State::Closed,
        State::Expired,
        State::Lapsed,
        State::HandedOver,
        State::TransferredOut,
        State::Voided,
    ] {
        assert!(totals.of(state) >= 20, "{}: {}", state.as_str(), totals.of(state));
    }
    assert!(totals.of(State::Closed) > CASES / 3, "most are paid");
    for step in super::steps::all() {
        // What an officer enters of the treasury stands in the log as every other payment does.
        let line = if step.name == "record_payment" { "payment" } else { step.name.as_str() };
        assert!(totals.steps.contains_key(line), "{} was never taken", step.name);
    }
    assert!(totals.treasury > 20, "payments at the treasury: {}", totals.treasury);
    assert!(totals.refused > CASES && totals.restarts > CASES && totals.lost > 100);
    assert!(totals.carried > 10, "warnings of joined handlings: {}", totals.carried);
    for code in ["other_vehicle", "not_joinable"] {
        assert!(totals.not_joined.get(code).is_some_and(|count| *count > 10), "{:?}", totals.not_joined);
    }
    // What came in is the fines of who paid, interest, what was paid beyond, and parts of what lapsed.
    assert!(totals.interest > 0 && totals.overpaid > 0);
}

#[test]
fn the_same_seed_walks_the_same_way() {
    let (one, other) = (Walk::run(7), Walk::run(7));
    assert_eq!((one.h, one.log), (other.h, other.log));
}

/// A document as it comes back from the store.
pub fn restarted(h: &Handling) -> Handling {
    let text = serde_json::to_string(h).unwrap();
    let back: Handling = serde_json::from_str(&text).unwrap();
    assert_eq!(&back, h, "a restart changed the document");
    back
}
