//! From the calibrated scores of single looks to the score of a vote.
//!
//! Looks at one vehicle share its dirt, its light and its angle, so they err together: n looks count as
//! `m / (1 + (m - 1) × CORRELATION)` independent ones, which stays below 1.18 however many there are. With `s` the best
//! score among the agreeing looks and `m` their number (a look weaker than the best counts for less than one), the
//! probability of an error is `(1 - s)` to that power. What is left is shared with the looks that say otherwise, each by
//! the fourth power of its score, so that a blurred look hardly weighs against a clear one.
//!
//! So looks of 0.85 never make 0.9 however often they agree, and four of 0.88 do.

/// How much of one look's error the next one repeats.
const CORRELATION: f32 = 0.85;
/// No number of looks makes a reading surer than this.
const MOST: f32 = 0.995;

/// Weight of a look in a dispute.
pub(super) fn weight(score: f32) -> f32 {
    score.clamp(0.0, 1.0).powi(4)
}

/// Score of what looks with the scores `agreeing` say, against looks that weigh `opposing` in all (see [`weight`]).
pub(super) fn certainty(agreeing: &[f32], opposing: f32) -> f32 {
    let agreeing = || agreeing.iter().map(|s| s.clamp(0.0, 1.0));
    let best = agreeing().fold(0.0f32, f32::max);
    if best <= 0.0 {
        return 0.0;
    }
    let count: f32 = agreeing().map(|s| s / best).sum();
    let independent = count / (1.0 + (count - 1.0) * CORRELATION);
    let right = 1.0 - (1.0 - best).powf(independent);
    let weight: f32 = agreeing().map(weight).sum();
    (right * weight / (weight + opposing.max(0.0))).min(MOST)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_single_look_keeps_its_score() {
        for score in [0.3, 0.75, 0.9, 0.97] {
            assert!((certainty(&[score], 0.0) - score).abs() < 1e-4);
        }
    }

    #[test]
    fn repeated_looks_never_drive_certainty_to_one() {
        assert!(certainty(&[0.85; 1000], 0.0) < 0.9);
        assert!(certainty(&[0.88; 4], 0.0) >= 0.9);
        assert!(certainty(&[0.9; 1000], 0.0) < 0.96);
        assert!(certainty(&[1.0; 1000], 0.0) <= 0.995);
        assert_eq!(certainty(&[], 0.0), 0.0);
    }

    #[test]
    fn an_equally_clear_look_that_says_otherwise_halves_the_score() {
        assert!(certainty(&[0.95], weight(0.95)) < 0.5);
        assert!(certainty(&[0.95], weight(0.4)) > 0.9, "a blurred look hardly counts");
    }

    proptest! {
        #[test]
        fn agreement_never_lowers_and_dissent_never_raises_the_score(
            looks in prop::collection::vec(0.05f32..0.999, 1..20), more in 0.05f32..0.999, against in 0.0f32..3.0,
        ) {
            let before = certainty(&looks, against);
            let mut with = looks.clone();
            with.push(more);
            prop_assert!(certainty(&with, against) >= before - 1e-4, "{} {}", before, certainty(&with, against));
            prop_assert!(certainty(&looks, against + weight(more)) <= before);
            let clearer: Vec<f32> = looks.iter().map(|s| s + (1.0 - s) * 0.3).collect();
            prop_assert!(certainty(&clearer, against) >= before - 1e-4);
        }
    }
}
