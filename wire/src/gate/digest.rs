//! Keyed digests: what stands in a list in place of a number that must not be read there.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::digest::{hex, unhex};

/// What a digest was made of. The kind is part of what is digested: a PIN never equals a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// A plate on a watch list, canonical text.
    Plate,
    /// A 12-digit identity number.
    Card,
    /// The secret of a pass: what its QR code says.
    Pass,
    /// A PIN.
    Pin,
    /// Country and number of a passport, `VNM:B1234567`.
    Passport,
    /// VNeID's reference of a subject.
    Vneid,
}

impl KeyKind {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plate => "plate",
            Self::Card => "card",
            Self::Pass => "pass",
            Self::Pin => "pin",
            Self::Passport => "passport",
            Self::Vneid => "vneid",
        }
    }
}

/// The first 16 bytes of an HMAC-SHA256 under an agent's list key, in hex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyDigest([u8; 16]);

impl KeyDigest {
    /// From the bytes of a MAC.
    pub(super) fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyDigest({})", &hex(&self.0)[..8])
    }
}

impl TryFrom<String> for KeyDigest {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        unhex(&text).map(Self).ok_or_else(|| "not a keyed digest: expected 32 hex digits".to_owned())
    }
}

impl From<KeyDigest> for String {
    fn from(digest: KeyDigest) -> Self {
        digest.to_string()
    }
}
