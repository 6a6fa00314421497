//! Which event to send next: pure. Live events first, a backlog behind them, unanswered ones again after a while.
//!
//! *Heavy* events (with a clip) travel one at a time, and only while nothing light waits: so a live event has at most one clip before it.

use std::collections::{BTreeMap, BTreeSet};
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
    /// Heavy events that were passed by.
    postponed: BTreeSet<u64>,
    /// The heavy event in flight.
    heavy: Option<u64>,
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
            postponed: BTreeSet::new(),
            heavy: None,
        }
    }

    /// The next number to send, if any may be sent now. `waiting_from(seq)` is the first waiting number ≥ `seq`, `is_heavy(seq)` whether it
    /// brings a clip along.
    pub(super) fn next(
        &mut self,
        now: Duration,
        waiting_from: impl Fn(u64) -> Option<u64>,
        is_heavy: impl Fn(u64) -> bool,
    ) -> Option<u64> {
        if let Some(seq) = self.overdue(now) {
            self.in_flight.insert(seq, now);
            return Some(seq);
        }
        if self.in_flight.len() >= self.limit {
            return None;
        }
        while let Some(seq) = self.next_in_line(&waiting_from) {
            if is_heavy(seq) {
                self.postponed.insert(seq);
                continue;
            }
            self.in_flight.insert(seq, now);
            return Some(seq);
        }
        if self.heavy.is_some() {
            return None;
        }
        // Live ones first here too.
        let live = self.postponed.range(self.newest_at_connect + 1..).next();
        let seq = *live.or_else(|| self.postponed.first())?;
        self.postponed.remove(&seq);
        self.heavy = Some(seq);
        self.in_flight.insert(seq, now);
        Some(seq)
    }

    fn next_in_line(&mut self, waiting_from: &impl Fn(u64) -> Option<u64>) -> Option<u64> {
        if let Some(seq) = waiting_from(self.next_live) {
            self.next_live = seq + 1;
            return Some(seq);
        }
        let backlog_in_flight = self.in_flight.range(..=self.newest_at_connect).count();
        // Half the window stays free for live events, however long the backlog is.
        if backlog_in_flight >= self.limit / 2 {
            return None;
        }
        let seq = waiting_from(self.next_backlog).filter(|seq| *seq <= self.newest_at_connect)?;
        self.next_backlog = seq + 1;
        Some(seq)
    }

    /// The event was answered for good, or is no longer in the outbox.
    pub(super) fn done(&mut self, seq: u64) {
        self.in_flight.remove(&seq);
        self.postponed.remove(&seq);
        self.heavy = self.heavy.filter(|heavy| *heavy != seq);
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
    use proptest::prelude::*;

    use super::*;

    const S: Duration = Duration::from_secs(1);

    fn light(_: u64) -> bool {
        false
    }

    fn first(waiting: &BTreeSet<u64>) -> impl Fn(u64) -> Option<u64> + '_ {
        |from| waiting.range(from..).next().copied()
    }

    #[test]
    fn live_events_overtake_a_backlog_and_each_keeps_its_order() {
        let waiting: BTreeSet<u64> = (1..=6).collect();
        let mut window = Window::new(8, 10 * S, 4);
        let sent: Vec<u64> = std::iter::from_fn(|| window.next(S, first(&waiting), light)).collect();
        assert_eq!(sent, [5, 6, 1, 2, 3, 4]);
    }

    #[test]
    fn a_long_backlog_leaves_half_the_window_to_live_events() {
        let mut waiting: BTreeSet<u64> = (1..=100).collect();
        let mut window = Window::new(8, 10 * S, 100);
        let sent: Vec<u64> = std::iter::from_fn(|| window.next(S, first(&waiting), light)).collect();
        assert_eq!(sent, [1, 2, 3, 4]);
        waiting.insert(101);
        assert_eq!(window.next(S, first(&waiting), light), Some(101));
    }

    #[test]
    fn an_unanswered_event_is_sent_again_and_an_answered_one_is_not() {
        let waiting: BTreeSet<u64> = [1].into();
        let mut window = Window::new(8, 10 * S, 0);
        assert_eq!(window.next(S, first(&waiting), light), Some(1));
        assert_eq!(window.next(5 * S, first(&waiting), light), None);
        assert_eq!(window.next(11 * S, first(&waiting), light), Some(1));
        window.done(1);
        assert_eq!(window.next(100 * S, first(&waiting), light), None);
    }

    #[test]
    fn missing_pictures_make_it_due_after_a_pause() {
        let waiting: BTreeSet<u64> = [1].into();
        let mut window = Window::new(8, 10 * S, 0);
        window.next(20 * S, first(&waiting), light);
        window.again_in(1, 21 * S, S);
        assert_eq!(window.next(21 * S, first(&waiting), light), None);
        assert_eq!(window.next(22 * S, first(&waiting), light), Some(1));
    }

    #[test]
    fn heavy_events_go_one_at_a_time_and_let_light_ones_pass() {
        let mut waiting: BTreeSet<u64> = (1..=8).collect();
        let heavy = |seq: u64| matches!(seq, 1 | 2 | 6 | 9);
        let mut window = Window::new(16, 100 * S, 4);
        let sent = |waiting: &BTreeSet<u64>, window: &mut Window| -> Vec<u64> {
            std::iter::from_fn(|| window.next(S, first(waiting), heavy)).collect()
        };
        assert_eq!(
            sent(&waiting, &mut window),
            [5, 7, 8, 3, 4, 6],
            "light ones, then one heavy: the live one"
        );
        waiting.extend([9, 10]);
        assert_eq!(sent(&waiting, &mut window), [10], "a light one passes the clips");
        let free = |seq: u64, waiting: &mut BTreeSet<u64>, window: &mut Window| {
            waiting.remove(&seq);
            window.done(seq);
        };
        free(6, &mut waiting, &mut window);
        assert_eq!(sent(&waiting, &mut window), [9]);
        free(9, &mut waiting, &mut window);
        assert_eq!(sent(&waiting, &mut window), [1]);
        free(1, &mut waiting, &mut window);
        assert_eq!(sent(&waiting, &mut window), [2]);
    }

    proptest! {
        #[test]
        fn everything_is_sent_whatever_is_lost(lost in prop::collection::vec(any::<bool>(), 1..200), newest in 0_u64..40, every in 1_u64..6) {
            let mut waiting: BTreeSet<u64> = (1..=40).collect();
            let mut window = Window::new(4, S, newest);
            let mut answers = lost.into_iter().chain(std::iter::repeat(false));
            for tick in 1..2000_u32 {
                while let Some(seq) = window.next(S / 2 * tick, first(&waiting), |seq| seq % every == 0) {
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
