//! What a rule of each kind is about and which settings it reads: data, that the check of a scene and the console's form go by.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::{Scene, SceneRule, ZoneKind};
use crate::Name;
use crate::violation::Kind;

/// What a rule may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Lanes.
    Lanes,
    /// Lines.
    Lines,
    /// Zones.
    Zones,
    /// Markings.
    Markings,
}

impl Part {
    /// The word used in JSON; the name of the scene's list.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lanes => "lanes",
            Self::Lines => "lines",
            Self::Zones => "zones",
            Self::Markings => "markings",
        }
    }
}

/// A setting that not every kind reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleField {
    /// [`SceneRule::grace_ms`].
    GraceMs,
    /// [`SceneRule::dwell_s`].
    DwellS,
    /// [`SceneRule::way`].
    Way,
    /// [`SceneRule::length_m`].
    LengthM,
    /// [`SceneRule::limit_kmh`].
    LimitKmh,
}

impl RuleField {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::GraceMs, Self::DwellS, Self::Way, Self::LengthM, Self::LimitKmh];

    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GraceMs => "grace_ms",
            Self::DwellS => "dwell_s",
            Self::Way => "way",
            Self::LengthM => "length_m",
            Self::LimitKmh => "limit_kmh",
        }
    }

    /// Whether a rule says it.
    pub fn is_said(self, rule: &SceneRule) -> bool {
        match self {
            Self::GraceMs => rule.grace_ms.is_some(),
            Self::DwellS => rule.dwell_s.is_some(),
            Self::Way => rule.way.is_some(),
            Self::LengthM => rule.length_m.is_some(),
            Self::LimitKmh => rule.limit_kmh.is_some(),
        }
    }
}

/// What a rule of a kind looks like. Hours, classes and the sign's decision every kind has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleShape {
    /// The kind.
    pub kind: Kind,
    /// Lists whose elements it may name.
    pub about: Vec<Part>,
    /// Kinds of zones that it is about; empty: any.
    pub zones: Vec<ZoneKind>,
    /// Settings that it reads; others are ignored.
    pub fields: Vec<RuleField>,
    /// Those that it cannot do without.
    pub required: Vec<RuleField>,
}

/// Every kind with its shape, in the order of [`Kind::ALL`].
pub fn shapes() -> &'static [RuleShape] {
    static SHAPES: OnceLock<Vec<RuleShape>> = OnceLock::new();
    SHAPES.get_or_init(|| {
        // The file is part of the program, and a test reads it.
        serde_json::from_str(include_str!("../../data/rule-shapes.json")).unwrap_or_default()
    })
}

/// The shape of a kind.
pub fn shape(kind: Kind) -> Option<&'static RuleShape> {
    shapes().iter().find(|shape| shape.kind == kind)
}

impl RuleShape {
    /// What of a rule does not fit, as sentences. Names that are not drawn at all are told elsewhere.
    pub(super) fn misfits(&self, scene: &Scene, rule: &SceneRule) -> Vec<String> {
        let lists = self.about.iter().map(|part| part.as_str()).collect::<Vec<_>>().join(" and ");
        let mut told: Vec<String> = rule
            .about
            .iter()
            .filter_map(|name| {
                let part = part_of(scene, name)?;
                if !self.about.contains(&part) {
                    return Some(format!(
                        "about names {name}, one of {}; it is about {lists}",
                        part.as_str()
                    ));
                }
                let zone = scene.zones.iter().find(|zone| part == Part::Zones && zone.id == *name)?;
                let fits = self.zones.is_empty() || self.zones.contains(&zone.kind);
                (!fits).then(|| format!("about names {name}, a zone of another kind: nothing would be told"))
            })
            .collect();
        let missing = self.required.iter().filter(|field| !field.is_said(rule));
        told.extend(missing.map(|field| format!("{} must be set", field.as_str())));
        told
    }
}

/// The list that holds what is drawn under this name.
fn part_of(scene: &Scene, name: &Name) -> Option<Part> {
    if scene.lanes.iter().any(|lane| lane.id == *name) {
        return Some(Part::Lanes);
    }
    if scene.lines.iter().any(|line| line.id == *name) {
        return Some(Part::Lines);
    }
    if scene.zones.iter().any(|zone| zone.id == *name) {
        return Some(Part::Zones);
    }
    scene.markings.iter().any(|marking| marking.id == *name).then_some(Part::Markings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_shape_in_order() {
        let order: Vec<Kind> = shapes().iter().map(|shape| shape.kind).collect();
        assert_eq!(order, Kind::ALL);
        for shape in shapes() {
            assert!(!shape.about.is_empty(), "{}", shape.kind.as_str());
            assert!(shape.required.iter().all(|field| shape.fields.contains(field)), "{shape:?}");
            assert!(shape.zones.is_empty() || shape.about.contains(&Part::Zones), "{shape:?}");
        }
    }
}
