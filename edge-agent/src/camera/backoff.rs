//! How long to wait before the next try: doubling, capped, with jitter so that a hundred cameras behind one
//! switch do not come back in the same instant.

use std::time::Duration;

/// Waits between tries.
pub(super) struct Backoff {
    first: Duration,
    cap: Duration,
    next: Duration,
}

impl Backoff {
    /// For a camera that cannot be reached or was lost.
    pub(super) fn for_link() -> Self {
        Self::new(Duration::from_millis(500), Duration::from_secs(15))
    }

    /// For a camera that refuses the password: many cameras lock an account after a few wrong tries.
    pub(super) fn for_password() -> Self {
        Self::new(Duration::from_secs(60), Duration::from_secs(300))
    }

    fn new(first: Duration, cap: Duration) -> Self {
        Self { first, cap, next: first }
    }

    /// The next wait; `random` in `0..1` spreads it over 75 % to 125 %.
    pub(super) fn next(&mut self, random: f64) -> Duration {
        let wait = self.next.mul_f64(0.75 + random.clamp(0.0, 1.0) / 2.0);
        self.next = (self.next * 2).min(self.cap);
        wait
    }

    /// Begins anew after a success.
    pub(super) fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_cap_and_begin_anew_after_success() {
        let mut backoff = Backoff::for_link();
        let waits: Vec<u64> = (0..8).map(|_| backoff.next(0.5).as_millis() as u64).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
        backoff.reset();
        assert_eq!(backoff.next(0.0).as_millis(), 375);
        assert_eq!(backoff.next(1.0).as_millis(), 1250);
    }

    #[test]
    fn a_refused_password_is_never_tried_hot() {
        let mut backoff = Backoff::for_password();
        assert!((0..10).all(|_| backoff.next(0.0) >= Duration::from_secs(45)));
    }
}
