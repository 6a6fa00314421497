//! Decides whether a frame is worth a detector run. Pure: time is an argument, nothing is read or written.
//!
//! The luma plane is averaged into blocks of about an eightieth of the width. Each block keeps a slow background and an estimate of
//! its own noise (a flickering lamp or a tree raises its own threshold and nobody else's). A block that leaves its
//! background by more than its noise is *changed*; a few changed blocks make motion. A change of light over the whole
//! picture is taken out first (the median difference).
//!
//! The gate never closes while the tracker holds moving objects, stays open a moment after the last motion, and opens by
//! itself every few seconds so that whatever it missed is found soon.

use serde::{Deserialize, Serialize};

use crate::frame::I420;

/// Settings of the gate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MotionConfig {
    /// Off: every frame is analysed.
    pub enabled: bool,
    /// Least change of a block's mean luma that counts, levels of 255.
    pub min_change: f32,
    /// Blocks that must change.
    pub min_blocks: usize,
    /// A run is made at least this often even in a still scene, seconds.
    pub refresh_s: f64,
    /// The gate stays open this long after the last motion, seconds.
    pub hold_s: f64,
}

impl Default for MotionConfig {
    fn default() -> Self {
        Self { enabled: true, min_change: 6.0, min_blocks: 2, refresh_s: 4.0, hold_s: 0.6 }
    }
}

/// What to do with a frame, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// Run the detector: gating is off, the scene is new, or the picture changed size.
    Always,
    /// Run it: something moves in the picture.
    Moving,
    /// Run it: the tracker holds moving objects, or motion ended a moment ago.
    Held,
    /// Run it: it has not been run for a while.
    Refresh,
    /// Do not: the scene is still.
    Still,
}

impl Motion {
    /// Whether the detector is to be run.
    pub fn infer(self) -> bool {
        self != Self::Still
    }
}

/// Blocks across the picture.
const ACROSS: usize = 80;
/// Share of a new value in the background of a still block, per frame.
const LEARN_STILL: f32 = 0.08;
/// The same for a changed block: whatever stopped for good becomes background after some seconds.
const LEARN_CHANGED: f32 = 0.02;
/// Share of a new deviation in a block's noise.
const LEARN_NOISE: f32 = 0.05;
/// A change is so many times the noise.
const NOISE_FACTOR: f32 = 4.0;

/// The gate of one camera.
#[derive(Debug)]
pub struct MotionGate {
    config: MotionConfig,
    size: (u32, u32),
    block: usize,
    columns: usize,
    /// One sum per pixel column of a row of blocks.
    sums: Vec<u16>,
    mean: Vec<f32>,
    background: Vec<f32>,
    noise: Vec<f32>,
    sorted: Vec<f32>,
    last_run_s: f64,
    last_motion_s: f64,
}

impl MotionGate {
    /// A gate that has seen nothing; its first answer is [`Motion::Always`].
    pub fn new(config: MotionConfig) -> Self {
        Self {
            config,
            size: (0, 0),
            block: 1,
            columns: 0,
            sums: Vec::new(),
            mean: Vec::new(),
            background: Vec::new(),
            noise: Vec::new(),
            sorted: Vec::new(),
            last_run_s: f64::NEG_INFINITY,
            last_motion_s: f64::NEG_INFINITY,
        }
    }

    /// Looks at one frame. `now_s` is stream time; `tracks_moving` says that the tracker holds objects that moved lately.
    pub fn update(&mut self, now_s: f64, picture: &I420, tracks_moving: bool) -> Motion {
        let answer = self.decide(now_s, picture, tracks_moving);
        if answer.infer() {
            self.last_run_s = now_s;
        }
        answer
    }

    fn decide(&mut self, now_s: f64, picture: &I420, tracks_moving: bool) -> Motion {
        if !self.config.enabled {
            return Motion::Always;
        }
        // A stream that starts anew or jumps back has no past to compare with.
        if self.size != (picture.width, picture.height) || now_s < self.last_run_s {
            self.restart(picture);
            self.last_motion_s = now_s;
            return Motion::Always;
        }
        self.average(picture);
        let changed = self.compare();
        if changed >= self.config.min_blocks {
            self.last_motion_s = now_s;
            return Motion::Moving;
        }
        if tracks_moving || now_s - self.last_motion_s < self.config.hold_s {
            return Motion::Held;
        }
        if now_s - self.last_run_s >= self.config.refresh_s { Motion::Refresh } else { Motion::Still }
    }

    fn restart(&mut self, picture: &I420) {
        self.size = (picture.width, picture.height);
        self.block = (picture.width as usize / ACROSS).max(4);
        self.columns = (picture.width as usize / self.block).max(1);
        let rows = (picture.height as usize / self.block).max(1);
        self.sums = vec![0; self.columns * self.block.min(picture.width as usize)];
        self.mean = vec![0.0; self.columns * rows];
        self.average(picture);
        self.background = self.mean.clone();
        self.noise = vec![self.config.min_change / NOISE_FACTOR; self.mean.len()];
    }

    /// Mean luma per block, from about six of its rows: a fraction of the memory traffic, hardly any difference.
    fn average(&mut self, picture: &I420) {
        let (luma, stride) = (picture.y(), picture.strides[0]);
        let block = self.block.min(picture.width as usize).min(picture.height as usize);
        for (row, mean) in self.mean.chunks_mut(self.columns).enumerate() {
            self.sums.fill(0);
            let lines = (0..block).step_by((block / 6).max(2));
            let counted = lines.len() * block;
            for line in lines {
                let start = (row * block + line) * stride;
                let pixels = &luma[start..start + self.columns.min(picture.width as usize / block) * block];
                // Down first, then across: this is SIMD whatever the block's width. A dozen lines of 255 fit by far;
                // the wrapping spares the development profile a check per pixel.
                for (sum, pixel) in self.sums.iter_mut().zip(pixels) {
                    *sum = sum.wrapping_add(u16::from(*pixel));
                }
            }
            for (mean, part) in mean.iter_mut().zip(self.sums.chunks_exact(block)) {
                let sum = part.iter().fold(0u32, |sum, column| sum.wrapping_add(u32::from(*column)));
                *mean = sum as f32 / counted as f32;
            }
        }
    }

    /// Counts changed blocks and lets background and noise follow.
    fn compare(&mut self) -> usize {
        let light = self.change_of_light();
        let mut changed = 0;
        for ((mean, background), noise) in self.mean.iter().zip(&mut self.background).zip(&mut self.noise) {
            let deviation = (mean - *background - light).abs();
            let is_changed = deviation > self.config.min_change.max(NOISE_FACTOR * *noise);
            changed += usize::from(is_changed);
            let learn = if is_changed { LEARN_CHANGED } else { LEARN_STILL };
            *background += (mean - *background) * learn;
            // A changed block teaches its noise slowly, so that a flickering lamp is learnt and a passing car is not.
            *noise +=
                (deviation.min(40.0) - *noise) * if is_changed { LEARN_NOISE / 5.0 } else { LEARN_NOISE };
        }
        changed
    }

    /// Median difference over a sample of blocks: what the light did to all of them.
    fn change_of_light(&mut self) -> f32 {
        self.sorted.clear();
        self.sorted.extend(self.mean.iter().zip(&self.background).step_by(7).map(|(m, b)| m - b));
        let middle = self.sorted.len() / 2;
        *self.sorted.select_nth_unstable_by(middle, f32::total_cmp).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    /// A grey street with noise; `object` is drawn as a bright square at x.
    fn scene(seed: u32, light: i32, object: Option<usize>) -> I420 {
        let (w, h) = (640usize, 360usize);
        let mut state = seed.wrapping_mul(2_654_435_761).max(1);
        let mut data: Vec<u8> = (0..w * h * 3 / 2)
            .map(|i| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                (90 + (i % w / 40) as i32 * 4 + light + (state % 9) as i32 - 4).clamp(0, 255) as u8
            })
            .collect();
        if let Some(x) = object {
            for y in 150..200 {
                data[y * w + x..y * w + x + 24].fill(220);
            }
        }
        I420 {
            width: 640,
            height: 360,
            strides: [w, w / 2, w / 2],
            offsets: [0, w * h, w * h * 5 / 4],
            data: Arc::new(data),
        }
    }

    fn run(
        gate: &mut MotionGate,
        frames: std::ops::Range<u32>,
        picture: impl Fn(u32) -> I420,
    ) -> Vec<Motion> {
        frames.map(|i| gate.update(f64::from(i) / 10.0, &picture(i), false)).collect()
    }

    #[test]
    fn a_still_noisy_scene_runs_the_detector_only_to_refresh() {
        let mut gate = MotionGate::new(MotionConfig::default());
        let answers = run(&mut gate, 0..400, |i| scene(i, 0, None));
        let runs = answers[20..].iter().filter(|a| a.infer()).count();
        assert!(runs <= 10, "{runs} runs in 38 s of a still scene");
        assert!(answers.contains(&Motion::Refresh));
    }

    #[test]
    fn an_object_that_enters_opens_the_gate_at_once() {
        let mut gate = MotionGate::new(MotionConfig::default());
        run(&mut gate, 0..60, |i| scene(i, 0, None));
        let answers = run(&mut gate, 60..70, |i| scene(i, 0, Some(6 * (i as usize - 60))));
        assert_eq!(answers, vec![Motion::Moving; 10]);
    }

    #[test]
    fn slow_daylight_and_a_passing_cloud_are_not_motion() {
        let mut gate = MotionGate::new(MotionConfig::default());
        run(&mut gate, 0..30, |i| scene(i, 0, None));
        let answers = run(&mut gate, 30..80, |i| scene(i, (i as i32 - 30).min(30), None));
        assert!(!answers.contains(&Motion::Moving));
    }

    #[test]
    fn the_gate_never_closes_while_tracks_move() {
        let mut gate = MotionGate::new(MotionConfig::default());
        for i in 0..200 {
            assert!(gate.update(f64::from(i) / 10.0, &scene(i, 0, None), true).infer());
        }
    }

    #[test]
    fn a_parked_newcomer_becomes_background() {
        let mut gate = MotionGate::new(MotionConfig::default());
        run(&mut gate, 0..30, |i| scene(i, 0, None));
        let answers = run(&mut gate, 30..400, |i| scene(i, 0, Some(300)));
        assert_eq!(answers[0], Motion::Moving);
        assert!(!answers[300..].contains(&Motion::Moving));
    }

    #[test]
    fn a_new_picture_size_and_a_clock_that_jumps_back_start_afresh() {
        let mut gate = MotionGate::new(MotionConfig::default());
        run(&mut gate, 0..60, |i| scene(i, 0, None));
        let mut small = scene(1, 0, None);
        (small.width, small.height) = (320, 180);
        assert_eq!(gate.update(6.1, &small, false), Motion::Always);
        assert_eq!(gate.update(0.0, &small, false), Motion::Always);
    }

    #[test]
    fn switched_off_it_lets_everything_through() {
        let mut gate = MotionGate::new(MotionConfig { enabled: false, ..MotionConfig::default() });
        assert_eq!(run(&mut gate, 0..5, |_| scene(1, 0, None)), vec![Motion::Always; 5]);
    }
}
