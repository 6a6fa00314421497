//! Handlings that become one.

use super::*;

/// Another handling of the same party, noticed at the same time.
fn other(behaviour: &str) -> Play {
    let mut play = Play::new(behaviour, "car").noticed();
    (play.h.id, play.h.number) = ("h-2".into(), "XL-2026-000002".into());
    play
}

fn join(one: &mut Play, gone: &mut Play) -> Result<(), Refusal> {
    let number = one.h.number.clone();
    one.event(&Actor::system("PC08"), Event::Joins { other: Box::new(gone.h.clone()) })?;
    gone.system(Event::JoinedInto { number });
    assert_eq!(gone.h.state, State::Closed);
    Ok(())
}

fn due(h: &Handling, kind: &str) -> jiff::civil::Date {
    h.deadline(kind).unwrap_or_else(|| panic!("no open {kind}")).due.day
}

#[test]
fn two_vehicles_of_one_owner_are_not_joined() {
    let mut one = Play::new("car.red_light", "car").noticed();
    let mut gone = other("car.phone");
    let before = one.h.clone();
    for change in [
        |vehicle: &mut Vehicle| vehicle.plate = "35A54321".into(),
        |vehicle: &mut Vehicle| vehicle.plate_colour = Some("yellow".into()),
        |vehicle: &mut Vehicle| vehicle.group = Some("motorcycle".into()),
    ] {
        let mut foreign = gone.h.clone();
        change(&mut foreign.vehicle);
        let event = Event::Joins { other: Box::new(foreign) };
        assert_eq!(one.event(&Actor::system("PC08"), event).unwrap_err().code, "other_vehicle");
    }
    assert_eq!(one.h, before);
    // What was not surely seen is against nothing.
    gone.h.vehicle.plate_colour = None;
    gone.h.vehicle.class = "truck".into();
    join(&mut one, &mut gone).unwrap();
}

#[test]
fn every_deadline_that_still_runs_ends_at_the_earlier_of_both() {
    // The other was noticed and acknowledged a week before this one.
    let mut one = Play::new("car.red_light", "car");
    let mut gone = other("car.phone");
    one.days(3);
    let mut one = one.noticed();
    let (appearance, warning) = (due(&gone.h, "appearance"), due(&gone.h, "warning"));
    assert!(appearance < due(&one.h, "appearance") && warning < due(&one.h, "warning"));
    gone.now = one.now;
    let mut both = one.again();
    join(&mut both, &mut gone).unwrap();
    assert_eq!((due(&both.h, "appearance"), due(&both.h, "warning")), (appearance, warning));

    let mut gone = other("car.phone");
    gone.citizen("confirm", json!({}));
    one.citizen("confirm", json!({}));
    let minutes = due(&gone.h, "minutes");
    assert!(minutes < due(&one.h, "minutes"));
    gone.now = one.now;
    join(&mut one, &mut gone).unwrap();
    assert_eq!(due(&one.h, "minutes"), minutes);
}

#[test]
fn the_seven_days_of_one_decision_are_not_lost_in_the_month_of_another() {
    let signed = |mut play: Play| {
        play.citizen("confirm", json!({}));
        play.officer("draft_minutes", json!({}));
        play.signer("sign_minutes");
        if play.h.state == State::Explanation {
            play.officer("waive_explanation", json!({ "reason": "không giải trình" }));
        }
        play
    };
    let mut one = signed(Play::new("car.red_light", "car").noticed());
    let mut gone = signed(other("car.phone"));
    assert!(one.h.deadline("decision").is_none() && one.h.deadline("decision_explained").is_some());
    let decision = due(&gone.h, "decision");
    join(&mut one, &mut gone).unwrap();
    assert_eq!(one.h.due().unwrap().due.day, decision);
}

#[test]
fn warnings_go_over_and_are_lifted_once_everything_is_solved() {
    let mut one = Play::new("car.red_light", "car").noticed();
    let mut gone = other("car.phone");
    gone.days(21);
    gone.orders();
    assert!(gone.h.state == State::Warned && gone.h.warnings.iter().all(|one| one.state == "set"));
    one.now = gone.now;
    join(&mut one, &mut gone).unwrap();
    assert!(!gone.h.orders.iter().any(|one| matches!(one.what, What::Unwarn { .. })), "nothing is solved");
    let carried =
        |h: &Handling| h.warnings.iter().filter(|one| one.under.as_deref() == Some("XL-2026-000002")).count();
    assert_eq!((one.h.warnings.len(), carried(&one.h)), (2, 2));
    // Nobody is warned of one vehicle twice.
    one.system(Event::Clock);
    one.orders();
    assert_eq!((one.h.state, one.h.warnings.len()), (State::Warned, 2));
    one.officer("report_stolen", json!({ "reason": "xe bị trộm" }));
    let unwarn = one.h.orders.iter().filter(
        |order| matches!(&order.what, What::Unwarn { under: Some(under), .. } if under == "XL-2026-000002"),
    );
    assert_eq!(unwarn.count(), 2, "the agencies know them under the other number");
    one.orders();
    assert!(one.h.warnings.iter().all(|one| one.state == "removed"));
}

#[test]
fn a_warning_that_no_agency_confirmed_is_given_anew_in_the_number_that_goes_on() {
    let mut one = Play::new("car.red_light", "car").noticed();
    let mut gone = other("car.phone");
    gone.days(21);
    let n = gone.h.orders.iter().find(|order| matches!(order.what, What::Warn { .. })).unwrap().n;
    gone.system(Event::Ordered { n, outcome: Outcome::Away });
    one.now = gone.now;
    join(&mut one, &mut gone).unwrap();
    let states: Vec<_> = gone.h.warnings.iter().map(|one| one.state.as_str()).collect();
    assert_eq!(states, ["removing", "cancelled"], "what may have arrived is taken back");
    assert!(one.h.warnings.iter().all(|one| one.state == "ordered" && one.under.is_none()));
    assert_eq!(one.h.orders.iter().filter(|order| matches!(order.what, What::Warn { .. })).count(), 2);
}

#[test]
fn a_warned_handling_takes_over_none_that_can_still_be_answered() {
    let mut one = Play::new("car.red_light", "car").noticed();
    let mut gone = other("car.phone");
    one.days(21);
    gone.now = one.now;
    assert_eq!(join(&mut one, &mut gone).unwrap_err().code, "not_joinable");
    join(&mut gone, &mut one).unwrap();
    assert_eq!(gone.h.state, State::NoticeDelivered);
}

#[test]
fn points_of_a_joint_decision_are_those_of_the_acts_whose_driver_is_known() {
    // Who drove is known of one of them alone: of the one with fewer points, or with more.
    for (known, silent, points) in
        [("car.wrong_lane", "car.red_light", 2), ("car.red_light", "car.wrong_lane", 4)]
    {
        let mut one = Play::new(known, "car").noticed();
        let mut gone = other(silent);
        one.citizen("confirm", json!({}));
        gone.citizen("dispute", json!({}));
        let why = json!({ "reason": "đúng hành vi" });
        gone.person(Who::Officer, "dung", "dismiss_dispute", why, false).unwrap();
        for kept in [true, false] {
            let (mut into, mut from) =
                if kept { (one.again(), gone.again()) } else { (gone.again(), one.again()) };
            join(&mut into, &mut from).unwrap();
            into.officer("draft_minutes", json!({}));
            into.signer("sign_minutes");
            into.officer("waive_explanation", json!({ "reason": "không giải trình" }));
            let amount = |act: &record::Violation| {
                let row = LAW.behaviour(&act.behaviour, day_of(act.at)).unwrap();
                json!({ "case_id": act.case_id, "amount": row.fine_low })
            };
            let acts: Vec<_> = into.h.acts.iter().map(amount).collect();
            into.officer("draft_decision", json!({ "acts": acts }));
            assert_eq!(into.h.fine.as_ref().unwrap().points, points, "{known} {kept}");
        }
    }
}

#[test]
fn who_confirms_after_the_joining_confirms_all_acts() {
    let mut one = Play::new("car.wrong_lane", "car").noticed();
    let mut gone = other("car.red_light");
    gone.h.parties[0].drove = true;
    join(&mut one, &mut gone).unwrap();
    let drove: Vec<_> = one.h.acts.iter().map(|act| act.drove).collect();
    assert_eq!(drove, [Some(false), Some(true)]);
    one.citizen("confirm", json!({}));
    assert!(one.h.acts.iter().all(|act| act.drove.is_none()) && one.h.liable_party().unwrap().drove);
}

#[test]
fn answers_go_over_with_who_gave_them() {
    let mut one = Play::new("car.red_light", "car").noticed();
    let mut gone = other("car.phone");
    // There the owner named the driver, who is the one liable here.
    gone.citizen("name_driver", json!({}));
    gone.officer("accept_driver", json!({ "reason": "đã xác minh" }));
    gone.officer("draft_notice", json!({}));
    gone.signer("sign_notice");
    gone.orders();
    gone.citizen("confirm", json!({}));
    one.citizen("confirm", json!({}));
    let party = one.h.liable;
    let event = Event::Joins { other: Box::new(gone.h.clone()) };
    let moved = one.event(&Actor::system("PC08"), event).unwrap().moved.unwrap();
    assert_eq!(moved.answers, [(1, 2), (2, 3)]);
    let answers: Vec<_> = one.h.answers.iter().map(|one| (one.n, one.kind.as_str(), one.party)).collect();
    assert_eq!(
        answers,
        [(1, "acknowledged", party), (2, "driver", Some(2)), (3, "acknowledged", party)],
        "the former owner is a party of its own"
    );
    assert_eq!((one.h.parties[1].n, one.h.liable), (2, party));
}

#[test]
fn an_explanation_goes_over() {
    let explained = |mut play: Play, action: &str| {
        play.citizen("confirm", json!({}));
        play.officer("draft_minutes", json!({}));
        play.signer("sign_minutes");
        play.officer(action, json!({ "reason": "không giải trình" }));
        play
    };
    let mut one = explained(Play::new("car.red_light", "car").noticed(), "waive_explanation");
    let mut gone = other("car.red_light");
    gone.h.acts[0].case_id = "case-2".into();
    let mut gone = explained(gone, "record_explanation");
    join(&mut one, &mut gone).unwrap();
    let answer = one.h.answers.iter().find(|answer| Some(answer.n) == one.h.explained).unwrap();
    assert_eq!(answer.kind, "explanation");
}

#[test]
fn who_drafted_the_notice_of_a_joined_handling_judges_no_answer_to_it_either() {
    let mut one = Play::new("car.red_light", "car").noticed();
    let mut gone = other("car.phone");
    gone.h.notice.as_mut().unwrap().drafted_by = "em".into();
    join(&mut one, &mut gone).unwrap();
    one.citizen("dispute", json!({}));
    let why = json!({ "reason": "đúng hành vi" });
    let refused = one.person(Who::Officer, "em", "dismiss_dispute", why.clone(), false);
    assert_eq!(refused.unwrap_err().code, "own_review");
    one.person(Who::Officer, "dung", "dismiss_dispute", why, false).unwrap();
}
