//! Which law counts for what, and from when deadlines run.

use crate::law::change::{self, Change};
use crate::law::{Edition, Law};

use super::*;

/// The law of the program with a change, as version 2.
fn changed(change: Change) -> Law {
    Law::new(2, change::apply(Edition::first(), &[change]).unwrap())
}

fn put(table: &str, row: Value) -> Change {
    Change::Put { table: table.into(), row }
}

/// Days on which an order of a kind is not answered.
fn unanswered(play: &mut Play, word: &str, days: i64) {
    for _ in 0..days {
        while let Some(order) =
            play.h.orders.iter().find(|o| o.next.is_some_and(|next| next <= play.now)).cloned()
        {
            let outcome = if order.what.word() == word {
                Outcome::Away
            } else {
                Outcome::Done { reference: Some(format!("no-{}", order.n)), said: Value::Null }
            };
            play.system(Event::Ordered { n: order.n, outcome });
        }
        play.days(1);
    }
}

#[test]
fn a_decision_counts_as_posted_seven_working_days_after_the_posting_and_not_after_the_signature() {
    let mut play = Play::new("car.red_light", "car").noticed().drafted();
    play.signer("sign_decision");
    unanswered(&mut play, "posting", 14);
    assert!(play.h.deadline("posting").is_none(), "it is not posted yet");
    play.orders();
    assert_eq!(play.h.state, State::DecisionSigned, "nobody could read it before today");
    let due = play.h.deadline("posting").unwrap().due.clone();
    assert_eq!(due.from, play.now);
    play.now = due.at;
    play.system(Event::Clock);
    assert_eq!(play.h.state, State::DecisionSigned);
    play.now = due.at + SignedDuration::from_secs(1);
    play.system(Event::Clock);
    assert_eq!(play.h.state, State::DecisionDelivered);
    assert_eq!(play.h.decision.as_ref().unwrap().delivered_by.as_deref(), Some("posting"));
}

#[test]
fn a_signature_is_checked_against_the_caps_of_the_day_however_old_the_file_is() {
    let mut play = Play::new("car.red_light", "car").noticed().drafted();
    let row = play.law.cap("team_chief", day_of(play.now)).unwrap();
    let mut row = serde_json::to_value(row).unwrap();
    row["cap"] = json!(10_000_000);
    play.today = changed(put("caps", row));
    let chief = Actor { rank: Some("team_chief".into()), ..Play::actor(Who::Signer, "binh") };
    let sign = |play: &mut Play| play.event(&chief, people::action("sign_decision", json!({}))).map(|_| ());
    assert_eq!(sign(&mut play).unwrap_err().code, "over_cap");
    play.today = play.law.clone();
    sign(&mut play).unwrap();
    assert_eq!(play.log.iter().rfind(|e| e.what == "sign_decision").unwrap().detail["caps_of_version"], 1);
}

#[test]
fn a_deadline_that_begins_today_counts_by_today_s_holidays_and_one_that_runs_stays_as_it_was() {
    let mut play = Play::new("car.red_light", "car").noticed();
    let running: Vec<_> = play.h.deadlines.iter().map(|one| one.due.clone()).collect();
    let usual = play.law.due("minutes", play.now).unwrap().day;
    let day = json!({ "kind": "off", "title_vi": "Nghỉ bù", "title_en": "Day off", "valid_from": usual, "valid_to": usual,
        "legal_basis": "Thông báo", "confidence": "H" });
    play.today = changed(put("holidays", day));
    play.citizen("confirm", json!({}));
    let minutes = &play.h.deadline("minutes").unwrap().due;
    assert!(minutes.day > usual && minutes.law_version == 2);
    for due in running {
        assert!(play.h.deadlines.iter().any(|one| one.due == due), "{} was computed anew", due.kind);
    }
    assert_eq!(play.h.law_version, 1, "amounts go by the version that the file keeps");
}

#[test]
fn the_appointment_that_is_printed_stands_however_late_the_notice_goes_out() {
    let mut play = Play::new("car.red_light", "car");
    play.orders();
    play.officer("draft_notice", json!({}));
    play.signer("sign_notice");
    let printed = play.h.notice.as_ref().unwrap().appointment.clone().unwrap();
    assert_eq!(printed.from, play.now);
    unanswered(&mut play, "document", 4);
    play.orders();
    assert_eq!(play.h.state, State::NoticeSent);
    assert_eq!(play.h.deadline("appearance").unwrap().due, printed);
    assert_eq!(play.h.deadline("warning").unwrap().due.from, play.now, "20 days count from sending");
}

#[test]
fn an_organisation_explains_by_the_range_that_it_pays() {
    let row = Law::first().rule("organisation_percent", day_of(at(T0))).unwrap().clone();
    let mut row = serde_json::to_value(row).unwrap();
    row["value"] = json!(200);
    let mut play = Play::of(case("car.red_light", "car"), &changed(put("rules", row)));
    let owner = Some(NewParty { kind: PartyKind::Org, licence: false });
    let outcome = Outcome::Owner { status: "found".into(), owner, doubts: vec![] };
    play.system(Event::Ordered { n: 1, outcome });
    play.officer("draft_notice", json!({}));
    play.signer("sign_notice");
    play.orders();
    play.days(21);
    play.officer("hold_owner_liable", json!({ "reason": "tổ chức không hợp tác" }));
    play.officer("draft_minutes", json!({}));
    play.signer("sign_minutes");
    assert_eq!(play.h.state, State::Explanation, "twice 20 million is above 30");
    assert!(play.h.deadline("explanation_request_organisation").is_some());
}

#[test]
fn a_file_that_is_passed_on_is_decided_within_ten_working_days_of_the_minutes() {
    let mut play = Play::new("moto.red_light", "motorcycle").noticed();
    play.citizen("confirm", json!({}));
    play.officer("draft_minutes", json!({}));
    play.signer("sign_minutes");
    let (signed, usual) = (play.now, play.h.deadline("decision").unwrap().due.day);
    play.days(2);
    let to = json!({ "to_unit": "Trưởng phòng PC08", "reason": "vượt thẩm quyền" });
    play.officer("pass_on", to.clone());
    let due = &play.h.deadline("decision_transferred").unwrap().due;
    assert!(due.from == signed && due.day > usual && play.h.deadline("decision").is_none());
    let again = play.person(Who::Officer, "an", "pass_on", to.clone(), false).unwrap_err();
    assert_eq!(again.code, "not_now", "it is passed on once");
    // The month of an explanation is longer.
    let mut explains = Play::new("car.red_light", "car").noticed();
    explains.citizen("confirm", json!({}));
    explains.officer("draft_minutes", json!({}));
    explains.signer("sign_minutes");
    explains.officer("waive_explanation", json!({ "reason": "không giải trình" }));
    assert_eq!(explains.person(Who::Officer, "an", "pass_on", to, false).unwrap_err().code, "not_now");
}
