//! Alerts: what an operator must see, and the life of one. Pure; the store applies what is decided here.
//!
//! ```text
//! new → acknowledged → verifying → confirmed | false_alarm → closed
//! ```
//! Steps may be skipped forwards, never backwards; a closed alert stays closed. Machines raise alerts, people move them.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use wire::payload::Vehicle;

use crate::lists::Priority;
use crate::matching::registry::{Finding, OTHER_GROUP, RegistryStatus};
use crate::matching::watchlist::{Certainty, Match};

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// Nobody has seen it.
    New,
    /// Somebody has it.
    Acknowledged,
    /// Somebody is finding out.
    Verifying,
    /// It is true.
    Confirmed,
    /// It is not.
    FalseAlarm,
    /// Done.
    Closed,
}

impl AlertState {
    const ALL: [Self; 6] =
        [Self::New, Self::Acknowledged, Self::Verifying, Self::Confirmed, Self::FalseAlarm, Self::Closed];

    /// The word in the store and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Acknowledged => "acknowledged",
            Self::Verifying => "verifying",
            Self::Confirmed => "confirmed",
            Self::FalseAlarm => "false_alarm",
            Self::Closed => "closed",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// States that may follow.
    pub fn next(self) -> &'static [Self] {
        use AlertState as S;
        match self {
            S::New => &[S::Acknowledged, S::Verifying, S::Confirmed, S::FalseAlarm],
            S::Acknowledged => &[S::Verifying, S::Confirmed, S::FalseAlarm],
            S::Verifying => &[S::Confirmed, S::FalseAlarm],
            S::Confirmed | S::FalseAlarm => &[S::Closed],
            S::Closed => &[],
        }
    }
}

/// A step that the life of an alert does not have.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("an alert that is {} cannot become {}", from.as_str(), to.as_str())]
pub struct BadTransition {
    /// Where it stands.
    pub from: AlertState,
    /// What was asked for.
    pub to: AlertState,
}

/// Whether an alert may go from one state to another.
pub fn transition(from: AlertState, to: AlertState) -> Result<(), BadTransition> {
    if from.next().contains(&to) { Ok(()) } else { Err(BadTransition { from, to }) }
}

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertKind {
    /// A plate on a watch list.
    WatchlistPlate,
    /// The register says stolen.
    StolenVehicle,
    /// Register and picture, or register and road, do not fit.
    RegistryMismatch,
}

impl AlertKind {
    /// The word in the store and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WatchlistPlate => "watchlist_plate",
            Self::StolenVehicle => "stolen_vehicle",
            Self::RegistryMismatch => "registry_mismatch",
        }
    }
}

/// An alert that is to be raised.
#[derive(Debug, Clone)]
pub struct NewAlert {
    /// About what.
    pub kind: AlertKind,
    /// How urgent.
    pub severity: Priority,
    /// How sure.
    pub certainty: Certainty,
    /// Title, Vietnamese.
    pub title_vi: String,
    /// Title, English.
    pub title_en: String,
    /// Why, Vietnamese.
    pub reason_vi: String,
    /// Why, English.
    pub reason_en: String,
}

/// The alert for the best of some matches, ordered surest first; the others are on the passage's page.
pub fn for_matches(matches: &[Match]) -> Option<NewAlert> {
    let best = matches.first()?;
    let entry = &best.entry;
    let (severity, title_vi, title_en) = match best.certainty {
        Certainty::Exact => (
            entry.priority,
            format!("Biển số trong {}", lower_first(&entry.list_name_vi)),
            format!("Plate on {}", lower_first(&entry.list_name_en)),
        ),
        Certainty::Possible => (
            entry.priority.lowered(),
            format!("Có thể là biển số trong {}", lower_first(&entry.list_name_vi)),
            format!("Possibly a plate on {}", lower_first(&entry.list_name_en)),
        ),
    };
    Some(NewAlert {
        kind: AlertKind::WatchlistPlate,
        severity,
        certainty: best.certainty,
        title_vi,
        title_en,
        reason_vi: format!("{}. {}.", best.why_vi, entry.reason_vi.trim_end_matches('.')),
        reason_en: format!("{}. {}.", best.why_en, entry.reason_en.trim_end_matches('.')),
    })
}

/// The alert for what the register answered. A repaired or unsure reading makes it "possible".
pub fn for_registry(
    status: RegistryStatus,
    findings: &[Finding],
    seen: &Vehicle,
    sure_score: f32,
) -> Option<NewAlert> {
    let certain =
        seen.reading.as_ref().is_some_and(|r| r.valid && r.edits.is_empty() && r.score >= sure_score);
    let certainty = if certain { Certainty::Exact } else { Certainty::Possible };
    let alert = |kind, severity: Priority, title: (&str, &str), finding: &Finding| NewAlert {
        kind,
        severity: if certain { severity } else { severity.lowered() },
        certainty,
        title_vi: title.0.to_owned(),
        title_en: title.1.to_owned(),
        reason_vi: format!("{}.", finding.text_vi),
        reason_en: format!("{}.", finding.text_en),
    };
    let finding = |code: &str| findings.iter().find(|finding| finding.code == code);
    match status {
        RegistryStatus::Stolen => finding("reported_stolen").map(|found| {
            let title = ("Xe báo mất cắp theo dữ liệu đăng ký", "Vehicle reported stolen in the register");
            alert(AlertKind::StolenVehicle, Priority::Critical, title, found)
        }),
        RegistryStatus::Revoked => finding("registration_revoked").map(|found| {
            let title = ("Xe có đăng ký đã bị thu hồi", "Vehicle with a withdrawn registration");
            alert(AlertKind::RegistryMismatch, Priority::Medium, title, found)
        }),
        RegistryStatus::Found => finding(OTHER_GROUP).map(|found| {
            let title = ("Loại xe khác với đăng ký", "Type of vehicle differs from the register");
            alert(AlertKind::RegistryMismatch, Priority::Low, title, found)
        }),
        _ => None,
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::Snapshot;
    use crate::lists::snapshot::testing::entry;
    use crate::matching::registry::testing::seen;
    use crate::matching::watchlist::{matches, testing::reading};

    #[test]
    fn an_alert_moves_forward_and_never_back() {
        assert!(transition(AlertState::New, AlertState::Acknowledged).is_ok());
        assert!(transition(AlertState::New, AlertState::Confirmed).is_ok());
        assert!(transition(AlertState::FalseAlarm, AlertState::Closed).is_ok());
        assert!(transition(AlertState::Acknowledged, AlertState::New).is_err());
        let error = transition(AlertState::Closed, AlertState::New).unwrap_err();
        assert_eq!(error.to_string(), "an alert that is closed cannot become new");
        for state in AlertState::ALL {
            assert_eq!(AlertState::parse(state.as_str()), Some(state));
        }
    }

    #[test]
    fn a_possible_match_is_less_urgent_and_says_possible() {
        let exact = matches(
            &reading("15C22860"),
            None,
            None,
            1,
            &Snapshot::new(vec![entry("a", "15C22860", Priority::High)]),
        );
        let near = matches(
            &reading("15C22360"),
            None,
            None,
            1,
            &Snapshot::new(vec![entry("a", "15C22860", Priority::High)]),
        );
        let (exact, near) = (for_matches(&exact).unwrap(), for_matches(&near).unwrap());
        assert_eq!((exact.severity, near.severity), (Priority::High, Priority::Medium));
        assert!(near.title_vi.starts_with("Có thể") && near.title_en.starts_with("Possibly"));
        assert!(for_matches(&[]).is_none());
    }

    #[test]
    fn a_stolen_vehicle_is_critical_unless_the_reading_was_repaired() {
        let mut vehicle = seen("car", "14A27182");
        let found = crate::matching::registry::findings(RegistryStatus::Stolen, &vehicle, None, 0.8);
        let alert = for_registry(RegistryStatus::Stolen, &found, &vehicle, 0.8).unwrap();
        assert_eq!((alert.severity, alert.certainty), (Priority::Critical, Certainty::Exact));
        vehicle.reading.as_mut().unwrap().edits.push("2:4→A".to_owned());
        let alert = for_registry(RegistryStatus::Stolen, &found, &vehicle, 0.8).unwrap();
        assert_eq!((alert.severity, alert.certainty), (Priority::High, Certainty::Possible));
    }
}
