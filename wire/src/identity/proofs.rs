//! What raises trust: each proof is made from the answer of the service or reader that gives it, and only from a good one.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::number::CitizenNumber;

/// Why an answer proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The population database did not say `MATCH`, or named fields that differ.
    #[error("the population database did not confirm the data")]
    NoMatch,
    /// An answer without a transaction number cannot be found again by an auditor.
    #[error("the answer has no transaction number")]
    NoTransaction,
    /// The chip's signature or hashes are wrong.
    #[error("the chip's data are not authentic: keep the card's holder waiting and call a supervisor")]
    NotAuthentic,
    /// Signed by an authority that the reader does not know.
    #[error("the chip's data are signed by an unknown authority: update the reader's list of authorities")]
    UnknownAuthority,
    /// Not the same face, or not surely.
    #[error("the face is not surely the one in the chip")]
    OtherFace,
    /// Expired, replayed, invalid, or not level 2.
    #[error("VNeID did not confirm an account of level 2")]
    NoVneid,
}

/// What the population database answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RegisterResult {
    /// All given data are right.
    Match,
    /// Some are not.
    NoMatch,
    /// Nobody has this number.
    NotFound,
    /// The record is locked.
    Locked,
}

/// The population database's answer about a number that it was asked about.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegisterAnswer {
    /// Its verdict.
    pub result: RegisterResult,
    /// Fields that differ.
    #[serde(default)]
    pub mismatch: Vec<String>,
    /// Its transaction number.
    pub txn_id: String,
}

/// The population database confirmed this number.
#[derive(Clone)]
pub struct RegisterMatch(CitizenNumber);

impl RegisterMatch {
    /// From its answer to a question about `asked`.
    ///
    /// # Errors
    /// [`ProofError::NoMatch`], [`ProofError::NoTransaction`].
    pub fn from_answer(asked: &CitizenNumber, answer: &RegisterAnswer) -> Result<Self, ProofError> {
        if answer.result != RegisterResult::Match || !answer.mismatch.is_empty() {
            return Err(ProofError::NoMatch);
        }
        if answer.txn_id.trim().is_empty() {
            return Err(ProofError::NoTransaction);
        }
        Ok(Self(asked.clone()))
    }

    pub(super) fn number(&self) -> &CitizenNumber {
        &self.0
    }
}

/// Whether the authority that signed a chip is on the reader's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CscaTrust {
    /// It is.
    Known,
    /// It is not.
    Unknown,
}

/// What a reader says about a chip's signature (ICAO 9303 passive authentication).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassiveReport {
    /// The signature over the list of hashes is right.
    pub sod_signature_valid: bool,
    /// The data that were read have those hashes.
    pub hashes_match: bool,
    /// Who signed.
    pub csca: CscaTrust,
}

/// The chip's data are authentic.
#[derive(Clone)]
pub struct PassiveAuthentication(CitizenNumber);

impl PassiveAuthentication {
    /// From a reader's report about the chip that holds `number`.
    ///
    /// # Errors
    /// [`ProofError::NotAuthentic`], [`ProofError::UnknownAuthority`].
    pub fn from_report(number: &CitizenNumber, report: &PassiveReport) -> Result<Self, ProofError> {
        if !report.sod_signature_valid || !report.hashes_match {
            return Err(ProofError::NotAuthentic);
        }
        match report.csca {
            CscaTrust::Known => Ok(Self(number.clone())),
            CscaTrust::Unknown => Err(ProofError::UnknownAuthority),
        }
    }

    pub(super) fn number(&self) -> &CitizenNumber {
        &self.0
    }
}

/// One comparison of the face in the chip with the face before the camera.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FaceComparison {
    /// Similarity, in the scale of its threshold.
    pub score: f32,
    /// Least similarity that counts as the same person, from a stated false-match rate.
    pub threshold: f32,
}

/// The same face.
#[derive(Clone)]
pub struct FaceMatch(CitizenNumber);

impl FaceMatch {
    /// From a comparison with the face in the chip that holds `number`.
    ///
    /// # Errors
    /// [`ProofError::OtherFace`], also for figures that are none.
    pub fn from_comparison(number: &CitizenNumber, comparison: FaceComparison) -> Result<Self, ProofError> {
        let FaceComparison { score, threshold } = comparison;
        if score.is_finite() && threshold.is_finite() && score >= threshold {
            Ok(Self(number.clone()))
        } else {
            Err(ProofError::OtherFace)
        }
    }

    pub(super) fn number(&self) -> &CitizenNumber {
        &self.0
    }
}

/// VNeID's answer about a QR code shown in its app.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VneidAnswer {
    /// `VALID`, `EXPIRED`, `REPLAYED` or `INVALID`.
    pub result: String,
    /// Level of the account.
    #[serde(default)]
    pub level: u8,
}

/// An account of level 2, confirmed by VNeID's server.
#[derive(Debug, Clone)]
pub struct VneidLevel2(());

impl VneidLevel2 {
    /// From its answer.
    ///
    /// # Errors
    /// [`ProofError::NoVneid`].
    pub fn from_answer(answer: &VneidAnswer) -> Result<Self, ProofError> {
        if answer.result == "VALID" && answer.level == 2 { Ok(Self(())) } else { Err(ProofError::NoVneid) }
    }
}

macro_rules! redacted {
    ($($proof:ident),+) => {$(
        impl fmt::Debug for $proof {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($proof), "(redacted)"))
            }
        }
    )+};
}

redacted!(RegisterMatch, PassiveAuthentication, FaceMatch);
