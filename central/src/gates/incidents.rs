//! What an incident is called, how urgent it is, and who may know of it: data, from `data/incidents.csv`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::lists::Priority;

/// One kind of alert that no passage raises.
#[derive(Debug, Deserialize)]
pub struct IncidentText {
    /// `tailgating`, `overstay`, `wanted_person`, …: the alert's kind.
    pub kind: String,
    /// How urgent.
    pub severity: Priority,
    /// `yes`: nobody but the police role learns that it exists.
    pub police_only: String,
    /// Title, Vietnamese.
    pub title_vi: String,
    /// Title, English.
    pub title_en: String,
    /// Why, Vietnamese.
    pub reason_vi: String,
    /// Why, English.
    pub reason_en: String,
}

impl IncidentText {
    /// Whether only the police role may know of it.
    pub fn is_police_only(&self) -> bool {
        self.police_only == "yes"
    }
}

static TABLE: LazyLock<Vec<IncidentText>> = LazyLock::new(|| {
    let text = include_str!("../../data/incidents.csv");
    // A test reads every row: a row that cannot be read does not leave this repository.
    csv::Reader::from_reader(text.as_bytes()).deserialize().filter_map(Result::ok).collect()
});

/// The row of a kind.
pub fn text_of(kind: &str) -> Option<&'static IncidentText> {
    TABLE.iter().find(|row| row.kind == kind)
}

#[cfg(test)]
mod tests {
    use wire::gate::IncidentKind as K;

    use super::*;

    #[test]
    fn every_kind_of_incident_has_its_row() {
        let kinds = [
            K::Tailgating,
            K::BarrierForced,
            K::BarrierFailed,
            K::BarrierHeld,
            K::Intrusion,
            K::AfterHours,
            K::Fence,
            K::TrackIntrusion,
            K::LeftLuggage,
            K::Loitering,
            K::Crowding,
            K::PassedUnadmitted,
            K::PossibleFace,
        ];
        for kind in kinds.map(K::as_str).into_iter().chain(["overstay", "wanted_person"]) {
            let row = text_of(kind).unwrap_or_else(|| panic!("{kind} is missing"));
            assert!(!row.title_vi.is_empty() && !row.title_en.is_empty());
        }
        assert_eq!(TABLE.len(), 15, "every row can be read");
        assert!(text_of("wanted_person").unwrap().is_police_only());
        assert!(text_of("possible_face").unwrap().is_police_only());
    }
}
