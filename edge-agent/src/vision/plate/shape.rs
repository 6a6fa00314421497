//! From the recogniser's steps to a text, with what is known about the shapes of plates.
//!
//! What the recogniser freely saw is kept when it is a plate as it stands. Otherwise each line is fitted to the shapes
//! that plates have (see `Steps::fitted`): a letter among digits becomes the digit that the network saw *second*, which
//! is better evidence than a table of look-alikes. The fit is taken only if it is not much less probable than the free
//! text; how much less each character was is in its confidence, so a forced text has a low score.

use wire::plate::{Edit, Hint, Reading, may_be_repaired, normalise};

use super::CharChoice;
use super::calibration::Calibration;
use super::steps::{Line, Slot, Steps, Symbols, only};
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

/// Odds that a text has no shape of a plate, before it is looked at.
const FOREIGN: f64 = 0.05;

/// What the steps of a plate's lines were taken for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Interpreted {
    /// Text and what it means.
    pub reading: Reading,
    /// Each character of the text.
    pub characters: Vec<CharChoice>,
    /// Confidence in the whole text, `0..=1`.
    pub score: f32,
}

/// Text of a read of one or two lines; `None` when nothing was seen. Without `scores` the score is a rule of thumb.
pub(super) fn interpret(steps: &[Steps], hint: &Hint, scores: Option<&Calibration>) -> Option<Interpreted> {
    let hint = Hint { lines: Some(steps.len() as u8), ..*hint };
    let free: Vec<Line> = steps.iter().map(Steps::free).collect();
    let finish = |reading: Reading, lines: &[Line]| {
        let characters = in_order(&reading.text, lines);
        let score = match scores {
            Some(table) => table.score(probability(steps, &reading, lines)),
            None => rule_of_thumb(&characters),
        };
        Interpreted { reading, characters, score }
    };
    let seen = read(&free, &free, &hint);
    if seen.valid && seen.edits.is_empty() && !looks_like_a_digit(&seen.text) {
        return Some(finish(seen, &free));
    }
    // A military plate or another country's has none of our shapes, and must not be pressed into one.
    if let Some(fit) = may_be_repaired(&seen.raw, &hint).then(|| fit(steps, &free)).flatten() {
        let fitted = read(&fit, &free, &hint);
        if fitted.valid {
            return Some(finish(fitted, &fit));
        }
    }
    (!seen.text.is_empty()).then(|| finish(seen, &free))
}

/// The choices in the order of the text: a diplomatic plate's lines can be printed in another. Characters that nothing
/// was seen for have the probability 0.
fn in_order(text: &str, lines: &[Line]) -> Vec<CharChoice> {
    let mut left: Vec<&CharChoice> = lines.iter().flat_map(|l| &l.characters).collect();
    let take = |best: char| match left.iter().position(|c| c.best == best) {
        Some(at) => left.remove(at).clone(),
        None => CharChoice { best, prob: 0.0, others: Vec::new() },
    };
    text.chars().map(take).collect()
}

/// How probable the lines are as they stand; of a valid plate, compared with all else that has the shape of one.
fn probability(steps: &[Steps], reading: &Reading, lines: &[Line]) -> f32 {
    let sorted = |text: &mut dyn Iterator<Item = char>| {
        let mut all: Vec<char> = text.collect();
        all.sort_unstable();
        all
    };
    if sorted(&mut lines.iter().flat_map(|l| l.text.chars())) != sorted(&mut reading.text.chars()) {
        return 0.0; // the grammar changed what was seen: that is somebody else's opinion
    }
    let mut all = 1.0;
    for (at, (steps, line)) in steps.iter().zip(lines).enumerate() {
        let text = steps.mass(&line.text.chars().map(only).collect::<Vec<_>>());
        let own: Vec<Symbols> = line.text.chars().map(|c| Slot::of(c).symbols()).collect();
        let shapes: &[&[Slot]] = match (lines.len(), at) {
            (1, _) => &WHOLE,
            (_, 0) => &TOP,
            _ => &BOTTOM,
        };
        let mut family: Vec<Vec<Symbols>> =
            shapes.iter().map(|s| s.iter().map(|s| s.symbols()).collect()).collect();
        // A shape whose slots all lie within another's would be counted twice.
        let within =
            |a: &[Symbols], b: &[Symbols]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a & !b == 0);
        if reading.valid {
            family.retain(|s| !within(s, &own));
            family.push(own);
            let plates: f64 = family.iter().map(|s| steps.mass(s)).sum();
            all *= text / (plates + FOREIGN * (1.0 - plates).max(0.0)).max(text);
        } else {
            all *= text;
        }
    }
    all as f32
}

/// For networks whose probabilities mean little: the weakest characters decide.
fn rule_of_thumb(characters: &[CharChoice]) -> f32 {
    let (low, sum) = characters.iter().fold((1.0f32, 0.0), |(low, sum), c| (low.min(c.prob), sum + c.prob));
    let mean = sum / characters.len().max(1) as f32;
    (low * mean).sqrt()
}

/// The second letter of a series that is more often a badly printed digit.
fn looks_like_a_digit(text: &str) -> bool {
    text.len() > 7 && matches!(text.as_bytes()[3], b'Z' | b'S' | b'B' | b'T' | b'G' | b'L')
}

fn read(lines: &[Line], free: &[Line], hint: &Hint) -> Reading {
    let text: Vec<&str> = lines.iter().map(|l| l.raw.as_str()).collect();
    let sure: Vec<f32> = lines.iter().flat_map(|l| l.characters.iter().map(|c| c.prob)).collect();
    let mut reading = wire::plate::read_with(&text, &sure, hint);
    let raw: Vec<&str> = free.iter().map(|l| l.raw.as_str()).filter(|l| !l.is_empty()).collect();
    reading.raw = raw.join(" ");
    reading.edits = Edit::between(&normalise(&reading.raw), &reading.text);
    reading
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
