//! The protocol is a set of checked-in files. Changing version 1 is a line that a diff shows: run with
//! `UPDATE_GOLDENS=1` to write them anew, and think of every edge in the field before committing that.

use std::path::PathBuf;

use uuid::Uuid;
use wire::payload::*;
use wire::status::*;
use wire::*;

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn device() -> DeviceKey {
    DeviceKey::from_seed(&[7; 32])
}

fn central() -> DeviceKey {
    DeviceKey::from_seed(&[9; 32])
}

/// Beside a signal controller.
fn gateway() -> DeviceKey {
    DeviceKey::from_seed(&[11; 32])
}

fn envelope(seq: u64, prev: Digest, payload: Payload, evidence: Vec<EvidenceRef>) -> Envelope {
    Envelope {
        v: VERSION,
        id: Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0000 + u128::from(seq)),
        site: name("kcn-khanh-phu"),
        agent: name("edge-1"),
        seq,
        prev,
        camera: name("cong-2"),
        phase: Phase::Settled,
        captured: Captured {
            at: "2026-11-20T07:05:12.345678Z".parse().unwrap(),
            uncertainty_ms: 12,
            source: TimeSource::Rtcp,
        },
        payload,
        evidence,
        models: vec![ModelRef { id: "picodet-s-416".into(), sha256: Digest::of(b"model") }],
    }
}

fn vehicle() -> Payload {
    Payload::Vehicle(Vehicle {
        rule: name("vach-cong"),
        direction: Direction::In,
        class: "motorcycle".into(),
        class_score: 0.75,
        bbox: [412, 230, 180, 260],
        picture: [1280, 720],
        reading: Some(PlateReading {
            text: "59P166480".into(),
            display: "59-P1 664.80".into(),
            raw: "59P1 66A80".into(),
            valid: true,
            kind: Some("moto_old".into()),
            lines: 2,
            score: 0.9375,
            votes: 7,
            reads: 9,
            candidates: vec![Candidate { text: "59P166430".into(), score: 0.0625, kind: None, reason: None }],
            edits: vec!["6: A→4".into()],
            ambiguous: vec![],
            bbox: [470, 410, 66, 48],
            colour: None,
            class: None,
            country: None,
        }),
        no_reading: None,
        plate_finding: None,
        track: TrackRef {
            id: 41,
            frames: 38,
            first: "2026-11-20T07:05:08Z".parse().unwrap(),
            last: "2026-11-20T07:05:13Z".parse().unwrap(),
        },
        signal: None,
    })
}

/// A vehicle at a line that a signal governs.
fn vehicle_at_signal() -> Payload {
    let Payload::Vehicle(vehicle) = vehicle() else { unreachable!("made above") };
    Payload::Vehicle(Vehicle {
        signal: Some(SignalReading {
            signal: name("den-bac"),
            state: LampState::Red,
            flashing: false,
            since: Some("2026-11-20T07:04:50Z".parse().unwrap()),
            source: SignalSource::Picture,
            score: 0.984375,
        }),
        ..vehicle
    })
}

fn feed() -> signal::Feed {
    let group = |group, state, flashing, since: Option<&str>| signal::Group {
        group: name(group),
        state,
        flashing,
        since: since.map(|at| at.parse().unwrap()),
    };
    signal::Feed {
        v: VERSION,
        controller: name("tu-1"),
        seq: 1_795_158_312_500,
        at: "2026-11-20T07:05:12.5Z".parse().unwrap(),
        groups: vec![
            group("bac", LampState::Red, false, Some("2026-11-20T07:04:50Z")),
            group("dong", LampState::Yellow, true, None),
        ],
    }
}

/// A reading with everything that is optional.
fn yellow_car() -> Payload {
    let Payload::Vehicle(mut seen) = vehicle() else { unreachable!() };
    seen.class = "car".into();
    seen.reading = Some(PlateReading {
        text: "51F97022".into(),
        display: "51F-970.22".into(),
        raw: "51F-970.22".into(),
        kind: Some("car".into()),
        candidates: vec![Candidate {
            text: "51E97022".into(),
            score: 0.0625,
            kind: Some("car".into()),
            reason: Some("read".into()),
        }],
        edits: vec![],
        colour: Some(Attribute { value: "yellow".into(), score: 0.875 }),
        class: Some("business".into()),
        country: None,
        ..seen.reading.unwrap()
    });
    Payload::Vehicle(seen)
}

/// A vehicle whose plate is a finding.
fn without_plate() -> Payload {
    let Payload::Vehicle(seen) = vehicle() else { unreachable!() };
    Payload::Vehicle(Vehicle {
        reading: None,
        no_reading: Some(NoReading::NoPlateFound),
        plate_finding: Some(PlateFinding { kind: "missing".into(), score: 0.75, looks: 8 }),
        ..seen
    })
}

fn evidence() -> EvidenceRef {
    EvidenceRef {
        sha256: Digest::of(b"picture"),
        role: EvidenceRole::Overview,
        media_type: "image/jpeg".into(),
        bytes: 90_123,
        width: 1280,
        height: 720,
    }
}

fn status() -> Status {
    Status {
        v: VERSION,
        state: Presence::Online,
        at: "2026-11-20T07:05:15Z".parse().unwrap(),
        version: "0.1.0".into(),
        run: "5f3a9c01".into(),
        cameras: vec![CameraHealth {
            camera: name("cong-2"),
            state: CameraWord::Live,
            since: "2026-11-20T06:00:00Z".parse().unwrap(),
            fps: 12.5,
            analysed: 48_000,
            dropped: 12,
            gated: 30_000,
            reconnects: 1,
            last_frame_at: Some("2026-11-20T07:05:14.9Z".parse().unwrap()),
            time_source: Some(TimeSource::Rtcp),
            signals: vec![],
            scene: None,
            scene_refused: None,
            unwatched: Vec::new(),
        }],
        outbox: OutboxHealth {
            events: 3,
            bytes: 300_000,
            oldest_seq: Some(1201),
            next_seq: 1204,
            evicted: Evicted { preview: 2, crossing: 1, vehicle: 0, watch: 0 },
            damaged: 0,
        },
        clock: ClockHealth { synchronised: true, max_error_ms: Some(16), set_back: 0 },
        gates: None,
    }
}

fn goldens() -> Vec<(&'static str, Vec<u8>)> {
    let mut prev = Digest::ZERO;
    let mut files = Vec::new();
    let payloads: [(&str, Payload, Vec<EvidenceRef>); 7] = [
        ("event-vehicle", vehicle(), vec![evidence()]),
        (
            "event-crossing",
            Payload::Crossing(Crossing {
                line: name("loi-vao"),
                direction: Direction::In,
                class: "person".into(),
                track: 3,
            }),
            vec![],
        ),
        (
            "event-camera-state",
            Payload::CameraState(CameraState {
                state: CameraWord::Stale,
                was: CameraWord::Live,
                lasted_ms: 3_600_000,
            }),
            vec![],
        ),
        (
            "event-outbox-loss",
            Payload::OutboxLoss(OutboxLoss {
                reason: LossReason::Full,
                previews: 2,
                pictures: vec![Digest::of(b"gone")],
                seqs: vec![[17, 19], [23, 23]],
            }),
            vec![],
        ),
        ("event-vehicle-signal", vehicle_at_signal(), vec![evidence()]),
        ("event-vehicle-attributes", yellow_car(), vec![evidence()]),
        ("event-vehicle-finding", without_plate(), vec![evidence()]),
    ];
    for (index, (file, payload, pictures)) in payloads.into_iter().enumerate() {
        let sealed = envelope(index as u64 + 1, prev, payload, pictures).seal(&device()).unwrap();
        prev = sealed.digest;
        files.push((file, sealed.message));
    }
    files.push(("status", seal(&device(), &serde_json::to_vec(&status()).unwrap())));
    let receipts = Receipts {
        v: VERSION,
        site: name("kcn-khanh-phu"),
        agent: name("edge-1"),
        receipts: vec![
            Receipt {
                id: Uuid::from_u128(1),
                phase: Phase::Settled,
                seq: 1,
                result: ReceiptResult::Committed,
                missing: vec![],
                reason: None,
            },
            Receipt {
                id: Uuid::from_u128(2),
                phase: Phase::Settled,
                seq: 2,
                result: ReceiptResult::EvidenceMissing,
                missing: vec![Digest::of(b"picture")],
                reason: None,
            },
        ],
    };
    files.push(("receipts", seal(&central(), &serde_json::to_vec(&receipts).unwrap())));
    let request = EnrolRequest::new(name("kcn-khanh-phu"), name("edge-1"), device().public(), "TEST-ONLY");
    let reply = EnrolReply::enrolled(&request, central().public(), "TEST-ONLY");
    files.push(("enrol", serde_json::to_vec(&request).unwrap()));
    files.push(("enrolled", serde_json::to_vec(&reply).unwrap()));
    files.push(("offline-will", offline_will()));
    files.push(("signal", seal(&gateway(), &serde_json::to_vec(&feed()).unwrap())));
    files
}

fn path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../tests/goldens/v1/{file}.json"))
}

#[test]
fn version_1_is_written_exactly_as_the_goldens_say() {
    for (file, bytes) in goldens() {
        if std::env::var_os("UPDATE_GOLDENS").is_some() {
            std::fs::write(path(file), &bytes).unwrap();
        }
        let golden = std::fs::read(path(file)).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), String::from_utf8(golden).unwrap(), "{file}");
    }
}

#[test]
fn version_1_goldens_are_read_back_and_their_chain_holds() {
    let mut prev = Digest::ZERO;
    for (file, _) in goldens().iter().filter(|(file, _)| file.starts_with("event")) {
        let message = std::fs::read(path(file)).unwrap();
        let sealed = Sealed::parse(&message, MAX_MESSAGE_BYTES).unwrap();
        let body = sealed.verify(&device().public()).unwrap();
        let envelope = Envelope::open(body).unwrap();
        assert_eq!(envelope.prev, prev, "{file}");
        prev = Digest::of(body);
    }
}

#[test]
fn a_vehicle_without_a_signal_is_written_as_before_there_were_signals() {
    let body = serde_json::to_string(&vehicle()).unwrap();
    assert!(!body.contains("signal"), "{body}");
    assert_eq!(serde_json::from_str::<Payload>(&body).unwrap(), vehicle());
}

#[test]
fn a_status_with_signals_reads_back_and_one_without_names_none() {
    assert!(!serde_json::to_string(&status()).unwrap().contains("signals"));
    let Payload::Vehicle(vehicle) = vehicle_at_signal() else { unreachable!("made above") };
    let mut status = status();
    status.cameras[0].signals = vec![SignalHealth {
        reading: vehicle.signal.unwrap(),
        in_view: true,
        feed: Some(FeedHealth { fresh: true, accepted: 12, disagreed: 1, ..FeedHealth::default() }),
    }];
    let text = serde_json::to_string(&status).unwrap();
    assert_eq!(serde_json::from_str::<Status>(&text).unwrap(), status);
}

#[test]
fn the_feed_golden_is_signed_and_reads_back() {
    let message = std::fs::read(path("signal")).unwrap();
    let sealed = Sealed::parse(&message, signal::MAX_FEED_BYTES).unwrap();
    let body = sealed.verify(&gateway().public()).unwrap();
    assert_eq!(signal::Feed::parse(body).unwrap(), feed());
    assert!(sealed.verify(&device().public()).is_err());
}

#[test]
fn unknown_fields_are_ignored_and_newer_versions_are_named() {
    let body = serde_json::to_string(&envelope(1, Digest::ZERO, vehicle(), vec![])).unwrap();
    let more = body.replacen("{\"v\":1", "{\"v\":1,\"weather\":{\"rain\":true}", 1);
    assert_eq!(Envelope::open(more.as_bytes()).unwrap(), Envelope::open(body.as_bytes()).unwrap());
    let newer = body.replacen("{\"v\":1", "{\"v\":2", 1);
    assert!(matches!(Envelope::open(newer.as_bytes()), Err(OpenError::NewerVersion(2))));
    let unknown = body.replacen("\"kind\":\"vehicle\"", "\"kind\":\"drone\"", 1);
    assert!(matches!(Envelope::open(unknown.as_bytes()), Err(OpenError::Malformed(_))));
}
