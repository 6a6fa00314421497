//! The decision against a slow, obvious one, over random policies, lists, presences and questions; and what must hold of every
//! decision whatever the policy says. `VG_POLICIES` sets how many, `VG_SEED` where the dice begin.

mod dice;
mod reference;
mod world;

use std::collections::BTreeMap;

use dice::Dice;
use jiff::SignedDuration;
use reference::{Expected, reference};
use wire::gate::*;
use world::{World, ask, name, world};

/// Questions to each list.
const ASKS: u64 = 8;

fn setting(key: &str, default: u64) -> u64 {
    std::env::var(key).ok().map_or(default, |text| text.parse().expect("a whole number"))
}

/// Calls `check` with many worlds and questions; says where in the row of dice a failure was.
fn everywhere(mut check: impl FnMut(&mut Dice, &World, &GateIndex, Ask)) {
    let (policies, seed) = (setting("VG_POLICIES", 10_000), setting("VG_SEED", 20_261_121));
    println!("{policies} policies from seed {seed}, {ASKS} questions each");
    for number in 0..policies {
        let mut dice = Dice::new(seed ^ number.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let world = world(&mut dice);
        let index = GateIndex::new(world.list.clone());
        for _ in 0..ASKS {
            let ask = ask(&mut dice, &world.list);
            check(&mut dice, &world, &index, ask);
        }
    }
}

fn shown(decision: &Decision) -> Expected {
    Expected {
        verdict: decision.verdict,
        reason: decision.reason,
        rule: decision.rule.clone(),
        entry: decision.entry.clone(),
        driver: decision.driver.clone(),
        group: decision.group.clone(),
        warnings: decision.warnings.clone(),
    }
}

#[test]
fn the_decision_agrees_with_a_slow_and_obvious_one_and_every_reason_is_met() {
    let mut met: BTreeMap<(Reason, Verdict), u64> = BTreeMap::new();
    everywhere(|_, world, index, ask| {
        let decision = decide(Some(index), &world.presence, &ask);
        let expected = reference(Some(&world.list), &world.presence, &ask);
        assert_eq!(shown(&decision), expected, "{ask:#?}\n{:#?}\n{:#?}", world.list, world.presence);
        assert_eq!(decision.list_version, world.list.version);
        *met.entry((decision.reason, decision.verdict)).or_default() += 1;
    });
    println!("{met:#?}");
    if setting("VG_POLICIES", 10_000) >= 10_000 {
        for reason in Reason::ALL.iter().filter(|reason| **reason != Reason::NoList) {
            let times: u64 = met.iter().filter(|((of, _), _)| of == reason).map(|(_, times)| times).sum();
            assert!(times >= 50, "{reason:?} was met {times} times only: the worlds are too tame");
        }
    }
}

#[test]
fn a_list_that_was_made_at_random_makes_sense_and_travels() {
    everywhere(|dice, world, _, _| {
        if dice.chance(5) {
            let body = serde_json::to_vec(&world.list).unwrap();
            assert_eq!(GateList::open(&body, &world.list.site, &world.list.agent).unwrap(), world.list);
            let presence = serde_json::to_vec(&world.presence).unwrap();
            assert_eq!(serde_json::from_slice::<Presence>(&presence).unwrap(), world.presence);
        }
    });
}

#[test]
fn a_face_never_opens_and_never_denies() {
    everywhere(|_, world, index, ask| {
        let without = decide(Some(index), &world.presence, &Ask { face_hint: false, ..ask.clone() });
        let with = decide(Some(index), &world.presence, &Ask { face_hint: true, ..ask });
        if (with.verdict, with.reason) != (without.verdict, without.reason) {
            assert_eq!((with.verdict, with.reason), (Verdict::Wait, Reason::CheckPapers));
        }
    });
}

#[test]
fn who_is_watched_is_asked_for_papers_and_neither_let_through_nor_refused() {
    everywhere(|dice, world, _, mut ask| {
        let mut shown: Vec<KeyDigest> = ask.vehicle.iter().flat_map(|seen| seen.watch.clone()).collect();
        shown.extend(ask.person.iter().flat_map(|seen| &seen.keys).map(|(_, digest)| *digest));
        ask.emergency = false;
        let looked_at = ask.person.as_ref().is_some_and(|person| person.papers_checked);
        if shown.is_empty() || looked_at || ask.lane == name("lan-9") {
            return;
        }
        let mut list = world.list.clone();
        list.watch.push(WatchDigest { of: KeyKind::Plate, digest: dice.pick(&shown), valid_until: None });
        let decision = decide(Some(&GateIndex::new(list)), &world.presence, &ask);
        assert_eq!((decision.verdict, decision.reason), (Verdict::Wait, Reason::CheckPapers));
    });
}

#[test]
fn an_emergency_admits_whatever_the_list_says_and_without_one() {
    everywhere(|_, world, index, ask| {
        let ask = Ask { emergency: true, ..ask };
        for index in [Some(index), None] {
            let decision = decide(index, &world.presence, &ask);
            assert_eq!((decision.verdict, decision.reason), (Verdict::Admit, Reason::Emergency));
        }
    });
}

#[test]
fn without_a_list_nobody_is_admitted_and_nobody_refused() {
    everywhere(|_, world, _, ask| {
        let ask = Ask { emergency: false, ..ask };
        let decision = decide(None, &world.presence, &ask);
        assert_eq!((decision.verdict, decision.reason), (Verdict::Wait, Reason::NoList));
        assert_eq!((decision.list_version, decision.freshness), (0, Freshness::None));
    });
}

#[test]
fn an_older_list_opens_nothing_and_refuses_nobody_more() {
    everywhere(|dice, world, index, ask| {
        let younger = decide(Some(index), &world.presence, &ask);
        let mut list = world.list.clone();
        list.made_at -= SignedDuration::from_hours(dice.below(200) as i64);
        let older = decide(Some(&GateIndex::new(list)), &world.presence, &ask);
        assert!(older.freshness >= younger.freshness);
        if older.verdict != younger.verdict {
            assert_eq!((younger.verdict, older.verdict), (Verdict::Admit, Verdict::Wait));
            assert_eq!(older.reason, Reason::ListOld);
        }
    });
}

#[test]
fn nobody_is_locked_in_by_a_pass_that_ran_out() {
    everywhere(|_, world, index, ask| {
        let (_, lane) = world.list.lane(&ask.lane).unzip();
        if lane.is_none_or(|lane| lane.way != LaneWay::Out) {
            return;
        }
        let mut list = world.list.clone();
        for entry in list.entries.iter_mut().filter(|entry| entry.list == ListKind::Allow) {
            (entry.valid_from, entry.valid_until, entry.uses, entry.schedule) = (None, None, None, None);
        }
        let for_ever = decide(Some(&GateIndex::new(list)), &world.presence, &ask);
        let decision = decide(Some(index), &world.presence, &ask);
        assert_eq!(shown(&decision), shown(&for_ever));
        let expired = [Reason::Expired, Reason::UsedUp, Reason::NotYetValid];
        assert!(!expired.contains(&decision.reason));
    });
}

#[test]
fn a_reading_that_is_not_sure_is_never_acted_on() {
    everywhere(|_, world, index, ask| {
        let ask = Ask { person: None, emergency: false, ..ask };
        let Some((_, lane)) = world.list.lane(&ask.lane) else { return };
        let low = |seen: &SeenVehicle| seen.score.is_nan() || seen.score < lane.policy.least_score;
        let unsure = ask.vehicle.as_ref().is_some_and(|seen| seen.text.is_some() && low(seen));
        let by_plate = matches!(lane.policy.wanted, Wanted::Vehicle | Wanted::VehicleAndDriver);
        if unsure && by_plate {
            assert_ne!(decide(Some(index), &world.presence, &ask).reason, Reason::Blocked);
            // A stranger may be refused as one only if the reading is good.
            assert_eq!(decide(Some(index), &world.presence, &ask).verdict, Verdict::Wait);
        }
    });
}
