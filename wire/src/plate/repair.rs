//! From what a recogniser saw to a plate, without wishful thinking.
//!
//! 1. A read that is a plate is accepted untouched.
//! 2. Otherwise only characters whose class the position fixes are replaced (a letter among the digits), at most
//!    [`MAX_EDITS`], the result counts only if it is a plate, and every replacement is recorded. Texts of other lengths
//!    are left as they are. One digit of the province must have been seen as a digit: two letters in front are somebody
//!    else's plate.
//! 3. The fourth character of a nine-character text may be a letter or a digit: it is never replaced. Where its other
//!    reading is a plate too, that reading is listed as ambiguous. The same holds for a letter as the fourth of eight
//!    characters, where `51LD-1234` and `51L-012.34` share a shape.
//! 4. A read that begins like a military plate, or comes from a red plate, is never repaired; no repair makes one.
//! 5. A read that belongs to another country (see [`country`]) is never repaired and reported as it was read. What it
//!    would mean here is listed as ambiguous where only a pattern, not a script, speaks for the other country.
//! 6. Where the recogniser's confidence is known, a character that it was sure of is never replaced, except by one that is
//!    drawn the same (`O` and `0`, `I` and `1`).

use serde::Serialize;

use super::abroad::{Country, country};
use super::confusion::{to_digit, to_letter};
use super::edit::Edit;
use super::grammar::{Plate, looks_military, parse};
use super::kind::{Hint, PlateColour, PlateKind};
use super::normalise;

/// Characters that a repair replaces, at most.
pub const MAX_EDITS: usize = 2;
/// Confidence from which a character stays as it is.
pub const SURE: f32 = 0.95;
/// Position of the series' second character, the one that may be a letter or a digit.
const SECOND_OF_SERIES: usize = 3;

/// What one or more lines of recognised text mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// Canonical text, repaired if `edits` is not empty.
    pub text: String,
    /// As printed; the canonical text itself when it is no plate, `raw` when it is one of another country.
    pub display: String,
    /// What the recogniser saw, lines joined by a space.
    pub raw: String,
    /// Whether `text` is a plate.
    pub valid: bool,
    /// The most plausible kind, when valid.
    pub kind: Option<PlateKind>,
    /// Repairs.
    pub edits: Vec<Edit>,
    /// Other ways to understand the read, each `kind display`: `motorcycle_old 30-A1 2345`.
    pub ambiguous: Vec<String>,
    /// Every way to understand the read. If it is valid, the first one is the way that was taken, and the others are
    /// those that `ambiguous` tells.
    pub candidates: Vec<Plate>,
    /// The country whose plate it seems to be; `None` when nothing speaks against a Vietnamese one.
    pub country: Option<Country>,
}

impl Reading {
    /// The plate that was read, when it is one.
    pub fn plate(&self) -> Option<&Plate> {
        self.candidates.first().filter(|_| self.valid)
    }
}

/// Reads recognised lines, top to bottom. Two lines given are taken as the plate's layout where the hint does not tell.
pub fn read(raw_lines: &[&str], hint: &Hint) -> Reading {
    read_with(raw_lines, &[], hint)
}

/// The same with the confidence (`0..=1`) of each character of the lines' canonical text; missing ones are unknown.
pub fn read_with(raw_lines: &[&str], confidence: &[f32], hint: &Hint) -> Reading {
    let lines: Vec<String> = raw_lines.iter().map(|l| normalise(l)).filter(|l| !l.is_empty()).collect();
    let raw = raw_lines.iter().map(|l| l.trim()).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" ");
    let mut hint = *hint;
    if let [first, _] = lines.as_slice() {
        hint.lines = hint.lines.or(Some(2));
        hint.break_at = hint.break_at.or(Some(first.len()));
    }
    let seen = Seen { text: lines.concat(), country: country(&raw), raw };

    if seen.is_of_another_script() {
        return seen.unrepaired(Vec::new());
    }
    let accepted = parse(&seen.text, &hint).candidates;
    if !accepted.is_empty() {
        let text = seen.text.clone();
        return seen.understood(text, accepted, Vec::new());
    }
    let Some(repaired) = repair(&seen.text, confidence, &hint) else {
        return seen.unrepaired(Vec::new());
    };
    let candidates = parse(&repaired, &hint).candidates;
    let open = other_readings(&repaired, &seen.text, &hint);
    if seen.country.is_some() {
        return seen.unrepaired(candidates.into_iter().chain(open).collect());
    }
    if candidates.is_empty() {
        // Only the other reading of the open character is a plate: a person must look, nothing is replaced.
        return seen.unrepaired(open);
    }
    seen.understood(repaired, candidates, open)
}

/// A read before it is understood.
struct Seen {
    text: String,
    raw: String,
    country: Option<Country>,
}

impl Seen {
    /// A script is proof of another country; a pattern is not, see [`country`].
    fn is_of_another_script(&self) -> bool {
        self.country.is_some() && country(&self.text).is_none()
    }

    fn understood(self, text: String, candidates: Vec<Plate>, open: Vec<Plate>) -> Reading {
        let edits = Edit::between(&self.text, &text);
        let candidates: Vec<Plate> = candidates.into_iter().chain(open).collect();
        let best = candidates.first();
        Reading {
            display: best.map_or_else(|| text.clone(), Plate::display),
            valid: best.is_some(),
            kind: best.map(|p| p.kind),
            ambiguous: candidates.iter().skip(1).map(describe).collect(),
            candidates,
            edits,
            text,
            raw: self.raw,
            country: None,
        }
    }

    fn unrepaired(self, candidates: Vec<Plate>) -> Reading {
        Reading {
            display: if self.country.is_some() { self.raw.clone() } else { self.text.clone() },
            valid: false,
            kind: None,
            edits: Vec::new(),
            ambiguous: candidates.iter().map(describe).collect(),
            candidates,
            text: self.text,
            raw: self.raw,
            country: self.country,
        }
    }
}

fn describe(plate: &Plate) -> String {
    format!("{} {}", plate.kind.as_str(), plate.display())
}

/// Whether a read may be brought into the shape of a Vietnamese civil plate at all, by this module or by a recogniser's
/// second choices: not if it is a plate as it stands, a military one, red, or another country's.
pub fn may_be_repaired(raw: &str, hint: &Hint) -> bool {
    let text = normalise(raw);
    let digits_in_front = text.bytes().take(2).filter(u8::is_ascii_digit).count();
    hint.colour != Some(PlateColour::Red)
        && !looks_military(&text)
        && country(raw).is_none()
        && digits_in_front > 0
}

/// The text with every position that the shape fixes brought into its class; `None` where that cannot be done.
fn repair(text: &str, confidence: &[f32], hint: &Hint) -> Option<String> {
    let seen_digits = text.bytes().take(2).filter(u8::is_ascii_digit).count();
    if hint.colour == Some(PlateColour::Red)
        || looks_military(text)
        || !(7..=9).contains(&text.len())
        || seen_digits == 0
    {
        return None;
    }
    let mut edits = 0;
    let fixed: Option<Vec<u8>> = text
        .bytes()
        .enumerate()
        .map(|(at, c)| {
            let to = match at {
                2 => to_letter(c),
                SECOND_OF_SERIES if is_open(text, c) => Some(c),
                _ => to_digit(c),
            }?;
            let sure = confidence.get(at).is_some_and(|p| *p >= SURE);
            let drawn_alike = matches!((c, to), (b'O', b'0') | (b'I', b'1'));
            edits += usize::from(to != c);
            (to == c || !sure || drawn_alike).then_some(to)
        })
        .collect();
    String::from_utf8(fixed?).ok().filter(|_| edits <= MAX_EDITS)
}

/// Whether the fourth character `c` of `text` may rightly be a letter or a digit.
fn is_open(text: &str, c: u8) -> bool {
    text.len() == 9 || (text.len() == 8 && c.is_ascii_uppercase())
}

/// Plates that the other reading of the open character would give.
fn other_readings(repaired: &str, raw: &str, hint: &Hint) -> Vec<Plate> {
    let Some(c) = repaired.as_bytes().get(SECOND_OF_SERIES).copied().filter(|c| is_open(raw, *c)) else {
        return Vec::new();
    };
    let other = if c.is_ascii_digit() { to_letter(c) } else { to_digit(c) };
    let Some(other) = other else { return Vec::new() };
    let (head, tail) = (&repaired[..SECOND_OF_SERIES], &repaired[SECOND_OF_SERIES + 1..]);
    parse(&format!("{head}{}{tail}", other as char), hint).candidates
}
