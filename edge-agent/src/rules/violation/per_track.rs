//! What a rule remembers of each track.

use std::collections::BTreeMap;

use super::memory::Memory;

/// One value per track. Goes when its track is forgotten, goes on when the track goes on under another number.
#[derive(Debug)]
pub(super) struct PerTrack<S>(BTreeMap<u64, S>);

impl<S> Default for PerTrack<S> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<S> PerTrack<S> {
    /// Forgets tracks that the memory has forgotten.
    pub fn tidy(&mut self, memory: &Memory) {
        self.0.retain(|track, _| memory.trail(*track).is_some());
    }

    /// What was known of tracks that the memory has forgotten.
    pub fn take_forgotten(&mut self, memory: &Memory) -> Vec<S> {
        self.0.extract_if(.., |track, _| memory.trail(*track).is_none()).map(|(_, state)| state).collect()
    }

    /// Takes the first one that fits.
    pub fn take_where(&mut self, fits: impl Fn(u64, &S) -> bool) -> Option<S> {
        let (track, _) = self.0.iter().find(|(track, state)| fits(**track, state))?;
        let track = *track;
        self.0.remove(&track)
    }

    pub fn joined(&mut self, from: u64, to: u64) {
        if let Some(state) = self.0.remove(&from) {
            self.0.insert(to, state);
        }
    }

    pub fn get(&self, track: u64) -> Option<&S> {
        self.0.get(&track)
    }

    pub fn get_mut(&mut self, track: u64) -> Option<&mut S> {
        self.0.get_mut(&track)
    }

    pub fn or_insert_with(&mut self, track: u64, make: impl FnOnce() -> S) -> &mut S {
        self.0.entry(track).or_insert_with(make)
    }

    pub fn insert(&mut self, track: u64, state: S) {
        self.0.insert(track, state);
    }

    pub fn remove(&mut self, track: u64) -> Option<S> {
        self.0.remove(&track)
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (u64, &mut S)> {
        self.0.iter_mut().map(|(track, state)| (*track, state))
    }
}
