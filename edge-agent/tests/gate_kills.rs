//! Who is inside is exactly what the events say, whenever the program is killed.
//!
//! `VG_KILLS` sets how many kills (default 20), `VG_SEED` when; the seed is printed.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use edge_agent::access::book::{Book, CountingLine};
use edge_agent::access::ledger::Ledger;
use edge_agent::outbox::{Bounds, Draft, Outbox};
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use uuid::Uuid;
use wire::gate::{
    Access, AccessOutcome, Actor, Ask, BarrierWord, CountCorrection, Decision, Freshness, Reason,
    SeenVehicle, Verdict,
};
use wire::payload::{Crossing, Direction};
use wire::{Captured, DeviceKey, Envelope, Name, Payload, Phase, Sealed, TimeSource};

const FOLDER: &str = "VG_GATE_KILLS_FOLDER";

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn key() -> DeviceKey {
    DeviceKey::from_seed(&[5; 32])
}

fn outbox(folder: &str) -> Arc<Outbox> {
    let bounds = Bounds { events: 1_000_000, bytes: 1 << 30 };
    Arc::new(Outbox::open(folder.as_ref(), bounds, 0, (name("s"), name("a")), key()).unwrap())
}

fn lines() -> Vec<CountingLine> {
    vec![CountingLine { camera: name("cam"), line: name("loi-vao"), area: name("khu") }]
}

fn draft(phase: Phase, payload: Payload) -> Draft {
    Draft {
        id: Uuid::now_v7(),
        phase,
        camera: name("cam"),
        captured: Captured { at: Timestamp::now(), uncertainty_ms: 0, source: TimeSource::Arrival },
        payload,
        pictures: vec![],
        models: vec![],
    }
}

fn access(car: u32, direction: Direction, outcome: AccessOutcome) -> Payload {
    let text = format!("30K{car:05}");
    let listed = car.is_multiple_of(2);
    Payload::Access(Box::new(Access {
        gate: name("cong"),
        area: name("khu"),
        ask: Ask {
            at: Timestamp::now(),
            lane: name("lan"),
            direction,
            vehicle: Some(SeenVehicle { text: Some(text), score: 0.9, ..SeenVehicle::default() }),
            person: None,
            escort: false,
            open_lanes: vec![],
            emergency: false,
            face_hint: false,
        },
        decision: Decision {
            verdict: Verdict::Admit,
            reason: Reason::Listed,
            rule: None,
            entry: listed.then(|| format!("xe-{car}")),
            driver: None,
            group: None,
            warnings: vec![],
            list_version: 1,
            list_age_s: 1,
            freshness: Freshness::Fresh,
        },
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

/// The program under test: writes passages, crossings and corrections from two threads until it is killed.
#[test]
#[ignore = "started by the test below, as a program of its own"]
fn writes_until_it_is_killed() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let ledger = Arc::new(Ledger::open(outbox(&folder), lines()).unwrap());
    let people = {
        let ledger = ledger.clone();
        std::thread::spawn(move || {
            for turn in 0_u64.. {
                let direction = if turn % 3 == 2 { Direction::Out } else { Direction::In };
                let crossing =
                    Crossing { line: name("loi-vao"), direction, class: "person".to_owned(), track: turn };
                ledger.append(vec![draft(Phase::Settled, Payload::Crossing(crossing))]).unwrap();
            }
        })
    };
    let mut dice = StdRng::seed_from_u64(u64::from(std::process::id()));
    loop {
        let car = dice.random_range(0..200);
        let direction = if dice.random_bool(0.6) { Direction::In } else { Direction::Out };
        let mut provisional = draft(Phase::Provisional, access(car, direction, AccessOutcome::Pending));
        ledger.append(vec![provisional.clone()]).unwrap();
        provisional.phase = Phase::Settled;
        provisional.payload = access(car, direction, AccessOutcome::Passed);
        ledger.append(vec![provisional]).unwrap();
        if dice.random_bool(0.05) {
            let correction = CountCorrection {
                gate: name("cong"),
                area: name("khu"),
                people: dice.random_range(-3..4),
                vehicles: 1,
                user: "an".to_owned(),
                reason: "hand_count".to_owned(),
                note: None,
            };
            ledger
                .append_or_refuse(vec![draft(Phase::Settled, Payload::CountCorrection(correction))])
                .unwrap();
        }
        assert!(!people.is_finished(), "the other thread goes on");
    }
}

/// The events of an outbox, in order.
fn events(outbox: &Outbox) -> Vec<Envelope> {
    outbox
        .waiting_from(0, usize::MAX)
        .into_iter()
        .map(|seq| {
            let stored = outbox.get(seq).unwrap().expect("it waits");
            let sealed = Sealed::parse(&stored.message, wire::MAX_MESSAGE_BYTES).unwrap();
            serde_json::from_slice(sealed.verify(&key().public()).unwrap()).unwrap()
        })
        .collect()
}

#[test]
fn after_any_number_of_kills_those_inside_are_those_the_events_say() {
    let kills: u32 = std::env::var("VG_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let seed = std::env::var("VG_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or_else(rand::random);
    println!("VG_SEED={seed}");
    let mut dice = StdRng::seed_from_u64(seed);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap().to_owned();
    let mut known = 0;
    for kill in 0..kills {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writes_until_it_is_killed", "--ignored", "--test-threads=1"])
            .env(FOLDER, &path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(dice.random_range(150..600)));
        writer.kill().unwrap();
        writer.wait().unwrap();
        let outbox = outbox(&path);
        let told = events(&outbox);
        assert!(told.len() >= known, "kill {kill}: an event is gone");
        known = told.len();
        let mut said = Book::load(&Default::default(), lines());
        for event in told {
            said.take(&Draft {
                id: event.id,
                phase: event.phase,
                camera: event.camera,
                captured: event.captured,
                payload: event.payload,
                pictures: vec![],
                models: vec![],
            });
        }
        let kept = Book::load(&outbox.state().unwrap(), lines());
        assert_eq!(kept.presence(), said.presence(), "kill {kill}");
        assert_eq!(kept.open(), said.open(), "kill {kill}");
    }
    println!("{known} events over {kills} kills");
    assert!(known > 20, "the writer wrote");
}
