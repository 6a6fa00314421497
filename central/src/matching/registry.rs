//! What the vehicle register says, set beside what the camera saw.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wire::payload::{PlateReading, Vehicle};
use wire::plate::PlateColour;

/// How the register stands to a passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistryStatus {
    /// Registered.
    Found,
    /// Not registered.
    NotFound,
    /// Registration withdrawn.
    Revoked,
    /// Registered, with a stolen flag.
    Stolen,
    /// More than one vehicle has this plate.
    Multiple,
    /// A military plate: in no civil register, and never asked for.
    Military,
    /// The register did not answer; it is asked again.
    Unavailable,
    /// There was nothing to ask, or no register is configured.
    NotAsked,
}

impl RegistryStatus {
    /// The word in the store and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::NotFound => "not_found",
            Self::Revoked => "revoked",
            Self::Stolen => "stolen",
            Self::Multiple => "multiple",
            Self::Military => "military",
            Self::Unavailable => "unavailable",
            Self::NotAsked => "not_asked",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
    }
}

/// A vehicle as registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegisteredVehicle {
    /// Maker.
    pub make: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Colour.
    pub colour: Option<String>,
    /// `car`, `motorcycle`, `bus`, `truck`, …
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// What does not fit, for a person to judge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable code.
    pub code: String,
    /// Vietnamese.
    pub text_vi: String,
    /// English.
    pub text_en: String,
}

impl Finding {
    fn new(code: &str, text_vi: String, text_en: String) -> Self {
        Self { code: code.to_owned(), text_vi, text_en }
    }
}

/// Code of a finding that is worth an alert: the plate sits on another group of vehicle.
pub const OTHER_GROUP: &str = "vehicle_group_differs";

/// Whether and how to ask about a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Ask, for this vehicle group and plate colour.
    Ask(Option<&'static str>, Option<PlateColour>),
    /// Do not ask; this is the status.
    Skip(RegistryStatus),
}

/// Decides whether the register is asked, and with which part of the key (plate, vehicle group, colour). A military plate
/// is never asked for, nor a text that is no valid plate. A colour is part of the question only from `min_score`: a wrong
/// one would make a registered vehicle unknown.
pub fn question(reading: Option<&PlateReading>, class: &str, min_score: f32) -> Question {
    let Some(reading) = reading else { return Question::Skip(RegistryStatus::NotAsked) };
    if reading.kind.as_deref() == Some("military") {
        return Question::Skip(RegistryStatus::Military);
    }
    if !reading.valid {
        return Question::Skip(RegistryStatus::NotAsked);
    }
    Question::Ask(group(reading, class), colour(reading, min_score))
}

/// The background of the plate, when the camera was at least that sure.
pub fn colour(reading: &PlateReading, min_score: f32) -> Option<PlateColour> {
    let seen = reading.colour.as_ref().filter(|colour| colour.score >= min_score)?;
    PlateColour::from_word(&seen.value)
}

/// The vehicle group of a passage: by the kind of plate where that is certain, else by what was seen.
pub fn group(reading: &PlateReading, class: &str) -> Option<&'static str> {
    let by_kind = match reading.kind.as_deref() {
        Some("car" | "special" | "diplomatic" | "foreign" | "economic_zone" | "state_car") => Some("car"),
        Some("motorcycle_new" | "motorcycle_old" | "e_motorcycle" | "state_motorcycle") => Some("motorcycle"),
        _ => None,
    };
    by_kind.or_else(|| group_of_class(class))
}

fn group_of_class(class: &str) -> Option<&'static str> {
    match class {
        "motorcycle" => Some("motorcycle"),
        "car" | "bus" | "truck" => Some("car"),
        _ => None,
    }
}

/// Sets the registered vehicle beside the one seen. Says something only when both detector and reading are sure.
pub fn findings(
    status: RegistryStatus,
    seen: &Vehicle,
    registered: Option<&RegisteredVehicle>,
    min_score: f32,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    match status {
        RegistryStatus::NotFound => findings.push(Finding::new(
            "not_registered",
            "Biển số không có trong dữ liệu đăng ký xe".to_owned(),
            "The plate is not in the vehicle register".to_owned(),
        )),
        RegistryStatus::Multiple => findings.push(Finding::new(
            "several_registrations",
            "Có nhiều hơn một xe mang biển số này".to_owned(),
            "More than one vehicle has this plate".to_owned(),
        )),
        RegistryStatus::Revoked => findings.push(Finding::new(
            "registration_revoked",
            "Đăng ký xe đã bị thu hồi".to_owned(),
            "The registration was withdrawn".to_owned(),
        )),
        RegistryStatus::Stolen => findings.push(Finding::new(
            "reported_stolen",
            "Xe đang bị báo mất cắp".to_owned(),
            "The vehicle is reported stolen".to_owned(),
        )),
        _ => {}
    }
    let sure = seen.class_score >= min_score
        && seen.reading.as_ref().is_some_and(|r| r.valid && r.score >= min_score);
    if let (true, Some(kind)) = (sure, registered.and_then(|vehicle| vehicle.kind.as_deref())) {
        findings.extend(type_finding(&seen.class, kind));
    }
    findings
}

fn type_finding(seen: &str, registered: &str) -> Option<Finding> {
    let registered = registered.to_ascii_lowercase();
    let (group_seen, group_registered) = (group_of_class(seen)?, group_of_class(&registered)?);
    if seen == registered {
        return None;
    }
    let code = if group_seen == group_registered { "vehicle_type_differs" } else { OTHER_GROUP };
    Some(Finding::new(
        code,
        format!("Camera thấy {}, đăng ký là {}", name_vi(seen), name_vi(&registered)),
        format!("The camera saw a {seen}, registered is a {registered}"),
    ))
}

/// What differs between a class seen and a registered kind, as a code; none when they fit or cannot be compared.
pub fn class_differs(seen: &str, registered: &str) -> Option<&'static str> {
    let registered = registered.to_ascii_lowercase();
    let (group_seen, group_registered) = (group_of_class(seen)?, group_of_class(&registered)?);
    match (group_seen == group_registered, seen == registered) {
        (false, _) => Some(OTHER_GROUP),
        (true, false) => Some("vehicle_type_differs"),
        (true, true) => None,
    }
}

fn name_vi(class: &str) -> &str {
    match class {
        "car" => "ô tô con",
        "motorcycle" => "xe máy",
        "bus" => "xe khách",
        "truck" => "xe tải",
        other => other,
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use crate::matching::watchlist::testing::reading;

    /// A clearly seen vehicle with a clearly read plate.
    pub fn seen(class: &str, plate: &str) -> Vehicle {
        Vehicle {
            rule: wire::Name::new("vach-1").unwrap(),
            direction: wire::payload::Direction::In,
            class: class.to_owned(),
            class_score: 0.9,
            bbox: [0, 0, 200, 100],
            picture: [640, 480],
            reading: Some(reading(plate)),
            no_reading: None,
            plate_finding: None,
            track: wire::payload::TrackRef {
                id: 1,
                frames: 30,
                first: jiff::Timestamp::from_millisecond(0).unwrap(),
                last: jiff::Timestamp::from_millisecond(1000).unwrap(),
            },
            signal: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::seen;
    use super::*;
    use crate::matching::watchlist::testing::reading;

    fn registered(kind: &str) -> RegisteredVehicle {
        RegisteredVehicle { make: None, model: None, colour: None, kind: Some(kind.to_owned()) }
    }

    #[test]
    fn a_military_plate_is_never_asked_for() {
        let mut military = reading("KV6938");
        military.kind = Some("military".to_owned());
        assert_eq!(question(Some(&military), "car", 0.8), Question::Skip(RegistryStatus::Military));
    }

    #[test]
    fn what_is_no_plate_is_not_asked_for() {
        let mut broken = reading("30A12345");
        broken.valid = false;
        assert_eq!(question(Some(&broken), "car", 0.8), Question::Skip(RegistryStatus::NotAsked));
        assert_eq!(question(None, "car", 0.8), Question::Skip(RegistryStatus::NotAsked));
        assert_eq!(
            question(Some(&reading("29AA12345")), "car", 0.8),
            Question::Ask(Some("motorcycle"), None)
        );
    }

    #[test]
    fn a_colour_is_asked_with_only_when_it_is_sure() {
        let mut taxi = reading("30A12345");
        taxi.colour = Some(wire::payload::Attribute { value: "yellow".to_owned(), score: 0.9 });
        let asked = |taxi: &PlateReading| question(Some(taxi), "car", 0.8);
        assert_eq!(asked(&taxi), Question::Ask(Some("car"), Some(PlateColour::Yellow)));
        taxi.colour = Some(wire::payload::Attribute { value: "yellow".to_owned(), score: 0.7 });
        assert_eq!(asked(&taxi), Question::Ask(Some("car"), None));
        taxi.colour = Some(wire::payload::Attribute { value: "mauve".to_owned(), score: 0.9 });
        assert_eq!(asked(&taxi), Question::Ask(Some("car"), None), "a newer agent's word");
    }

    #[test]
    fn a_car_plate_on_a_motorcycle_is_found_only_when_all_is_sure() {
        let mut vehicle = seen("motorcycle", "30A12345");
        let found = findings(RegistryStatus::Found, &vehicle, Some(&registered("car")), 0.8);
        assert_eq!(found[0].code, OTHER_GROUP);
        vehicle.class_score = 0.5;
        assert!(findings(RegistryStatus::Found, &vehicle, Some(&registered("car")), 0.8).is_empty());
        assert!(
            findings(RegistryStatus::Found, &seen("car", "30A12345"), Some(&registered("car")), 0.8)
                .is_empty()
        );
    }
}
