//! The 12-digit personal identity number.

use std::fmt;
use std::sync::OnceLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize as _;

use super::IdentityError;

const PLACES: &str = include_str!("../../data/birth-places.csv");

/// Gender as registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// Nam.
    Male,
    /// Nữ.
    Female,
}

/// A well-formed identity number. Well-formed is not issued: only the population database knows that.
/// Wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CitizenNumber(String);

impl Drop for CitizenNumber {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl CitizenNumber {
    /// Checks the form against `today` (for the year of birth). An unknown place code is accepted: see
    /// [`place`](Self::place).
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str, today: Date) -> Result<Self, IdentityError> {
        if text.len() != 12 || !text.bytes().all(|c| c.is_ascii_digit()) {
            return Err(IdentityError::NotTwelveDigits);
        }
        let number = Self(text.to_owned());
        if number.digit(3) > 3 {
            return Err(IdentityError::Century);
        }
        if number.birth_year() > today.year() {
            return Err(IdentityError::BornInFuture);
        }
        Ok(number)
    }

    /// The 12 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number with all but its last three digits hidden: enough for a person to tell two cards apart.
    pub fn masked(&self) -> String {
        format!("*********{}", &self.0[9..])
    }

    /// Province of birth registration by its name at that time; `None` for codes outside the 63 (born abroad): worth a
    /// look, never a reason to refuse.
    pub fn place(&self) -> Option<&'static str> {
        birth_places().iter().find(|(code, _)| *code == &self.0[..3]).map(|(_, name)| *name)
    }

    /// Gender that the number encodes.
    pub fn gender(&self) -> Gender {
        if self.digit(3).is_multiple_of(2) { Gender::Male } else { Gender::Female }
    }

    /// Year of birth that the number encodes.
    pub fn birth_year(&self) -> i16 {
        1900 + 100 * i16::from(self.digit(3) / 2) + 10 * i16::from(self.digit(4)) + i16::from(self.digit(5))
    }

    fn digit(&self, at: usize) -> u8 {
        self.0.as_bytes()[at] - b'0'
    }
}

impl fmt::Debug for CitizenNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CitizenNumber(redacted)")
    }
}

/// The 63 place codes with the names that provinces had when they were given out.
pub fn birth_places() -> &'static [(&'static str, &'static str)] {
    static ROWS: OnceLock<Vec<(&'static str, &'static str)>> = OnceLock::new();
    ROWS.get_or_init(|| PLACES.lines().skip(1).filter_map(|line| line.split_once(',')).collect())
}
