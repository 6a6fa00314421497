//! Findings become events with what they need, from a stream whose every frame is known.

use jiff::{SignedDuration, Timestamp};
use wire::scene::VehicleClass;
use wire::violation::{Overlay, Violation};
use wire::{Digest, EvidenceRole, LampState, Payload, SignalReading, SignalSource};

use super::*;
use crate::detection::ObjectClass;
use crate::frame::I420;
use crate::geometry::{BBox, Point};
use crate::outbox::Picture;
use crate::rules::violation::FoundMoment;
use crate::track::{ChangeKind, TrackChange, TrackView};
use crate::vision::Rgb;

const FPS: f64 = 10.0;

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn at(stream_s: f64) -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap() + SignedDuration::from_secs_f64(stream_s)
}

fn scene() -> Scene {
    serde_json::from_value(serde_json::json!({
        "v": 1, "camera": "nga-tu", "version": 3, "picture": [320, 240],
        "place": {"vi": "Ngã tư thử", "en": "Test junction"},
        "lines": [{"id": "vach", "from": [0.1, 0.6], "to": [0.9, 0.6], "kind": "stop", "governed": [{"signal": "den"}]}],
        "signals": [{"id": "den", "lamps": [{"colour": "red", "area": [0.8, 0.1, 0.02, 0.02]}]}],
        "rules": [{"id": "den-do", "kind": "red_light", "about": ["vach"]}]
    }))
    .unwrap()
}

fn desk() -> ViolationDesk {
    let reference =
        SceneRef { camera: name("nga-tu"), version: 3, sha256: Digest::ZERO, since: Some(at(0.0)) };
    ViolationDesk::new(DeskSetup {
        camera: name("nga-tu"),
        scene: Arc::new(scene()),
        reference,
        ground: None,
        models: vec![ModelRef { id: "det".to_owned(), sha256: Digest::ZERO }],
    })
}

fn captured(stream_s: f64, source: TimeSource) -> CaptureTime {
    CaptureTime { at: at(stream_s), uncertainty_ms: 40, source, stream_s }
}

/// Each frame has a grey of its own.
fn picture(index: u64) -> I420 {
    let grey = 40 + (index % 180) as u8;
    Rgb::filled(320, 240, [grey, grey, grey]).to_i420()
}

/// A motorcycle that goes down the picture.
fn bbox(stream_s: f64) -> BBox {
    BBox { x: 150.0, y: 20.0 + stream_s as f32 * 10.0, w: 20.0, h: 30.0 }
}

fn changes(stream_s: f64) -> TrackChanges {
    let view = |id, class, bbox| TrackView {
        id,
        bbox,
        class,
        class_score: 0.9,
        score: 0.9,
        detection: Some(0),
        confirmed: true,
        first_s: 0.0,
        last_s: stream_s,
        frames: 10,
        velocity: Point { x: 0.0, y: 10.0 },
    };
    let bystander = view(8, ObjectClass::Person, BBox { x: 10.0, y: 100.0, w: 16.0, h: 40.0 });
    let tracks = [view(7, ObjectClass::Motorcycle, bbox(stream_s)), bystander];
    let changes = tracks.map(|track| TrackChange { kind: ChangeKind::Updated, track }).to_vec();
    TrackChanges { time_s: stream_s, changes }
}

/// Red since second 4, recognised at 4.4: until then green was said.
fn signals(stream_s: f64) -> Signals {
    let (state, since_s) = if stream_s < 4.4 { (LampState::Green, 0.0) } else { (LampState::Red, 4.0) };
    Signals(vec![SignalReading {
        signal: name("den"),
        state,
        flashing: false,
        since: Some(at(since_s)),
        source: SignalSource::Picture,
        score: 0.95,
    }])
}

fn run_to(desk: &mut ViolationDesk, frames: std::ops::Range<u64>, source: TimeSource) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for index in frames {
        let stream_s = index as f64 / FPS;
        let frame = Frame { index, captured: captured(stream_s, source), picture: picture(index) };
        desk.note(&frame, &changes(stream_s), &signals(stream_s));
        drafts.extend(desk.due(frame.captured, |_| None));
    }
    drafts
}

fn finding(track: u64, seconds: [f64; 3]) -> Finding {
    let moment = |what: &str, stream_s: f64| FoundMoment {
        what: what.to_owned(),
        stream_s,
        at: at(stream_s),
        frame: (stream_s * FPS) as u64,
        bbox: bbox(stream_s),
        signal: signals(stream_s).0.pop(),
    };
    let words = ["before_line", "on_line", "past_line"];
    Finding {
        rule: name("den-do"),
        kind: Kind::RedLight,
        track,
        class: VehicleClass::Motorcycle,
        lane: None,
        moments: words.iter().zip(seconds).map(|(what, stream_s)| moment(what, stream_s)).collect(),
        measured: None,
        score: 0.9,
        doubts: Vec::new(),
    }
}

fn violation(draft: &Draft) -> &Violation {
    match &draft.payload {
        Payload::Violation(violation) => violation,
        other => panic!("{other:?}"),
    }
}

fn file(draft: &Draft, role: EvidenceRole) -> &Picture {
    draft.pictures.iter().find(|picture| picture.role == role).unwrap_or_else(|| panic!("no {role:?}"))
}

#[test]
fn a_finding_becomes_one_event_with_a_picture_of_each_moment_and_says_what_is_missing() {
    let mut desk = desk();
    run_to(&mut desk, 0..101, TimeSource::File);
    desk.found(finding(7, [9.0, 9.4, 10.0]));
    desk.found(finding(7, [9.1, 9.5, 10.1]));
    assert!(desk.accuses(7) && !desk.accuses(8));
    let drafts = run_to(&mut desk, 101..180, TimeSource::File);
    assert_eq!(drafts.len(), 1, "the same act is told once");
    let (draft, told) = (&drafts[0], violation(&drafts[0]));
    assert_eq!((told.violation.as_str(), told.scene.version, told.track.id), ("red_light", 3, 7));
    assert_eq!(draft.captured.at, at(10.0));
    wire::violation::check_violation(told).unwrap();
    let words: Vec<&str> = told.moments.iter().map(|moment| moment.what.as_str()).collect();
    assert_eq!(words, ["before_line", "on_line", "past_line"]);
    for moment in &told.moments {
        let picture =
            draft.pictures.iter().find(|file| Some(Digest::of(&file.bytes)) == moment.evidence).unwrap();
        let shown = Rgb::decode(&picture.bytes).unwrap();
        let expected = 40 + (moment.frame.unwrap() % 180) as i32;
        assert!(
            (i32::from(shown.data[0]) - expected).abs() <= 4,
            "its own frame: {} {expected}",
            shown.data[0]
        );
    }
    let overview = file(draft, EvidenceRole::Overview);
    assert_eq!(
        Some(Digest::of(&overview.bytes)),
        told.moments[2].evidence,
        "the act's frame is the overview"
    );
    assert_eq!((told.picture, told.bbox), ([320, 240], bbox(10.0).rounded()));
    // Whether this machine's clock is synchronised is its own affair.
    let missing: Vec<&str> =
        told.missing.iter().map(String::as_str).filter(|need| *need != "clock").collect();
    assert_eq!(missing, ["plate", "clip", "reading", "time"], "a file has no true time");
}

#[test]
fn the_overlay_tells_every_frame_with_everybody_in_it_and_the_timeline_has_no_hole() {
    let mut desk = desk();
    run_to(&mut desk, 0..101, TimeSource::File);
    desk.found(finding(7, [9.0, 9.4, 10.0]));
    let drafts = run_to(&mut desk, 101..180, TimeSource::File);
    let overlay: Overlay = serde_json::from_slice(&file(&drafts[0], EvidenceRole::Overlay).bytes).unwrap();
    assert_eq!((overlay.v, overlay.track), (1, 7));
    assert!(overlay.frames.windows(2).all(|two| (two[1].stream_s - two[0].stream_s - 0.1).abs() < 1e-6));
    let act = overlay.frames.iter().find(|frame| (frame.stream_s - 10.0).abs() < 1e-6).unwrap();
    assert_eq!(act.objects.iter().map(|object| object.track).collect::<Vec<_>>(), [7, 8], "bystanders too");
    let b = bbox(10.0);
    let expected = [b.x / 320.0, b.y / 240.0, b.w / 320.0, b.h / 240.0];
    assert!(act.objects[0].bbox.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-3));
    assert_eq!(act.signals, [("den".to_owned(), LampState::Red)]);
    let drawn: Vec<&str> = overlay.drawn.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(drawn, ["vach", "den.red"]);
    let timeline = &violation(&drafts[0]).timeline;
    assert!(timeline.windows(2).all(|two| two[0].to == two[1].from));
    let moments = &violation(&drafts[0]).moments;
    assert!(
        moments
            .iter()
            .all(|m| timeline.iter().any(|s| s.from <= m.at && m.at <= s.to && s.state == LampState::Red))
    );
}

#[test]
fn a_change_of_the_signal_that_was_recognised_late_stands_where_it_happened() {
    let mut desk = desk();
    run_to(&mut desk, 0..61, TimeSource::File);
    desk.found(finding(7, [5.0, 5.5, 6.0]));
    let drafts = desk.finish(|_| None);
    let spans: Vec<_> = violation(&drafts[0]).timeline.iter().map(|s| (s.state, s.from, s.to)).collect();
    assert_eq!(spans.len(), 2, "{spans:?}");
    assert_eq!((spans[0].0, spans[0].2), (LampState::Green, at(4.0)));
    assert_eq!((spans[1].0, spans[1].1, spans[1].2), (LampState::Red, at(4.0), at(6.0)));
}

#[test]
fn events_of_a_live_camera_are_made_beside_it_and_none_is_lost_at_the_end() {
    let mut desk = desk();
    run_to(&mut desk, 0..101, TimeSource::Arrival);
    (0..20).for_each(|track| desk.found(finding(track, [9.0, 9.4, 10.0])));
    let mut drafts = run_to(&mut desk, 101..125, TimeSource::Arrival);
    drafts.extend(desk.finish(|_| None));
    let mut tracks: Vec<u64> = drafts.iter().map(|draft| violation(draft).track.id).collect();
    tracks.sort_unstable();
    assert_eq!(tracks, (0..20).collect::<Vec<u64>>());
}

#[test]
fn a_camera_that_falls_silent_takes_no_finding_with_it() {
    let mut desk = desk().with_witness(Witness {
        ring: Some(Arc::new(Ring::new(crate::camera::RingBounds::default()))),
        clock: None,
    });
    run_to(&mut desk, 0..101, TimeSource::Arrival);
    desk.found(finding(7, [9.0, 9.4, 10.0]));
    assert!(desk.idle(1.0, |_| None).is_empty());
    let mut drafts = desk.idle(7.0, |_| None);
    drafts.extend(desk.finish(|_| None));
    assert_eq!(drafts.len(), 1);
    assert!(violation(&drafts[0]).missing.contains(&"clip".to_owned()));
}

#[test]
fn more_findings_than_the_maker_can_hold_at_once_neither_block_the_camera_nor_get_lost() {
    let mut desk = desk();
    run_to(&mut desk, 0..101, TimeSource::Arrival);
    (0..80).for_each(|track| desk.found(finding(track, [9.0, 9.4, 10.0])));
    let mut drafts = desk.idle(7.0, |_| None);
    drafts.extend(desk.finish(|_| None));
    let mut tracks: Vec<u64> = drafts.iter().map(|draft| violation(draft).track.id).collect();
    tracks.sort_unstable();
    assert_eq!(tracks, (0..80).collect::<Vec<u64>>());
}

#[test]
fn pictures_of_many_waiting_findings_are_kept_small() {
    let mut desk = desk();
    let large = |index: u64| Rgb::filled(2560, 1440, [(index % 200) as u8, 40, 40]).to_i420();
    for index in 0..12 {
        let frame = Frame {
            index,
            captured: captured(index as f64 / FPS, TimeSource::Arrival),
            picture: large(index),
        };
        desk.note(&frame, &changes(index as f64 / FPS), &signals(index as f64 / FPS));
    }
    (0..30).for_each(|track| desk.found(finding(track, [0.9, 1.0, 1.1])));
    assert!(desk.held() <= MOST_PIXELS + (8 << 20), "{}", desk.held());
    let drafts = desk.finish(|_| None);
    assert_eq!(drafts.len(), 30);
    assert!(
        drafts.iter().all(|draft| violation(draft).moments.iter().all(|moment| moment.evidence.is_some()))
    );
}

#[test]
fn a_clip_has_its_lead_and_its_tail_and_every_moment() {
    let span = |seconds| {
        let wanted = wanted(&finding(1, seconds), seconds[2]);
        (wanted.from_s, wanted.to_s)
    };
    assert_eq!(span([98.0, 99.0, 100.0]), (95.0, 104.0));
    let (from_s, to_s) = span([94.4, 97.0, 100.0]);
    assert!(from_s <= 93.9 + 1e-9 && to_s >= 103.4 && to_s - from_s <= 11.5, "{from_s} {to_s}");
}

#[path = "live_tests.rs"]
mod live;
