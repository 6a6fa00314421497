//! Joins the reads of one vehicle over its track: character by character, with the grammar as prior.
//!
//! Pure. Every text that a look gave, the best characters of all looks together, and each look's second choices compete:
//! a text's worth is the mean log-probability that the looks give it, weighted by how clear they were, counted as a few
//! independent looks only (see `certainty`), plus how plausible the text is as a plate of this vehicle. Nothing is
//! composed across the border between military and civil plates, or out of another country's plate. The picture of the
//! look whose reading won is the evidence.

use wire::payload::{Attribute, Candidate, NoReading, PlateReading};
use wire::plate::{Edit, Hint, PlateColour, Reading, VehicleGroup, normalise, parse, read};

use super::certainty::{certainty, weight};
use super::likelihood::{Reason, differing, log_likelihood, log_prior, texts};
use super::{ColourSeen, PlateOutcome, PlateRead};

/// Other texts that a result lists.
const MAX_CANDIDATES: usize = 5;
/// Least share of the vote for a text to be listed.
const LISTED: f32 = 0.005;
/// Independent looks that all looks together count for, at most.
const MOST_INDEPENDENT: f32 = 1.18;
/// Highest score of a text that no single look gave: never enough to act on without a person.
const MOST_COMPOSED: f32 = 0.85;
/// Below this the looks contradict each other too much: there is no reading.
const READABLE: f32 = 0.15;
/// A colour below this is not told.
const TOLD_COLOUR: f32 = 0.5;

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
    colours: Vec<ColourSeen>,
    failures: Vec<NoReading>,
    result: Option<VoteResult>,
}

/// A text and its share of the vote.
struct Ranked {
    text: String,
    reason: Reason,
    share: f32,
}

impl PlateVote {
    /// No look yet. `vehicle` narrows the grammar.
    pub fn new(vehicle: Option<VehicleGroup>) -> Self {
        Self { vehicle, ..Self::default() }
    }

    /// The track's class may change while it lives: the grammar follows.
    pub fn carried_by(&mut self, vehicle: Option<VehicleGroup>) {
        if self.vehicle != vehicle {
            self.vehicle = vehicle;
            self.result = self.decide();
        }
    }

    /// Adds the outcome of look number `shot` (any number that finds the picture again).
    pub fn push(&mut self, shot: u64, outcome: PlateOutcome) {
        match outcome {
            PlateOutcome::Read(read) => {
                self.colours.extend(read.colour);
                self.reads.push((shot, read));
                self.result = self.decide();
            }
            PlateOutcome::Seen(seen) => {
                self.colours.extend(seen.colour);
                self.failures.push(seen.reason);
            }
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
        if self.result.is_some() {
            return None;
        }
        if !self.reads.is_empty() {
            // Looks gave texts, and they contradict each other.
            return Some(NoReading::Unreadable);
        }
        let best =
            [NoReading::Unreadable, NoReading::TooSmall].into_iter().find(|r| self.failures.contains(r));
        Some(best.unwrap_or(NoReading::NoPlateFound))
    }

    /// The text so far; `None` before the first read, and when the reads contradict each other.
    pub fn result(&self) -> Option<VoteResult> {
        self.result.clone()
    }

    /// The background by all looks, when it can be told.
    pub fn colour(&self) -> Option<ColourSeen> {
        let of = |value| -> Vec<f32> {
            self.colours.iter().filter(|c| c.value == value).map(|c| c.score).collect()
        };
        let weights = PlateColour::ALL.map(|value| of(value).into_iter().map(weight).sum::<f32>());
        let all: f32 = weights.iter().sum();
        PlateColour::ALL
            .into_iter()
            .zip(weights)
            .map(|(value, own)| ColourSeen { value, score: certainty(&of(value), all - own) })
            .max_by(|a, b| a.score.total_cmp(&b.score))
            .filter(|best| best.score >= TOLD_COLOUR)
    }

    fn decide(&self) -> Option<VoteResult> {
        let mut ranked = self.rank().into_iter();
        let winner = ranked.next()?;
        let score = self.score(&winner);
        if score < READABLE {
            return None;
        }
        let (shot, best) = self.best_shot(&winner.text)?;
        let colour = self.colour();
        let reading = self.understand(&winner.text, best, colour);
        let votes = self.reads.iter().filter(|(_, r)| r.reading.text == winner.text).count() as u32;
        let candidates = ranked
            .filter(|other| other.share >= LISTED)
            .take(MAX_CANDIDATES)
            .map(|other| Candidate {
                kind: parse(&other.text, &self.hint()).best().map(|p| p.kind.as_str().to_owned()),
                reason: Some(other.reason.as_str().to_owned()),
                score: other.share,
                text: other.text,
            })
            .collect();
        let reading = PlateReading {
            class: reading.plate().and_then(|p| p.class()).map(|class| class.as_str().to_owned()),
            display: reading.display,
            raw: best.reading.raw.clone(),
            valid: reading.valid,
            kind: reading.kind.map(|k| k.as_str().to_owned()),
            lines: best.lines,
            score,
            votes,
            reads: self.reads.len() as u32,
            candidates,
            edits: reading.edits.iter().map(ToString::to_string).collect(),
            ambiguous: reading.ambiguous,
            bbox: best.bbox.rounded(),
            colour: colour.map(|c| Attribute { value: c.value.as_str().to_owned(), score: c.score }),
            country: reading.country.map(|country| country.as_str().to_owned()),
            text: winner.text,
        };
        Some(VoteResult { reading, best_shot: shot })
    }

    fn hint(&self) -> Hint {
        Hint { vehicle: self.vehicle, ..Hint::default() }
    }

    /// All texts, the one with the largest share first.
    fn rank(&self) -> Vec<Ranked> {
        let reads: Vec<&PlateRead> = self.reads.iter().map(|(_, read)| read).collect();
        let clear = |read: &PlateRead| (read.score * read.score).max(1e-3);
        let all: f32 = reads.iter().map(|r| clear(r)).sum();
        let independent = (reads.len() as f32).min(MOST_INDEPENDENT);
        let hint = self.hint();
        let worth = |text: &str| {
            let seen: f32 = reads.iter().map(|r| clear(r) * log_likelihood(&r.characters, text)).sum();
            let country = reads.iter().find(|r| r.reading.text == text).and_then(|r| r.reading.country);
            independent * seen / all + log_prior(text, &hint, country)
        };
        let scored: Vec<(String, Reason, f32)> = texts(&reads, clear)
            .into_iter()
            .map(|(text, reason)| {
                let worth = worth(&text);
                (text, reason, worth)
            })
            .collect();
        let top = scored.iter().map(|s| s.2).fold(f32::NEG_INFINITY, f32::max);
        let sum: f32 = scored.iter().map(|s| (s.2 - top).exp()).sum();
        let mut ranked: Vec<Ranked> = scored
            .into_iter()
            .map(|(text, reason, worth)| Ranked { text, reason, share: (worth - top).exp() / sum })
            .collect();
        ranked.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.text.cmp(&b.text)));
        ranked
    }

    /// See `certainty`. A look that says otherwise weighs by as much as it thinks its own text likelier.
    fn score(&self, winner: &Ranked) -> f32 {
        let (agreeing, others): (Vec<&PlateRead>, Vec<&PlateRead>) =
            self.reads.iter().map(|(_, r)| r).partition(|r| r.reading.text == winner.text);
        let agreeing: Vec<f32> = agreeing.iter().map(|r| r.score).collect();
        if agreeing.is_empty() {
            let sure: f32 = others.iter().map(|r| r.score).sum::<f32>() / others.len().max(1) as f32;
            return MOST_COMPOSED * winner.share * sure;
        }
        let opposing = others
            .iter()
            .map(|r| {
                let own = log_likelihood(&r.characters, &r.reading.text);
                let ratio = (log_likelihood(&r.characters, &winner.text) - own).exp().min(1.0);
                weight(r.score) * (1.0 - ratio)
            })
            .sum();
        certainty(&agreeing, opposing)
    }

    /// What the winning text means, with the layout of the look that shows it best.
    fn understand(&self, text: &str, best: &PlateRead, colour: Option<ColourSeen>) -> Reading {
        let own = &best.reading;
        if own.text == text && (own.country.is_some() || !own.valid) {
            return own.clone();
        }
        let top = own.raw.split_once(' ').map(|(top, _)| normalise(top).len()).filter(|_| best.lines == 2);
        let hint = Hint {
            lines: Some(best.lines),
            colour: colour.filter(|c| c.score >= ColourSeen::SURE).map(|c| c.value),
            break_at: top,
            ..self.hint()
        };
        let mut reading = read(&[text], &hint);
        reading.edits = Edit::between(&normalise(&own.raw), &reading.text);
        // A character that the look itself left open stays open.
        let open = own.candidates.iter().filter(|p| own.text == text && p.canonical != text);
        reading.ambiguous.extend(open.map(|p| format!("{} {}", p.kind.as_str(), p.display())));
        reading
    }

    /// The surest read of `text`, or of the nearest text when no single look saw all of it.
    fn best_shot(&self, text: &str) -> Option<(u64, &PlateRead)> {
        let differing = |r: &PlateRead| differing(&r.reading.text, text);
        let best = self
            .reads
            .iter()
            .min_by(|(_, a), (_, b)| differing(a).cmp(&differing(b)).then(b.score.total_cmp(&a.score)))?;
        Some((best.0, &best.1))
    }
}

#[cfg(test)]
#[path = "vote_tests.rs"]
mod tests;
