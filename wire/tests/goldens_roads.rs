//! What travels about roads, as checked-in files. As in `goldens.rs`: run with `UPDATE_GOLDENS=1` to write them anew, and think of
//! every edge in the field before committing that.

use std::path::PathBuf;

use jiff::Timestamp;
use uuid::Uuid;
use wire::payload::{Attribute, Candidate, PlateReading, TrackRef};
use wire::scene::*;
use wire::violation::*;
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

fn at(text: &str) -> Timestamp {
    format!("2026-11-20T{text}Z").parse().unwrap()
}

fn scene() -> Scene {
    serde_json::from_str(include_str!("../../tests/goldens/v1/scene.json")).unwrap()
}

fn red(state: LampState) -> SignalReading {
    SignalReading {
        signal: name("den-bac"),
        state,
        flashing: false,
        since: Some(at("07:05:05")),
        source: SignalSource::Picture,
        score: 0.984375,
    }
}

fn moment(what: &str, time: &str, stream_s: f64, picture: &[u8]) -> Moment {
    Moment {
        what: what.into(),
        at: at(time),
        stream_s,
        frame: Some((stream_s * 12.5) as u64),
        bbox: [412, 430, 160, 120],
        signal: Some(red(LampState::Red)),
        evidence: Some(Digest::of(picture)),
    }
}

fn file(content: &[u8], role: EvidenceRole, media_type: &str) -> EvidenceRef {
    EvidenceRef {
        sha256: Digest::of(content),
        role,
        media_type: media_type.into(),
        bytes: 183_406,
        width: 1280,
        height: 720,
    }
}

fn evidence() -> Vec<EvidenceRef> {
    let jpeg = "image/jpeg";
    vec![
        file(b"scene", EvidenceRole::Overview, jpeg),
        file(b"before", EvidenceRole::Act, jpeg),
        file(b"on", EvidenceRole::Act, jpeg),
        file(b"past", EvidenceRole::Act, jpeg),
        file(b"plate", EvidenceRole::Plate, jpeg),
        file(b"clip", EvidenceRole::Clip, "video/mp4"),
        file(b"overlay", EvidenceRole::Overlay, "application/json"),
    ]
}

fn violation() -> Violation {
    Violation {
        violation: "red_light".into(),
        rule: name("den-do"),
        scene: SceneRef {
            camera: name("huong-bac"),
            version: 3,
            sha256: Digest::of(b"a scene"),
            since: Some(at("00:00:00")),
        },
        place: scene().place,
        lane: Some(name("lan-1")),
        class: "car".into(),
        class_score: 0.90625,
        bbox: [412, 430, 160, 120],
        picture: [1280, 720],
        score: 0.875,
        moments: vec![
            moment("before_line", "07:05:11.2", 311.2, b"before"),
            moment("on_line", "07:05:12", 312.0, b"on"),
            moment("past_line", "07:05:12.8", 312.8, b"past"),
        ],
        timeline: vec![
            SignalSpan {
                signal: name("den-bac"),
                state: LampState::Yellow,
                flashing: false,
                from: at("07:05:07"),
                to: at("07:05:10"),
                source: SignalSource::Picture,
                score: 0.96875,
            },
            SignalSpan {
                signal: name("den-bac"),
                state: LampState::Red,
                flashing: false,
                from: at("07:05:10"),
                to: at("07:05:17"),
                source: SignalSource::Picture,
                score: 0.984375,
            },
        ],
        reading: Some(PlateReading {
            text: "51F97022".into(),
            display: "51F-970.22".into(),
            raw: "51F-970.22".into(),
            valid: true,
            kind: Some("car".into()),
            lines: 1,
            score: 0.9375,
            votes: 7,
            reads: 9,
            candidates: vec![Candidate {
                text: "51E97022".into(),
                score: 0.0625,
                kind: Some("car".into()),
                reason: Some("read".into()),
            }],
            edits: vec![],
            ambiguous: vec![],
            bbox: [470, 510, 66, 20],
            colour: Some(Attribute { value: "white".into(), score: 0.875 }),
            class: Some("private".into()),
            country: None,
        }),
        no_reading: None,
        plate_finding: None,
        track: TrackRef { id: 41, frames: 38, first: at("07:05:08"), last: at("07:05:14") },
        measured: None,
        doubts: vec![],
        clock: ClockAt { synchronised: true, offset_ms: Some(-12), camera_offset_ms: Some(40) },
        ground: Some(GroundUsed {
            points: 4,
            error_px: 1.25,
            error_m: 0.0625,
            measured_on: jiff::civil::date(2026, 10, 2),
        }),
        clip: Some(ClipSpan {
            from: at("07:05:07"),
            to: at("07:05:16.5"),
            codec: "h264".into(),
            stream_s: 307.0,
            original: true,
        }),
        missing: vec![],
        made_by: "edge-agent 0.1.0".into(),
        source: "own".into(),
    }
}

fn envelope() -> Envelope {
    Envelope {
        v: VERSION,
        id: Uuid::from_u128(0x71),
        site: name("nga-tu-le-dai-hanh"),
        agent: name("edge-1"),
        seq: 9,
        prev: Digest::of(b"the event before"),
        camera: name("huong-bac"),
        phase: Phase::Settled,
        captured: Captured { at: at("07:05:12.8"), uncertainty_ms: 12, source: TimeSource::Rtcp },
        payload: Payload::Violation(Box::new(violation())),
        evidence: evidence(),
        models: vec![ModelRef { id: "picodet-s".into(), sha256: Digest::of(b"model") }],
    }
}

fn json(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

fn goldens() -> Vec<(&'static str, Vec<u8>)> {
    let message = SceneMessage {
        v: VERSION,
        site: name("nga-tu-le-dai-hanh"),
        agent: name("edge-1"),
        sealed_at: at("07:00:00"),
        scene: scene(),
    };
    let task = Task {
        v: VERSION,
        id: Uuid::from_u128(0x72),
        site: name("nga-tu-le-dai-hanh"),
        agent: name("edge-1"),
        deadline: at("07:00:10"),
        what: TaskWhat::Snapshot { camera: name("huong-bac") },
    };
    let result = TaskResult {
        v: VERSION,
        id: Uuid::from_u128(0x72),
        result: TaskWord::Done,
        why: None,
        picture: Some(Digest::of(b"frame")),
        size: Some([1280, 720]),
        captured_at: Some(at("07:00:03.5")),
        preview: Some(Preview {
            from: at("06:50:00"),
            to: at("07:00:00"),
            frames: 4800,
            tracks: 212,
            ground_error_px: Some(1.25),
            ground_error_m: Some(0.0625),
            found: vec![Previewed {
                rule: name("den-do"),
                kind: Kind::RedLight,
                at: at("06:55:12"),
                class: "motorcycle".into(),
                bbox: [0.25, 0.5, 0.0625, 0.125],
                path: vec![[0.25, 0.5], [0.25, 0.75]],
            }],
            unwatched: Vec::new(),
        }),
    };
    vec![
        ("event-violation", envelope().seal(&device()).unwrap().message),
        ("scene-message", seal(&central(), &json(&message))),
        ("task", seal(&central(), &json(&task))),
        ("task-result", seal(&device(), &json(&result))),
    ]
}

fn path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../tests/goldens/v1/{file}.json"))
}

#[test]
fn version_1_of_roads_is_written_exactly_as_the_goldens_say() {
    for (file, bytes) in goldens() {
        if std::env::var_os("UPDATE_GOLDENS").is_some() {
            std::fs::write(path(file), &bytes).unwrap();
        }
        let read = std::fs::read_to_string(path(file)).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), read, "{file}");
    }
}

#[test]
fn the_violation_reads_back_whole_and_nothing_is_missing_of_it() {
    let message = std::fs::read(path("event-violation")).unwrap();
    let sealed = Sealed::parse(&message, MAX_MESSAGE_BYTES).unwrap();
    let read = Envelope::open(sealed.verify(&device().public()).unwrap()).unwrap();
    assert_eq!(read, envelope());
    assert_eq!(wire::gate::check_event(&read.payload), Ok(()));
    assert_eq!(missing(&violation(), &read.evidence, TimeSource::Rtcp, 1, true), vec![]);
}

#[test]
fn whatever_is_taken_away_is_named() {
    let without = |role: EvidenceRole| -> Vec<EvidenceRef> {
        evidence().into_iter().filter(|one| one.role != role).collect()
    };
    let said =
        |violation: &Violation, kept: &[EvidenceRef]| missing(violation, kept, TimeSource::Rtcp, 1, true);
    let whole = violation();
    for (role, need) in [
        (EvidenceRole::Overview, Need::Overview),
        (EvidenceRole::Act, Need::Act),
        (EvidenceRole::Plate, Need::Plate),
        (EvidenceRole::Clip, Need::Clip),
        (EvidenceRole::Overlay, Need::Overlay),
    ] {
        assert_eq!(said(&whole, &without(role)), vec![need]);
    }
    let mut hidden = violation();
    hidden.timeline[1].state = LampState::Unknown;
    assert_eq!(said(&hidden, &evidence()), vec![Need::SignalTimeline]);
    let mut short = violation();
    short.clip.as_mut().unwrap().to = at("07:05:12");
    assert_eq!(said(&short, &evidence()), vec![Need::Clip]);
    let mut two = violation();
    two.moments.remove(0);
    assert_eq!(said(&two, &evidence()), vec![Need::Act, Need::Moments]);
    let mut unread = violation();
    unread.reading = None;
    unread.clock.synchronised = false;
    unread.place.vi = " ".into();
    assert_eq!(
        missing(&unread, &evidence(), TimeSource::File, 0, true),
        vec![Need::Reading, Need::Time, Need::Clock, Need::Place, Need::Models]
    );
    let mut newer = violation();
    newer.violation = "flying".into();
    assert_eq!(said(&newer, &evidence()), vec![Need::Moments]);
    let mut sign = violation();
    sign.violation = "solid_line".into();
    assert!(missing(&sign, &evidence(), TimeSource::Rtcp, 1, false).contains(&Need::Sign));
}

#[test]
fn scenes_and_tasks_of_a_newer_central_are_read_as_far_as_they_are_known() {
    let message = std::fs::read(path("scene-message")).unwrap();
    let sealed = Sealed::parse(&message, MAX_SCENE_BYTES).unwrap();
    let body = std::str::from_utf8(sealed.verify(&central().public()).unwrap()).unwrap();
    let more = body.replacen("{\"v\":1", "{\"weather\":\"rain\",\"v\":1", 1);
    assert_eq!(serde_json::from_str::<SceneMessage>(&more).unwrap().scene, scene());
    let message = std::fs::read(path("task")).unwrap();
    let sealed = Sealed::parse(&message, MAX_SCENE_BYTES).unwrap();
    let task: Task = serde_json::from_slice(sealed.verify(&central().public()).unwrap()).unwrap();
    assert!(matches!(task.what, TaskWhat::Snapshot { .. }));
}
