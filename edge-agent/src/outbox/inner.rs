//! What is inside the outbox's lock: the sled tree, and an index of its heads in memory.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::Path;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::status::Evicted;
use wire::{Digest, Phase};

use super::frame;
use super::policy::{EvictionClass, Waiting};
use super::record::Stored;
use super::salvage::{self, Found};
use super::state::Value;

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(super) struct Losses {
    pub(super) damaged: bool,
    pub(super) previews: u64,
    pub(super) seqs: Vec<[u64; 2]>,
    #[serde(default)]
    pub(super) pictures: Vec<Digest>,
    /// Whether this differs from what is on disk: it can be long, and most appends change nothing of it.
    #[serde(skip)]
    pub(super) unsaved: bool,
}

impl Losses {
    pub(super) fn is_empty(&self) -> bool {
        self.seqs.is_empty() && self.pictures.is_empty()
    }

    pub(super) fn add(&mut self, seq: u64) {
        self.add_range(seq, seq);
    }

    /// Keeps the ranges in order and joined, so that there are never more of them than events between them.
    fn add_range(&mut self, first: u64, last: u64) {
        let from = self.seqs.partition_point(|range| range[1].saturating_add(1) < first);
        let to = self.seqs.partition_point(|range| range[0] <= last.saturating_add(1));
        let joined = match self.seqs.get(from..to) {
            Some([one, .., other]) => [first.min(one[0]), last.max(other[1])],
            Some([one]) => [first.min(one[0]), last.max(one[1])],
            _ => [first, last],
        };
        self.seqs.splice(from..to.max(from), [joined]);
        self.unsaved = true;
    }
}

pub(super) struct Entry {
    pub(super) waiting: Waiting,
    pub(super) id: Uuid,
    pub(super) phase: Phase,
    pub(super) evidence: Vec<Digest>,
}

pub(super) struct Inner {
    pub(super) tree: sled::Tree,
    // Dropped after the tree: closing the database is what gives the directory free.
    pub(super) db: sled::Db,
    /// sled's flush hands pages to the disk but does not wait for the disk's own cache; this does.
    pub(super) file: File,
    pub(super) index: BTreeMap<u64, Entry>,
    pub(super) users: HashMap<Digest, u32>,
    pub(super) bytes: u64,
    pub(super) next: u64,
    pub(super) prev: Digest,
    pub(super) evicted: Evicted,
    pub(super) losses: Losses,
}

/// Why a store did not open.
pub(super) enum OpenFailure {
    /// Another process has it, or the disk refuses: trying again is right.
    Busy(std::io::Error),
    /// It cannot be read.
    Damaged(String),
}

impl Inner {
    pub(super) fn open(path: &Path) -> Result<Self, OpenFailure> {
        let refuse = |error: sled::Error| match error {
            sled::Error::Io(source) if !tells_of_damage(&source) => OpenFailure::Busy(source),
            other => OpenFailure::Damaged(other.to_string()),
        };
        let db = sled::Config::new()
            .path(path)
            .cache_capacity(16 << 20)
            .flush_every_ms(None)
            .open()
            .map_err(refuse)?;
        let tree = db.open_tree("outbox").map_err(refuse)?;
        let counter = |key: &str| tree.get(key).map_err(refuse);
        let mut inner = Self {
            next: json(counter("m/next")?).unwrap_or(1),
            prev: json(counter("m/prev")?).unwrap_or(Digest::ZERO),
            evicted: json(counter("m/evicted")?).unwrap_or_default(),
            losses: json(counter("m/lost")?).unwrap_or_default(),
            index: BTreeMap::new(),
            users: HashMap::new(),
            bytes: 0,
            tree,
            file: File::open(path.join("db")).map_err(OpenFailure::Busy)?,
            db,
        };
        inner.load().map_err(refuse)?;
        Ok(inner)
    }

    /// Reads every head; a record whose checksum is wrong is dropped and counted.
    fn load(&mut self) -> Result<(), sled::Error> {
        let mut broken = Vec::new();
        for item in self.tree.scan_prefix(b"e") {
            let (key, framed) = item?;
            match Stored::from_frame(&framed) {
                Some(stored) => self.enter(&stored, framed.len() as u64)?,
                None => broken.push(key),
            }
        }
        for key in broken {
            if let Some(seq) = key.get(1..9).and_then(|bytes| bytes.try_into().ok()).map(u64::from_be_bytes) {
                self.losses.damaged = true;
                self.losses.add(seq);
                tracing::error!(seq, "an event in the outbox was damaged and is given up");
            }
            self.tree.remove(key)?;
        }
        self.next = self.next.max(self.index.keys().next_back().map_or(1, |last| last + 1));
        Ok(())
    }

    fn enter(&mut self, stored: &Stored, framed_bytes: u64) -> Result<(), sled::Error> {
        let mut bytes = framed_bytes;
        for sha256 in &stored.evidence {
            let users = self.users.entry(*sha256).or_default();
            *users += 1;
            bytes += self.tree.get(picture_key(sha256))?.map_or(0, |framed| framed.len() as u64);
        }
        self.bytes += bytes;
        let waiting = Waiting { class: stored.class, bytes };
        let entry = Entry { waiting, id: stored.id, phase: stored.phase, evidence: stored.evidence.clone() };
        self.index.insert(stored.seq, entry);
        Ok(())
    }

    /// Takes everything whole out of the store in `aside`: events first, then the pictures that they need. Doing it twice
    /// does no harm. Returns the number of events and pictures found.
    pub(super) fn take_over(&mut self, aside: &Path, ceiling: u64) -> Result<(usize, usize), sled::Error> {
        let mut newest: Option<(u64, Digest)> = None;
        let mut wanted: HashMap<Digest, bool> = HashMap::new();
        let mut events = 0;
        let mut state: BTreeMap<String, Value> = BTreeMap::new();
        salvage::search(aside, |found| -> Result<(), sled::Error> {
            let stored = match found {
                Found::Event(stored) => stored,
                Found::State(value) => {
                    if state.get(&value.key).is_none_or(|known| known.revision < value.revision) {
                        state.insert(value.key.clone(), value);
                    }
                    return Ok(());
                }
                Found::Picture(..) => return Ok(()),
            };
            // Written from a value that was just read: it serialises.
            let Ok(framed) = stored.to_frame() else { return Ok(()) };
            wanted.extend(stored.evidence.iter().map(|sha256| (*sha256, false)));
            newest = newest.max(Some((stored.seq, stored.digest)));
            events += usize::from(self.tree.insert(event_key(stored.seq), framed)?.is_none());
            Ok(())
        })?;
        salvage::search(aside, |found| -> Result<(), sled::Error> {
            let Found::Picture(sha256, jpeg) = found else { return Ok(()) };
            if let Some(done @ false) = wanted.get_mut(&sha256) {
                self.tree.insert(picture_key(&sha256), frame::wrap(frame::PICTURE, jpeg))?;
                *done = true;
            }
            Ok(())
        })?;
        for value in state.values() {
            self.tree.insert(value.tree_key(), value.to_frame())?;
        }
        self.load()?;
        if let Some((_, digest)) = newest {
            self.prev = digest;
        }
        self.skip_to(self.next, ceiling);
        (self.losses.damaged, self.losses.unsaved) = (true, true);
        let mut batch = sled::Batch::default();
        // Counters are numbers and digests: they serialise.
        let _ = self.save_counters(&mut batch);
        self.tree.apply_batch(batch)?;
        self.db.flush()?;
        Ok((events, wanted.values().filter(|found| **found).count()))
    }

    /// Gives up an event whose record turned out to be damaged.
    pub(super) fn give_up(&mut self, seq: u64) -> Result<(), sled::Error> {
        let mut batch = sled::Batch::default();
        self.remove(seq, &mut batch);
        self.losses.damaged = true;
        self.losses.add(seq);
        tracing::error!(seq, "an event in the outbox was damaged and is given up");
        self.tree.apply_batch(batch)
    }

    /// Gives up the numbers `from..=ceiling`, which may or may not have been used: counted as lost at worst.
    pub(super) fn skip_to(&mut self, from: u64, ceiling: u64) {
        if ceiling >= from {
            self.losses.damaged = true;
            self.losses.add_range(from, ceiling);
            self.next = ceiling + 1;
            self.prev = Digest::ZERO;
        }
    }

    pub(super) fn remove(&mut self, seq: u64, batch: &mut sled::Batch) -> Option<Entry> {
        let entry = self.index.remove(&seq)?;
        self.bytes = self.bytes.saturating_sub(entry.waiting.bytes);
        batch.remove(event_key(seq).to_vec());
        for sha256 in &entry.evidence {
            if let Some(users) = self.users.get_mut(sha256) {
                *users -= 1;
                if *users == 0 {
                    self.users.remove(sha256);
                    batch.remove(picture_key(sha256));
                }
            }
        }
        Some(entry)
    }

    pub(super) fn count_eviction(&mut self, seq: u64, class: EvictionClass) {
        let counter = match class {
            EvictionClass::Preview => &mut self.evicted.preview,
            EvictionClass::Crossing => &mut self.evicted.crossing,
            EvictionClass::Vehicle => &mut self.evicted.vehicle,
            EvictionClass::Watch => &mut self.evicted.watch,
        };
        *counter += 1;
        self.losses.previews += u64::from(class == EvictionClass::Preview);
        self.losses.add(seq);
        tracing::warn!(seq, class = ?class, "outbox full: an event was evicted");
    }

    pub(super) fn save_counters(&self, batch: &mut sled::Batch) -> Result<(), serde_json::Error> {
        batch.insert("m/next", serde_json::to_vec(&self.next)?);
        batch.insert("m/prev", serde_json::to_vec(&self.prev)?);
        batch.insert("m/evicted", serde_json::to_vec(&self.evicted)?);
        if self.losses.unsaved {
            batch.insert("m/lost", serde_json::to_vec(&self.losses)?);
        }
        Ok(())
    }
}

/// Whether the content is to blame. Anything else (no space, no permission, another process) may pass.
fn tells_of_damage(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{InvalidData, InvalidInput, IsADirectory, NotADirectory, UnexpectedEof};
    matches!(error.kind(), InvalidData | InvalidInput | IsADirectory | NotADirectory | UnexpectedEof)
}

fn json<T: serde::de::DeserializeOwned>(value: Option<sled::IVec>) -> Option<T> {
    serde_json::from_slice(&value?).ok()
}

pub(super) fn event_key(seq: u64) -> [u8; 9] {
    let mut key = [b'e'; 9];
    key[1..].copy_from_slice(&seq.to_be_bytes());
    key
}

pub(super) fn picture_key(sha256: &Digest) -> Vec<u8> {
    let mut key = vec![b'p'];
    key.extend_from_slice(sha256.as_bytes());
    key
}
