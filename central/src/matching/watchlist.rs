//! A reading meets the watch lists: exact, or "possible" with the reason why. A possible match never names anybody; it asks a
//! person to look at the picture.

use std::cmp::Reverse;
use std::sync::Arc;

use wire::payload::PlateReading;

use crate::lists::{Entry, Snapshot};

/// Least share of the vote for another text of the reading to be compared too.
const CANDIDATE_SHARE: f32 = 0.15;

/// How sure a match is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Something is in doubt: a person has to look.
    Possible,
    /// The same plate, and the same group of vehicles.
    Exact,
}

impl Certainty {
    /// The word in the store and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Exact => "exact",
        }
    }
}

/// A reading met an entry.
#[derive(Debug, Clone)]
pub struct Match {
    /// The entry.
    pub entry: Arc<Entry>,
    /// How sure.
    pub certainty: Certainty,
    /// Characters that differ.
    pub distance: u32,
    /// Why it matched, Vietnamese.
    pub why_vi: String,
    /// Why it matched, English.
    pub why_en: String,
}

/// All entries that a reading may mean, each once, surest and most important first.
///
/// `group` and `colour` are what is surely known of the vehicle: they are parts of its key.
pub fn matches(
    reading: &PlateReading,
    group: Option<&str>,
    colour: Option<&str>,
    at_ms: i64,
    lists: &Snapshot,
) -> Vec<Match> {
    let mut found: Vec<Match> = Vec::new();
    let mut add = |found_now: Match| {
        if !found.iter().any(|other| other.entry.entry_id == found_now.entry.entry_id) {
            found.push(found_now);
        }
    };
    for entry in lists.exact(&reading.text, at_ms) {
        add(exact(entry, group, colour));
    }
    for entry in lists.one_off(&reading.text, at_ms) {
        if let Some(confusion) = wire::plate::one_confusion(&reading.text, &entry.plate) {
            add(Match {
                entry: entry.clone(),
                certainty: Certainty::Possible,
                distance: 1,
                why_vi: confusion.reason_vi,
                why_en: confusion.reason_en,
            });
        }
    }
    for candidate in
        reading.candidates.iter().filter(|c| c.score >= CANDIDATE_SHARE && c.text != reading.text)
    {
        let percent = (candidate.score * 100.0).round();
        for entry in lists.exact(&candidate.text, at_ms) {
            add(Match {
                entry: entry.clone(),
                certainty: Certainty::Possible,
                distance: distance(&candidate.text, &reading.text),
                why_vi: format!("Một cách đọc khác của biển số ({percent} % phiếu) trùng với danh sách"),
                why_en: format!("Another reading of the plate ({percent} % of the votes) is on the list"),
            });
        }
    }
    found.sort_by_key(|found| Reverse((found.certainty, found.entry.priority)));
    found
}

fn exact(entry: &Arc<Entry>, group: Option<&str>, colour: Option<&str>) -> Match {
    let other_colour = matches!((&entry.plate_colour, colour), (Some(listed), Some(seen)) if listed != seen);
    let other_group = matches!((&entry.vehicle_group, group), (Some(listed), Some(seen)) if listed != seen);
    let (certainty, why_vi, why_en) = if other_group {
        (
            Certainty::Possible,
            "Trùng mọi ký tự nhưng khác nhóm xe (ô tô, xe máy)",
            "All characters are the same, but the group of vehicles differs (car, motorcycle)",
        )
    } else if other_colour {
        (
            Certainty::Possible,
            "Trùng mọi ký tự nhưng khác màu biển",
            "All characters are the same, but the colour of the plate differs",
        )
    } else {
        (Certainty::Exact, "Trùng mọi ký tự", "All characters are the same")
    };
    Match {
        entry: entry.clone(),
        certainty,
        distance: 0,
        why_vi: why_vi.to_owned(),
        why_en: why_en.to_owned(),
    }
}

/// Positions in which two texts differ; the difference in length counts too.
fn distance(a: &str, b: &str) -> u32 {
    let differing = a.bytes().zip(b.bytes()).filter(|(x, y)| x != y).count();
    u32::try_from(differing + a.len().abs_diff(b.len())).unwrap_or(u32::MAX)
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// A clear reading of a valid plate.
    pub fn reading(text: &str) -> PlateReading {
        let plate = wire::plate::parse(text, &wire::plate::Hint::default());
        PlateReading {
            text: text.to_owned(),
            display: plate.best().map_or_else(|| text.to_owned(), wire::plate::Plate::display),
            raw: text.to_owned(),
            valid: plate.is_valid(),
            kind: plate.best().map(|plate| plate.kind.as_str().to_owned()),
            lines: 1,
            score: 0.97,
            votes: 9,
            reads: 10,
            candidates: vec![wire::payload::Candidate {
                text: text.to_owned(),
                score: 0.9,
                kind: None,
                reason: None,
            }],
            edits: vec![],
            ambiguous: vec![],
            bbox: [10, 10, 100, 30],
            colour: None,
            class: None,
            country: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::reading;
    use super::*;
    use crate::lists::Priority;
    use crate::lists::snapshot::testing::entry;

    #[test]
    fn the_same_plate_is_an_exact_match() {
        let lists = Snapshot::new(vec![entry("a", "30k-135.79", Priority::High)]);
        let found = matches(&reading("30K13579"), Some("car"), None, 1, &lists);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].certainty, found[0].distance), (Certainty::Exact, 0));
    }

    #[test]
    fn one_look_alike_is_possible_and_says_which() {
        let lists = Snapshot::new(vec![entry("a", "15C22860", Priority::High)]);
        let found = matches(&reading("15C22360"), Some("car"), None, 1, &lists);
        assert_eq!(found[0].certainty, Certainty::Possible);
        assert!(found[0].why_vi.contains('3') && found[0].why_vi.contains('8'), "{}", found[0].why_vi);
        assert!(
            matches(&reading("15C22460"), Some("car"), None, 1, &lists).is_empty(),
            "4 and 8 do not look alike"
        );
    }

    #[test]
    fn another_group_of_vehicles_makes_it_possible_only() {
        let mut listed = entry("a", "30A12345", Priority::High);
        listed.vehicle_group = Some("motorcycle".to_owned());
        let lists = Snapshot::new(vec![listed]);
        assert_eq!(
            matches(&reading("30A12345"), Some("car"), None, 1, &lists)[0].certainty,
            Certainty::Possible
        );
        assert_eq!(
            matches(&reading("30A12345"), Some("motorcycle"), None, 1, &lists)[0].certainty,
            Certainty::Exact
        );
    }

    #[test]
    fn another_colour_of_plate_makes_it_possible_only() {
        let mut listed = entry("a", "30A12345", Priority::High);
        listed.plate_colour = Some("yellow".to_owned());
        let lists = Snapshot::new(vec![listed]);
        let certainty = |colour| matches(&reading("30A12345"), Some("car"), colour, 1, &lists)[0].certainty;
        assert_eq!(certainty(Some("white")), Certainty::Possible);
        assert_eq!(certainty(Some("yellow")), Certainty::Exact);
        assert_eq!(certainty(None), Certainty::Exact, "an unknown colour contradicts nothing");
    }

    #[test]
    fn a_second_reading_with_enough_votes_is_compared_too() {
        let lists = Snapshot::new(vec![entry("a", "35A99999", Priority::High)]);
        let mut read = reading("35A24681");
        read.candidates.push(wire::payload::Candidate {
            text: "35A99999".to_owned(),
            score: 0.3,
            kind: None,
            reason: None,
        });
        assert_eq!(matches(&read, None, None, 1, &lists)[0].certainty, Certainty::Possible);
        read.candidates[1].score = 0.1;
        assert!(matches(&read, None, None, 1, &lists).is_empty());
    }

    #[test]
    fn the_surest_and_most_important_comes_first_and_each_entry_once() {
        let lists = Snapshot::new(vec![
            entry("near", "15C22860", Priority::Critical),
            entry("low", "15C22360", Priority::Low),
            entry("high", "15C22360", Priority::High),
        ]);
        let ids: Vec<_> = matches(&reading("15C22360"), None, None, 1, &lists)
            .iter()
            .map(|m| m.entry.entry_id.clone())
            .collect();
        assert_eq!(ids, ["high", "low", "near"]);
    }
}
