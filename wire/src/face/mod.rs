//! Face vectors: what a face model says about one aligned face, and how two of them are compared.
//!
//! A [`FaceVector`] always knows which model made it. Vectors of two models are numbers in two different languages: every
//! comparison here refuses them ([`FaceError::MixedModels`]), and there is no way to the bare numbers of two vectors through
//! one type that forgets the model. A vector is biometric data: its `Debug` form shows no value, it has no `Serialize`, and
//! whoever stores or sends one packs it by hand ([`FaceVector::pack`]) and encrypts the bytes.
//!
//! A match is only ever *possible*: see [`identify`], which has no answer that names one person, and [`verify`].

mod matching;
mod pack;
mod template;
mod threshold;

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

pub use matching::{Candidate, Verification, identify, verify};
pub use pack::Packing;
pub use template::{EnrolRefusal, EnrolRules, FaceTemplate, enrol};
pub use threshold::{Support, Threshold, ThresholdRow, thresholds};

/// Most dimensions that a vector may have.
pub const MAX_DIMENSIONS: usize = 1024;

/// Longest model id in bytes.
const MAX_MODEL_ID: usize = 64;

/// Why a vector cannot be made, unpacked or compared.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum FaceError {
    /// Two models. Neither number nor threshold of one means anything for the other: enrol anew with the newer model.
    #[error("face vectors of {ours} and {theirs} cannot be compared: enrol again with one model")]
    MixedModels {
        /// Model of the one.
        ours: FaceModel,
        /// Model of the other.
        theirs: FaceModel,
    },
    /// Same model id, other length: one of them is damaged.
    #[error("a face vector of {model} has {found} dimensions where {wanted} were expected")]
    Dimensions {
        /// The model.
        model: FaceModel,
        /// Dimensions found.
        found: usize,
        /// Dimensions wanted.
        wanted: usize,
    },
    /// No, or too many, or not finite, or only zero values.
    #[error("not a face vector: {0}")]
    NotAVector(&'static str),
    /// The id is empty, too long, or holds something other than `[a-z0-9.-]`.
    #[error("{0:?} is not a model id: use 1 to 64 of a-z, 0-9, '.' and '-'")]
    ModelId(String),
    /// Bytes that [`FaceVector::pack`] did not make.
    #[error("not a packed face vector: {0}")]
    Packed(&'static str),
}

/// Id of the model that made a vector, as `models/manifest.toml` names it. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaceModel(Arc<str>);

impl FaceModel {
    /// Checks and wraps an id.
    ///
    /// # Errors
    /// [`FaceError::ModelId`].
    pub fn new(id: &str) -> Result<Self, FaceError> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
        if (1..=MAX_MODEL_ID).contains(&id.len()) && id.bytes().all(allowed) {
            Ok(Self(id.into()))
        } else {
            Err(FaceError::ModelId(id.to_owned()))
        }
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FaceModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FaceModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One face as its model sees it: unit length, `dimensions` values, and the model's id.
#[derive(Clone, PartialEq)]
pub struct FaceVector {
    model: FaceModel,
    values: Box<[f32]>,
}

impl FaceVector {
    /// Scales `values` to unit length.
    ///
    /// # Errors
    /// [`FaceError::NotAVector`] when there are none or more than [`MAX_DIMENSIONS`], one is not finite, or all are zero.
    pub fn new(model: FaceModel, mut values: Vec<f32>) -> Result<Self, FaceError> {
        if values.is_empty() || values.len() > MAX_DIMENSIONS {
            return Err(FaceError::NotAVector("it must have 1 to 1024 values"));
        }
        if values.iter().any(|v| !v.is_finite()) {
            return Err(FaceError::NotAVector("a value is not finite"));
        }
        // In f64: the squares of large f32 values overflow.
        let length = values.iter().map(|v| f64::from(*v) * f64::from(*v)).sum::<f64>().sqrt();
        if length < 1e-12 {
            return Err(FaceError::NotAVector("all values are zero"));
        }
        values.iter_mut().for_each(|v| *v = (f64::from(*v) / length) as f32);
        Ok(Self { model, values: values.into() })
    }

    /// The model that made it.
    pub fn model(&self) -> &FaceModel {
        &self.model
    }

    /// Number of values.
    pub fn dimensions(&self) -> usize {
        self.values.len()
    }

    /// The values; their squares sum to one.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Cosine similarity, `-1..=1`.
    ///
    /// # Errors
    /// [`FaceError::MixedModels`], [`FaceError::Dimensions`].
    pub fn similarity(&self, other: &Self) -> Result<f32, FaceError> {
        self.comparable(other)?;
        let dot: f32 = self.values.iter().zip(&other.values).map(|(a, b)| a * b).sum();
        Ok(dot.clamp(-1.0, 1.0))
    }

    /// Whether the two may be compared at all.
    ///
    /// # Errors
    /// [`FaceError::MixedModels`], [`FaceError::Dimensions`].
    pub fn comparable(&self, other: &Self) -> Result<(), FaceError> {
        same_model(&self.model, &other.model)?;
        if self.dimensions() != other.dimensions() {
            let (found, wanted) = (other.dimensions(), self.dimensions());
            return Err(FaceError::Dimensions { model: self.model.clone(), found, wanted });
        }
        Ok(())
    }
}

/// Refuses two models.
fn same_model(ours: &FaceModel, theirs: &FaceModel) -> Result<(), FaceError> {
    if ours == theirs {
        return Ok(());
    }
    Err(FaceError::MixedModels { ours: ours.clone(), theirs: theirs.clone() })
}

impl fmt::Debug for FaceVector {
    /// Model and size only: a log must not hold a face.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FaceVector({}, {} dimensions)", self.model, self.dimensions())
    }
}

#[cfg(test)]
mod tests;
