//! What central knows about itself: counters, and the one trouble that stops it from committing, if there is any.
//!
//! One function counts and logs an occurrence, so that a number and a log line cannot disagree.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Counters since start, and the present state. Shared by all parts.
#[derive(Debug, Default)]
pub struct Health {
    /// Events committed.
    pub committed: AtomicU64,
    /// Events that were there already.
    pub duplicates: AtomicU64,
    /// Messages put aside or refused, forgeries included.
    pub quarantined: AtomicU64,
    /// Envelopes answered with `evidence_missing`.
    pub evidence_missing: AtomicU64,
    /// Pictures stored.
    pub pictures: AtomicU64,
    /// Alerts raised.
    pub alerts: AtomicU64,
    /// Questions to the vehicle register that were answered.
    pub lookups_answered: AtomicU64,
    /// Questions to the vehicle register that were not.
    pub lookups_failed: AtomicU64,
    /// Times that a commit or a picture could not be written.
    pub write_failures: AtomicU64,
    /// Times that the connection to the broker was lost.
    pub broker_losses: AtomicU64,
    /// Whether the broker is connected and subscribed.
    pub broker_connected: AtomicBool,
    /// Milliseconds since 1970 of the newest commit; 0 before the first.
    pub last_commit_ms: AtomicI64,
    trouble: Mutex<Option<String>>,
}

impl Health {
    /// Adds one.
    pub fn count(&self, counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Writing failed: nothing is receipted until it works again, so nothing is lost.
    pub fn write_failed(&self, what: &'static str, error: &dyn std::fmt::Display) {
        self.count(&self.write_failures);
        let text = format!("{what} cannot be written: {error}");
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if trouble.as_deref() != Some(&text) {
            tracing::error!(what, %error, "cannot write; agents keep their events until this is repaired");
        }
        *trouble = Some(text);
    }

    /// Writing works.
    pub fn write_worked(&self) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if trouble.take().is_some() {
            tracing::info!("writing works again");
        }
    }

    /// The trouble that stops central from committing.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All counters with their names and what they mean, for the metrics page.
    pub fn counters(&self) -> [(&'static str, &'static str, u64); 10] {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        [
            ("vg_events_committed_total", "Events committed", read(&self.committed)),
            ("vg_events_duplicate_total", "Events that were there already", read(&self.duplicates)),
            ("vg_messages_quarantined_total", "Messages put aside or refused", read(&self.quarantined)),
            ("vg_evidence_missing_total", "Envelopes whose pictures were asked for again", read(&self.evidence_missing)),
            ("vg_evidence_stored_total", "Pictures stored", read(&self.pictures)),
            ("vg_alerts_raised_total", "Alerts raised", read(&self.alerts)),
            ("vg_lookups_answered_total", "Register questions answered", read(&self.lookups_answered)),
            ("vg_lookups_failed_total", "Register questions not answered", read(&self.lookups_failed)),
            ("vg_write_failures_total", "Commits or pictures that could not be written", read(&self.write_failures)),
            ("vg_broker_losses_total", "Times the broker connection was lost", read(&self.broker_losses)),
        ]
    }
}
