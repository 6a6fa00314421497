//! From the recogniser's steps to a text, with what is known about the shapes of plates.
//!
//! What the recogniser freely saw is kept when it is a plate as it stands. Otherwise each line is fitted to the shapes
//! that plates have (see `Steps::fitted`): a letter among digits becomes the digit that the network saw *second*, which
//! is better evidence than a table of look-alikes. The fit is taken only if it is not much less probable than the free
//! text; how much less each character was is in its confidence, so a forced text has a low score.

use wire::plate::{Hint, Reading, normalise};

use super::recognise::{Line, Slot, Steps};
use Slot::{Digit as N, Letter as L, Positive as P};

/// First lines of two-line plates: motorcycle, car, two-letter series.
const TOP: [&[Slot]; 3] = [&[N, N, L, P], &[N, N, L], &[N, N, L, L]];
/// Second lines.
const BOTTOM: [&[Slot]; 2] = [&[N, N, N, N, N], &[N, N, N, N]];
/// One-line plates.
const WHOLE: [&[Slot]; 4] = [
    &[N, N, L, N, N, N, N, N],
    &[N, N, L, N, N, N, N],
    &[N, N, L, L, N, N, N, N, N],
    &[N, N, L, P, N, N, N, N, N],
];
/// A fit that is less probable than the free text by more than this (natural logarithm) is wishful thinking.
const MAX_LOSS: f32 = 14.0;
/// How much rarer a shape is than the first of its list (natural logarithm).
const RARER: f32 = 4.0;

/// Text of a read of one or two lines, and the confidence of each of its characters; `None` when nothing was seen.
pub(super) fn interpret(steps: &[Steps], hint: &Hint) -> Option<(Reading, Vec<f32>)> {
    let hint = Hint { lines: Some(steps.len() as u8), ..*hint };
    let free: Vec<Line> = steps.iter().map(Steps::free).collect();
    let (seen, characters) = read(&free, &free, &hint);
    if seen.valid && seen.edits.is_empty() && !looks_like_a_digit(&seen.text) {
        return Some((seen, characters));
    }
    if let Some(fit) = fit(steps, &free) {
        let (fitted, characters) = read(&fit, &free, &hint);
        if fitted.valid {
            return Some((fitted, characters));
        }
    }
    (!seen.text.is_empty()).then_some((seen, characters))
}

/// The second letter of a series that is more often a badly printed digit.
fn looks_like_a_digit(text: &str) -> bool {
    text.len() > 7 && matches!(text.as_bytes()[3], b'Z' | b'S' | b'B' | b'T' | b'G' | b'L')
}

fn read(lines: &[Line], free: &[Line], hint: &Hint) -> (Reading, Vec<f32>) {
    let text: Vec<&str> = lines.iter().map(|l| l.raw.as_str()).collect();
    let mut reading = wire::plate::read(&text, hint);
    let raw: Vec<&str> = free.iter().map(|l| l.raw.as_str()).filter(|l| !l.is_empty()).collect();
    reading.raw = raw.join(" ");
    let seen = normalise(&reading.raw);
    if reading.text.len() == seen.len() {
        let changed = seen.chars().zip(reading.text.chars()).enumerate().filter(|(_, (a, b))| a != b);
        reading.edits = changed.map(|(at, (a, b))| format!("{at}:{a}→{b}")).collect();
    } else {
        reading.edits = vec![format!("{seen}→{}", reading.text)];
    }
    (reading, lines.iter().flat_map(|l| l.characters.iter().copied()).collect())
}

/// The most probable lines that have the shape of a plate.
fn fit(steps: &[Steps], free: &[Line]) -> Option<Vec<Line>> {
    let shapes: [&[&[Slot]]; 2] = match steps {
        [_] => [&WHOLE, &[]],
        [_, _] => [&TOP, &BOTTOM],
        _ => return None,
    };
    let mut fitted = Vec::with_capacity(steps.len());
    for ((steps, free), shapes) in steps.iter().zip(free).zip(shapes) {
        let worth = |rank: usize, line: &Line| line.log_probability - if rank == 0 { 0.0 } else { RARER };
        let lines =
            shapes.iter().enumerate().filter_map(|(rank, s)| steps.fitted(s).map(|l| (worth(rank, &l), l)));
        let (_, best) = lines.max_by(|a, b| a.0.total_cmp(&b.0))?;
        if free.log_probability - best.log_probability > MAX_LOSS {
            return None;
        }
        fitted.push(best);
    }
    Some(fitted)
}
