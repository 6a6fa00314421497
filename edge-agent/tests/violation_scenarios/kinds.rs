//! One plain act of every kind: the scene that its rule needs, and the vehicle that breaks it.

use serde_json::{Value, json};
use wire::LampState::Red;
use wire::violation::Kind;

use crate::red_light::junction;
use crate::stage::*;

/// A scene without rules: one lane up the picture at the left, one down at the right, drawn over the lower two thirds.
pub fn road() -> Value {
    json!({
        "v": 1, "camera": "duong", "picture": [1280, 720],
        "lanes": [
            { "id": "lan-len", "corners": [[0.2, 0.3], [0.5, 0.3], [0.5, 1.0], [0.2, 1.0]], "flow": [[0.35, 0.95], [0.35, 0.35]] },
            { "id": "lan-xuong", "corners": [[0.5, 0.3], [0.8, 0.3], [0.8, 1.0], [0.5, 1.0]], "flow": [[0.65, 0.35], [0.65, 0.95]] } ],
        "rules": []
    })
}

/// Metres in that picture: 20 pixels each, as if seen from above.
pub fn ground() -> Value {
    let point = |x: f64, y: f64| json!({ "at": [x, y], "metres": [x * 64.0, y * 36.0] });
    json!({
        "points": [point(0.1, 0.1), point(0.9, 0.1), point(0.9, 0.9), point(0.1, 0.9), point(0.5, 0.4)],
        "measured_on": "2026-11-01", "measured_by": "Đội hạ tầng"
    })
}

/// The scene with one rule about these.
pub fn with_rule(mut scene: Value, kind: &str, about: &[&str]) -> Value {
    scene["rules"] = json!([{ "id": "luat", "kind": kind, "about": about }]);
    scene
}

/// Up the left lane, through the whole picture.
pub fn up(id: u64, start_s: f64) -> Actor {
    car(id, start_s, (450.0, 715.0)).to((450.0, 120.0), 100.0)
}

/// Up the right lane, whose traffic comes down.
pub fn against(id: u64, start_s: f64) -> Actor {
    car(id, start_s, (830.0, 715.0)).to((830.0, 120.0), 100.0)
}

/// Lines in and out of a crossroads: in from below at y = 500; out at the top, to the left, and back down at the left.
pub fn crossroads() -> Value {
    json!({
        "v": 1, "camera": "nut", "picture": [1280, 720],
        "lanes": [
            { "id": "lan-trai", "corners": [[0.25, 0.7], [0.5, 0.7], [0.5, 1.0], [0.2, 1.0]], "flow": [[0.37, 0.95], [0.37, 0.72]], "moves": ["left"] },
            { "id": "lan-phai", "corners": [[0.5, 0.7], [0.75, 0.7], [0.8, 1.0], [0.5, 1.0]], "flow": [[0.62, 0.95], [0.62, 0.72]], "moves": ["straight"] } ],
        "lines": [
            { "id": "vao", "from": [0.78, 0.69444], "to": [0.22, 0.69444], "kind": "entry" },
            { "id": "ra-thang", "from": [0.78, 0.2], "to": [0.22, 0.2], "kind": "exit", "move": "straight" },
            { "id": "ra-trai", "from": [0.15, 0.25], "to": [0.15, 0.66], "kind": "exit", "move": "left" },
            { "id": "ra-quay", "from": [0.02, 0.75], "to": [0.2, 0.75], "kind": "exit", "move": "u_turn" } ],
        "rules": []
    })
}

/// In from below in the left lane, and out to the left.
pub fn turns_left(id: u64, x: f32) -> Actor {
    car(id, 2.0, (x, 700.0)).to((x, 380.0), 120.0).to((60.0, 340.0), 120.0)
}

/// A kind of violation, its scene with one rule, its signals, and who commits it once.
pub fn act(kind: Kind) -> Stage {
    let zone = |kind: &str| json!([{ "id": "vung", "corners": [[0.2, 0.3], [0.8, 0.3], [0.8, 1.0], [0.2, 1.0]], "kind": kind }]);
    let (scene, actor) = match kind {
        Kind::RedLight => (junction(), car(1, 15.0, (450.0, 700.0)).to((450.0, 100.0), 150.0)),
        Kind::WrongWay => (with_rule(road(), "wrong_way", &["lan-xuong"]), against(1, 2.0)),
        Kind::WrongLane => (with_rule(crossroads(), "wrong_lane", &["lan-phai"]), turns_left(1, 780.0)),
        Kind::LaneClass => {
            let mut scene = with_rule(road(), "lane_class", &["lan-len"]);
            scene["lanes"][0]["classes"] = json!(["bus"]);
            (scene, up(1, 2.0))
        }
        Kind::SolidLine => {
            let mut scene = with_rule(road(), "solid_line", &["vach"]);
            scene["markings"] = json!([{ "id": "vach", "points": [[0.5, 0.4], [0.5, 1.0]] }]);
            (scene, car(1, 2.0, (450.0, 700.0)).to((450.0, 640.0), 100.0).to((830.0, 400.0), 150.0))
        }
        Kind::TurnBan => (with_rule(crossroads(), "turn_ban", &["vao", "ra-trai"]), turns_left(1, 450.0)),
        Kind::UTurn => {
            let back = car(1, 2.0, (450.0, 700.0)).to((450.0, 400.0), 120.0);
            let back = back.to((225.0, 420.0), 120.0).to((225.0, 700.0), 120.0);
            (with_rule(crossroads(), "u_turn", &["vao", "ra-quay"]), back)
        }
        Kind::StopPark => {
            let mut scene = with_rule(road(), "stop_park", &["vung"]);
            scene["zones"] = zone("no_stopping");
            scene["rules"][0]["dwell_s"] = json!(10.0);
            (scene, car(1, 2.0, (450.0, 715.0)).to((450.0, 500.0), 100.0).wait(15.0))
        }
        Kind::EmergencyLane => {
            let mut scene = with_rule(road(), "emergency_lane", &["lan-len"]);
            scene["lanes"][0]["kind"] = json!("emergency");
            (scene, up(1, 2.0))
        }
        Kind::MotorwayMotorcycle => {
            let mut scene = with_rule(road(), "motorway_motorcycle", &["lan-len"]);
            scene["lanes"][0]["kind"] = json!("motorway");
            (scene, motorcycle(1, 2.0, (450.0, 715.0)).to((450.0, 120.0), 100.0))
        }
        Kind::Pavement => {
            let mut scene = with_rule(road(), "pavement", &["he"]);
            scene["zones"] = json!([{ "id": "he", "corners": [[0.02, 0.2], [0.15, 0.2], [0.15, 1.0], [0.02, 1.0]], "kind": "pavement" }]);
            (scene, motorcycle(1, 2.0, (100.0, 715.0)).to((100.0, 160.0), 80.0))
        }
        Kind::JunctionBlock => {
            let mut scene = junction();
            scene["zones"] = json!([{ "id": "nut", "corners": [[0.2, 0.25], [0.8, 0.25], [0.8, 0.64], [0.2, 0.64]], "kind": "junction" }]);
            scene["rules"] =
                json!([{ "id": "luat", "kind": "junction_block", "about": ["nut"], "dwell_s": 15.0 }]);
            (scene, car(1, 2.0, (450.0, 700.0)).to((450.0, 350.0), 120.0).wait(40.0))
        }
        Kind::Carry3plus => (with_rule(road(), "carry_3plus", &[]), rider(1).riders(3)),
        Kind::NoHelmet => (with_rule(road(), "no_helmet", &[]), rider(1).bare(1)),
        Kind::PlateCovered => {
            (with_rule(road(), "plate_covered", &[]), up(1, 2.0).plate_from(3.0, 99.0, "covered"))
        }
        Kind::PlateMissing => {
            (with_rule(road(), "plate_missing", &[]), up(1, 2.0).plate_from(3.0, 99.0, "missing"))
        }
        Kind::SpeedSection => {
            let mut scene = with_rule(road(), "speed_section", &["do-1", "do-2"]);
            scene["lines"] = section();
            scene["rules"][0]["length_m"] = json!(15.0);
            scene["rules"][0]["limit_kmh"] = json!(50.0);
            (scene, car(1, 2.0, (450.0, 715.0)).to((450.0, 100.0), 400.0))
        }
        Kind::SpeedHomography => {
            let mut scene = with_rule(road(), "speed_homography", &[]);
            scene["ground"] = ground();
            scene["rules"][0]["limit_kmh"] = json!(40.0);
            (scene, car(1, 2.0, (450.0, 715.0)).to((450.0, 100.0), 300.0))
        }
    };
    let stage = Stage::new(scene).with(actor);
    match kind {
        Kind::RedLight => stage.signal("den", steady(&[(0.0, Red)])),
        Kind::JunctionBlock => stage.signal("den", steady(&[(0.0, wire::LampState::Green), (10.0, Red)])),
        _ => stage,
    }
}

/// Two lines 300 pixels apart.
pub fn section() -> Value {
    json!([
        { "id": "do-1", "from": [0.8, 0.83333], "to": [0.1, 0.83333], "kind": "speed" },
        { "id": "do-2", "from": [0.8, 0.41667], "to": [0.1, 0.41667], "kind": "speed" } ])
}

/// A motorcycle that is near for some seconds.
pub fn rider(id: u64) -> Actor {
    motorcycle(id, 2.0, (450.0, 715.0)).to((450.0, 400.0), 80.0)
}

#[test]
fn one_plain_act_of_every_kind_is_told_once() {
    for kind in Kind::ALL {
        let told = act(kind).run().found;
        let told: Vec<_> = told.iter().map(|finding| (finding.kind, finding.track)).collect();
        assert_eq!(told, [(kind, 1)], "{}", kind.as_str());
    }
}

#[test]
fn every_kind_brings_the_moments_that_its_evidence_asks_for() {
    for kind in Kind::ALL {
        let told = act(kind).run().found;
        let words: Vec<&str> = told[0].moments.iter().map(|moment| moment.what.as_str()).collect();
        let asked = &kind.facts().expect("facts").moments;
        assert_eq!(words, asked.iter().map(String::as_str).collect::<Vec<_>>(), "{}", kind.as_str());
    }
}

#[test]
fn a_second_track_on_the_same_vehicle_is_the_same_act_in_every_kind() {
    for kind in Kind::ALL {
        let stage = act(kind);
        let double = stage.actors[0].double(2);
        let outcome = stage.with(double).run();
        // Speeds differ between two boxes of one vehicle: at least no more than one is told.
        assert_eq!(outcome.found.len(), 1, "{}: {:?}", kind.as_str(), outcome.found);
    }
}

#[test]
fn a_track_that_goes_on_under_another_number_is_one_act_in_every_kind() {
    for kind in Kind::ALL {
        for at in [0.3, 0.5, 0.7] {
            let stage = act(kind);
            let told = stage.clone().run().found;
            let first = told[0].moments[0].stream_s.min(told[0].act().expect("an act").stream_s - 1.0);
            let act_s = told[0].act().expect("an act").stream_s;
            let switch_s = first + at * (act_s + 1.0 - first);
            let mut stage = stage;
            let actor = stage.actors.remove(0).switched(switch_s, 9);
            let told = stage.with(actor).run().found;
            assert_eq!(told.len(), 1, "{} switched at {switch_s}: {told:?}", kind.as_str());
        }
    }
}

#[test]
fn what_looks_like_a_priority_vehicle_is_told_with_that_doubt_in_every_kind() {
    for kind in Kind::ALL {
        let mut stage = act(kind);
        let actor = stage.actors.remove(0).priority();
        let told = stage.with(actor).run().found;
        assert!(told[0].doubts.iter().any(|doubt| doubt == "priority_vehicle_look"), "{}", kind.as_str());
    }
}

#[test]
fn an_unsure_class_is_a_doubt_in_every_kind() {
    for kind in Kind::ALL {
        let mut stage = act(kind);
        let actor = stage.actors.remove(0).class_score(0.55);
        let told = stage.with(actor).run().found;
        assert!(told[0].doubts.iter().any(|doubt| doubt == "class_unsure"), "{}", kind.as_str());
        assert!(told[0].score <= 0.55);
    }
}

#[test]
fn a_bicycle_is_told_only_where_the_rule_names_it() {
    for kind in Kind::ALL.into_iter().filter(|kind| !matches!(kind, Kind::Carry3plus | Kind::NoHelmet)) {
        let mut stage = act(kind);
        let actor = stage.actors.remove(0).bicycle();
        let stage = stage.with(actor);
        assert_eq!(stage.clone().run().found, [], "{}", kind.as_str());
        let mut named = stage;
        named.scene.rules[0].classes = vec![wire::scene::VehicleClass::Bicycle];
        assert_eq!(named.run().found.len(), 1, "{}", kind.as_str());
    }
}
