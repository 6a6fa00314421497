//! All faces at one moment.

use std::sync::Arc;

use wire::face::{FaceError, FaceModel, FaceVector};

use crate::code::Rotation;
use crate::scan::Tables;
use crate::search::{Question, search};
use crate::segment::{Dead, Part, Segment};
use crate::{Candidate, FaceId, IndexError, PersonRef};

/// All faces at one moment; changes make another one. Clones are cheap.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(crate) model: FaceModel,
    pub(crate) dims: usize,
    pub(crate) rotation: Arc<Rotation>,
    pub(crate) parts: Vec<(Arc<Segment>, Arc<Dead>)>,
}

impl Snapshot {
    /// The most similar faces, at most `count`, none below `min_score`; best first, equal scores in the order of ids.
    ///
    /// # Errors
    /// [`IndexError::Vector`] for a vector of another model or length.
    pub fn identify(
        &self,
        vector: &FaceVector,
        count: usize,
        min_score: f32,
    ) -> Result<Vec<Candidate>, IndexError> {
        self.accepts(vector)?;
        let mut rotated = vec![0.0; self.rotation.bits()];
        self.rotation.apply(vector.values(), &mut rotated);
        let parts: Vec<_> = self.parts.iter().map(part).collect();
        let tables = Tables::new(&rotated);
        Ok(search(&parts, &Question { values: vector.values(), tables: &tables, count, min_score }))
    }

    /// Faces that can be found.
    pub fn len(&self) -> usize {
        self.parts.iter().map(living).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The model whose vectors these are.
    pub fn model(&self) -> &FaceModel {
        &self.model
    }

    /// Values of a vector.
    pub fn dimensions(&self) -> usize {
        self.dims
    }

    /// Bytes of memory in use, removed faces that still take room included.
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(|(segment, dead)| segment.bytes() + dead.bytes()).sum()
    }

    /// Segments; a search costs a few microseconds for each.
    pub fn segments(&self) -> usize {
        self.parts.len()
    }

    /// Whether a face is there.
    pub fn contains(&self, id: FaceId) -> bool {
        self.find(id).is_some()
    }

    /// All faces of a person.
    pub fn of_person(&self, person: PersonRef) -> Vec<FaceId> {
        let of_part = |(segment, dead): &(Arc<Segment>, Arc<Dead>)| {
            segment.of_person(person).filter(|at| !dead.has(*at)).map(|at| segment.id(at)).collect::<Vec<_>>()
        };
        self.parts.iter().flat_map(of_part).collect()
    }

    /// Part and place of a face that was not removed.
    pub(crate) fn find(&self, id: FaceId) -> Option<(usize, usize)> {
        let part = self.parts.partition_point(|(segment, _)| segment.last().is_some_and(|last| last < id));
        let (segment, dead) = self.parts.get(part)?;
        let at = segment.find(id)?;
        (!dead.has(at)).then_some((part, at))
    }

    /// Whether a vector is one that could be added or asked for.
    ///
    /// # Errors
    /// [`IndexError::Vector`] for a vector of another model or length.
    pub fn accepts(&self, vector: &FaceVector) -> Result<(), IndexError> {
        if *vector.model() != self.model {
            let (ours, theirs) = (self.model.clone(), vector.model().clone());
            return Err(FaceError::MixedModels { ours, theirs }.into());
        }
        if vector.dimensions() != self.dims {
            let (found, wanted) = (vector.dimensions(), self.dims);
            return Err(FaceError::Dimensions { model: self.model.clone(), found, wanted }.into());
        }
        Ok(())
    }
}

/// As the search wants it.
pub(crate) fn part((segment, dead): &(Arc<Segment>, Arc<Dead>)) -> Part<'_> {
    Part { segment, dead }
}

/// Faces of a part that were not removed.
pub(crate) fn living((segment, dead): &(Arc<Segment>, Arc<Dead>)) -> usize {
    segment.len() - dead.count
}
