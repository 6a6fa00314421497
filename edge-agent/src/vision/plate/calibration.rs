//! From the probability that a network gives a text to the share of such texts that are right.
//!
//! A network's own probabilities are too sure of themselves. The tables, `models/training/plates/reader/calibration.json`,
//! were fitted on rendered plates that no network was trained on; their recipe stands in the file.

use serde::Deserialize;

/// Tables for every way in which a text can come about.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// How the tables were found.
    pub recipe: String,
    /// Our own reader alone.
    pub reader: Table,
    /// PP-OCRv6 small alone.
    pub registry: Table,
    /// Both see the same text: by the sum of their odds.
    pub agreed: Table,
}

/// A monotone map, linear between its points: odds of the network (natural logarithm, ascending) and the score, `0..=1`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Table(Vec<(f32, f32)>);

/// Odds of a probability, natural logarithm; never further out than those of one in a million.
pub fn odds(probability: f32) -> f32 {
    let p = probability.clamp(1e-6, 1.0 - 1e-6);
    (p / (1.0 - p)).ln()
}

impl Calibration {
    /// The tables that the program carries.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn of_the_program() -> Result<Self, String> {
        Self::parse(include_str!("../../../../models/training/plates/reader/calibration.json"))
    }

    /// Tables as JSON.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn parse(json: &str) -> Result<Self, String> {
        let tables: Self = serde_json::from_str(json).map_err(|e| format!("tables of scores: {e}"))?;
        if [&tables.reader, &tables.registry, &tables.agreed].iter().all(|t| t.is_monotone()) {
            return Ok(tables);
        }
        Err("tables of scores: points must ascend and scores lie in 0..=1".to_owned())
    }
}

impl Table {
    fn is_monotone(&self) -> bool {
        let ascends = self.0.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 <= w[1].1);
        !self.0.is_empty() && ascends && self.0.iter().all(|p| (0.0..=1.0).contains(&p.1))
    }

    /// The score of a text of these odds.
    pub fn score(&self, odds: f32) -> f32 {
        let after = self.0.partition_point(|(o, _)| *o < odds);
        match (after.checked_sub(1).and_then(|i| self.0.get(i)), self.0.get(after)) {
            (Some(a), Some(b)) => a.1 + (b.1 - a.1) * (odds - a.0) / (b.0 - a.0),
            (Some(end), None) | (None, Some(end)) => end.1,
            (None, None) => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_lie_between_their_neighbours_and_never_fall() {
        let table = Table(vec![(-2.0, 0.1), (0.0, 0.4), (4.0, 0.95)]);
        assert!((table.score(odds(0.5)) - 0.4).abs() < 1e-5);
        assert_eq!((table.score(odds(0.0)), table.score(odds(1.0))), (0.1, 0.95));
        let scores: Vec<f32> = (0..=100).map(|i| table.score(odds(i as f32 / 100.0))).collect();
        assert!(scores.windows(2).all(|w| w[0] <= w[1]));
    }

    #[test]
    fn the_tables_of_the_program_are_good_and_others_are_refused() {
        assert!(Calibration::of_the_program().is_ok());
        let tables = |t: &str| format!(r#"{{"recipe": "", "reader": {t}, "registry": {t}, "agreed": {t}}}"#);
        assert!(Calibration::parse(&tables("[[0, 0.4], [1, 0.5]]")).is_ok());
        for bad in ["", "{}", &tables("[]"), &tables("[[0, 0.5], [1, 0.4]]"), &tables("[[0, 1.5]]")] {
            assert!(Calibration::parse(bad).is_err(), "{bad}");
        }
    }
}
