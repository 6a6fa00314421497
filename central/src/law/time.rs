//! Deadlines: computed once, from the version of the law that holds, in days of Vietnam.

use jiff::civil::{Date, Weekday};
use jiff::{Span, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rows::{Confidence, DayKind, Deadline, Row as _, Unit};
use super::{Law, LawError, day_of, time_zone};

/// When part of a deadline is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Alert {
    /// 50, 80 or 100.
    pub percent: u8,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// A deadline as it was computed. It is kept, and not computed anew when tables change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Due {
    /// Kind of deadline.
    pub kind: String,
    /// From when it counts.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Its last day, in Vietnam.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// The last second of that day: what comes later is late.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// In words: `10 calendar_days`.
    pub rule: String,
    /// The text behind it.
    pub legal_basis: String,
    /// How sure we are of it: of the row, and of the calendar where working days count.
    pub confidence: Confidence,
    /// Whether the calendar has the holidays of every year that it goes through; if not, a day may be missing.
    pub calendar_known: bool,
    /// Version of the law.
    pub law_version: i64,
    /// At 50, 80 and 100 % of the time.
    pub alerts: Vec<Alert>,
}

impl Due {
    /// Whether it has passed.
    pub fn is_late(&self, now: Timestamp) -> bool {
        now > self.at
    }
}

/// Longest search for a working day. No calendar has so many days off in a row.
const MOST_DAYS_OFF: u32 = 400;

impl Law {
    /// Whether a day is worked: no weekend and no holiday, or a weekend day worked in exchange.
    pub fn is_working_day(&self, day: Date) -> bool {
        match self.edition().holidays.iter().find(|row| row.holds_on(day)) {
            Some(row) => row.kind == DayKind::Work,
            None => !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday),
        }
    }

    /// The row of a deadline.
    ///
    /// # Errors
    /// When the tables do not have it on that day.
    pub fn deadline(&self, kind: &str, on: Date) -> Result<&Deadline, LawError> {
        let row = self.edition().deadlines.iter().find(|row| row.kind == kind && row.holds_on(on));
        row.ok_or_else(|| self.no_row(Deadline::TABLE, kind, on))
    }

    /// When a deadline ends that counts from a moment. The day of that moment itself is not counted.
    ///
    /// # Errors
    /// When the tables do not have it, or the calendar ends.
    pub fn due(&self, kind: &str, from: Timestamp) -> Result<Due, LawError> {
        let first = day_of(from);
        let row = self.deadline(kind, first)?;
        let mut day = match row.unit {
            Unit::WorkingDays => self.after_working_days(first, row.amount)?,
            unit => after(first, row.amount, unit)?,
        };
        if row.rolls {
            day = self.working_day_from(day)?;
        }
        let at = end_of(day)?;
        let by_calendar = row.rolls || row.unit == Unit::WorkingDays;
        let calendar = if by_calendar { self.calendar_between(first, day) } else { Some(Confidence::H) };
        Ok(Due {
            kind: row.kind.clone(),
            from,
            day,
            at,
            rule: format!("{} {}", row.amount, unit_word(row.unit)),
            legal_basis: row.legal_basis.clone(),
            confidence: row.confidence.min(calendar.unwrap_or(Confidence::L)),
            calendar_known: calendar.is_some(),
            law_version: self.version(),
            alerts: alerts(from, at),
        })
    }

    /// The end of the time in which a violation may be punished: from its detection, or anew from the end of an evasion.
    ///
    /// # Errors
    /// As [`due`](Self::due).
    pub fn statute_ends(&self, detected: Timestamp, restarted: Option<Timestamp>) -> Result<Due, LawError> {
        self.due("statute", restarted.map_or(detected, |restarted| restarted.max(detected)))
    }

    fn after_working_days(&self, first: Date, amount: u32) -> Result<Date, LawError> {
        (0..amount).try_fold(first, |day, _| self.working_day_from(tomorrow(day)?))
    }

    /// The day itself when it is worked, or the next that is.
    fn working_day_from(&self, mut day: Date) -> Result<Date, LawError> {
        for _ in 0..MOST_DAYS_OFF {
            if self.is_working_day(day) {
                return Ok(day);
            }
            day = tomorrow(day)?;
        }
        Err(LawError::OutOfCalendar(format!("the first working day before {day}")))
    }

    /// The least confidence of the holidays between two days; none where a year has no holidays in the table.
    fn calendar_between(&self, first: Date, last: Date) -> Option<Confidence> {
        let holidays = &self.edition().holidays;
        let known =
            (first.year()..=last.year()).all(|year| holidays.iter().any(|row| row.valid_from.year() == year));
        let touched = holidays
            .iter()
            .filter(|row| row.valid_from <= last && row.valid_to.unwrap_or(row.valid_from) >= first);
        known.then(|| touched.map(|row| row.confidence).min().unwrap_or(Confidence::H))
    }
}

fn unit_word(unit: Unit) -> &'static str {
    match unit {
        Unit::CalendarDays => "calendar_days",
        Unit::WorkingDays => "working_days",
        Unit::Months => "months",
        Unit::Years => "years",
    }
}

fn tomorrow(day: Date) -> Result<Date, LawError> {
    day.tomorrow().map_err(|_| LawError::OutOfCalendar(day.to_string()))
}

/// So much later in the calendar. A month or year later ends on the day of the same number, or the month's last.
fn after(first: Date, amount: u32, unit: Unit) -> Result<Date, LawError> {
    let out = || LawError::OutOfCalendar(format!("{first} + {amount} {}", unit_word(unit)));
    let amount = i64::from(amount.min(20_000));
    let span: Span = match unit {
        Unit::CalendarDays | Unit::WorkingDays => amount.days(),
        Unit::Months => amount.months(),
        Unit::Years => Span::new().try_years(amount).map_err(|_| out())?,
    };
    first.checked_add(span).map_err(|_| out())
}

fn end_of(day: Date) -> Result<Timestamp, LawError> {
    let end = day.at(23, 59, 59, 0).to_zoned(time_zone());
    Ok(end.map_err(|_| LawError::OutOfCalendar(day.to_string()))?.timestamp())
}

fn alerts(from: Timestamp, at: Timestamp) -> Vec<Alert> {
    let (start, whole) = (from.as_second(), at.as_second() - from.as_second());
    let moment = |percent: u8| {
        let second = start + whole * i64::from(percent) / 100;
        Alert { percent, at: Timestamp::from_second(second).unwrap_or(at) }
    };
    [50, 80, 100].map(moment).into()
}
