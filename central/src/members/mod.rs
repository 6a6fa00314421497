//! People and vehicles on a site's lists, as people bring them: files with a preview, single entries, passes, visits. Pure; the web
//! and the store do the rest.

pub mod check;
pub mod countries;
pub mod file;
pub mod plan;
pub mod previews;
pub mod template;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use wire::gate::Clock;

/// Vehicle or person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A person.
    Person,
    /// A vehicle.
    Vehicle,
}

impl Kind {
    /// The word in the store and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Vehicle => "vehicle",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Person, Self::Vehicle].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What is wrong with one cell, or worth a look. The value itself is not repeated: it may be a number of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RowProblem {
    /// Line in the file, as a spreadsheet numbers it.
    pub row: u32,
    /// Heading of the column as the file has it; empty when the row as a whole is meant.
    pub column: String,
    /// Stable word.
    pub code: &'static str,
    /// What to do, Vietnamese.
    pub vi: String,
    /// What to do, English.
    pub en: String,
}

/// What of a site the checks need: today's date, names that entries may use.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// Today, by the site's calendar.
    pub today: Date,
    /// The site's wall clock, minutes east of UTC.
    pub clock_minutes: i32,
    /// Ids of schedules, with their names.
    pub schedules: Vec<(String, String)>,
    /// Ids of gates, with their names.
    pub gates: Vec<(String, String)>,
    /// Ids of groups that have not ended, with their names.
    pub groups: Vec<(String, String)>,
    /// The only group that may be written: that of an enterprise's account, or the one that was asked for.
    pub only_group: Option<String>,
}

impl Setting {
    /// The moment a day begins at the site, ms.
    pub fn day_ms(&self, date: Date) -> Option<i64> {
        let clock = Clock { utc_offset_minutes: self.clock_minutes };
        let zone = clock.local(Timestamp::UNIX_EPOCH).time_zone().clone();
        Some(date.to_zoned(zone).ok()?.timestamp().as_millisecond())
    }

    /// The moment that no longer belongs to a last day, ms.
    pub fn after_day_ms(&self, date: Date) -> Option<i64> {
        self.day_ms(date.tomorrow().ok()?)
    }
}

/// Finds an id by id or by name, whatever the case and marks.
pub fn find_named<'a>(known: &'a [(String, String)], text: &str) -> Option<&'a str> {
    let plain = crate::tables::folded(text);
    let by_id = known.iter().find(|(id, _)| id.eq_ignore_ascii_case(text));
    by_id
        .or_else(|| known.iter().find(|(_, name)| crate::tables::folded(name) == plain))
        .map(|(id, _)| id.as_str())
}

/// What the guard sees of a person: family name whole, the others as initials.
pub fn person_label(name: &str) -> String {
    crate::masking::mask_name("PERSON", name)
}

/// A number as it may be shown: the last three characters.
pub fn masked_number(number: &str) -> String {
    let number = number.split_once(':').map_or(number, |(_, passport)| passport);
    crate::masking::mask_id(number)
}
