//! What must hold of the first edition, and of every day and excess.

use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;

use crate::law::rows::{Deadline, Unit};
use crate::law::{Confidence, Edition, Law, Laws, check, day_of};

#[test]
fn the_first_edition_has_no_problem_and_covers_every_table() {
    let first = Edition::first();
    let problems = check::problems(first);
    assert!(problems.is_empty(), "{problems:#?}");
    assert_eq!(Edition::tables().len(), 13);
    assert!(first.behaviours.len() >= 70, "{}", first.behaviours.len());
    let read = serde_json::from_str::<Edition>(&serde_json::to_string(first).unwrap()).unwrap();
    assert_eq!(&read, first, "an edition comes back from the database as it was");
}

#[test]
fn every_kind_of_violation_has_a_behaviour_for_the_vehicles_that_it_is_about() {
    let law = Law::first();
    for row in &law.edition().kinds {
        assert!(law.behaviour(&row.behaviour, date(2026, 11, 21)).is_some(), "{row:?}");
    }
}

#[test]
fn the_table_of_kinds_and_the_wire_know_the_same_kinds() {
    let law = Law::first();
    let rows = &law.edition().kinds;
    for row in rows {
        assert!(
            wire::violation::Kind::parse(&row.kind).is_some(),
            "kinds.csv: {} is no kind of event",
            row.kind
        );
    }
    for kind in wire::violation::Kind::ALL {
        // A kind that is no evidence has no row: a speed never leads to a behaviour by itself.
        let evidence = kind.facts().is_some_and(|facts| facts.evidence);
        let known = rows.iter().any(|row| row.kind == kind.as_str());
        assert_eq!(known, evidence, "{}", kind.as_str());
    }
}

#[test]
fn what_a_lawyer_still_has_to_confirm_is_marked() {
    let law = Law::first();
    let on = date(2026, 11, 21);
    assert_eq!(law.organisation_multiplier(on).unwrap().confidence, Confidence::L);
    assert_eq!(law.organisation_multiplier(on).unwrap().percent, 100);
    let due = law.due("minutes", "2026-02-13T02:00:00Z".parse().unwrap()).unwrap();
    assert_eq!((due.confidence, due.calendar_known), (Confidence::L, true), "the Tet holidays are L");
    let far = law.due("minutes", "2031-02-13T02:00:00Z".parse().unwrap()).unwrap();
    assert!(!far.calendar_known, "nobody has entered the holidays of 2031");
}

#[test]
fn alerts_stand_at_half_four_fifths_and_the_end() {
    let law = Law::first();
    let from: Timestamp = "2026-02-12T17:00:00Z".parse().unwrap();
    let due = law.due("notice", from).unwrap();
    assert_eq!(due.at.to_string(), "2026-02-23T16:59:59Z", "the last second of the day in Vietnam");
    let at: Vec<_> = due.alerts.iter().map(|alert| (alert.percent, alert.at.to_string())).collect();
    assert_eq!(at[0], (50, "2026-02-18T04:59:59Z".to_owned()));
    assert_eq!(at[1], (80, "2026-02-21T12:11:59Z".to_owned()));
    assert_eq!(at[2], (100, due.at.to_string()));
    assert!(!due.is_late(due.at) && due.is_late("2026-02-23T17:00:00Z".parse().unwrap()));
    assert_eq!((due.law_version, due.rule.as_str()), (1, "10 calendar_days"));
}

#[test]
fn a_plate_of_another_authority_is_not_looked_up() {
    let law = Law::first();
    let on = date(2026, 11, 21);
    assert_eq!(law.plate_handling("military", on).unwrap().action, "hand_over");
    assert!(!law.plate_handling("military", on).unwrap().owner_lookup);
    assert!(!law.plate_handling("diplomatic", on).unwrap().owner_lookup);
    assert!(law.plate_handling("civil", on).unwrap().owner_lookup, "any other is usual");
    assert!(law.exemptions("red_light", on).any(|row| row.key == "ambulance"));
}

#[test]
fn the_version_of_a_day_is_the_newest_that_has_begun() {
    let laws = Laws::default();
    let later = Law::new(2, Edition::first().clone());
    let known = crate::law::laws::Known { law: later, valid_from: date(2027, 1, 1) };
    let mut all = laws.all().to_vec();
    all.push(known);
    laws.replace(all);
    assert_eq!(laws.on(date(2026, 12, 31)).version(), 1);
    assert_eq!(laws.on(date(2027, 1, 1)).version(), 2);
    assert_eq!(laws.newest().version(), 2);
    assert_eq!(laws.version(1).unwrap().version(), 1);
    assert!(laws.version(3).is_none());
}

proptest! {
    #[test]
    fn an_excess_is_in_exactly_one_bracket_from_five_on_and_in_none_below(excess in 0.0..200.0_f64) {
        let law = Law::first();
        for vehicle in ["car", "motorcycle"] {
            let holding = law.edition().speed_brackets.iter()
                .filter(|row| row.vehicle == vehicle && row.holds(excess)).count();
            prop_assert_eq!(holding, usize::from(excess >= 5.0));
        }
    }

    #[test]
    fn a_deadline_in_working_days_ends_on_one_and_later_starts_never_end_earlier(
        start in 1_735_700_000_i64..1_830_000_000, later in 0_i64..20_000_000,
    ) {
        let law = Law::first();
        let at = |second| Timestamp::from_second(second).unwrap();
        for row in &law.edition().deadlines {
            let (one, two) = (law.due(&row.kind, at(start)).unwrap(), law.due(&row.kind, at(start + later)).unwrap());
            if row.unit == Unit::WorkingDays || row.rolls {
                prop_assert!(law.is_working_day(one.day), "{} {}", row.kind, one.day);
            }
            prop_assert!(one.day <= two.day && one.day > day_of(at(start)));
            prop_assert!(one.alerts.windows(2).all(|pair| pair[0].at <= pair[1].at));
            prop_assert_eq!(one.alerts.last().unwrap().at, one.at);
        }
    }

    #[test]
    fn so_many_working_days_lie_between_start_and_end(start in 1_735_700_000_i64..1_790_000_000) {
        let law = Law::first();
        let from = Timestamp::from_second(start).unwrap();
        let minutes = law.due("minutes", from).unwrap();
        let Deadline { amount, .. } = law.deadline("minutes", day_of(from)).unwrap().clone();
        let mut day = day_of(from);
        let mut worked = 0;
        while day < minutes.day {
            day = day.tomorrow().unwrap();
            worked += u32::from(law.is_working_day(day));
        }
        prop_assert_eq!(worked, amount);
    }

    #[test]
    fn an_amount_never_leaves_its_range(mitigating in 0_u8.., aggravating in 0_u8.., index in 0_usize..70) {
        let law = Law::first();
        let circumstances = crate::law::Circumstances { mitigating, aggravating };
        let amount = law.amount(&law.edition().behaviours[index], circumstances, date(2026, 11, 21));
        prop_assert!(amount.low <= amount.proposed && amount.proposed <= amount.high);
        if mitigating == aggravating { prop_assert_eq!(amount.proposed, amount.average); }
    }

    #[test]
    fn interest_is_the_sum_of_its_days(amount in 0_i64..40_000, days in 0_u32..4000) {
        let (law, on) = (Law::first(), date(2026, 11, 21));
        let amount = amount * 10_000;
        let one = law.late_interest(amount, 1, on).unwrap();
        prop_assert_eq!(law.late_interest(amount, days, on).unwrap(), one * i64::from(days));
    }
}
