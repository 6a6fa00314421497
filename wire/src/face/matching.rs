//! One to one and one to many. The answer is a similarity with its threshold, and at most *possible*.

use super::{FaceError, FaceTemplate, FaceVector, Support, Threshold};

/// The answer of a one-to-one check.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verification {
    /// Similarity of the two.
    pub similarity: f32,
    /// What was asked for.
    pub threshold: f32,
    /// False-match rate of that threshold, per comparison.
    pub rate: f64,
    /// Whether that rate was shown or is unverified.
    pub support: Support,
    /// The similarity reached the threshold: possibly the same person. `false` is no proof of the contrary, and neither answer
    /// opens or closes anything by itself.
    pub possible: bool,
}

/// Somebody whom a face may possibly be.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate<'a, K> {
    /// Whose template.
    pub who: &'a K,
    /// How similar.
    pub similarity: f32,
    /// Whether the threshold's rate was shown or is unverified.
    pub support: Support,
}

/// Compares a look with one template.
///
/// # Errors
/// [`FaceError::MixedModels`] when look, template and threshold are not of one model; [`FaceError::Dimensions`].
pub fn verify(
    look: &FaceVector,
    template: &FaceTemplate,
    threshold: &Threshold,
) -> Result<Verification, FaceError> {
    threshold.check(look.model())?;
    let similarity = template.vector().similarity(look)?;
    Ok(Verification {
        similarity,
        threshold: threshold.similarity(),
        rate: threshold.rate(),
        support: threshold.support(),
        possible: similarity >= threshold.similarity(),
    })
}

/// Everybody among `people` whom the look may possibly be, most similar first, at most `most`. Never one name with a yes: an empty
/// list says only that nobody was similar enough. A threshold for a search is [`Threshold::for_search`].
///
/// # Errors
/// [`FaceError::MixedModels`], [`FaceError::Dimensions`]: also when a single template is of another model, because a search that
/// silently skips people is worse than none.
pub fn identify<'a, K>(
    look: &FaceVector,
    people: impl IntoIterator<Item = (&'a K, &'a FaceTemplate)>,
    threshold: &Threshold,
    most: usize,
) -> Result<Vec<Candidate<'a, K>>, FaceError> {
    threshold.check(look.model())?;
    let mut candidates = Vec::new();
    for (who, template) in people {
        let similarity = template.vector().similarity(look)?;
        if similarity >= threshold.similarity() {
            candidates.push(Candidate { who, similarity, support: threshold.support() });
        }
    }
    candidates.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
    candidates.truncate(most);
    Ok(candidates)
}
