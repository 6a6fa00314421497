//! Opening the store, whatever state it is in: as it is, set aside and salvaged, or a recovery that was cut short.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use wire::Digest;

use super::files::LARGE;
use super::frame;
use super::inner::{Inner, OpenFailure, event_key, picture_key};
use super::record::Stored;
use super::salvage::{self, Found};
use super::state::Value;
use super::store::{Outbox, OutboxError, locked};
use crate::durable;

/// Names the store that is being salvaged, while it is.
const SALVAGING: &str = "salvaging";
impl Outbox {
    pub(super) fn open_or_replace(&self) -> Result<Inner, OutboxError> {
        let path = self.folder.join("store");
        let unfinished = std::fs::read_to_string(self.folder.join(SALVAGING)).ok();
        if let Some(aside) =
            unfinished.map(|name| self.folder.join(name.trim())).filter(|aside| aside.is_dir())
        {
            return self.take_over(&path, &aside, "an earlier recovery was cut short");
        }
        // sled panics on some kinds of damage instead of returning an error.
        let opened = catch_unwind(AssertUnwindSafe(|| Inner::open(&path)));
        match opened {
            Ok(Ok(inner)) => {
                let last = locked(&self.reserve).last();
                if inner.next > last {
                    inner.sweep();
                    return Ok(inner);
                }
                drop(inner);
                self.replace(&path, &format!("it has forgotten events up to number {last}, or was deleted"))
            }
            Ok(Err(OpenFailure::Busy(source))) => Err(self.io_error(source)),
            Ok(Err(OpenFailure::Damaged(reason))) => self.replace(&path, &reason),
            Err(_) => self.replace(&path, "sled panicked while opening it"),
        }
    }

    /// Sets the store aside and starts a new one. The marker is written first: however this is cut short, the next start
    /// finds the way.
    fn replace(&self, path: &Path, reason: &str) -> Result<Inner, OutboxError> {
        let name = (1..).map(|n| format!("damaged-{n}")).find(|name| !self.folder.join(name).exists());
        let name = name.unwrap_or_default();
        let aside = self.folder.join(&name);
        let moved = durable::write(&self.folder.join(SALVAGING), name.as_bytes(), 0o644)
            .and_then(|()| std::fs::rename(path, &aside))
            .and_then(|()| durable::sync_folder_of(path));
        moved.map_err(|source| self.io_error(source))?;
        self.take_over(path, &aside, reason)
    }

    fn take_over(&self, path: &Path, aside: &Path, reason: &str) -> Result<Inner, OutboxError> {
        let opened = catch_unwind(AssertUnwindSafe(|| Inner::open(path)));
        let mut inner = match opened {
            Ok(Ok(inner)) => inner,
            Ok(Err(OpenFailure::Busy(source))) => return Err(self.io_error(source)),
            // Left half-made by a recovery that was cut short: everything of it is still in `aside`.
            Ok(Err(OpenFailure::Damaged(_))) | Err(_) => {
                std::fs::remove_dir_all(path).map_err(|source| self.io_error(source))?;
                match Inner::open(path) {
                    Ok(inner) => inner,
                    Err(OpenFailure::Busy(source)) => return Err(self.io_error(source)),
                    Err(OpenFailure::Damaged(reason)) => return Err(self.io_error(io::Error::other(reason))),
                }
            }
        };
        let ceiling = locked(&self.reserve).ceiling();
        let (events, pictures) =
            inner.take_over(aside, ceiling).map_err(|source| self.store_error(source))?;
        // Whose event could not be read stays with the store in which that event may still be.
        let orphans = inner.files.set_aside(|sha256| inner.kept.contains_key(sha256), aside);
        let orphans = orphans.unwrap_or_else(|error| {
            tracing::warn!(%error, "files of events that were lost cannot be set aside");
            0
        });
        std::fs::remove_file(self.folder.join(SALVAGING)).map_err(|source| self.io_error(source))?;
        *locked(&self.damaged) = set_aside(&self.folder);
        tracing::error!(
            reason,
            kept_at = %aside.display(),
            events,
            pictures,
            orphans,
            "outbox was damaged: set aside, what could be read was recovered"
        );
        Ok(inner)
    }
}

/// What was found in a damaged store: events in the new tree, and what is still to be done with the rest.
#[derive(Default)]
struct Salvaged {
    newest: Option<(u64, Digest)>,
    events: usize,
    /// Files that the events name, and whether they are there.
    wanted: HashMap<Digest, bool>,
    state: BTreeMap<String, Value>,
}

impl Inner {
    /// Takes everything whole out of the store in `aside`: events first, then the pictures that they need. Doing it twice
    /// does no harm. Returns the number of events and pictures found.
    fn take_over(&mut self, aside: &Path, ceiling: u64) -> Result<(usize, usize), sled::Error> {
        let mut salvaged = Salvaged::default();
        salvage::search(aside, |found| match found {
            Found::Event(stored) => self.take_event(&stored, &mut salvaged),
            Found::State(value) => {
                if salvaged.state.get(&value.key).is_none_or(|known| known.revision < value.revision) {
                    salvaged.state.insert(value.key.clone(), value);
                }
                Ok(())
            }
            Found::Picture(..) => Ok(()),
        })?;
        salvage::search(aside, |found| {
            let Found::Picture(sha256, bytes) = found else { return Ok(()) };
            let Some(done @ false) = salvaged.wanted.get_mut(&sha256) else { return Ok(()) };
            *done = true;
            if bytes.len() >= LARGE {
                self.files.put(&sha256, bytes).map_err(sled::Error::from)
            } else {
                self.tree.insert(picture_key(&sha256), frame::wrap(frame::PICTURE, bytes)).map(drop)
            }
        })?;
        self.files.sync()?;
        for value in salvaged.state.values() {
            self.tree.insert(value.tree_key(), value.to_frame())?;
        }
        self.load()?;
        if let Some((_, digest)) = salvaged.newest {
            self.prev = digest;
        }
        self.skip_to(self.next, ceiling);
        (self.losses.damaged, self.losses.unsaved) = (true, true);
        let mut batch = sled::Batch::default();
        // Counters are numbers and digests: they serialise.
        let _ = self.save_counters(&mut batch);
        self.apply(batch)?;
        self.flush()?;
        Ok((salvaged.events, salvaged.wanted.values().filter(|found| **found).count()))
    }

    fn take_event(&self, stored: &Stored, salvaged: &mut Salvaged) -> Result<(), sled::Error> {
        // Written from a value that was just read: it serialises.
        let Ok(framed) = stored.to_frame() else { return Ok(()) };
        for sha256 in &stored.evidence {
            // Large ones lie beside the damaged store, not in it.
            salvaged.wanted.entry(*sha256).or_insert_with(|| self.files.bytes_of(sha256).is_some());
        }
        salvaged.newest = salvaged.newest.max(Some((stored.seq, stored.digest)));
        salvaged.events += usize::from(self.tree.insert(event_key(stored.seq), framed)?.is_none());
        Ok(())
    }
}

/// Damaged stores in the outbox's folder.
pub(super) fn set_aside(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("damaged-")).count() as u64
}
