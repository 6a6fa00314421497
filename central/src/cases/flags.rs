//! What screening notices beside admissibility. Each of these blocks what would go on by itself, and is shown; none of them accuses. Pure.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wire::scene::{LaneKind, Scene, SceneLane, ZoneKind};
use wire::violation::{Kind, Violation};

use super::device::metres_between;
use super::settings::Cases;
use crate::law::{Behaviour, Facts};

/// Something that a person should know before deciding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// The vehicle may be one that rules do not bind.
    Exempt,
    /// The same act as another case.
    DuplicateOf,
    /// The plate may be on two vehicles.
    CloneSuspect,
    /// The reading was repaired, or may be understood in another way.
    RepairedPlate,
    /// The score is low.
    LowScore,
    /// Seen by a third party's system.
    ThirdParty,
}

impl Flag {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exempt => "exempt",
            Self::DuplicateOf => "duplicate_of",
            Self::CloneSuspect => "clone_suspect",
            Self::RepairedPlate => "repaired_plate",
            Self::LowScore => "low_score",
            Self::ThirdParty => "third_party",
        }
    }
}

/// Words among a violation's doubts by which an agent says that it may be a vehicle on duty.
const PRIORITY_DOUBTS: [&str; 2] = ["priority_vehicle_look", "emergency_vehicle"];

/// Whether rules may not bind the vehicle: by the bearer of its plate, by the configured list, by its look.
pub fn exempt(violation: &Violation, settings: &Cases) -> bool {
    let reading = violation.reading.as_ref();
    let bearer = reading.and_then(|reading| reading.class.as_deref());
    let kind = reading.and_then(|reading| reading.kind.as_deref());
    let special_bearer = matches!(bearer, Some("military" | "diplomatic"));
    let special_kind = matches!(kind, Some("military" | "diplomatic"));
    // Machines of the police, `CD`, are blue; other blue plates are the State's and bound by the rules.
    let police = reading.is_some_and(|reading| {
        kind == Some("special") && reading.text.get(2..4) == Some("CD")
            || reading.colour.as_ref().is_some_and(|colour| colour.value == "red")
    });
    let listed = reading.is_some_and(|reading| settings.exempt_plates.contains(&reading.text));
    let look = violation.doubts.iter().any(|doubt| PRIORITY_DOUBTS.contains(&doubt.as_str()));
    special_bearer || special_kind || police || listed || look
}

/// What the violation says by itself.
pub fn of(violation: &Violation, settings: &Cases) -> BTreeSet<Flag> {
    let mut flags = BTreeSet::new();
    if exempt(violation, settings) {
        flags.insert(Flag::Exempt);
    }
    let repaired =
        |reading: &wire::payload::PlateReading| !reading.edits.is_empty() || !reading.ambiguous.is_empty();
    if violation.reading.as_ref().is_some_and(repaired) {
        flags.insert(Flag::RepairedPlate);
    }
    if f64::from(violation.score) < settings.low_score {
        flags.insert(Flag::LowScore);
    }
    if violation.source != "own" {
        flags.insert(Flag::ThirdParty);
    }
    flags
}

/// Whether a second person must agree, as far as screening knows.
pub fn needs_second(
    violation: &Violation,
    flags: &BTreeSet<Flag>,
    behaviour: Option<&Behaviour>,
    settings: &Cases,
) -> bool {
    let serious = Kind::parse(&violation.violation).and_then(Kind::facts).is_none_or(|facts| facts.serious);
    serious || behaviour.is_none_or(|behaviour| is_dear(behaviour, settings)) || !flags.is_empty()
}

/// Whether a behaviour is so serious or dear that two people must agree.
pub fn is_dear(behaviour: &Behaviour, settings: &Cases) -> bool {
    behaviour.serious || behaviour.fine_high > settings.second_from_vnd
}

/// A vehicle with this plate was somewhere.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sighting {
    /// When, milliseconds.
    pub at_ms: i64,
    /// Latitude and longitude.
    pub at: [f64; 2],
}

/// Something that speaks for a plate on two vehicles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CloneSign {
    /// Stable word.
    pub code: String,
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
    /// Moment of the other sighting, milliseconds since 1970.
    pub at_ms: Option<i64>,
}

/// Least distance that says something, metres: below it, positions and clocks may be off by as much.
const LEAST_M: f64 = 2_000.0;

/// The other sighting, when nobody can have driven from one to the other in time.
pub fn impossible_way(here: Sighting, other: Sighting, most_kmh: f64) -> Option<CloneSign> {
    let metres = metres_between(here.at, other.at);
    if metres < LEAST_M {
        return None;
    }
    // A minute for clocks: two far places in one second is the clearest case of all.
    let seconds = (here.at_ms.abs_diff(other.at_ms) as f64 / 1000.0).max(1.0);
    let kmh = metres / seconds * 3.6;
    (kmh > most_kmh).then(|| CloneSign {
        code: "impossible_way".to_owned(),
        vi: format!(
            "Cùng biển số ở cách {:.1} km sau {:.0} phút: không thể đi kịp",
            metres / 1000.0,
            seconds / 60.0
        ),
        en: format!(
            "The same plate {:.1} km away {:.0} min apart: nobody drives so fast",
            metres / 1000.0,
            seconds / 60.0
        ),
        at_ms: Some(other.at_ms),
    })
}

/// The registered vehicle set beside the picture: another group of vehicles is a sign, another type within a group is told.
pub fn registered_otherwise(seen: &str, registered: Option<&str>) -> Option<CloneSign> {
    let group = |class: &str| match class {
        "motorcycle" | "moped" | "e_motorcycle" => Some("motorcycle"),
        "car" | "bus" | "truck" => Some("car"),
        _ => None,
    };
    let registered = registered?.to_ascii_lowercase();
    (group(seen)? != group(&registered)?).then(|| CloneSign {
        code: "registered_otherwise".to_owned(),
        vi: format!("Hình ảnh là {seen}, đăng ký là {registered}"),
        en: format!("The picture shows a {seen}, registered is a {registered}"),
        at_ms: None,
    })
}

/// What the law's table of kinds asks beside the kind, as far as a violation says it and the scene that judged was drawn: on a motorway, in
/// which zone. Jams, lane changes and who wore no helmet are for the reviewer to see.
pub fn law_facts(violation: &Violation, scene: Option<&Scene>) -> Facts {
    let people = violation.measured.as_ref().filter(|measured| measured.what == "people");
    let rule = scene.and_then(|scene| scene.rules.iter().find(|rule| rule.id == violation.rule));
    let about = |id: &wire::Name| {
        violation.lane.as_ref() == Some(id) || rule.is_some_and(|rule| rule.about.contains(id))
    };
    let lanes = scene.map(|scene| &scene.lanes[..]).unwrap_or_default();
    let of_motorway = |lane: &SceneLane| lane.kind != LaneKind::Normal;
    let mut concerned = lanes.iter().filter(|lane| about(&lane.id)).peekable();
    let motorway = match concerned.peek() {
        Some(_) => concerned.all(of_motorway),
        // Where nothing of the rule is a lane, the whole picture must be a motorway.
        None => !lanes.is_empty() && lanes.iter().all(of_motorway),
    };
    let zones = scene.map(|scene| &scene.zones[..]).unwrap_or_default();
    let place = zones.iter().filter(|zone| about(&zone.id)).find_map(|zone| match zone.kind {
        ZoneKind::Junction => Some("junction"),
        ZoneKind::Pavement => Some("pavement"),
        ZoneKind::NoStopping | ZoneKind::NoParking => Some("sign"),
        ZoneKind::Crossing | ZoneKind::Speed | ZoneKind::Ignore => None,
    });
    Facts {
        people: people.map(|people| people.value.clamp(0.0, 20.0) as u8),
        motorway,
        place: place.map(str::to_owned),
        ..Facts::default()
    }
}

/// Number of a case: `VP-2026-000123`.
pub fn number(at: Timestamp, count: i64) -> String {
    format!("VP-{}-{count:06}", crate::law::day_of(at).year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::testing::{PLACE, sample};

    fn violation(plate: &str) -> Violation {
        sample(Kind::StopPark, "car", plate, "2026-11-10T03:00:00Z".parse().unwrap()).violation
    }

    #[test]
    fn vehicles_that_rules_may_not_bind_are_marked() {
        let mut settings = Cases::default();
        assert!(!exempt(&violation("30A12345"), &settings));
        let change = |change: fn(&mut Violation)| {
            let mut violation = violation("30A12345");
            change(&mut violation);
            violation
        };
        for violation in [
            change(|v| v.reading.as_mut().unwrap().class = Some("military".into())),
            change(|v| v.reading.as_mut().unwrap().kind = Some("diplomatic".into())),
            change(|v| v.reading.as_mut().unwrap().colour.as_mut().unwrap().value = "red".into()),
            change(|v| v.doubts.push("priority_vehicle_look".into())),
            violation("29CD12345"),
        ] {
            assert!(exempt(&violation, &settings));
        }
        settings.exempt_plates.push("30A12345".into());
        assert!(exempt(&violation("30A12345"), &settings));
    }

    #[test]
    fn a_mild_clear_case_needs_one_person_and_any_doubt_a_second() {
        let settings = Cases::default();
        let law = crate::law::Law::first();
        let on = "2026-11-10".parse().unwrap();
        let mild = law.behaviour_for("stop_park", "car", &Facts::default(), on).unwrap();
        let second =
            |violation: &Violation| needs_second(violation, &of(violation, &settings), Some(mild), &settings);
        let clear = violation("30A12345");
        assert!(!second(&clear));
        let change = |change: fn(&mut Violation)| {
            let mut violation = clear.clone();
            change(&mut violation);
            second(&violation)
        };
        assert!(change(|v| v.score = 0.5));
        assert!(change(|v| v.source = "viettel".into()));
        assert!(change(|v| v.reading.as_mut().unwrap().edits.push("O -> 0".into())));
        assert!(change(|v| v.violation = "red_light".into()));
        assert!(needs_second(&clear, &of(&clear, &settings), None, &settings), "no article known");
    }

    #[test]
    fn what_the_scene_says_of_the_place_decides_which_behaviour_is_proposed() {
        let scene = |lane: &str, zone: &str| -> Scene {
            serde_json::from_value(serde_json::json!({
                "v": 1, "camera": "cam-1", "version": 3, "picture": [1920, 1080],
                "lanes": [{"id": "lan", "corners": [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]], "flow": [[0.0, 0.0], [0.0, 1.0]], "kind": lane}],
                "zones": [{"id": "vung", "corners": [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]], "kind": zone}],
                "rules": [{"id": "luat-1", "kind": "stop_park", "about": ["vung"], "dwell_s": 60.0}]
            }))
            .unwrap()
        };
        let (law, on) = (crate::law::Law::first(), "2026-11-10".parse().unwrap());
        let proposed = |scene: Option<Scene>| {
            let facts = law_facts(&violation("30A12345"), scene.as_ref());
            law.behaviour_for("stop_park", "car", &facts, on).unwrap().key.clone()
        };
        assert_eq!(proposed(None), "car.stop_park_minor", "nothing is known: the mildest");
        assert_eq!(proposed(Some(scene("normal", "no_parking"))), "car.stop_park_junction");
        assert_eq!(proposed(Some(scene("normal", "crossing"))), "car.stop_park_minor");
        assert_eq!(proposed(Some(scene("motorway", "no_stopping"))), "car.mway_stop");
    }

    #[test]
    fn no_setting_spares_the_second_person_of_a_serious_case() {
        let loose = Cases { low_score: 0.0, second_from_vnd: i64::MAX, ..Cases::default() };
        let mut red = violation("30A12345");
        red.violation = "red_light".into();
        assert!(needs_second(&red, &of(&red, &loose), None, &loose));
    }

    #[test]
    fn one_plate_at_two_far_places_at_once_is_noticed_and_a_quick_drive_is_not() {
        let here = Sighting { at_ms: 0, at: PLACE };
        let there = |km: f64, minutes: i64| Sighting {
            at_ms: minutes * 60_000,
            at: [PLACE[0] + km / 111.19, PLACE[1]],
        };
        assert!(impossible_way(here, there(60.0, 10), 180.0).is_some(), "360 km/h");
        assert!(impossible_way(here, there(60.0, 0), 180.0).is_some());
        assert!(impossible_way(here, there(60.0, 30), 180.0).is_none(), "120 km/h");
        assert!(impossible_way(here, there(1.0, 0), 180.0).is_none(), "too near to say");
    }

    #[test]
    fn a_car_plate_on_a_motorcycle_is_noticed() {
        assert!(registered_otherwise("motorcycle", Some("CAR")).is_some());
        assert!(registered_otherwise("car", Some("truck")).is_none());
        assert!(registered_otherwise("car", None).is_none());
    }

    #[test]
    fn numbers_count_in_the_year_of_vietnam() {
        assert_eq!(number("2025-12-31T18:00:00Z".parse().unwrap(), 1), "VP-2026-000001");
        assert_eq!(number("2026-11-10T03:00:00Z".parse().unwrap(), 123), "VP-2026-000123");
    }
}
