//! What can be set about tracking.

use serde::{Deserialize, Serialize};

use super::kalman::MotionConfig;

/// Settings of a [`super::Tracker`]. The defaults hold for any camera; times are seconds, so they do not
/// depend on the frame rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrackerConfig {
    /// Detections from this score on are matched first.
    pub high_score: f32,
    /// Detections below this score are ignored; those between the two may only continue a track seen a moment
    /// ago.
    pub low_score: f32,
    /// An unmatched detection from this score on starts a track.
    pub birth_score: f32,
    /// Least similarity (`0..=1`: overlap of the boxes × overlap of their heights × root of the score) for a
    /// sure detection to continue a track.
    pub match_high: f32,
    /// Least similarity, without the score, for a doubtful detection to continue a track.
    pub match_low: f32,
    /// Least similarity for a second detection to confirm a new object.
    pub match_new: f32,
    /// How much boxes are widened before they are compared, in standard deviations of where the object may
    /// be.
    pub widen: f32,
    /// The same for an object seen once, whose velocity nobody knows yet: more, so that fast and small
    /// objects are found again at low frame rates.
    pub widen_new: f32,
    /// No track starts on a box that overlaps a track just seen, of the same kind of object, by more than
    /// this (intersection over union).
    pub duplicate_iou: f32,
    /// How long an object may stay unseen before its track ends, seconds.
    pub lost_s: f64,
    /// Detections that a new object needs, one update after the other, before its track is confirmed.
    pub confirm_frames: u32,
    /// Whether motion that most objects share is taken as the camera's own (wind, traffic, a hand).
    pub camera_motion: bool,
    /// Noise of the motion filter.
    pub motion: MotionConfig,
}

impl Default for TrackerConfig {
    fn default() -> Self {
        Self {
            high_score: 0.6,
            low_score: 0.1,
            birth_score: 0.65,
            match_high: 0.2,
            match_low: 0.6,
            match_new: 0.2,
            widen: 0.3,
            widen_new: 1.0,
            duplicate_iou: 0.55,
            lost_s: 1.5,
            confirm_frames: 2,
            camera_motion: true,
            motion: MotionConfig::default(),
        }
    }
}

impl TrackerConfig {
    /// Every setting that cannot work, one sentence each; empty when all is well.
    pub fn problems(&self) -> Vec<String> {
        let m = &self.motion;
        let parts = [
            ("high_score", self.high_score),
            ("low_score", self.low_score),
            ("birth_score", self.birth_score),
            ("match_high", self.match_high),
            ("match_low", self.match_low),
            ("match_new", self.match_new),
            ("duplicate_iou", self.duplicate_iou),
            ("motion.score_trust", m.score_trust),
        ];
        let mut problems: Vec<String> = parts
            .iter()
            .filter(|(_, value)| !(0.0..=1.0).contains(value))
            .map(|(name, value)| format!("tracker.{name} is {value}; expected 0 to 1"))
            .collect();
        let noise = [
            ("widen", self.widen),
            ("widen_new", self.widen_new),
            ("motion.measured", m.measured),
            ("motion.drift", m.drift),
            ("motion.acceleration", m.acceleration),
            ("motion.first_velocity", m.first_velocity),
        ];
        let bad_noise = noise.iter().filter(|(_, value)| !(0.0..=100.0).contains(value));
        problems
            .extend(bad_noise.map(|(name, value)| format!("tracker.{name} is {value}; expected 0 to 100")));
        if m.measured <= 0.0 {
            problems.push("tracker.motion.measured must be above 0: no detector is exact".to_owned());
        }
        if self.low_score > self.high_score {
            let (low, high) = (self.low_score, self.high_score);
            problems.push(format!("tracker.low_score {low} is above tracker.high_score {high}"));
        }
        if self.birth_score < self.high_score {
            let (birth, high) = (self.birth_score, self.high_score);
            problems.push(format!("tracker.birth_score {birth} is below tracker.high_score {high}"));
        }
        if !(0.0..=60.0).contains(&self.lost_s) {
            problems.push(format!("tracker.lost_s is {}; expected 0 to 60 seconds", self.lost_s));
        }
        if self.confirm_frames == 0 {
            problems.push("tracker.confirm_frames is 0; expected 1 or more".to_owned());
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_have_no_problem_and_nonsense_is_named_whole() {
        assert_eq!(TrackerConfig::default().problems(), [""; 0]);
        let nonsense = TrackerConfig {
            high_score: 0.05,
            match_low: f32::NAN,
            lost_s: -1.0,
            confirm_frames: 0,
            motion: MotionConfig { measured: 0.0, ..MotionConfig::default() },
            ..TrackerConfig::default()
        };
        let text = nonsense.problems().join("\n");
        for word in
            ["match_low is NaN", "low_score 0.1 is above", "lost_s is -1", "confirm_frames is 0", "measured"]
        {
            assert!(text.contains(word), "{word} missing in:\n{text}");
        }
    }
}
