//! One case from its opening to its end.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::town::{Town, hours};
use super::{Dice, checks, restarted};
use crate::handling::machine::{Actor, Choices, Context, Entry, Event, NewParty, Refusal, Stepped, apply};
use crate::handling::open::{Confirmed, Identity, open};
use crate::handling::record::{Handling, PartyKind, Vehicle};
use crate::handling::state::State;
use crate::handling::steps::{self, Who};
use crate::law::rows::CameraUse;
use crate::law::{Act, Law, day_of};

pub static LAW: LazyLock<Law> = LazyLock::new(Law::first);

/// What a case began with: the simulator of the store opens the same.
#[derive(Debug, Clone)]
pub struct Beginning {
    pub case: Confirmed,
    pub opened_at: Timestamp,
}

/// Something that was committed.
#[derive(Debug, Clone)]
pub struct Line {
    pub at: Timestamp,
    pub actor: Actor,
    pub number: String,
    pub event: Event,
}

/// A case on its way.
#[derive(Debug)]
pub struct Walk {
    pub seed: u64,
    pub began: Beginning,
    pub h: Handling,
    pub now: Timestamp,
    pub log: Vec<(Timestamp, Entry)>,
    pub journal: Vec<Line>,
    pub town: Town,
    /// Central was away, or others were: what is late then is nobody's fault.
    pub was_away: bool,
    pub restarts: u64,
    pub lost: u64,
    pub refused: u64,
    pub(super) dice: Dice,
    people_at: Timestamp,
    citizen_at: Timestamp,
    numbers: u32,
    /// In which phase another handling of the same party turns up, if one does.
    pub(super) joins_in: Option<u64>,
    /// Why it was not joined.
    pub not_joined: Option<&'static str>,
    /// When deadlines began to run: one may begin in the past, by word that comes late.
    pub begun: Vec<(String, Timestamp, Timestamp)>,
}

impl Walk {
    /// Walks the case of a seed.
    pub fn run(seed: u64) -> Self {
        let mut walk = Self::begin(seed);
        for _ in 0..3000 {
            if !walk.turn() {
                return walk;
            }
        }
        panic!("case {seed} does not end: {:?} {:?}", walk.h.state, walk.h.next_at());
    }

    fn begin(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let began = beginning(seed, &mut dice, "");
        let identity = Identity {
            id: format!("h-{seed}"),
            number: format!("XL-2026-{seed:06}"),
            unit: "PC08".to_owned(),
        };
        let Stepped { handling: h, log, .. } =
            open(began.case.clone(), identity, &LAW, began.opened_at).unwrap();
        let now = began.opened_at;
        let mut walk = Self {
            seed,
            h,
            now,
            log: log.into_iter().map(|entry| (now, entry)).collect(),
            journal: Vec::new(),
            town: Town { seed, ..Town::default() },
            was_away: false,
            restarts: 0,
            lost: 0,
            refused: 0,
            people_at: now,
            citizen_at: now,
            numbers: 0,
            joins_in: None,
            not_joined: None,
            begun: Vec::new(),
            began,
            dice,
        };
        walk.joins_in = walk.dice.percent(12).then(|| walk.dice.below(5));
        walk
    }

    /// Goes on to the next thing that happens; false at the end.
    fn turn(&mut self) -> bool {
        let people = (!self.h.state.is_final()).then_some(self.people_at.min(self.citizen_at));
        let next = [self.h.next_at(), self.town.next(), people].into_iter().flatten().min();
        let Some(next) = next else { return false };
        self.now = self.now.max(next);
        if self.dice.below(600) == 0 {
            // The power is gone; everything goes on later.
            self.now += hours(&mut self.dice, 5, 24 * 25);
            self.was_away = true;
        }
        if self.dice.percent(6) {
            self.h = restarted(&self.h);
            self.restarts += 1;
        }
        if self.dice.percent(8) {
            self.wrong_step();
        }
        self.clock();
        self.orders();
        for event in self.town.due(self.now) {
            self.word(event);
        }
        if !self.h.state.is_final() && self.now >= self.citizen_at {
            self.citizen();
            self.citizen_at = self.now + hours(&mut self.dice, 12, 24 * 6);
        }
        if !self.h.state.is_final() && self.now >= self.people_at {
            let done = self.journal.len();
            self.people();
            // Where there is nothing to do today, somebody looks again some days later.
            let (low, high) = if self.journal.len() > done { (2, 10) } else { (24, 24 * 8) };
            self.people_at = self.now + hours(&mut self.dice, low, high);
        }
        true
    }

    fn clock(&mut self) {
        let system = Actor::system("PC08");
        self.must(&system, Event::Clock);
    }

    fn orders(&mut self) {
        for _ in 0..20 {
            let due = self.h.orders.iter().find(|o| o.next.is_some_and(|next| next <= self.now)).cloned();
            let Some(order) = due else { return };
            let outcome = self.town.answer(&self.h, &order, self.now, &mut self.dice);
            let event = Event::Ordered { n: order.n, outcome };
            if self.dice.percent(3) {
                // It was done outside, and central stopped before it could note that.
                self.lost += 1;
                let _ = self.try_event(&Actor::system("PC08"), event);
                self.h = restarted(&self.h);
                continue;
            }
            self.must(&Actor::system("PC08"), event);
        }
    }

    fn word(&mut self, event: Event) {
        let system = Actor::system("PC08");
        match self.try_event(&system, event.clone()) {
            Ok(stepped) => self.commit(&system, event, stepped),
            Err(refusal) => panic!("case {}: {refusal} of {event:?}", self.seed),
        }
    }

    /// Whatever step by whoever: it is refused, or one of the table.
    fn wrong_step(&mut self) {
        let all = steps::all();
        let step = self.dice.pick(all);
        let who = *self.dice.pick(&[Who::Officer, Who::Signer, Who::Citizen, Who::System]);
        let names = ["an", "binh", "chi"];
        let name = *self.dice.pick(&names);
        let actor = person(who, name, "officer");
        let fields =
            *self.dice.pick(&["{}", r#"{"reason":"vì thế","amount":-5,"receipt":"x","on":"2999-01-01"}"#]);
        let fields: Value = serde_json::from_str(fields).unwrap();
        let event = Event::Action { name: step.name.clone(), fields, party: None };
        match self.try_event(&actor, event) {
            Err(_) => self.refused += 1,
            Ok(stepped) => {
                assert!(step.from.contains(&self.h.state), "{} from {:?}", step.name, self.h.state);
                assert!(step.to.contains(&stepped.handling.state), "{}", step.name);
                assert!(step.who.admits(who), "{} by {who:?}", step.name);
            }
        }
    }

    fn citizen(&mut self) {
        if self.h.void.is_some() {
            return;
        }
        match self.h.state {
            state if state.awaits_answer() => match self.dice.below(100) {
                0..=13 => self.act(Who::Citizen, "citizen", "confirm", json!({}), None),
                14..=17 => self.act(Who::Citizen, "citizen", "name_driver", json!({}), somebody()),
                18..=20 => self.act(Who::Citizen, "citizen", "dispute", json!({}), None),
                21..=23 => self.act(Who::Citizen, "citizen", "claim_transfer", json!({}), None),
                _ => {}
            },
            State::Explanation if self.dice.percent(25) => {
                self.act(Who::Citizen, "citizen", "explain", json!({}), None);
            }
            state if state.awaits_money() && self.dice.percent(10) => {
                self.act(Who::Citizen, "citizen", "pay", json!({}), None);
            }
            _ => {}
        }
    }

    /// Officers and commanders do what is next, in time.
    fn people(&mut self) {
        if self.h.void.is_some() {
            return self.voiding();
        }
        if self.h.state.is_before_decision() && self.dice.below(250) == 0 {
            return self.officer("ask_void", why(), None);
        }
        if self.joins_now() && self.join() {
            return;
        }
        match self.h.state {
            State::OwnerLookup if !self.h.doubts.is_empty() => self.officer("clear_doubts", why(), None),
            State::OwnerFound => self.owner_found(),
            State::OwnerNotFound => match self.dice.below(10) {
                0..=2 => self.officer("look_up_again", json!({}), None),
                3..=8 => {
                    let basis = *self.dice.pick(&["registered", "buyer", "driver", "heir"]);
                    self.officer("name_owner", with(why(), "basis", json!(basis)), somebody());
                }
                _ => self.signer("hand_over", with(why(), "to_unit", json!("Cơ quan khác"))),
            },
            State::Stolen if self.dice.percent(5) => self.officer("ask_void", why(), None),
            State::NoticeDraft => self.sign_or_return("sign_notice", "return_notice"),
            State::MinutesDraft => self.sign_or_return("sign_minutes", "return_minutes"),
            State::DecisionDraft => self.sign_decision(),
            State::NoticeSent | State::NoticeDelivered | State::Undeliverable => self.at_the_counter(),
            State::Warned => self.after_warning(),
            State::Acknowledged | State::Verified => self.officer("draft_minutes", json!({}), None),
            State::DriverNamed if self.dice.percent(70) => self.officer("accept_driver", why(), None),
            State::DriverNamed => self.another_officer("reject_driver"),
            State::Disputed => match self.dice.below(10) {
                0 => self.officer("report_stolen", why(), None),
                1..=2 => self.officer("ask_void", why(), None),
                _ => self.another_officer("dismiss_dispute"),
            },
            State::TransferClaimed if self.dice.percent(60) => {
                let basis = *self.dice.pick(&["buyer", "renter", "lessee"]);
                self.officer("accept_transfer_claim", with(why(), "basis", json!(basis)), somebody());
            }
            State::TransferClaimed => self.another_officer("reject_transfer_claim"),
            State::Explanation => match self.dice.below(12) {
                0 => self.officer("record_explanation", json!({}), None),
                1 => self.officer("waive_explanation", why(), None),
                _ => {}
            },
            State::MinutesSigned if self.h.deadline("decision").is_some() && self.dice.percent(4) => {
                let to = with(why(), "to_unit", json!("Trưởng phòng"));
                self.signer("pass_on", to);
            }
            State::MinutesSigned => self.draft_decision(),
            State::DecisionSigned if self.dice.percent(4) => self.by_hand(),
            State::Overdue if self.dice.percent(3) => self.signer("order_enforcement", why()),
            State::Overdue | State::Enforcement if self.dice.percent(2) => self.treasury(),
            _ => {}
        }
    }

    fn owner_found(&mut self) {
        if !self.h.doubts.is_empty() {
            return match self.dice.percent(80) {
                true => self.officer("accept_owner", why(), None),
                false => {
                    self.officer("name_owner", with(why(), "basis", json!("registered")), somebody());
                }
            };
        }
        match self.dice.below(100) {
            0..=2 => {
                self.officer("draft_transfer", with(why(), "to_unit", json!("PC08 tỉnh khác")), None);
                self.signer("sign_transfer", json!({}));
            }
            3 => self.officer("report_stolen", why(), None),
            _ => self.officer("draft_notice", json!({}), None),
        }
    }

    fn voiding(&mut self) {
        if self.dice.percent(30) {
            return self.officer("withdraw_void", why(), None);
        }
        self.act(Who::Signer, "chi", "confirm_void", json!({}), None);
    }

    fn sign_or_return(&mut self, sign: &str, back: &str) {
        match self.dice.percent(93) {
            true => self.signer(sign, json!({})),
            false => self.signer(back, why()),
        }
    }

    fn sign_decision(&mut self) {
        if self.dice.percent(7) {
            return self.signer("return_decision", why());
        }
        // An officer's own cap may be too low: then the commander signs.
        let low = person(Who::Signer, "binh", "officer");
        let event = Event::Action { name: "sign_decision".into(), fields: json!({}), party: None };
        let max = self.h.fine.as_ref().map_or(0, |fine| fine.max_of_range);
        match self.try_event(&low, event) {
            Err(refusal) => assert_eq!((refusal.code, max > 7_500_000), ("over_cap", true)),
            Ok(_) => assert!(max <= 7_500_000, "signed above the cap"),
        }
        self.signer("sign_decision", json!({}));
    }

    fn at_the_counter(&mut self) {
        match self.dice.below(400) {
            0..=3 => self.officer("record_acknowledged", json!({}), None),
            4..=5 => self.officer("record_driver", json!({}), somebody()),
            6 => self.officer("record_dispute", json!({}), None),
            7 => self.officer("record_transfer_claim", json!({}), None),
            8 => self.officer("report_stolen", why(), None),
            9 => {
                let until = day_of(self.now).to_string();
                self.signer("restart_statute", with(why(), "evasion_ended_on", json!(until)));
            }
            10..=12 if self.h.state != State::NoticeDelivered => self.by_hand(),
            _ => {}
        }
    }

    fn by_hand(&mut self) {
        self.officer("record_delivery", json!({ "on": day_of(self.now).to_string() }), None);
    }

    fn after_warning(&mut self) {
        match self.dice.below(1000) {
            0..=40 => self.officer("hold_owner_liable", why(), None),
            41..=43 => self.officer("report_stolen", why(), None),
            44 => {
                let until = day_of(self.now).to_string();
                self.signer("restart_statute", with(why(), "evasion_ended_on", json!(until)));
            }
            _ => {}
        }
    }

    fn draft_decision(&mut self) {
        let organisation = self.h.liable_party().is_some_and(|party| party.kind == PartyKind::Org);
        let mut acts = Vec::new();
        let mut as_law = Vec::new();
        for act in self.h.live_acts() {
            let one = Act {
                behaviour: act.behaviour.clone(),
                on: day_of(act.at),
                circumstances: Default::default(),
                organisation,
            };
            let range = LAW.amount_of(&one).unwrap();
            let amount = self.dice.between(range.low / 1000, range.high / 1000) * 1000;
            acts.push(json!({ "case_id": act.case_id, "amount": amount }));
            as_law.push(one);
        }
        let months = LAW.combine(&as_law).unwrap().revoke_months;
        let months = months.map(|(low, high)| self.dice.between(i64::from(low), i64::from(high)));
        self.officer("draft_decision", json!({ "acts": acts, "revocation_months": months }), None);
    }

    fn treasury(&mut self) {
        let owed = crate::handling::money::owed(&self.h, &LAW, day_of(self.now));
        if owed.total() == 0 {
            return;
        }
        let receipt = format!("TK-{}-{}", self.seed, self.journal.len());
        self.town.receipts.insert(receipt.clone(), owed.total());
        let on = day_of(self.now).to_string();
        let fields = json!({ "amount": owed.total(), "receipt": receipt, "on": on });
        self.officer("record_payment", fields, None);
    }

    /// Who confirmed nothing and drafted nothing of it.
    fn another_officer(&mut self, name: &str) {
        self.act(Who::Officer, "dung", name, why(), None);
    }

    fn officer(&mut self, name: &str, fields: Value, party: Option<NewParty>) {
        self.act(Who::Officer, "an", name, fields, party);
    }

    fn signer(&mut self, name: &str, fields: Value) {
        self.act(Who::Signer, "binh", name, fields, None);
    }

    fn act(&mut self, who: Who, by: &str, name: &str, fields: Value, party: Option<NewParty>) {
        let actor = person(who, by, "provincial_director");
        self.must(&actor, Event::Action { name: name.to_owned(), fields, party });
    }

    pub(super) fn must(&mut self, actor: &Actor, event: Event) {
        let stepped = self.try_event(actor, event.clone()).unwrap_or_else(|refusal| {
            panic!("case {}: {refusal} of {event:?} in {:?}", self.seed, self.h.state)
        });
        self.commit(actor, event, stepped);
    }

    pub(super) fn try_event(&self, actor: &Actor, event: Event) -> Result<Stepped, Refusal> {
        let number = format!("{:06}", self.numbers + 1);
        take(&self.h, actor, &number, self.now, event)
    }

    fn commit(&mut self, actor: &Actor, event: Event, stepped: Stepped) {
        if stepped.handling == self.h && stepped.log.is_empty() {
            return;
        }
        let number = format!("{:06}", self.numbers + 1);
        self.numbers += u32::from(stepped.series.is_some());
        for one in stepped
            .handling
            .deadlines
            .iter()
            .filter(|one| !self.h.deadlines.iter().any(|old| old.due == one.due))
        {
            self.begun.push((one.due.kind.clone(), one.due.at, self.now));
        }
        checks::step(self, actor, &event, &stepped);
        self.log.extend(stepped.log.iter().map(|entry| (self.now, entry.clone())));
        self.journal.push(Line { at: self.now, actor: actor.clone(), number, event });
        let moved = stepped.handling.state != self.h.state;
        self.h = stepped.handling;
        if moved {
            self.people_at = self.now + hours(&mut self.dice, 1, 10);
        }
    }
}

/// Takes an event, as the desk does.
pub fn take(
    h: &Handling,
    actor: &Actor,
    number: &str,
    at: Timestamp,
    event: Event,
) -> Result<Stepped, Refusal> {
    apply(h, event, Context { law: &LAW, today: &LAW, actor, at, number, choices: Choices::default() })
}

pub(super) fn person(who: Who, name: &str, rank: &str) -> Actor {
    Actor { name: name.to_owned(), who, rank: Some(rank.to_owned()), unit: "PC08".to_owned() }
}

pub(super) fn why() -> Value {
    json!({ "reason": "theo hồ sơ" })
}

fn with(mut fields: Value, name: &str, value: Value) -> Value {
    fields[name] = value;
    fields
}

fn somebody() -> Option<NewParty> {
    Some(NewParty { kind: PartyKind::Person, licence: true })
}

/// A case as reviewers leave it.
pub(super) fn beginning(seed: u64, dice: &mut Dice, tag: &str) -> Beginning {
    let first: Timestamp = "2026-08-20T00:00:00+07:00".parse().unwrap();
    let at = first + SignedDuration::from_secs(dice.between(0, 300 * 86_400));
    let (vehicle, class) = *dice.pick(&[
        ("car", "car"),
        ("car", "truck"),
        ("motorcycle", "motorcycle"),
        ("machine", "special_machine"),
    ]);
    let rows: Vec<_> = LAW
        .behaviours_on(day_of(at))
        .filter(|row| row.vehicle == vehicle && row.camera != CameraUse::Never)
        .collect();
    let behaviour = dice.pick(&rows).key.clone();
    let bearer = match dice.below(50) {
        0 => "military",
        1 => "diplomatic",
        2 => "foreign",
        _ => "usual",
    };
    let group = if vehicle == "motorcycle" { "motorcycle" } else { "car" };
    let case = Confirmed {
        case_id: format!("case-{seed}{tag}"),
        case_number: format!("VP-2026-{seed:06}{tag}"),
        kind: "red_light".into(),
        behaviour,
        at,
        site: "nut-1".into(),
        camera: "cam-1".into(),
        place_vi: "Nút giao Thí Dụ".into(),
        vehicle: Vehicle {
            plate: "35A12345".into(),
            plate_display: "35A-123.45".into(),
            plate_colour: Some("white".into()),
            bearer: bearer.into(),
            class: class.into(),
            group: Some(group.into()),
        },
        doubts: if dice.percent(4) { vec!["clone_suspect".into()] } else { Vec::new() },
        judged_by: vec!["chinh".into()],
    };
    Beginning { case, opened_at: at + hours(dice, 1, 60) }
}
