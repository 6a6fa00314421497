//! The kinds of violations, and what is known about each: data, not code.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::Need;

/// What a rule watches for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Over the stop line while its signal is red.
    RedLight,
    /// Against the direction of the lane.
    WrongWay,
    /// From a lane whose arrows do not lead there.
    WrongLane,
    /// In a lane that is not for this class.
    LaneClass,
    /// Over a solid line.
    SolidLine,
    /// A turn against a sign.
    TurnBan,
    /// A U-turn against a sign.
    UTurn,
    /// Stopped or parked where it is not allowed.
    StopPark,
    /// Driving in the emergency lane.
    EmergencyLane,
    /// A motorcycle on a motorway.
    MotorwayMotorcycle,
    /// Driving on the pavement.
    Pavement,
    /// Standing in the junction.
    JunctionBlock,
    /// Three or more people on a two-wheeler.
    #[serde(rename = "carry_3plus")]
    Carry3plus,
    /// Without a helmet.
    NoHelmet,
    /// A plate that is covered or bent.
    PlateCovered,
    /// No plate.
    PlateMissing,
    /// Too fast over a section. Not evidence.
    SpeedSection,
    /// Too fast by the measured ground. Not evidence.
    SpeedHomography,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 18] = [
        Self::RedLight,
        Self::WrongWay,
        Self::WrongLane,
        Self::LaneClass,
        Self::SolidLine,
        Self::TurnBan,
        Self::UTurn,
        Self::StopPark,
        Self::EmergencyLane,
        Self::MotorwayMotorcycle,
        Self::Pavement,
        Self::JunctionBlock,
        Self::Carry3plus,
        Self::NoHelmet,
        Self::PlateCovered,
        Self::PlateMissing,
        Self::SpeedSection,
        Self::SpeedHomography,
    ];

    /// The word used in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RedLight => "red_light",
            Self::WrongWay => "wrong_way",
            Self::WrongLane => "wrong_lane",
            Self::LaneClass => "lane_class",
            Self::SolidLine => "solid_line",
            Self::TurnBan => "turn_ban",
            Self::UTurn => "u_turn",
            Self::StopPark => "stop_park",
            Self::EmergencyLane => "emergency_lane",
            Self::MotorwayMotorcycle => "motorway_motorcycle",
            Self::Pavement => "pavement",
            Self::JunctionBlock => "junction_block",
            Self::Carry3plus => "carry_3plus",
            Self::NoHelmet => "no_helmet",
            Self::PlateCovered => "plate_covered",
            Self::PlateMissing => "plate_missing",
            Self::SpeedSection => "speed_section",
            Self::SpeedHomography => "speed_homography",
        }
    }

    /// The kind of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What is known about a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindFacts {
    /// The kind.
    pub kind: Kind,
    /// Vietnamese name.
    pub vi: String,
    /// English name.
    pub en: String,
    /// What a case of it must bring along.
    pub needs: Vec<Need>,
    /// Moments that must be among its [`Moment`](super::Moment)s.
    pub moments: Vec<String>,
    /// Least length of the clip, seconds.
    pub clip_s: u32,
    /// Moments of which each must be later than the one before: one picture cannot show two of them.
    #[serde(default)]
    pub apart: Vec<String>,
    /// Moments at which the signal must have been red, where that is the offence.
    #[serde(default)]
    pub red_at: Vec<String>,
    /// Whether it may lead to a case at all. Speeds may not: the camera is no type-approved meter.
    pub evidence: bool,
    /// Whether a second person must look before it is confirmed.
    pub serious: bool,
    /// What the rule cannot know, Vietnamese.
    pub limits_vi: String,
    /// The same in English.
    pub limits_en: String,
}

/// Every kind with its facts, in the order of [`Kind::ALL`].
pub fn kinds() -> &'static [KindFacts] {
    static KINDS: OnceLock<Vec<KindFacts>> = OnceLock::new();
    KINDS.get_or_init(|| {
        // The file is part of the program, and a test reads it.
        serde_json::from_str(include_str!("../../data/violation-kinds.json")).unwrap_or_default()
    })
}

impl Kind {
    /// What is known about it.
    pub fn facts(self) -> Option<&'static KindFacts> {
        kinds().iter().find(|facts| facts.kind == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_facts_in_order() {
        let order: Vec<Kind> = kinds().iter().map(|facts| facts.kind).collect();
        assert_eq!(order, Kind::ALL);
        for facts in kinds() {
            assert_eq!(Kind::parse(facts.kind.as_str()), Some(facts.kind));
            assert_eq!(serde_json::to_value(facts.kind).unwrap(), facts.kind.as_str());
            assert!(!facts.vi.is_empty() && !facts.en.is_empty(), "{}", facts.kind.as_str());
            assert!(!facts.limits_vi.is_empty() && !facts.limits_en.is_empty(), "{}", facts.kind.as_str());
            assert!(!facts.evidence || facts.needs.contains(&Need::Clip), "{}", facts.kind.as_str());
        }
    }

    #[test]
    fn a_speed_is_never_evidence() {
        for kind in [Kind::SpeedSection, Kind::SpeedHomography] {
            assert!(!kind.facts().unwrap().evidence);
        }
    }
}
