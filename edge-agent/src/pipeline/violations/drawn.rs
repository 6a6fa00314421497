//! What a rule is about, as it was drawn: the overlay shows it beside the boxes.

use wire::Name;
use wire::scene::{Scene, SceneRule};

/// Outlines by id, normalised points: lanes, lines, zones and markings of the rule, lamps of the signals that govern it.
pub(super) fn drawn(scene: &Scene, rule: &SceneRule, governing: &[Name]) -> Vec<(String, Vec<[f32; 2]>)> {
    let about = |id: &Name| rule.about.contains(id);
    let lanes =
        scene.lanes.iter().filter(|lane| about(&lane.id)).map(|l| (l.id.to_string(), l.corners.clone()));
    let lines =
        scene.lines.iter().filter(|line| about(&line.id)).map(|l| (l.id.to_string(), vec![l.from, l.to]));
    let zones =
        scene.zones.iter().filter(|zone| about(&zone.id)).map(|z| (z.id.to_string(), z.corners.clone()));
    let marks =
        scene.markings.iter().filter(|mark| about(&mark.id)).map(|m| (m.id.to_string(), m.points.clone()));
    let lamps = scene.signals.iter().filter(|signal| governing.contains(&signal.id)).flat_map(|signal| {
        signal.lamps.iter().map(|lamp| {
            let [x, y, w, h] = lamp.area;
            let corners = vec![[x, y], [x + w, y], [x + w, y + h], [x, y + h]];
            (format!("{}.{}", signal.id, lamp.colour), corners)
        })
    });
    lanes.chain(lines).chain(zones).chain(marks).chain(lamps).collect()
}
