//! A list indexed for deciding: made once per list.

use std::collections::HashMap;

use super::digest::KeyDigest;
use super::list::{Entry, EntryKey, GateList};

/// A checked [`GateList`] with look-ups by plate, digest and id.
#[derive(Debug)]
pub struct GateIndex {
    list: GateList,
    by_plate: HashMap<String, Vec<usize>>,
    by_digest: HashMap<KeyDigest, Vec<usize>>,
    by_id: HashMap<String, usize>,
    watched: HashMap<KeyDigest, Option<jiff::Timestamp>>,
}

impl GateIndex {
    /// Indexes a list that [`GateList::check`] let through.
    pub fn new(list: GateList) -> Self {
        let (mut by_plate, mut by_digest) = (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
        for (at, entry) in list.entries.iter().enumerate() {
            for key in &entry.keys {
                let found = match key {
                    EntryKey::Plate { text, .. } => by_plate.entry(text.clone()).or_default(),
                    EntryKey::Digest { digest, .. } => by_digest.entry(*digest).or_default(),
                };
                // An entry may have one plate twice: as a car's and as a motorcycle's.
                if found.last() != Some(&at) {
                    found.push(at);
                }
            }
        }
        let by_id = list.entries.iter().enumerate().map(|(at, entry)| (entry.id.clone(), at)).collect();
        let mut watched = HashMap::new();
        for digest in &list.watch {
            // Of two entries of one plate the later end counts; no end is later than any.
            let until = watched.entry(digest.digest).or_insert(digest.valid_until);
            *until = match (*until, digest.valid_until) {
                (Some(one), Some(other)) => Some(one.max(other)),
                _ => None,
            };
        }
        Self { list, by_plate, by_digest, by_id, watched }
    }

    /// The list itself.
    pub fn list(&self) -> &GateList {
        &self.list
    }

    /// Entries with this plate, in the list's order.
    pub fn by_plate(&self, text: &str) -> impl Iterator<Item = &Entry> {
        self.by_plate.get(text).into_iter().flatten().map(|at| &self.list.entries[*at])
    }

    /// Entries with this digest, in the list's order.
    pub fn by_digest(&self, digest: KeyDigest) -> impl Iterator<Item = &Entry> {
        self.by_digest.get(&digest).into_iter().flatten().map(|at| &self.list.entries[*at])
    }

    /// An entry by its id.
    pub fn entry(&self, id: &str) -> Option<&Entry> {
        self.by_id.get(id).map(|at| &self.list.entries[*at])
    }

    /// Whether a digest is watched at a moment.
    pub fn is_watched(&self, digest: KeyDigest, at: jiff::Timestamp) -> bool {
        self.watched.get(&digest).is_some_and(|until| until.is_none_or(|until| at < until))
    }
}
