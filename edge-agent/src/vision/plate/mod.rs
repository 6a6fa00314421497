//! From a vehicle in a picture to the text of its plate.
//!
//! [`locate`] finds plates and their corners, [`rectify`] cuts each one out flat, [`recognise`] reads its one or two lines
//! (where no plate was found, [`texts`] and [`lines`] can look for text of a plate's shape), `colour` tells the background,
//! `wire::plate` says what the text means, [`vote`] joins the reads of one vehicle, and [`finding`] notes plates that are
//! covered, bent or missing. "Cannot read" is an answer with a reason, never a guess.

mod calibration;
mod certainty;
mod colour;
mod fallback;
pub mod finding;
mod likelihood;
pub mod lines;
pub mod locate;
mod look;
mod opinion;
pub mod quad;
mod reader;
pub mod recognise;
pub mod rectify;
mod shape;
pub mod steps;
pub mod texts;
mod trellis;
pub mod vote;

use serde::{Deserialize, Serialize};
use wire::plate::Hint;

pub use finding::{FindingConfig, FindingWatch, View};
pub use look::{CharChoice, ColourSeen, PlateOutcome, PlateRead, PlateSeen};
pub use reader::PlateReader;
pub use vote::{PlateVote, VoteResult};

use super::VisionError;
use crate::detection::ObjectClass;
use crate::frame::I420;
use crate::geometry::BBox;

/// Which recogniser reads the characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recogniser {
    /// Made for Vietnamese plates; its scores are calibrated.
    Plates,
    /// PP-OCRv6 small: any text, slower.
    #[default]
    Small,
    /// PP-OCRv6 tiny: any text, a quarter of the time of `small`, more errors.
    Tiny,
}

/// Settings of the plate reader.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlateReaderConfig {
    /// Recogniser.
    pub recogniser: Recogniser,
    /// Ask our own reader as well where `recogniser` is `small`: what both see is nearly always so, and what they do not
    /// agree about is never sure. Costs a few milliseconds per plate.
    pub second_opinion: bool,
    /// Plates whose lines are lower than this many pixels are not read but reported as too small.
    pub min_line_px: f32,
    /// Reads below this score are reported as unreadable.
    pub min_score: f32,
    /// Where our own network finds no plate that can be read, look for text of a plate's shape. Finds some more; a look
    /// that finds nothing costs several times as much.
    pub text_fallback: bool,
}

impl Default for PlateReaderConfig {
    fn default() -> Self {
        Self {
            recogniser: Recogniser::Small,
            second_opinion: true,
            min_line_px: 8.0,
            min_score: 0.45,
            text_fallback: true,
        }
    }
}

/// The outside of a plate reader; tests give the pipeline a fake one.
pub trait ReadPlate: Send + Sync {
    /// Reads the plate of the vehicle inside `vehicle` (pixels of `picture`).
    ///
    /// # Errors
    /// [`VisionError::Inference`], [`VisionError::OpenCv`].
    fn read(&self, picture: &I420, vehicle: &BBox, class: ObjectClass) -> Result<PlateOutcome, VisionError>;

    /// Id and SHA-256 of the models behind it, as events name them.
    fn models(&self) -> Vec<(String, String)>;
}

/// What the class of the vehicle says about its plate.
fn hint_for(class: Option<ObjectClass>) -> Hint {
    use wire::plate::VehicleGroup::{Car, Motorcycle};
    let vehicle = class.and_then(|c| match c {
        ObjectClass::Motorcycle => Some(Motorcycle),
        ObjectClass::Car | ObjectClass::Bus | ObjectClass::Truck => Some(Car),
        ObjectClass::Person | ObjectClass::Bicycle => None,
    });
    Hint { vehicle, ..Hint::default() }
}
