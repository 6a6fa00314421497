//! Enrolment: several looks at one person become one template, or are refused.

use thiserror::Error;

use super::{FaceError, FaceModel, FaceVector};

/// How many looks, and how much alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EnrolRules {
    /// Looks that are needed at least.
    pub least_shots: usize,
    /// Least similarity of any two of them. Take it from [`Threshold`](super::Threshold): looks that would not be taken for
    /// one person at the gate are no ground for a template.
    pub least_similarity: f32,
}

/// Why no template was made.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum EnrolRefusal {
    /// Too few good looks.
    #[error("{found} good shots, {wanted} are needed: take more")]
    TooFew {
        /// Shots given.
        found: usize,
        /// Shots wanted.
        wanted: usize,
    },
    /// Two looks that are too different: two people, or one bad picture.
    #[error(
        "shots {first} and {second} do not look like one person (similarity {similarity:.2}, {wanted:.2} is needed): take them again"
    )]
    Disagree {
        /// Place of the one shot, from 0.
        first: usize,
        /// Place of the other.
        second: usize,
        /// How similar they are.
        similarity: f32,
        /// How similar they should be.
        wanted: f32,
    },
    /// Different models or sizes, or looks that cancel each other out.
    #[error(transparent)]
    Vectors(#[from] FaceError),
}

/// What is kept of one person: the mean of the looks. No picture.
#[derive(Debug, Clone, PartialEq)]
pub struct FaceTemplate {
    vector: FaceVector,
    shots: usize,
    agreement: f32,
}

impl FaceTemplate {
    /// The mean vector.
    pub fn vector(&self) -> &FaceVector {
        &self.vector
    }

    /// The model of all looks.
    pub fn model(&self) -> &FaceModel {
        self.vector.model()
    }

    /// Looks it was made of.
    pub fn shots(&self) -> usize {
        self.shots
    }

    /// Similarity of the two looks that agreed least.
    pub fn agreement(&self) -> f32 {
        self.agreement
    }
}

/// Makes a template of several looks at one person.
///
/// # Errors
/// [`EnrolRefusal`].
pub fn enrol(shots: &[FaceVector], rules: &EnrolRules) -> Result<FaceTemplate, EnrolRefusal> {
    let wanted = rules.least_shots.max(1);
    if shots.len() < wanted {
        return Err(EnrolRefusal::TooFew { found: shots.len(), wanted });
    }
    let mut agreement = 1.0_f32;
    for (first, a) in shots.iter().enumerate() {
        for (second, b) in shots.iter().enumerate().skip(first + 1) {
            let similarity = a.similarity(b)?;
            if similarity < rules.least_similarity {
                let wanted = rules.least_similarity;
                return Err(EnrolRefusal::Disagree { first, second, similarity, wanted });
            }
            agreement = agreement.min(similarity);
        }
    }
    let mut sum = vec![0.0; shots[0].dimensions()];
    for shot in shots {
        sum.iter_mut().zip(shot.values()).for_each(|(sum, value)| *sum += value);
    }
    let vector = FaceVector::new(shots[0].model().clone(), sum)?;
    Ok(FaceTemplate { vector, shots: shots.len(), agreement })
}
