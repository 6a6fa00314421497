//! An immutable run of faces with ascending ids, in the forms that a search reads.

use crate::code::{Rotation, factor};
use crate::planes::Planes;
use crate::scan::Codes;
use crate::{Face, FaceId, PersonRef};

/// Faces that never change.
#[derive(Debug)]
pub struct Segment {
    ids: Vec<FaceId>,
    people: Vec<PersonRef>,
    planes: Planes,
    codes: Codes,
    mean: Vec<f32>,
}

/// A segment and which of its faces were removed.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The faces.
    pub segment: &'a Segment,
    /// The removed ones.
    pub dead: &'a Dead,
}

impl Segment {
    /// From faces in ascending order, all of `dims` values.
    pub fn new(rotation: &Rotation, dims: usize, faces: &[Face]) -> Self {
        let mut planes = Planes::with_capacity(dims, faces.len());
        faces.iter().for_each(|face| planes.push(face.vector.values()));
        let ids = faces.iter().map(|face| face.id).collect();
        let people = faces.iter().map(|face| face.person).collect();
        Self::coded(rotation, dims, ids, people, planes)
    }

    /// One segment of the living faces of several neighbours. Vectors stay as they are; codes are made anew for the new mean.
    pub fn merged(rotation: &Rotation, dims: usize, parts: &[Part<'_>]) -> Self {
        let count = parts.iter().map(|part| part.segment.len() - part.dead.count).sum();
        let mut planes = Planes::with_capacity(dims, count);
        let (mut ids, mut people) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for part in parts {
            for at in (0..part.segment.len()).filter(|at| !part.dead.has(*at)) {
                planes.copy(&part.segment.planes, at);
                ids.push(part.segment.ids[at]);
                people.push(part.segment.people[at]);
            }
        }
        Self::coded(rotation, dims, ids, people, planes)
    }

    fn coded(
        rotation: &Rotation,
        dims: usize,
        ids: Vec<FaceId>,
        people: Vec<PersonRef>,
        planes: Planes,
    ) -> Self {
        let count = ids.len();
        let mut values = vec![0.0; dims];
        let mut sums = vec![0.0_f64; dims];
        for at in 0..count {
            planes.read(at, &mut values);
            sums.iter_mut().zip(&values).for_each(|(sum, value)| *sum += f64::from(*value));
        }
        let mean: Vec<f32> = sums.iter().map(|sum| (sum / count.max(1) as f64) as f32).collect();
        // One unit for the factors of all: the rest of no unit vector is longer than 1 + |mean|.
        let longest = 1.0 + mean.iter().map(|m| m * m).sum::<f32>().sqrt();
        let mut rest = vec![0.0; rotation.bits()];
        let mut codes = Codes::new(rotation.bits(), count, longest * MOST_FACTOR);
        for at in 0..count {
            planes.read(at, &mut values);
            values.iter_mut().zip(&mean).for_each(|(value, mean)| *value -= mean);
            rotation.apply(&values, &mut rest);
            codes.set(at, &rest, factor(&rest).min(longest * MOST_FACTOR));
        }
        Self { ids, people, planes, codes, mean }
    }

    /// Faces, removed ones included.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Place of a face.
    pub fn find(&self, id: FaceId) -> Option<usize> {
        self.ids.binary_search(&id).ok()
    }

    /// Greatest id.
    pub fn last(&self) -> Option<FaceId> {
        self.ids.last().copied()
    }

    /// Places of a person's faces.
    pub fn of_person(&self, person: PersonRef) -> impl Iterator<Item = usize> {
        self.people.iter().enumerate().filter(move |(_, p)| **p == person).map(|(at, _)| at)
    }

    /// Id of the face at a place.
    pub fn id(&self, at: usize) -> FaceId {
        self.ids[at]
    }

    /// Person of the face at a place.
    pub fn person(&self, at: usize) -> PersonRef {
        self.people[at]
    }

    /// Vectors.
    pub fn planes(&self) -> &Planes {
        &self.planes
    }

    /// Bit codes.
    pub fn codes(&self) -> &Codes {
        &self.codes
    }

    /// What was taken away before coding.
    pub fn mean(&self) -> &[f32] {
        &self.mean
    }

    /// Bytes of heap in use.
    pub fn bytes(&self) -> usize {
        self.ids.capacity() * size_of::<FaceId>()
            + self.people.capacity() * size_of::<PersonRef>()
            + self.mean.capacity() * 4
            + self.planes.bytes()
            + self.codes.bytes()
    }
}

/// Largest factor of a unit vector that the rotation could leave: all of it in one value. Real ones are near `1.25 / √bits`.
const MOST_FACTOR: f32 = 1.0;

/// Which faces of a segment were removed.
#[derive(Debug, Clone, Default)]
pub struct Dead {
    bits: Vec<u64>,
    /// How many.
    pub count: usize,
}

impl Dead {
    /// Whether the face at a place was removed.
    pub fn has(&self, at: usize) -> bool {
        self.bits.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// Marks a face; false if it was already.
    pub fn mark(&mut self, at: usize) -> bool {
        if self.has(at) {
            return false;
        }
        self.bits.resize(self.bits.len().max(at / 64 + 1), 0);
        self.bits[at / 64] |= 1 << (at % 64);
        self.count += 1;
        true
    }

    /// Bytes of heap in use.
    pub fn bytes(&self) -> usize {
        self.bits.capacity() * 8
    }
}
