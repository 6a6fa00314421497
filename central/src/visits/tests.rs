use jiff::civil::{date, time};
use wire::gate::VneidWord;

use super::*;
use crate::members::Setting;

const RULES: Rules = Rules { days_ahead: 30, most_people: 100 };

fn setting() -> Setting {
    Setting {
        today: date(2026, 11, 21),
        clock_minutes: 420,
        groups: vec![("may-10".into(), "Công ty CP May 10".into())],
        ..Setting::default()
    }
}

fn visit() -> NewVisit {
    NewVisit {
        site: "trang-an".into(),
        name: " Trần  Thị Bình ".into(),
        people: 12,
        date: date(2026, 11, 22),
        time: time(9, 30, 0, 0),
        plate: Some("35B-012.34".into()),
        host_group: Some("may-10".into()),
        foreign: None,
        contact: "0912 345 678".into(),
        purpose: None,
        consent: true,
        notice_version: None,
    }
}

fn at(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

#[test]
fn a_good_announcement_is_taken_in_its_normal_form() {
    let taken = check(&visit(), &setting(), RULES, at("2026-11-21T08:00:00+07:00")).unwrap();
    assert_eq!((taken.person.name.as_str(), taken.plate.as_deref()), ("Trần Thị Bình", Some("35B01234")));
    assert_eq!(taken.expected_at_ms, at("2026-11-22T09:30:00+07:00"));
    let foreign = NewVisit {
        foreign: Some(Foreign { country: "Nhật Bản".into(), passport: "tk 1234567".into() }),
        plate: None,
        ..visit()
    };
    assert_eq!(
        check(&foreign, &setting(), RULES, 0).unwrap().person.passport.as_deref(),
        Some("JPN:TK1234567")
    );
    let mail = NewVisit { contact: "an@example.vn".into(), ..visit() };
    assert!(check(&mail, &setting(), RULES, 0).is_ok());
}

#[test]
fn every_wrong_field_is_named_at_once() {
    let bad = NewVisit {
        name: "=1".into(),
        people: 101,
        date: date(2027, 1, 1),
        plate: Some("xyz".into()),
        host_group: Some("nobody".into()),
        foreign: Some(Foreign { country: "Atlantis!".into(), passport: "1".into() }),
        contact: "call me".into(),
        purpose: Some("x".repeat(300)),
        consent: false,
        ..visit()
    };
    let fields: Vec<_> =
        check(&bad, &setting(), RULES, 0).unwrap_err().into_iter().map(|(field, _)| field).collect();
    assert_eq!(
        fields,
        ["name", "plate", "contact", "foreign", "consent", "people", "date", "host_group", "purpose"]
    );
    let past = NewVisit { date: date(2026, 11, 21), time: time(7, 0, 0, 0), ..visit() };
    assert_eq!(
        check(&past, &setting(), RULES, at("2026-11-21T08:00:00+07:00")).unwrap_err()[0].1.0,
        "bad_time"
    );
}

#[test]
fn only_a_fresh_code_of_a_level_two_account_binds() {
    let subject = || Some("s-1".to_owned());
    assert_eq!(bound(VneidWord::Valid, 2, subject()).unwrap().subject, "s-1");
    let code = |word, level, subject| bound(word, level, subject).unwrap_err().0;
    assert_eq!(code(VneidWord::Valid, 1, subject()), "vneid_level");
    assert_eq!(code(VneidWord::Valid, 2, None), "vneid_invalid");
    assert_eq!(code(VneidWord::Expired, 2, subject()), "vneid_expired");
    assert_eq!(code(VneidWord::Replayed, 2, subject()), "vneid_replayed");
    assert_eq!(code(VneidWord::Invalid, 2, subject()), "vneid_invalid");
    assert!(!format!("{:?}", bound(VneidWord::Valid, 2, subject())).contains("s-1"));
}

#[test]
fn how_a_visit_stands_follows_from_what_happened() {
    assert_eq!(state_word("waiting", false, false), "waiting");
    assert_eq!(state_word("approved", false, false), "approved");
    assert_eq!(state_word("approved", true, true), "arrived");
    assert_eq!(state_word("approved", false, true), "expired");
    assert_eq!(state_word("cancelled", false, true), "cancelled");
}
