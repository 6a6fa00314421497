//! Which event to send next: pure. Live events first, a backlog behind them, unanswered ones again after a while.

use std::collections::BTreeMap;
use std::time::Duration;

/// The sending window of one connection. Times are durations since the connection was made.
#[derive(Debug)]
pub(super) struct Window {
    limit: usize,
    resend_after: Duration,
    /// Events after this number are live: they came after the connection was made.
    newest_at_connect: u64,
    next_live: u64,
    next_backlog: u64,
    in_flight: BTreeMap<u64, Duration>,
}

impl Window {
    /// A fresh window: nothing is in flight, everything up to `newest` is backlog.
    pub(super) fn new(limit: usize, resend_after: Duration, newest: u64) -> Self {
        Self {
            limit: limit.max(2),
            resend_after,
            newest_at_connect: newest,
            next_live: newest + 1,
            next_backlog: 0,
            in_flight: BTreeMap::new(),
        }
    }

    /// The next number to send, if any may be sent now. `waiting_from(seq)` is the first waiting number ≥ `seq`.
    pub(super) fn next(&mut self, now: Duration, waiting_from: impl Fn(u64) -> Option<u64>) -> Option<u64> {
        if let Some(seq) = self.overdue(now) {
            self.in_flight.insert(seq, now);
            return Some(seq);
        }
        if self.in_flight.len() >= self.limit {
            return None;
        }
        if let Some(seq) = waiting_from(self.next_live) {
            self.next_live = seq + 1;
            self.in_flight.insert(seq, now);
            return Some(seq);
        }
        let backlog_in_flight = self.in_flight.range(..=self.newest_at_connect).count();
        // Half the window stays free for live events, however long the backlog is.
        if backlog_in_flight >= self.limit / 2 {
            return None;
        }
        let seq = waiting_from(self.next_backlog).filter(|seq| *seq <= self.newest_at_connect)?;
        self.next_backlog = seq + 1;
        self.in_flight.insert(seq, now);
        Some(seq)
    }

    /// The event was answered for good, or is no longer in the outbox.
    pub(super) fn done(&mut self, seq: u64) {
        self.in_flight.remove(&seq);
    }

    /// The event could not be handed to the client just now: it is due again at once.
    pub(super) fn retry(&mut self, seq: u64) {
        if let Some(sent) = self.in_flight.get_mut(&seq) {
            *sent = Duration::ZERO;
        }
    }

    /// Central wants the event again (its pictures were missing), but not in a tight loop.
    pub(super) fn again_in(&mut self, seq: u64, now: Duration, pause: Duration) {
        if let Some(sent) = self.in_flight.get_mut(&seq) {
            *sent = (now + pause).saturating_sub(self.resend_after);
        }
    }

    fn overdue(&self, now: Duration) -> Option<u64> {
        let due = |sent: Duration| sent.is_zero() && now > Duration::ZERO || now >= sent + self.resend_after;
        self.in_flight.iter().find(|&(_, &sent)| due(sent)).map(|(&seq, _)| seq)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const S: Duration = Duration::from_secs(1);

    fn first(waiting: &BTreeSet<u64>) -> impl Fn(u64) -> Option<u64> + '_ {
        |from| waiting.range(from..).next().copied()
    }

    #[test]
    fn live_events_overtake_a_backlog_and_each_keeps_its_order() {
        let waiting: BTreeSet<u64> = (1..=6).collect();
        let mut window = Window::new(8, 10 * S, 4);
        let sent: Vec<u64> = std::iter::from_fn(|| window.next(S, first(&waiting))).collect();
        assert_eq!(sent, [5, 6, 1, 2, 3, 4]);
    }

    #[test]
    fn a_long_backlog_leaves_half_the_window_to_live_events() {
        let mut waiting: BTreeSet<u64> = (1..=100).collect();
        let mut window = Window::new(8, 10 * S, 100);
        let sent: Vec<u64> = std::iter::from_fn(|| window.next(S, first(&waiting))).collect();
        assert_eq!(sent, [1, 2, 3, 4]);
        waiting.insert(101);
        assert_eq!(window.next(S, first(&waiting)), Some(101));
    }

    #[test]
    fn an_unanswered_event_is_sent_again_and_an_answered_one_is_not() {
        let waiting: BTreeSet<u64> = [1].into();
        let mut window = Window::new(8, 10 * S, 0);
        assert_eq!(window.next(S, first(&waiting)), Some(1));
        assert_eq!(window.next(5 * S, first(&waiting)), None);
        assert_eq!(window.next(11 * S, first(&waiting)), Some(1));
        window.done(1);
        assert_eq!(window.next(100 * S, first(&waiting)), None);
    }

    #[test]
    fn missing_pictures_make_it_due_after_a_pause() {
        let waiting: BTreeSet<u64> = [1].into();
        let mut window = Window::new(8, 10 * S, 0);
        window.next(20 * S, first(&waiting));
        window.again_in(1, 21 * S, S);
        assert_eq!(window.next(21 * S, first(&waiting)), None);
        assert_eq!(window.next(22 * S, first(&waiting)), Some(1));
    }

    proptest! {
        #[test]
        fn everything_is_sent_whatever_is_lost(lost in prop::collection::vec(any::<bool>(), 1..200), newest in 0_u64..40) {
            let mut waiting: BTreeSet<u64> = (1..=40).collect();
            let mut window = Window::new(4, S, newest);
            let mut answers = lost.into_iter().chain(std::iter::repeat(false));
            for tick in 1..2000_u32 {
                while let Some(seq) = window.next(S / 2 * tick, first(&waiting)) {
                    if answers.next() == Some(false) {
                        waiting.remove(&seq);
                        window.done(seq);
                    }
                }
            }
            prop_assert!(waiting.is_empty());
        }
    }
}
