//! # Vietnamese licence plates: normal form, grammar, repair
//!
//! The **canonical** form of a plate is its characters in upper case with `Đ` folded to `D` and nothing but `A-Z0-9`:
//! `59P166480`. The **display** form is what is printed: `59-P1 664.80`. One canonical text can be understood in more
//! than one way (`30A12345` is the car `30A-123.45` or the old motorcycle `30-A1 2345`): [`parse`] returns every way
//! that the [`Hint`] leaves open, the most plausible first.
//!
//! A hint narrows, it never condemns: where it contradicts every way to read the text (a "motorcycle" with the plate
//! `30A-1234`), the ways stay, because the disagreement itself is a finding for somebody else to judge.
//!
//! Civil and business plates draw from the same texts; [`PlateClass`] needs the colour. Military plates are known to be
//! left alone: nothing is ever repaired into one or out of one. A plate of another [`Country`] is reported as it was read.
//!
//! Two vehicles may carry the same text, so the key of a vehicle is (canonical, [`VehicleGroup`], [`PlateColour`]).

mod abroad;
mod confusion;
mod edit;
mod grammar;
mod kind;
pub mod province;
mod repair;

pub use abroad::{Country, country};
pub use confusion::{Confusion, look_alike, look_alikes, one_confusion};
pub use edit::{Edit, EditError};
pub use grammar::{Parse, Plate, looks_military, parse};
pub use kind::{Hint, Ink, PlateClass, PlateColour, PlateKind, VehicleGroup};
pub use repair::{MAX_EDITS, Reading, SURE, may_be_repaired, read, read_with};

/// Canonical form of anything that was read or typed: upper case, `Đ` as `D`, all but `A-Z0-9` removed.
pub fn normalise(raw: &str) -> String {
    raw.chars()
        .filter_map(|c| match c {
            // Recognisers and keyboards also give the look-alike eth (U+00D0, U+00F0).
            'Đ' | 'đ' | '\u{D0}' | '\u{F0}' => Some('D'),
            c if c.is_ascii_alphanumeric() => Some(c.to_ascii_uppercase()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod tests;
