//! Rules: what tracks do becomes facts. Pure: changes of tracks in, facts out; time comes with the changes.
//!
//! Lines and zones are given in normalised coordinates: (0, 0) is the top left corner of the picture, (1, 1)
//! the bottom right one, so that they hold at any resolution.

use serde::{Deserialize, Serialize};

use crate::geometry::{BBox, Point};

pub mod left;
pub mod line;
pub mod minute;
mod movement;
#[cfg(test)]
mod tests;
pub mod violation;
pub mod zone;

pub use left::{LeftThing, LeftWatch};
pub use line::{Crossing, Direction, Line, LineCounter};
pub use minute::{Minute, MinuteCount};
pub use zone::{Zone, ZoneChange, ZoneEvent, ZoneWatch};

/// Which point of a box stands for the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// Middle of the bottom edge: where it touches the ground.
    #[default]
    Foot,
    /// Centre of the box: for cameras that look straight down, or when feet are often hidden.
    Centre,
}

impl Anchor {
    /// The point of a box, in the box's own units.
    pub fn of(self, bbox: &BBox) -> Point {
        match self {
            Self::Foot => bbox.foot(),
            Self::Centre => bbox.centre(),
        }
    }
}

/// A line or zone that cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RuleError {
    /// A coordinate outside of the picture.
    #[error("{rule}: point ({x}, {y}) is outside of the picture; coordinates go from 0 to 1")]
    OutsidePicture {
        /// Id of the line or zone.
        rule: String,
        /// Normalised x.
        x: f32,
        /// Normalised y.
        y: f32,
    },
    /// Both ends of a line are (nearly) the same point.
    #[error("{rule}: the line has no length; its ends must differ by more than a hundredth of the picture")]
    NoLength {
        /// Id of the line.
        rule: String,
    },
    /// A zone without area.
    #[error("{rule}: a zone needs three or more corners that enclose an area")]
    NoArea {
        /// Id of the zone.
        rule: String,
    },
    /// A negative or absurd margin or time.
    #[error("{rule}: {what} is {value}; expected {expected}")]
    BadValue {
        /// Id of the line or zone.
        rule: String,
        /// Name of the setting.
        what: &'static str,
        /// What was given.
        value: f64,
        /// What would be right.
        expected: &'static str,
    },
    /// Two rules share an id, so that nobody could tell their events apart.
    #[error("{rule}: this id is used twice")]
    RepeatedId {
        /// The id.
        rule: String,
    },
    /// A picture without pixels.
    #[error("the picture is {width} × {height}; both must be above 0")]
    NoPicture {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
}

/// Part of an object's size that its box may tremble without having moved.
const TREMBLE: f32 = 0.1;

/// The band, in pixels to either side, in which an object has not yet decided where it is: the configured
/// part of the picture's height, and no less than the trembling of a box of this size.
fn band(margin: f32, picture: (f32, f32), bbox: &BBox) -> f32 {
    (margin * picture.1).max(TREMBLE * bbox.area().sqrt())
}

fn check_margin(rule: &str, margin: f32) -> Result<(), RuleError> {
    if (0.0..=0.25).contains(&margin) {
        return Ok(());
    }
    let expected = "a part of the picture's height from 0 to 0.25";
    Err(RuleError::BadValue { rule: rule.into(), what: "margin", value: f64::from(margin), expected })
}

fn check_inside(rule: &str, points: &[[f32; 2]]) -> Result<(), RuleError> {
    match points.iter().find(|p| p.iter().any(|v| !(0.0..=1.0).contains(v))) {
        Some(&[x, y]) => Err(RuleError::OutsidePicture { rule: rule.into(), x, y }),
        None => Ok(()),
    }
}

fn check_picture(width: u32, height: u32) -> Result<(f32, f32), RuleError> {
    if width == 0 || height == 0 {
        return Err(RuleError::NoPicture { width, height });
    }
    Ok((width as f32, height as f32))
}

fn check_ids<'a>(ids: impl Iterator<Item = &'a str>) -> Result<(), RuleError> {
    let mut known = std::collections::HashSet::new();
    for id in ids {
        if !known.insert(id) {
            return Err(RuleError::RepeatedId { rule: id.into() });
        }
    }
    Ok(())
}
