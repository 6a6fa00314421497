//! A card that was read, and cards in pictures.

use std::fmt;

use jiff::civil::Date;
use wire::identity::{
    CardQr, CitizenNumber, Gender, IdentityError, Mismatch, PassiveAuthentication, Proven, Warning,
};
use zeroize::Zeroizing;

use crate::vision::qr::{self, Grey};

/// What is kept of a card.
#[derive(Clone, PartialEq, Eq)]
pub struct SeenCard {
    /// Identity number.
    pub number: CitizenNumber,
    /// Full name, NFC.
    pub name: Zeroizing<String>,
    /// Date of birth.
    pub born: Date,
    /// Gender.
    pub gender: Gender,
    /// What reading it in this way proves.
    pub proven: Proven,
    /// Where the number contradicts the rest: an operator must look (`CHECK_ID`).
    pub check_id: Vec<Mismatch>,
    /// What else is worth knowing.
    pub warnings: Vec<Warning>,
}

impl SeenCard {
    /// From its QR code.
    pub fn by_qr(card: &CardQr) -> Self {
        Self {
            number: card.number.clone(),
            name: card.name.clone(),
            born: card.born,
            gender: card.gender,
            proven: Proven::by_qr(card),
            check_id: card.mismatches(),
            warnings: card.warnings(),
        }
    }

    /// From its chip, whose data are authentic.
    pub fn by_chip(
        number: CitizenNumber,
        name: Zeroizing<String>,
        born: Date,
        gender: Gender,
        proof: &PassiveAuthentication,
    ) -> Self {
        let year = (number.birth_year() != born.year()).then_some(Mismatch::BirthYear);
        let sex = (number.gender() != gender).then_some(Mismatch::Gender);
        Self {
            proven: Proven::by_chip(proof),
            check_id: year.into_iter().chain(sex).collect(),
            warnings: number.place().is_none().then_some(Warning::UnknownPlace).into_iter().collect(),
            number,
            name,
            born,
            gender,
        }
    }
}

impl fmt::Debug for SeenCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SeenCard({:?}, redacted)", self.proven.level())
    }
}

/// A QR code in a picture: a card, or why it is none.
#[derive(Debug)]
pub struct PictureCard {
    /// The card.
    pub card: Result<SeenCard, IdentityError>,
    /// Left, top, width and height of the code, pixels.
    pub bounds: [i32; 4],
}

/// The codes in a picture.
pub fn of_picture(picture: &Grey, today: Date) -> Vec<PictureCard> {
    let card = |code: &qr::QrCode| CardQr::parse(&code.text(), today).map(|card| SeenCard::by_qr(&card));
    qr::read(picture).iter().map(|code| PictureCard { card: card(code), bounds: code.bounds }).collect()
}
