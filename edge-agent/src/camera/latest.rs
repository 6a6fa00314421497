//! A mailbox with one slot: the newest value wins, what it replaces is counted.
//!
//! Invariant: `offered == taken + replaced + waiting`, where `waiting` is 0 or 1.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// What went through a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Values put in.
    pub offered: u64,
    /// Values taken out.
    pub taken: u64,
    /// Values thrown away because a newer one came.
    pub replaced: u64,
    /// Values in the slot now: 0 or 1.
    pub waiting: u64,
}

struct Slot<T> {
    value: Option<T>,
    counts: Counts,
    closed: bool,
}

/// The mailbox. Share it with `Arc`; any number of writers and readers.
pub struct Latest<T> {
    slot: Mutex<Slot<T>>,
    ready: Condvar,
    notify: Notify,
}

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Latest<T> {
    /// An empty, open mailbox.
    pub fn new() -> Self {
        Self {
            slot: Mutex::new(Slot { value: None, counts: Counts::default(), closed: false }),
            ready: Condvar::new(),
            notify: Notify::new(),
        }
    }

    /// Puts the newest value; returns whether an older one was thrown away. After `close` nothing is kept
    /// and the value counts as replaced.
    pub fn put(&self, value: T) -> bool {
        let old = {
            let mut slot = self.lock();
            slot.counts.offered += 1;
            let old = if slot.closed { Some(value) } else { slot.value.replace(value) };
            if old.is_some() {
                slot.counts.replaced += 1;
            }
            old
        };
        self.ready.notify_one();
        self.notify.notify_one();
        // The old picture is freed here, outside the lock.
        old.is_some()
    }

    /// Takes the value, waiting at most `timeout`. `None` when nothing came or the mailbox is closed.
    pub fn take(&self, timeout: Duration) -> Option<T> {
        let deadline = Instant::now() + timeout;
        let mut slot = self.lock();
        loop {
            if let Some(value) = Self::remove(&mut slot) {
                return Some(value);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if slot.closed || left.is_zero() {
                return None;
            }
            slot = self.ready.wait_timeout(slot, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Takes the value if one is there.
    pub fn try_take(&self) -> Option<T> {
        Self::remove(&mut self.lock())
    }

    /// Waits without blocking a thread; `None` once the mailbox is closed and empty. For one reader:
    /// a wake-up is given to one waiting task.
    pub async fn next(&self) -> Option<T> {
        loop {
            let woken = self.notify.notified();
            {
                let mut slot = self.lock();
                if let Some(value) = Self::remove(&mut slot) {
                    return Some(value);
                }
                if slot.closed {
                    return None;
                }
            }
            woken.await;
        }
    }

    /// Says that no more will come, and wakes everybody who waits. A value already there can still be taken.
    pub fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_all();
        self.notify.notify_waiters();
        self.notify.notify_one();
    }

    /// Whether `close` was called.
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// What went through so far.
    pub fn counts(&self) -> Counts {
        let slot = self.lock();
        Counts { waiting: u64::from(slot.value.is_some()), ..slot.counts }
    }

    fn remove(slot: &mut Slot<T>) -> Option<T> {
        let value = slot.value.take()?;
        slot.counts.taken += 1;
        Some(value)
    }

    fn lock(&self) -> MutexGuard<'_, Slot<T>> {
        // No code of others runs under this lock, so a poisoned slot is still a whole one.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn the_newest_value_wins_and_the_replaced_are_counted() {
        let mailbox = Latest::new();
        assert!(!mailbox.put(1));
        assert!(mailbox.put(2));
        assert!(mailbox.put(3));
        assert_eq!(mailbox.counts(), Counts { offered: 3, taken: 0, replaced: 2, waiting: 1 });
        assert_eq!(mailbox.take(Duration::ZERO), Some(3));
        assert_eq!(mailbox.try_take(), None);
        assert_eq!(mailbox.counts(), Counts { offered: 3, taken: 1, replaced: 2, waiting: 0 });
    }

    #[test]
    fn a_reader_waits_no_longer_than_asked() {
        let mailbox = Latest::<u8>::new();
        let begin = Instant::now();
        assert_eq!(mailbox.take(Duration::from_millis(30)), None);
        assert!(begin.elapsed() >= Duration::from_millis(30));
    }

    #[test]
    fn a_waiting_reader_is_woken_by_a_value_and_by_closing() {
        let mailbox = Arc::new(Latest::new());
        let reader = std::thread::spawn({
            let mailbox = mailbox.clone();
            move || (mailbox.take(Duration::from_secs(60)), mailbox.take(Duration::from_secs(60)))
        });
        mailbox.put(7);
        while mailbox.counts().taken == 0 {
            std::thread::yield_now();
        }
        mailbox.close();
        assert_eq!(reader.join().ok(), Some((Some(7), None)));
        assert!(mailbox.put(8), "after closing a value is thrown away and counted");
        assert_eq!(mailbox.counts(), Counts { offered: 2, taken: 1, replaced: 1, waiting: 0 });
    }

    #[tokio::test]
    async fn an_async_reader_gets_every_wake_up_it_needs() {
        let mailbox = Arc::new(Latest::new());
        let writer = tokio::spawn({
            let mailbox = mailbox.clone();
            async move {
                for i in 0..50 {
                    mailbox.put(i);
                    tokio::task::yield_now().await;
                }
                mailbox.close();
            }
        });
        let mut last = None;
        while let Some(value) = mailbox.next().await {
            assert!(last < Some(value), "values come in order");
            last = Some(value);
        }
        assert_eq!(last, Some(49), "the newest is never lost");
        assert!(writer.await.is_ok());
        let counts = mailbox.counts();
        assert_eq!(counts.offered, counts.taken + counts.replaced);
    }

    #[test]
    fn frame_counters_add_up_under_contention() {
        let mailbox = Arc::new(Latest::new());
        let writers: Vec<_> = (0..4)
            .map(|w| {
                let mailbox = mailbox.clone();
                std::thread::spawn(move || {
                    for i in 0..500 {
                        mailbox.put((w, i));
                    }
                })
            })
            .collect();
        let mut got = 0;
        while writers.iter().any(|w| !w.is_finished()) || mailbox.counts().waiting == 1 {
            got += u64::from(mailbox.take(Duration::from_millis(1)).is_some());
        }
        let counts = mailbox.counts();
        assert_eq!(counts.offered, 2000);
        assert_eq!(counts.taken, got);
        assert_eq!(counts.offered, counts.taken + counts.replaced + counts.waiting);
    }
}
