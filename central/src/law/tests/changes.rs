//! Changes: what they lead to, what they show, and what is refused.

use jiff::civil::date;
use serde_json::{Value, json};

use crate::law::change::{Change, apply, differences};
use crate::law::{Edition, Law};

fn row(key: &str) -> Value {
    let row = Edition::first().behaviours.iter().find(|row| row.key == key && row.valid_to.is_none());
    serde_json::to_value(row.unwrap()).unwrap()
}

fn put(table: &str, row: Value) -> Change {
    Change::Put { table: table.to_owned(), row }
}

fn with(mut row: Value, fields: &[(&str, Value)]) -> Value {
    for (name, value) in fields {
        row[*name] = value.clone();
    }
    row
}

fn codes(changes: &[Change]) -> Vec<&'static str> {
    apply(Edition::first(), changes).unwrap_err().iter().map(|one| one.code).collect()
}

#[test]
fn a_new_fine_begins_on_its_day_and_the_old_one_stays_for_earlier_violations() {
    let end = Change::End {
        table: "behaviours".into(),
        key: "car.red_light".into(),
        valid_from: date(2025, 1, 1),
        valid_to: date(2027, 6, 30),
    };
    let new =
        with(row("car.red_light"), &[("valid_from", json!("2027-07-01")), ("fine_high", json!(22_000_000))]);
    let next = apply(Edition::first(), &[end, put("behaviours", new)]).unwrap();
    let shown = differences(Edition::first(), &next);
    assert_eq!(shown.len(), 2);
    assert_eq!((shown[0].kind.as_str(), shown[0].fields[0].field.as_str()), ("changed", "valid_to"));
    assert_eq!(shown[0].fields[0].to, json!("2027-06-30"));
    assert_eq!((shown[1].kind.as_str(), shown[1].key.as_str()), ("added", "car.red_light"));
    let law = Law::new(2, next);
    assert_eq!(law.behaviour("car.red_light", date(2027, 6, 30)).unwrap().fine_high, 20_000_000);
    assert_eq!(law.behaviour("car.red_light", date(2027, 7, 1)).unwrap().fine_high, 22_000_000);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let bad = with(
        row("car.red_light"),
        &[
            ("valid_from", json!("2027-07-01")),
            ("fine_low", json!(-5)),
            ("points", json!(13)),
            ("clause", json!("6.99x")),
            ("legal_basis", json!(" ")),
            ("revoke_months_low", json!(12)),
        ],
    );
    let mut found = codes(&[
        put("behaviours", bad),
        put("nothing", json!({})),
        put("caps", json!({ "role": "officer" })),
        Change::Remove { table: "rules".into(), key: "no_such".into(), valid_from: date(2025, 1, 1) },
    ]);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "bad_clause",
            "bad_fine",
            "bad_months",
            "bad_points",
            "bad_row",
            "no_basis",
            "no_such_row",
            "overlap",
            "unknown_table"
        ]
    );
    assert_eq!(codes(&[]), ["nothing"]);
}

#[test]
fn brackets_keep_no_gap_and_every_deadline_that_handlings_start_stays() {
    let bracket =
        Edition::first().speed_brackets.iter().find(|row| row.behaviour == "car.speed_20_35").unwrap();
    let gap = with(serde_json::to_value(bracket).unwrap(), &[("over_kmh", json!(25))]);
    assert_eq!(codes(&[put("speed_brackets", gap)]), ["bad_bracket"]);
    let remove = |table: &str, key: &str| Change::Remove {
        table: table.into(),
        key: key.into(),
        valid_from: date(2025, 1, 1),
    };
    for term in crate::law::Term::ALL {
        assert_eq!(codes(&[remove("deadlines", term.as_str())]), ["missing"], "{term}");
    }
    assert_eq!(codes(&[remove("rules", "organisation_percent")]), ["missing"]);
    assert!(codes(&[remove("behaviours", "moto.red_light")]).contains(&"unknown_behaviour"));
    let backwards = Change::End {
        table: "caps".into(),
        key: "officer".into(),
        valid_from: date(2026, 8, 15),
        valid_to: date(2026, 8, 1),
    };
    assert_eq!(codes(&[backwards]), ["bad_window"]);
}

#[test]
fn a_holiday_is_added_and_moves_what_is_computed_with_the_new_version_alone() {
    let day = json!({ "kind": "off", "title_vi": "Nghỉ bù", "title_en": "Day off", "valid_from": "2026-11-27",
        "valid_to": "2026-11-27", "legal_basis": "Thông báo", "confidence": "H" });
    let next = Law::new(2, apply(Edition::first(), &[put("holidays", day.clone())]).unwrap());
    let from = "2026-11-20T02:00:00Z".parse().unwrap();
    assert_eq!(Law::first().due("minutes", from).unwrap().day, date(2026, 11, 30));
    let moved = next.due("minutes", from).unwrap();
    assert_eq!((moved.day, moved.law_version), (date(2026, 12, 1), 2));
    let over = with(day, &[("valid_from", json!("2026-11-24")), ("valid_to", json!("2026-11-25"))]);
    // The same first day takes the row's place; one that begins a day earlier overlaps it.
    assert!(apply(Edition::first(), &[put("holidays", over.clone())]).is_ok());
    assert_eq!(codes(&[put("holidays", with(over, &[("valid_from", json!("2026-11-23"))]))]), ["overlap"]);
}

#[test]
fn circumstances_weigh_as_on_the_day_of_the_act_and_not_as_when_the_behaviour_was_first_fined() {
    let rule = Edition::first().rules.iter().find(|row| row.key == "circumstance_steps").unwrap();
    let end = Change::End {
        table: "rules".into(),
        key: "circumstance_steps".into(),
        valid_from: rule.valid_from,
        valid_to: date(2027, 6, 30),
    };
    let fields = [("valid_from", json!("2027-07-01")), ("value", json!(1))];
    let new = with(serde_json::to_value(rule).unwrap(), &fields);
    let law = Law::new(2, apply(Edition::first(), &[end, put("rules", new)]).unwrap());
    let proposed = |on| {
        let act = crate::law::Act {
            behaviour: "car.red_light".into(),
            on,
            circumstances: crate::law::Circumstances { mitigating: 1, aggravating: 0 },
            organisation: false,
        };
        law.amount_of(&act).unwrap().proposed
    };
    assert_eq!((proposed(date(2027, 6, 30)), proposed(date(2027, 7, 1))), (18_500_000, 18_000_000));
}
