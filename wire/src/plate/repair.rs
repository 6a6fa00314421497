//! From what a recogniser saw to a plate, without wishful thinking.
//!
//! 1. A read that is a plate is accepted untouched.
//! 2. Otherwise only characters whose class the position fixes are replaced (a letter among the digits), the result
//!    counts only if it is a plate, and every replacement is recorded. Texts of other lengths are left as they are.
//! 3. The fourth character of a nine-character text may be a letter or a digit: it is never replaced. Where its other
//!    reading is a plate too, that reading is listed as ambiguous. The same holds for a letter as the fourth of eight
//!    characters, where `51LD-1234` and `51L-012.34` share a shape.
//! 4. A read that begins like a military plate, or comes from a red plate, is never repaired.

use serde::Serialize;

use super::confusion::{to_digit, to_letter};
use super::grammar::{Plate, looks_military, parse};
use super::kind::{Hint, PlateColour, PlateKind};
use super::normalise;

/// Position of the series' second character, the one that may be a letter or a digit.
const SECOND_OF_SERIES: usize = 3;

/// What one or more lines of recognised text mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// Canonical text, repaired if `edits` is not empty.
    pub text: String,
    /// As printed; the canonical text itself when it is no plate.
    pub display: String,
    /// What the recogniser saw, lines joined by a space.
    pub raw: String,
    /// Whether `text` is a plate.
    pub valid: bool,
    /// The most plausible kind, when valid.
    pub kind: Option<PlateKind>,
    /// Repairs: `position:from→to`, positions from 0 in the canonical text.
    pub edits: Vec<String>,
    /// Other ways to understand the read, each `kind display`: `motorcycle_old 30-A1 2345`.
    pub ambiguous: Vec<String>,
}

/// Reads recognised lines, top to bottom. Two lines given are taken as the plate's layout where the hint does not tell.
pub fn read(raw_lines: &[&str], hint: &Hint) -> Reading {
    let lines: Vec<String> = raw_lines.iter().map(|l| normalise(l)).filter(|l| !l.is_empty()).collect();
    let raw = raw_lines.iter().map(|l| l.trim()).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" ");
    let mut hint = *hint;
    if let [first, _] = lines.as_slice() {
        hint.lines = hint.lines.or(Some(2));
        hint.break_at = hint.break_at.or(Some(first.len()));
    }
    let text = lines.concat();

    let accepted = parse(&text, &hint).candidates;
    if !accepted.is_empty() {
        return reading(text, raw, accepted, Vec::new(), Vec::new());
    }
    let Some(repaired) = repair(&text, &hint) else {
        return reading(text, raw, Vec::new(), Vec::new(), Vec::new());
    };
    let open = other_readings(&repaired, &text, &hint);
    let candidates = parse(&repaired, &hint).candidates;
    if candidates.is_empty() {
        // Only the other reading of the open character is a plate: a person must look, nothing is replaced.
        return reading(text, raw, candidates, Vec::new(), open);
    }
    let edits = edits(&text, &repaired);
    reading(repaired, raw, candidates, edits, open)
}

fn reading(
    text: String,
    raw: String,
    candidates: Vec<Plate>,
    edits: Vec<String>,
    open: Vec<String>,
) -> Reading {
    let best = candidates.first();
    Reading {
        display: best.map_or_else(|| text.clone(), Plate::display),
        valid: best.is_some(),
        kind: best.map(|p| p.kind),
        ambiguous: candidates.iter().skip(1).map(describe).chain(open).collect(),
        text,
        raw,
        edits,
    }
}

fn describe(plate: &Plate) -> String {
    format!("{} {}", plate.kind.as_str(), plate.display())
}

/// The text with every position that the shape fixes brought into its class; `None` where that cannot be done.
fn repair(text: &str, hint: &Hint) -> Option<String> {
    if hint.colour == Some(PlateColour::Red) || looks_military(text) || !(7..=9).contains(&text.len()) {
        return None;
    }
    let fixed: Option<Vec<u8>> = text
        .bytes()
        .enumerate()
        .map(|(at, c)| match at {
            2 => to_letter(c),
            SECOND_OF_SERIES if is_open(text, c) => Some(c),
            _ => to_digit(c),
        })
        .collect();
    String::from_utf8(fixed?).ok()
}

/// Whether the fourth character `c` of `text` may rightly be a letter or a digit.
fn is_open(text: &str, c: u8) -> bool {
    text.len() == 9 || (text.len() == 8 && c.is_ascii_uppercase())
}

/// Plates that the other reading of the open character would give.
fn other_readings(repaired: &str, raw: &str, hint: &Hint) -> Vec<String> {
    let Some(c) = repaired.as_bytes().get(SECOND_OF_SERIES).copied().filter(|c| is_open(raw, *c)) else {
        return Vec::new();
    };
    let other = if c.is_ascii_digit() { to_letter(c) } else { to_digit(c) };
    let Some(other) = other else { return Vec::new() };
    let (head, tail) = (&repaired[..SECOND_OF_SERIES], &repaired[SECOND_OF_SERIES + 1..]);
    let text = format!("{head}{}{tail}", other as char);
    parse(&text, hint).candidates.iter().map(describe).collect()
}

fn edits(from: &str, to: &str) -> Vec<String> {
    let changed = from.chars().zip(to.chars()).enumerate().filter(|(_, (a, b))| a != b);
    changed.map(|(at, (a, b))| format!("{at}:{a}→{b}")).collect()
}
