//! Evidence: original pictures, addressed by SHA-256, never altered.
//!
//! A picture is written under a temporary name, forced to the disk and renamed, and its folder is forced too; so a name that
//! is there is whole. The layout is `ab/cd/abcd….jpg`, the same under an S3 prefix.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt as _};
use thiserror::Error;
use wire::Digest;

/// Why a picture was not taken or given.
#[derive(Debug, Error)]
pub enum EvidenceError {
    /// Too large.
    #[error("picture of {bytes} bytes is over the limit of {}", wire::MAX_EVIDENCE_BYTES)]
    Oversized {
        /// Its size.
        bytes: usize,
    },
    /// Not a JPEG file.
    #[error("not a JPEG picture")]
    NotJpeg,
    /// Its bytes have another digest than its name.
    #[error("the picture's bytes have digest {found}, not the one of its name")]
    WrongHash {
        /// The digest of the bytes.
        found: Digest,
    },
    /// There is none.
    #[error("there is no picture {0}")]
    NotFound(Digest),
    /// The disk or the object store failed; trying again may help.
    #[error("evidence store: {0}")]
    Io(String),
}

/// The pictures. Clones share one store.
#[derive(Debug, Clone)]
pub struct EvidenceStore {
    root: PathBuf,
    store: Arc<dyn ObjectStore>,
}

impl EvidenceStore {
    /// Opens the folder, making it when it is not there.
    pub fn open(root: &Path) -> Result<Self, EvidenceError> {
        let io = |error: &dyn std::fmt::Display| EvidenceError::Io(format!("{}: {error}", root.display()));
        std::fs::create_dir_all(root).map_err(|error| io(&error))?;
        let store = LocalFileSystem::new_with_prefix(root).map_err(|error| io(&error))?;
        Ok(Self { root: root.to_owned(), store: Arc::new(store) })
    }

    /// Checks that `bytes` are the JPEG picture that `name` promises.
    pub fn check(name: Digest, bytes: &[u8]) -> Result<(), EvidenceError> {
        if bytes.len() > wire::MAX_EVIDENCE_BYTES {
            return Err(EvidenceError::Oversized { bytes: bytes.len() });
        }
        // Start marker, then another marker; and the end marker, so that a cut file is not taken for a picture.
        if !(bytes.starts_with(&[0xff, 0xd8, 0xff]) && bytes.len() > 16 && has_end_marker(bytes)) {
            return Err(EvidenceError::NotJpeg);
        }
        let found = Digest::of(bytes);
        if found != name {
            return Err(EvidenceError::WrongHash { found });
        }
        Ok(())
    }

    /// Stores a checked picture durably; one that is there already is left alone.
    pub async fn put(&self, name: Digest, bytes: Bytes) -> Result<(), EvidenceError> {
        Self::check(name, &bytes)?;
        if self.has(name).await? {
            return Ok(());
        }
        let target = self.root.join(location(name));
        tokio::task::spawn_blocking(move || write_durably(&target, &bytes))
            .await
            .map_err(|error| EvidenceError::Io(error.to_string()))?
            .map_err(|error| EvidenceError::Io(error.to_string()))
    }

    /// Whether a picture is there.
    pub async fn has(&self, name: Digest) -> Result<bool, EvidenceError> {
        match self.store.head(&location(name).into()).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(EvidenceError::Io(error.to_string())),
        }
    }

    /// The picture's bytes, checked once more: what was altered on the disk is not shown as evidence.
    pub async fn get(&self, name: Digest) -> Result<Bytes, EvidenceError> {
        let result = match self.store.get(&location(name).into()).await {
            Ok(result) => result,
            Err(object_store::Error::NotFound { .. }) => return Err(EvidenceError::NotFound(name)),
            Err(error) => return Err(EvidenceError::Io(error.to_string())),
        };
        let bytes = result.bytes().await.map_err(|error| EvidenceError::Io(error.to_string()))?;
        Self::check(name, &bytes)?;
        Ok(bytes)
    }

    /// Deletes a file whose time is over; one that is not there is as good as deleted.
    pub async fn delete(&self, name: Digest) -> Result<(), EvidenceError> {
        match self.store.delete(&location(name).into()).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(EvidenceError::Io(error.to_string())),
        }
    }
}

fn has_end_marker(bytes: &[u8]) -> bool {
    // Some cameras pad the file after the end marker.
    let tail = &bytes[bytes.len().saturating_sub(64)..];
    tail.windows(2).any(|pair| pair == [0xff, 0xd9])
}

fn location(name: Digest) -> String {
    let hex = name.to_string();
    format!("{}/{}/{hex}.jpg", &hex[..2], &hex[2..4])
}

fn write_durably(target: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = target.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let temporary = folder.join(format!(".{}.part", uuid::Uuid::new_v4().simple()));
    let written = (|| {
        let mut file = std::fs::File::create_new(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&temporary, target)?;
        std::fs::File::open(folder)?.sync_all()
    })();
    if written.is_err() {
        // On a full disk the half-written file must not stay; that it cannot be removed changes nothing.
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(fill: u8) -> Bytes {
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0];
        bytes.extend([fill; 100]);
        bytes.extend([0xff, 0xd9]);
        bytes.into()
    }

    #[tokio::test]
    async fn a_picture_comes_back_as_it_went_in() {
        let folder = tempfile::tempdir().unwrap();
        let store = EvidenceStore::open(folder.path()).unwrap();
        let (bytes, name) = (jpeg(1), Digest::of(&jpeg(1)));
        assert!(!store.has(name).await.unwrap());
        store.put(name, bytes.clone()).await.unwrap();
        store.put(name, bytes.clone()).await.unwrap();
        assert_eq!(store.get(name).await.unwrap(), bytes);
    }

    #[tokio::test]
    async fn what_is_not_the_promised_picture_is_refused_with_its_reason() {
        let folder = tempfile::tempdir().unwrap();
        let store = EvidenceStore::open(folder.path()).unwrap();
        assert!(matches!(store.put(Digest::ZERO, jpeg(1)).await, Err(EvidenceError::WrongHash { .. })));
        assert!(matches!(store.put(Digest::of(b""), Bytes::new()).await, Err(EvidenceError::NotJpeg)));
        let cut = jpeg(1).slice(..60);
        assert!(matches!(store.put(Digest::of(&cut), cut).await, Err(EvidenceError::NotJpeg)));
        let large = Bytes::from(vec![0; wire::MAX_EVIDENCE_BYTES + 1]);
        assert!(matches!(store.put(Digest::ZERO, large).await, Err(EvidenceError::Oversized { .. })));
    }

    #[tokio::test]
    async fn a_picture_altered_on_the_disk_is_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let store = EvidenceStore::open(folder.path()).unwrap();
        let name = Digest::of(&jpeg(1));
        store.put(name, jpeg(1)).await.unwrap();
        std::fs::write(folder.path().join(location(name)), jpeg(2)).unwrap();
        assert!(matches!(store.get(name).await, Err(EvidenceError::WrongHash { .. })));
    }

    #[tokio::test]
    async fn a_store_that_cannot_write_says_so_and_blames_no_picture() {
        let folder = tempfile::tempdir().unwrap();
        let store = EvidenceStore::open(folder.path()).unwrap();
        let name = Digest::of(&jpeg(1));
        std::fs::write(folder.path().join(&name.to_string()[..2]), b"in the way").unwrap();
        let error = store.put(name, jpeg(1)).await.unwrap_err();
        assert!(matches!(error, EvidenceError::Io(_)), "{error}");
    }
}
