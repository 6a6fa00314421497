//! Speeds: over a section of two lines, and by the measured ground. Never evidence.

use serde_json::json;
use wire::violation::Kind;

use crate::kinds::*;
use crate::stage::*;

fn empty(kind: Kind) -> Stage {
    let mut stage = act(kind);
    stage.actors.clear();
    stage
}

fn at(px_s: f32) -> Actor {
    car(1, 2.0, (450.0, 715.0)).to((450.0, 60.0), px_s)
}

#[test]
fn over_a_section_the_mean_speed_counts_with_its_uncertainty() {
    // 15 m in 0.75 s are 72 km/h, give or take 9.
    let outcome = empty(Kind::SpeedSection).with(at(400.0)).run();
    let outcome = outcome.is(&[("speed_section", 1, 3.05)]).measured("speed_kmh", 72.0, 9.0, 50.0);
    outcome.doubts_are(&["not_a_meter"]).moments(&[("start", None), ("end", None)]);
}

#[test]
fn within_the_limit_and_within_the_uncertainty_above_it_nothing_is_told() {
    // 45 km/h, and 54 km/h give or take 5.
    for px_s in [250.0, 300.0] {
        empty(Kind::SpeedSection).with(at(px_s)).run().is(&[]);
        empty(Kind::SpeedSection).seed(3).with(at(px_s)).run().is(&[]);
    }
    // More frames a second make the same speed surer.
    assert_eq!(empty(Kind::SpeedSection).fps(25.0).with(at(330.0)).run().found.len(), 1);
}

#[test]
fn who_passes_one_line_only_or_the_second_one_first_has_no_speed() {
    let turns = car(1, 2.0, (450.0, 715.0)).to((450.0, 450.0), 400.0).to((20.0, 450.0), 400.0);
    empty(Kind::SpeedSection).with(turns).run().is(&[]);
    let down = car(1, 2.0, (450.0, 100.0)).to((450.0, 715.0), 400.0);
    empty(Kind::SpeedSection).with(down).run().is(&[]);
}

#[test]
fn a_section_with_one_line_here_concludes_nothing_here() {
    let mut stage = empty(Kind::SpeedSection);
    stage.scene.rules[0].about.truncate(1);
    stage.scene.lines[0].kind = wire::scene::LineKind::Entry;
    stage.with(at(400.0)).run().is(&[]);
}

#[test]
fn by_the_ground_the_speed_over_fifteen_metres_counts() {
    // 15 m/s are 54 km/h.
    let outcome = empty(Kind::SpeedHomography).with(at(300.0)).run();
    let outcome = outcome.is(&[("speed_homography", 1, 3.0)]).measured("speed_kmh", 54.0, 4.0, 40.0);
    outcome.doubts_are(&["not_a_meter"]);
}

#[test]
fn by_the_ground_too_what_lies_within_the_uncertainty_is_not_told() {
    for seed in 0..8 {
        // 36 and 41.4 km/h.
        empty(Kind::SpeedHomography).seed(seed).with(at(200.0)).run().is(&[]);
        empty(Kind::SpeedHomography).seed(seed).with(at(230.0).tremble(0.005)).run().is(&[]);
    }
}

#[test]
fn a_standing_motorcycle_whose_box_trembles_has_no_speed() {
    for seed in 0..8 {
        let stands = motorcycle(1, 2.0, (450.0, 500.0)).tremble(0.15).wait(60.0);
        empty(Kind::SpeedHomography).seed(seed).with(stands).run().is(&[]);
    }
}

#[test]
fn measured_is_only_where_the_zone_for_it_is_drawn() {
    let mut stage = empty(Kind::SpeedHomography);
    let zone =
        json!({ "id": "do", "corners": [[0.5, 0.0], [0.9, 0.0], [0.9, 1.0], [0.5, 1.0]], "kind": "speed" });
    stage.scene.zones.push(serde_json::from_value(zone).expect("a zone"));
    stage.clone().with(at(300.0)).run().is(&[]);
    let inside = car(1, 2.0, (830.0, 715.0)).to((830.0, 60.0), 300.0);
    assert_eq!(stage.with(inside).run().found.len(), 1);
}

#[test]
fn a_speed_is_told_once_for_a_vehicle() {
    let long = car(1, 2.0, (450.0, 715.0))
        .to((450.0, 100.0), 300.0)
        .to((900.0, 100.0), 300.0)
        .to((900.0, 700.0), 300.0);
    assert_eq!(empty(Kind::SpeedHomography).with(long).run().found.len(), 1);
}
