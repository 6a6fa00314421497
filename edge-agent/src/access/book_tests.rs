use wire::gate::{
    Actor, Ask, BarrierWord, CountCorrection, Decision, Freshness, Reason, SeenVehicle, Subject,
};
use wire::{Captured, TimeSource};

use super::*;

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).expect("a time")
}

fn event(second: i64, phase: Phase, payload: Payload) -> Draft {
    Draft {
        id: Uuid::from_u128(second as u128 + 1),
        phase,
        camera: name("cam"),
        captured: Captured { at: at(second), uncertainty_ms: 0, source: TimeSource::Arrival },
        payload,
        pictures: vec![],
        models: vec![],
    }
}

fn access(entry: Option<&str>, text: &str, direction: Direction, outcome: AccessOutcome) -> Payload {
    let seen = SeenVehicle { text: Some(text.to_owned()), score: 0.9, ..SeenVehicle::default() };
    let decision = Decision {
        verdict: Verdict::Admit,
        reason: Reason::Listed,
        rule: None,
        entry: entry.map(str::to_owned),
        driver: None,
        group: None,
        warnings: vec![],
        list_version: 1,
        list_age_s: 1,
        freshness: Freshness::Fresh,
    };
    Payload::Access(Box::new(Access {
        gate: name("cong"),
        area: name("khu"),
        ask: Ask {
            at: at(0),
            lane: name("lan"),
            direction,
            vehicle: Some(seen),
            person: None,
            escort: false,
            open_lanes: vec![],
            emergency: false,
            face_hint: false,
        },
        decision,
        verdict: Verdict::Admit,
        actor: Actor::Agent,
        outcome,
        passage: None,
        reading: None,
        track: None,
        bodies: 1,
        barrier: BarrierWord::Idle,
        command_ms: None,
        legible_at: None,
        ended_at: None,
        alone_since: None,
    }))
}

fn crossing(line: &str, direction: Direction) -> Payload {
    Payload::Crossing(Crossing { line: name(line), direction, class: "person".to_owned(), track: 1 })
}

fn book() -> Book {
    let line = CountingLine { camera: name("cam"), line: name("loi-vao"), area: name("khu") };
    Book { lines: vec![line], ..Book::default() }
}

/// Writes the changes of `book` into `state`, as a batch would.
fn write(book: &mut Book, state: &mut BTreeMap<String, Vec<u8>>) {
    for change in book.changes() {
        match change.value {
            Some(value) => state.insert(change.key, value),
            None => state.remove(&change.key),
        };
    }
    book.written();
}

#[test]
fn occupancy_is_what_the_events_say_and_a_repeated_event_counts_once() {
    let mut book = book();
    let car =
        event(1, Phase::Settled, access(Some("xe-1"), "30K13579", Direction::In, AccessOutcome::Passed));
    book.take(&event(
        1,
        Phase::Provisional,
        access(Some("xe-1"), "30K13579", Direction::In, AccessOutcome::Pending),
    ));
    assert_eq!((book.presence().count(&name("khu")), book.open().len()), ((0, 0), 1));
    book.take(&car);
    book.take(&car);
    let person = event(2, Phase::Settled, crossing("loi-vao", Direction::In));
    book.take(&person);
    book.take(&person);
    book.take(&event(3, Phase::Settled, crossing("duong", Direction::In)));
    assert_eq!((book.presence().count(&name("khu")), book.open().len()), ((1, 1), 0));
    assert!(book.presence().inside.contains_key("xe-1"));
    book.take(&event(
        4,
        Phase::Settled,
        access(None, "51F00001", Direction::In, AccessOutcome::PassedUnadmitted),
    ));
    assert!(book.presence().inside.contains_key("plate:51F00001"));
    book.take(&event(5, Phase::Settled, access(None, "51F00001", Direction::Out, AccessOutcome::Passed)));
    book.take(&event(6, Phase::Settled, access(None, "51F00002", Direction::In, AccessOutcome::TurnedBack)));
    assert_eq!(book.presence().count(&name("khu")), (1, 1));
    assert!(!book.presence().last.contains_key("plate:51F00001"), "nothing is kept of a stranger who left");
    // A provisional event that comes after its settled one opens nothing.
    book.take(&event(
        1,
        Phase::Provisional,
        access(Some("xe-1"), "30K13579", Direction::In, AccessOutcome::Pending),
    ));
    assert!(book.open().is_empty());
}

#[test]
fn a_book_read_back_after_every_event_is_the_same_book() {
    let (mut book, mut state) = (book(), BTreeMap::new());
    let act = |act, subject: Option<&str>| {
        Payload::GuardAction(GuardAction {
            gate: name("cong"),
            lane: None,
            act,
            access: None,
            subject: subject.map(str::to_owned),
            user: "an".to_owned(),
            reason: "other".to_owned(),
            note: None,
            overrides: None,
        })
    };
    let paper = Payload::PaperEntry(PaperEntry {
        gate: name("cong"),
        area: name("khu"),
        form: "BM-07/24".to_owned(),
        row: 3,
        at: at(5),
        direction: Direction::In,
        subject: Subject {
            kind: SubjectKind::Vehicle,
            plate: Some("30K00001".to_owned()),
            entry: None,
            person: None,
        },
        verdict: Verdict::Admit,
        user: "an".to_owned(),
        note: None,
    });
    let shift = Payload::Shift(Shift {
        gate: name("cong"),
        from: None,
        to: Some("an".to_owned()),
        note: Some("chìa khóa".to_owned()),
        people: 1,
        vehicles: 1,
        waiting: 0,
        items: vec![],
    });
    let correction = Payload::CountCorrection(CountCorrection {
        gate: name("cong"),
        area: name("khu"),
        people: 5,
        vehicles: 0,
        user: "an".to_owned(),
        reason: "hand_count".to_owned(),
        note: None,
    });
    let events = [
        (Phase::Settled, crossing("loi-vao", Direction::Out)),
        (Phase::Provisional, access(Some("xe-1"), "30K13579", Direction::In, AccessOutcome::Pending)),
        (Phase::Settled, access(Some("xe-2"), "30K13570", Direction::In, AccessOutcome::Passed)),
        (Phase::Settled, access(None, "30K13571", Direction::In, AccessOutcome::Passed)),
        (Phase::Settled, access(None, "30K13571", Direction::Out, AccessOutcome::Passed)),
        (Phase::Settled, shift),
        (Phase::Settled, correction),
        (Phase::Settled, paper),
        (Phase::Settled, act(GuardAct::Forgive, Some("xe-2"))),
        (Phase::Settled, act(GuardAct::Muster, None)),
        (Phase::Settled, act(GuardAct::Accounted, Some("xe-2"))),
        (Phase::Settled, act(GuardAct::MusterEnd, None)),
    ];
    for (second, (phase, payload)) in events.into_iter().enumerate() {
        book.take(&event(second as i64, phase, payload));
        write(&mut book, &mut state);
        let read = Book::load(&state, book.lines.clone());
        assert_eq!(read, book, "after event {second}");
    }
    assert_eq!(book.presence().surplus_out, 1);
    assert_eq!(book.presence().count(&name("khu")), (5, 2));
    assert!(book.has_paper("BM-07/24", 3) && !book.has_paper("BM-07/24", 4));
}

#[test]
fn a_driver_and_those_who_go_along_count_too() {
    let Payload::Access(mut with_driver) =
        access(Some("xe-1"), "30K13579", Direction::In, AccessOutcome::Passed)
    else {
        panic!("an access")
    };
    with_driver.decision.driver = Some("tai-xe".to_owned());
    let mut book = book();
    book.take(&event(1, Phase::Settled, Payload::Access(with_driver.clone())));
    assert_eq!(book.presence().count(&name("khu")), (1, 1));
    assert!(book.presence().inside.contains_key("tai-xe"));
    with_driver.ask.vehicle = None;
    with_driver.decision.driver = None;
    with_driver.bodies = 3;
    book.take(&event(2, Phase::Settled, Payload::Access(with_driver)));
    assert_eq!(book.presence().count(&name("khu")), (4, 1));
}
