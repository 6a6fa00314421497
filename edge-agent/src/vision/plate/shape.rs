//! From the recogniser's steps to a text, with what is known about the shapes of plates.
//!
//! What the recogniser freely saw is kept when it is a plate as it stands. Otherwise each line is fitted to the shapes
//! that plates have (see `Steps::fitted`): a letter among digits becomes the digit that the network saw *second*, which
//! is better evidence than a table of look-alikes. The fit is taken only if it is not much less probable than the free
//! text; how much less each character was is in its confidence, so a forced text has a low score.

use wire::plate::{Edit, Hint, Reading, may_be_repaired, normalise};

use super::CharChoice;
use super::calibration::{Table, odds};
use super::steps::{Expected, Line, Slot, Steps, only, symbol};
use Slot::{Digit as N, Letter as L, Positive as P};

/// The slots of a line, and how much rarer it is than the first of its list (natural logarithm).
type Shape = (&'static [Slot], f32);

/// First lines of two-line plates: motorcycle, car, two-letter series.
const TOP: [Shape; 3] = [(&[N, N, L, P], 0.0), (&[N, N, L], 1.0), (&[N, N, L, L], 3.0)];
/// Second lines.
const BOTTOM: [Shape; 2] = [(&[N, N, N, N, N], 0.0), (&[N, N, N, N], 1.5)];
/// One-line plates.
const WHOLE: [Shape; 4] = [
    (&[N, N, L, N, N, N, N, N], 0.0),
    (&[N, N, L, N, N, N, N], 2.0),
    (&[N, N, L, L, N, N, N, N, N], 2.5),
    (&[N, N, L, P, N, N, N, N, N], 3.0),
];
/// A fit that is less probable than the free text by more than this (natural logarithm) is wishful thinking.
const MAX_LOSS: f32 = 14.0;
/// Odds that a text has no shape of a plate, before it is looked at.
const FOREIGN: f64 = 0.05;

/// A fit less probable than this is no reading.
const FORCED: f32 = 0.01;

/// What the steps of a plate's lines were taken for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Interpreted {
    /// Text and what it means.
    pub reading: Reading,
    /// Each character of the text.
    pub characters: Vec<CharChoice>,
    /// Confidence in the whole text, `0..=1`.
    pub score: f32,
    /// Odds of the text (natural logarithm) by the network's own probabilities.
    pub odds: f32,
}

/// Text of a read of one or two lines; `None` when nothing was seen. Without `scores` the score is a rule of thumb.
pub(super) fn interpret(steps: &[Steps], hint: &Hint, scores: Option<&Table>) -> Option<Interpreted> {
    let hint = Hint { lines: Some(steps.len() as u8), ..*hint };
    let free: Vec<Line> = steps.iter().map(Steps::free).collect();
    let finish = |reading: Reading, lines: &[Line]| {
        let characters = in_order(&reading.text, lines);
        let odds = odds(probability(steps, &reading, lines));
        let score = scores.map_or_else(|| rule_of_thumb(&characters), |table| table.score(odds));
        Interpreted { reading, characters, score, odds }
    };
    let seen = read(&free, &free, &hint);
    let good = seen.valid && seen.edits.is_empty();
    // A military plate or another country's has none of our shapes, and must not be pressed into one.
    if let Some(fit) = may_be_repaired(&seen.raw, &hint).then(|| fit(steps, &free)).flatten() {
        let fitted = read(&fit, &free, &hint);
        // What is a plate as it was seen keeps its length: the fit only weighs what stands in each place.
        if fitted.valid && (!good || same_length(&fit, &free)) {
            let fitted = finish(fitted, &fit);
            // A plate can be pressed out of anything, also out of nothing.
            if fitted.odds >= odds(FORCED) {
                return Some(fitted);
            }
        }
    }
    (!seen.text.is_empty()).then(|| finish(seen, &free))
}

fn same_length(a: &[Line], b: &[Line]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.text.len() == b.text.len())
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
        let mut family: Vec<Vec<Expected>> =
            shapes(lines.len(), at).iter().map(|(s, _)| s.iter().map(|s| s.expected()).collect()).collect();
        let symbols: Vec<usize> = line.text.chars().filter_map(symbol).collect();
        let has =
            |s: &Vec<Expected>| s.len() == symbols.len() && s.iter().zip(&symbols).all(|(e, c)| e[*c] > 0.0);
        let own = family.iter().position(has).unwrap_or_else(|| {
            // A line of another shape stands for the classes that the list leaves out.
            family.push(line.text.chars().map(|c| Slot::of(c).expected()).collect());
            family.len() - 1
        });
        // A foreign plate may hold letters that ours never do.
        let weight = |(e, c): (&Expected, &usize)| if e[*c] > 0.0 { e[*c] } else { 1.0 };
        let text: Vec<Expected> = line
            .text
            .chars()
            .zip(family[own].iter().zip(&symbols).map(weight))
            .map(|(c, weight)| only(c, weight))
            .collect();
        let text = steps.mass(&text);
        let plates: f64 = if reading.valid { family.iter().map(|s| steps.mass(s)).sum() } else { 0.0 };
        let others = if reading.valid { FOREIGN * (1.0 - plates).max(0.0) } else { 1.0 };
        all *= text / (plates + others).max(text);
    }
    all as f32
}

/// What line `at` of `lines` can look like.
fn shapes(lines: usize, at: usize) -> &'static [Shape] {
    match (lines, at) {
        (1, _) => &WHOLE,
        (_, 0) => &TOP,
        _ => &BOTTOM,
    }
}

/// For networks whose probabilities mean little: the weakest characters decide.
fn rule_of_thumb(characters: &[CharChoice]) -> f32 {
    let (low, sum) = characters.iter().fold((1.0f32, 0.0), |(low, sum), c| (low.min(c.prob), sum + c.prob));
    let mean = sum / characters.len().max(1) as f32;
    (low * mean).sqrt()
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
    let count = steps.len();
    let best = |(at, (steps, free)): (usize, (&Steps, &Line))| {
        let lines = shapes(count, at)
            .iter()
            .filter_map(|(shape, rarer)| steps.fitted(shape).map(|l| (l.log_probability - rarer, l)));
        let (_, line) = lines.max_by(|a, b| a.0.total_cmp(&b.0))?;
        (free.log_probability - line.log_probability <= MAX_LOSS).then_some(line)
    };
    if !(1..=2).contains(&count) {
        return None;
    }
    steps.iter().zip(free).enumerate().map(best).collect()
}
