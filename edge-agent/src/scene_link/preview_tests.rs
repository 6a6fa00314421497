use jiff::{SignedDuration, Timestamp};
use wire::violation::Kind;
use wire::{LampState, SignalReading, SignalSource, TimeSource};

use super::*;
use crate::detection::ObjectClass;
use crate::frame::CaptureTime;
use crate::geometry::BBox;
use crate::rules::violation::Looks;
use crate::track::{ChangeKind, TrackChange, TrackChanges, TrackView};

const FPS: f64 = 8.0;

/// A stop line across the picture that traffic crosses on its way up, and the signal that governs it.
pub(crate) fn scene() -> Scene {
    let mut scene: Scene =
        serde_json::from_str(include_str!("../../../tests/goldens/v1/scene.json")).expect("a scene");
    scene.lanes.clear();
    scene.zones.clear();
    scene.markings.clear();
    scene.rules.truncate(1);
    scene.lines[0].from = [0.9, 0.6];
    scene.lines[0].to = [0.1, 0.6];
    scene.lines[0].governed[0].moves.clear();
    scene
}

/// A car drives up the picture, over the line at about 4 s, while its signal shows `state`.
pub(crate) fn drive(state: LampState) -> Vec<Logged> {
    let start: Timestamp = "2026-11-20T07:00:00Z".parse().expect("a time");
    let name = Name::new("den-bac").expect("a name");
    (0..96_u32)
        .map(|n| {
            let stream_s = f64::from(n) / FPS;
            let at = start + SignedDuration::from_secs_f64(stream_s);
            let foot = 690.0 - 60.0 * stream_s as f32;
            let bbox = BBox { x: 580.0, y: foot - 100.0, w: 120.0, h: 100.0 };
            let track = TrackView {
                id: 7,
                bbox,
                class: ObjectClass::Car,
                class_score: 0.95,
                score: 0.9,
                detection: Some(0),
                confirmed: n > 2,
                first_s: 0.0,
                last_s: stream_s,
                frames: n + 1,
                velocity: Point { x: 0.0, y: -60.0 },
            };
            let kind = if n == 0 { ChangeKind::Born } else { ChangeKind::Updated };
            let signals = [SignalReading {
                signal: name.clone(),
                state,
                flashing: false,
                since: Some(start),
                source: SignalSource::Picture,
                score: 0.95,
            }];
            Logged {
                frame: u64::from(n),
                captured: CaptureTime { at, uncertainty_ms: 20, source: TimeSource::Arrival, stream_s },
                size: (1280, 720),
                changes: TrackChanges { time_s: stream_s, changes: vec![TrackChange { kind, track }] },
                signals: Arc::from(signals),
                looks: Looks::default(),
            }
        })
        .collect()
}

fn frames(state: LampState) -> Vec<Arc<Logged>> {
    drive(state).into_iter().map(Arc::new).collect()
}

fn preview(scene: &Scene, state: LampState) -> Preview {
    run(scene, &frames(state)).expect("usable").expect("recorded")
}

#[test]
fn a_draft_says_of_recorded_minutes_what_the_judge_would_have_said_with_the_way_of_the_vehicle() {
    let told = preview(&scene(), LampState::Red);
    assert_eq!((told.frames, told.tracks, told.found.len()), (96, 1, 1), "{:?}", told.found);
    let found = &told.found[0];
    assert_eq!((found.kind, found.rule.as_str(), found.class.as_str()), (Kind::RedLight, "den-do", "car"));
    assert!(found.path.len() > 5 && found.path.len() <= POINTS, "{} points", found.path.len());
    assert!(
        found.path[0][1] > 0.6 && found.path[found.path.len() - 1][1] < 0.6,
        "from before the line to beyond it"
    );
    assert!(told.ground_error_px.is_some_and(|px| px < 1.0) && told.ground_error_m.is_some());
    assert_eq!(told.unwatched, []);
}

#[test]
fn a_rule_that_is_switched_off_is_tried_all_the_same() {
    let mut off = scene();
    off.rules[0].on = false;
    assert_eq!(preview(&off, LampState::Red).found.len(), 1);
}

#[test]
fn green_is_nothing_and_a_signal_that_nobody_watched_is_named() {
    assert_eq!(preview(&scene(), LampState::Green).found, []);
    let mut drawn_anew = scene();
    let anew = Name::new("den-moi").expect("a name");
    drawn_anew.signals[0].id = anew.clone();
    drawn_anew.lines[0].governed[0].signal = anew.clone();
    let told = preview(&drawn_anew, LampState::Red);
    assert_eq!((told.found.len(), told.unwatched), (0, vec![anew]));
}

#[test]
fn a_rule_about_helmets_is_named_where_nobody_looks_at_heads() {
    let mut helmets = scene();
    let id = Name::new("mu-bao-hiem").expect("a name");
    helmets.rules.push(wire::scene::SceneRule {
        id: id.clone(),
        kind: Kind::NoHelmet,
        about: Vec::new(),
        ..helmets.rules[0].clone()
    });
    assert_eq!(preview(&helmets, LampState::Green).unwatched, [id]);
}

#[test]
fn a_draft_that_cannot_be_used_says_why_and_nothing_recorded_is_nothing() {
    let mut flat = scene();
    for (n, point) in flat.ground.as_mut().expect("ground").points.iter_mut().enumerate() {
        point.at = [0.2 + 0.1 * n as f32, 0.5];
    }
    assert!(run(&flat, &frames(LampState::Red)).is_err());
    assert_eq!(run(&scene(), &[]).expect("usable"), None);
}
