//! A folder of files with a signed manifest, and its check.

use std::collections::BTreeSet;
use std::fs::{DirBuilder, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use wire::{DeviceKey, Digest, PublicKey, SealError, Sealed, seal};

use super::{PackError, Period};

/// Name of the manifest in the folder.
const MANIFEST: &str = "manifest.json";
/// What a manifest of this kind says that it is.
const FORMAT: &str = "vong-gac-assessment/1";
/// A manifest has a line per file; nobody's has more.
const MAX_MANIFEST: usize = 1 << 20;
/// Where a pack's owner adds reports of tests: not part of what is signed.
const PENTEST: &str = "pentest";

/// What a pack holds, signed by central's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: String,
    /// Version of central that made it.
    pub version: String,
    /// When.
    pub made_at: Timestamp,
    /// First day of the logs.
    pub from: Date,
    /// Last day of the logs.
    pub until: Date,
    /// Public key of central, 64 hex digits: to be compared with what central itself shows, not believed from here.
    pub key: PublicKey,
    /// Its files, by path.
    pub files: Vec<Entry>,
}

/// A file of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Path below the pack's folder.
    pub path: String,
    /// Size.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: Digest,
}

/// A pack whose files and signature are right.
#[derive(Debug)]
pub struct Checked {
    /// What it says of itself.
    pub manifest: Manifest,
    /// Files below `pentest/` that were added to it.
    pub added: Vec<String>,
}

/// A pack that is being written.
pub(super) struct Pack {
    folder: PathBuf,
    files: Vec<Entry>,
}

impl Pack {
    /// Begins in a folder that is new or empty. Only its owner may read it: audit logs tell who looked at what.
    pub(super) fn begin(folder: &Path) -> Result<Self, PackError> {
        make(folder)?;
        let mut inside = std::fs::read_dir(folder).map_err(|source| io(folder, source))?;
        if inside.next().is_some() {
            return Err(PackError::NotEmpty(folder.to_owned()));
        }
        Ok(Self { folder: folder.to_owned(), files: Vec::new() })
    }

    /// Adds a file.
    pub(super) fn add(&mut self, path: &str, bytes: &[u8]) -> Result<(), PackError> {
        let file = self.folder.join(path);
        if let Some(above) = file.parent() {
            make(above)?;
        }
        let mut options = OpenOptions::new();
        let mut open =
            options.write(true).create_new(true).mode(0o600).open(&file).map_err(|e| io(&file, e))?;
        open.write_all(bytes).map_err(|source| io(&file, source))?;
        let entry = Entry { path: path.to_owned(), bytes: bytes.len() as u64, sha256: Digest::of(bytes) };
        self.files.push(entry);
        Ok(())
    }

    /// Signs what was added. Nothing can be added any more.
    pub(super) fn seal(self, key: &DeviceKey, period: Period, now: Timestamp) -> Result<Manifest, PackError> {
        let Self { folder, mut files } = self;
        files.sort_by(|one, other| one.path.cmp(&other.path));
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: now,
            from: period.from,
            until: period.until,
            key: key.public(),
            files,
        };
        let body = serde_json::to_vec(&manifest).map_err(|error| PackError::Encode(error.to_string()))?;
        Self { folder, files: Vec::new() }.add(MANIFEST, &seal(key, &body))?;
        Ok(manifest)
    }
}

/// Checks a pack against the public key of the central that it is said to be of: the signature, and that every file is there as it was and
/// none was added, but reports below `pentest/`.
///
/// # Errors
/// [`PackError`] names everything that is not as it was.
pub fn check(folder: &Path, key: &PublicKey) -> Result<Checked, PackError> {
    let path = folder.join(MANIFEST);
    let message = std::fs::read(&path).map_err(|source| io(&path, source))?;
    let no_manifest = |error: String| PackError::NoManifest(path.clone(), error);
    let sealed = Sealed::parse(&message, MAX_MANIFEST).map_err(|error| no_manifest(error.to_string()))?;
    let body = sealed.verify(key).map_err(|error| match error {
        SealError::Forged => PackError::Forged(key.to_string()),
        other => no_manifest(other.to_string()),
    })?;
    let manifest: Manifest = serde_json::from_slice(body).map_err(|error| no_manifest(error.to_string()))?;
    if manifest.format != FORMAT {
        return Err(no_manifest(format!("its format is {:?}, expected {FORMAT:?}", manifest.format)));
    }
    let mut changed = Vec::new();
    for entry in &manifest.files {
        match std::fs::read(folder.join(&entry.path)) {
            Ok(bytes) if Digest::of(&bytes) == entry.sha256 => {}
            Ok(_) => changed.push(format!("{} is not what it was", entry.path)),
            Err(error) => changed.push(format!("{} cannot be read: {error}", entry.path)),
        }
    }
    let known: BTreeSet<&str> =
        manifest.files.iter().map(|entry| entry.path.as_str()).chain([MANIFEST]).collect();
    let (mut added, mut others) = (Vec::new(), files_below(folder)?);
    others.retain(|path| !known.contains(path.as_str()));
    for path in others {
        if Path::new(&path).starts_with(PENTEST) {
            added.push(path);
        } else {
            changed.push(format!("{path} was added"));
        }
    }
    if changed.is_empty() { Ok(Checked { manifest, added }) } else { Err(PackError::Changed(changed)) }
}

/// Paths of everything below a folder that is no folder itself, in order.
fn files_below(folder: &Path) -> Result<Vec<String>, PackError> {
    let (mut open, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).map_err(|source| io(&next, source))? {
            let entry = entry.map_err(|source| io(&next, source))?;
            // A link is told of and never followed.
            if entry.file_type().map_err(|source| io(&next, source))?.is_dir() {
                open.push(entry.path());
            } else if let Ok(path) = entry.path().strip_prefix(folder) {
                found.push(path.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn make(folder: &Path) -> Result<(), PackError> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|source| io(folder, source))
}

fn io(path: &Path, source: std::io::Error) -> PackError {
    PackError::Io { path: path.to_owned(), source }
}
