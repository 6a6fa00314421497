//! Sequence numbers reserved ahead, in a file beside the store, so that a damaged store never leads to a number used
//! twice. At most one block of numbers is skipped after damage. A second file remembers the last number that was stored,
//! because sled recovers from some kinds of damage by silently forgetting its newest writes.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use crate::durable;

const BLOCK: u64 = 256;

/// The reservation file.
#[derive(Debug)]
pub(super) struct Reserve {
    path: PathBuf,
    ceiling: u64,
    last_file: File,
    last: u64,
}

impl Reserve {
    /// Reads the files, or starts at zero. A reservation that cannot be read is rebuilt from the last number known.
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let mut last_file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path.with_extension("last"))?;
        let mut last = [0; 8];
        // A file that was just made, or cut off, knows nothing: zero is the safe answer.
        let known = last_file.read_exact(&mut last).is_ok();
        let last = if known { u64::from_le_bytes(last) } else { 0 };
        let ceiling = match std::fs::read_to_string(&path) {
            Ok(text) => text.trim().parse().unwrap_or_else(|_| {
                tracing::error!(file = %path.display(), last, "the reservation of numbers was damaged and is rebuilt");
                last + BLOCK
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        Ok(Self { path, ceiling, last_file, last })
    }

    /// The last number known to have been stored.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// Remembers that everything up to `seq` is stored. Not synced: a killed process keeps it, and after a power cut an
    /// old value only makes the check weaker.
    pub(super) fn stored(&mut self, seq: u64) -> io::Result<()> {
        self.last_file.write_all_at(&seq.to_le_bytes(), 0)?;
        self.last = seq;
        Ok(())
    }

    /// The highest number that may have been used.
    pub(super) fn ceiling(&self) -> u64 {
        self.ceiling
    }

    /// Makes sure that `seq` is reserved, on disk, before it is used.
    pub(super) fn cover(&mut self, seq: u64) -> io::Result<()> {
        if seq <= self.ceiling {
            return Ok(());
        }
        let ceiling = seq + BLOCK;
        durable::write(&self.path, ceiling.to_string().as_bytes(), 0o644)?;
        self.ceiling = ceiling;
        Ok(())
    }
}
