//! What the tracker promises, on invented scenes.

use proptest::prelude::*;

use super::*;
use crate::detection::{Detection, ObjectClass};
use crate::geometry::BBox;

fn det(x: f32, y: f32, w: f32, h: f32, score: f32, class: ObjectClass) -> Detection {
    Detection { bbox: BBox { x, y, w, h }, score, class }
}

fn person(x: f32, y: f32, score: f32) -> Detection {
    det(x, y, 40.0, 100.0, score, ObjectClass::Person)
}

fn tracker() -> Tracker {
    Tracker::new(TrackerConfig::default())
}

/// Runs a scene and returns the ids of confirmed tracks in the order they were confirmed.
fn ids(fps: f64, seconds: f64, scene: impl Fn(f32) -> Vec<Detection>) -> Vec<u64> {
    let mut tracker = tracker();
    let mut confirmed = Vec::new();
    for n in 0..(fps * seconds) as u32 {
        let time_s = f64::from(n) / fps;
        let changes = tracker.update(time_s, &scene(time_s as f32));
        confirmed.extend(changes.of_kind(ChangeKind::Confirmed).map(|t| t.id));
    }
    confirmed
}

#[test]
fn a_track_is_born_confirmed_updated_lost_once_and_ended_once() {
    let mut tracker = tracker();
    let mut kinds = Vec::new();
    for n in 0..90 {
        let seen = if n < 4 { vec![person(100.0, 100.0, 0.9)] } else { Vec::new() };
        kinds.extend(tracker.update(f64::from(n) / 30.0, &seen).changes.iter().map(|c| c.kind));
    }
    use ChangeKind::*;
    assert_eq!(kinds, [Born, Confirmed, Updated, Updated, Lost, Ended]);
}

#[test]
fn what_is_seen_in_one_frame_only_is_never_confirmed() {
    let mut tracker = tracker();
    tracker.update(0.0, &[person(100.0, 100.0, 0.9)]);
    let changes = tracker.update(0.033, &[]);
    assert_eq!(changes.changes.len(), 1);
    assert_eq!(changes.changes[0].kind, ChangeKind::Ended);
    assert!(!changes.changes[0].track.confirmed);
}

#[test]
fn a_walker_hidden_for_a_second_keeps_the_track_at_any_frame_rate() {
    for fps in [6.0, 15.0, 30.0] {
        let walk = |t: f32| {
            if (2.0..3.0).contains(&t) { Vec::new() } else { vec![person(100.0 + 60.0 * t, 100.0, 0.9)] }
        };
        assert_eq!(ids(fps, 5.0, walk), [1], "{fps} fps");
    }
}

#[test]
fn a_fast_motorcycle_at_six_frames_a_second_is_one_track() {
    // It moves by nearly its own width from frame to frame.
    let ride =
        |t: f32| vec![det(20.0 + 300.0 * t, 200.0 + 40.0 * t, 60.0, 80.0, 0.8, ObjectClass::Motorcycle)];
    assert_eq!(ids(6.0, 3.0, ride), [1]);
}

#[test]
fn uneven_frame_intervals_do_not_break_a_track() {
    let mut tracker = tracker();
    let mut time_s = 0.0;
    let mut confirmed = 0;
    for n in 0..60 {
        time_s += [0.033, 0.2, 0.066, 0.4][n % 4];
        let changes = tracker.update(time_s, &[person(50.0 + 80.0 * time_s as f32, 100.0, 0.9)]);
        confirmed += changes.of_kind(ChangeKind::Confirmed).count();
    }
    assert_eq!(confirmed, 1);
}

#[test]
fn a_weak_detection_continues_a_track_but_never_starts_one() {
    let fading = |t: f32| vec![person(100.0 + 20.0 * t, 100.0, if t < 1.0 { 0.9 } else { 0.2 })];
    let mut tracker = tracker();
    for n in 0..60 {
        let t = n as f32 / 30.0;
        let changes = tracker.update(f64::from(t), &fading(t));
        assert_eq!(changes.seen().count(), usize::from(n > 0), "frame {n}");
    }
    assert!(ids(30.0, 2.0, |_| vec![person(100.0, 100.0, 0.5)]).is_empty());
}

#[test]
fn two_people_who_cross_keep_their_tracks() {
    let cross = |t: f32| {
        vec![
            person(100.0 + 80.0 * t, 100.0, 0.9),
            det(420.0 - 80.0 * t, 90.0, 44.0, 125.0, 0.9, ObjectClass::Person),
        ]
    };
    assert_eq!(ids(15.0, 4.0, cross), [1, 2]);
    let mut tracker = tracker();
    let mut last = TrackChanges::default();
    for n in 0..60 {
        let t = n as f32 / 15.0;
        last = tracker.update(f64::from(t), &cross(t));
    }
    let first = last.seen().find(|t| t.id == 1).expect("still there");
    assert!(first.bbox.x > 350.0 && first.velocity.x > 0.0, "{first:?}");
}

#[test]
fn a_shaken_camera_breaks_no_track() {
    // Each jolt moves the whole picture by more than half a person.
    let jolt = |t: f32| if (t * 2.0) as u32 % 2 == 1 { 26.0 } else { 0.0 };
    let crowd = |t: f32| (0..8).map(|n| person(60.0 + 110.0 * n as f32 + jolt(t), 100.0, 0.9)).collect();
    assert_eq!(ids(15.0, 4.0, crowd).len(), 8);
}

#[test]
fn the_vote_outlasts_a_class_that_flickers() {
    let mut tracker = tracker();
    let mut view = None;
    for n in 0..20 {
        let class = if n % 4 == 3 { ObjectClass::Truck } else { ObjectClass::Car };
        let changes = tracker.update(f64::from(n) / 10.0, &[det(100.0, 100.0, 120.0, 90.0, 0.8, class)]);
        view = changes.seen().next().copied().or(view);
    }
    let view = view.expect("confirmed");
    assert_eq!((view.id, view.class), (1, ObjectClass::Car));
    assert!((view.class_score - 0.75).abs() < 0.01);
}

#[test]
fn rider_and_motorcycle_stay_two_tracks() {
    let ride = |t: f32| {
        let x = 50.0 + 60.0 * t;
        vec![
            det(x, 100.0, 60.0, 110.0, 0.9, ObjectClass::Person),
            det(x, 120.0, 62.0, 100.0, 0.9, ObjectClass::Motorcycle),
        ]
    };
    assert_eq!(ids(10.0, 3.0, ride), [1, 2]);
}

#[test]
fn a_parked_car_keeps_its_track_while_the_still_picture_is_not_analysed() {
    let car = [det(100.0, 100.0, 120.0, 90.0, 0.8, ObjectClass::Car)];
    let mut tracker = tracker();
    tracker.update(0.0, &car);
    tracker.update(0.1, &car);
    for n in 1..600 {
        assert!(tracker.still(f64::from(n)).changes.is_empty());
    }
    let changes = tracker.update(600.0, &car);
    assert_eq!(changes.seen().map(|t| t.id).collect::<Vec<_>>(), [1]);
}

#[test]
fn after_a_gap_in_the_stream_objects_are_new() {
    let mut tracker = tracker();
    tracker.update(0.0, &[person(100.0, 100.0, 0.9)]);
    tracker.update(0.1, &[person(100.0, 100.0, 0.9)]);
    let changes = tracker.update(60.0, &[person(100.0, 100.0, 0.9)]);
    let kinds: Vec<_> = changes.changes.iter().map(|c| (c.kind, c.track.id)).collect();
    assert_eq!(kinds, [(ChangeKind::Ended, 1), (ChangeKind::Born, 2)]);
}

#[test]
fn a_clock_set_back_or_broken_boxes_disturb_nothing() {
    let mut tracker = tracker();
    let good = person(100.0, 100.0, 0.9);
    let broken = [
        det(f32::NAN, 0.0, 10.0, 10.0, 0.9, ObjectClass::Person),
        det(0.0, 0.0, -10.0, 10.0, 0.9, ObjectClass::Person),
        det(0.0, 0.0, 10.0, f32::INFINITY, 0.9, ObjectClass::Person),
        det(0.0, 0.0, 10.0, 10.0, f32::NAN, ObjectClass::Person),
    ];
    for time_s in [5.0, 5.1, 2.0, f64::NAN, f64::INFINITY, 5.2] {
        let detections: Vec<Detection> = broken.iter().copied().chain([good]).collect();
        let changes = tracker.update(time_s, &detections);
        assert!(changes.time_s.is_finite());
        assert!(changes.changes.iter().all(|c| c.track.id == 1 && c.track.detection == Some(4)));
    }
}

#[test]
fn finishing_ends_every_track() {
    let mut tracker = tracker();
    tracker.update(0.0, &[person(100.0, 100.0, 0.9), person(300.0, 100.0, 0.9)]);
    assert_eq!(tracker.finish().of_kind(ChangeKind::Ended).count(), 2);
    assert!(tracker.finish().changes.is_empty());
}

fn any_detection() -> impl Strategy<Value = Detection> {
    let class = prop::sample::select(vec![
        ObjectClass::Person,
        ObjectClass::Car,
        ObjectClass::Truck,
        ObjectClass::Motorcycle,
    ]);
    (0f32..600.0, 0f32..400.0, 1f32..200.0, 1f32..200.0, 0f32..=1.0, class)
        .prop_map(|(x, y, w, h, score, class)| det(x, y, w, h, score, class))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_doubled_box_never_makes_a_doubled_track(
        speed in -80f32..80.0,
        (dx, dy, grow) in (-0.06f32..0.06, -0.06f32..0.06, -0.1f32..0.1),
        (first, second) in (0.66f32..0.95, 0.66f32..0.95),
        missing in prop::collection::vec(any::<bool>(), 45),
    ) {
        // A second box beside the true one, now and then, of a class that detectors mix up with it.
        let scene = |t: f32| {
            let (x, w, h) = (300.0 + speed * t, 120.0, 90.0);
            let mut seen = vec![det(x, 100.0, w, h, first, ObjectClass::Car)];
            if missing[(t * 15.0).round() as usize % missing.len()] {
                seen.push(det(x + dx * w, 100.0 + dy * h, w * (1.0 + grow), h * (1.0 + grow), second, ObjectClass::Truck));
            }
            seen
        };
        prop_assert_eq!(ids(15.0, 3.0, scene), [1]);
    }

    #[test]
    fn whatever_comes_in_the_changes_are_consistent(
        frames in prop::collection::vec((0.0f64..0.8, prop::collection::vec(any_detection(), 0..12)), 1..30)
    ) {
        let mut tracker = tracker();
        let (mut time_s, mut confirmed, mut ended) = (0.0, Vec::new(), Vec::new());
        for (dt, detections) in &frames {
            time_s += dt;
            let changes = tracker.update(time_s, detections);
            let mut used: Vec<usize> = changes.changes.iter().filter_map(|c| c.track.detection).collect();
            used.sort_unstable();
            prop_assert!(used.windows(2).all(|w| w[0] != w[1]) && used.iter().all(|&d| d < detections.len()));
            for change in &changes.changes {
                let (track, b) = (&change.track, &change.track.bbox);
                prop_assert!(b.x.is_finite() && b.y.is_finite() && b.w > 0.0 && b.h > 0.0);
                prop_assert!(!ended.contains(&track.id), "a track speaks after its end");
                match change.kind {
                    ChangeKind::Confirmed => {
                        prop_assert!(!confirmed.contains(&track.id), "confirmed twice");
                        confirmed.push(track.id);
                    }
                    ChangeKind::Ended => ended.push(track.id),
                    ChangeKind::Lost => prop_assert!(track.confirmed && track.detection.is_none()),
                    ChangeKind::Born | ChangeKind::Updated => prop_assert!(track.detection.is_some()),
                }
            }
        }
        ended.extend(tracker.finish().changes.iter().map(|c| c.track.id));
        ended.sort_unstable();
        prop_assert!(ended.windows(2).all(|w| w[0] != w[1]));
        prop_assert!(confirmed.iter().all(|id| ended.contains(id)));
    }
}

/// Runs a scene of numbered objects and says, per confirmed track, which objects it followed.
fn followed(fps: f64, seconds: f64, scene: impl Fn(f32) -> Vec<Detection>) -> Vec<Vec<usize>> {
    let mut tracker = tracker();
    let mut by_track: std::collections::BTreeMap<u64, Vec<usize>> = std::collections::BTreeMap::new();
    for n in 0..(fps * seconds) as u32 {
        let time_s = f64::from(n) / fps;
        for track in tracker.update(time_s, &scene(time_s as f32)).seen() {
            let objects = by_track.entry(track.id).or_default();
            let object = track.detection.expect("seen");
            if !objects.contains(&object) {
                objects.push(object);
            }
        }
    }
    by_track.into_values().collect()
}

/// A number between -1 and 1 that looks random.
fn jitter(object: usize, time_s: f32, salt: u32) -> f32 {
    let n = (object as u32).wrapping_mul(7919) ^ ((time_s * 1000.0) as u32).wrapping_mul(104_729) ^ salt;
    let mixed = n.wrapping_mul(2_654_435_761).rotate_left(13).wrapping_mul(2_246_822_519);
    mixed as f32 / u32::MAX as f32 * 2.0 - 1.0
}

fn motorcycle(x: f32, y: f32, object: usize, time_s: f32) -> Detection {
    let (w, h) = (46.0, 78.0);
    let tremble = |salt| 0.03 * w * jitter(object, time_s, salt);
    det(x + tremble(1), y + tremble(2), w + tremble(3), h + tremble(4), 0.7, ObjectClass::Motorcycle)
}

#[test]
fn riders_side_by_side_keep_their_tracks() {
    // Handlebar to handlebar: neighbouring boxes share a third of their width; each has its own pace.
    let pack = |t: f32| {
        (0..8)
            .map(|n| {
                let pace = 38.0 + 5.0 * (n % 3) as f32;
                motorcycle(40.0 + 31.0 * n as f32, 420.0 - pace * t - 9.0 * (n % 2) as f32, n, t)
            })
            .collect()
    };
    for fps in [6.0, 10.0, 25.0] {
        let tracks = followed(fps, 6.0, pack);
        assert_eq!(tracks, (0..8).map(|n| vec![n]).collect::<Vec<_>>(), "{fps} fps");
    }
}

#[test]
fn a_rider_who_overtakes_close_by_neither_swaps_nor_merges() {
    let overtake =
        |t: f32| vec![motorcycle(200.0, 300.0 - 25.0 * t, 0, t), motorcycle(226.0, 430.0 - 75.0 * t, 1, t)];
    for fps in [6.0, 10.0] {
        assert_eq!(followed(fps, 4.5, overtake), [vec![0], vec![1]], "{fps} fps");
    }
}

#[test]
fn a_standing_crowd_of_riders_stays_as_many_as_they_are() {
    // Three rows before a stop line; those in front hide the lower part of those behind now and then.
    let crowd = |t: f32| {
        (0..15)
            .map(|n| {
                let (row, column) = (n / 5, n % 5);
                let mut d = motorcycle(60.0 + 44.0 * column as f32, 200.0 + 34.0 * row as f32, n, t);
                if row < 2 && ((t * 2.0) as usize + n).is_multiple_of(3) {
                    d.bbox.h *= 0.72;
                }
                d
            })
            .collect()
    };
    let tracks = followed(6.0, 10.0, crowd);
    assert_eq!(tracks.len(), 15);
    assert!(tracks.iter().all(|objects| objects.len() == 1), "{tracks:?}");
}

#[test]
fn a_cab_is_not_a_car_beside_its_lorry() {
    let lorry = |t: f32| {
        let x = 100.0 + 20.0 * t;
        let mut seen = vec![det(x, 100.0, 240.0, 160.0, 0.85, ObjectClass::Truck)];
        if (t * 3.0) as u32 % 2 == 1 {
            seen.push(det(x + 150.0, 130.0, 88.0, 128.0, 0.8, ObjectClass::Car));
        }
        seen
    };
    assert_eq!(ids(10.0, 4.0, lorry), [1]);
}

#[test]
fn two_tracks_that_turn_out_to_be_one_vehicle_become_one() {
    // First its halves are seen, then all of it and a half.
    let bus = |t: f32| {
        let x = 50.0 + 30.0 * t;
        let front = det(x + 150.0, 100.0, 150.0, 120.0, 0.8, ObjectClass::Bus);
        let first = if t < 1.0 {
            det(x, 100.0, 150.0, 120.0, 0.8, ObjectClass::Bus)
        } else {
            det(x, 100.0, 300.0, 120.0, 0.9, ObjectClass::Bus)
        };
        vec![first, front]
    };
    let mut tracker = tracker();
    let mut last = TrackChanges::default();
    let mut ended = Vec::new();
    for n in 0..40 {
        let t = n as f32 / 10.0;
        last = tracker.update(f64::from(t), &bus(t));
        ended.extend(last.of_kind(ChangeKind::Ended).filter(|t| t.confirmed).map(|t| t.id));
    }
    assert_eq!(last.seen().count(), 1, "{last:?}");
    assert_eq!(ended.len(), 1);
}

#[test]
fn one_vehicle_of_which_the_detector_is_of_two_minds_is_one_track() {
    let three_wheeler = |t: f32| {
        let x = 50.0 + 40.0 * t;
        vec![
            det(x, 100.0, 80.0, 80.0, 0.7, ObjectClass::Motorcycle),
            det(x + 1.0, 101.0, 79.0, 81.0, 0.6, ObjectClass::Car),
        ]
    };
    assert_eq!(ids(10.0, 3.0, three_wheeler), [1]);
}

#[test]
fn people_behind_each_other_are_not_merged() {
    let pair = |t: f32| vec![person(100.0 + 30.0 * t, 100.0, 0.9), person(104.0 + 30.0 * t, 84.0, 0.85)];
    let close = ids(10.0, 3.0, |t| {
        let mut seen = pair(t);
        // They start apart, so that both have a track.
        seen[1].bbox.x += (1.5 - t).max(0.0) * 60.0;
        seen
    });
    assert_eq!(close.len(), 2);
}
