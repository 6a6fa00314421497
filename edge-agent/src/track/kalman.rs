//! Constant-velocity Kalman filter of a box: centre, width and height, each an independent filter of position
//! and velocity.
//!
//! Noise is proportional to the size of the object, so that near and far objects are treated alike, and to
//! the elapsed time, so that a camera that delivers 6 or 30 pictures a second gives the same track. With
//! noise that does not couple the four numbers, four 2-state filters are exactly the usual 8-state filter at
//! a fraction of its cost.

use serde::{Deserialize, Serialize};

use crate::geometry::{BBox, Point};

/// How strongly the filter trusts its motion and the detector. All values are parts of the object's size.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MotionConfig {
    /// Standard deviation of a detected edge, part of the box size, for a detection of score 0.
    pub measured: f32,
    /// Random walk of the position after one second, part of the box size.
    pub drift: f32,
    /// Random walk of the velocity after one second, box sizes per second.
    pub acceleration: f32,
    /// Standard deviation of the velocity of a new object, box sizes per second.
    pub first_velocity: f32,
    /// How much a sure detection is trusted more: noise is scaled by `1 - score_trust * score`.
    pub score_trust: f32,
}

impl Default for MotionConfig {
    fn default() -> Self {
        Self { measured: 0.06, drift: 0.3, acceleration: 0.8, first_velocity: 3.0, score_trust: 0.8 }
    }
}

/// Position and velocity of one number with their covariance.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Axis {
    at: f32,
    speed: f32,
    /// Variance of position, covariance, variance of speed.
    p: [f32; 3],
}

impl Axis {
    fn new(at: f32, at_std: f32, speed_std: f32) -> Self {
        Self { at, speed: 0.0, p: [at_std * at_std, 0.0, speed_std * speed_std] }
    }

    fn predict(&mut self, dt: f32, drift: f32, acceleration: f32) {
        self.at += self.speed * dt;
        let [a, b, c] = self.p;
        let (qd, qa) = (drift * drift * dt, acceleration * acceleration * dt);
        // White-noise acceleration integrated over dt, plus a random walk of the position.
        self.p = [a + dt * (2.0 * b + dt * c) + qd + qa * dt * dt / 3.0, b + dt * c + qa * dt / 2.0, c + qa];
    }

    fn update(&mut self, measured: f32, std: f32) {
        let [a, b, c] = self.p;
        let sum = a + std * std;
        if sum <= f32::EPSILON {
            self.at = measured;
            return;
        }
        let (gain_at, gain_speed) = (a / sum, b / sum);
        let innovation = measured - self.at;
        self.at += gain_at * innovation;
        self.speed += gain_speed * innovation;
        self.p = [(1.0 - gain_at) * a, (1.0 - gain_at) * b, c - gain_speed * b];
    }
}

/// Filter of one object. Copy it to look ahead without changing it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoxFilter {
    x: Axis,
    y: Axis,
    w: Axis,
    h: Axis,
}

/// Boxes never shrink below this many pixels, so that noise scaled by size cannot vanish.
const SMALLEST: f32 = 1.0;

impl BoxFilter {
    /// A filter that starts at the first detection, standing still.
    pub fn new(bbox: &BBox, config: &MotionConfig) -> Self {
        let c = bbox.centre();
        let (w, h) = (bbox.w.max(SMALLEST), bbox.h.max(SMALLEST));
        let scale = scale(w, h);
        let axis = |at| Axis::new(at, 2.0 * config.measured * scale, config.first_velocity * scale);
        Self { x: axis(c.x), y: axis(c.y), w: axis(w), h: axis(h) }
    }

    /// Moves the state `dt_s` seconds on. `seen` says whether the object was seen at the last update: a
    /// hidden object keeps its size.
    pub fn predict(&mut self, dt_s: f32, seen: bool, config: &MotionConfig) {
        if !seen {
            self.w.speed = 0.0;
            self.h.speed = 0.0;
        }
        let scale = scale(self.w.at, self.h.at);
        let (drift, acceleration) = (config.drift * scale, config.acceleration * scale);
        for axis in [&mut self.x, &mut self.y, &mut self.w, &mut self.h] {
            axis.predict(dt_s, drift, acceleration);
        }
        self.keep_size();
    }

    /// Corrects the state with a detection of the given score (`0..=1`).
    pub fn update(&mut self, bbox: &BBox, score: f32, config: &MotionConfig) {
        let scale = scale(self.w.at, self.h.at);
        let std = config.measured * scale * (1.0 - config.score_trust * score.clamp(0.0, 1.0)).max(0.05);
        let c = bbox.centre();
        self.x.update(c.x, std);
        self.y.update(c.y, std);
        self.w.update(bbox.w, std);
        self.h.update(bbox.h, std);
        self.keep_size();
    }

    /// Moves the position by a number of pixels; velocity and certainty stay.
    pub fn shift(&mut self, dx: f32, dy: f32) {
        self.x.at += dx;
        self.y.at += dy;
    }

    /// Follows a motion that the object shares with others while it is unseen itself: the position moves
    /// along, and the velocity changes by as much as if the object had been seen there.
    pub fn follow(&mut self, dx: f32, dy: f32) {
        for (axis, moved) in [(&mut self.x, dx), (&mut self.y, dy)] {
            axis.at += moved;
            axis.speed += moved * axis.p[1] / axis.p[0].max(f32::EPSILON);
        }
    }

    /// Where the object is.
    pub fn bbox(&self) -> BBox {
        BBox { x: self.x.at - self.w.at / 2.0, y: self.y.at - self.h.at / 2.0, w: self.w.at, h: self.h.at }
    }

    /// Velocity of the centre, pixels per second.
    pub fn velocity(&self) -> Point {
        Point { x: self.x.speed, y: self.y.speed }
    }

    /// Standard deviation of the centre along one axis, pixels. Noise is the same along both.
    pub fn centre_std(&self) -> f32 {
        self.x.p[0].max(0.0).sqrt()
    }

    fn keep_size(&mut self) {
        self.w.at = self.w.at.max(SMALLEST);
        self.h.at = self.h.at.max(SMALLEST);
    }
}

/// The size that noise is measured in: between the sides, so that a thin person and a wide bus both have a
/// sensible one.
fn scale(w: f32, h: f32) -> f32 {
    (w.max(SMALLEST) * h.max(SMALLEST)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moving(t: f32) -> BBox {
        BBox { x: 100.0 + 90.0 * t, y: 200.0 - 30.0 * t, w: 40.0, h: 80.0 }
    }

    fn follow(fps: f32, seconds: f32) -> BoxFilter {
        let config = MotionConfig::default();
        let mut filter = BoxFilter::new(&moving(0.0), &config);
        for n in 1..=(fps * seconds) as i32 {
            filter.predict(1.0 / fps, true, &config);
            filter.update(&moving(n as f32 / fps), 0.9, &config);
        }
        filter
    }

    #[test]
    fn the_velocity_is_found_at_any_frame_rate() {
        for fps in [5.0, 15.0, 30.0] {
            let v = follow(fps, 3.0).velocity();
            assert!((v.x - 90.0).abs() < 5.0 && (v.y + 30.0).abs() < 5.0, "{fps} fps: {v:?}");
        }
    }

    #[test]
    fn one_long_step_predicts_like_many_short_ones() {
        let config = MotionConfig::default();
        let (mut one, mut many) = (follow(30.0, 2.0), follow(30.0, 2.0));
        one.predict(0.5, true, &config);
        (0..50).for_each(|_| many.predict(0.01, true, &config));
        let (a, b) = (one.bbox(), many.bbox());
        assert!((a.x - b.x).abs() < 0.1 && (a.y - b.y).abs() < 0.1);
        let (sa, sb) = (one.centre_std(), many.centre_std());
        assert!((sa - sb).abs() / sa < 0.02, "{sa} {sb}");
    }

    #[test]
    fn a_hidden_object_becomes_less_certain_and_keeps_its_size() {
        let config = MotionConfig::default();
        let mut filter = follow(30.0, 2.0);
        let before = filter;
        (0..30).for_each(|_| filter.predict(1.0 / 30.0, false, &config));
        assert!(filter.centre_std() > before.centre_std());
        assert!((filter.bbox().w - before.bbox().w).abs() < 0.01);
    }

    #[test]
    fn a_sure_detection_pulls_harder_than_a_doubtful_one() {
        let config = MotionConfig::default();
        let aside = BBox { x: 290.0, y: 140.0, w: 40.0, h: 80.0 };
        let (mut sure, mut doubtful) = (follow(30.0, 2.0), follow(30.0, 2.0));
        sure.update(&aside, 1.0, &config);
        doubtful.update(&aside, 0.1, &config);
        assert!((sure.bbox().x - 290.0).abs() < (doubtful.bbox().x - 290.0).abs());
    }

    #[test]
    fn an_empty_box_never_makes_the_state_useless() {
        let config = MotionConfig::default();
        let mut filter = BoxFilter::new(&BBox::default(), &config);
        for _ in 0..100 {
            filter.predict(0.04, true, &config);
            filter.update(&BBox { x: 5.0, y: 5.0, w: 0.0, h: 0.0 }, 1.0, &config);
        }
        let b = filter.bbox();
        assert!(b.x.is_finite() && b.w >= SMALLEST && filter.centre_std().is_finite());
    }
}
