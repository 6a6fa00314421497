//! Promises of a lane, in made-up time.

use wire::gate::{
    AntiPassback, Clock, Entry, EntryKey, EntryKind, FaceUse, Freshness, Gate, GateList, GuardAct, LaneWay,
    ListKind, Reason, Rule, SeenPerson, SeenVehicle, Staleness, Tailgating, Warning, WatchDigest,
};

use super::super::barrier::Position;
use super::*;
use crate::access::present::watch_digests;

const LIMITS: Limits = Limits { open_within_ms: 2000, held_after_s: 30, feedback: true };

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

fn start() -> Timestamp {
    "2026-11-21T01:00:00Z".parse().expect("a time")
}

fn secret() -> wire::gate::AgentSecret {
    let (edge, central) = (wire::DeviceKey::from_seed(&[1; 32]), wire::DeviceKey::from_seed(&[2; 32]));
    wire::gate::AgentSecret::agree(&edge, &central.public())
}

fn policy(wanted: Wanted) -> Policy {
    Policy {
        id: name("thu"),
        wanted,
        rules: vec![Rule {
            id: name("moi"),
            groups: vec![],
            lists: vec![],
            schedule: None,
            verdict: Verdict::Admit,
        }],
        unknown: Verdict::Deny,
        least_trust: None,
        least_score: 0.8,
        anti_passback: AntiPassback::Off,
        quotas: false,
        interlock: vec![],
        tailgating: Tailgating { bodies: 1, window_s: 8 },
        staleness: Staleness { fresh_s: 3600, usable_s: 12 * 3600, when_old: Verdict::Wait },
        faces: FaceUse::Off,
        pair_s: 30,
    }
}

fn entry(id: &str, kind: EntryKind, key: EntryKey) -> Entry {
    Entry {
        id: id.to_owned(),
        list: ListKind::Allow,
        kind,
        group: None,
        label: id.to_owned(),
        keys: vec![key],
        gates: vec![],
        schedule: None,
        valid_from: None,
        valid_until: None,
        uses: None,
        escort: false,
        drivers: vec![],
        stay_minutes: None,
        expected_at: None,
        people: None,
    }
}

fn plate(text: &str) -> EntryKey {
    EntryKey::Plate { text: text.to_owned(), group: None }
}

fn list(policy: Policy, way: LaneWay, entries: Vec<Entry>) -> GateList {
    let lane = wire::gate::Lane {
        id: name("lan-1"),
        name_vi: "Làn 1".into(),
        name_en: "Lane 1".into(),
        way,
        policy,
    };
    let gate = Gate {
        id: name("cong"),
        name_vi: "Cổng".into(),
        name_en: "Gate".into(),
        area: name("khu"),
        person_capacity: None,
        vehicle_capacity: None,
        lanes: vec![lane],
    };
    GateList {
        v: wire::VERSION,
        site: name("s"),
        agent: name("a"),
        version: 7,
        made_at: start(),
        clock: Clock { utc_offset_minutes: 420 },
        holidays: vec![],
        schedules: vec![],
        groups: vec![],
        gates: vec![gate],
        entries,
        watch: vec![],
        guards: vec![],
        faces_until: None,
        paper_form: None,
    }
}

/// A lane in a world that the test moves on.
struct Stage {
    machine: Machine,
    index: Option<GateIndex>,
    presence: Presence,
    open_lanes: Vec<Name>,
    now: Timestamp,
    alone_since: Option<Timestamp>,
}

impl Stage {
    fn new(list: GateList, passes: Passes, close: bool) -> Self {
        let setup = Setup {
            gate: name("cong"),
            area: name("khu"),
            lane: name("lan-1"),
            passes,
            barrier: Some(LIMITS),
            close,
        };
        let mut next = 0;
        let fresh = move || {
            next += 1;
            Uuid::from_u128(next)
        };
        Self {
            machine: Machine::new(setup, Box::new(fresh)),
            index: Some(GateIndex::new(list)),
            presence: Presence::default(),
            open_lanes: vec![],
            now: start(),
            alone_since: None,
        }
    }

    fn with<T>(&mut self, does: impl FnOnce(&mut Machine, Timestamp, &Known<'_>) -> T) -> T {
        let known = Known {
            index: self.index.as_ref(),
            presence: &self.presence,
            open_lanes: &self.open_lanes,
            alone_since: self.alone_since,
        };
        does(&mut self.machine, self.now, &known)
    }

    fn take(&mut self, input: Input) -> Vec<Output> {
        self.with(|machine, now, known| machine.update(now, input, known))
    }

    fn after(&mut self, ms: i64, input: Input) -> Vec<Output> {
        self.now += SignedDuration::from_millis(ms);
        self.take(input)
    }

    fn guard(&mut self, act: GuardAct) -> Vec<Output> {
        self.with(|machine, now, known| machine.guard(now, act, None, "an", known))
    }

    fn car(&mut self, track: u64, text: &str, score: f32) -> Vec<Output> {
        let legible = (score >= 0.8).then_some(self.now - SignedDuration::from_millis(90));
        self.take(Input::Vehicle(car(track, text, score, legible), Direction::In))
    }

    fn present(&mut self, id: &str) -> (Uuid, Vec<Output>) {
        let shown = shown(id);
        self.with(|machine, now, known| machine.present(now, shown, None, known))
    }

    fn crosses(&mut self, track: u64) -> Vec<Output> {
        self.take(Input::Crossed { track, direction: Direction::In, passage: Uuid::from_u128(1000) })
    }
}

fn car(track: u64, text: &str, score: f32, legible_at: Option<Timestamp>) -> Car {
    let watch = watch_digests(&secret(), text, &[]);
    let seen = SeenVehicle { text: Some(text.to_owned()), score, group: None, others: vec![], watch };
    Car { track: Some(track), seen, reading: None, legible_at }
}

fn key(id: &str) -> (KeyKind, KeyDigest) {
    (KeyKind::Card, secret().digest(KeyKind::Card, id))
}

fn shown(id: &str) -> Shown {
    Shown {
        seen: SeenPerson { keys: vec![key(id)], ..SeenPerson::default() },
        shown: "card",
        ..Shown::default()
    }
}

fn worker(id: &str) -> Entry {
    let (of, digest) = key(id);
    entry(id, EntryKind::Person, EntryKey::Digest { of, digest })
}

fn cars(entries: Vec<Entry>) -> Stage {
    Stage::new(list(policy(Wanted::Vehicle), LaneWay::In, entries), Passes::Line, false)
}

fn listed_car() -> Entry {
    entry("xe-1", EntryKind::Vehicle, plate("30K13579"))
}

fn accesses(out: &[Output]) -> Vec<&Access> {
    let accesses = out.iter().filter_map(|output| match output {
        Output::Access { access, .. } => Some(access.as_ref()),
        _ => None,
    });
    accesses.collect()
}

fn incidents(out: &[Output]) -> Vec<(IncidentKind, u32)> {
    let incident = |output: &Output| match output {
        Output::Incident(incident) => Some((incident.incident, incident.count)),
        _ => None,
    };
    out.iter().filter_map(incident).collect()
}

fn commands(out: &[Output]) -> Vec<Command> {
    let command = |output: &Output| match output {
        Output::Barrier(command) => Some(*command),
        _ => None,
    };
    out.iter().filter_map(command).collect()
}

fn said(access: &Access) -> (Verdict, Reason, AccessOutcome) {
    (access.verdict, access.decision.reason, access.outcome)
}

#[test]
fn a_listed_vehicle_is_let_in_before_it_has_passed_and_settled_under_the_same_id() {
    let mut stage = cars(vec![listed_car()]);
    let out = stage.car(1, "30K13579", 0.95);
    assert!(matches!(out[0], Output::Barrier(Command::Open)), "the barrier comes first: {out:?}");
    let provisional = accesses(&out)[0].clone();
    assert_eq!(said(&provisional), (Verdict::Admit, Reason::Listed, AccessOutcome::Pending));
    assert_eq!(provisional.command_ms, Some(90));
    let id = match &out[1] {
        Output::Access { id, .. } => *id,
        other => panic!("{other:?}"),
    };
    stage.now += SignedDuration::from_secs(3);
    let out = stage.crosses(1);
    let Output::Access { id: settled, access, .. } = &out[0] else { panic!("{out:?}") };
    assert_eq!((*settled, said(access)), (id, (Verdict::Admit, Reason::Listed, AccessOutcome::Passed)));
    assert_eq!((access.bodies, access.passage), (1, Some(Uuid::from_u128(1000))));
    assert_eq!(incidents(&out), []);
    assert!(stage.machine.cases().is_empty());
}

#[test]
fn a_better_reading_changes_the_answer_until_somebody_was_let_in_and_never_takes_that_back() {
    let mut stage = cars(vec![listed_car()]);
    let unsure = stage.car(1, "30K13579", 0.5);
    assert_eq!(said(accesses(&unsure)[0]), (Verdict::Wait, Reason::Unsure, AccessOutcome::Pending));
    assert_eq!(commands(&unsure), []);
    let sure = stage.car(1, "30K13579", 0.9);
    assert_eq!((commands(&sure), accesses(&sure).len()), (vec![Command::Open], 1));
    let other = stage.car(1, "51F00001", 0.99);
    assert_eq!((commands(&other), incidents(&other)), (vec![], vec![(IncidentKind::PassedUnadmitted, 1)]));
    let again = stage.car(1, "51F00001", 0.98);
    assert_eq!(incidents(&again), [], "told once");
    let settled = stage.crosses(1);
    assert_eq!(said(accesses(&settled)[0]).2, AccessOutcome::Passed);
}

#[test]
fn a_stranger_is_refused_and_one_who_goes_in_all_the_same_is_an_incident() {
    let mut stage = cars(vec![listed_car()]);
    let out = stage.car(1, "51F00001", 0.95);
    assert_eq!(said(accesses(&out)[0]), (Verdict::Deny, Reason::NotListed, AccessOutcome::Pending));
    let out = stage.crosses(1);
    assert_eq!(said(accesses(&out)[0]).2, AccessOutcome::PassedUnadmitted);
    assert_eq!(incidents(&out), [(IncidentKind::PassedUnadmitted, 1)]);
    stage.car(2, "51F00002", 0.95);
    stage.take(Input::Ended { track: 2 });
    assert_eq!(accesses(&stage.after(1000, Input::Tick)).len(), 0);
    let gone = stage.after(1100, Input::Tick);
    assert_eq!(said(accesses(&gone)[0]).2, AccessOutcome::TurnedBack);
}

#[test]
fn only_the_nearest_goes_and_the_next_when_it_is_through() {
    let mut stage = cars(vec![listed_car(), entry("xe-2", EntryKind::Vehicle, plate("51F00001"))]);
    stage.take(Input::Vehicle(car(1, "99A11111", 0.9, None), Direction::In));
    stage.take(Input::Near { track: 1, distance: 0.1 });
    let behind = stage.car(2, "30K13579", 0.95);
    assert_eq!(commands(&behind), [], "a refused vehicle stands before it");
    stage.take(Input::Near { track: 2, distance: 0.4 });
    assert_eq!(commands(&stage.take(Input::Ended { track: 1 })), [], "a track may break");
    let out = stage.after(2100, Input::Tick);
    assert_eq!(commands(&out), [Command::Open]);
    assert_eq!(accesses(&out)[1].command_ms, None, "it waited for another, which says nothing of the agent");
}

#[test]
fn a_second_body_on_one_admission_is_tailgating_and_counts_for_itself() {
    let mut stage = cars(vec![listed_car()]);
    stage.car(1, "30K13579", 0.95);
    stage.car(2, "51F00001", 0.95);
    stage.crosses(1);
    let out = stage.crosses(2);
    assert_eq!(incidents(&out), [(IncidentKind::Tailgating, 2)]);
    assert_eq!(said(accesses(&out)[0]).2, AccessOutcome::PassedUnadmitted);
    stage.now += SignedDuration::from_secs(60);
    stage.car(3, "51F00002", 0.95);
    assert_eq!(incidents(&stage.crosses(3)), [(IncidentKind::PassedUnadmitted, 1)], "long after: alone");
}

#[test]
fn people_go_one_by_one_and_whoever_follows_without_a_card_is_noticed() {
    let entries = vec![worker("a"), worker("b")];
    let mut stage = Stage::new(list(policy(Wanted::Person), LaneWay::In, entries), Passes::Line, false);
    let (first, out) = stage.present("a");
    assert_eq!(commands(&out), [Command::Open]);
    let (_, out) = stage.present("b");
    assert_eq!(commands(&out), [], "the first has not gone through");
    let crossed = Input::PersonCrossed { track: 1, direction: Direction::In };
    let out = stage.take(crossed.clone());
    let Output::Access { id, access, .. } = &out[0] else { panic!("{out:?}") };
    assert_eq!((*id, access.outcome, access.bodies), (first, AccessOutcome::Passed, 1));
    assert_eq!(commands(&out), [Command::Open], "now the second");
    stage.take(crossed.clone());
    let out = stage.take(crossed);
    assert_eq!(incidents(&out), [(IncidentKind::Tailgating, 2)]);
    assert_eq!(accesses(&out)[0].decision.reason, Reason::NothingPresented);
}

#[test]
fn a_family_counts_as_one_group_where_the_policy_says_so() {
    let policy = Policy { tailgating: Tailgating { bodies: 3, window_s: 8 }, ..policy(Wanted::Person) };
    let mut stage = Stage::new(list(policy, LaneWay::In, vec![worker("a")]), Passes::Line, false);
    stage.present("a");
    let crossed = Input::PersonCrossed { track: 1, direction: Direction::In };
    assert_eq!(accesses(&stage.take(crossed.clone())).len(), 0);
    stage.take(crossed);
    let out = stage.after(9000, Input::Tick);
    assert_eq!((accesses(&out)[0].outcome, accesses(&out)[0].bodies), (AccessOutcome::Passed, 2));
}

#[test]
fn vehicle_and_driver_come_together_in_either_order() {
    let truck = Entry { drivers: vec!["a".to_owned()], ..listed_car() };
    let entries = vec![truck, worker("a"), worker("b")];
    let make = || {
        Stage::new(list(policy(Wanted::VehicleAndDriver), LaneWay::In, entries.clone()), Passes::Line, false)
    };
    let mut stage = make();
    let out = stage.car(1, "30K13579", 0.95);
    assert_eq!(accesses(&out)[0].decision.reason, Reason::PersonMissing);
    let (_, out) = stage.present("b");
    assert_eq!(accesses(&out)[0].decision.reason, Reason::DriverNotAllowed);
    let (_, out) = stage.present("a");
    assert_eq!(
        (commands(&out), accesses(&out)[0].decision.driver.as_deref()),
        (vec![Command::Open], Some("a"))
    );
    let mut stage = make();
    let (_, out) = stage.present("a");
    assert_eq!(accesses(&out)[0].decision.reason, Reason::VehicleMissing);
    stage.now += SignedDuration::from_secs(20);
    assert_eq!(commands(&stage.car(1, "30K13579", 0.95)), [Command::Open]);
    let mut stage = make();
    stage.present("a");
    stage.now += SignedDuration::from_secs(31);
    assert_eq!(commands(&stage.car(1, "30K13579", 0.95)), [], "too long apart");
}

#[test]
fn a_watched_plate_and_what_looks_like_it_ask_for_papers_and_a_guard_who_saw_them_lets_go() {
    let mut list = list(policy(Wanted::Vehicle), LaneWay::In, vec![listed_car()]);
    let digest = secret().digest(KeyKind::Plate, "30K73579");
    list.watch.push(WatchDigest { of: KeyKind::Plate, digest, valid_until: None });
    let mut stage = Stage::new(list, Passes::Line, false);
    let out = stage.car(1, "30K13579", 0.95);
    assert_eq!(said(accesses(&out)[0]), (Verdict::Wait, Reason::CheckPapers, AccessOutcome::Pending));
    let out = stage.guard(GuardAct::PapersChecked);
    assert_eq!((commands(&out), accesses(&out)[0].actor.clone()), (vec![Command::Open], Actor::Agent));
}

#[test]
fn a_guard_s_word_stands_against_the_agent_s_and_a_better_reading() {
    let mut stage = cars(vec![listed_car()]);
    stage.car(1, "51F00001", 0.95);
    let out = stage.guard(GuardAct::Admit);
    assert_eq!(commands(&out), [Command::Open]);
    let access = accesses(&out)[0];
    assert_eq!((access.verdict, access.decision.verdict), (Verdict::Admit, Verdict::Deny));
    assert_eq!(access.actor, Actor::Guard { user: "an".to_owned() });
    assert_eq!(incidents(&stage.crosses(1)), []);
    stage.car(2, "51F00002", 0.95);
    stage.guard(GuardAct::Wait);
    let out = stage.car(2, "30K13579", 0.99);
    assert_eq!(commands(&out), [], "the guard told it to wait");
    stage.car(3, "30K13579", 0.99);
    let out = stage.with(|machine, now, known| {
        let id = machine.cases().last().map(|case| case.id);
        machine.guard(now, GuardAct::Admit, id, "an", known);
        machine.guard(now, GuardAct::Deny, id, "an", known)
    });
    assert_eq!(commands(&out), [Command::Close], "a word taken back closes");
}

#[test]
fn held_open_everybody_passes_by_the_guard_s_word_and_in_an_emergency_by_its_own() {
    let mut stage = cars(vec![listed_car()]);
    assert_eq!(commands(&stage.guard(GuardAct::Hold)), [Command::Hold]);
    stage.car(1, "51F00001", 0.95);
    let out = stage.crosses(1);
    assert_eq!((accesses(&out)[0].outcome, incidents(&out)), (AccessOutcome::Passed, vec![]));
    assert_eq!(accesses(&out)[0].actor, Actor::Guard { user: "an".to_owned() });
    assert_eq!(commands(&stage.guard(GuardAct::Release)), [Command::Release]);
    assert_eq!(commands(&stage.guard(GuardAct::EmergencyOpen)), [Command::Hold]);
    let out = stage.car(2, "51F00002", 0.95);
    assert_eq!(said(accesses(&out)[0]), (Verdict::Admit, Reason::Emergency, AccessOutcome::Pending));
    assert_eq!(commands(&stage.guard(GuardAct::EmergencyEnd)), [Command::Release]);
    assert_eq!(stage.machine.cases()[0].verdict, Verdict::Deny, "still there: decided like everybody else");
}

#[test]
fn a_guard_may_open_for_nobody_in_particular_once() {
    let mut stage = cars(vec![]);
    assert_eq!(commands(&stage.guard(GuardAct::Open)), [Command::Open]);
    stage.car(1, "51F00001", 0.95);
    assert_eq!(accesses(&stage.crosses(1))[0].outcome, AccessOutcome::Passed);
    stage.car(2, "51F00002", 0.95);
    assert_eq!(accesses(&stage.crosses(2))[0].outcome, AccessOutcome::PassedUnadmitted);
}

#[test]
fn a_turnstile_that_opens_and_closes_has_let_one_through() {
    let mut stage =
        Stage::new(list(policy(Wanted::Person), LaneWay::In, vec![worker("a")]), Passes::Barrier, false);
    stage.take(Input::Barrier(Heard::At(Position::Closed)));
    stage.present("a");
    stage.after(400, Input::Barrier(Heard::At(Position::Open)));
    let out = stage.after(2500, Input::Barrier(Heard::At(Position::Closed)));
    assert_eq!(accesses(&out)[0].outcome, AccessOutcome::Passed);
    stage.now += SignedDuration::from_secs(10);
    stage.present("a");
    let out = stage.after(9000, Input::Tick);
    assert_eq!(accesses(&out)[0].outcome, AccessOutcome::TurnedBack, "it never opened");
}

#[test]
fn a_barrier_that_fails_is_forced_or_stays_open_is_an_incident_with_its_decision() {
    let mut stage = cars(vec![listed_car()]);
    stage.take(Input::Barrier(Heard::At(Position::Closed)));
    stage.car(1, "30K13579", 0.95);
    let out = stage.after(2100, Input::Tick);
    assert_eq!(incidents(&out), [(IncidentKind::BarrierFailed, 1)]);
    assert!(matches!(&out[0], Output::Incident(Incident { access: Some(_), .. })));
    assert_eq!(stage.machine.barrier(), BarrierWord::NotOpened);
    let mut stage = cars(vec![]);
    stage.take(Input::Barrier(Heard::At(Position::Closed)));
    let out = stage.take(Input::Barrier(Heard::At(Position::Open)));
    assert_eq!(incidents(&out), [(IncidentKind::BarrierForced, 1)]);
    assert_eq!(incidents(&stage.after(31_000, Input::Tick)), [(IncidentKind::BarrierHeld, 31)]);
}

#[test]
fn an_interlock_waits_for_the_other_lane_and_then_opens_by_itself() {
    let policy = Policy { interlock: vec![name("lan-2")], ..policy(Wanted::Vehicle) };
    let mut stage = Stage::new(list(policy, LaneWay::In, vec![listed_car()]), Passes::Line, true);
    stage.open_lanes = vec![name("lan-2")];
    let out = stage.car(1, "30K13579", 0.95);
    assert_eq!(accesses(&out)[0].decision.reason, Reason::Interlock);
    stage.open_lanes.clear();
    assert_eq!(commands(&stage.after(100, Input::Tick)), [Command::Open]);
    assert_eq!(commands(&stage.crosses(1)), [Command::Close], "its barrier is told to close");
}

#[test]
fn anti_passback_is_forgiven_by_forgetting_and_decided_anew() {
    let policy = Policy { anti_passback: AntiPassback::Hard, ..policy(Wanted::Vehicle) };
    let mut stage = Stage::new(list(policy, LaneWay::In, vec![listed_car()]), Passes::Line, false);
    stage.presence.apply(&wire::gate::Passed {
        subject: Some("xe-1".to_owned()),
        kind: EntryKind::Vehicle,
        group: None,
        area: name("khu"),
        lane: name("lan-1"),
        direction: Direction::In,
        at: stage.now,
    });
    let out = stage.car(1, "30K13579", 0.95);
    assert_eq!(said(accesses(&out)[0]), (Verdict::Deny, Reason::AlreadyInside, AccessOutcome::Pending));
    stage.presence.forgive("xe-1");
    assert_eq!(commands(&stage.take(Input::Tick)), [Command::Open]);
}

#[test]
fn a_register_that_does_not_answer_leaves_a_warning_and_one_that_contradicts_stops_the_person() {
    let mut stage =
        Stage::new(list(policy(Wanted::Person), LaneWay::In, vec![worker("a")]), Passes::Line, false);
    let (id, _) = stage.present("a");
    stage.take(Input::Answered { access: id, proof: Proof { offline: true, ..Proof::default() } });
    let settled = stage.take(Input::PersonCrossed { track: 1, direction: Direction::In });
    assert_eq!(accesses(&settled)[0].outcome, AccessOutcome::Passed);
    let least_trust = Some(TrustLevel::QrAndRegister);
    let policy = Policy { least_trust, ..policy(Wanted::Person) };
    let mut stage = Stage::new(list(policy, LaneWay::In, vec![worker("a")]), Passes::Line, false);
    let (id, out) = stage.present("a");
    assert_eq!(accesses(&out)[0].decision.reason, Reason::ProofNeeded);
    let offline =
        stage.take(Input::Answered { access: id, proof: Proof { offline: true, ..Proof::default() } });
    assert!(accesses(&offline)[0].decision.warnings.contains(&Warning::UnverifiedOffline));
    let matched = Proof { trust: least_trust, ..Proof::default() };
    assert_eq!(commands(&stage.take(Input::Answered { access: id, proof: matched })), [Command::Open]);
    let wrong = Proof { mismatch: true, ..Proof::default() };
    assert_eq!(
        incidents(&stage.take(Input::Answered { access: id, proof: wrong })),
        [(IncidentKind::PassedUnadmitted, 1)],
        "it came too late to stop anybody, and is not kept quiet"
    );
}

#[test]
fn while_the_camera_is_away_a_typed_plate_passes_when_the_barrier_has_opened_and_closed() {
    let mut stage = cars(vec![listed_car()]);
    stage.take(Input::Barrier(Heard::At(Position::Closed)));
    stage.take(Input::Blind(true));
    let typed = Car { track: None, ..car(0, "30K13579", 1.0, None) };
    assert_eq!(commands(&stage.take(Input::Vehicle(typed, Direction::In))), [Command::Open]);
    stage.after(800, Input::Barrier(Heard::At(Position::Open)));
    let out = stage.after(5000, Input::Barrier(Heard::At(Position::Closed)));
    assert_eq!(accesses(&out)[0].outcome, AccessOutcome::Passed);
}

#[test]
fn a_track_that_breaks_is_the_same_vehicle() {
    let mut stage = cars(vec![]);
    stage.car(1, "51F00001", 0.95);
    stage.take(Input::Ended { track: 1 });
    stage.now += SignedDuration::from_secs(1);
    stage.car(9, "51F00001", 0.95);
    stage.after(5000, Input::Tick);
    assert_eq!(stage.machine.cases().len(), 1);
    assert_eq!(stage.machine.cases()[0].track(), Some(9));
}

#[test]
fn a_hint_from_a_face_is_nothing_without_policy_and_approval_and_papers_at_most_with_them() {
    for (faces, until, reason) in [
        (FaceUse::Off, Some(start() + SignedDuration::from_hours(9)), Reason::Listed),
        (FaceUse::CheckPapers, None, Reason::Listed),
        (FaceUse::CheckPapers, Some(start() + SignedDuration::from_hours(9)), Reason::CheckPapers),
    ] {
        let policy = Policy { faces, least_trust: Some(TrustLevel::Chip), ..policy(Wanted::Person) };
        let mut list = list(policy, LaneWay::In, vec![worker("a")]);
        list.faces_until = until;
        let mut stage = Stage::new(list, Passes::Line, false);
        let (access, _) = stage.present("a");
        stage.take(Input::FaceHint { access });
        stage.take(Input::Answered {
            access,
            proof: Proof { trust: Some(TrustLevel::Chip), ..Proof::default() },
        });
        assert_eq!(stage.machine.cases()[0].decision.reason, reason, "{faces:?} {until:?}");
        assert_ne!(stage.machine.cases()[0].verdict, Verdict::Deny);
    }
}

/// A day without central: the list ages step by step, every vehicle is decided, and what is decided is told.
#[test]
fn an_offline_day_goes_down_the_ladder_and_loses_nothing() {
    let mut stage = cars(vec![listed_car()]);
    stage.alone_since = Some(start());
    let (mut steps, mut events, mut passed, mut refused, mut waited) = (Vec::new(), 0, 0, 0, 0);
    for minute in 0..24 * 60 {
        stage.now = start() + SignedDuration::from_mins(minute);
        let (track, listed) = (minute as u64, minute % 3 != 0);
        let mut out = stage.car(track, if listed { "30K13579" } else { "51F00001" }, 0.95);
        let answer = accesses(&out)[0].clone();
        if steps.last() != Some(&answer.decision.freshness) {
            steps.push(answer.decision.freshness);
        }
        stage.now += SignedDuration::from_secs(5);
        if answer.verdict == Verdict::Admit {
            out.extend(stage.crosses(track));
        } else {
            stage.take(Input::Ended { track });
            out.extend(stage.after(3000, Input::Tick));
        }
        let settled = accesses(&out).into_iter().find(|access| access.outcome != AccessOutcome::Pending);
        let settled = settled.expect("every vehicle is settled");
        assert_eq!(settled.alone_since, Some(start()));
        events += 1;
        match (settled.verdict, settled.decision.freshness, listed) {
            (Verdict::Admit, Freshness::Fresh | Freshness::Stale, true) => passed += 1,
            (Verdict::Deny, _, false) => refused += 1,
            (Verdict::Wait, Freshness::Old, true) => {
                assert_eq!(settled.decision.reason, Reason::ListOld);
                waited += 1;
            }
            other => panic!("minute {minute}: {other:?}"),
        }
    }
    assert_eq!(steps, [Freshness::Fresh, Freshness::Stale, Freshness::Old]);
    assert_eq!((events, passed + refused + waited), (1440, 1440));
    assert_eq!((passed, refused, waited), (480, 480, 480));
    assert!(stage.machine.cases().is_empty());
}
