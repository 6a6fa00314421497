//! Whether central is there. A broker that takes messages proves nothing: central may be gone behind it.
//!
//! Central is there from the moment a session begins, or something that it signed arrives, until the session breaks, or it owes a
//! word (a receipt, an answer) for longer than [`PATIENCE`].

use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::watch;

/// How long central may owe a word before it counts as gone: longer than one repetition of an event.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// Watches for central.
#[derive(Debug)]
pub struct CentralWatch {
    alone: watch::Sender<Option<Timestamp>>,
    owes_since: Option<Instant>,
}

impl CentralWatch {
    /// Nobody is there before the first session.
    pub fn new(now: Timestamp) -> Self {
        Self { alone: watch::channel(Some(now)).0, owes_since: None }
    }

    /// Since when central is away; none while it is there.
    pub fn alone(&self) -> watch::Receiver<Option<Timestamp>> {
        self.alone.subscribe()
    }

    /// A session began, or central said something.
    pub(super) fn heard(&mut self) {
        self.owes_since = None;
        self.say(None);
    }

    /// Something was sent that central answers.
    pub(super) fn sent(&mut self, now: Instant) {
        self.owes_since.get_or_insert(now);
    }

    /// Time passes.
    pub(super) fn tick(&mut self, now: Instant, wall: Timestamp) {
        if self.owes_since.is_some_and(|since| now.saturating_duration_since(since) > PATIENCE) {
            self.say(Some(wall));
        }
    }

    /// The session broke.
    pub(super) fn gone(&mut self, wall: Timestamp) {
        self.owes_since = None;
        self.say(Some(wall));
    }

    fn say(&mut self, alone: Option<Timestamp>) {
        let changed = self.alone.send_if_modified(|said| {
            let changed = said.is_some() != alone.is_some();
            if changed {
                *said = alone;
            }
            changed
        });
        match (changed, alone) {
            (true, Some(since)) => tracing::warn!(%since, "central is away: gates decide alone"),
            (true, None) => tracing::info!("central is there"),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn central_is_away_when_the_session_breaks_and_since_that_moment() {
        let mut watch = CentralWatch::new(wall(1));
        let alone = watch.alone();
        assert_eq!(*alone.borrow(), Some(wall(1)));
        watch.heard();
        assert_eq!(*alone.borrow(), None);
        watch.gone(wall(5));
        watch.gone(wall(9));
        assert_eq!(*alone.borrow(), Some(wall(5)), "the first moment counts");
    }

    #[test]
    fn a_broker_without_central_behind_it_is_noticed_when_a_word_stays_out() {
        let (mut watch, begin) = (CentralWatch::new(wall(0)), Instant::now());
        let alone = watch.alone();
        watch.heard();
        watch.tick(begin + 10 * PATIENCE, wall(100));
        assert_eq!(*alone.borrow(), None, "it owes nothing");
        watch.sent(begin);
        watch.sent(begin + PATIENCE);
        watch.tick(begin + PATIENCE / 2, wall(101));
        assert_eq!(*alone.borrow(), None);
        watch.tick(begin + PATIENCE + Duration::from_secs(1), wall(102));
        assert_eq!(*alone.borrow(), Some(wall(102)));
        watch.heard();
        assert_eq!(*alone.borrow(), None);
        watch.tick(begin + 10 * PATIENCE, wall(200));
        assert_eq!(*alone.borrow(), None, "what was owed is paid");
    }
}
