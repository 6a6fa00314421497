//! The QR code of the chip card: `number|old number|name|ddMMyyyy|Nam or Nữ|address|ddMMyyyy[|…]`.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::IdentityError;
use super::number::{CitizenNumber, Gender};
use super::text::{Letters, clean, other_layout};

/// More characters than the QR code of any card holds.
const MAX_CHARS: usize = 2048;

/// What the number and the card say differently: an operator must look (`CHECK_ID`). Never a refusal by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mismatch {
    /// Year of birth.
    BirthYear,
    /// Gender.
    Gender,
}

/// What is worth knowing about a card, and no fault of its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// The number's place is none of the 63: born abroad, or a new code.
    UnknownPlace,
    /// The reader sent UTF-8 byte by byte; it was put together again. Set it to serial mode.
    LettersReencoded,
    /// The reader replaced or left out letters: do not compare the name. Set it to serial mode.
    LettersDamaged,
}

/// What the QR code of an identity card claims, as far as it is needed: address, old number and the fields of newer
/// layouts (which may name parents) are dropped while it is read.
#[derive(Clone, PartialEq, Eq)]
pub struct CardQr {
    /// Identity number.
    pub number: CitizenNumber,
    /// Full name, NFC.
    pub name: Zeroizing<String>,
    /// Date of birth.
    pub born: Date,
    /// Gender.
    pub gender: Gender,
    /// Date of issue, when the card says it.
    pub issued: Option<Date>,
    /// What the reader did to the letters.
    pub letters: Letters,
    /// Fields after the seventh, which a newer layout has. Their content is gone.
    pub extra_fields: usize,
}

impl CardQr {
    /// Reads the text as a reader sends it: with a byte order mark, line ends or decomposed letters.
    ///
    /// # Errors
    /// The first rule that the text breaks; see [`IdentityError`].
    pub fn parse(text: &str, today: Date) -> Result<Self, IdentityError> {
        if text.len() > 4 * MAX_CHARS {
            return Err(IdentityError::TooLong);
        }
        let (text, letters) = clean(text);
        let mut fields = text.split('|').map(str::trim);
        let layout = |error| if other_layout(&text) { IdentityError::KeyboardLayout } else { error };
        let mut field = || fields.next().ok_or_else(|| layout(IdentityError::TooFewFields));
        let (number, _old_number, name, born, gender, _address) =
            (field()?, field()?, field()?, field()?, field()?, field()?);
        let number = CitizenNumber::parse(number, today).map_err(layout)?;
        if name.is_empty() {
            return Err(IdentityError::NoName);
        }
        let born = date(born)?;
        let issued = fields.next().filter(|f| !f.is_empty()).map(date).transpose()?;
        if issued.is_some_and(|issued| born >= issued || issued > today) || born > today {
            return Err(IdentityError::DatesOutOfOrder);
        }
        let (gender, whole_word) = gender_word(gender)?;
        Ok(Self {
            number,
            name: Zeroizing::new(name.to_owned()),
            born,
            gender,
            issued,
            letters: if whole_word { letters } else { Letters::Damaged },
            extra_fields: fields.count(),
        })
    }

    /// Where the number contradicts the rest of the card.
    pub fn mismatches(&self) -> Vec<Mismatch> {
        let year = (self.number.birth_year() != self.born.year()).then_some(Mismatch::BirthYear);
        let gender = (self.number.gender() != self.gender).then_some(Mismatch::Gender);
        year.into_iter().chain(gender).collect()
    }

    /// What else is worth knowing.
    pub fn warnings(&self) -> Vec<Warning> {
        let place = self.number.place().is_none().then_some(Warning::UnknownPlace);
        let letters = match self.letters {
            Letters::Whole => None,
            Letters::Reencoded => Some(Warning::LettersReencoded),
            Letters::Damaged => Some(Warning::LettersDamaged),
        };
        place.into_iter().chain(letters).collect()
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

/// The gender, and whether the word came whole: readers that cannot type `ữ` leave it out or put something in its place.
fn gender_word(text: &str) -> Result<(Gender, bool), IdentityError> {
    match text.to_lowercase().as_str() {
        "nam" => Ok((Gender::Male, true)),
        "nữ" => Ok((Gender::Female, true)),
        "nu" | "n" | "n?" | "n\u{FFFD}" | "n??" | "n\u{FFFD}\u{FFFD}\u{FFFD}" => Ok((Gender::Female, false)),
        _ => Err(IdentityError::BadGender),
    }
}
