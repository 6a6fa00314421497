//! Search among a million faces as exact as comparing with every one of them, in a small part of the time.
//!
//! A search goes through three stages, each on the few faces that the one before could not rule out:
//!
//! 1. **Bit code** (`code`, `scan`): one bit per dimension, 256 at least. The mean of the faces around is taken away, the rest is turned by
//!    a fixed random rotation, and the signs are kept. From the signs and the unrounded query follows an unbiased estimate
//!    of the cosine with a known spread, so a face is left out only when it is 3.5 spreads too far away.
//! 2. **High bytes** (`planes`): the upper 8 of 15 bits per dimension, with a bound that cannot be exceeded.
//! 3. **All 15 bits**: similarity to about 0.000005, which decides rank.
//!
//! There is no graph and nothing to train: a graph search misses the very faces that matter here, those whose similarity is
//! hardly above that of strangers.
//!
//! [`FaceIndex`] holds immutable segments. A change makes a new [`Snapshot`] and swaps it in whole; a search keeps the snapshot
//! that it started with, so it neither waits for changes nor sees half of one, and no lock is held while it runs.
//!
//! Pure: no IO, no clock. Who keeps faces on disk is `central/src/lists/faces`.

mod code;
mod index;
mod planes;
mod scan;
mod search;
mod segment;
mod snapshot;

use std::fmt;

use thiserror::Error;
use uuid::Uuid;
use wire::face::{FaceError, FaceVector};

pub use index::FaceIndex;
pub use snapshot::Snapshot;

/// One enrolled face. Ids ascend in the order of enrolment and are never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaceId(pub u64);

impl fmt::Display for FaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whose face it is: a reference into a register elsewhere, never a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonRef(pub Uuid);

/// A face to be searched for later.
#[derive(Debug, Clone)]
pub struct Face {
    /// Its id, greater than all ids before.
    pub id: FaceId,
    /// Whose it is.
    pub person: PersonRef,
    /// What its model says about it.
    pub vector: FaceVector,
}

/// A face that is similar to the one that was asked about. Possible, never certain: a person decides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The enrolled face.
    pub id: FaceId,
    /// Whose it is.
    pub person: PersonRef,
    /// Cosine similarity, `-1..=1`.
    pub score: f32,
}

/// Why the index refused something. Nothing was changed then.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum IndexError {
    /// Another model or another number of dimensions than the index was made for.
    #[error(transparent)]
    Vector(#[from] FaceError),
    /// An id that is not greater than the last one.
    #[error("face id {given} comes after {last}: ids have to ascend")]
    IdOrder {
        /// The id given.
        given: FaceId,
        /// The greatest id so far.
        last: FaceId,
    },
}

#[cfg(test)]
mod tests;
