//! Writing events: number, chain, bounds, files, one batch, flush.

use std::collections::BTreeMap;

use bytes::Bytes;
use wire::{Digest, EvidenceRef};

use super::inner::{Entry, Inner, event_key, stored_bytes};
use super::policy::{self, Bounds, EvictionClass, Waiting};
use super::record::{Draft, Stored};
use super::state::StateChange;
use super::store::{Outbox, OutboxError, locked};

/// A draft that has its number.
struct Numbered {
    stored: Stored,
    framed: Vec<u8>,
    /// Its files, each once.
    files: Vec<(Digest, Bytes)>,
}

impl Outbox {
    /// Writes `drafts` and `changes`, and returns the numbers. After an error `inner` is ahead of the store: it must be read again.
    pub(super) fn write(
        &self,
        inner: &mut Inner,
        drafts: Vec<Draft>,
        changes: &[StateChange],
    ) -> Result<Vec<u64>, OutboxError> {
        let io = |source| self.io_error(source);
        let mut batch = sled::Batch::default();
        let mut seqs = Vec::with_capacity(drafts.len());
        let bounds = self.bounds_now(inner.bytes);
        for draft in drafts {
            let seq = inner.next;
            locked(&self.reserve).cover(seq).map_err(io)?;
            let numbered = self.number(inner, draft, seq)?;
            self.add(inner, numbered, bounds, &mut batch)?;
            seqs.push(seq);
        }
        inner.save_counters(&mut batch)?;
        changes.iter().for_each(|change| change.write(inner.next, &mut batch));
        // Files first: no event in sled ever names one that a power cut could still take.
        inner.files.sync().map_err(io)?;
        inner.apply(batch).and_then(|()| inner.flush()).map_err(|source| self.store_error(source))?;
        inner.losses.unsaved = false;
        if let Some(&last) = seqs.last() {
            locked(&self.reserve).stored(last).map_err(io)?;
        }
        Ok(seqs)
    }

    /// Gives a draft its number and its place in the chain, and seals it.
    fn number(&self, inner: &mut Inner, mut draft: Draft, seq: u64) -> Result<Numbered, OutboxError> {
        let (id, phase, camera) = (draft.id, draft.phase, draft.camera.clone());
        let class = EvictionClass::of(&draft.payload, phase);
        let references = draft.evidence();
        let files =
            each_once(&references, std::mem::take(&mut draft.pictures).into_iter().map(|file| file.bytes));
        let evidence = files.iter().map(|(sha256, _)| *sha256).collect();
        let envelope = draft.envelope_with(references, (&self.site, &self.agent), seq, inner.prev);
        let sealed = envelope.seal(&self.key)?;
        // Numbered and chained even if it is given up at once: then the gap in the sequence tells of it.
        inner.next = seq + 1;
        inner.prev = sealed.digest;
        let (digest, message) = (sealed.digest, sealed.message);
        let stored = Stored { seq, id, phase, camera, class, evidence, digest, message };
        let framed = stored.to_frame()?;
        Ok(Numbered { stored, framed, files })
    }

    /// Makes room for an event and adds it, or gives it up at once.
    fn add(
        &self,
        inner: &mut Inner,
        Numbered { stored, framed, files }: Numbered,
        bounds: Bounds,
        batch: &mut sled::Batch,
    ) -> Result<(), OutboxError> {
        let Stored { seq, id, phase, class, evidence, .. } = stored;
        let in_store = |bytes: &Bytes| stored_bytes(bytes.len());
        let bytes = framed.len() as u64 + files.iter().map(|(_, bytes)| in_store(bytes)).sum::<u64>();
        let waiting = Waiting { class, bytes };
        let full = inner.index.len() as u64 + 1 > bounds.events || inner.bytes + bytes > bounds.bytes;
        let evict = if full {
            let index: BTreeMap<u64, Waiting> =
                inner.index.iter().map(|(&seq, entry)| (seq, entry.waiting)).collect();
            policy::choose(&index, inner.bytes, &[waiting], bounds)
        } else {
            Some(Vec::new())
        };
        let Some(evict) = evict else {
            inner.count_eviction(seq, class);
            return Ok(());
        };
        for old in evict {
            if let Some(entry) = inner.remove(old, batch) {
                inner.count_eviction(old, entry.waiting.class);
            }
        }
        for (sha256, bytes) in files {
            inner.keep(sha256, &bytes, batch).map_err(|source| self.io_error(source))?;
        }
        batch.insert(event_key(seq).to_vec(), framed);
        inner.bytes += bytes;
        inner.index.insert(seq, Entry { waiting, id, phase, evidence });
        Ok(())
    }

    /// The bounds, tightened when the disk has less than the reserve left.
    fn bounds_now(&self, bytes: u64) -> Bounds {
        let free =
            rustix::fs::statvfs(&self.folder).map(|stat| stat.f_bavail * stat.f_frsize).unwrap_or(u64::MAX);
        if free >= self.reserve_bytes {
            return self.bounds;
        }
        // What is evicted makes room for what comes: staying at this size needs the reserve for a moment only.
        Bounds { events: self.bounds.events, bytes: self.bounds.bytes.min(bytes.max(1 << 20)) }
    }
}

/// One file may stand in two roles: the act's frame is the overview too.
fn each_once(references: &[EvidenceRef], files: impl Iterator<Item = Bytes>) -> Vec<(Digest, Bytes)> {
    let mut once: Vec<(Digest, Bytes)> = Vec::with_capacity(references.len());
    for (reference, bytes) in references.iter().zip(files) {
        if !once.iter().any(|(known, _)| *known == reference.sha256) {
            once.push((reference.sha256, bytes));
        }
    }
    once
}
