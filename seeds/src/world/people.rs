//! Citizens, and how a claimed name and date of birth are compared with the register.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use wire::identity::Gender;

use super::World;

/// A date of birth that may be known to the year or month only, as in old records: `1980`, `1980-05`, `1980-05-17`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BirthDate {
    /// Year.
    pub year: i16,
    /// Month, if known.
    pub month: Option<i8>,
    /// Day, if known.
    pub day: Option<i8>,
}

impl BirthDate {
    /// Whether two dates agree as far as both are known.
    pub fn agrees(self, other: Self) -> bool {
        let known = |a: Option<i8>, b: Option<i8>| a.zip(b).is_none_or(|(a, b)| a == b);
        self.year == other.year && known(self.month, other.month) && known(self.day, other.day)
    }
}

impl From<Date> for BirthDate {
    fn from(d: Date) -> Self {
        Self { year: d.year(), month: Some(d.month()), day: Some(d.day()) }
    }
}

/// The text is none of `yyyy`, `yyyy-MM`, `yyyy-MM-dd`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a date of birth is written yyyy-MM-dd, yyyy-MM or yyyy")]
pub struct BirthDateError;

impl FromStr for BirthDate {
    type Err = BirthDateError;

    fn from_str(text: &str) -> Result<Self, BirthDateError> {
        let parts: Vec<&str> = text.split('-').collect();
        let digits = |part: &str, n: usize| {
            (part.len() == n && part.bytes().all(|c| c.is_ascii_digit())).then(|| part.parse::<i16>().ok())?
        };
        let year = digits(parts[0], 4).ok_or(BirthDateError)?;
        let two = |at: usize| match parts.get(at) {
            None => Ok(None),
            Some(part) => digits(part, 2).and_then(|n| i8::try_from(n).ok()).map(Some).ok_or(BirthDateError),
        };
        let (month, day) = (two(1)?, two(2)?);
        // Day 1 stands in for an unknown one: only the calendar is asked.
        Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).map_err(|_| BirthDateError)?;
        if parts.len() > 3 { Err(BirthDateError) } else { Ok(Self { year, month, day }) }
    }
}

impl fmt::Display for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        self.month.map_or(Ok(()), |m| write!(f, "-{m:02}"))?;
        self.day.map_or(Ok(()), |d| write!(f, "-{d:02}"))
    }
}

/// A row of the population register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citizen {
    /// 12 digits.
    pub id_number: String,
    /// Full name.
    pub name: String,
    /// Gender.
    pub gender: Gender,
    /// Date of birth.
    pub born: BirthDate,
    /// Address.
    pub address: String,
    /// The record is locked: the register gives no match.
    pub locked: bool,
    /// Opaque name of this person towards VNeID clients.
    pub subject_ref: String,
}

/// How sure a wanted notice is about the identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeLevel {
    /// The identity number is on the notice.
    Hit,
    /// The notice knows name and age only.
    Possible,
}

/// A wanted notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How sure.
    pub level: NoticeLevel,
    /// Number of the notice.
    pub notice_no: String,
    /// Who to call.
    pub handling_unit: String,
}

/// State of a token at start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    /// Can be used once.
    Valid,
    /// Too old.
    Expired,
    /// Used before.
    Used,
}

/// What a VNeID QR token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Whose it is.
    pub id_number: String,
    /// 1 or 2.
    pub level: u8,
    /// State at start.
    pub state: TokenState,
}

/// Answer of the population register: match flags, never the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// Everything agrees.
    Match,
    /// The fields that differ.
    NoMatch(Vec<&'static str>),
    /// No such number.
    NotFound,
    /// The record is locked.
    Locked,
}

impl World {
    /// Compares a claim with the register. Names agree with or without diacritics, in any case and spacing.
    pub fn verify_citizen(&self, id_number: &str, name: &str, born: BirthDate) -> Check {
        let Some(citizen) = self.citizens.get(id_number) else { return Check::NotFound };
        if citizen.locked {
            return Check::Locked;
        }
        let name = (!same_name(&citizen.name, name)).then_some("FULL_NAME");
        let born = (!citizen.born.agrees(born)).then_some("DOB");
        let differing: Vec<_> = name.into_iter().chain(born).collect();
        if differing.is_empty() { Check::Match } else { Check::NoMatch(differing) }
    }
}

/// Two names are one: composed, upper case, single spaces; then once more without diacritics.
pub fn same_name(a: &str, b: &str) -> bool {
    plain(a) == plain(b) || bare(a) == bare(b)
}

fn plain(name: &str) -> String {
    name.nfc().collect::<String>().to_uppercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn bare(name: &str) -> String {
    let marks = |c: &char| !('\u{300}'..='\u{36F}').contains(c);
    plain(name).nfd().filter(marks).map(|c| if c == 'Đ' { 'D' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_agrees_in_any_case_spacing_composition_and_without_diacritics() {
        let decomposed: String = "Đỗ Thị Ngọc".nfd().collect();
        for claim in ["ĐỖ THỊ NGỌC", " đỗ  thị ngọc ", "DO THI NGOC", &decomposed] {
            assert!(same_name("Đỗ Thị Ngọc", claim), "{claim}");
        }
        assert!(!same_name("Đỗ Thị Ngọc", "Đỗ Thị Ngà"));
    }

    #[test]
    fn dates_of_birth_agree_as_far_as_both_are_known() {
        let date = |text: &str| text.parse::<BirthDate>().expect("a date");
        assert!(date("1980").agrees(date("1980-05-17")));
        assert!(date("1980-05").agrees(date("1980-05-17")));
        assert!(!date("1980-06").agrees(date("1980-05-17")));
        assert_eq!(date("1980-05-07").to_string(), "1980-05-07");
        for bad in ["", "80", "1980-5", "1980-13", "1980-02-30", "1980-05-17-1", "abcd"] {
            assert_eq!(bad.parse::<BirthDate>(), Err(BirthDateError), "{bad}");
        }
    }
}
