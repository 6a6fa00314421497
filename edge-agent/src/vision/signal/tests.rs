//! What the lamp reader promises, on drawn heads and invented sequences.

use proptest::prelude::*;
use wire::LampState;
use wire::LampState::{Green, Off, Red, Unknown, Yellow};

use super::features::{COUNT, features};
use super::*;
use crate::geometry::BBox;
use crate::vision::Rgb;

const LAMPS: [LampColour; 3] = [LampColour::Red, LampColour::Yellow, LampColour::Green];

/// A head of three lamps, each `side` pixels, on an even background with some structure.
fn head(side: u32, lit: Option<usize>, background: u8) -> (Rgb, Vec<(Option<LampColour>, BBox)>) {
    let (width, height) = (7 * side, 9 * side);
    let mut picture = Rgb::filled(width, height, [background; 3]);
    let mut put = |x: u32, y: u32, colour: [u8; 3]| {
        let at = 3 * (y * width + x) as usize;
        picture.data[at..at + 3].copy_from_slice(&colour);
    };
    for y in 0..height {
        for x in 0..width {
            if (x / side + y / side).is_multiple_of(2) {
                put(
                    x,
                    y,
                    [
                        background.saturating_add(24),
                        background.saturating_add(19),
                        background.saturating_add(14),
                    ],
                );
            }
        }
    }
    let colours = [[255, 40, 30], [255, 190, 30], [30, 255, 170]];
    for y in 3 * side..6 * side {
        for x in 3 * side..4 * side {
            put(x, y, [22, 22, 24]);
        }
    }
    for (n, colour) in colours.into_iter().enumerate() {
        let middle = (3.5 * side as f32, (3.5 + n as f32) * side as f32);
        for y in 3 * side..6 * side {
            for x in 3 * side..4 * side {
                let away = (x as f32 + 0.5 - middle.0).hypot(y as f32 + 0.5 - middle.1);
                if away < 0.45 * side as f32 {
                    put(x, y, if lit == Some(n) { colour } else { [34, 32, 32] });
                }
            }
        }
    }
    let boxes = LAMPS.iter().enumerate().map(|(n, &lamp)| {
        let side = side as f32;
        (Some(lamp), BBox { x: 3.0 * side, y: (3.0 + n as f32) * side, w: side, h: side })
    });
    (picture, boxes.collect())
}

fn best(scores: &StateScores) -> (LampState, f32) {
    let all = [(Red, scores.red), (Yellow, scores.yellow), (Green, scores.green), (Off, scores.dark)];
    all.into_iter().fold((Unknown, 0.0), |a, b| if b.1 > a.1 { b } else { a })
}

#[test]
fn a_lit_lamp_is_read_at_any_size_by_day_and_by_night() {
    let model = LampModel::built_in().expect("weights");
    for side in [4, 6, 10, 24] {
        for background in [12, 110, 170] {
            for (n, state) in [(0, Red), (1, Yellow), (2, Green)] {
                let (picture, boxes) = head(side, Some(n), background);
                let scores = look(&model, &picture, &boxes);
                assert_eq!(best(&scores).0, state, "{side} px, background {background}: {scores:?}");
            }
        }
    }
}

#[test]
fn the_answer_is_not_another_colour_when_no_lamp_is_lit() {
    let model = LampModel::built_in().expect("weights");
    for side in [6, 12, 24] {
        for background in [110, 170] {
            let (picture, boxes) = head(side, None, background);
            let scores = look(&model, &picture, &boxes);
            assert!(scores.red.max(scores.yellow).max(scores.green) < 0.5, "{side} {background}: {scores:?}");
        }
    }
}

#[test]
fn boxes_at_and_beyond_the_edge_of_the_picture_give_numbers() {
    let picture = Rgb::filled(9, 7, [200, 10, 10]);
    for (x, y, w, h) in [(-5.0, -5.0, 4.0, 4.0), (8.0, 6.0, 30.0, 1.0), (0.0, 0.0, 0.0, 0.0)] {
        let numbers = features(&picture, &BBox { x, y, w, h });
        assert!(numbers.iter().all(|n| n.is_finite()));
    }
}

/// The numbers that the recipe in `models/training/signals` computes for the same picture.
#[test]
fn the_numbers_equal_those_of_the_training_recipe() {
    let data = (0..20 * 30 * 3u32).map(|n| ((n * 7919 + n * n / 13) % 256) as u8).collect();
    let picture = Rgb { width: 20, height: 30, data };
    let numbers = features(&picture, &BBox { x: 5.5, y: 8.25, w: 6.0, h: 9.5 });
    let wanted: [f32; COUNT] = include!("features.golden");
    for (n, (got, want)) in numbers.iter().zip(wanted).enumerate() {
        assert!((got - want).abs() < 2e-3, "number {n}: {got}, the recipe says {want}");
    }
}

fn sure(state: LampState) -> StateScores {
    let mut scores = StateScores { red: 0.01, yellow: 0.01, green: 0.01, dark: 0.01 };
    match state {
        Red => scores.red = 0.97,
        Yellow => scores.yellow = 0.97,
        Green => scores.green = 0.97,
        Off => scores.dark = 0.97,
        Unknown => scores = StateScores { red: 0.25, yellow: 0.25, green: 0.25, dark: 0.25 },
    }
    scores
}

/// Runs phases of (state, seconds) and returns what was shown: (time, state, flashing) at every change.
fn run(fps: f64, phases: &[(LampState, f64)]) -> Vec<(f64, LampState, bool)> {
    let mut signal = SignalState::new(SignalTiming::default());
    let (mut time_s, mut told) = (0.0, Vec::new());
    for &(state, seconds) in phases {
        for _ in 0..(seconds * fps).round() as u32 {
            time_s += 1.0 / fps;
            let shown = signal.update(time_s, Some(&sure(state)));
            if told
                .last()
                .is_none_or(|&(_, state, flashing)| (state, flashing) != (shown.state, shown.flashing))
            {
                told.push((time_s, shown.state, shown.flashing));
            }
        }
    }
    told
}

fn states(told: &[(f64, LampState, bool)]) -> Vec<LampState> {
    told.iter().map(|&(_, state, _)| state).collect()
}

#[test]
fn the_usual_order_is_followed_within_half_a_second_at_any_frame_rate() {
    for fps in [5.0, 10.0, 25.0] {
        let told = run(fps, &[(Green, 10.0), (Yellow, 3.0), (Red, 20.0), (Green, 10.0)]);
        assert_eq!(states(&told), [Unknown, Green, Yellow, Red, Green], "{fps} fps");
        for (told, at) in told[2..].iter().zip([10.0, 13.0, 33.0]) {
            assert!(told.0 - at <= 0.65, "{fps} fps: {told:?}, changed at {at}");
        }
    }
}

#[test]
fn one_bad_frame_changes_nothing() {
    for wrong in [Green, Yellow, Off] {
        let told = run(10.0, &[(Red, 5.0), (wrong, 0.1), (Red, 5.0)]);
        assert_eq!(states(&told), [Unknown, Red], "{wrong:?}");
    }
}

#[test]
fn a_change_out_of_order_is_unknown_until_it_has_lasted() {
    let told = run(10.0, &[(Green, 10.0), (Red, 5.0)]);
    assert_eq!(states(&told), [Unknown, Green, Unknown, Red]);
    assert!(told[3].0 >= 11.5 && told[3].0 < 12.3, "{told:?}");
    // A lorry's tail light before the lamps for a second is nothing but doubt.
    let told = run(10.0, &[(Green, 10.0), (Red, 1.0), (Green, 5.0)]);
    assert!(!states(&told).contains(&Red), "{told:?}");
}

#[test]
fn flashing_yellow_is_told_from_yellow_and_from_off() {
    let mut phases = vec![(Red, 8.0)];
    (0..8).for_each(|_| phases.extend([(Yellow, 0.5), (Off, 0.5)]));
    phases.push((Red, 10.0));
    for fps in [6.0, 10.0, 25.0] {
        let told = run(fps, &phases);
        assert!(told.iter().any(|&(_, state, flashing)| state == Yellow && flashing), "{fps}: {told:?}");
        assert!(!told.iter().any(|&(_, state, _)| state == Off), "{fps}: {told:?}");
        assert_eq!(told.last().map(|&(_, state, flashing)| (state, flashing)), Some((Red, false)), "{fps}");
    }
}

#[test]
fn a_dead_signal_is_off_and_a_hidden_one_unknown() {
    assert_eq!(states(&run(10.0, &[(Red, 6.0), (Off, 5.0)])), [Unknown, Red, Off]);
    let mut signal = SignalState::new(SignalTiming::default());
    for n in 0..50 {
        signal.update(f64::from(n) / 10.0, Some(&sure(Red)));
    }
    let hidden: Vec<LampState> = (50..70).map(|n| signal.update(f64::from(n) / 10.0, None).state).collect();
    assert_eq!(hidden[3], Red);
    assert!(hidden[8..].iter().all(|&state| state == Unknown));
    let back = signal.update(7.2, Some(&sure(Green)));
    assert_eq!(back.state, Unknown, "one frame is not enough");
    assert_eq!(run(10.0, &[(Unknown, 5.0)]).len(), 1);
}

#[test]
fn after_a_gap_in_the_stream_nothing_from_before_counts() {
    let mut signal = SignalState::new(SignalTiming::default());
    for n in 0..30 {
        signal.update(f64::from(n) / 10.0, Some(&sure(Green)));
    }
    assert_eq!(signal.shown().state, Green);
    assert_eq!(signal.update(30.0, Some(&sure(Green))).state, Unknown);
}

#[test]
fn a_covered_head_is_out_of_view_and_a_halo_is_not() {
    let (picture, boxes) = head(10, Some(0), 90);
    let whole = BBox { x: boxes[0].1.x, y: boxes[0].1.y, w: 10.0, h: 30.0 };
    let mut view = View::default();
    assert!(view.look(0.0, &picture, &whole, true));
    let mut red = picture.clone();
    // A red halo over everything: only the red channel rises.
    red.data.iter_mut().step_by(3).for_each(|r| *r = r.saturating_add(120));
    assert!(view.look(0.1, &red, &whole, true));
    // A lorry with a tarpaulin.
    let covered = Rgb::filled(picture.width, picture.height, [60, 70, 160]);
    assert!(!view.look(0.2, &covered, &whole, true));
    assert!(view.look(0.3, &picture, &whole, true));
    // Moved by a lamp and a half.
    let moved = BBox { x: whole.x + 15.0, y: whole.y - 8.0, ..whole };
    assert!(!view.look(0.4, &picture, &moved, false));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_frames_come_the_order_of_phases_is_not_broken_quickly(
        frames in prop::collection::vec((0usize..5, 0.02f64..0.4), 1..200)
    ) {
        let mut signal = SignalState::new(SignalTiming::default());
        let mut time_s = 0.0;
        let mut last = (0.0, Unknown);
        for (state, dt) in frames {
            time_s += dt;
            let state = [Red, Yellow, Green, Off, Unknown][state];
            let shown = signal.update(time_s, Some(&sure(state)));
            prop_assert!((0.0..=1.0).contains(&shown.score));
            prop_assert!(shown.since_s.is_none_or(|since_s| since_s <= time_s));
            if shown.state != last.1 {
                let direct = matches!((last.1, shown.state), (Green, Red) | (Red, Yellow) | (Yellow, Green));
                prop_assert!(!direct || shown.flashing || time_s - last.0 >= 0.3, "{:?} to {:?}", last.1, shown.state);
                last = (time_s, shown.state);
            }
        }
    }
}
