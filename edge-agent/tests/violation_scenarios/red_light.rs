//! Red light.

use serde_json::{Value, json};
use wire::LampState::{Green, Off, Red, Unknown, Yellow};

use crate::stage::*;

/// Traffic comes from below and stops at y = 500. Left lane: left and straight on; right lane: straight on and right, which is free.
pub fn junction() -> Value {
    json!({
        "v": 1, "camera": "huong-bac", "picture": [1280, 720],
        "lanes": [
            { "id": "lan-trai", "corners": [[0.25, 0.7], [0.5, 0.7], [0.5, 1.0], [0.2, 1.0]], "flow": [[0.37, 0.95], [0.37, 0.72]], "moves": ["straight", "left"] },
            { "id": "lan-phai", "corners": [[0.5, 0.7], [0.75, 0.7], [0.8, 1.0], [0.5, 1.0]], "flow": [[0.62, 0.95], [0.62, 0.72]], "moves": ["straight", "right"] } ],
        "lines": [
            { "id": "vach-dung", "from": [0.78, 0.69444], "to": [0.22, 0.69444], "kind": "stop",
              "governed": [ { "signal": "den", "moves": ["straight", "left", "u_turn"] } ] },
            { "id": "ra-thang", "from": [0.78, 0.2], "to": [0.22, 0.2], "kind": "exit", "move": "straight" },
            { "id": "ra-phai", "from": [0.85, 0.66], "to": [0.85, 0.25], "kind": "exit", "move": "right" } ],
        "signals": [ { "id": "den", "lamps": [ { "colour": "any", "area": [0.6, 0.02, 0.02, 0.06] } ] } ],
        "rules": [ { "id": "den-do", "kind": "red_light", "about": ["vach-dung"], "grace_ms": 300 } ]
    })
}

fn programme() -> Programme {
    steady(&[(0.0, Green), (8.0, Yellow), (11.0, Red), (40.0, Green)])
}

fn stage() -> Stage {
    Stage::new(junction()).signal("den", programme())
}

const STRAIGHT: [(&str, Option<wire::LampState>); 3] =
    [("before_line", Some(Red)), ("on_line", Some(Red)), ("past_line", Some(Red))];

#[test]
fn a_car_that_drives_over_the_line_on_red_is_told_with_all_three_moments() {
    for fps in [6.0, 12.0] {
        // 700 → 500 takes 1.33 s at 150 px/s; its rear is surely past a little later.
        let passing = car(1, 15.0, (450.0, 700.0)).to((450.0, 100.0), 150.0);
        let outcome = stage().fps(fps).with(passing).run();
        outcome.is(&[("red_light", 1, 16.45)]).moments(&STRAIGHT).doubts_are(&[]);
    }
}

#[test]
fn on_green_and_on_yellow_nothing_is_told() {
    for start in [3.0, 8.0] {
        stage().with(car(1, start, (450.0, 700.0)).to((450.0, 100.0), 150.0)).run().is(&[]);
    }
}

#[test]
fn who_enters_on_yellow_and_is_past_on_red_has_entered_on_yellow() {
    // Its front is over the line at about 10.7, its rear at 11.4: red for 0.4 s then.
    stage().fps(12.0).with(bus(1, 10.0, (450.0, 610.0)).to((450.0, 100.0), 80.0)).run().is(&[]);
}

#[test]
fn what_happens_within_the_grace_is_forgiven_and_just_after_it_is_a_doubt() {
    // The rear passes at 11.2 and at 11.5.
    let drive = |start| motorcycle(1, start, (450.0, 700.0)).to((450.0, 100.0), 200.0);
    stage().fps(12.0).with(drive(10.2)).run().is(&[]);
    let late = stage().fps(12.0).with(drive(10.55)).run();
    late.is(&[("red_light", 1, 11.65)]).doubts_are(&["near_grace"]);
}

#[test]
fn who_stops_before_the_line_and_goes_on_green_is_not_told_however_the_box_trembles() {
    for seed in 0..12 {
        let waits = |id, x: f32, y: f32| {
            car(id, 9.0, (x, 720.0)).tremble(0.06).to((x, y), 120.0).wait_until(41.0).to((x, 90.0), 140.0)
        };
        let bike = motorcycle(4, 9.0, (330.0, 720.0)).tremble(0.08).to((330.0, 506.0), 90.0);
        let bike = bike.wait_until(41.0).to((330.0, 90.0), 140.0);
        stage().seed(seed).with(waits(1, 400.0, 520.0)).with(waits(2, 550.0, 545.0)).with(bike).run().is(&[]);
    }
}

#[test]
fn who_stops_with_the_front_wheel_on_the_line_is_not_told() {
    for y in [500.0, 505.0, 512.0] {
        let car = car(1, 9.0, (450.0, 720.0)).tremble(0.03).to((450.0, y), 120.0).wait_until(41.0);
        stage().with(car.to((450.0, 90.0), 140.0)).run().is(&[]);
    }
}

#[test]
fn who_stops_over_the_line_and_drives_on_while_it_is_red_is_told_with_a_doubt() {
    // It comes to a stand over the line on yellow, and goes at 20.
    let car = car(1, 8.0, (450.0, 700.0)).to((450.0, 515.0), 120.0).wait_until(20.0);
    let outcome = stage().with(car.to((450.0, 90.0), 120.0)).run();
    outcome.is(&[("red_light", 1, 20.35)]).doubts_are(&["front_over_before_red"]);
}

#[test]
fn who_is_past_the_line_when_it_turns_red_may_clear_the_junction() {
    // Stands in the middle, having come on green, and goes on at 20.
    let car = car(1, 4.0, (450.0, 700.0)).to((450.0, 420.0), 120.0).wait_until(20.0);
    stage().with(car.to((450.0, 90.0), 140.0)).run().is(&[]);
}

#[test]
fn who_turns_right_where_right_is_free_is_not_told_and_who_goes_straight_on_is() {
    let start = |id| car(id, 15.0, (800.0, 700.0)).to((800.0, 440.0), 150.0);
    stage().with(start(1).to((1200.0, 400.0), 150.0)).run().is(&[]);
    stage().with(start(1).to((800.0, 90.0), 150.0)).run().is(&[("red_light", 1, 16.45)]);
}

#[test]
fn who_vanishes_before_the_way_is_known_is_a_doubt() {
    let lost = car(1, 15.0, (800.0, 700.0)).to((800.0, 420.0), 150.0);
    stage().with(lost).run().is(&[("red_light", 1, 16.45)]).doubts_are(&["way_unknown"]);
}

#[test]
fn a_signal_that_nobody_can_see_says_nothing_and_is_counted() {
    for state in [Unknown, Off] {
        let dark = steady(&[(0.0, Red), (12.0, state)]);
        let outcome = Stage::new(junction())
            .signal("den", dark)
            .with(car(1, 15.0, (450.0, 700.0)).to((450.0, 100.0), 150.0))
            .run();
        let outcome = outcome.is(&[]);
        assert_eq!(outcome.counts[0].unknown_signal, 1);
    }
    let nobody = Stage::new(junction()).with(car(1, 15.0, (450.0, 700.0)).to((450.0, 100.0), 150.0)).run();
    assert_eq!(nobody.is(&[]).counts[0].unknown_signal, 1);
}

#[test]
fn a_flashing_yellow_and_a_flashing_red_are_no_red() {
    for state in [Yellow, Red] {
        let drive = car(1, 15.0, (450.0, 700.0)).to((450.0, 100.0), 150.0);
        Stage::new(junction()).signal("den", vec![(0.0, state, true)]).with(drive).run().is(&[]);
    }
}

#[test]
fn two_tracks_on_one_vehicle_are_one_finding_and_two_vehicles_are_two() {
    let first = car(1, 15.0, (450.0, 700.0)).to((450.0, 100.0), 150.0);
    let doubled = stage().with(first.double(2)).with(first.clone()).run();
    assert_eq!(doubled.found.len(), 1);
    assert_eq!(doubled.counts[0].doubled, 1);
    let second = motorcycle(2, 15.1, (340.0, 700.0)).to((340.0, 100.0), 150.0);
    let behind = motorcycle(3, 16.5, (450.0, 700.0)).to((450.0, 100.0), 150.0);
    let all = stage().fps(12.0).with(first).with(second).with(behind).run();
    all.is(&[("red_light", 1, 16.45), ("red_light", 2, 16.55), ("red_light", 3, 17.95)]);
}

#[test]
fn a_track_that_gets_another_number_at_the_line_is_still_one_crossing() {
    let car = car(1, 15.0, (450.0, 700.0)).to((450.0, 100.0), 150.0).switched(16.2, 9);
    stage().with(car).run().is(&[("red_light", 9, 16.5)]).doubts_are(&["track_joined"]);
}

#[test]
fn who_is_hidden_while_crossing_is_told_with_a_doubt() {
    let car = car(1, 14.0, (450.0, 720.0)).to((450.0, 100.0), 110.0).hidden(15.8, 16.9);
    stage().with(car).run().is(&[("red_light", 1, 17.0)]).doubts_are(&["occluded"]);
}

#[test]
fn a_waiting_car_whose_wheels_are_hidden_by_weaving_motorcycles_has_not_crossed() {
    let car = car(1, 9.0, (450.0, 720.0)).to((450.0, 520.0), 120.0).wait_until(41.0).cut(14.0, 15.5);
    let car = car.cut(18.0, 18.5).cut(22.0, 26.0).to((450.0, 90.0), 140.0);
    stage().with(car).run().is(&[]);
}

#[test]
fn a_motorcycle_taken_for_a_bicycle_at_first_is_told() {
    use edge_agent::detection::ObjectClass::Bicycle;
    let drive = motorcycle(1, 15.0, (450.0, 700.0)).to((450.0, 100.0), 150.0).taken_for(Bicycle, 16.8);
    stage().with(drive).run().is(&[("red_light", 1, 16.45)]);
    let stays = motorcycle(1, 15.0, (450.0, 700.0)).to((450.0, 100.0), 150.0).taken_for(Bicycle, 99.0);
    stage().with(stays).run().is(&[]);
}

#[test]
fn what_looks_like_an_ambulance_is_told_with_that_doubt() {
    let drive = car(1, 15.0, (450.0, 700.0)).to((450.0, 100.0), 150.0).priority();
    stage().with(drive).run().is(&[("red_light", 1, 16.45)]).doubts_are(&["priority_vehicle_look"]);
}

#[test]
fn who_creeps_over_the_line_and_backs_up_a_little_is_not_told() {
    let car = car(1, 9.0, (450.0, 720.0)).to((450.0, 520.0), 120.0).wait_until(15.0);
    let car = car.to((450.0, 496.0), 20.0).to((450.0, 516.0), 20.0).wait_until(41.0);
    stage().with(car.to((450.0, 90.0), 140.0)).run().is(&[]);
}

#[test]
fn who_comes_from_the_other_side_is_not_stopped_by_this_line() {
    stage().with(car(1, 15.0, (450.0, 300.0)).to((450.0, 700.0), 150.0)).run().is(&[]);
}

#[test]
fn a_rule_that_is_off_is_silent_and_a_preview_counts_it() {
    let mut scene = junction();
    scene["rules"][0]["on"] = json!(false);
    let drive = car(1, 15.0, (450.0, 700.0)).to((450.0, 100.0), 150.0);
    let run = |stage: Stage| stage.signal("den", programme()).with(drive.clone()).run();
    run(Stage::new(scene.clone())).is(&[]);
    run(Stage::new(scene).preview()).is(&[("red_light", 1, 16.45)]);
}

#[test]
fn a_rule_holds_in_its_hours_only() {
    let mut scene = junction();
    scene["rules"][0]["hours"] = json!([{ "days": [5], "from": "14:00", "to": "14:30" }]);
    let drive = car(1, 15.0, (450.0, 700.0)).to((450.0, 100.0), 150.0);
    let run =
        |at: &str| Stage::new(scene.clone()).at(at).signal("den", programme()).with(drive.clone()).run();
    run(START).is(&[("red_light", 1, 16.45)]);
    run("2026-11-20T07:30:00Z").is(&[]);
    run("2026-11-21T07:00:00Z").is(&[]);
}
