//! From the probability that a network gives a text to the share of such texts that are right.
//!
//! A network's own probabilities are too sure of themselves. The table, `models/training/plates/reader/calibration.json`,
//! was fitted on rendered plates that the network was not trained on; its recipe stands in it.

use serde::Deserialize;

/// A monotone map between scores, linear between its points.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Calibration {
    /// How the points were found.
    pub recipe: String,
    /// Odds of the network (natural logarithm), ascending, and the score that they deserve, `0..=1`.
    points: Vec<(f32, f32)>,
}

impl Calibration {
    /// The table of the reader that the program carries.
    ///
    /// # Errors
    /// What is wrong with the table.
    pub fn of_the_reader() -> Result<Self, String> {
        Self::parse(include_str!("../../../../models/training/plates/reader/calibration.json"))
    }

    /// A table as JSON.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(json: &str) -> Result<Self, String> {
        let table: Self = serde_json::from_str(json).map_err(|e| format!("table of scores: {e}"))?;
        let ascending = table.points.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 <= w[1].1);
        if table.points.is_empty() || !ascending || table.points.iter().any(|p| !(0.0..=1.0).contains(&p.1)) {
            return Err("table of scores: the points must ascend, scores lie in 0..=1".to_owned());
        }
        Ok(table)
    }

    /// The score of a text to which the network gives this probability.
    pub fn score(&self, probability: f32) -> f32 {
        let p = probability.clamp(1e-6, 1.0 - 1e-6);
        let odds = (p / (1.0 - p)).ln();
        let after = self.points.partition_point(|(o, _)| *o < odds);
        match (after.checked_sub(1).and_then(|i| self.points.get(i)), self.points.get(after)) {
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
        let table = Calibration::parse(r#"{"recipe": "", "points": [[-2, 0.1], [0, 0.4], [4, 0.95]]}"#)
            .expect("a table");
        assert!((table.score(0.5) - 0.4).abs() < 1e-5);
        assert_eq!((table.score(0.0), table.score(1.0)), (0.1, 0.95));
        let scores: Vec<f32> = (0..=100).map(|i| table.score(i as f32 / 100.0)).collect();
        assert!(scores.windows(2).all(|w| w[0] <= w[1]));
    }

    #[test]
    fn the_table_of_the_program_is_good_and_others_are_refused() {
        assert!(Calibration::of_the_reader().is_ok());
        for bad in
            ["", "{}", r#"{"recipe": "", "points": []}"#, r#"{"recipe": "", "points": [[0, 0.5], [1, 0.4]]}"#]
        {
            assert!(Calibration::parse(bad).is_err(), "{bad}");
        }
    }
}
