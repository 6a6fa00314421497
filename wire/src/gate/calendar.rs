//! Schedules and holidays: data of the list, evaluated in the site's own time.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

use crate::Name;

/// The site's wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Clock {
    /// Minutes east of UTC: 420 in Vietnam, all year.
    pub utc_offset_minutes: i32,
}

impl Clock {
    /// The moment as the site's clock shows it. An offset beyond a day, which no check lets through, counts as none.
    pub fn local(self, at: Timestamp) -> Zoned {
        let offset = Offset::from_seconds(self.utc_offset_minutes.saturating_mul(60)).unwrap_or(Offset::UTC);
        at.to_zoned(TimeZone::fixed(offset))
    }
}

/// A day on which other hours hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// The day.
    pub date: Date,
    /// `false` for a working day that makes up for another.
    pub off: bool,
    /// Name, Vietnamese.
    pub name_vi: String,
}

/// Which days a window is open on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
    /// A holiday, whichever weekday it is. Without it a window is closed on holidays.
    Holiday,
}

impl DayKind {
    /// Of a weekday.
    pub fn of(day: Weekday) -> Self {
        match day {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

/// Hours of a day. `until` not after `from` means the next day: a night shift; its days are those it begins on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Days on which it begins.
    pub days: Vec<DayKind>,
    /// First moment.
    pub from: Time,
    /// First moment that no longer counts. `from` = `until` is a whole day.
    pub until: Time,
}

/// Named hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Name that entries and rules use.
    pub id: Name,
    /// What people call it, Vietnamese: "ca 2".
    pub name_vi: String,
    /// The same, English.
    pub name_en: String,
    /// Open when any of them is.
    pub windows: Vec<Window>,
}

impl Schedule {
    /// Whether it is open at a moment.
    pub fn is_open(&self, at: &Zoned, holidays: &[Holiday]) -> bool {
        let (today, now) = (at.date(), at.time());
        let yesterday = today.yesterday().ok();
        self.windows.iter().any(|window| {
            let over_midnight = window.until <= window.from;
            let begun_today = begins(window, today, holidays)
                && now >= window.from
                && (over_midnight || now < window.until);
            let begun_yesterday = over_midnight
                && now < window.until
                && yesterday.is_some_and(|yesterday| begins(window, yesterday, holidays));
            begun_today || begun_yesterday
        })
    }
}

/// Whether a window begins on this day.
fn begins(window: &Window, day: Date, holidays: &[Holiday]) -> bool {
    let special = holidays.iter().find(|holiday| holiday.date == day);
    match special {
        Some(holiday) if holiday.off => window.days.contains(&DayKind::Holiday),
        // A day that makes up for another is worked like a Monday.
        Some(_) => window.days.contains(&DayKind::Mon),
        None => window.days.contains(&DayKind::of(day.weekday())),
    }
}
