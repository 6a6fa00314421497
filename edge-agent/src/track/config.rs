//! What can be set about tracking.

use serde::{Deserialize, Serialize};

use super::kalman::MotionConfig;

/// Settings of a [`super::Tracker`]. The defaults hold for any camera; times are seconds, so they do not depend on the frame rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrackerConfig {
    /// Detections from this score on are matched first.
    pub high_score: f32,
    /// Detections below this score are ignored; those between the two may only continue a track.
    pub low_score: f32,
    /// An unmatched detection from this score on starts a track.
    pub birth_score: f32,
    /// Least similarity (`0..=1`) for a sure detection to continue a track.
    pub match_high: f32,
    /// Least similarity for a doubtful detection to continue a track.
    pub match_low: f32,
    /// Least similarity for a second detection to confirm a new object.
    pub match_new: f32,
    /// Boxes of one kind of object that overlap by more than this (intersection over union) are the same object.
    pub duplicate_iou: f32,
    /// How long an object may stay unseen before its track ends, seconds.
    pub lost_s: f64,
    /// Detections that a new object needs before its track is confirmed.
    pub confirm_frames: u32,
    /// How long a track that is not yet confirmed may stay unseen, seconds.
    pub tentative_s: f64,
    /// Noise of the motion filter.
    pub motion: MotionConfig,
}

impl Default for TrackerConfig {
    fn default() -> Self {
        Self {
            high_score: 0.6,
            low_score: 0.1,
            birth_score: 0.7,
            match_high: 0.2,
            match_low: 0.5,
            match_new: 0.3,
            duplicate_iou: 0.7,
            lost_s: 1.0,
            confirm_frames: 2,
            tentative_s: 0.0,
            motion: MotionConfig::default(),
        }
    }
}
