//! Which similarity to ask for: never from taste, always from a stated false-match rate and the sample that supports it.
//!
//! `data/face-thresholds.csv` is written by `tests/eval/faces.py`: for each rate the similarity above which at most that part of
//! pairs of *different* people came, how many such pairs there were, and up to which rate the sample supports the claim (95 %
//! one-sided; with no false match among n pairs that is the rule of three, 3/n). Pairs of few people are not independent, so
//! even a supported row speaks for its sample only: measure at the site.

use std::sync::OnceLock;

use super::{FaceError, FaceModel, same_model};

const TABLE: &str = include_str!("../../data/face-thresholds.csv");

/// What stands behind a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// The sample was large enough to show the rate.
    Measured,
    /// The sample was too small: the threshold is the tail of a normal distribution through its impostor scores. Nobody has
    /// seen whether it holds.
    Unverified,
}

impl Support {
    /// The word in data and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Unverified => "unverified",
        }
    }
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct ThresholdRow {
    /// The model whose similarities these are.
    pub model: FaceModel,
    /// False-match rate per comparison that is asked for.
    pub rate: f64,
    /// Least similarity that counts as possible.
    pub similarity: f32,
    /// What stands behind it.
    pub support: Support,
    /// Upper bound of the true rate at `similarity`, 95 % one-sided, if the pairs were independent.
    pub bound: f64,
    /// Pairs of different people.
    pub impostor_pairs: u32,
    /// Of those, how many reached `similarity`.
    pub false_matches: u32,
    /// Pairs of the same person.
    pub genuine_pairs: u32,
    /// Of those, how many reached `similarity`.
    pub found: u32,
    /// The sample.
    pub sample: &'static str,
    /// When it was measured, ISO date.
    pub measured: &'static str,
}

/// The whole table, strictest rate last.
pub fn thresholds() -> &'static [ThresholdRow] {
    static ROWS: OnceLock<Vec<ThresholdRow>> = OnceLock::new();
    ROWS.get_or_init(|| TABLE.lines().skip(1).filter_map(row).collect())
}

fn row(line: &'static str) -> Option<ThresholdRow> {
    let mut fields = line.split(',');
    let mut next = || fields.next();
    Some(ThresholdRow {
        model: FaceModel::new(next()?).ok()?,
        rate: next()?.parse().ok()?,
        similarity: next()?.parse().ok()?,
        support: match next()? {
            "measured" => Support::Measured,
            "unverified" => Support::Unverified,
            _ => return None,
        },
        bound: next()?.parse().ok()?,
        impostor_pairs: next()?.parse().ok()?,
        false_matches: next()?.parse().ok()?,
        genuine_pairs: next()?.parse().ok()?,
        found: next()?.parse().ok()?,
        sample: next()?,
        measured: next()?,
    })
}

/// A similarity to ask for, the model it is meant for, and what stands behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    model: FaceModel,
    rate: f64,
    similarity: f32,
    support: Support,
}

impl Threshold {
    /// The threshold of the table for a false-match rate of at most `rate` per comparison: the loosest row that is as strict.
    /// `None` when the table has no row for this model that is strict enough.
    pub fn for_rate(model: &FaceModel, rate: f64) -> Option<Self> {
        let fits = |row: &&ThresholdRow| row.model == *model && row.rate <= rate * (1.0 + 1e-9);
        let row = thresholds().iter().filter(fits).max_by(|a, b| a.rate.total_cmp(&b.rate))?;
        Some(Self {
            model: row.model.clone(),
            rate: row.rate,
            similarity: row.similarity,
            support: row.support,
        })
    }

    /// The threshold for a search among `people`, so that at most `rate` of searches for somebody who is not among them name
    /// anyone: each comparison may then err `rate / people` times.
    pub fn for_search(model: &FaceModel, rate: f64, people: usize) -> Option<Self> {
        Self::for_rate(model, rate / people.max(1) as f64)
    }

    /// A similarity that a site has measured itself, for the false-match rate it has found. The site answers for both.
    ///
    /// # Errors
    /// [`FaceError::NotAVector`] when the similarity is not within `-1..=1` or the rate not within `0..1`.
    pub fn measured_at_site(model: FaceModel, rate: f64, similarity: f32) -> Result<Self, FaceError> {
        if !(-1.0..=1.0).contains(&similarity) || !(0.0..1.0).contains(&rate) {
            return Err(FaceError::NotAVector("a threshold is a similarity of -1 to 1 and a rate of 0 to 1"));
        }
        Ok(Self { model, rate, similarity, support: Support::Measured })
    }

    /// The model it is meant for.
    pub fn model(&self) -> &FaceModel {
        &self.model
    }

    /// False-match rate per comparison.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Least similarity that counts as possible.
    pub fn similarity(&self) -> f32 {
        self.similarity
    }

    /// What stands behind it.
    pub fn support(&self) -> Support {
        self.support
    }

    /// Refuses another model's threshold.
    pub(super) fn check(&self, model: &FaceModel) -> Result<(), FaceError> {
        same_model(&self.model, model)
    }
}
