//! Which decoded frames are handed on, so that the analysis rate holds on average whatever the camera sends.

use std::time::Duration;

/// Keeps frames at a rate, judged by presentation times alone.
pub(super) struct Pacer {
    period: Duration,
    due: Option<Duration>,
}

impl Pacer {
    /// `fps` frames per second; not finite or not positive keeps every frame.
    pub(super) fn new(fps: f64) -> Self {
        let period = if fps.is_finite() && fps > 0.0 {
            Duration::try_from_secs_f64(1.0 / fps).unwrap_or(Duration::ZERO)
        } else {
            Duration::ZERO
        };
        Self { period, due: None }
    }

    /// Whether the frame at `pts` is kept. A frame without a time is.
    pub(super) fn keep(&mut self, pts: Option<Duration>) -> bool {
        let Some(pts) = pts.filter(|_| !self.period.is_zero()) else {
            return true;
        };
        // A quarter of a period of grace: a camera at the analysis rate itself must not lose frames to jitter.
        let grace = self.period / 4;
        self.due = match self.due {
            Some(due) if pts + grace < due && due <= pts + self.period * 2 => return false,
            // Counted from the time that was due, not from this frame: otherwise the rate would sag.
            Some(due) if due + self.period > pts && due <= pts + self.period * 2 => Some(due + self.period),
            // The first frame, or time jumped either way.
            _ => Some(pts + self.period),
        };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(fps: f64, times_ms: impl Iterator<Item = u64>) -> usize {
        let mut pacer = Pacer::new(fps);
        times_ms.filter(|t| pacer.keep(Some(Duration::from_millis(*t)))).count()
    }

    #[test]
    fn the_rate_holds_on_average() {
        let at_25 = || (0..250u64).map(|i| i * 40);
        assert!((99..=101).contains(&kept(10.0, at_25())));
        assert_eq!(kept(25.0, at_25()), 250);
        assert!((49..=51).contains(&kept(5.0, at_25())));
        assert_eq!(kept(60.0, at_25()), 250);
    }

    #[test]
    fn jitter_at_the_analysis_rate_itself_loses_nothing() {
        let jittered = (0..100u64).map(|i| 100 * i + (i * 7919) % 20);
        assert!(kept(10.0, jittered) >= 99);
    }

    #[test]
    fn a_clock_that_jumps_back_or_ahead_does_not_stop_the_stream() {
        let jump = (0..50u64).map(|i| 100_000 + i * 40).chain((0..50).map(|i| i * 40));
        assert!((39..=42).contains(&kept(10.0, jump)));
        let ahead = (0..50u64).map(|i| i * 40).chain((0..50).map(|i| 900_000 + i * 40));
        assert!((39..=42).contains(&kept(10.0, ahead)));
    }

    #[test]
    fn frames_without_a_time_and_a_rate_of_none_keep_all() {
        assert!(Pacer::new(1.0).keep(None));
        assert_eq!(kept(f64::NAN, 0..10), 10);
    }
}
