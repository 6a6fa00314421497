//! Stopping, parking, blocking a junction.

use serde_json::json;
use wire::LampState::{Green, Red, Unknown};
use wire::violation::Kind;

use crate::kinds::*;
use crate::stage::*;

fn empty(kind: Kind) -> Stage {
    let mut stage = act(kind);
    stage.actors.clear();
    stage
}

/// Comes up the left lane at second 2, and stands from 4.15 on.
fn stops(id: u64, for_s: f64) -> Actor {
    car(id, 2.0, (450.0, 715.0)).to((450.0, 500.0), 100.0).wait(for_s)
}

fn leaves(actor: Actor) -> Actor {
    actor.to((450.0, 120.0), 100.0)
}

#[test]
fn who_stands_where_stopping_is_forbidden_is_told_once_its_time_is_over() {
    let outcome = empty(Kind::StopPark).with(leaves(stops(1, 25.0))).run();
    let outcome = outcome.is(&[("stop_park", 1, 14.0)]).measured("dwell_s", 10.0, 0.35, 10.0);
    outcome.lane(Some("lan-len")).doubts_are(&[]).moments(&[("start", None), ("act", None), ("end", None)]);
}

#[test]
fn who_stands_for_a_shorter_time_is_not_told() {
    empty(Kind::StopPark).with(leaves(stops(1, 8.0))).run().is(&[]);
}

#[test]
fn who_creeps_on_again_and_again_never_stands_for_long() {
    let creeps =
        (0..6).fold(stops(1, 6.0), |car, n| car.to((450.0, 440.0 - 60.0 * n as f32), 60.0).wait(6.0));
    empty(Kind::StopPark).with(creeps).run().is(&[]);
}

#[test]
fn a_trembling_box_that_is_cut_now_and_then_still_stands() {
    for seed in 0..6 {
        let stands = stops(1, 25.0).tremble(0.05).cut(6.0, 8.0).cut(11.0, 12.0);
        empty(Kind::StopPark).seed(seed).with(leaves(stands)).run().is(&[("stop_park", 1, 14.15)]);
    }
}

#[test]
fn who_stands_beside_the_zone_is_not_told() {
    let beside = car(1, 2.0, (1180.0, 715.0)).to((1180.0, 500.0), 100.0).wait(30.0);
    empty(Kind::StopPark).with(beside).run().is(&[]);
}

#[test]
fn a_queue_before_a_red_light_is_not_told_and_who_stays_behind_is() {
    let mut stage = empty(Kind::StopPark);
    let junction: wire::scene::Scene = serde_json::from_value(crate::red_light::junction()).expect("a scene");
    let line = wire::scene::SceneLine { from: [0.78, 0.5], to: [0.22, 0.5], ..junction.lines[0].clone() };
    stage.scene.lines = vec![line];
    stage.scene.signals = junction.signals;
    let stage = stage.signal("den", steady(&[(0.0, Red), (40.0, Green)]));
    stage.clone().with(leaves(stops(1, 38.0))).run().is(&[]);
    // It stays after the others have gone: 8 s to start, then its ten.
    stage.with(stops(1, 80.0)).run().is(&[("stop_park", 1, 58.0)]);
}

#[test]
fn a_traffic_jam_is_not_told_and_who_stands_while_others_pass_is() {
    let column = |n: u64| {
        let y = 360.0 + 130.0 * n as f32;
        car(n + 1, 2.0 + n as f64, (450.0, 715.0))
            .to((450.0, y), 100.0)
            .wait_until(130.0)
            .to((450.0, 120.0), 100.0)
    };
    empty(Kind::StopPark).all((0..3).map(column)).run().is(&[]);
    let beside = |n: u64| {
        let car = car(10 + n, 3.0 + 2.0 * n as f64, (620.0, 715.0));
        car.to((620.0, 120.0), 150.0)
    };
    let outcome = empty(Kind::StopPark).with(leaves(stops(1, 40.0))).all((0..20).map(beside)).run();
    assert_eq!(outcome.found.iter().map(|finding| finding.track).collect::<Vec<_>>(), [1]);
}

#[test]
fn who_parks_beside_one_that_has_stood_there_for_long_is_told() {
    let old = car(1, 0.0, (650.0, 480.0)).wait(90.0);
    let new = car(2, 50.0, (450.0, 715.0)).to((450.0, 500.0), 100.0).wait(30.0);
    let outcome = empty(Kind::StopPark).with(old).with(new).run();
    assert_eq!(outcome.found.iter().map(|finding| finding.track).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_parked_car_that_a_bus_hides_is_one_act_under_whatever_number() {
    let mut stage = empty(Kind::StopPark);
    stage.scene.rules[0].dwell_s = Some(20.0);
    let hidden = stops(1, 60.0).hidden(10.0, 16.0).switched(12.0, 9);
    stage.clone().with(leaves(hidden)).run().is(&[("stop_park", 9, 24.2)]);
    let after = stops(1, 90.0).hidden(30.0, 36.0).switched(32.0, 9);
    let told = stage.with(leaves(after)).run();
    assert_eq!(told.found.iter().map(|finding| finding.track).collect::<Vec<_>>(), [1]);
}

#[test]
fn where_parking_alone_is_forbidden_letting_somebody_out_is_allowed() {
    let mut stage = empty(Kind::StopPark);
    stage.scene.zones[0].kind = wire::scene::ZoneKind::NoParking;
    stage.scene.rules[0].dwell_s = Some(60.0);
    stage.clone().with(leaves(stops(1, 50.0))).run().is(&[]);
    stage.with(leaves(stops(1, 70.0))).run().is(&[("stop_park", 1, 64.0)]);
}

#[test]
fn who_stands_in_the_junction_on_its_own_red_is_told() {
    // In over the line on green, red from 10 on, fifteen seconds from there.
    let outcome = act(Kind::JunctionBlock).run().is(&[("junction_block", 1, 25.4)]).doubts_are(&[]);
    outcome.measured("dwell_s", 15.0, 0.35, 15.0).moments(&[
        ("start", Some(Green)),
        ("act", Some(Red)),
        ("end", Some(Red)),
    ]);
}

#[test]
fn who_waits_there_on_its_own_green_for_the_oncoming_traffic_is_not_told() {
    let mut stage = empty(Kind::JunctionBlock).signal("den", steady(&[(0.0, Green)]));
    let waits = car(1, 2.0, (450.0, 700.0)).to((450.0, 350.0), 120.0).wait(40.0);
    stage.signals.remove(0);
    stage.with(waits.to((60.0, 300.0), 120.0)).run().is(&[]);
}

#[test]
fn who_clears_the_junction_in_time_is_not_told() {
    let clears =
        car(1, 2.0, (450.0, 700.0)).to((450.0, 350.0), 120.0).wait_until(20.0).to((450.0, 90.0), 120.0);
    empty(Kind::JunctionBlock).with(clears).run().is(&[]);
}

#[test]
fn who_came_from_nobody_knows_where_is_a_doubt() {
    let appears = car(1, 2.0, (640.0, 350.0)).wait(30.0);
    let outcome = empty(Kind::JunctionBlock).with(appears).run();
    outcome.is(&[("junction_block", 1, 17.0)]).doubts_are(&["entry_unknown"]);
}

#[test]
fn a_signal_that_nobody_sees_says_nothing_and_is_counted() {
    let mut stage = act(Kind::JunctionBlock);
    stage.signals.clear();
    let outcome = stage.signal("den", steady(&[(0.0, Green), (10.0, Unknown)])).run().is(&[]);
    assert!(outcome.counts[0].unknown_signal >= 1);
}

#[test]
fn standing_in_no_zone_of_the_rule_is_nothing() {
    let mut stage = empty(Kind::StopPark);
    let far = json!({ "id": "vung", "corners": [[0.9, 0.3], [0.99, 0.3], [0.99, 0.5], [0.9, 0.5]], "kind": "no_stopping" });
    stage.scene.zones = vec![serde_json::from_value(far).expect("a zone")];
    stage.with(stops(1, 60.0)).run().is(&[]);
}
