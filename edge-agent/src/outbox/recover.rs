//! Opening the store, whatever state it is in: as it is, set aside and salvaged, or a recovery that was cut short.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::inner::{Inner, OpenFailure};
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
        std::fs::remove_file(self.folder.join(SALVAGING)).map_err(|source| self.io_error(source))?;
        *locked(&self.damaged) = set_aside(&self.folder);
        tracing::error!(
            reason,
            kept_at = %aside.display(),
            events,
            pictures,
            "outbox was damaged: set aside, what could be read was recovered"
        );
        Ok(inner)
    }
}

/// Damaged stores in the outbox's folder.
pub(super) fn set_aside(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("damaged-")).count() as u64
}
