//! The index that changes: snapshots that are made beside the present one and swapped in whole.
//!
//! New faces come in small segments that are merged with their neighbours as these come to the same size, so there are few of
//! them and a face is moved about log₂ n times. A segment of which a quarter was removed is written anew. No step works on
//! more than [`SEGMENT`] faces at once, so a change is bounded in time and needs room for one more segment at most.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use wire::face::{FaceModel, FaceVector};

use crate::code::Rotation;
use crate::segment::{Dead, Segment};
use crate::snapshot::{living, part};
use crate::{Candidate, Face, FaceId, IndexError, PersonRef, Snapshot};

/// Most faces in a segment: enough that a mean is worth taking away, few enough that writing one anew takes well under a second.
const SEGMENT: usize = 65_536;

/// Faces of one model, searched and changed at the same time from many threads.
#[derive(Debug)]
pub struct FaceIndex {
    /// Held for the moment of a clone or a swap only.
    present: RwLock<Arc<Snapshot>>,
    /// Greatest id ever taken; held during a change, so that there is one at a time.
    last: Mutex<Option<FaceId>>,
}

impl FaceIndex {
    /// An empty index for vectors of `dims` values, made by `model`.
    pub fn new(model: FaceModel, dims: usize) -> Self {
        let rotation = Arc::new(Rotation::new(dims));
        let snapshot = Snapshot { model, dims, rotation, parts: Vec::new() };
        Self { present: RwLock::new(Arc::new(snapshot)), last: Mutex::new(None) }
    }

    /// The faces of this moment.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.present.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// [`Snapshot::identify`] among the faces of this moment.
    ///
    /// # Errors
    /// [`IndexError::Vector`] for a vector of another model or length.
    pub fn identify(
        &self,
        vector: &FaceVector,
        count: usize,
        min_score: f32,
    ) -> Result<Vec<Candidate>, IndexError> {
        self.snapshot().identify(vector, count, min_score)
    }

    /// Adds faces with ascending ids: all of them, or none. For many, a few ten thousand at a time cost least.
    ///
    /// # Errors
    /// [`IndexError::Vector`] for a vector of another model or length, [`IndexError::IdOrder`] for an id that does not ascend.
    pub fn add(&self, faces: &[Face]) -> Result<(), IndexError> {
        let mut last = self.change();
        let old = self.snapshot();
        let mut newest = *last;
        for face in faces {
            old.accepts(&face.vector)?;
            if let Some(last) = newest.filter(|last| *last >= face.id) {
                return Err(IndexError::IdOrder { given: face.id, last });
            }
            newest = Some(face.id);
        }
        let mut next = Snapshot::clone(&old);
        for faces in faces.chunks(SEGMENT) {
            let segment = Segment::new(&next.rotation, next.dims, faces);
            next.parts.push((Arc::new(segment), Arc::default()));
            settle(&mut next);
        }
        *last = newest;
        self.swap(next);
        Ok(())
    }

    /// Removes the faces that are there; returns how many. A search that runs already may still find them.
    pub fn remove(&self, ids: &[FaceId]) -> usize {
        let _one_change = self.change();
        let mut next = Snapshot::clone(&self.snapshot());
        let mut removed = 0;
        for id in ids {
            let Some((at, place)) = next.find(*id) else { continue };
            removed += usize::from(Arc::make_mut(&mut next.parts[at].1).mark(place));
        }
        if removed > 0 {
            compact(&mut next);
            self.swap(next);
        }
        removed
    }

    /// Removes all faces of a person; returns how many.
    pub fn remove_person(&self, person: PersonRef) -> usize {
        self.remove(&self.snapshot().of_person(person))
    }

    fn change(&self) -> MutexGuard<'_, Option<FaceId>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn swap(&self, next: Snapshot) {
        let next = Arc::new(next);
        let old = {
            let mut present = self.present.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *present, next)
        };
        // Freeing a large segment takes a while: not under the lock.
        drop(old);
    }
}

/// Merges the last parts as long as the one before is no larger.
fn settle(snapshot: &mut Snapshot) {
    while let [.., before, last] = snapshot.parts.as_slice() {
        if living(before) > living(last) || living(before) + living(last) > SEGMENT {
            return;
        }
        let at = snapshot.parts.len() - 2;
        merge(snapshot, at..at + 2);
    }
}

/// Writes parts anew of which a quarter was removed, together with a neighbour where both fit into one segment.
fn compact(snapshot: &mut Snapshot) {
    let mut at = 0;
    while at < snapshot.parts.len() {
        let (segment, dead) = &snapshot.parts[at];
        if dead.count * 4 < segment.len() {
            at += 1;
            continue;
        }
        let here = living(&snapshot.parts[at]);
        let fits = |other: usize| here + living(&snapshot.parts[other]) <= SEGMENT / 2;
        let range = if here > 0 && at > 0 && fits(at - 1) {
            at - 1..at + 1
        } else if here > 0 && at + 1 < snapshot.parts.len() && fits(at + 1) {
            at..at + 2
        } else {
            at..at + 1
        };
        at = range.start;
        merge(snapshot, range);
    }
}

/// Replaces neighbouring parts by one without removed faces, or by none when nothing is left.
fn merge(snapshot: &mut Snapshot, range: std::ops::Range<usize>) {
    let parts: Vec<_> = snapshot.parts[range.clone()].iter().map(part).collect();
    let merged = Segment::merged(&snapshot.rotation, snapshot.dims, &parts);
    let merged = (merged.len() > 0).then(|| (Arc::new(merged), Arc::<Dead>::default()));
    snapshot.parts.splice(range, merged);
}
