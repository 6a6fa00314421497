//! The machine against its table, and the law's rules about handlings.

mod join;
mod refused;
mod terms;

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::machine::{Event, NewParty, Outcome, Refusal, Stepped};
use super::open::{Confirmed, Identity, open};
use super::record::{Handling, Vehicle, What};
use super::steps::{self, Who};
use super::*;
use crate::law::{Law, day_of};

static LAW: LazyLock<Law> = LazyLock::new(Law::first);

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// T0 of these tests: a Monday, under the caps of August 2026.
const T0: &str = "2026-09-07T08:00:00+07:00";

fn case(behaviour: &str, class: &str) -> Confirmed {
    Confirmed {
        case_id: format!("case-{behaviour}"),
        case_number: "VP-2026-000001".into(),
        kind: "red_light".into(),
        behaviour: behaviour.into(),
        at: at(T0),
        site: "nut-1".into(),
        camera: "cam-1".into(),
        place_vi: "Nút giao 1".into(),
        vehicle: Vehicle {
            plate: "35A12345".into(),
            plate_display: "35A-123.45".into(),
            plate_colour: Some("white".into()),
            bearer: "usual".into(),
            class: class.into(),
            group: Some(class.into()),
        },
        doubts: Vec::new(),
        judged_by: vec!["chinh".into()],
    }
}

fn identity(number: &str) -> Identity {
    Identity { id: format!("h-{number}"), number: number.into(), unit: "PC08".into() }
}

/// A handling with its time, its people, and its world.
pub(super) struct Play {
    pub h: Handling,
    pub now: Timestamp,
    pub log: Vec<Entry>,
    pub choices: Choices,
    /// The law that the file keeps.
    pub law: Law,
    /// The law in force.
    pub today: Law,
}

impl Play {
    pub fn new(behaviour: &str, class: &str) -> Self {
        Self::of(case(behaviour, class), &LAW)
    }

    /// A handling of a case under a law.
    pub fn of(case: Confirmed, law: &Law) -> Self {
        let now = at(T0) + SignedDuration::from_hours(26);
        let stepped = open(case, identity("XL-2026-000001"), law, now).unwrap();
        let (law, today) = (law.clone(), law.clone());
        Self { h: stepped.handling, now, log: stepped.log, choices: Choices::default(), law, today }
    }

    /// The same once more, from here on.
    pub fn again(&self) -> Self {
        let (law, today) = (self.law.clone(), self.today.clone());
        Self { h: self.h.clone(), now: self.now, log: Vec::new(), choices: self.choices, law, today }
    }

    fn actor(who: Who, name: &str) -> Actor {
        Actor { name: name.into(), who, rank: Some("provincial_director".into()), unit: "PC08".into() }
    }

    pub fn event(&mut self, actor: &Actor, event: Event) -> Result<Stepped, Refusal> {
        let number = format!("{:06}", self.log.len());
        let (law, today) = (&self.law, &self.today);
        let context = Context { law, today, actor, at: self.now, number: &number, choices: self.choices };
        let stepped = apply(&self.h, event, context)?;
        self.h = stepped.handling.clone();
        self.log.extend(stepped.log.clone());
        Ok(stepped)
    }

    pub fn person(
        &mut self,
        who: Who,
        name: &str,
        action: &str,
        fields: Value,
        party: bool,
    ) -> Result<(), Refusal> {
        let party = party.then_some(NewParty { kind: PartyKind::Person, licence: true });
        self.event(&Self::actor(who, name), Event::Action { name: action.into(), fields, party }).map(|_| ())
    }

    pub fn officer(&mut self, action: &str, fields: Value) {
        self.person(Who::Officer, "an", action, fields, false).unwrap_or_else(|e| panic!("{action}: {e}"));
    }

    pub fn signer(&mut self, action: &str) {
        let fields = json!({ "reason": "theo hồ sơ" });
        self.person(Who::Signer, "binh", action, fields, false).unwrap_or_else(|e| panic!("{action}: {e}"));
    }

    pub fn citizen(&mut self, action: &str, fields: Value) {
        self.person(Who::Citizen, "citizen", action, fields, action == "name_driver")
            .unwrap_or_else(|e| panic!("{action}: {e}"));
    }

    pub fn system(&mut self, event: Event) {
        self.event(&Actor::system("PC08"), event).unwrap();
    }

    /// Does every order that is due, all going well.
    pub fn orders(&mut self) {
        while let Some(order) =
            self.h.orders.iter().find(|o| o.next.is_some_and(|next| next <= self.now)).cloned()
        {
            let outcome = match &order.what {
                What::OwnerLookup => Outcome::Owner {
                    status: "found".into(),
                    owner: Some(NewParty { kind: PartyKind::Person, licence: false }),
                    doubts: vec![],
                },
                What::Points { points, .. } => Outcome::Done {
                    reference: None,
                    said: json!({ "before": 12, "taken": points, "after": 12 - points }),
                },
                _ => Outcome::Done {
                    reference: Some(format!("no-{}", order.n)),
                    said: json!({ "payUrl": "http://x" }),
                },
            };
            self.system(Event::Ordered { n: order.n, outcome });
        }
    }

    pub fn days(&mut self, days: i64) {
        self.now = self.now.checked_add(SignedDuration::from_hours(24 * days)).unwrap();
        self.system(Event::Clock);
    }

    fn vneid(&mut self, paper: &str, word: &str) {
        let n = self
            .h
            .orders
            .iter()
            .rev()
            .find(|o| matches!(&o.what, What::Vneid { paper: p, .. } if p == paper))
            .unwrap()
            .n;
        let now = self.now;
        self.system(Event::Told { n, word: word.into(), at: now });
    }

    /// On to the delivered notice.
    pub fn noticed(mut self) -> Self {
        self.orders();
        self.officer("draft_notice", json!({}));
        self.signer("sign_notice");
        self.orders();
        assert_eq!(self.h.state, State::NoticeSent);
        self.vneid("notice", "DELIVERED");
        self
    }

    fn amount(&self) -> Value {
        let act = &self.h.acts[0];
        let behaviour = LAW.behaviour(&act.behaviour, day_of(act.at)).unwrap();
        let amount = (behaviour.fine_low + behaviour.fine_high) / 2;
        json!({ "acts": [{ "case_id": act.case_id, "amount": amount }] })
    }

    /// On to the drafted decision of an acknowledged violation.
    pub fn drafted(mut self) -> Self {
        self.citizen("confirm", json!({}));
        self.officer("draft_minutes", json!({}));
        self.signer("sign_minutes");
        if self.h.state == State::Explanation {
            self.officer("waive_explanation", json!({ "reason": "không giải trình" }));
        }
        let amount = self.amount();
        self.officer("draft_decision", amount);
        self
    }

    /// On to the delivered decision.
    pub fn decided(self) -> Self {
        let mut play = self.noticed().drafted();
        play.signer("sign_decision");
        play.orders();
        play.vneid("decision", "DELIVERED");
        play
    }

    fn pay(&mut self, receipt: &str, amount: i64) {
        let now = self.now;
        self.system(Event::Paid { receipt: receipt.into(), amount, at: now, bill: None });
    }
}

#[test]
fn every_step_of_a_person_is_taken_from_its_states_alone_and_by_its_people_alone() {
    // From every state, whatever the rest of the document says.
    let play = Play::new("car.red_light", "car").noticed().drafted();
    for state in State::ALL {
        let mut h = play.h.clone();
        h.state = *state;
        for step in steps::all().iter().filter(|step| step.who != Who::System) {
            for who in [Who::Officer, Who::Signer, Who::Citizen, Who::System] {
                let actor = Play::actor(who, "c");
                let context = Context {
                    law: &LAW,
                    today: &LAW,
                    actor: &actor,
                    at: play.now,
                    number: "1",
                    choices: Choices::default(),
                };
                let event = Event::Action { name: step.name.clone(), fields: json!({}), party: None };
                match apply(&h, event, context) {
                    Ok(stepped) => {
                        assert!(
                            step.from.contains(state) && step.who.admits(who),
                            "{} from {state:?}",
                            step.name
                        );
                        assert!(
                            step.to.contains(&stepped.handling.state),
                            "{} to {:?}",
                            step.name,
                            stepped.handling.state
                        );
                    }
                    Err(refusal) if !step.from.contains(state) => {
                        assert_eq!(refusal.code, "not_now", "{}", step.name)
                    }
                    Err(refusal) if !step.who.admits(who) => {
                        assert_eq!(refusal.code, "not_yours", "{}", step.name)
                    }
                    // Fields are missing, or another condition does not hold.
                    Err(refusal) => assert_ne!(refusal.code, "illegal_step", "{} from {state:?}", step.name),
                }
            }
        }
    }
}

#[test]
fn a_step_of_the_system_is_no_action() {
    let mut play = Play::new("car.red_light", "car").noticed();
    for step in steps::all().iter().filter(|step| step.who == Who::System) {
        let refusal = play.person(Who::Signer, "binh", &step.name, json!({}), false).unwrap_err();
        assert_eq!(refusal.code, "unknown_action", "{}", step.name);
    }
}

#[test]
fn the_whole_way_from_the_register_to_the_receipt() {
    let mut play = Play::new("car.red_light", "car").decided();
    assert_eq!(play.h.state, State::DecisionDelivered);
    assert_eq!(play.h.fine.as_ref().unwrap().total, 19_000_000);
    assert_eq!(
        (play.h.points.state.as_str(), play.h.points.taken, play.h.points.left),
        ("taken", 4, Some(8))
    );
    play.pay("BL-1", 19_000_000);
    assert_eq!(play.h.state, State::Cleared, "the receipt is still being made");
    play.orders();
    assert_eq!(play.h.state, State::Closed);
    assert!(play.h.ended_at.is_some() && play.h.next_at().is_none());
    assert!(play.h.deadlines.iter().all(|deadline| deadline.met_at.is_some()));
    for pair in play.log.windows(2) {
        assert_eq!(pair[0].to, pair[1].from, "{pair:?}");
    }
}

#[test]
fn who_drafted_does_not_sign_and_nobody_signs_above_the_cap() {
    let mut play = Play::new("car.red_light", "car").noticed().drafted();
    let sign = |play: &mut Play, name: &str, rank: Option<&str>| {
        let actor = Actor { rank: rank.map(str::to_owned), ..Play::actor(Who::Signer, name) };
        play.event(&actor, people::action("sign_decision", json!({}))).map(|_| ())
    };
    assert_eq!(sign(&mut play, "an", Some("provincial_director")).unwrap_err().code, "own_draft");
    assert_eq!(sign(&mut play, "binh", None).unwrap_err().code, "no_rank");
    // Red light of a car: up to 20 million, the officer's cap is 7.5 million.
    assert_eq!(sign(&mut play, "binh", Some("officer")).unwrap_err().code, "over_cap");
    assert_eq!(sign(&mut play, "binh", Some("nobody")).unwrap_err().code, "law_missing");
    assert!(sign(&mut play, "binh", Some("team_chief")).is_ok());
}

#[test]
fn an_amount_outside_the_range_or_for_another_case_is_refused() {
    let mut play = Play::new("moto.red_light", "motorcycle").noticed();
    play.citizen("confirm", json!({}));
    play.officer("draft_minutes", json!({}));
    play.signer("sign_minutes");
    assert_eq!(play.h.state, State::MinutesSigned, "6 million at most: nothing to explain");
    let draft = |play: &mut Play, acts: Value| {
        play.person(Who::Officer, "an", "draft_decision", json!({ "acts": acts }), false)
    };
    let id = play.h.acts[0].case_id.clone();
    for acts in [
        json!([]),
        json!([{ "case_id": id, "amount": 3_999_999 }]),
        json!([{ "case_id": id, "amount": 6_000_001 }]),
        json!([{ "case_id": id, "amount": 5_000_000 }, { "case_id": "x", "amount": 5_000_000 }]),
        json!([{ "case_id": id, "amount": "much" }]),
    ] {
        assert_eq!(draft(&mut play, acts).unwrap_err().code, "bad_fields");
    }
    draft(&mut play, json!([{ "case_id": id, "amount": 4_000_000, "mitigating": ["tự nguyện khai báo"] }]))
        .unwrap();
}

#[test]
fn a_notice_is_due_ten_days_after_the_violation_and_alerts_come_once_each() {
    let mut play = Play::new("car.red_light", "car");
    assert_eq!(play.h.deadline("notice").unwrap().due.day.to_string(), "2026-09-17");
    let alerts = |play: &Play| {
        play.log
            .iter()
            .filter(|e| e.what == "alert" && e.detail["what"] == "notice")
            .map(|e| e.detail["percent"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    play.days(3);
    assert_eq!(alerts(&play), [] as [u64; 0]);
    play.days(2);
    play.days(0);
    assert_eq!(alerts(&play), [50]);
    // Central was off for a month: everything that was missed is noted, once.
    play.days(30);
    play.days(1);
    assert_eq!(alerts(&play), [50, 80, 100]);
}

#[test]
fn nobody_answers_so_agencies_are_warned_and_the_warning_goes_at_once_after_payment() {
    let mut play = Play::new("car.red_light", "car").noticed();
    play.days(21);
    assert_eq!(play.h.state, State::Warned);
    let targets: Vec<_> = play.h.warnings.iter().map(|w| w.target.as_str()).collect();
    assert_eq!(targets, ["inspection", "registration"]);
    play.orders();
    assert!(play.h.warnings.iter().all(|warning| warning.state == "set"));
    play.officer("hold_owner_liable", json!({ "reason": "không đến, không giải trình" }));
    play.officer("draft_minutes", json!({}));
    play.signer("sign_minutes");
    play.days(20);
    assert_eq!(play.h.state, State::MinutesSigned, "the time to explain is over");
    let amount = play.amount();
    play.officer("draft_decision", amount);
    assert_eq!(play.h.fine.as_ref().unwrap().points, 0, "it is not established who drove");
    play.signer("sign_decision");
    play.orders();
    play.vneid("decision", "READ");
    let paid_at = play.now;
    play.pay("BL-1", 19_000_000);
    assert_eq!(play.h.state, State::Paid);
    assert!(play.h.warnings.iter().all(|w| w.state == "removing" && w.removal_at == Some(paid_at)));
    play.orders();
    assert_eq!(play.h.state, State::Closed);
    assert!(play.h.warnings.iter().all(|w| w.state == "removed"));
}

#[test]
fn a_warning_that_nobody_was_told_of_is_not_taken_back_but_one_that_may_have_arrived_is() {
    let warned = || {
        let mut play = Play::new("car.red_light", "car").noticed();
        play.days(21);
        play
    };
    let mut untold = warned();
    untold.officer("report_stolen", json!({ "reason": "xe bị trộm" }));
    assert!(untold.h.warnings.iter().all(|w| w.state == "cancelled"));
    let mut maybe = warned();
    let n = maybe.h.orders.iter().find(|o| matches!(o.what, What::Warn { .. })).unwrap().n;
    maybe.system(Event::Ordered { n, outcome: Outcome::Away });
    maybe.officer("report_stolen", json!({ "reason": "xe bị trộm" }));
    assert_eq!(maybe.h.warnings[0].state, "removing");
    assert_eq!(maybe.h.orders.iter().filter(|o| matches!(o.what, What::Unwarn { .. })).count(), 1);
}

#[test]
fn a_motorcycle_is_not_inspected_and_the_commune_police_are_told() {
    let mut play = Play::new("moto.red_light", "motorcycle").noticed();
    play.days(21);
    assert_eq!(play.h.warnings.iter().map(|w| w.target.as_str()).collect::<Vec<_>>(), ["registration"]);
    play.orders();
    assert!(
        play.h
            .orders
            .iter()
            .any(|o| o.what == What::Document { paper: "commune".into(), number: None } && o.state == "done")
    );
    assert!(play.h.orders.iter().any(|o| matches!(&o.what, What::Post { paper, .. } if paper == "commune")));
}

#[test]
fn a_named_driver_gets_a_notice_of_the_same_time_and_is_liable_then() {
    let mut play = Play::new("car.red_light", "car").noticed();
    play.citizen("name_driver", json!({}));
    assert_eq!((play.h.state, play.h.liable, play.h.named), (State::DriverNamed, Some(1), Some(2)));
    play.officer("accept_driver", json!({ "reason": "đã xác minh" }));
    assert_eq!((play.h.state, play.h.liable), (State::OwnerFound, Some(2)));
    let due = play.h.deadline("notice").unwrap();
    assert_eq!(day_of(play.now).checked_add(jiff::Span::new().days(10)).unwrap(), due.due.day);
    play.officer("draft_notice", json!({}));
    play.signer("sign_notice");
    play.orders();
    assert_eq!(play.h.state, State::NoticeSent, "letters of the first notice do not count for the second");
    let parties: Vec<_> = play
        .h
        .orders
        .iter()
        .filter_map(|o| if let What::Post { party, .. } = o.what { Some(party) } else { None })
        .collect();
    assert_eq!(parties, [1, 2]);
}

#[test]
fn vneid_words_come_twice_and_out_of_order() {
    let mut play = Play::new("car.red_light", "car");
    play.orders();
    play.officer("draft_notice", json!({}));
    play.signer("sign_notice");
    play.orders();
    for word in ["CONFIRMED", "READ", "DELIVERED", "READ", "CONFIRMED", "DISPUTED"] {
        play.vneid("notice", word);
    }
    assert_eq!(play.h.state, State::Acknowledged);
    assert_eq!(play.h.answers.len(), 1);
    assert_eq!(play.h.answers[0].by, "vneid");
    assert!(play.h.liable_party().unwrap().drove);
}

#[test]
fn what_reaches_nobody_is_posted() {
    let mut play = Play::new("car.red_light", "car");
    play.orders();
    play.officer("draft_notice", json!({}));
    play.signer("sign_notice");
    play.system(Event::Ordered {
        n: 2,
        outcome: Outcome::Done { reference: Some("d".into()), said: Value::Null },
    });
    let order = |play: &Play, word: &str| play.h.orders.iter().find(|o| o.what.word() == word).unwrap().n;
    let refused = || Outcome::Refused { code: "BAD_INPUT".into() };
    let (vneid, post, posting) = (order(&play, "vneid"), order(&play, "post"), order(&play, "posting"));
    play.system(Event::Ordered { n: vneid, outcome: refused() });
    assert_eq!(play.h.state, State::NoticeSigned);
    play.system(Event::Ordered {
        n: post,
        outcome: Outcome::Done { reference: Some("L1".into()), said: Value::Null },
    });
    assert_eq!(play.h.state, State::NoticeSent);
    let now = play.now;
    play.system(Event::Told { n: post, word: "RETURNED".into(), at: now });
    assert_eq!(play.h.state, State::NoticeSent, "it is not posted yet");
    play.system(Event::Ordered { n: posting, outcome: Outcome::Done { reference: None, said: Value::Null } });
    assert_eq!(play.h.state, State::Undeliverable);
}

#[test]
fn a_decision_that_reaches_nobody_counts_once_it_was_posted_for_seven_working_days() {
    let mut play = Play::new("car.red_light", "car").noticed().drafted();
    play.signer("sign_decision");
    play.orders();
    let posting = play.h.deadline("posting").unwrap().due.day;
    play.days(8);
    assert_eq!(play.h.state, State::DecisionSigned);
    play.days(8);
    assert!(day_of(play.now) > posting);
    assert_eq!(play.h.state, State::DecisionDelivered);
    assert_eq!(play.h.decision.as_ref().unwrap().delivered_by.as_deref(), Some("posting"));
}

#[test]
fn late_payment_bears_interest_on_what_was_left_to_the_dong() {
    let mut play = Play::new("car.red_light", "car").decided();
    let due = play.h.deadline("payment").unwrap().due.day;
    play.days(i64::from((due - day_of(play.now)).get_days()) + 1);
    assert_eq!(play.h.state, State::Overdue);
    play.days(29);
    assert_eq!((day_of(play.now) - due).get_days(), 30);
    let owed = money::owed(&play.h, &LAW, day_of(play.now));
    assert_eq!((owed.fine_left, owed.interest_left), (19_000_000, 285_000));
    play.pay("BL-1", 9_000_000);
    assert_eq!(play.h.state, State::Overdue);
    play.days(10);
    // Ten days on the ten million that were left: 50 000 more.
    assert_eq!(money::owed(&play.h, &LAW, day_of(play.now)).total(), 10_335_000);
    play.pay("BL-2", 10_000_000);
    play.pay("BL-2", 10_000_000);
    assert_eq!(play.h.state, State::Overdue, "the interest is still owed");
    play.days(40);
    assert_eq!(money::owed(&play.h, &LAW, day_of(play.now)).total(), 335_000, "interest bears none");
    let bills: Vec<_> = play.h.money.bills.iter().map(|bill| bill.amount).collect();
    assert!(bills.contains(&335_000), "{bills:?}");
    play.pay("BL-3", 335_000);
    play.orders();
    assert_eq!(play.h.state, State::Closed);
    assert_eq!(play.h.money.overpaid, 0);
}

#[test]
fn a_payment_made_in_time_and_told_late_owes_nothing() {
    let mut play = Play::new("car.red_light", "car").decided();
    let paid = play.now;
    play.days(15);
    assert_eq!(play.h.state, State::Overdue);
    play.system(Event::Paid { receipt: "BL".into(), amount: 19_500_000, at: paid, bill: None });
    assert_eq!((play.h.state, play.h.money.overpaid), (State::Cleared, 500_000));
}

#[test]
fn money_before_a_decision_is_refused_and_points_wait_for_a_revocation_to_end() {
    let mut play = Play::new("car.red_light", "car").noticed();
    let now = play.now;
    let refusal = play
        .event(&Actor::system("x"), Event::Paid { receipt: "B".into(), amount: 1, at: now, bill: None })
        .unwrap_err();
    assert_eq!(refusal.code, "nothing_owed");
    let mut play = play.drafted();
    play.signer("sign_decision");
    let n = play.h.orders.iter().find(|o| matches!(o.what, What::Points { .. })).unwrap().n;
    let until = play.now + SignedDuration::from_hours(24 * 90);
    play.system(Event::Ordered { n, outcome: Outcome::NotBefore(until) });
    assert_eq!(play.h.points.state, "postponed");
    play.orders();
    play.pay("BL", 19_000_000);
    play.orders();
    assert_eq!(play.h.state, State::Cleared, "points are still to be taken");
    play.days(91);
    play.orders();
    assert_eq!((play.h.state, play.h.points.state.as_str()), (State::Closed, "taken"));
}

#[test]
fn a_decision_lapses_after_a_year_and_the_warnings_go() {
    let mut play = Play::new("car.red_light", "car").decided();
    play.days(20);
    play.signer("order_enforcement");
    play.days(340);
    assert_eq!(play.h.state, State::Enforcement);
    play.days(10);
    assert_eq!(play.h.state, State::Lapsed);
}

#[test]
fn the_statute_ends_after_a_year_unless_a_commander_restarts_it() {
    let mut expires = Play::new("car.red_light", "car").noticed();
    expires.days(370);
    assert_eq!(expires.h.state, State::Expired);
    assert!(expires.h.warnings.iter().all(|w| matches!(w.state.as_str(), "cancelled" | "removing")));
    let mut restarts = Play::new("car.red_light", "car").noticed();
    restarts.days(300);
    let ended = day_of(restarts.now).to_string();
    let fields = json!({ "evasion_ended_on": ended, "reason": "cố tình trốn tránh" });
    assert_eq!(
        restarts.person(Who::Officer, "an", "restart_statute", fields.clone(), false).unwrap_err().code,
        "not_yours"
    );
    restarts.person(Who::Signer, "binh", "restart_statute", fields, false).unwrap();
    restarts.days(100);
    assert_eq!(restarts.h.state, State::Warned);
    restarts.days(270);
    assert_eq!(restarts.h.state, State::Expired);
}

#[test]
fn two_people_void_a_handling_and_meanwhile_nothing_else_goes_on() {
    let mut play = Play::new("car.red_light", "car").noticed();
    let void = json!({ "reason": "nhầm phương tiện" });
    play.person(Who::Signer, "binh", "ask_void", void.clone(), false).unwrap();
    assert_eq!(
        play.person(Who::Signer, "binh", "confirm_void", json!({}), false).unwrap_err().code,
        "own_request"
    );
    assert_eq!(
        play.person(Who::Officer, "an", "confirm_void", json!({}), false).unwrap_err().code,
        "not_yours"
    );
    assert_eq!(
        play.person(Who::Officer, "an", "record_acknowledged", json!({}), false).unwrap_err().code,
        "void_asked"
    );
    play.person(Who::Signer, "chi", "confirm_void", json!({}), false).unwrap();
    assert_eq!(play.h.state, State::Voided);
}

#[test]
fn plates_of_other_authorities_are_handed_over_without_a_look_up() {
    for bearer in ["military", "diplomatic"] {
        let mut case = case("car.red_light", "car");
        case.vehicle.bearer = bearer.into();
        let h = open(case, identity("1"), &LAW, at(T0)).unwrap().handling;
        assert_eq!(h.state, State::HandedOver, "{bearer}");
        assert!(h.orders.is_empty(), "nobody was asked for the owner");
    }
}

#[test]
fn what_the_register_says_leads_to_its_state() {
    let owner = Some(NewParty { kind: PartyKind::Org, licence: false });
    for (status, owner, doubts, state) in [
        ("found", owner, vec![], State::OwnerFound),
        ("not_found", None, vec![], State::OwnerNotFound),
        ("multiple", None, vec![], State::OwnerNotFound),
        ("revoked", owner, vec![], State::OwnerFound),
        ("stolen", owner, vec![], State::Stolen),
        ("military", None, vec![], State::HandedOver),
        ("found", owner, vec!["vehicle_group_differs".to_owned()], State::OwnerFound),
    ] {
        let mut play = Play::new("car.red_light", "car");
        let stops = !doubts.is_empty() || status == "revoked";
        play.system(Event::Ordered {
            n: 1,
            outcome: Outcome::Owner { status: status.into(), owner, doubts },
        });
        assert_eq!(play.h.state, state, "{status}");
        if state == State::OwnerFound && stops {
            assert_eq!(
                play.person(Who::Officer, "an", "draft_notice", json!({}), false).unwrap_err().code,
                "doubts"
            );
            play.officer("accept_owner", json!({ "reason": "đúng xe" }));
            play.officer("draft_notice", json!({}));
        }
    }
}

#[test]
fn several_acts_of_one_party_are_fined_each_and_the_highest_points_count_once() {
    let mut one = Play::new("car.red_light", "car").noticed();
    let mut other = Play::new("car.phone", "car").noticed();
    other.h.id = "h-2".into();
    one.system(Event::Joins { other: Box::new(other.h.clone()) });
    let mut gone = other;
    let number = one.h.number.clone();
    gone.system(Event::JoinedInto { number });
    assert_eq!((gone.h.state, one.h.acts.len()), (State::Closed, 2));
    one.citizen("confirm", json!({}));
    one.officer("draft_minutes", json!({}));
    one.signer("sign_minutes");
    one.officer("waive_explanation", json!({ "reason": "không giải trình" }));
    let acts = json!([{ "case_id": "case-car.red_light", "amount": 19_000_000 }, { "case_id": "case-car.phone", "amount": 5_000_000 }]);
    one.officer("draft_decision", json!({ "acts": acts }));
    let fine = one.h.fine.clone().unwrap();
    assert_eq!((fine.total, fine.points, fine.max_of_range), (24_000_000, 4, 20_000_000));
}

#[test]
fn an_organisation_that_names_nobody_is_fined_and_loses_no_points() {
    let mut play = Play::new("car.red_light", "car");
    let owner = Some(NewParty { kind: PartyKind::Org, licence: false });
    play.system(Event::Ordered {
        n: 1,
        outcome: Outcome::Owner { status: "found".into(), owner, doubts: vec![] },
    });
    play.officer("draft_notice", json!({}));
    play.signer("sign_notice");
    play.orders();
    assert!(!play.h.orders.iter().any(|o| matches!(o.what, What::Vneid { .. })), "VNeID is for persons");
    play.days(21);
    play.officer("hold_owner_liable", json!({ "reason": "tổ chức không hợp tác" }));
    play.officer("draft_minutes", json!({}));
    play.signer("sign_minutes");
    assert_eq!(play.h.state, State::MinutesSigned, "an organisation explains from 30 million");
    let amount = play.amount();
    play.officer("draft_decision", amount);
    let fine = play.h.fine.clone().unwrap();
    assert_eq!((fine.total, fine.points), (19_000_000, 0));
    let mut stolen = Play::new("car.red_light", "car").noticed();
    stolen.officer("report_stolen", json!({ "reason": "xe bị chiếm đoạt" }));
    assert_eq!(stolen.h.state, State::Stolen);
}

#[test]
fn an_outage_is_tried_again_ever_more_slowly_and_noted_once() {
    let mut play = Play::new("car.red_light", "car");
    let mut waits = Vec::new();
    for _ in 0..12 {
        play.system(Event::Ordered { n: 1, outcome: Outcome::Away });
        let next = play.h.orders[0].next.unwrap();
        waits.push(next.duration_since(play.now).as_secs());
        play.now = next;
    }
    assert_eq!(waits[..4], [60, 120, 240, 480]);
    assert_eq!(waits[11], 3600);
    assert_eq!(play.log.iter().filter(|e| e.what == "no_answer").count(), 1);
    play.orders();
    assert_eq!(play.h.state, State::OwnerFound);
    let before = play.h.clone();
    play.system(Event::Ordered { n: 1, outcome: Outcome::Refused { code: "late".into() } });
    assert_eq!(play.h, before, "a second answer changes nothing");
}

#[test]
fn the_document_comes_back_as_it_was_written() {
    let play = Play::new("car.red_light", "car").decided();
    let text = serde_json::to_string(&play.h).unwrap();
    assert_eq!(serde_json::from_str::<Handling>(&text).unwrap(), play.h);
}
