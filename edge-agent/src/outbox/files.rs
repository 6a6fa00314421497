//! Large files of events, each as a file of its own beside the store: `files/<SHA-256>`, exactly the bytes that will be sent. sled keeps only
//! the events that name them.
//!
//! sled is a poor place for them: a value lies in a node with up to sixteen others, a node above a quarter of a segment becomes a file that
//! its cache does not count, and changing one value writes the whole node anew. So clips in it cost their size in memory for as long as
//! they wait, and several times their size in writing.
//!
//! # The life of a file
//! 1. It is written as `<SHA-256>.partial`, synced, renamed, and the folder synced, all before the batch of the events that name it.
//! 2. It is removed after the batch is flushed with which the last event that names it goes.
//! 3. What no event names was left by a crash between two of these steps. It goes at the next opening, or with a damaged store is set
//!    aside beside it, since the event that is missing may be one that could not be read.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use wire::{Digest, MAX_CLIP_BYTES};

use crate::durable;

/// Files of this many bytes or more lie beside the store, smaller ones in it. With sixteen values of this size a node of sled still stays
/// below the 128 KiB from which on it is none that its cache counts.
pub(super) const LARGE: usize = 8 << 10;
/// Name of the folder, beside the store and in one that was set aside.
pub(super) const FOLDER: &str = "files";
/// Ending of a file that is being written.
const PARTIAL: &str = "partial";

/// The folder of large files.
pub(super) struct Files {
    folder: PathBuf,
    /// Whether a file was renamed since the folder was synced.
    unsynced: bool,
}

/// A file that was found, to be read without the outbox's lock: its bytes stay even when it is removed meanwhile.
pub(super) struct Opened {
    file: File,
    sha256: Digest,
}

impl Files {
    /// The folder `files` beside the store at `store`, made if it is not there.
    pub(super) fn open(store: &Path) -> io::Result<Self> {
        let folder = store.with_file_name(FOLDER);
        match DirBuilder::new().mode(0o700).create(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists || !folder.is_dir() => {
                return Err(error);
            }
            _ => durable::sync_folder_of(&folder)?,
        }
        Ok(Self { folder, unsynced: false })
    }

    /// Writes a file unless it is there already and whole. It lasts once [`Files::sync`] has returned.
    ///
    /// # Errors
    /// What the system said; then it is not there under its name, or still the same.
    pub(super) fn put(&mut self, sha256: &Digest, bytes: &[u8]) -> io::Result<()> {
        self.unsynced = true;
        if self.is_whole(sha256) {
            return Ok(());
        }
        let path = self.path(sha256);
        let partial = path.with_extension(PARTIAL);
        gone(std::fs::remove_file(&partial))?;
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&partial)
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_data()))
            .and_then(|()| std::fs::rename(&partial, &path));
        if written.is_err() {
            // The disk may be full: half a file must not keep it so.
            let _ = std::fs::remove_file(&partial);
        }
        written
    }

    /// Makes the names of everything written so far last.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        if self.unsynced {
            File::open(&self.folder)?.sync_all()?;
            self.unsynced = false;
        }
        Ok(())
    }

    /// Length of a file; `None` when it is not there.
    pub(super) fn bytes_of(&self, sha256: &Digest) -> Option<u64> {
        let about = std::fs::metadata(self.path(sha256)).ok()?;
        about.is_file().then_some(about.len())
    }

    /// A file to be read; `None` when it is not there or the disk cannot give it.
    ///
    /// # Errors
    /// When this process can open nothing just now: try again.
    pub(super) fn find(&self, sha256: &Digest) -> io::Result<Option<Opened>> {
        match File::open(self.path(sha256)) {
            Ok(file) => Ok(Some(Opened { file, sha256: *sha256 })),
            Err(error) if passes(&error) => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Removes a file that no event names any more. One that cannot be removed goes at the next opening.
    pub(super) fn remove(&self, sha256: &Digest) {
        if let Err(error) = gone(std::fs::remove_file(self.path(sha256))) {
            tracing::warn!(%sha256, %error, "a file that left the outbox cannot be removed");
        }
    }

    /// Removes what `named` does not know.
    pub(super) fn sweep(&self, named: impl Fn(&Digest) -> bool) {
        let orphans = self.orphans(named);
        for path in &orphans {
            if let Err(error) = gone(std::fs::remove_file(path)) {
                tracing::warn!(file = %path.display(), %error, "a file that no event needs cannot be removed");
            }
        }
        if !orphans.is_empty() {
            tracing::info!(files = orphans.len(), "files in the outbox that no event needs were removed");
        }
    }

    /// Moves what `named` does not know to the damaged store at `aside`.
    pub(super) fn set_aside(&self, named: impl Fn(&Digest) -> bool, aside: &Path) -> io::Result<usize> {
        let orphans = self.orphans(named);
        if orphans.is_empty() {
            return Ok(0);
        }
        let folder = aside.join(FOLDER);
        std::fs::create_dir_all(&folder)?;
        for path in &orphans {
            if let Some(name) = path.file_name() {
                gone(std::fs::rename(path, folder.join(name)))?;
            }
        }
        File::open(&folder)?.sync_all()?;
        Ok(orphans.len())
    }

    /// Files of ours that `named` does not know, and those half-written. A name that the outbox never gives is none of its business.
    fn orphans(&self, named: impl Fn(&Digest) -> bool) -> Vec<PathBuf> {
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) => {
                tracing::warn!(folder = %self.folder.display(), %error, "the outbox's files cannot be listed");
                return Vec::new();
            }
        };
        let paths = entries.flatten().map(|entry| entry.path());
        let orphan = |path: &PathBuf| {
            let sha256 = path.file_stem().and_then(|stem| Digest::from_hex(stem.to_str()?));
            sha256.is_some_and(|sha256| match path.extension() {
                None => !named(&sha256),
                Some(ending) => ending == PARTIAL,
            })
        };
        paths.filter(orphan).collect()
    }

    /// Whether a file is there with the right content. Reads it, which costs a flash disk nothing.
    fn is_whole(&self, sha256: &Digest) -> bool {
        let Ok(file) = File::open(self.path(sha256)) else { return false };
        hash(file).is_ok_and(|found| found == *sha256.as_bytes())
    }

    fn path(&self, sha256: &Digest) -> PathBuf {
        self.folder.join(sha256.to_string())
    }
}

impl Opened {
    /// The content; `None` when it is damaged.
    ///
    /// # Errors
    /// When this process has no memory for it just now: try again.
    pub(super) fn read(self) -> io::Result<Option<Vec<u8>>> {
        let length = self.file.metadata().map_or(0, |about| about.len());
        // Longer than any: not what was written, and perhaps longer than the memory.
        if length > MAX_CLIP_BYTES as u64 {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(length as usize).map_err(|_| io::ErrorKind::OutOfMemory)?;
        match self.file.take(length).read_to_end(&mut bytes) {
            Ok(_) => Ok(Some(bytes).filter(|bytes| Digest::of(bytes) == self.sha256)),
            Err(error) if passes(&error) => Err(error),
            // A bad sector does not get better.
            Err(_) => Ok(None),
        }
    }
}

/// SHA-256 of a file, a piece at a time.
fn hash(mut file: File) -> io::Result<[u8; 32]> {
    let (mut hasher, mut piece) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hasher.finalize().into()),
            length => hasher.update(&piece[..length]),
        }
    }
}

/// A file that was not there is as good as removed.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Whether an error tells of this process and this moment, not of the file.
fn passes(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::OutOfMemory
        || matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM))
}
