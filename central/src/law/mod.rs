//! The law as effective-dated data, and pure functions over it.
//!
//! A [`Law`] is one version of all tables ([`Edition`]), never changed. Each row says since when and until when it holds; the law
//! of the day of the violation applies, so every question names a day. Days are days in Vietnam. What a question answers carries
//! the version it was computed with: a case keeps it, whatever is edited afterwards.
//!
//! The first edition is the folder `data/law`; further ones are proposed by one account and approved by another
//! ([`change`], `store::law`).

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use thiserror::Error;

pub mod change;
pub mod check;
pub mod edition;
pub mod kinds;
pub mod laws;
pub mod money;
pub mod rows;
pub mod speed;
pub mod term;
pub mod time;

#[cfg(test)]
mod tests;

pub use edition::Edition;
pub use kinds::Facts;
pub use laws::Laws;
pub use money::{Act, Amount, CapCheck, Circumstances, Combined};
pub use rows::{
    Behaviour, CameraUse, Cap, Confidence, Deadline, Exemption, Form, Holiday, PlateHandling, RejectReason,
    Row, SpeedBracket,
};
pub use speed::{Road, SpeedLimit};
pub use term::Term;
pub use time::{Alert, Due};

/// Why the law gives no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LawError {
    /// No row of a table holds for this key on that day.
    #[error("law version {version}: {table} has no {key} on {on}: add the row, or correct its window")]
    NoRow {
        /// Version that was asked.
        version: i64,
        /// Table.
        table: &'static str,
        /// Key.
        key: String,
        /// Day.
        on: Date,
    },
    /// A date that no calendar holds.
    #[error("{0} is outside the calendar")]
    OutOfCalendar(String),
}

/// One version of the law. Clones share it.
#[derive(Debug, Clone)]
pub struct Law(Arc<Version>);

#[derive(Debug)]
struct Version {
    number: i64,
    edition: Edition,
}

impl Law {
    /// A version of the law.
    pub fn new(number: i64, edition: Edition) -> Self {
        Self(Arc::new(Version { number, edition }))
    }

    /// The edition that this program carries, as version 1.
    pub fn first() -> Self {
        Self::new(1, Edition::first().clone())
    }

    /// Its number: what a case keeps as `law_version`.
    pub fn version(&self) -> i64 {
        self.0.number
    }

    /// All its tables.
    pub fn edition(&self) -> &Edition {
        &self.0.edition
    }

    /// The behaviour of this key as it was fined on a day.
    pub fn behaviour(&self, key: &str, on: Date) -> Option<&Behaviour> {
        self.edition().behaviours.iter().find(|row| row.key == key && row.holds_on(on))
    }

    /// As [`behaviour`](Self::behaviour), for who cannot go on without.
    ///
    /// # Errors
    /// [`LawError::NoRow`].
    pub fn need_behaviour(&self, key: &str, on: Date) -> Result<&Behaviour, LawError> {
        self.behaviour(key, on).ok_or_else(|| self.no_row(Behaviour::TABLE, key, on))
    }

    /// Every behaviour that was fined on a day, in the order of the articles.
    pub fn behaviours_on(&self, on: Date) -> impl Iterator<Item = &Behaviour> {
        on_day(&self.edition().behaviours, on)
    }

    /// Forms in use on a day.
    pub fn form(&self, key: &str, on: Date) -> Option<&Form> {
        self.edition().forms.iter().find(|row| row.key == key && row.holds_on(on))
    }

    /// Exemptions of a kind of violation on a day; a reviewer uses them, no machine does.
    pub fn exemptions(&self, kind: &str, on: Date) -> impl Iterator<Item = &Exemption> {
        on_day(&self.edition().exemptions, on)
            .filter(move |row| row.kinds.is_empty() || row.kinds.iter().any(|one| one == kind))
    }

    /// What is done with a plate of this bearer; the row `usual` for one that no other row names.
    pub fn plate_handling(&self, bearer: &str, on: Date) -> Option<&PlateHandling> {
        let row =
            |bearer: &str| self.edition().plates.iter().find(|row| row.bearer == bearer && row.holds_on(on));
        row(bearer).or_else(|| row("usual"))
    }

    /// Why violations may be rejected.
    pub fn reject_reasons(&self, on: Date) -> impl Iterator<Item = &RejectReason> {
        on_day(&self.edition().reject_reasons, on)
    }

    /// A single number of the law.
    ///
    /// # Errors
    /// [`LawError::NoRow`].
    pub fn rule(&self, key: &str, on: Date) -> Result<&rows::Rule, LawError> {
        let row = self.edition().rules.iter().find(|row| row.key == key && row.holds_on(on));
        row.ok_or_else(|| self.no_row(rows::Rule::TABLE, key, on))
    }

    fn no_row(&self, table: &'static str, key: &str, on: Date) -> LawError {
        LawError::NoRow { version: self.version(), table, key: key.to_owned(), on }
    }
}

/// Rows of a table that hold on a day.
pub fn on_day<T: Row>(rows: &[T], on: Date) -> impl Iterator<Item = &T> {
    rows.iter().filter(move |row| row.holds_on(on))
}

/// Vietnam's time: seven hours before UTC all year, since before any violation that is still open.
pub fn time_zone() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(7))
}

/// The day in Vietnam of a moment.
pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned(time_zone()).date()
}
