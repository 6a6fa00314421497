//! What central knows about itself: counters, and the one trouble that stops it from committing, if there is any.
//!
//! One function counts and logs an occurrence, so that a number and a log line cannot disagree.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// The database, as a thing that may be in trouble.
pub const DATABASE: &str = "the database";
/// The evidence store, likewise.
pub const EVIDENCE: &str = "evidence";

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
    /// Neighbouring events of an agent whose digests do not fit together.
    pub broken_links: AtomicU64,
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
    troubles: Mutex<BTreeMap<&'static str, String>>,
}

impl Health {
    /// Adds one.
    pub fn count(&self, counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Writing failed: nothing is receipted until it works again, so nothing is lost.
    pub fn write_failed(&self, what: &'static str, error: &dyn std::fmt::Display) {
        self.count(&self.write_failures);
        let text = error.to_string();
        let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        if troubles.get(what) != Some(&text) {
            tracing::error!(
                what,
                error = text,
                "cannot write; agents keep their events until this is repaired"
            );
        }
        troubles.insert(what, text);
    }

    /// Writing works.
    pub fn write_worked(&self, what: &'static str) {
        let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        if troubles.remove(what).is_some() {
            tracing::info!(what, "writing works again");
        }
    }

    /// The troubles that stop central from committing.
    pub fn trouble(&self) -> Option<String> {
        let troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        let texts: Vec<_> =
            troubles.iter().map(|(what, error)| format!("{what} cannot be written: {error}")).collect();
        (!texts.is_empty()).then(|| texts.join("; "))
    }

    /// All counters with their names and what they mean, for the metrics page.
    pub fn counters(&self) -> [(&'static str, &'static str, u64); 11] {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        [
            ("vg_events_committed_total", "Events committed", read(&self.committed)),
            ("vg_events_duplicate_total", "Events that were there already", read(&self.duplicates)),
            ("vg_messages_quarantined_total", "Messages put aside or refused", read(&self.quarantined)),
            (
                "vg_evidence_missing_total",
                "Envelopes whose pictures were asked for again",
                read(&self.evidence_missing),
            ),
            ("vg_evidence_stored_total", "Pictures stored", read(&self.pictures)),
            (
                "vg_chain_broken_total",
                "Neighbouring events that do not fit together",
                read(&self.broken_links),
            ),
            ("vg_alerts_raised_total", "Alerts raised", read(&self.alerts)),
            ("vg_lookups_answered_total", "Register questions answered", read(&self.lookups_answered)),
            ("vg_lookups_failed_total", "Register questions not answered", read(&self.lookups_failed)),
            (
                "vg_write_failures_total",
                "Commits or pictures that could not be written",
                read(&self.write_failures),
            ),
            ("vg_broker_losses_total", "Times the broker connection was lost", read(&self.broker_losses)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_stays_until_that_very_thing_works_again() {
        let health = Health::default();
        health.write_failed(EVIDENCE, &"disk full");
        health.write_worked(DATABASE);
        assert!(health.trouble().unwrap().contains("disk full"));
        health.write_worked(EVIDENCE);
        assert_eq!(health.trouble(), None);
    }
}
