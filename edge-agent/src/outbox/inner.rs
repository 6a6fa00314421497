//! What is inside the outbox's lock: the sled tree, the files beside it, and an index of its heads in memory.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::status::Evicted;
use wire::{Digest, Phase};

use super::files::{Files, LARGE};
use super::frame;
use super::policy::{EvictionClass, Waiting};
use super::record::Stored;

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

/// Where a file of waiting events lies, and how many of them name it.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Kept {
    pub(super) users: u32,
    /// As a value in sled. Large ones lie there only in stores of before there were files beside the store.
    pub(super) value: bool,
    /// As a file beside the store.
    pub(super) file: bool,
}

pub(super) struct Inner {
    pub(super) tree: sled::Tree,
    // Dropped after the tree: closing the database is what gives the directory free.
    pub(super) db: sled::Db,
    /// sled's flush hands pages to the disk but does not wait for the disk's own cache; this does.
    pub(super) file: File,
    pub(super) index: BTreeMap<u64, Entry>,
    pub(super) files: Files,
    pub(super) kept: HashMap<Digest, Kept>,
    /// Files that left with a batch that may not be flushed yet.
    pub(super) leaving: Vec<Digest>,
    pub(super) bytes: u64,
    pub(super) next: u64,
    pub(super) prev: Digest,
    pub(super) evicted: Evicted,
    pub(super) losses: Losses,
    /// Whether sled failed to write: it refuses everything from then on.
    pub(super) failed: bool,
}

/// Why a store did not open.
pub(super) enum OpenFailure {
    /// Another process has it, or the disk refuses: trying again is right.
    Busy(io::Error),
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
        let mut inner = Self {
            next: 1,
            prev: Digest::ZERO,
            evicted: Evicted::default(),
            losses: Losses::default(),
            failed: false,
            index: BTreeMap::new(),
            files: Files::open(path).map_err(OpenFailure::Busy)?,
            kept: HashMap::new(),
            leaving: Vec::new(),
            bytes: 0,
            tree,
            file: File::open(path.join("db")).map_err(OpenFailure::Busy)?,
            db,
        };
        inner.load_counters().and_then(|()| inner.load()).map_err(refuse)?;
        Ok(inner)
    }

    fn load_counters(&mut self) -> Result<(), sled::Error> {
        self.next = json(self.tree.get("m/next")?).unwrap_or(1);
        self.prev = json(self.tree.get("m/prev")?).unwrap_or(Digest::ZERO);
        self.evicted = json(self.tree.get("m/evicted")?).unwrap_or_default();
        self.losses = json(self.tree.get("m/lost")?).unwrap_or_default();
        Ok(())
    }

    /// Forgets what was prepared for a batch that never reached sled, and the files written for it.
    pub(super) fn reload(&mut self) -> Result<(), sled::Error> {
        self.load_counters()?;
        self.load()?;
        self.sweep();
        Ok(())
    }

    /// Removes the files that a crash or an error left.
    pub(super) fn sweep(&self) {
        self.files.sweep(|sha256| self.kept.contains_key(sha256) || self.leaving.contains(sha256));
    }

    /// Gives a batch to sled; [`Inner::flush`] makes it last.
    pub(super) fn apply(&mut self, batch: sled::Batch) -> Result<(), sled::Error> {
        self.tree.apply_batch(batch).inspect_err(|_| self.failed = true)
    }

    /// Reads every head; a record whose checksum is wrong is dropped and counted.
    pub(super) fn load(&mut self) -> Result<(), sled::Error> {
        (self.index, self.kept, self.bytes) = (BTreeMap::new(), HashMap::new(), 0);
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
            let (value, file) = (self.tree.get(picture_key(sha256))?, self.files.bytes_of(sha256));
            let kept = self.kept.entry(*sha256).or_default();
            kept.users += 1;
            (kept.value, kept.file) = (value.is_some(), file.is_some());
            bytes += value.map_or(0, |framed| framed.len() as u64) + file.unwrap_or(0);
        }
        self.bytes += bytes;
        let waiting = Waiting { class: stored.class, bytes };
        let entry = Entry { waiting, id: stored.id, phase: stored.phase, evidence: stored.evidence.clone() };
        self.index.insert(stored.seq, entry);
        Ok(())
    }

    /// Gives up an event whose record turned out to be damaged.
    pub(super) fn give_up(&mut self, seq: u64) -> Result<(), sled::Error> {
        let mut batch = sled::Batch::default();
        self.remove(seq, &mut batch);
        self.losses.damaged = true;
        self.losses.add(seq);
        tracing::error!(seq, "an event in the outbox was damaged and is given up");
        self.apply(batch)
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
            let Some(kept) = self.kept.get_mut(sha256) else { continue };
            kept.users -= 1;
            if kept.users > 0 {
                continue;
            }
            if kept.value {
                batch.remove(picture_key(sha256));
            }
            if kept.file {
                self.leaving.push(*sha256);
            }
            self.kept.remove(sha256);
        }
        Some(entry)
    }

    /// Keeps one file of an event that is being written: a large one beside the store, another in the batch.
    ///
    /// # Errors
    /// What the system said of a large one.
    pub(super) fn keep(&mut self, sha256: Digest, bytes: &[u8], batch: &mut sled::Batch) -> io::Result<()> {
        let large = bytes.len() >= LARGE;
        if large {
            self.files.put(&sha256, bytes)?;
        } else {
            batch.insert(picture_key(&sha256), frame::wrap(frame::PICTURE, bytes));
        }
        let kept = self.kept.entry(sha256).or_default();
        kept.users += 1;
        (kept.value, kept.file) = (kept.value || !large, kept.file || large);
        Ok(())
    }

    /// A file that lies in sled; `None` when it does not, or is damaged.
    pub(super) fn value(&self, sha256: &Digest) -> Option<Vec<u8>> {
        let framed = self.tree.get(picture_key(sha256)).ok()??;
        frame::unwrap(frame::PICTURE, &framed)
            .filter(|bytes| Digest::of(bytes) == *sha256)
            .map(<[u8]>::to_vec)
    }

    /// Makes everything last that was written, and then removes the files that left with it.
    pub(super) fn flush(&mut self) -> Result<(), sled::Error> {
        let flushed = self.db.flush().and_then(|_| Ok(self.file.sync_data()?));
        flushed.inspect_err(|_| self.failed = true)?;
        for sha256 in std::mem::take(&mut self.leaving) {
            // An event may have come since that names it too.
            if !self.kept.contains_key(&sha256) {
                self.files.remove(&sha256);
            }
        }
        Ok(())
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
fn tells_of_damage(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, IsADirectory, NotADirectory, UnexpectedEof};
    matches!(error.kind(), InvalidData | InvalidInput | IsADirectory | NotADirectory | UnexpectedEof)
}

fn json<T: serde::de::DeserializeOwned>(value: Option<sled::IVec>) -> Option<T> {
    serde_json::from_slice(&value?).ok()
}

/// Bytes that a file of this length takes in the store or beside it.
pub(super) fn stored_bytes(length: usize) -> u64 {
    (length + if length >= LARGE { 0 } else { frame::HEADER }) as u64
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
