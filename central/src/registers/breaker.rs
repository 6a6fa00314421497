//! A circuit breaker: a service that fails repeatedly is left alone for a while, so that events do not wait for it. Pure.

use std::time::Duration;

use tokio::time::Instant;

/// Failures in a row that open it.
const LIMIT: u32 = 4;
/// How long it stays open.
const REST: Duration = Duration::from_secs(10);

/// Whether a service is asked.
#[derive(Debug, Default)]
pub struct Breaker {
    failures: u32,
    open_until: Option<Instant>,
}

impl Breaker {
    /// Whether to ask now. After the rest one question is let through to try; the others wait for its answer.
    pub fn may_ask(&mut self, now: Instant) -> bool {
        match self.open_until {
            Some(until) if now < until => false,
            Some(_) => {
                self.open_until = Some(now + REST);
                true
            }
            None => true,
        }
    }

    /// It answered.
    pub fn answered(&mut self) {
        *self = Self::default();
    }

    /// It did not answer. Returns whether this opened the breaker.
    pub fn failed(&mut self, now: Instant) -> bool {
        self.failures = self.failures.saturating_add(1);
        let opens = self.failures == LIMIT;
        if self.failures >= LIMIT {
            self.open_until = Some(now + REST);
        }
        opens
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_service_is_left_alone_then_tried_once() {
        let start = Instant::now();
        let mut breaker = Breaker::default();
        for _ in 0..LIMIT {
            assert!(breaker.may_ask(start));
            breaker.failed(start);
        }
        assert!(!breaker.may_ask(start + REST / 2));
        let later = start + REST + Duration::from_millis(1);
        assert!(breaker.may_ask(later));
        assert!(!breaker.may_ask(later), "one question tries, the others do not");
        breaker.answered();
        assert!(breaker.may_ask(later));
    }
}
