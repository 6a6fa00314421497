//! Personal identity numbers, the QR code of identity cards, and how far an identity has been proven.
//!
//! A number is `CCC G YY SSSSSS`: place of birth registration, century and gender, year of birth, serial. It has no
//! check digit. The QR code is **not signed**: what it says is a claim until the population database, the card's chip or
//! VNeID confirms it; [`Proven`] is the only value that says so. [`CitizenNumber`], [`CardQr`] and [`Proven`] print as
//! redacted in debug output, so that they cannot reach a log by accident, and are wiped from memory when dropped.

mod card;
mod number;
mod proofs;
#[cfg(test)]
mod tests;
mod text;
mod trust;

pub use card::{CardQr, Mismatch, Warning};
pub use number::{CitizenNumber, Gender, birth_places};
pub use proofs::{
    CscaTrust, FaceComparison, FaceMatch, PassiveAuthentication, PassiveReport, ProofError, RegisterAnswer,
    RegisterMatch, RegisterResult, VneidAnswer, VneidLevel2,
};
pub use text::Letters;
pub use trust::{Proven, RequiredTrust, TrustError, TrustLevel};

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
    /// More characters than any card has.
    #[error("the QR text is longer than that of any identity card")]
    TooLong,
    /// Digits or separators are those of another keyboard layout.
    #[error(
        "the reader types under another keyboard layout: set it to serial (USB-CDC) mode, or the computer to a US keyboard"
    )]
    KeyboardLayout,
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

impl IdentityError {
    /// The reason in one word for machines, `snake_case`.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotTwelveDigits => "not_twelve_digits",
            Self::Century => "century",
            Self::BornInFuture => "born_in_future",
            Self::TooFewFields => "too_few_fields",
            Self::TooLong => "too_long",
            Self::KeyboardLayout => "keyboard_layout",
            Self::NoName => "no_name",
            Self::BadDate => "bad_date",
            Self::DatesOutOfOrder => "dates_out_of_order",
            Self::BadGender => "bad_gender",
        }
    }
}
