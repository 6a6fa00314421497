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

#[cfg(test)]
mod tests {
    use super::*;

    fn window(days: &[DayKind], from: &str, until: &str) -> Window {
        Window { days: days.to_vec(), from: from.parse().unwrap(), until: until.parse().unwrap() }
    }

    fn schedule(windows: Vec<Window>) -> Schedule {
        Schedule {
            id: Name::new("ca-2").unwrap(),
            name_vi: "Ca 2".into(),
            name_en: "Shift 2".into(),
            windows,
        }
    }

    fn holiday(date: &str, off: bool) -> Holiday {
        Holiday { date: date.parse().unwrap(), off, name_vi: "Tết Nguyên đán".into() }
    }

    /// By the wall clock of Vietnam.
    fn open(schedule: &Schedule, holidays: &[Holiday], at: &str) -> bool {
        let at: Timestamp = format!("{at}+07:00").parse().unwrap();
        schedule.is_open(&Clock { utc_offset_minutes: 420 }.local(at), holidays)
    }

    const WORKDAYS: [DayKind; 5] = [DayKind::Mon, DayKind::Tue, DayKind::Wed, DayKind::Thu, DayKind::Fri];

    #[test]
    fn hours_are_those_of_the_sites_wall_clock_and_end_before_their_end() {
        let office = schedule(vec![window(&WORKDAYS, "07:30", "17:00")]);
        assert!(!open(&office, &[], "2026-11-20T07:29:59"));
        assert!(open(&office, &[], "2026-11-20T07:30:00"));
        assert!(open(&office, &[], "2026-11-20T16:59:59"));
        assert!(!open(&office, &[], "2026-11-20T17:00:00"));
        assert!(!open(&office, &[], "2026-11-21T10:00:00"), "a Saturday");
    }

    #[test]
    fn a_night_shift_belongs_to_the_day_it_begins_on() {
        let night = schedule(vec![window(&[DayKind::Fri], "22:00", "06:00")]);
        assert!(open(&night, &[], "2026-11-20T23:00:00"), "Friday evening");
        assert!(open(&night, &[], "2026-11-21T05:59:59"), "Saturday morning");
        assert!(!open(&night, &[], "2026-11-21T06:00:00"));
        assert!(!open(&night, &[], "2026-11-20T05:00:00"), "Friday morning is Thursday's shift");
        assert!(!open(&night, &[], "2026-11-21T23:00:00"), "Saturday evening");
    }

    #[test]
    fn a_window_that_ends_when_it_begins_is_a_whole_day() {
        let friday = schedule(vec![window(&[DayKind::Fri], "06:00", "06:00")]);
        assert!(open(&friday, &[], "2026-11-20T06:00:00"));
        assert!(open(&friday, &[], "2026-11-21T05:59:59"));
        assert!(!open(&friday, &[], "2026-11-21T06:00:00"));
        assert!(!open(&friday, &[], "2026-11-20T05:59:59"));
    }

    #[test]
    fn tet_closes_what_is_open_on_weekdays_and_opens_what_is_for_holidays() {
        // Tết 2027: 5 to 11 February, Friday to Thursday.
        let tet: Vec<Holiday> = (5..=11).map(|day| holiday(&format!("2027-02-{day:02}"), true)).collect();
        let office = schedule(vec![window(&WORKDAYS, "07:30", "17:00")]);
        let guards = schedule(vec![window(&[DayKind::Holiday], "00:00", "00:00")]);
        for day in ["2027-02-05", "2027-02-08", "2027-02-11"] {
            assert!(!open(&office, &tet, &format!("{day}T10:00:00")), "{day}");
            assert!(open(&guards, &tet, &format!("{day}T10:00:00")), "{day}");
        }
        assert!(open(&office, &tet, "2027-02-12T10:00:00"));
        assert!(!open(&guards, &tet, "2027-02-12T10:00:00"));
    }

    #[test]
    fn the_night_before_a_holiday_is_worked_to_its_end_and_the_night_of_it_is_not_begun() {
        let night = schedule(vec![window(&WORKDAYS, "22:00", "06:00")]);
        let holidays = [holiday("2026-11-20", true)];
        assert!(open(&night, &holidays, "2026-11-20T03:00:00"), "begun on Thursday");
        assert!(!open(&night, &holidays, "2026-11-20T23:00:00"));
        assert!(!open(&night, &holidays, "2026-11-21T03:00:00"));
    }

    #[test]
    fn a_saturday_that_makes_up_for_a_day_off_is_worked_like_a_monday() {
        let office = schedule(vec![window(&WORKDAYS, "07:30", "17:00")]);
        let weekend = schedule(vec![window(&[DayKind::Sat, DayKind::Sun], "08:00", "12:00")]);
        let make_up = [holiday("2026-11-21", false)];
        assert!(open(&office, &make_up, "2026-11-21T10:00:00"));
        assert!(!open(&weekend, &make_up, "2026-11-21T10:00:00"));
        assert!(open(&weekend, &[], "2026-11-21T10:00:00"));
    }

    #[test]
    fn an_impossible_offset_is_read_as_none_instead_of_a_panic() {
        let at: Timestamp = "2026-11-20T00:00:00Z".parse().unwrap();
        assert_eq!(Clock { utc_offset_minutes: i32::MAX }.local(at).hour(), 0);
        assert_eq!(Clock { utc_offset_minutes: 420 }.local(at).hour(), 7);
    }
}
