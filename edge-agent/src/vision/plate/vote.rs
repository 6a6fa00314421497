//! Joins the reads of one vehicle over its track: character by character, weighted by confidence, held to the grammar.
//!
//! Pure. Reads are first grouped by shape (length and number of lines); the heaviest group votes per position. The text
//! so composed wins only if the grammar accepts it or no read was a plate; otherwise the heaviest valid read wins.

use std::collections::BTreeMap;

use wire::payload::{Candidate, NoReading, PlateReading};
use wire::plate::{Hint, VehicleGroup};

use super::{PlateOutcome, PlateRead};

/// Other texts that a result lists.
const MAX_CANDIDATES: usize = 5;
/// Weight of a read that is a plate, relative to one that is not.
const VALID_WEIGHT: f32 = 3.0;

/// What the track's reads come to.
#[derive(Debug, Clone, PartialEq)]
pub struct VoteResult {
    /// For the event. Its box is in pixels of the picture of `best_shot`.
    pub reading: PlateReading,
    /// The look (as numbered by the caller) whose picture shows the winning text best.
    pub best_shot: u64,
}

/// The looks at one vehicle.
#[derive(Debug, Clone, Default)]
pub struct PlateVote {
    vehicle: Option<VehicleGroup>,
    reads: Vec<(u64, PlateRead)>,
    failures: Vec<NoReading>,
}

impl PlateVote {
    /// No look yet. `vehicle` narrows the grammar.
    pub fn new(vehicle: Option<VehicleGroup>) -> Self {
        Self { vehicle, ..Self::default() }
    }

    /// Adds the outcome of look number `shot` (any number that finds the picture again).
    pub fn push(&mut self, shot: u64, outcome: PlateOutcome) {
        match outcome {
            PlateOutcome::Read(read) => self.reads.push((shot, read)),
            PlateOutcome::Seen(seen) => self.failures.push(seen.reason),
            PlateOutcome::Nothing(reason) => self.failures.push(reason),
        }
    }

    /// Looks that gave a text.
    pub fn reads(&self) -> usize {
        self.reads.len()
    }

    /// Looks in all.
    pub fn looks(&self) -> usize {
        self.reads.len() + self.failures.len()
    }

    /// Why there is no text; `None` when there is one. The reason that came nearest to a read counts.
    pub fn no_reading(&self) -> Option<NoReading> {
        if !self.reads.is_empty() {
            return None;
        }
        let best =
            [NoReading::Unreadable, NoReading::TooSmall].into_iter().find(|r| self.failures.contains(r));
        Some(best.unwrap_or(NoReading::NoPlateFound))
    }

    /// The text so far; `None` before the first read.
    pub fn result(&self) -> Option<VoteResult> {
        let totals = self.totals();
        let text = self.winner(&totals)?;
        let (shot, best) = self.best_shot(&text)?;
        let reading = self.understand(&text, best.lines, &best.reading.raw);
        let all: f32 = totals.values().sum();
        let votes = self.reads.iter().filter(|(_, r)| r.reading.text == text).count() as u32;
        let mut candidates: Vec<Candidate> = totals
            .iter()
            .filter(|(t, _)| **t != text)
            .map(|(t, w)| Candidate {
                text: (*t).to_owned(),
                score: w / all.max(f32::MIN_POSITIVE),
                kind: None,
                reason: None,
            })
            .collect();
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
        candidates.truncate(MAX_CANDIDATES);
        let reading = PlateReading {
            class: reading.plate().and_then(|p| p.class()).map(|class| class.as_str().to_owned()),
            display: reading.display,
            raw: best.reading.raw.clone(),
            valid: reading.valid,
            kind: reading.kind.map(|k| k.as_str().to_owned()),
            lines: best.lines,
            score: self.score(&text),
            votes,
            reads: self.reads.len() as u32,
            candidates,
            edits: reading.edits.iter().map(ToString::to_string).collect(),
            country: reading.country.map(|country| country.as_str().to_owned()),
            ambiguous: reading.ambiguous,
            bbox: best.bbox.rounded(),
            colour: None,
            text,
        };
        Some(VoteResult { reading, best_shot: shot })
    }

    /// Weight per text.
    fn totals(&self) -> BTreeMap<&str, f32> {
        let mut totals = BTreeMap::new();
        for (_, read) in &self.reads {
            *totals.entry(read.reading.text.as_str()).or_insert(0.0) += weight(read);
        }
        totals
    }

    fn winner(&self, totals: &BTreeMap<&str, f32>) -> Option<String> {
        let composed = self.compose()?;
        let heaviest_valid = totals
            .iter()
            .filter(|(text, _)| self.reads.iter().any(|(_, r)| r.reading.valid && r.reading.text == **text))
            .max_by(|a, b| a.1.total_cmp(b.1));
        match heaviest_valid {
            Some((text, _)) if !self.understand(&composed, self.lines_of(&composed), "").valid => {
                Some((*text).to_owned())
            }
            _ => Some(composed),
        }
    }

    /// The per-position winner of the heaviest shape.
    fn compose(&self) -> Option<String> {
        let mut shapes: BTreeMap<(usize, u8), f32> = BTreeMap::new();
        for (_, read) in &self.reads {
            *shapes.entry(shape(read)).or_insert(0.0) += weight(read);
        }
        let (winner, _) = shapes.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
        let group: Vec<&PlateRead> =
            self.reads.iter().map(|(_, r)| r).filter(|r| shape(r) == winner).collect();
        Some(
            (0..winner.0)
                .filter_map(|at| tally(&group, at).into_iter().max_by(|a, b| a.1.total_cmp(&b.1)))
                .map(|(c, _)| c)
                .collect(),
        )
    }

    fn lines_of(&self, text: &str) -> u8 {
        let same = self.reads.iter().find(|(_, r)| r.reading.text == text);
        same.or_else(|| self.reads.iter().find(|(_, r)| r.reading.text.len() == text.len()))
            .map_or(1, |(_, r)| r.lines)
    }

    fn understand(&self, text: &str, lines: u8, raw: &str) -> wire::plate::Reading {
        let hint = Hint { lines: Some(lines), vehicle: self.vehicle, ..Hint::default() };
        let from_read = self.reads.iter().map(|(_, r)| &r.reading).find(|r| r.text == text && r.raw == raw);
        from_read.cloned().unwrap_or_else(|| wire::plate::read(&[text], &hint))
    }

    /// The surest read of `text`, or of the nearest text when no single look saw all of it.
    fn best_shot(&self, text: &str) -> Option<(u64, &PlateRead)> {
        let differing = |r: &PlateRead| {
            let unequal = r.reading.text.bytes().zip(text.bytes()).filter(|(a, b)| a != b).count();
            unequal + r.reading.text.len().abs_diff(text.len())
        };
        let best = self
            .reads
            .iter()
            .min_by(|(_, a), (_, b)| differing(a).cmp(&differing(b)).then(b.score.total_cmp(&a.score)))?;
        Some((best.0, &best.1))
    }

    /// Mean over the positions of (share of the vote × best confidence).
    fn score(&self, text: &str) -> f32 {
        let group: Vec<&PlateRead> =
            self.reads.iter().map(|(_, r)| r).filter(|r| r.reading.text.len() == text.len()).collect();
        let per_position = text.chars().enumerate().map(|(at, c)| {
            let tally = tally(&group, at);
            let all: f32 = tally.values().sum();
            let share = tally.get(&c).copied().unwrap_or(0.0) / all.max(f32::MIN_POSITIVE);
            let sure = group
                .iter()
                .filter(|r| r.reading.text.chars().nth(at) == Some(c))
                .filter_map(|r| r.characters.get(at).map(|c| c.prob))
                .fold(0.0f32, f32::max);
            share * sure
        });
        let (low, sum) = per_position.fold((1.0f32, 0.0), |(low, sum), p| (low.min(p), sum + p));
        (low * sum / text.len().max(1) as f32).sqrt().clamp(0.0, 1.0)
    }
}

fn shape(read: &PlateRead) -> (usize, u8) {
    (read.reading.text.chars().count(), read.lines)
}

fn weight(read: &PlateRead) -> f32 {
    let valid = if read.reading.valid { VALID_WEIGHT } else { 1.0 };
    // Squared: one clear look counts for more than two blurred ones.
    read.score * read.score * valid
}

/// Weight per character at one position.
fn tally(group: &[&PlateRead], at: usize) -> BTreeMap<char, f32> {
    let mut tally = BTreeMap::new();
    for read in group {
        if let Some(c) = read.reading.text.chars().nth(at) {
            let sure = read.characters.get(at).map_or(0.0, |c| c.prob);
            *tally.entry(c).or_insert(0.0) += weight(read) * sure;
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::super::CharChoice;
    use super::*;
    use crate::geometry::BBox;

    fn read(raw: &[&str], confidence: f32) -> PlateOutcome {
        let hint = Hint { lines: Some(raw.len() as u8), ..Hint::default() };
        let reading = wire::plate::read(raw, &hint);
        PlateOutcome::Read(PlateRead {
            lines: raw.len() as u8,
            score: confidence,
            characters: CharChoice::alone(&reading.text, &vec![confidence; reading.text.len()]),
            colour: None,
            bbox: BBox { x: 1.0, y: 2.0, w: 30.0, h: 20.0 },
            corners: None,
            reading,
        })
    }

    fn vote(reads: &[(&[&str], f32)]) -> VoteResult {
        let mut vote = PlateVote::new(None);
        for (i, (raw, confidence)) in reads.iter().enumerate() {
            vote.push(i as u64, read(raw, *confidence));
        }
        vote.result().expect("a result")
    }

    #[test]
    fn three_looks_with_different_errors_give_the_right_text() {
        let got =
            vote(&[(&["59-P1", "664.30"], 0.7), (&["59-F1", "664.80"], 0.7), (&["59-P1", "661.80"], 0.7)]);
        assert_eq!(got.reading.text, "59P166480");
        assert_eq!(got.reading.display, "59-P1 664.80");
        assert!(got.reading.valid);
        assert_eq!((got.reading.votes, got.reading.reads), (0, 3));
        assert_eq!(got.reading.candidates.len(), 3);
    }

    #[test]
    fn one_clear_look_beats_two_blurred_ones_and_is_the_best_shot() {
        let got = vote(&[(&["30A-123.45"], 0.5), (&["30A-128.45"], 0.98), (&["30A-123.45"], 0.4)]);
        assert_eq!(got.reading.text, "30A12845");
        assert_eq!(got.best_shot, 1);
    }

    #[test]
    fn a_text_that_no_grammar_knows_loses_to_a_plate() {
        let got = vote(&[(&["I3O-X"], 0.9), (&["30A-123.45"], 0.8)]);
        assert_eq!(got.reading.text, "30A12345");
    }

    #[test]
    fn equal_looks_make_a_sure_result_and_a_split_vote_an_unsure_one() {
        let sure = vote(&[(&["30A-123.45"], 0.95), (&["30A-123.45"], 0.95)]).reading.score;
        let split = vote(&[(&["30A-123.45"], 0.95), (&["30A-123.46"], 0.95)]).reading.score;
        assert!(sure > 0.9 && split < 0.8, "{sure} {split}");
    }

    #[test]
    fn without_a_read_the_reason_that_came_nearest_is_given() {
        let mut vote = PlateVote::new(None);
        assert_eq!(vote.no_reading(), Some(NoReading::NoPlateFound));
        vote.push(0, PlateOutcome::Nothing(NoReading::NoPlateFound));
        vote.push(1, PlateOutcome::Nothing(NoReading::TooSmall));
        assert_eq!(vote.no_reading(), Some(NoReading::TooSmall));
        assert_eq!(vote.result(), None);
        vote.push(2, read(&["30A-123.45"], 0.9));
        assert_eq!(vote.no_reading(), None);
    }

    #[test]
    fn the_order_of_the_looks_does_not_change_the_text() {
        let looks: [(&[&str], f32); 3] =
            [(&["51G-429.71"], 0.9), (&["51G-429.77"], 0.6), (&["51C-429.71"], 0.5)];
        let forward = vote(&looks).reading;
        let backward = vote(&[looks[2], looks[1], looks[0]]).reading;
        assert_eq!((forward.text, forward.score), (backward.text, backward.score));
    }
}
