//! The store itself: sled and the files beside it behind a lock, with an index of heads in memory.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use thiserror::Error;
use tokio::sync::watch;
use uuid::Uuid;
use wire::payload::{AGENT_ITSELF, LossReason, OutboxLoss};
use wire::status::OutboxHealth;
use wire::{Captured, DeviceKey, Digest, Name, Payload, Phase, Receipt};

use super::inner::{Inner, Losses, event_key};
use super::policy::Bounds;
use super::record::{Draft, Stored};
use super::recover::set_aside;
use super::reserve::Reserve;
use super::state::StateChange;

/// Most ranges told in one loss report, so that it stays far below the message limit.
const RANGES_PER_REPORT: usize = 1000;

/// Files that may wait for a flush after their receipts: one for each of them would keep a disk busy that has little to do otherwise.
const MOST_LEAVING: usize = 16;

/// Why the outbox could not do what was asked. The caller keeps its events and tries again.
#[derive(Debug, Error)]
pub enum OutboxError {
    /// The disk did not take it.
    #[error("outbox {folder}: {source}; free some disk space or check the disk, the agent goes on trying")]
    Io {
        /// Where the outbox lives.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// sled refused.
    #[error("outbox {folder}: {source}; free some disk space or check the disk, the agent goes on trying")]
    Store {
        /// Where the outbox lives.
        folder: PathBuf,
        /// What sled said.
        source: sled::Error,
    },
    /// An event could not be written as JSON.
    #[error("an event could not be serialised: {0}")]
    Json(#[from] serde_json::Error),
}

/// State of the outbox as `health` reports it.
pub type Health = OutboxHealth;

/// See the [module](super).
pub struct Outbox {
    pub(super) folder: PathBuf,
    pub(super) bounds: Bounds,
    pub(super) reserve_bytes: u64,
    pub(super) site: Name,
    pub(super) agent: Name,
    pub(super) key: DeviceKey,
    pub(super) reserve: Mutex<Reserve>,
    pub(super) damaged: Mutex<u64>,
    // None only while a store that refused is being opened again.
    pub(super) inner: Mutex<Option<Inner>>,
    pub(super) appended: watch::Sender<u64>,
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Outbox({})", self.folder.display())
    }
}

impl Outbox {
    /// Opens the outbox in `folder`, making it if it is not there. `reserve_bytes` of free disk are left alone: below
    /// that the outbox no longer grows, it evicts.
    ///
    /// # Errors
    /// Only when the folder cannot be used at all. A damaged store is replaced, see the module's invariant 4.
    pub fn open(
        folder: &Path,
        bounds: Bounds,
        reserve_bytes: u64,
        (site, agent): (Name, Name),
        key: DeviceKey,
    ) -> Result<Self, OutboxError> {
        let io = |source| OutboxError::Io { folder: folder.to_owned(), source };
        std::fs::create_dir_all(folder).map_err(io)?;
        let reserve = Reserve::open(folder.join("sequence")).map_err(io)?;
        let damaged = set_aside(folder);
        let outbox = Self {
            folder: folder.to_owned(),
            bounds,
            reserve_bytes,
            site,
            agent,
            key,
            reserve: Mutex::new(reserve),
            damaged: Mutex::new(damaged),
            inner: Mutex::new(None),
            appended: watch::channel(0).0,
        };
        let inner = outbox.open_or_replace()?;
        outbox.appended.send_replace(inner.next - 1);
        *locked(&outbox.inner) = Some(inner);
        Ok(outbox)
    }

    /// Numbers, seals and stores `drafts` in order, then flushes. Returns their sequence numbers.
    ///
    /// # Errors
    /// When the disk refuses: nothing of `drafts` is stored, and the next call tries the store anew.
    pub fn append(&self, drafts: Vec<Draft>) -> Result<Vec<u64>, OutboxError> {
        self.append_with(drafts, Vec::new())
    }

    /// As [`Outbox::append`], and writes what follows from the events in the same atomic batch: after a kill either both are there
    /// or neither.
    ///
    /// # Errors
    /// As [`Outbox::append`]: then the state is the old one too.
    pub fn append_with(
        &self,
        drafts: Vec<Draft>,
        changes: Vec<StateChange>,
    ) -> Result<Vec<u64>, OutboxError> {
        self.commit(|_| Some((drafts, changes)))
    }

    /// All values of the state, by key. One that is damaged is left out, and counted as damage.
    ///
    /// # Errors
    /// When the store cannot be read just now.
    pub fn state(&self) -> Result<BTreeMap<String, Vec<u8>>, OutboxError> {
        let mut guard = locked(&self.inner);
        let inner = guard.as_mut().ok_or_else(|| self.closed())?;
        inner.state().map_err(|source| self.store_error(source))
    }

    /// Appends an event that reports what was lost since the last report, if anything was.
    ///
    /// # Errors
    /// As [`Outbox::append`]; then the losses are told next time.
    pub fn report_losses(&self, id: Uuid, now: Captured) -> Result<Option<u64>, OutboxError> {
        let seqs = self.commit(|inner| {
            // The name is a constant that fits.
            let camera = Name::new(AGENT_ITSELF).ok()?;
            if inner.losses.is_empty() {
                return None;
            }
            let (told, rest) = split_report(std::mem::take(&mut inner.losses));
            inner.losses = rest;
            Some((vec![loss_report(id, now, camera, told)], Vec::new()))
        })?;
        Ok(seqs.first().copied())
    }

    /// The event with number `seq`; `None` when it no longer waits. One whose record is damaged is given up and counted.
    ///
    /// # Errors
    /// When the store cannot be read just now: try again.
    pub fn get(&self, seq: u64) -> Result<Option<Stored>, OutboxError> {
        let mut guard = locked(&self.inner);
        let inner = guard.as_mut().ok_or_else(|| self.closed())?;
        if !inner.index.contains_key(&seq) {
            return Ok(None);
        }
        let framed = inner.tree.get(event_key(seq)).map_err(|source| self.store_error(source))?;
        let stored = framed.as_deref().and_then(Stored::from_frame);
        if stored.is_none() {
            inner.give_up(seq).map_err(|source| self.store_error(source))?;
        }
        Ok(stored)
    }

    /// A file that a waiting event needs. `None` when it is gone or damaged.
    ///
    /// # Errors
    /// When nothing can be read just now: try again.
    pub fn picture(&self, sha256: &Digest) -> Result<Option<Vec<u8>>, OutboxError> {
        let io = |source| self.io_error(source);
        let opened = {
            let guard = locked(&self.inner);
            let inner = guard.as_ref().ok_or_else(|| self.closed())?;
            match inner.kept.get(sha256) {
                None => return Ok(None),
                Some(kept) if kept.file => inner.files.find(sha256).map_err(io)?,
                Some(_) => None,
            }
        };
        // A clip is read without the lock: the writer goes on meanwhile.
        let read = opened.map(|opened| opened.read().map_err(io)).transpose()?.flatten();
        if read.is_some() {
            return Ok(read);
        }
        let guard = locked(&self.inner);
        Ok(guard.as_ref().ok_or_else(|| self.closed())?.value(sha256))
    }

    /// Notes that a file cannot be sent any more: it will be told in the next loss report.
    pub fn picture_lost(&self, sha256: Digest) {
        if let Some(inner) = locked(&self.inner).as_mut()
            && !inner.losses.pictures.contains(&sha256)
        {
            tracing::error!(%sha256, "a file in the outbox is gone or damaged: its event goes without it");
            (inner.losses.damaged, inner.losses.unsaved) = (true, true);
            inner.losses.pictures.push(sha256);
        }
    }

    /// Numbers that wait, from `seq` on, at most `limit` of them.
    pub fn waiting_from(&self, seq: u64, limit: usize) -> Vec<u64> {
        let inner = locked(&self.inner);
        inner
            .as_ref()
            .map(|inner| inner.index.range(seq..).take(limit).map(|(&seq, _)| seq).collect())
            .unwrap_or_default()
    }

    /// Bytes of a waiting event with its files; none for one that does not wait.
    pub fn bytes_of(&self, seq: u64) -> u64 {
        let inner = locked(&self.inner);
        inner.as_ref().and_then(|inner| inner.index.get(&seq)).map_or(0, |entry| entry.waiting.bytes)
    }

    /// Frees the events that `receipts` free, and returns their numbers. A receipt whose id does not belong to its number
    /// frees nothing.
    ///
    /// # Errors
    /// When the store cannot be written just now: the events and their files stay, and central will answer `duplicate`.
    pub fn receipted(&self, receipts: &[Receipt]) -> Result<Vec<u64>, OutboxError> {
        let mut guard = locked(&self.inner);
        let inner = guard.as_ref().ok_or_else(|| self.closed())?;
        let done: Vec<u64> = receipts
            .iter()
            .filter(|receipt| receipt.result.frees())
            .filter(|receipt| {
                inner
                    .index
                    .get(&receipt.seq)
                    .is_some_and(|entry| entry.id == receipt.id && entry.phase == receipt.phase)
            })
            .map(|receipt| receipt.seq)
            .collect();
        self.attempt(&mut guard, |inner| {
            let mut batch = sled::Batch::default();
            for seq in &done {
                inner.remove(*seq, &mut batch);
            }
            let applied = inner.apply(batch).and_then(|()| {
                // Only then may their files go, or a power cut would bring events back without them.
                if inner.leaving.len() < MOST_LEAVING { Ok(()) } else { inner.flush() }
            });
            applied.map_err(|source| self.store_error(source))
        })?;
        Ok(done)
    }

    /// Writes to disk what was freed, and removes its files. Without it a power cut only makes repeats, and files go with the next append.
    ///
    /// # Errors
    /// When the store cannot be written just now: what was freed comes back, and central will answer `duplicate`.
    pub fn flush(&self) -> Result<(), OutboxError> {
        let mut guard = locked(&self.inner);
        if guard.is_none() {
            return Ok(());
        }
        self.attempt(&mut guard, |inner| inner.flush().map_err(|source| self.store_error(source)))
    }

    /// Tells the newest number whenever it grows.
    pub fn appended(&self) -> watch::Receiver<u64> {
        self.appended.subscribe()
    }

    /// Counts for the heartbeat.
    pub fn health(&self) -> Health {
        let damaged = *locked(&self.damaged);
        let guard = locked(&self.inner);
        let Some(inner) = guard.as_ref() else { return Health { damaged, ..Health::default() } };
        Health {
            events: inner.index.len() as u64,
            bytes: inner.bytes,
            oldest_seq: inner.index.keys().next().copied(),
            next_seq: inner.next,
            evicted: inner.evicted,
            damaged,
        }
    }

    /// Writes what `make` gives, all under one lock, so that nothing happens between looking and writing.
    fn commit(
        &self,
        make: impl FnOnce(&mut Inner) -> Option<(Vec<Draft>, Vec<StateChange>)>,
    ) -> Result<Vec<u64>, OutboxError> {
        let mut guard = locked(&self.inner);
        if guard.is_none() {
            *guard = Some(self.open_or_replace()?);
        }
        let made = guard.as_mut().and_then(make);
        let Some((drafts, changes)) = made else { return Ok(Vec::new()) };
        let seqs = self.attempt(&mut guard, |inner| self.write(inner, drafts, &changes))?;
        if let Some(&last) = seqs.last() {
            self.appended.send_replace(last);
        }
        Ok(seqs)
    }

    /// Does something that writes. After an error everything is read again from what is on disk.
    fn attempt<T>(
        &self,
        guard: &mut Option<Inner>,
        write: impl FnOnce(&mut Inner) -> Result<T, OutboxError>,
    ) -> Result<T, OutboxError> {
        let inner = guard.as_mut().ok_or_else(|| self.closed())?;
        // sled may panic instead of returning an error; that must not end the thread that writes.
        let written = catch_unwind(AssertUnwindSafe(|| write(inner))).unwrap_or_else(|_| {
            inner.failed = true;
            Err(self.io_error(io::Error::other("sled panicked while writing")))
        });
        // Where only a file was refused, sled goes on; opening it anew may need room that the disk does not have.
        if written.is_err() && (inner.failed || inner.reload().is_err()) {
            // sled refuses everything after a failed write: open it anew from what is on disk, so that what waits can still
            // be sent and freed, which is what makes room.
            *guard = None;
            *guard = self.open_or_replace().ok();
        }
        written
    }

    pub(super) fn store_error(&self, source: sled::Error) -> OutboxError {
        OutboxError::Store { folder: self.folder.clone(), source }
    }

    pub(super) fn io_error(&self, source: io::Error) -> OutboxError {
        OutboxError::Io { folder: self.folder.clone(), source }
    }

    fn closed(&self) -> OutboxError {
        self.io_error(io::Error::other("the store is being opened again"))
    }
}

fn loss_report(id: Uuid, captured: Captured, camera: Name, told: Losses) -> Draft {
    let payload = Payload::OutboxLoss(OutboxLoss {
        reason: if told.damaged { LossReason::Damaged } else { LossReason::Full },
        previews: told.previews,
        seqs: told.seqs,
        pictures: told.pictures,
    });
    Draft { id, phase: Phase::Settled, camera, captured, payload, pictures: Vec::new(), models: Vec::new() }
}

/// What one report can tell, and what the next ones must.
fn split_report(mut losses: Losses) -> (Losses, Losses) {
    let more = losses.seqs.split_off(losses.seqs.len().min(RANGES_PER_REPORT));
    let pictures = losses.pictures.split_off(losses.pictures.len().min(RANGES_PER_REPORT));
    let damaged = losses.damaged && !(more.is_empty() && pictures.is_empty());
    let rest = Losses { damaged, previews: 0, seqs: more, pictures, unsaved: true };
    (losses, rest)
}

/// A panic elsewhere must not stop the outbox: its state is consistent between statements that matter.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
