//! How far an identity has been proven, and how far a purpose needs it to be.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::card::CardQr;
use super::number::CitizenNumber;
use super::proofs::{FaceMatch, PassiveAuthentication, RegisterMatch, VneidLevel2};

/// The rungs of the ladder. As a *requirement* this is data that anybody may write down; as a *fact* it exists only
/// inside [`Proven`]. There is no order by `<`, because two rungs are different and yet as good as each other: ask
/// [`satisfies`](Self::satisfies).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustLevel {
    /// The QR code was read. Not signed: a claim.
    QrOnly,
    /// The population database says that the claim is right.
    QrAndRegister,
    /// The chip's data are signed by a known authority.
    Chip,
    /// And the face before the camera is the one in the chip.
    ChipAndFace,
    /// VNeID's server confirmed an account of level 2. As good as [`ChipAndFace`](Self::ChipAndFace).
    #[serde(rename = "vneid_level2")]
    VneidLevel2,
}

impl TrustLevel {
    /// Whether this is enough where `required` is asked for.
    pub fn satisfies(self, required: Self) -> bool {
        self.rung() >= required.rung()
    }

    fn rung(self) -> u8 {
        match self {
            Self::QrOnly => 0,
            Self::QrAndRegister => 1,
            Self::Chip => 2,
            Self::ChipAndFace | Self::VneidLevel2 => 3,
        }
    }
}

/// Why a proof does not raise, or a level is not enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// The proof is about somebody else.
    #[error("the proof is about another identity number")]
    OtherPerson,
    /// A face proves something only beside a chip whose data are authentic.
    #[error("a face comparison counts only after the chip was read and authenticated")]
    FaceWithoutChip,
    /// Below what the purpose asks for.
    #[error("proven to {0:?}, but {1:?} is required")]
    TooLow(TrustLevel, TrustLevel),
    /// The purpose has no row in the data; nothing is assumed.
    #[error("no trust level is configured for this purpose")]
    UnknownPurpose,
}

/// An identity and how far it has been proven. Made and raised only by what proves it; neither deserialised nor copied
/// from parts:
///
/// ```compile_fail
/// use wire::identity::{Proven, TrustLevel};
/// let forged = Proven { level: TrustLevel::Chip, number: None };
/// ```
///
/// ```compile_fail
/// let forged: wire::identity::Proven = serde_json::from_str(r#"{"level":"chip"}"#).unwrap();
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Proven {
    level: TrustLevel,
    number: Option<CitizenNumber>,
}

impl Proven {
    /// The lowest rung: a QR code says so.
    pub fn by_qr(card: &CardQr) -> Self {
        Self { level: TrustLevel::QrOnly, number: Some(card.number.clone()) }
    }

    /// A chip whose data are authentic says so.
    pub fn by_chip(proof: &PassiveAuthentication) -> Self {
        Self { level: TrustLevel::Chip, number: Some(proof.number().clone()) }
    }

    /// VNeID's server says so. It names its subject by a reference of its own, not by number.
    pub fn by_vneid(_proof: &VneidLevel2) -> Self {
        Self { level: TrustLevel::VneidLevel2, number: None }
    }

    /// The population database agrees. A higher rung stays as it is.
    ///
    /// # Errors
    /// [`TrustError::OtherPerson`].
    pub fn with_register(self, proof: &RegisterMatch) -> Result<Self, TrustError> {
        if self.number.as_ref() != Some(proof.number()) {
            return Err(TrustError::OtherPerson);
        }
        let level = if self.level == TrustLevel::QrOnly { TrustLevel::QrAndRegister } else { self.level };
        Ok(Self { level, number: self.number.clone() })
    }

    /// The chip's face is the face before the camera.
    ///
    /// # Errors
    /// [`TrustError::FaceWithoutChip`] unless the chip was authenticated; [`TrustError::OtherPerson`].
    pub fn with_face(self, proof: &FaceMatch) -> Result<Self, TrustError> {
        if !matches!(self.level, TrustLevel::Chip | TrustLevel::ChipAndFace) {
            return Err(TrustError::FaceWithoutChip);
        }
        if self.number.as_ref() != Some(proof.number()) {
            return Err(TrustError::OtherPerson);
        }
        Ok(Self { level: TrustLevel::ChipAndFace, number: self.number.clone() })
    }

    /// How far.
    pub fn level(&self) -> TrustLevel {
        self.level
    }

    /// Who; `None` after VNeID, which names nobody.
    pub fn number(&self) -> Option<&CitizenNumber> {
        self.number.as_ref()
    }
}

impl fmt::Debug for Proven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proven({:?}, redacted)", self.level)
    }
}

/// Which level each purpose asks for: data of the site. A purpose that is not named is never satisfied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequiredTrust(BTreeMap<String, TrustLevel>);

impl RequiredTrust {
    /// Whether `proven` is enough for `purpose`.
    ///
    /// # Errors
    /// [`TrustError::TooLow`], [`TrustError::UnknownPurpose`].
    pub fn check(&self, purpose: &str, proven: &Proven) -> Result<(), TrustError> {
        let required = *self.0.get(purpose).ok_or(TrustError::UnknownPurpose)?;
        if proven.level.satisfies(required) {
            Ok(())
        } else {
            Err(TrustError::TooLow(proven.level, required))
        }
    }

    /// All rows.
    pub fn rows(&self) -> impl Iterator<Item = (&str, TrustLevel)> {
        self.0.iter().map(|(purpose, level)| (purpose.as_str(), *level))
    }
}
