//! CPU time by stage, and counts. Thread CPU time, so that a busy machine does not change what is reported.

use std::time::Duration;

use serde::Serialize;

use crate::camera::cpu::thread_cpu;
use crate::vision::{Detections, VisionError};

/// Parts of a frame's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Turning pixels into the detector's tensor.
    Prepare,
    /// The detector itself.
    Infer,
    /// The tracker.
    Track,
    /// Finding and reading plates.
    Plate,
    /// Finding and judging faces, where they are on.
    Face,
    /// Encoding pictures of events.
    Evidence,
    /// Motion gate, rules, book-keeping.
    Rest,
}

/// What happened.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Counts {
    /// Frames taken.
    pub frames: u64,
    /// Frames that the motion gate spared the detector.
    pub gated: u64,
    /// Looks at plates.
    pub looks: u64,
    /// Frames or events that a model or encoder failed on.
    pub failed: u64,
}

/// CPU time per stage since the start, and counts.
#[derive(Debug, Clone, Default)]
pub struct StageTimes {
    /// What happened.
    pub counts: Counts,
    spent: [Duration; 7],
    lap: Duration,
}

impl StageTimes {
    /// CPU time of a stage so far.
    pub fn spent(&self, stage: Stage) -> Duration {
        self.spent[stage as usize]
    }

    pub(super) fn begin(&mut self) {
        self.lap = thread_cpu();
    }

    /// Everything since the last mark was spent on `stage`.
    pub(super) fn end(&mut self, stage: Stage) {
        let now = thread_cpu();
        self.spent[stage as usize] += now.saturating_sub(self.lap);
        self.lap = now;
    }

    /// As `end`, divided between preparation and inference in the ratio that the detector measured.
    pub(super) fn end_detection(
        &mut self,
        found: Result<Detections, VisionError>,
    ) -> Result<Detections, VisionError> {
        let now = thread_cpu();
        let spent = now.saturating_sub(self.lap);
        self.lap = now;
        let share = found.as_ref().map_or(0.0, |found| {
            f64::from(found.prepare_ms) / f64::from(found.prepare_ms + found.infer_ms).max(f64::MIN_POSITIVE)
        });
        let prepare = spent.mul_f64(share.clamp(0.0, 1.0));
        self.spent[Stage::Prepare as usize] += prepare;
        self.spent[Stage::Infer as usize] += spent.saturating_sub(prepare);
        if found.is_err() {
            self.counts.frames += 1;
            self.counts.failed += 1;
        }
        found
    }

    pub(super) fn end_frame(&mut self) {
        self.end(Stage::Rest);
        self.counts.frames += 1;
    }
}
