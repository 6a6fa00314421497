//! Whatever drives, stands, hides and trembles before whatever scene: no rule panics, tells twice or says what is no number.

use std::sync::Arc;

use edge_agent::detection::ObjectClass;
use edge_agent::frame::CaptureTime;
use edge_agent::geometry::{BBox, Point};
use edge_agent::rules::violation::{Finding, FrameAt, Judge, Looks, PlateLook, Riders, Signals};
use edge_agent::scene::CalibratedScene;
use edge_agent::track::{ChangeKind, TrackChange, TrackChanges, TrackView};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};
use wire::violation::Kind;
use wire::{LampState, TimeSource};

use crate::kinds::*;
use crate::stage::*;

/// One scene with a rule of every kind, with or without metres.
pub fn everything(metres: bool) -> Value {
    let mut scene = crossroads();
    scene["lanes"].as_array_mut().expect("lanes").extend([
        json!({ "id": "lan-xe-buyt", "corners": [[0.5, 0.2], [0.8, 0.2], [0.8, 0.7], [0.5, 0.7]], "flow": [[0.65, 0.3], [0.65, 0.6]], "classes": ["bus"] }),
        json!({ "id": "lan-khan-cap", "corners": [[0.8, 0.2], [0.95, 0.2], [0.95, 1.0], [0.8, 1.0]], "flow": [[0.87, 0.9], [0.87, 0.3]], "kind": "emergency" }),
    ]);
    let line = |id: &str, y: f64| json!({ "id": id, "from": [0.9, y], "to": [0.1, y], "kind": "speed" });
    let mut stop = line("vach-dung", 0.66);
    stop["kind"] = json!("stop");
    stop["governed"] = json!([{ "signal": "den", "moves": ["straight", "left"] }]);
    scene["lines"].as_array_mut().expect("lines").extend([line("do-1", 0.8), line("do-2", 0.4), stop]);
    scene["signals"] =
        json!([{ "id": "den", "lamps": [{ "colour": "any", "area": [0.6, 0.02, 0.02, 0.06] }] }]);
    scene["markings"] = json!([{ "id": "vach", "points": [[0.5, 0.3], [0.52, 0.6], [0.5, 1.0]] }]);
    let zone = |id: &str, kind: &str, x: f64, y: f64| json!({ "id": id, "kind": kind, "corners": [[x, y], [x + 0.3, y], [x + 0.3, y + 0.3], [x, y + 0.3]] });
    scene["zones"] = json!([
        zone("cam-dung", "no_stopping", 0.2, 0.65),
        zone("cam-do", "no_parking", 0.5, 0.65),
        zone("nut", "junction", 0.3, 0.3),
        zone("he", "pavement", 0.0, 0.5),
        zone("do", "speed", 0.2, 0.2)
    ]);
    if metres {
        scene["ground"] = ground();
    }
    let rules = Kind::ALL.into_iter().filter(|kind| metres || *kind != Kind::SpeedHomography).map(|kind| {
        let about = match kind {
            Kind::RedLight => json!(["vach-dung"]),
            Kind::TurnBan => json!(["vao", "ra-trai"]),
            Kind::UTurn => json!(["vao", "ra-quay"]),
            Kind::SpeedSection => json!(["do-1", "do-2"]),
            _ => json!([]),
        };
        json!({ "id": kind.as_str().replace('_', "-"), "kind": kind, "about": about,
                "dwell_s": 4.0, "length_m": 14.0, "limit_kmh": 30.0 })
    });
    scene["rules"] = rules.collect();
    scene
}

fn actor() -> impl Strategy<Value = Actor> {
    let spot = || (0.0f32..1280.0, 60.0f32..720.0);
    let legs = prop::collection::vec((spot(), 20.0f32..500.0, 0.0f64..8.0), 1..5);
    let span = || prop::option::of((0.0f64..15.0, 0.1f64..4.0));
    let looks = (0u32..5, prop::option::of(0u32..3), prop::option::of(0usize..4), any::<bool>());
    (0u8..4, 0.0f64..6.0, spot(), legs, 0.0f32..0.15, (span(), span(), span()), looks).prop_map(
        |(class, start_s, from, legs, tremble, (hidden, cut, switched), (riders, bare, plate, priority))| {
            let mut actor = match class {
                0 => car(0, start_s, from),
                1 => bus(0, start_s, from),
                2 => motorcycle(0, start_s, from),
                _ => car(0, start_s, from).bicycle(),
            };
            for (to, speed, wait) in legs {
                actor = actor.to(to, speed).wait(wait);
            }
            actor = actor.tremble(tremble).riders(riders);
            actor = bare.into_iter().fold(actor, Actor::bare);
            let words = ["covered", "bent", "missing", "unreadable"];
            actor = plate.into_iter().fold(actor, |actor, word| actor.plate(words[word]));
            actor = hidden.into_iter().fold(actor, |actor, (at_s, s)| actor.hidden(at_s, at_s + s));
            actor = cut.into_iter().fold(actor, |actor, (at_s, s)| actor.cut(at_s, at_s + s));
            actor = switched.into_iter().fold(actor, |actor, (at_s, _)| actor.switched(start_s + at_s, 0));
            if priority { actor.priority() } else { actor }
        },
    )
}

fn programme() -> impl Strategy<Value = Programme> {
    let states = [LampState::Red, LampState::Yellow, LampState::Green, LampState::Off, LampState::Unknown];
    prop::collection::vec((0.5f64..6.0, 0usize..5, prop::bool::weighted(0.1)), 1..8).prop_map(move |spans| {
        let mut from_s = 0.0;
        let mut programme = Vec::new();
        for (s, state, flashing) in spans {
            programme.push((from_s, states[state], flashing));
            from_s += s;
        }
        programme
    })
}

/// What holds for every finding, whatever happened.
fn sound(found: &[Finding]) -> Result<(), TestCaseError> {
    for finding in found {
        let act = finding.act();
        prop_assert!(act.is_some());
        let times: Vec<f64> = finding.moments.iter().map(|moment| moment.stream_s).collect();
        prop_assert!(times.is_sorted(), "{:?} {times:?}", finding.kind);
        prop_assert!(finding.moments.windows(2).all(|two| two[0].at <= two[1].at));
        prop_assert!((0.0..=1.0).contains(&finding.score), "{:?} {}", finding.kind, finding.score);
        if let Some(measured) = &finding.measured {
            let numbers = [measured.value, measured.uncertainty, measured.limit.unwrap_or_default()];
            prop_assert!(numbers.iter().all(|number| number.is_finite()) && measured.uncertainty >= 0.0);
            prop_assert!(!measured.type_approved);
        }
        let boxes = finding.moments.iter().flat_map(|m| [m.bbox.x, m.bbox.y, m.bbox.w, m.bbox.h]);
        prop_assert!(boxes.into_iter().all(f32::is_finite));
    }
    for (index, one) in found.iter().enumerate() {
        let act_s = |finding: &Finding| finding.act().map_or(0.0, |act| act.stream_s);
        let again = |other: &&Finding| other.rule == one.rule && other.track == one.track;
        for other in found[index + 1..].iter().filter(again) {
            prop_assert!((act_s(other) - act_s(one)).abs() >= 60.0, "{:?} twice: {}", one.kind, one.track);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_traffic_is_judged_soundly_and_the_same_way_twice(
        actors in prop::collection::vec(actor(), 1..7),
        programme in programme(),
        metres in any::<bool>(),
        fps in 4.0f64..26.0,
        doubled in any::<bool>(),
    ) {
        let numbered = actors.into_iter().enumerate().map(|(n, actor)| actor.numbered(n as u64 + 1));
        let mut actors: Vec<Actor> = numbered.collect();
        if doubled {
            actors.push(actors[0].double(50));
        }
        let stage = Stage::new(everything(metres)).fps(fps).signal("den", programme).all(actors);
        let (once, twice) = (stage.clone().run(), stage.run());
        sound(&once.found)?;
        prop_assert_eq!(once.found, twice.found);
        prop_assert_eq!(once.counts, twice.counts);
    }

    #[test]
    fn what_no_tracker_should_say_does_no_harm(
        frames in prop::collection::vec(
            (-1.0f64..3.0, prop::collection::vec((0u8..6, 0u64..5, any::<[u32; 4]>(), 0u8..4, any::<u32>()), 0..6)),
            1..60,
        ),
    ) {
        let scene: wire::scene::Scene = serde_json::from_value(everything(true)).expect("a scene");
        let scene = Arc::new(CalibratedScene::new(&scene, WIDTH, HEIGHT).expect("a good scene"));
        let start: Timestamp = START.parse().expect("a time");
        let mut judge = Judge::new(scene);
        let (mut stream_s, mut found) = (0.0, Vec::new());
        for (index, (step_s, tracks)) in frames.into_iter().enumerate() {
            // Time may stand still or go back.
            stream_s += step_s;
            let at = start + SignedDuration::try_from_secs_f64(stream_s).expect("a time");
            let captured = CaptureTime { at, uncertainty_ms: 0, source: TimeSource::File, stream_s };
            let changes: Vec<TrackChange> = tracks.iter().map(|track| change(*track, stream_s)).collect();
            let looks = Looks {
                riders: tracks.iter().map(|t| (t.1, Riders { count: t.4, score: f32::from_bits(t.2[0]), bare: Some((t.4, f32::from_bits(t.2[1]))) })).collect(),
                plates: tracks.iter().map(|t| (t.1, PlateLook { kind: "covered".into(), score: f32::from_bits(t.2[2]) })).collect(),
                priority: tracks.iter().map(|t| t.1).collect(),
            };
            let changes = TrackChanges { time_s: stream_s, changes };
            found.extend(judge.update(&changes, &Signals::default(), &looks, FrameAt { index: index as u64, captured }));
        }
        found.extend(judge.finish());
        sound(&found)?;
    }
}

/// Any change at all, with any bits as its numbers.
fn change((kind, id, bits, class, score): (u8, u64, [u32; 4], u8, u32), stream_s: f64) -> TrackChange {
    let kinds =
        [ChangeKind::Born, ChangeKind::Confirmed, ChangeKind::Updated, ChangeKind::Lost, ChangeKind::Ended];
    let classes = [ObjectClass::Car, ObjectClass::Motorcycle, ObjectClass::Bus, ObjectClass::Person];
    // Half of the numbers are possible ones.
    let number = |bits: u32, most: f32| {
        if bits.is_multiple_of(2) { f32::from_bits(bits) } else { bits as f32 / u32::MAX as f32 * most }
    };
    let bbox = BBox {
        x: number(bits[0], 1280.0),
        y: number(bits[1], 720.0),
        w: number(bits[2], 300.0),
        h: number(bits[3], 300.0),
    };
    let kind = kinds[usize::from(kind).min(4)];
    let seen = !matches!(kind, ChangeKind::Lost | ChangeKind::Ended);
    let track = TrackView {
        id,
        bbox,
        class: classes[usize::from(class)],
        class_score: number(score, 1.0),
        score: number(score.rotate_left(7), 1.0),
        detection: seen.then_some(0),
        confirmed: score % 3 != 0,
        first_s: 0.0,
        last_s: stream_s,
        frames: 3,
        velocity: Point { x: number(bits[1], 500.0), y: number(bits[2], 500.0) },
    };
    TrackChange { kind, track }
}
