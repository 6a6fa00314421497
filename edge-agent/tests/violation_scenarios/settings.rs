//! `wire/data/rule-shapes.json` says which settings a kind reads. The console asks for those alone, so they must be true.

use wire::Name;
use wire::scene::{RuleField, SceneRule, shapes};

use crate::kinds::act;

/// A value with which nothing can be told any more.
fn absurd(rule: &mut SceneRule, field: RuleField) {
    match field {
        RuleField::GraceMs => rule.grace_ms = Some(60_000),
        RuleField::DwellS => rule.dwell_s = Some(9e3),
        RuleField::Way => rule.way = Some(9e3),
        RuleField::LengthM => rule.length_m = Some(0.01),
        RuleField::LimitKmh => rule.limit_kmh = Some(900.0),
    }
}

#[test]
fn every_setting_that_a_kind_reads_decides_and_no_other_does() {
    for shape in shapes() {
        for field in RuleField::ALL {
            let mut stage = act(shape.kind);
            absurd(&mut stage.scene.rules[0], field);
            let silent = stage.run().found.is_empty();
            assert_eq!(silent, shape.fields.contains(&field), "{} {field:?}", shape.kind.as_str());
        }
    }
}

#[test]
fn a_rule_about_something_drawn_elsewhere_says_nothing_of_this_vehicle() {
    for shape in shapes() {
        let mut stage = act(shape.kind);
        let elsewhere = |id: &str| Name::new(id).expect("a name");
        let other: wire::scene::Scene = serde_json::from_value(serde_json::json!({
            "v": 1, "camera": "x", "picture": [1280, 720],
            "lanes": [{ "id": "noi-khac", "corners": [[0.9, 0.9], [0.99, 0.9], [0.99, 0.99], [0.9, 0.99]], "flow": [[0.95, 0.98], [0.95, 0.91]], "classes": ["bus"], "kind": "motorway" }],
            "lines": [
                { "id": "noi-khac-1", "from": [0.99, 0.9], "to": [0.9, 0.9], "kind": "stop", "governed": [{ "signal": "den-khac" }] },
                { "id": "noi-khac-2", "from": [0.99, 0.8], "to": [0.9, 0.8], "kind": "stop", "governed": [{ "signal": "den-khac" }] }],
            "zones": [{ "id": "vung-khac", "corners": [[0.9, 0.9], [0.99, 0.9], [0.99, 0.99], [0.9, 0.99]], "kind": "ignore" }],
            "markings": [{ "id": "vach-khac", "points": [[0.9, 0.9], [0.99, 0.99]] }],
            "signals": [{ "id": "den-khac", "lamps": [{ "colour": "any", "area": [0.9, 0.02, 0.02, 0.06] }] }]
        }))
        .expect("a scene");
        stage.scene.lanes.extend(other.lanes);
        stage.scene.lines.extend(other.lines);
        stage.scene.markings.extend(other.markings);
        stage.scene.signals.extend(other.signals);
        let kind = shape.zones.first().copied().unwrap_or(wire::scene::ZoneKind::Crossing);
        stage.scene.zones.extend(other.zones.into_iter().map(|zone| wire::scene::SceneZone { kind, ..zone }));
        stage.scene.rules[0].about = match shape.about[0].as_str() {
            "lanes" => vec![elsewhere("noi-khac")],
            "zones" => vec![elsewhere("vung-khac")],
            "markings" => vec![elsewhere("vach-khac")],
            _ if stage.scene.rules[0].about.len() == 2 => {
                vec![elsewhere("noi-khac-1"), elsewhere("noi-khac-2")]
            }
            _ => vec![elsewhere("noi-khac-1")],
        };
        if shape.kind == wire::violation::Kind::EmergencyLane {
            let lane = stage.scene.lanes.last_mut().expect("a lane");
            lane.kind = wire::scene::LaneKind::Emergency;
        }
        assert_eq!(stage.run().found, [], "{}", shape.kind.as_str());
    }
}
