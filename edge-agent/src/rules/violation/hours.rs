//! Hours in which a rule holds, by the clock on the wall in Vietnam.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::{Offset, TimeZone};
use wire::scene::RuleHours;

/// Vietnam has one time of the day and never changes it: Asia/Ho_Chi_Minh is UTC+7.
fn vietnam() -> TimeZone {
    TimeZone::get("Asia/Ho_Chi_Minh").unwrap_or_else(|_| TimeZone::fixed(Offset::constant(7)))
}

/// Whether a rule with these hours holds at that moment. No hours: always.
pub(super) fn holds(hours: &[RuleHours], at: Timestamp) -> bool {
    if hours.is_empty() {
        return true;
    }
    let local = at.to_zoned(vietnam());
    let (now, today) = (local.time(), local.weekday().to_monday_one_offset() as u8);
    let yesterday = if today == 1 { 7 } else { today - 1 };
    hours.iter().any(|hours| {
        let day = |day: u8| hours.days.is_empty() || hours.days.contains(&day);
        let (Some(from), Some(to)) = (time(&hours.from), time(&hours.to)) else { return false };
        if from < to {
            day(today) && from <= now && now < to
        } else {
            // Over midnight: the day is the one on which it began.
            (day(today) && now >= from) || (day(yesterday) && now < to)
        }
    })
}

fn time(text: &str) -> Option<Time> {
    Time::strptime("%H:%M", text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(days: &[u8], from: &str, to: &str) -> Vec<RuleHours> {
        vec![RuleHours { days: days.to_vec(), from: from.into(), to: to.into() }]
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn a_rule_without_hours_always_holds() {
        assert!(holds(&[], at("2026-11-21T00:00:00Z")));
    }

    #[test]
    fn hours_are_those_of_vietnam_and_the_end_is_not_included() {
        let rush = hours(&[1, 2, 3, 4, 5], "06:30", "08:30");
        // A Friday, 06:30 and 08:29:59 and 08:30 in Vietnam.
        assert!(holds(&rush, at("2026-11-19T23:30:00Z")));
        assert!(holds(&rush, at("2026-11-20T01:29:59Z")));
        assert!(!holds(&rush, at("2026-11-20T01:30:00Z")));
        assert!(!holds(&rush, at("2026-11-20T23:45:00Z")), "Saturday morning");
        assert!(!holds(&rush, at("2026-11-20T07:00:00Z")));
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_began() {
        let night = hours(&[5], "22:00", "05:00");
        assert!(holds(&night, at("2026-11-20T15:00:00Z")), "Friday 22:00");
        assert!(holds(&night, at("2026-11-20T21:59:00Z")), "Saturday 04:59");
        assert!(!holds(&night, at("2026-11-21T15:00:00Z")), "Saturday 22:00");
        assert!(!holds(&night, at("2026-11-19T20:00:00Z")), "Friday 03:00");
    }
}
