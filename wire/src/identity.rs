//! Personal identity numbers and the QR code of identity cards.
//!
//! A number is `CCC G YY SSSSSS`: place of birth registration, century and gender, year of birth, serial. It has no
//! check digit. The QR code is **not signed**: what it says is a claim until the population database confirms it.
//! [`CitizenNumber`] and [`CardQr`] print as redacted in debug output, so that they cannot reach a log by accident.

use std::fmt;
use std::sync::OnceLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

const PLACES: &str = include_str!("../data/birth-places.csv");

/// Why a number or a QR text was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Not 12 digits.
    #[error("an identity number has exactly 12 digits")]
    NotTwelveDigits,
    /// The fourth digit names a century after this one.
    #[error("the fourth digit of an identity number is 0–3 for people born before 2100")]
    Century,
    /// Born after this year.
    #[error("the identity number says a year of birth that is still to come")]
    BornInFuture,
    /// Fewer than 6 fields.
    #[error("the QR text has fewer than 6 fields separated by '|': this is not an identity card")]
    TooFewFields,
    /// The name is empty.
    #[error("the QR text has no name")]
    NoName,
    /// A date is not `ddMMyyyy` or not in the calendar.
    #[error("a date in the QR text is not a real date written ddMMyyyy")]
    BadDate,
    /// Birth, issue and today are not in this order.
    #[error("the dates in the QR text are not in order: birth before issue, issue not after today")]
    DatesOutOfOrder,
    /// Neither `Nam` nor `Nữ`.
    #[error("the gender in the QR text is neither Nam nor Nữ")]
    BadGender,
}

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
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CitizenNumber(String);

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

/// What the number and the card say differently: an operator must look (`CHECK_ID`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mismatch {
    /// Year of birth.
    BirthYear,
    /// Gender.
    Gender,
}

/// What the QR code of an identity card claims.
#[derive(Clone, PartialEq, Eq)]
pub struct CardQr {
    /// Identity number.
    pub number: CitizenNumber,
    /// Number of the old 9-digit card; history only.
    pub old_number: Option<String>,
    /// Full name, NFC.
    pub name: String,
    /// Date of birth.
    pub born: Date,
    /// Gender.
    pub gender: Gender,
    /// Permanent address, NFC; may be empty.
    pub address: String,
    /// Date of issue, when the card says it.
    pub issued: Option<Date>,
    /// Fields of newer layouts, uninterpreted. Never log them: they may name parents.
    pub extras: Vec<String>,
}

impl CardQr {
    /// Reads `number|old number|name|ddMMyyyy|Nam or Nữ|address|ddMMyyyy[|…]` as a reader sends it: with a byte order
    /// mark, line ends or decomposed letters.
    ///
    /// # Errors
    /// The first rule that the text breaks; see [`IdentityError`].
    pub fn parse(text: &str, today: Date) -> Result<Self, IdentityError> {
        let text: String = text.trim_matches(|c: char| c == '\u{FEFF}' || c.is_whitespace()).nfc().collect();
        let mut fields = text.split('|').map(str::trim);
        let mut field = || fields.next().ok_or(IdentityError::TooFewFields);
        let (number, old, name, born, gender, address) =
            (field()?, field()?, field()?, field()?, field()?, field()?);
        let number = CitizenNumber::parse(number, today)?;
        if name.is_empty() {
            return Err(IdentityError::NoName);
        }
        let born = date(born)?;
        let issued = fields.next().filter(|f| !f.is_empty()).map(date).transpose()?;
        if issued.is_some_and(|issued| born >= issued || issued > today) || born > today {
            return Err(IdentityError::DatesOutOfOrder);
        }
        Ok(Self {
            number,
            old_number: (old.len() == 9 && old.bytes().all(|c| c.is_ascii_digit())).then(|| old.to_owned()),
            name: name.to_owned(),
            born,
            gender: gender_word(gender)?,
            address: address.to_owned(),
            issued,
            extras: fields.map(str::to_owned).collect(),
        })
    }

    /// Where the number contradicts the rest of the card.
    pub fn mismatches(&self) -> Vec<Mismatch> {
        let year = (self.number.birth_year() != self.born.year()).then_some(Mismatch::BirthYear);
        let gender = (self.number.gender() != self.gender).then_some(Mismatch::Gender);
        year.into_iter().chain(gender).collect()
    }
}

impl fmt::Debug for CardQr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardQr(redacted)")
    }
}

fn date(text: &str) -> Result<Date, IdentityError> {
    if text.len() != 8 || !text.bytes().all(|c| c.is_ascii_digit()) {
        return Err(IdentityError::BadDate);
    }
    let part = |range: std::ops::Range<usize>| text[range].parse::<i16>().map_err(|_| IdentityError::BadDate);
    let (day, month, year) = (part(0..2)?, part(2..4)?, part(4..8)?);
    // Two digits always fit an i8.
    Date::new(year, month as i8, day as i8).map_err(|_| IdentityError::BadDate)
}

fn gender_word(text: &str) -> Result<Gender, IdentityError> {
    match text.to_lowercase().as_str() {
        "nam" => Ok(Gender::Male),
        "nữ" => Ok(Gender::Female),
        _ => Err(IdentityError::BadGender),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as day;
    use proptest::prelude::*;

    use super::*;

    const SAMPLE: &str =
        "037090001234|161234567|Nguyễn Văn Mẫu|15081990|Nam|Thôn 1, Xã Gia Vân, Gia Viễn, Ninh Bình|10052021";

    fn today() -> Date {
        day(2026, 11, 21)
    }

    fn card(text: &str) -> Result<CardQr, IdentityError> {
        CardQr::parse(text, today())
    }

    #[test]
    fn a_number_tells_place_gender_and_year_of_birth() {
        let n = CitizenNumber::parse("037090001234", today()).expect("well-formed");
        assert_eq!((n.place(), n.gender(), n.birth_year()), (Some("Ninh Bình"), Gender::Male, 1990));
        let n = CitizenNumber::parse("037307001234", today()).expect("well-formed");
        assert_eq!((n.gender(), n.birth_year()), (Gender::Female, 2007));
    }

    #[test]
    fn an_unknown_place_is_no_reason_to_refuse_a_number() {
        assert_eq!(CitizenNumber::parse("999090001234", today()).map(|n| n.place()), Ok(None));
        assert_eq!(birth_places().len(), 63);
    }

    #[test]
    fn malformed_numbers_are_refused_with_their_reason() {
        for (text, error) in [
            ("", IdentityError::NotTwelveDigits),
            ("03709000123", IdentityError::NotTwelveDigits),
            ("0370900012345", IdentityError::NotTwelveDigits),
            ("03709000123a", IdentityError::NotTwelveDigits),
            ("03709000１2", IdentityError::NotTwelveDigits),
            ("037490001234", IdentityError::Century),
            ("037227001234", IdentityError::BornInFuture),
        ] {
            assert_eq!(CitizenNumber::parse(text, today()), Err(error), "{text}");
        }
    }

    #[test]
    fn the_qr_of_a_card_is_read_field_by_field() {
        let c = card(SAMPLE).expect("the sample reads");
        assert_eq!(c.number.as_str(), "037090001234");
        assert_eq!(c.old_number.as_deref(), Some("161234567"));
        assert_eq!((c.name.as_str(), c.born, c.gender), ("Nguyễn Văn Mẫu", day(1990, 8, 15), Gender::Male));
        assert_eq!(c.address, "Thôn 1, Xã Gia Vân, Gia Viễn, Ninh Bình");
        assert_eq!((c.issued, c.extras.len()), (Some(day(2021, 5, 10)), 0));
        assert_eq!(c.mismatches(), []);
    }

    #[test]
    fn what_readers_add_or_leave_out_does_no_harm() {
        let plain = card(SAMPLE).expect("the sample reads");
        let decomposed: String = SAMPLE.nfd().collect();
        for text in [format!("\u{FEFF}{SAMPLE}\r\n"), decomposed, format!(" {SAMPLE}\r")] {
            assert_eq!(card(&text), Ok(plain.clone()));
        }
        assert_eq!(card(&SAMPLE.replace("161234567", "")).map(|c| c.old_number), Ok(None));
        assert_eq!(card(&SAMPLE.replace("161234567", "n/a")).map(|c| c.old_number), Ok(None));
        assert_eq!(card(&format!("{SAMPLE}|")).map(|c| c.extras), Ok(vec![String::new()]));
        assert_eq!(card(SAMPLE.rsplit_once('|').expect("fields").0).map(|c| c.issued), Ok(None));
        let woman = SAMPLE.replace("037090", "037190").replace("Nam", "NU\u{31B}\u{303}");
        assert_eq!(card(&woman).map(|c| c.gender), Ok(Gender::Female));
    }

    #[test]
    fn a_qr_that_is_no_card_is_refused_with_its_reason() {
        for (text, error) in [
            ("https://example.vn".to_owned(), IdentityError::TooFewFields),
            ("037090001234||Nguyễn Văn Mẫu|15081990|Nam".to_owned(), IdentityError::TooFewFields),
            (SAMPLE.replace("037090001234", "37090001234"), IdentityError::NotTwelveDigits),
            (SAMPLE.replace("Nguyễn Văn Mẫu", " "), IdentityError::NoName),
            (SAMPLE.replace("15081990", "31021990"), IdentityError::BadDate),
            (SAMPLE.replace("15081990", "1508199"), IdentityError::BadDate),
            (SAMPLE.replace("10052021", "10051989"), IdentityError::DatesOutOfOrder),
            (SAMPLE.replace("10052021", "22112026"), IdentityError::DatesOutOfOrder),
            (SAMPLE.replace("Nam|", "X|"), IdentityError::BadGender),
        ] {
            assert_eq!(card(&text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_number_that_contradicts_the_card_is_pointed_out() {
        let c = card(&SAMPLE.replace("15081990", "15081991")).expect("reads");
        assert_eq!(c.mismatches(), [Mismatch::BirthYear]);
        let c = card(&SAMPLE.replace("Nam", "Nữ")).expect("reads");
        assert_eq!(c.mismatches(), [Mismatch::Gender]);
    }

    #[test]
    fn debug_output_holds_no_personal_data() {
        let c = card(SAMPLE).expect("reads");
        assert_eq!(format!("{c:?} {:?}", c.number), "CardQr(redacted) CitizenNumber(redacted)");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,80}", fields in prop::collection::vec("[0-9Nam ữ]{0,12}", 0..9)) {
            let _ = card(&text);
            let _ = card(&fields.join("|"));
        }
    }
}
