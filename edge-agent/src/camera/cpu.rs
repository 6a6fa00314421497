//! CPU time of the calling thread, for the per-stage costs in summaries and health.

use std::cell::Cell;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// CPU time this thread has used since it started.
pub fn thread_cpu() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.try_into().unwrap_or(0), now.tv_nsec.try_into().unwrap_or(0))
}

thread_local! {
    static MARK: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// CPU time this thread used since its previous lap; a thread's first lap counts from its start.
pub(super) fn lap() -> Duration {
    let now = thread_cpu();
    now.saturating_sub(MARK.replace(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleeping_costs_no_cpu_time_and_working_does() {
        lap();
        std::thread::sleep(Duration::from_millis(50));
        assert!(lap() < Duration::from_millis(40));
        let begin = thread_cpu();
        let mut x = 1u64;
        while thread_cpu() - begin < Duration::from_millis(5) {
            x = std::hint::black_box(x.wrapping_mul(3));
        }
        assert!(lap() >= Duration::from_millis(5));
    }
}
