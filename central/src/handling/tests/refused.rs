//! What people may not do, and what waits for them.

use super::*;

#[test]
fn who_confirmed_the_case_or_drafted_the_notice_turns_no_answer_down() {
    let why = || json!({ "reason": "đúng hành vi" });
    for (answer, step) in [
        ("dispute", "dismiss_dispute"),
        ("name_driver", "reject_driver"),
        ("claim_transfer", "reject_transfer_claim"),
    ] {
        let mut play = Play::new("car.red_light", "car").noticed();
        play.citizen(answer, json!({}));
        // `an` drafted the notice, `chinh` confirmed the case.
        for name in ["an", "chinh"] {
            let refused = play.person(Who::Officer, name, step, why(), false).unwrap_err();
            assert_eq!(refused.code, "own_review", "{step} by {name}");
        }
        play.person(Who::Officer, "dung", step, why(), false).unwrap();
        assert_eq!(play.h.state, State::Verified);
    }
}

#[test]
fn a_flagged_case_asks_for_no_owner_before_a_person_cleared_it() {
    for flag in ["clone_suspect", "exempt"] {
        let mut flagged = case("car.red_light", "car");
        flagged.doubts = vec![flag.into()];
        let mut play = Play::of(flagged, &LAW);
        assert_eq!((play.h.state, play.h.orders.len()), (State::OwnerLookup, 0), "nobody is asked");
        assert!(play.h.next_at().is_some(), "its deadlines run");
        let clear =
            |play: &mut Play, fields: Value| play.person(Who::Officer, "an", "clear_doubts", fields, false);
        assert_eq!(clear(&mut play, json!({})).unwrap_err().code, "bad_fields", "it takes a reason");
        clear(&mut play, json!({ "reason": "đã xem lại ảnh gốc" })).unwrap();
        let line = play.log.last().unwrap();
        assert_eq!((line.what.as_str(), &line.detail["doubts"]), ("clear_doubts", &json!([flag])));
        play.orders();
        assert_eq!(play.h.state, State::OwnerFound);
        play.officer("draft_notice", json!({}));
    }
    let mut clear = Play::new("car.red_light", "car");
    let why = json!({ "reason": "đã xem" });
    assert_eq!(clear.person(Who::Officer, "an", "clear_doubts", why, false).unwrap_err().code, "no_doubts");
}

#[test]
fn nothing_is_delivered_or_paid_before_its_paper_was_signed() {
    let before = |play: &Play| day_of(play.now).yesterday().unwrap().to_string();
    let mut play = Play::new("car.red_light", "car");
    play.orders();
    play.officer("draft_notice", json!({}));
    play.signer("sign_notice");
    play.orders();
    let (early, today) = (before(&play), day_of(play.now).to_string());
    let deliver = |play: &mut Play, on: &str| {
        play.person(Who::Officer, "an", "record_delivery", json!({ "on": on }), false)
    };
    assert_eq!(deliver(&mut play, &early).unwrap_err().code, "bad_fields");
    deliver(&mut play, &today).unwrap();
    let notice = play.h.notice.clone().unwrap();
    assert!(notice.delivered_at >= notice.signed_at);

    let mut play = play.drafted();
    play.days(3);
    play.signer("sign_decision");
    let early = before(&play);
    assert_eq!(deliver(&mut play, &early).unwrap_err().code, "bad_fields");
    let pay = |play: &mut Play, on: &str| {
        let fields = json!({ "amount": 19_000_000, "receipt": "KB-1", "on": on });
        play.person(Who::Officer, "an", "record_payment", fields, false)
    };
    assert_eq!(pay(&mut play, &early).unwrap_err().code, "bad_fields");
    assert!(play.h.money.payments.is_empty());
    let today = day_of(play.now).to_string();
    pay(&mut play, &today).unwrap();
    // A clock of the portal that is wrong wipes no interest either.
    let mut play = Play::new("car.red_light", "car").decided();
    let signed = play.h.decision.as_ref().unwrap().signed_at.unwrap();
    let at = signed - SignedDuration::from_hours(500);
    play.system(Event::Paid { receipt: "BL-1".into(), amount: 5, at, bill: Some("no-1".into()) });
    assert_eq!(play.h.money.payments[0].at, signed);
}

#[test]
fn every_doubt_has_its_words_in_the_console() {
    for text in [
        include_str!("../../../ui/src/i18n/handlings.vi.json"),
        include_str!("../../../ui/src/i18n/handlings.en.json"),
    ] {
        let words: Value = serde_json::from_str(text).unwrap();
        let mut play = Play::new("car.red_light", "car");
        play.system(Event::Ordered { n: 1, outcome: Outcome::Refused { code: "BAD_INPUT".into() } });
        let mut doubts = play.h.doubts.clone();
        doubts.extend(
            ["exempt", "clone_suspect", "registration_revoked", "not_found", "multiple"].map(str::to_owned),
        );
        for doubt in doubts {
            assert!(words["handling_doubt"][&doubt].is_string(), "{doubt}");
        }
    }
}
