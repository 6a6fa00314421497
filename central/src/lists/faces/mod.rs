//! Enrolled faces: searched in memory, kept encrypted on disk.
//!
//! [`Faces`] joins [`face_index`] (the search, with its reasons) and [`file`] (the only place where templates lie on disk). A change
//! is on disk before it can be found; a removal is erased from disk before it is acknowledged. Searches take no part in this: they
//! never wait for disk or change. Answers carry scores and references, never names, and every candidate is only possible.

mod config;
pub mod file;
pub mod key;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use face_index::{Candidate, Face, FaceId, FaceIndex, IndexError, PersonRef};
use thiserror::Error;
use wire::face::{FaceModel, FaceVector};

pub use config::{Approval, Settings};
use file::{FaceFile, FileError, Found};
use key::FaceKey;

/// Faces that are given to the index at once while it is filled.
const BATCH: usize = 65_536;

/// Why faces cannot be kept or searched.
#[derive(Debug, Error)]
pub enum FacesError {
    /// The vector does not fit, or is of another model.
    #[error(transparent)]
    Vector(#[from] IndexError),
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
}

/// All enrolled faces of one model. Calls that change something wait for the disk: from async code use `spawn_blocking`.
#[derive(Debug)]
pub struct Faces {
    index: FaceIndex,
    file: Mutex<FaceFile>,
    found: Found,
}

impl Faces {
    /// Opens or makes the file, and fills the index from it. A file that `previous` sealed is sealed anew with `key` first.
    ///
    /// # Errors
    /// [`FacesError::File`].
    pub fn open(
        path: &Path,
        key: &FaceKey,
        previous: Option<&FaceKey>,
        model: &FaceModel,
        dimensions: usize,
    ) -> Result<Self, FacesError> {
        let mut file = FaceFile::open(path, key, previous, model, dimensions)?;
        let index = FaceIndex::new(model.clone(), dimensions);
        let mut batch = Vec::with_capacity(BATCH.min(file.slots()));
        let found = file.read(|face| {
            batch.push(face);
            if batch.len() == BATCH {
                // The file gave them in ascending order and with the right length.
                index.add(&batch).map_err(FileError::Unfit)?;
                batch.clear();
            }
            Ok(())
        })?;
        index.add(&batch)?;
        file.tidy()?;
        if found.damaged > 0 || found.torn_bytes > 0 {
            tracing::warn!(
                damaged = found.damaged,
                torn_bytes = found.torn_bytes,
                "face templates that cannot be read: enrol those people again"
            );
        }
        Ok(Self { index, file: Mutex::new(file), found })
    }

    /// Keeps one more face of a person. When this returns, it is on disk and can be found.
    ///
    /// # Errors
    /// [`FacesError::Vector`] for a vector of another model or length, [`FacesError::File`] when it cannot be written.
    pub fn enrol(&self, person: PersonRef, vector: FaceVector) -> Result<FaceId, FacesError> {
        self.index.snapshot().accepts(&vector)?;
        let mut file = self.file();
        let id = file.append(person, &vector)?;
        self.index.add(&[Face { id, person, vector }])?;
        Ok(id)
    }

    /// Erases faces from disk and from the index; returns how many were there.
    ///
    /// # Errors
    /// [`FacesError::File`] when they cannot be erased; those that were not erased can still be found.
    pub fn remove(&self, ids: &[FaceId]) -> Result<usize, FacesError> {
        let mut file = self.file();
        let snapshot = self.index.snapshot();
        let ids: Vec<_> = ids.iter().copied().filter(|id| snapshot.contains(*id)).collect();
        file.erase(&ids)?;
        let removed = self.index.remove(&ids);
        // They are erased already: that the file stays long is no reason to fail.
        if let Err(error) = file.tidy() {
            tracing::warn!(%error, "the face file could not be written anew; it will be tried again");
        }
        Ok(removed)
    }

    /// Erases all faces of a person; returns how many.
    ///
    /// # Errors
    /// As [`remove`](Self::remove).
    pub fn remove_person(&self, person: PersonRef) -> Result<usize, FacesError> {
        self.remove(&self.index.snapshot().of_person(person))
    }

    /// The most similar faces, at most `count`, none below `min_score`, best first. Possible, never certain.
    ///
    /// # Errors
    /// [`IndexError::Vector`] for a vector of another model or length.
    pub fn identify(
        &self,
        vector: &FaceVector,
        count: usize,
        min_score: f32,
    ) -> Result<Vec<Candidate>, IndexError> {
        self.index.identify(vector, count, min_score)
    }

    /// Faces that can be found.
    pub fn len(&self) -> usize {
        self.index.snapshot().len()
    }

    /// Whether none is enrolled.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory that the search uses.
    pub fn bytes(&self) -> usize {
        self.index.snapshot().bytes()
    }

    /// The model whose vectors these are.
    pub fn model(&self) -> FaceModel {
        self.index.snapshot().model().clone()
    }

    /// What the file was found to hold at start.
    pub fn found(&self) -> Found {
        self.found
    }

    fn file(&self) -> MutexGuard<'_, FaceFile> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
