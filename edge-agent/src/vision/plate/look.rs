//! What one look at one vehicle gives: the types that the reader fills and the vote joins.

use wire::payload::NoReading;
use wire::plate::{PlateColour, Reading};

use crate::geometry::BBox;

/// What one look says about one character of its text.
#[derive(Debug, Clone, PartialEq)]
pub struct CharChoice {
    /// The character that stands in the text.
    pub best: char,
    /// Its probability, `0..=1`.
    pub prob: f32,
    /// Other characters and their probabilities, most probable first. May be empty: then nothing but `best` is known.
    pub others: Vec<(char, f32)>,
}

impl CharChoice {
    /// Other characters that a look carries, at most.
    pub const MAX_OTHERS: usize = 3;

    /// One choice per character of `text` with the probabilities `probs` and no others.
    pub fn alone(text: &str, probs: &[f32]) -> Vec<Self> {
        let probs = probs.iter().copied().chain(std::iter::repeat(0.0));
        text.chars().zip(probs).map(|(best, prob)| Self { best, prob, others: Vec::new() }).collect()
    }
}

/// The background of a plate as it was seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ColourSeen {
    /// The colour.
    pub value: PlateColour,
    /// How sure, `0..=1`.
    pub score: f32,
}

impl ColourSeen {
    /// From here a colour narrows the grammar.
    pub const SURE: f32 = 0.8;
}

/// One plate read in one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct PlateRead {
    /// Text and what it means.
    pub reading: Reading,
    /// Lines on the plate: 1 or 2.
    pub lines: u8,
    /// Confidence in the whole text, `0..=1`.
    pub score: f32,
    /// One per character of `reading.text`.
    pub characters: Vec<CharChoice>,
    /// Background; `None` when the light does not let it be told.
    pub colour: Option<ColourSeen>,
    /// Where the plate is, pixels of the picture.
    pub bbox: BBox,
    /// Its corners, pixels of the picture: top left, top right, bottom right, bottom left. `None` when only a box is known.
    pub corners: Option<[(f32, f32); 4]>,
}

/// A plate that was found and not read.
#[derive(Debug, Clone, PartialEq)]
pub struct PlateSeen {
    /// Why not.
    pub reason: NoReading,
    /// Where it is, pixels of the picture.
    pub bbox: BBox,
    /// Its corners as in [`PlateRead::corners`].
    pub corners: Option<[(f32, f32); 4]>,
    /// How sure it is that a plate is there, `0..=1`.
    pub score: f32,
    /// Characters that could be told with confidence. Fewer than a plate has, on a plate that is near enough: something
    /// may cover the rest.
    pub legible: u8,
    /// Background; `None` when it cannot be told.
    pub colour: Option<ColourSeen>,
}

impl From<PlateRead> for PlateSeen {
    /// A read that is not good enough to be told.
    fn from(read: PlateRead) -> Self {
        let digits = read.reading.text.bytes().filter(u8::is_ascii_digit).count();
        let clear = read.characters.iter().filter(|c| c.prob >= 0.8).count();
        Self {
            reason: NoReading::Unreadable,
            bbox: read.bbox,
            corners: read.corners,
            score: read.score,
            // Words on a vehicle are no plate.
            legible: if digits >= 2 { clear as u8 } else { 0 },
            colour: read.colour,
        }
    }
}

/// What one look at one vehicle gave.
#[derive(Debug, Clone, PartialEq)]
pub enum PlateOutcome {
    /// A text; not necessarily a valid plate (`reading.valid` tells).
    Read(PlateRead),
    /// A plate, but no text.
    Seen(PlateSeen),
    /// Neither, and why.
    Nothing(NoReading),
}

impl PlateOutcome {
    /// Moves places by (`x`, `y`) pixels: from a crop to the picture that it was cut from.
    pub fn shift(&mut self, x: f32, y: f32) {
        let (bbox, corners) = match self {
            Self::Read(read) => (&mut read.bbox, &mut read.corners),
            Self::Seen(seen) => (&mut seen.bbox, &mut seen.corners),
            Self::Nothing(_) => return,
        };
        bbox.x += x;
        bbox.y += y;
        for corner in corners.iter_mut().flatten() {
            corner.0 += x;
            corner.1 += y;
        }
    }
}
