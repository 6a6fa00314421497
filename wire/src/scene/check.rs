//! Whether a scene can be used: every problem at once, each with the place and what to do.

use std::collections::HashSet;

use super::{LineKind, Scene, Spot};
use crate::Name;
use crate::violation::Kind;

/// Something in a scene that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[error("{at}: {what}")]
pub struct SceneProblem {
    /// Place: `lanes.lan-1`, `rules.den-do`.
    pub at: String,
    /// What is wrong and what would be right.
    pub what: String,
}

/// Most things of one kind in a scene.
const MANY: usize = 64;
/// Smallest area, part of the picture.
const LEAST_AREA: f32 = 0.0005;

/// Every problem of a scene; empty when it can be used.
pub fn check(scene: &Scene) -> Vec<SceneProblem> {
    let mut found = Vec::new();
    let mut say = |at: String, what: &str| found.push(SceneProblem { at, what: what.to_owned() });
    if scene.v != super::SCENE_VERSION {
        say("v".into(), "this program speaks format 1");
    }
    if scene.picture.contains(&0) {
        say("picture".into(), "width and height must be above 0");
    }
    let counts = [
        scene.lanes.len(),
        scene.lines.len(),
        scene.zones.len(),
        scene.markings.len(),
        scene.signals.len(),
        scene.rules.len(),
    ];
    if counts.iter().any(|count| *count > MANY) {
        say("scene".into(), "at most 64 of each kind");
    }
    let mut ids = HashSet::new();
    let all = scene
        .lanes
        .iter()
        .map(|lane| ("lanes", &lane.id))
        .chain(scene.lines.iter().map(|line| ("lines", &line.id)))
        .chain(scene.zones.iter().map(|zone| ("zones", &zone.id)))
        .chain(scene.markings.iter().map(|marking| ("markings", &marking.id)))
        .chain(scene.signals.iter().map(|signal| ("signals", &signal.id)))
        .chain(scene.rules.iter().map(|rule| ("rules", &rule.id)));
    for (list, id) in all {
        if !ids.insert(id) {
            say(format!("{list}.{id}"), "this id is used twice in the scene");
        }
    }
    for lane in &scene.lanes {
        let at = format!("lanes.{}", lane.id);
        area(&at, &lane.corners, &mut say);
        inside(&at, &lane.flow, &mut say);
        if distance(lane.flow[0], lane.flow[1]) < 0.01 {
            say(at, "flow needs two points that differ: traffic goes from the first to the second");
        }
    }
    for line in &scene.lines {
        let at = format!("lines.{}", line.id);
        inside(&at, &[line.from, line.to], &mut say);
        if distance(line.from, line.to) < 0.01 {
            say(at.clone(), "the line has no length");
        }
        for governed in &line.governed {
            if !scene.signals.iter().any(|signal| signal.id == governed.signal) {
                say(at.clone(), "governed names a signal that is not drawn");
            }
        }
    }
    for zone in &scene.zones {
        area(&format!("zones.{}", zone.id), &zone.corners, &mut say);
    }
    for marking in &scene.markings {
        let at = format!("markings.{}", marking.id);
        inside(&at, &marking.points, &mut say);
        if marking.points.len() < 2 {
            say(at, "a marking needs two points or more");
        }
    }
    for signal in &scene.signals {
        let at = format!("signals.{}", signal.id);
        if signal.lamps.is_empty() && signal.controller.is_none() {
            say(at.clone(), "draw its lamps or name its controller");
        }
        for lamp in &signal.lamps {
            if !["red", "yellow", "green", "any"].contains(&lamp.colour.as_str()) {
                say(at.clone(), "colour of a lamp is red, yellow, green or any");
            }
            let [x, y, w, h] = lamp.area;
            if !(lamp.area.iter().all(|v| v.is_finite())
                && x >= 0.0
                && y >= 0.0
                && w >= 0.002
                && h >= 0.002
                && x + w <= 1.0
                && y + h <= 1.0)
            {
                say(at.clone(), "a lamp's box must lie in the picture and be no smaller than 0.002");
            }
        }
    }
    ground(scene, &mut say);
    for rule in &scene.rules {
        rules(scene, rule, &mut say);
    }
    found
}

fn ground(scene: &Scene, say: &mut impl FnMut(String, &str)) {
    let Some(ground) = &scene.ground else { return };
    let spots: Vec<Spot> = ground.points.iter().map(|point| point.at).collect();
    inside("ground", &spots, say);
    if ground.points.len() < 4 {
        say("ground".into(), "four measured points at least");
    }
    if ground.points.iter().any(|point| point.metres.iter().any(|v| !v.is_finite() || v.abs() > 10_000.0)) {
        say("ground".into(), "metres must be within 10 km of the origin");
    }
}

fn rules(scene: &Scene, rule: &super::SceneRule, say: &mut impl FnMut(String, &str)) {
    let at = format!("rules.{}", rule.id);
    let has = |name: &Name| {
        scene.lanes.iter().any(|lane| lane.id == *name)
            || scene.lines.iter().any(|line| line.id == *name)
            || scene.zones.iter().any(|zone| zone.id == *name)
            || scene.markings.iter().any(|marking| marking.id == *name)
    };
    for name in rule.about.iter().filter(|name| !has(name)) {
        say(at.clone(), &format!("about names {name}, which is not drawn"));
    }
    for misfit in super::shape(rule.kind).into_iter().flat_map(|shape| shape.misfits(scene, rule)) {
        say(at.clone(), &misfit);
    }
    let positive = |value: Option<f64>| value.is_none_or(|v| v.is_finite() && v > 0.0);
    if ![rule.dwell_s, rule.way, rule.length_m, rule.limit_kmh].into_iter().all(positive) {
        say(at.clone(), "dwell_s, way, length_m and limit_kmh must be above 0");
    }
    for hours in &rule.hours {
        let time = |text: &str| jiff::civil::Time::strptime("%H:%M", text).is_ok();
        if !time(&hours.from) || !time(&hours.to) || hours.days.iter().any(|day| !(1..=7).contains(day)) {
            say(at.clone(), "hours are HH:MM, days 1 (Monday) to 7");
        }
    }
    let lines = rule.about.iter().filter(|name| scene.lines.iter().any(|line| line.id == **name)).count();
    match rule.kind {
        Kind::RedLight => {
            let governed =
                |name: &Name| scene.lines.iter().any(|line| line.id == *name && !line.governed.is_empty());
            if rule.about.is_empty() || !rule.about.iter().all(governed) {
                say(at, "about names stop lines that a signal governs");
            }
        }
        Kind::TurnBan | Kind::UTurn if lines != 2 => {
            say(at, "about names the entry line, then the exit line")
        }
        Kind::SpeedSection => {
            let ends = |line: &&super::SceneLine| matches!(line.kind, LineKind::Entry | LineKind::Exit);
            let named = |line: &&super::SceneLine| rule.about.contains(&line.id);
            match lines {
                2 => {}
                1 if scene.lines.iter().filter(named).all(|line| ends(&line)) => {}
                1 => say(
                    at,
                    "with one line here, draw it as entry at the first camera and as exit at the second",
                ),
                _ => say(
                    at,
                    "about names its lines: first and second, or the one here when the other camera has the other",
                ),
            }
        }
        Kind::SpeedHomography if scene.ground.is_none() => {
            say(at, "speed needs ground: four measured points")
        }
        _ => {}
    }
}

fn inside(at: &str, spots: &[Spot], say: &mut impl FnMut(String, &str)) {
    if spots.iter().flatten().any(|v| !(0.0..=1.0).contains(v)) {
        say(at.to_owned(), "a point is outside of the picture; coordinates go from 0 to 1");
    }
}

fn area(at: &str, corners: &[Spot], say: &mut impl FnMut(String, &str)) {
    inside(at, corners, say);
    if corners.len() < 3 || corners.len() > 64 || surface(corners) < LEAST_AREA {
        say(at.to_owned(), "needs three to 64 corners that enclose an area");
    }
}

fn surface(corners: &[Spot]) -> f32 {
    let next = corners.iter().cycle().skip(1);
    let twice: f32 = corners.iter().zip(next).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum();
    twice.abs() / 2.0
}

fn distance(a: Spot, b: Spot) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene() -> Scene {
        serde_json::from_str(include_str!("../../../tests/goldens/v1/scene.json")).unwrap()
    }

    #[test]
    fn a_whole_scene_has_no_problems() {
        assert_eq!(check(&scene()), Vec::new());
    }

    #[test]
    fn every_problem_is_told_with_its_place() {
        let mut bad = scene();
        bad.lanes[0].corners.truncate(2);
        bad.lines[0].governed[0].signal = Name::new("nowhere").unwrap();
        bad.rules[0].about = vec![Name::new("gone").unwrap()];
        bad.rules[0].hours =
            vec![super::super::RuleHours { days: vec![8], from: "25:00".into(), to: "6".into() }];
        bad.signals[0].lamps[0].area = [0.9, 0.9, 0.5, 0.5];
        bad.ground.as_mut().unwrap().points.truncate(3);
        let mut parking = bad.rules[0].clone();
        (parking.id, parking.kind) = (Name::new("cam-dung").unwrap(), Kind::StopPark);
        parking.about = vec![bad.lines[0].id.clone()];
        parking.hours.clear();
        bad.rules.push(parking);
        let id = bad.lanes[0].id.clone();
        bad.zones[0].id = id;
        let places: Vec<String> = check(&bad).into_iter().map(|problem| problem.at).collect();
        for place in
            ["lanes.lan-1", "lines.vach-dung", "rules.den-do", "signals.den-bac", "ground", "zones.lan-1"]
        {
            assert!(places.iter().any(|at| at == place), "{place} in {places:?}");
        }
        let parking = places.iter().filter(|at| *at == "rules.cam-dung").count();
        assert_eq!(parking, 2, "a line is no zone, and it does not say how long is too long");
    }
}
