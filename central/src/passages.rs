//! A vehicle event becomes a passage: what the register and the lists say about it, and which alerts that raises. Pure.

use std::cmp::Reverse;

use wire::payload::Vehicle;
use wire::plate::PlateColour;

use crate::alerts::{self, NewAlert};
use crate::lists::Snapshot;
use crate::matching::registry::{self, Finding, RegisteredVehicle, RegistryStatus};
use crate::matching::watchlist::{self, Certainty, Match};

/// What is known about a passage at the moment it is committed.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// How the register stands to it.
    pub registry: RegistryStatus,
    /// What does not fit.
    pub findings: Vec<Finding>,
    /// List entries that the reading may mean, surest first.
    pub matches: Vec<Match>,
    /// Alerts to raise, most severe first.
    pub alerts: Vec<NewAlert>,
}

impl Judgement {
    /// `none`, `possible` or `exact`.
    pub fn watchlist(&self) -> &'static str {
        self.matches.iter().map(|found| found.certainty).max().map_or("none", Certainty::as_str)
    }
}

/// Judges a vehicle at the moment of capture.
pub fn judge(
    seen: &Vehicle,
    captured_at_ms: i64,
    status: RegistryStatus,
    registered: Option<&RegisteredVehicle>,
    lists: &Snapshot,
    min_score: f32,
) -> Judgement {
    let matches = seen.reading.as_ref().map_or_else(Vec::new, |reading| {
        let colour = registry::colour(reading, min_score).map(PlateColour::as_str);
        watchlist::matches(reading, registry::group(reading, &seen.class), colour, captured_at_ms, lists)
    });
    let findings = registry::findings(status, seen, registered, min_score);
    let mut raised: Vec<NewAlert> = alerts::for_matches(&matches)
        .into_iter()
        .chain(alerts::for_registry(status, &findings, seen, min_score))
        .collect();
    raised.sort_by_key(|alert| Reverse(alert.severity));
    Judgement { registry: status, findings, matches, alerts: raised }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerts::AlertKind;
    use crate::lists::Priority;
    use crate::lists::snapshot::testing::entry;
    use crate::matching::registry::testing::seen;

    #[test]
    fn a_watched_and_stolen_vehicle_raises_both_alerts_most_severe_first() {
        let lists = Snapshot::new(vec![entry("a", "14A27182", Priority::Medium)]);
        let judged = judge(&seen("car", "14A27182"), 1, RegistryStatus::Stolen, None, &lists, 0.8);
        let kinds: Vec<_> = judged.alerts.iter().map(|alert| alert.kind).collect();
        assert_eq!(kinds, [AlertKind::StolenVehicle, AlertKind::WatchlistPlate]);
        assert_eq!(judged.watchlist(), "exact");
    }

    #[test]
    fn a_vehicle_without_a_reading_raises_nothing() {
        let mut vehicle = seen("car", "14A27182");
        vehicle.reading = None;
        let lists = Snapshot::new(vec![entry("a", "14A27182", Priority::Medium)]);
        let judged = judge(&vehicle, 1, RegistryStatus::NotAsked, None, &lists, 0.8);
        assert!(judged.alerts.is_empty() && judged.matches.is_empty());
        assert_eq!(judged.watchlist(), "none");
    }
}
