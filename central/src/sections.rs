//! Mean speed between two cameras: a section is drawn half at each of them, and a vehicle that both read has a speed. Pure.
//!
//! Two cameras of a site whose scenes in force have a rule `speed_section` of the same id with one line each make a section: the line
//! drawn as an entry is its beginning, the one drawn as an exit its end. **No camera here is a type-approved meter: nothing of this
//! is evidence, no case comes of it, and no plate leaves this module.**

use std::collections::HashMap;

use wire::scene::{LineKind, Scene, SceneRule};
use wire::violation::Kind;

/// A passage lies between two frames of at least six a second; where exactly is interpolated, milliseconds.
const BETWEEN_FRAMES_MS: i64 = 170;
/// Slower than this on average, it stopped in between: no drive through, km/h.
const SLOWEST_KMH: f64 = 5.0;
/// Faster, and it is another vehicle with the same plate, or a plate misread, km/h.
const FASTEST_KMH: f64 = 250.0;
/// Lengths that two people measured differ by less, metres.
const SAME_LENGTH_M: f64 = 1.0;

/// One end of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Camera.
    pub camera: String,
    /// Its line.
    pub line: String,
}

/// A section between two cameras, or what keeps it from being one.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Site.
    pub site: String,
    /// Id of the rule at both cameras.
    pub id: String,
    /// Where it begins.
    pub first: Option<End>,
    /// Where it ends.
    pub last: Option<End>,
    /// Metres.
    pub length_m: f64,
    /// Limit, km/h.
    pub limit_kmh: f64,
    /// Why nothing is measured: `no_partner`, `differs` (length or limit), `twice` (two cameras for one end).
    pub problem: Option<&'static str>,
}

/// A vehicle over one end's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// When, milliseconds since 1970.
    pub at_ms: i64,
    /// How far that may be off, milliseconds.
    pub uncertainty_ms: i64,
    /// Its plate, canonical and valid.
    pub plate: String,
    /// Its class.
    pub class: String,
}

/// A drive through.
#[derive(Debug, Clone, PartialEq)]
pub struct Drive {
    /// Out of the section, milliseconds since 1970.
    pub left_ms: i64,
    /// How long it took.
    pub took_ms: i64,
    /// Class at the end.
    pub class: String,
    /// Mean speed.
    pub speed_kmh: f64,
    /// Half-width of the interval that surely holds the true mean speed, as long as both agents' clocks are right.
    pub uncertainty_kmh: f64,
    /// Over the limit by more than that.
    pub over: bool,
}

/// What a time came to.
#[derive(Debug, Default, PartialEq)]
pub struct Paired {
    /// Drives, by their end.
    pub drives: Vec<Drive>,
    /// Vehicles over the last line that nobody read at the first in time.
    pub unpaired: usize,
    /// Pairs that were impossibly fast.
    pub impossible: usize,
}

/// Every section that is drawn, whole or not, of scenes with their sites.
pub fn sections(scenes: &[(String, Scene)]) -> Vec<Section> {
    let mut found: Vec<Section> = Vec::new();
    for (site, scene) in scenes {
        let rules = scene.rules.iter().filter(|rule| rule.on && rule.kind == Kind::SpeedSection);
        for (rule, kind, end) in rules.filter_map(|rule| half(scene, rule)) {
            let (length_m, limit_kmh) = (rule.length_m.unwrap_or(0.0), rule.limit_kmh.unwrap_or(0.0));
            let index = found.iter().position(|s| s.site == *site && s.id == rule.id.as_str());
            let index = index.unwrap_or_else(|| {
                let (site, id) = (site.clone(), rule.id.to_string());
                found.push(Section { site, id, first: None, last: None, length_m, limit_kmh, problem: None });
                found.len() - 1
            });
            let section = &mut found[index];
            let differs =
                (section.length_m - length_m).abs() > SAME_LENGTH_M || section.limit_kmh != limit_kmh;
            if differs {
                section.problem = Some("differs");
            }
            let place = if kind == LineKind::Entry { &mut section.first } else { &mut section.last };
            if place.replace(end).is_some() {
                section.problem = Some("twice");
            }
        }
    }
    for section in &mut found {
        if section.first.is_none() || section.last.is_none() {
            section.problem = section.problem.or(Some("no_partner"));
        }
    }
    found
}

/// The end that a scene's rule stands for; none for a section with both lines at one camera, which the agent measures itself.
fn half<'a>(scene: &Scene, rule: &'a SceneRule) -> Option<(&'a SceneRule, LineKind, End)> {
    let [name] = rule.about.as_slice() else { return None };
    let line = scene.lines.iter().find(|line| line.id == *name)?;
    let end = End { camera: scene.camera.to_string(), line: name.to_string() };
    matches!(line.kind, LineKind::Entry | LineKind::Exit).then_some((rule, line.kind, end))
}

/// Pairs every vehicle at the end with its latest sighting at the beginning. A sighting is used once.
pub fn pair(length_m: f64, limit_kmh: f64, first: &[Sighting], last: &[Sighting]) -> Paired {
    let longest_ms = (length_m / SLOWEST_KMH * 3600.0) as i64;
    let mut entered: HashMap<&str, Vec<&Sighting>> = HashMap::new();
    let mut sorted: Vec<&Sighting> = first.iter().collect();
    sorted.sort_by_key(|sighting| sighting.at_ms);
    sorted.into_iter().for_each(|sighting| entered.entry(&sighting.plate).or_default().push(sighting));
    let mut ends: Vec<&Sighting> = last.iter().collect();
    ends.sort_by_key(|sighting| sighting.at_ms);
    let mut paired = Paired::default();
    for end in ends {
        let known = entered.entry(&end.plate).or_default();
        let alike = |one: &&Sighting| (one.class == "motorcycle") == (end.class == "motorcycle");
        let before = |one: &&Sighting| one.at_ms < end.at_ms && end.at_ms - one.at_ms <= longest_ms;
        match known.iter().rposition(|one| before(one) && alike(one)) {
            None => paired.unpaired += 1,
            Some(at) => {
                let begin = known[at];
                known.drain(..=at);
                match drive(length_m, limit_kmh, begin, end) {
                    Some(drive) => paired.drives.push(drive),
                    None => paired.impossible += 1,
                }
            }
        }
    }
    paired
}

fn drive(length_m: f64, limit_kmh: f64, begin: &Sighting, end: &Sighting) -> Option<Drive> {
    let took_ms = end.at_ms - begin.at_ms;
    let off_ms = begin.uncertainty_ms.max(0) + end.uncertainty_ms.max(0) + BETWEEN_FRAMES_MS;
    if took_ms <= off_ms {
        return None;
    }
    let kmh = |ms: i64| 3600.0 * length_m / ms as f64;
    let speed_kmh = kmh(took_ms);
    let uncertainty_kmh = kmh(took_ms - off_ms) - speed_kmh;
    let over = speed_kmh - uncertainty_kmh > limit_kmh;
    let (left_ms, class) = (end.at_ms, end.class.clone());
    (speed_kmh <= FASTEST_KMH).then_some(Drive { left_ms, took_ms, class, speed_kmh, uncertainty_kmh, over })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn scene(camera: &str, line: &str, length_m: f64, rule: &str) -> (String, Scene) {
        let scene = json!({
            "v": 1, "camera": camera, "picture": [1280, 720],
            "lines": [{ "id": "vach", "from": [0.9, 0.6], "to": [0.1, 0.6], "kind": line }],
            "rules": [{ "id": rule, "kind": "speed_section", "about": ["vach"], "length_m": length_m, "limit_kmh": 60.0 }]
        });
        ("ql1".to_owned(), serde_json::from_value(scene).unwrap())
    }

    fn seen(at_s: f64, plate: &str) -> Sighting {
        let at_ms = (at_s * 1e3) as i64;
        Sighting { at_ms, uncertainty_ms: 50, plate: plate.to_owned(), class: "car".to_owned() }
    }

    #[test]
    fn two_cameras_with_one_line_each_make_a_section() {
        let found = sections(&[scene("bac", "entry", 2000.0, "doan"), scene("nam", "exit", 2000.0, "doan")]);
        let end = |camera: &str| Some(End { camera: camera.to_owned(), line: "vach".to_owned() });
        assert_eq!(found.len(), 1);
        assert_eq!((&found[0].first, &found[0].last, found[0].problem), (&end("bac"), &end("nam"), None));
        assert_eq!((found[0].length_m, found[0].limit_kmh), (2000.0, 60.0));
    }

    #[test]
    fn half_a_section_and_halves_that_contradict_each_other_say_so() {
        let problem = |scenes: &[(String, Scene)]| sections(scenes)[0].problem;
        let bac = scene("bac", "entry", 2000.0, "doan");
        assert_eq!(problem(std::slice::from_ref(&bac)), Some("no_partner"));
        assert_eq!(problem(&[bac.clone(), scene("nam", "exit", 1500.0, "doan")]), Some("differs"));
        assert_eq!(problem(&[bac.clone(), scene("nam", "entry", 2000.0, "doan")]), Some("twice"));
        let mut off = scene("nam", "exit", 2000.0, "doan");
        off.1.rules[0].on = false;
        assert_eq!(problem(&[bac.clone(), off]), Some("no_partner"));
        assert_eq!(
            sections(&[bac, scene("nam", "exit", 2000.0, "khac")]).len(),
            2,
            "another id, another section"
        );
    }

    #[test]
    fn the_mean_speed_counts_when_it_is_over_the_limit_by_more_than_it_may_be_off() {
        // 2000 m in 100 s are 72 km/h, in 119.9 s 60.05.
        let paired = pair(
            2000.0,
            60.0,
            &[seen(0.0, "30A12345"), seen(5.0, "29B11111")],
            &[seen(100.0, "30A12345"), seen(124.9, "29B11111")],
        );
        assert_eq!((paired.unpaired, paired.impossible, paired.drives.len()), (0, 0, 2));
        let fast = &paired.drives[0];
        assert!((fast.speed_kmh - 72.0).abs() < 1e-9 && fast.over && fast.took_ms == 100_000);
        assert!((0.1..0.3).contains(&fast.uncertainty_kmh), "{}", fast.uncertainty_kmh);
        let near = &paired.drives[1];
        assert!(near.speed_kmh > 60.0 && !near.over, "{near:?}");
    }

    #[test]
    fn who_came_from_elsewhere_stopped_in_between_or_flew_has_no_speed() {
        let first = [seen(0.0, "30A12345"), seen(0.0, "29B11111"), seen(0.0, "51K22222")];
        let last = [seen(2000.0, "30A12345"), seen(60.0, "88C99999"), seen(10.0, "29B11111")];
        let paired = pair(2000.0, 60.0, &first, &last);
        assert_eq!((paired.drives.len(), paired.unpaired, paired.impossible), (0, 2, 1));
        // A motorcycle with the plate of a car is not that car.
        let bike = Sighting { class: "motorcycle".to_owned(), ..seen(100.0, "51K22222") };
        assert_eq!(pair(2000.0, 60.0, &first, &[bike]).unpaired, 1);
    }

    #[test]
    fn the_latest_way_in_counts_and_only_once() {
        let first = [seen(0.0, "30A12345"), seen(200.0, "30A12345")];
        let last = [seen(300.0, "30A12345"), seen(310.0, "30A12345")];
        let paired = pair(2000.0, 60.0, &first, &last);
        assert_eq!(paired.drives.iter().map(|drive| drive.took_ms).collect::<Vec<_>>(), [100_000]);
        assert_eq!(paired.unpaired, 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_end_is_counted_once_and_every_number_is_one(
            first in prop::collection::vec((0i64..4_000_000, -5i64..5000, 0u8..6), 0..40),
            last in prop::collection::vec((0i64..4_000_000, -5i64..5000, 0u8..6), 0..40),
            length_m in 1.0f64..20_000.0,
        ) {
            let seen = |(at_ms, uncertainty_ms, plate): (i64, i64, u8)| Sighting {
                at_ms, uncertainty_ms, plate: format!("30A{plate}"), class: "car".to_owned(),
            };
            let (first, last): (Vec<_>, Vec<_>) =
                (first.into_iter().map(seen).collect(), last.into_iter().map(seen).collect());
            let paired = pair(length_m, 60.0, &first, &last);
            prop_assert_eq!(paired.drives.len() + paired.unpaired + paired.impossible, last.len());
            for drive in &paired.drives {
                prop_assert!(drive.speed_kmh.is_finite() && drive.uncertainty_kmh >= 0.0);
                prop_assert!(drive.took_ms > 0 && drive.speed_kmh <= FASTEST_KMH);
                prop_assert!(!drive.over || drive.speed_kmh > 60.0);
            }
        }
    }
}
