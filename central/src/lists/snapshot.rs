//! One state of all watch lists, indexed for exact look-up and for look-up with one character in doubt.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// How much an entry matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// To be noted.
    Low,
    /// To be looked at.
    Medium,
    /// To be acted on.
    High,
    /// To be acted on now.
    Critical,
}

impl Priority {
    /// The word in the store and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High, Self::Critical].into_iter().find(|p| p.as_str() == text)
    }

    /// One step less, for what is possible but not certain.
    pub fn lowered(self) -> Self {
        match self {
            Self::Critical => Self::High,
            Self::High => Self::Medium,
            Self::Medium | Self::Low => Self::Low,
        }
    }
}

/// One plate on one watch list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub entry_id: String,
    /// The list.
    pub list: String,
    /// Name of the list, Vietnamese.
    pub list_name_vi: String,
    /// Name of the list, English.
    pub list_name_en: String,
    /// Canonical plate.
    pub plate: String,
    /// `car` or `motorcycle`; both when not said.
    pub vehicle_group: Option<String>,
    /// `white`, `yellow`, `blue` or `red`; every colour when not said.
    pub plate_colour: Option<String>,
    /// How much it matters.
    pub priority: Priority,
    /// Why it is listed, Vietnamese.
    pub reason_vi: String,
    /// Why it is listed, English.
    pub reason_en: String,
    /// Who listed it.
    pub added_by: String,
    /// When it was listed, ms.
    pub added_at_ms: i64,
    /// Valid from, ms.
    pub valid_from_ms: i64,
    /// Valid until (exclusive), ms.
    pub valid_to_ms: Option<i64>,
}

impl Entry {
    /// Whether it counts at a moment.
    pub fn is_valid_at(&self, at_ms: i64) -> bool {
        self.valid_from_ms <= at_ms && self.valid_to_ms.is_none_or(|end| at_ms < end)
    }
}

/// All watch lists at one moment.
#[derive(Debug, Default)]
pub struct Snapshot {
    exact: HashMap<String, Vec<Arc<Entry>>>,
    /// Entries by their plate with one character replaced by `?`.
    near: HashMap<String, Vec<Arc<Entry>>>,
    size: usize,
}

impl Snapshot {
    /// Indexes the entries. Plates are normalised, so that case and separators in a list never matter.
    pub fn new(entries: Vec<Entry>) -> Self {
        let mut snapshot = Self { size: entries.len(), ..Self::default() };
        for mut entry in entries {
            entry.plate = wire::plate::normalise(&entry.plate);
            let entry = Arc::new(entry);
            for key in with_one_open(&entry.plate) {
                snapshot.near.entry(key).or_default().push(entry.clone());
            }
            snapshot.exact.entry(entry.plate.clone()).or_default().push(entry);
        }
        snapshot
    }

    /// Entries, ended ones included.
    pub fn len(&self) -> usize {
        self.size
    }

    /// Whether nothing is listed.
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// Entries with exactly this canonical plate that are valid at the moment.
    pub fn exact(&self, plate: &str, at_ms: i64) -> impl Iterator<Item = &Arc<Entry>> {
        self.exact.get(plate).into_iter().flatten().filter(move |entry| entry.is_valid_at(at_ms))
    }

    /// Valid entries of the same length that differ in exactly one character, whichever it is.
    pub fn one_off(&self, plate: &str, at_ms: i64) -> impl Iterator<Item = &Arc<Entry>> {
        with_one_open(plate)
            .filter_map(|key| self.near.get(&key))
            .flatten()
            .filter(move |entry| entry.plate != plate && entry.is_valid_at(at_ms))
    }
}

fn with_one_open(plate: &str) -> impl Iterator<Item = String> + '_ {
    plate.char_indices().map(|(at, c)| format!("{}?{}", &plate[..at], &plate[at + c.len_utf8()..]))
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// An entry that is always valid.
    pub fn entry(id: &str, plate: &str, priority: Priority) -> Entry {
        Entry {
            entry_id: id.to_owned(),
            list: "an-ninh".to_owned(),
            list_name_vi: "Danh sách theo dõi".to_owned(),
            list_name_en: "Watch list".to_owned(),
            plate: plate.to_owned(),
            vehicle_group: None,
            plate_colour: None,
            priority,
            reason_vi: "Vụ việc minh họa".to_owned(),
            reason_en: "Illustrative case".to_owned(),
            added_by: "demo".to_owned(),
            added_at_ms: 0,
            valid_from_ms: 0,
            valid_to_ms: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::entry;
    use super::*;

    #[test]
    fn case_and_separators_of_a_list_never_matter() {
        let snapshot = Snapshot::new(vec![
            entry("a", "30k-135.79", Priority::High),
            entry("b", "29-MĐ1 412.31", Priority::Low),
        ]);
        assert_eq!(snapshot.exact("30K13579", 1).count(), 1);
        assert_eq!(snapshot.exact("29MD141231", 1).count(), 1);
    }

    #[test]
    fn an_ended_entry_is_not_found() {
        let mut ended = entry("a", "99A00499", Priority::Low);
        ended.valid_to_ms = Some(100);
        let snapshot = Snapshot::new(vec![ended]);
        assert_eq!(snapshot.exact("99A00499", 99).count(), 1);
        assert_eq!(snapshot.exact("99A00499", 100).count(), 0);
        assert_eq!(snapshot.one_off("99A00498", 100).count(), 0);
    }

    #[test]
    fn plates_one_character_away_are_found_once() {
        let snapshot = Snapshot::new(vec![entry("a", "15C22860", Priority::High)]);
        assert_eq!(snapshot.one_off("15C22360", 1).count(), 1);
        assert_eq!(snapshot.one_off("15C22860", 1).count(), 0);
        assert_eq!(snapshot.one_off("15C22361", 1).count(), 0);
    }
}
