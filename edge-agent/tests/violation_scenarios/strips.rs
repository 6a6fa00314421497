//! Wrong way, lanes closed to a class, emergency lane, motorway, pavement.

use serde_json::json;
use wire::violation::Kind;

use crate::kinds::*;
use crate::stage::*;

/// The scene of one plain act of this kind, without its vehicle.
fn empty(kind: Kind) -> Stage {
    let mut stage = act(kind);
    stage.actors.clear();
    stage
}

#[test]
fn who_drives_against_the_lane_is_told_from_where_it_came_in_to_where_the_way_was_long_enough() {
    let outcome = empty(Kind::WrongWay).with(against(1, 2.0)).run();
    let outcome = outcome.is(&[("wrong_way", 1, 2.67)]).lane(Some("lan-xuong")).doubts_are(&[]);
    outcome.moments(&[("start", None), ("act", None), ("end", None)]);
}

#[test]
fn who_drives_with_the_lane_or_in_the_other_one_is_not_told() {
    let down = car(1, 2.0, (830.0, 150.0)).to((830.0, 715.0), 100.0);
    empty(Kind::WrongWay).with(down).with(up(2, 2.0)).run().is(&[]);
}

#[test]
fn who_backs_up_for_less_than_the_way_is_not_told_and_for_more_is() {
    let backs = |px: f32| car(1, 2.0, (830.0, 250.0)).to((830.0, 500.0), 100.0).to((830.0, 500.0 - px), 60.0);
    let waits = |px: f32| backs(px).wait(3.0).to((830.0, 715.0), 100.0);
    empty(Kind::WrongWay).with(waits(60.0)).run().is(&[]);
    empty(Kind::WrongWay).with(waits(130.0)).run().is(&[("wrong_way", 1, 5.3)]);
}

#[test]
fn a_motorcycle_that_stands_and_trembles_drives_nowhere() {
    for kind in [Kind::WrongWay, Kind::Pavement, Kind::EmergencyLane, Kind::MotorwayMotorcycle] {
        for seed in 0..8 {
            let stands = |id, x: f32| motorcycle(id, 2.0, (x, 480.0)).tremble(0.1).wait(60.0);
            let stage = empty(kind).seed(seed).with(stands(1, 450.0)).with(stands(2, 830.0));
            stage.with(stands(3, 100.0)).run().is(&[]);
        }
    }
}

#[test]
fn a_standing_car_that_passers_by_hide_from_below_drives_nowhere() {
    for kind in [Kind::WrongWay, Kind::EmergencyLane, Kind::LaneClass] {
        let stands = |id, x: f32| car(id, 2.0, (x, 600.0)).wait(40.0).cut(6.0, 7.5).cut(12.0, 13.0);
        empty(kind).with(stands(1, 450.0)).with(stands(2, 830.0)).run().is(&[]);
    }
}

#[test]
fn who_touches_a_lane_with_less_than_half_its_width_is_not_in_it() {
    // The lane begins at x = 256; the car is 120 to 150 pixels wide.
    for x in [200.0, 230.0, 245.0] {
        let beside = car(1, 2.0, (x, 715.0)).to((x, 160.0), 100.0);
        empty(Kind::LaneClass).with(beside.clone()).run().is(&[]);
        empty(Kind::EmergencyLane).with(beside).run().is(&[]);
    }
    let inside = car(1, 2.0, (290.0, 715.0)).to((290.0, 160.0), 100.0);
    empty(Kind::LaneClass).with(inside).run().is(&[("lane_class", 1, 3.0)]);
}

#[test]
fn in_a_bus_lane_the_bus_is_not_told_and_the_motorcycle_is() {
    let drives = |actor: Actor| actor.to((450.0, 160.0), 100.0);
    empty(Kind::LaneClass).with(drives(bus(1, 2.0, (450.0, 715.0)))).run().is(&[]);
    let told = empty(Kind::LaneClass).with(drives(motorcycle(2, 2.0, (450.0, 715.0)))).run();
    told.is(&[("lane_class", 2, 3.0)]).moments(&[("start", None), ("act", None)]);
}

#[test]
fn who_only_crosses_a_lane_on_the_way_to_a_turn_is_not_told() {
    let crosses = car(1, 2.0, (120.0, 560.0)).to((1000.0, 480.0), 150.0);
    empty(Kind::LaneClass).with(crosses).run().is(&[]);
}

#[test]
fn two_vehicles_are_two_acts_and_the_one_behind_is_not_taken_for_the_one_before() {
    let outcome = empty(Kind::LaneClass).with(up(1, 2.0)).with(up(2, 4.5)).run();
    outcome.is(&[("lane_class", 1, 3.0), ("lane_class", 2, 5.5)]);
}

#[test]
fn who_comes_back_within_a_minute_is_the_same_act_and_later_another_one() {
    let round = |wait: f64| {
        let away = against(1, 2.0).to((1100.0, 120.0), 150.0).to((1100.0, 715.0), 150.0);
        away.wait(wait).to((830.0, 715.0), 150.0).to((830.0, 200.0), 100.0)
    };
    assert_eq!(empty(Kind::WrongWay).with(round(1.0)).run().found.len(), 1);
    assert_eq!(empty(Kind::WrongWay).with(round(70.0)).run().found.len(), 2);
}

#[test]
fn who_is_out_of_sight_at_the_act_is_told_with_a_doubt() {
    let hidden = against(1, 2.0).hidden(2.4, 3.3);
    empty(Kind::WrongWay).with(hidden).run().is(&[("wrong_way", 1, 2.33)]).doubts_are(&["occluded"]);
}

#[test]
fn in_the_emergency_lane_driving_is_told_and_rolling_to_a_stop_is_not() {
    empty(Kind::EmergencyLane).with(up(1, 2.0)).run().is(&[("emergency_lane", 1, 2.8)]);
    let breaks_down =
        car(1, 2.0, (600.0, 715.0)).to((420.0, 620.0), 100.0).to((420.0, 560.0), 40.0).wait(30.0);
    empty(Kind::EmergencyLane).with(breaks_down).run().is(&[]);
}

#[test]
fn on_a_motorway_a_motorcycle_is_told_and_a_car_is_not() {
    let drive = |actor: Actor| actor.to((450.0, 120.0), 100.0);
    empty(Kind::MotorwayMotorcycle).with(drive(motorcycle(1, 2.0, (450.0, 715.0)))).run().is(&[(
        "motorway_motorcycle",
        1,
        3.0,
    )]);
    empty(Kind::MotorwayMotorcycle).with(drive(car(2, 2.0, (450.0, 715.0)))).run().is(&[]);
    // The lane beside it is a road like any other.
    let mut stage = empty(Kind::MotorwayMotorcycle);
    stage.scene.rules[0].about.clear();
    let beside = motorcycle(3, 2.0, (830.0, 150.0)).to((830.0, 715.0), 100.0);
    stage.with(beside).run().is(&[]);
}

#[test]
fn along_the_pavement_is_told_in_either_direction_and_across_it_is_not() {
    let rides = |from: f32, to: f32| motorcycle(1, 2.0, (100.0, from)).to((100.0, to), 80.0);
    empty(Kind::Pavement).with(rides(715.0, 200.0)).run().is(&[("pavement", 1, 2.7)]);
    empty(Kind::Pavement).with(rides(200.0, 715.0)).run().is(&[("pavement", 1, 2.7)]);
    let home = motorcycle(1, 2.0, (400.0, 560.0)).to((20.0, 520.0), 70.0);
    empty(Kind::Pavement).with(home).run().is(&[]);
    let parks =
        motorcycle(1, 2.0, (300.0, 600.0)).to((100.0, 590.0), 60.0).to((100.0, 560.0), 30.0).wait(60.0);
    empty(Kind::Pavement).with(parks.tremble(0.06)).run().is(&[]);
}

#[test]
fn with_measured_ground_the_way_is_in_metres() {
    // 8 m are 160 pixels here, where 86 would do without metres.
    let metres = |way_px: f32| {
        let mut stage = empty(Kind::WrongWay);
        stage.scene.ground = serde_json::from_value(ground()).expect("ground");
        let backs = car(1, 2.0, (830.0, 250.0)).to((830.0, 600.0), 100.0);
        stage.with(backs.to((830.0, 600.0 - way_px), 60.0).wait(2.0)).run().found.len()
    };
    assert_eq!((metres(130.0), metres(190.0)), (0, 1));
}

#[test]
fn what_is_in_an_area_that_is_not_looked_at_is_nothing() {
    let mut stage = empty(Kind::WrongWay);
    let all = json!({ "id": "man-hinh", "corners": [[0.5, 0.0], [1.0, 0.0], [1.0, 1.0], [0.5, 1.0]], "kind": "ignore" });
    stage.scene.zones.push(serde_json::from_value(all).expect("a zone"));
    stage.with(against(1, 2.0)).run().is(&[]);
}
