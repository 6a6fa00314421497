//! What lines and zones promise.

use proptest::prelude::*;

use super::*;
use crate::detection::ObjectClass;
use crate::track::{ChangeKind, TrackChange, TrackChanges, TrackView};

const WIDTH: u32 = 1000;
const HEIGHT: u32 = 500;
/// Box of the objects here; their band is the larger of this part of the height and the trembling of the box.
const SIDE: f32 = 30.0;

fn view(id: u64, foot: (f32, f32), confirmed: bool) -> TrackView {
    TrackView {
        id,
        bbox: BBox { x: foot.0 - SIDE / 2.0, y: foot.1 - SIDE, w: SIDE, h: SIDE },
        class: ObjectClass::Person,
        class_score: 1.0,
        score: 0.9,
        detection: Some(0),
        confirmed,
        first_s: 0.0,
        last_s: 0.0,
        frames: 5,
        velocity: Point { x: 0.0, y: 0.0 },
    }
}

fn seen(id: u64, time_s: f64, foot: (f32, f32)) -> TrackChanges {
    TrackChanges {
        time_s,
        changes: vec![TrackChange { kind: ChangeKind::Updated, track: view(id, foot, true) }],
    }
}

fn of_kind(kind: ChangeKind, id: u64, time_s: f64) -> TrackChanges {
    let track = TrackView { detection: None, ..view(id, (0.0, 0.0), true) };
    TrackChanges { time_s, changes: vec![TrackChange { kind, track }] }
}

fn line(from: [f32; 2], to: [f32; 2]) -> Line {
    Line { id: "gate".into(), from, to, anchor: Anchor::Foot, margin: 0.01, classes: vec![], recount: false }
}

/// From the left edge to the right edge at half height: coming down is in.
fn across() -> Line {
    line([0.0, 0.5], [1.0, 0.5])
}

fn counter(line: Line) -> LineCounter {
    LineCounter::new(vec![line], WIDTH, HEIGHT).expect("a good line")
}

fn walk(counter: &mut LineCounter, path: &[(f32, f32)]) -> Vec<Direction> {
    let steps = path.iter().enumerate();
    steps.flat_map(|(n, &p)| counter.update(&seen(1, n as f64, p))).map(|c| c.direction).collect()
}

fn down(heights: &[f32]) -> Vec<(f32, f32)> {
    heights.iter().map(|&y| (500.0, y)).collect()
}

use Direction::{In, Out};

#[test]
fn coming_down_through_a_line_drawn_to_the_right_is_in_and_going_back_is_out() {
    assert_eq!(walk(&mut counter(across()), &down(&[200.0, 240.0, 270.0, 300.0])), [In]);
    assert_eq!(walk(&mut counter(across()), &down(&[300.0, 270.0, 240.0, 200.0])), [Out]);
    assert_eq!(walk(&mut counter(across()), &down(&[200.0, 300.0, 200.0])), [In, Out]);
    let backwards = line([1.0, 0.5], [0.0, 0.5]);
    assert_eq!(walk(&mut counter(backwards), &down(&[200.0, 300.0])), [Out]);
}

#[test]
fn a_crossing_says_when_and_where_the_line_itself_was_passed() {
    let mut counter = counter(across());
    counter.update(&seen(7, 10.0, (400.0, 200.0)));
    let crossings = counter.update(&seen(7, 11.0, (600.0, 300.0)));
    let expected = Crossing {
        line: "gate".into(),
        track: 7,
        class: ObjectClass::Person,
        direction: In,
        time_s: 10.5,
        point: Point { x: 0.5, y: 0.5 },
    };
    assert_eq!(crossings, [expected]);
    assert_eq!(counter.totals().collect::<Vec<_>>(), [("gate", 1, 0)]);
}

#[test]
fn a_vehicle_counts_once_per_direction_unless_recounting_is_asked_for_and_a_person_every_time() {
    let there_and_back = [200.0, 300.0, 200.0, 300.0, 200.0];
    let drive = |line: Line| {
        let mut counter = counter(line);
        let mut seen = there_and_back.iter().enumerate().map(|(n, &y)| seen(1, n as f64, (500.0, y)));
        let as_car = |mut changes: TrackChanges| {
            changes.changes[0].track.class = ObjectClass::Car;
            changes
        };
        let crossings: Vec<Direction> =
            seen.by_ref().flat_map(|changes| counter.update(&as_car(changes))).map(|c| c.direction).collect();
        crossings
    };
    assert_eq!(drive(across()), [In, Out]);
    assert_eq!(drive(Line { recount: true, ..across() }), [In, Out, In, Out]);
    assert_eq!(walk(&mut counter(across()), &down(&there_and_back)), [In, Out, In, Out]);
}

#[test]
fn a_look_in_which_two_people_are_one_box_decides_nothing_by_itself() {
    let beside = |time_s, first: BBox, second: (f32, f32)| {
        let mut changes = seen(2, time_s, second);
        let track = TrackView { bbox: first, ..view(1, (0.0, 0.0), true) };
        changes.changes.insert(0, TrackChange { kind: ChangeKind::Updated, track });
        changes
    };
    let alone = BBox { x: 485.0, y: 205.0, w: SIDE, h: SIDE };
    // Around both of them for one look: the foot of the second, who stays below the line.
    let both = BBox { x: 485.0, y: 190.0, w: 2.0 * SIDE, h: 110.0 };
    let mut counter = counter(across());
    for (time_s, bbox) in [(0.0, alone), (0.1, both), (0.2, alone), (0.3, alone)] {
        assert_eq!(counter.update(&beside(time_s, bbox, (520.0, 298.0))), [], "at {time_s}");
    }
    let over = BBox { y: 270.0, ..both };
    let crossed: Vec<Crossing> = [0.4, 0.5]
        .into_iter()
        .flat_map(|time_s| counter.update(&beside(time_s, BBox { h: SIDE, ..over }, (520.0, 298.0))))
        .collect();
    assert_eq!(crossed.len(), 1, "two looks do: {crossed:?}");
    assert_eq!((crossed[0].track, crossed[0].direction), (1, In));
}

#[test]
fn walking_around_the_end_of_a_line_is_no_crossing() {
    let short = line([0.3, 0.5], [0.6, 0.5]);
    let around = [(500.0, 200.0), (800.0, 200.0), (800.0, 300.0), (500.0, 300.0)];
    assert!(walk(&mut counter(short.clone()), &around).is_empty());
    // From there straight back through the line is a true way out.
    let mut back = around.to_vec();
    back.push((500.0, 200.0));
    assert_eq!(walk(&mut counter(short), &back), [Out]);
}

#[test]
fn who_is_first_seen_on_the_line_has_not_crossed_it() {
    assert!(walk(&mut counter(across()), &down(&[250.0, 270.0, 300.0])).is_empty());
}

#[test]
fn a_track_must_be_confirmed_but_its_way_before_that_counts() {
    let mut counter = counter(across());
    let step = |y: f32, confirmed| TrackChanges {
        time_s: f64::from(y),
        changes: vec![TrackChange { kind: ChangeKind::Updated, track: view(1, (500.0, y), confirmed) }],
    };
    assert!(counter.update(&step(200.0, false)).is_empty());
    assert!(counter.update(&step(300.0, false)).is_empty());
    assert_eq!(counter.update(&step(310.0, true)).len(), 1);
}

#[test]
fn who_is_hidden_while_crossing_is_counted_when_seen_again() {
    let mut counter = counter(across());
    counter.update(&seen(1, 0.0, (500.0, 200.0)));
    assert!(counter.update(&of_kind(ChangeKind::Lost, 1, 0.1)).is_empty());
    assert_eq!(counter.update(&seen(1, 1.0, (500.0, 300.0))).len(), 1);
}

#[test]
fn only_the_asked_classes_count_and_the_anchor_can_be_the_centre() {
    let cars = Line { classes: vec![ObjectClass::Car], ..across() };
    assert!(walk(&mut counter(cars), &down(&[200.0, 300.0])).is_empty());
    // The foot crosses, the centre does not.
    let centred = Line { anchor: Anchor::Centre, ..across() };
    assert!(walk(&mut counter(centred), &down(&[200.0, 262.0])).is_empty());
    assert_eq!(walk(&mut counter(across()), &down(&[200.0, 262.0])), [In]);
}

#[test]
fn an_ended_track_leaves_nothing_behind() {
    let mut counter = counter(across());
    counter.update(&seen(1, 0.0, (500.0, 200.0)));
    counter.update(&of_kind(ChangeKind::Ended, 1, 1.0));
    assert!(counter.update(&seen(1, 2.0, (500.0, 300.0))).is_empty());
}

#[test]
fn lines_that_cannot_work_are_refused_with_their_id() {
    let refused = |lines: Vec<Line>| LineCounter::new(lines, WIDTH, HEIGHT).expect_err("refused").to_string();
    assert!(refused(vec![line([0.0, 0.5], [1.2, 0.5])]).starts_with("gate: point (1.2, 0.5) is outside"));
    assert!(refused(vec![line([0.0, f32::NAN], [1.0, 0.5])]).contains("outside"));
    assert!(refused(vec![line([0.5, 0.5], [0.5, 0.5])]).contains("no length"));
    assert!(refused(vec![Line { margin: -0.1, ..across() }]).contains("margin is -0.1"));
    assert!(refused(vec![across(), across()]).contains("used twice"));
    assert!(LineCounter::new(vec![], 0, 10).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn trembling_within_the_band_never_counts(
        angle in 0.0f32..std::f32::consts::TAU,
        steps in prop::collection::vec((-4.9f32..4.9, -200f32..200.0), 1..60),
    ) {
        // A line through the middle at any angle; the object stands on it and trembles by less than the 5
        // pixels of the band.
        let (dx, dy) = (angle.cos(), angle.sin());
        let (cx, cy) = (500.0, 250.0);
        let end = |f: f32| [(cx + f * 240.0 * dx) / 1000.0, (cy + f * 240.0 * dy) / 500.0];
        let path: Vec<_> =
            steps.iter().map(|&(off, along)| (cx + along * dx - off * dy, cy + along * dy + off * dx)).collect();
        prop_assert!(walk(&mut counter(line(end(-1.0), end(1.0))), &path).is_empty());
    }

    #[test]
    fn who_ends_where_they_began_counts_as_many_in_as_out(
        heights in prop::collection::vec(0f32..500.0, 1..60), recount in any::<bool>()
    ) {
        let mut path = vec![100.0];
        path.extend(heights);
        path.push(100.0);
        let found = walk(&mut counter(Line { recount, ..across() }), &down(&path));
        let ins = found.iter().filter(|d| **d == In).count();
        prop_assert_eq!(ins, found.len() - ins);
    }

    #[test]
    fn who_ends_on_the_other_side_counts_one_more_when_recounting(
        heights in prop::collection::vec(0f32..500.0, 0..60)
    ) {
        let mut path = vec![100.0];
        path.extend(heights);
        path.push(400.0);
        let found = walk(&mut counter(Line { recount: true, ..across() }), &down(&path));
        let ins = found.iter().filter(|d| **d == In).count();
        prop_assert_eq!(ins, found.len() - ins + 1);
        prop_assert!(found.windows(2).all(|w| w[0] != w[1]), "directions alternate");
    }
}

fn zone() -> Zone {
    Zone {
        id: "yard".into(),
        corners: vec![[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]],
        anchor: Anchor::Foot,
        margin: 0.01,
        classes: vec![],
        dwell_s: Some(5.0),
    }
}

fn watch(zone: Zone) -> ZoneWatch {
    ZoneWatch::new(vec![zone], WIDTH, HEIGHT).expect("a good zone")
}

#[test]
fn a_stay_is_entered_dwelled_once_and_left() {
    let mut watch = watch(zone());
    let mut found = Vec::new();
    for n in 0..12 {
        let x = if (2..10).contains(&n) { 500.0 } else { 50.0 };
        found.extend(watch.update(&seen(1, f64::from(n), (x, 250.0))));
    }
    let short: Vec<_> = found.iter().map(|e| (e.change, e.time_s, e.inside_s)).collect();
    use ZoneChange::*;
    assert_eq!(short, [(Entered, 2.0, 0.0), (Dwelled, 7.0, 5.0), (Left, 10.0, 8.0)]);
    assert_eq!(watch.inside().collect::<Vec<_>>(), [("yard", 0)]);
}

#[test]
fn a_still_picture_does_not_stop_the_clock_of_a_stay_but_hiding_does() {
    let mut watch = watch(zone());
    watch.update(&seen(1, 0.0, (500.0, 250.0)));
    let quiet = watch.update(&TrackChanges { time_s: 6.0, changes: vec![] });
    assert_eq!(quiet.iter().map(|e| e.change).collect::<Vec<_>>(), [ZoneChange::Dwelled]);

    watch.update(&seen(2, 10.0, (500.0, 250.0)));
    watch.update(&of_kind(ChangeKind::Lost, 2, 11.0));
    assert!(watch.update(&TrackChanges { time_s: 16.0, changes: vec![] }).is_empty());
    let gone = watch.update(&of_kind(ChangeKind::Ended, 2, 17.0));
    assert_eq!((gone[0].change, gone[0].time_s, gone[0].inside_s), (ZoneChange::Vanished, 10.0, 0.0));
}

#[test]
fn a_zone_may_be_hollow() {
    let u_shape =
        vec![[0.1, 0.1], [0.3, 0.1], [0.3, 0.7], [0.7, 0.7], [0.7, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]];
    let mut watch = watch(Zone { corners: u_shape, ..zone() });
    assert!(watch.update(&seen(1, 0.0, (500.0, 100.0))).is_empty());
    assert_eq!(watch.update(&seen(1, 1.0, (500.0, 400.0))).len(), 1);
}

#[test]
fn zones_that_cannot_work_are_refused_with_their_id() {
    let refused = |zone: Zone| ZoneWatch::new(vec![zone], WIDTH, HEIGHT).expect_err("refused").to_string();
    assert!(
        refused(Zone { corners: vec![[0.1, 0.1], [0.9, 0.9]], ..zone() }).contains("three or more corners")
    );
    assert!(refused(Zone { corners: vec![[0.1, 0.1], [0.5, 0.5], [0.9, 0.9]], ..zone() }).contains("yard"));
    assert!(
        refused(Zone { corners: vec![[0.1, 0.1], [0.5, -0.5], [0.9, 0.9]], ..zone() }).contains("outside")
    );
    assert!(refused(Zone { dwell_s: Some(f64::NAN), ..zone() }).contains("dwell_s"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn trembling_on_the_border_of_a_zone_changes_nothing(
        start_inside in any::<bool>(), steps in prop::collection::vec(-4.9f32..4.9, 1..60)
    ) {
        let mut watch = watch(Zone { dwell_s: None, ..zone() });
        watch.update(&seen(1, 0.0, (if start_inside { 300.0 } else { 100.0 }, 250.0)));
        for (n, off) in steps.iter().enumerate() {
            prop_assert!(watch.update(&seen(1, n as f64 + 1.0, (200.0 + off, 250.0))).is_empty());
        }
    }

    #[test]
    fn every_stay_that_begins_ends(xs in prop::collection::vec(0f32..1000.0, 1..60)) {
        let mut watch = watch(Zone { dwell_s: None, ..zone() });
        let mut events = Vec::new();
        for (n, x) in xs.iter().enumerate() {
            events.extend(watch.update(&seen(1, n as f64, (*x, 250.0))));
        }
        events.extend(watch.update(&of_kind(ChangeKind::Ended, 1, xs.len() as f64)));
        for pair in events.chunks(2) {
            prop_assert_eq!(pair.len(), 2);
            prop_assert_eq!(pair[0].change, ZoneChange::Entered);
            prop_assert!(matches!(pair[1].change, ZoneChange::Left | ZoneChange::Vanished));
            prop_assert!(pair[1].inside_s >= 0.0);
        }
    }
}

/// A vehicle's box with its foot at this height.
fn vehicle(id: u64, foot_y: f32, w: f32, h: f32) -> TrackView {
    TrackView {
        bbox: BBox { x: 500.0 - w / 2.0, y: foot_y - h, w, h },
        class: ObjectClass::Car,
        ..view(id, (0.0, 0.0), true)
    }
}

fn frame(time_s: f64, tracks: &[TrackView]) -> TrackChanges {
    let change = |&track| TrackChange { kind: ChangeKind::Updated, track };
    TrackChanges { time_s, changes: tracks.iter().map(change).collect() }
}

#[test]
fn a_standing_vehicle_whose_wheels_are_hidden_for_a_while_has_not_crossed() {
    let mut counter = counter(across());
    // It stands with its wheels just below the line; motorcycles pass in front of them and cut the box.
    for n in 0..60 {
        let hidden = n % 20 > 12;
        let (foot, h) = if hidden { (215.0, 65.0) } else { (270.0, 120.0) };
        assert!(counter.update(&frame(f64::from(n) / 6.0, &[vehicle(1, foot, 110.0, h)])).is_empty(), "{n}");
    }
    // Then it drives on, up the picture and away.
    let gone: usize = (0..30)
        .map(|n| {
            let scale = 1.0 - n as f32 * 0.015;
            let track = vehicle(1, 270.0 - 5.0 * n as f32, 110.0 * scale, 120.0 * scale);
            counter.update(&frame(10.0 + f64::from(n) / 6.0, &[track])).len()
        })
        .sum();
    assert_eq!(gone, 1);
}

#[test]
fn a_motorcycle_taken_for_a_bicycle_at_first_counts_when_that_is_clear() {
    let step = |class, foot| TrackView { class, ..vehicle(1, foot, 60.0, 90.0) };
    for (clear_s, expected) in [(1.0, 1), (9.0, 0)] {
        let mut counter = counter(Line { classes: vec![ObjectClass::Motorcycle], ..across() });
        for (time_s, foot) in [(0.0, 200.0), (0.2, 240.0), (0.4, 290.0), (0.6, 320.0)] {
            assert!(counter.update(&frame(time_s, &[step(ObjectClass::Bicycle, foot)])).is_empty());
        }
        let late = counter.update(&frame(clear_s, &[step(ObjectClass::Motorcycle, 340.0)]));
        assert_eq!(late.len(), expected, "clear after {clear_s} s");
        assert!(late.iter().all(|crossing| crossing.time_s < 0.4));
    }
}

#[test]
fn a_vehicle_that_comes_nearer_under_a_low_camera_crosses_though_its_roof_stays_where_it_is() {
    let mut counter = counter(across());
    let count: usize = (0..20)
        .map(|n| {
            let h = 60.0 + 8.0 * n as f32;
            counter.update(&frame(f64::from(n) / 6.0, &[vehicle(1, 150.0 + h, 1.1 * h, h)])).len()
        })
        .sum();
    assert_eq!(count, 1);
}

#[test]
fn two_tracks_on_one_vehicle_cross_once_and_a_motorcycle_beside_a_bus_crosses_too() {
    let mut watch = counter(across());
    let crossings = |watch: &mut LineCounter, second: &dyn Fn(f32) -> TrackView| -> usize {
        (0..20)
            .map(|n| {
                let y = 180.0 + 8.0 * n as f32;
                watch.update(&frame(f64::from(n) / 6.0, &[vehicle(1, y, 110.0, 100.0), second(y)])).len()
            })
            .sum()
    };
    assert_eq!(crossings(&mut watch, &|y| vehicle(2, y - 6.0, 100.0, 70.0)), 1);
    let mut watch = counter(across());
    let beside = |y: f32| TrackView { class: ObjectClass::Motorcycle, ..vehicle(2, y, 30.0, 60.0) };
    assert_eq!(crossings(&mut watch, &beside), 2);
    let mut watch = counter(across());
    let behind = |y: f32| TrackView {
        bbox: BBox { x: 590.0, y: y - 100.0, w: 110.0, h: 100.0 },
        ..vehicle(2, y, 110.0, 100.0)
    };
    assert_eq!(crossings(&mut watch, &behind), 2);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn noise_on_a_standing_vehicle_never_makes_a_crossing(
        foot in 200f32..300.0, size in 30f32..160.0, recount in any::<bool>(),
        noise in prop::collection::vec((-0.1f32..0.1, -0.1f32..0.1, -0.12f32..0.12), 1..120),
    ) {
        let mut counter = counter(Line { recount, ..across() });
        for (n, (up, wider, cut)) in noise.iter().enumerate() {
            let (w, h) = (size * (1.0 + wider), size * (1.0 + cut));
            let track = vehicle(1, foot + up * size, w, h);
            prop_assert!(counter.update(&frame(n as f64 / 6.0, &[track])).is_empty());
        }
    }

    #[test]
    fn slow_creeping_over_the_line_counts_once_in_both_directions(
        size in 30f32..120.0, step in 0.4f32..6.0, down in any::<bool>(),
        noise in prop::collection::vec(-0.05f32..0.05, 40),
    ) {
        let mut counter = counter(across());
        let mut seen = Vec::new();
        let steps = (2.4 * size / step) as usize;
        for n in 0..=steps {
            let way = n as f32 * step - 1.2 * size;
            let foot = 250.0 + if down { way } else { -way } + noise[n % noise.len()] * size;
            seen.extend(counter.update(&frame(n as f64 / 6.0, &[vehicle(1, foot, size, size)])));
        }
        let directions: Vec<_> = seen.iter().map(|c| c.direction).collect();
        prop_assert_eq!(directions, vec![if down { In } else { Out }]);
    }
}
