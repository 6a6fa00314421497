//! Evidence: original pictures, clips and overlays, addressed by SHA-256, never altered.
//!
//! A file is written under a temporary name, forced to the disk and renamed, and its folder is forced too; so a name that
//! is there is whole. The layout is `ab/cd/abcd….jpg` (`.mp4`, `.json`), the same under an S3 prefix. What a file is, its own bytes
//! say ([`kind`]); what an event calls it must agree.

mod kind;
pub mod mp4;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt as _};
use thiserror::Error;
use wire::Digest;

pub use kind::Kind;

/// Why a file was not taken or given.
#[derive(Debug, Error)]
pub enum EvidenceError {
    /// Too large.
    #[error("{} of {bytes} bytes is over the limit of {}", .kind.as_str(), .kind.max_bytes())]
    Oversized {
        /// What it is.
        kind: Kind,
        /// Its size.
        bytes: usize,
    },
    /// Nothing that evidence may be, or a picture that was cut off.
    #[error("not a whole JPEG picture, nor a clip or an overlay")]
    NotJpeg,
    /// It begins like an MP4 file and is not one.
    #[error("not a whole MP4 clip: {0}")]
    NotMp4(&'static str),
    /// It begins like JSON and is not an overlay.
    #[error("not an overlay: {0}")]
    NotOverlay(String),
    /// Its bytes have another digest than its name.
    #[error("the file's bytes have digest {found}, not the one of its name")]
    WrongHash {
        /// The digest of the bytes.
        found: Digest,
    },
    /// There is none.
    #[error("there is no file {0}")]
    NotFound(Digest),
    /// The disk or the object store failed; trying again may help.
    #[error("evidence store: {0}")]
    Io(String),
}

/// The files. Clones share one store.
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

    /// Checks that `bytes` are a whole file of a kind that evidence may be, and the one that `name` promises; says which kind.
    pub fn check(name: Digest, bytes: &[u8]) -> Result<Kind, EvidenceError> {
        let kind = kind::of(bytes)?;
        let found = Digest::of(bytes);
        if found != name {
            return Err(EvidenceError::WrongHash { found });
        }
        Ok(kind)
    }

    /// Stores a checked file durably; one that is there already is left alone.
    pub async fn put(&self, name: Digest, bytes: Bytes) -> Result<Kind, EvidenceError> {
        let kind = Self::check(name, &bytes)?;
        if self.has(name).await? {
            return Ok(kind);
        }
        let target = self.root.join(location(name, kind));
        tokio::task::spawn_blocking(move || write_durably(&target, &bytes))
            .await
            .map_err(|error| EvidenceError::Io(error.to_string()))?
            .map_err(|error| EvidenceError::Io(error.to_string()))?;
        Ok(kind)
    }

    /// Whether a file is there.
    pub async fn has(&self, name: Digest) -> Result<bool, EvidenceError> {
        Ok(self.kind(name).await?.is_some())
    }

    /// What kind of file is there under this name.
    pub async fn kind(&self, name: Digest) -> Result<Option<Kind>, EvidenceError> {
        for kind in Kind::ALL {
            match self.store.head(&location(name, kind).into()).await {
                Ok(_) => return Ok(Some(kind)),
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(EvidenceError::Io(error.to_string())),
            }
        }
        Ok(None)
    }

    /// The file's bytes, checked once more: what was altered on the disk is not shown as evidence.
    pub async fn get(&self, name: Digest) -> Result<Bytes, EvidenceError> {
        Ok(self.get_kind(name).await?.1)
    }

    /// As [`EvidenceStore::get`], with what kind of file it is.
    pub async fn get_kind(&self, name: Digest) -> Result<(Kind, Bytes), EvidenceError> {
        for kind in Kind::ALL {
            let result = match self.store.get(&location(name, kind).into()).await {
                Ok(result) => result,
                Err(object_store::Error::NotFound { .. }) => continue,
                Err(error) => return Err(EvidenceError::Io(error.to_string())),
            };
            let bytes = result.bytes().await.map_err(|error| EvidenceError::Io(error.to_string()))?;
            return Ok((Self::check(name, &bytes)?, bytes));
        }
        Err(EvidenceError::NotFound(name))
    }

    /// Deletes a file whose time is over, whatever kind it is; one that is not there is as good as deleted.
    pub async fn delete(&self, name: Digest) -> Result<(), EvidenceError> {
        for kind in Kind::ALL {
            match self.store.delete(&location(name, kind).into()).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(EvidenceError::Io(error.to_string())),
            }
        }
        Ok(())
    }
}

fn location(name: Digest, kind: Kind) -> String {
    let hex = name.to_string();
    format!("{}/{}/{hex}.{}", &hex[..2], &hex[2..4], kind.extension())
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
        let mut large = vec![0; wire::MAX_EVIDENCE_BYTES + 1];
        large[..4].copy_from_slice(&[0xff, 0xd8, 0xff, 0xe0]);
        assert!(matches!(store.put(Digest::ZERO, large.into()).await, Err(EvidenceError::Oversized { .. })));
        let nothing = Bytes::from(vec![0; 100]);
        assert!(matches!(store.put(Digest::ZERO, nothing).await, Err(EvidenceError::NotJpeg)));
    }

    #[tokio::test]
    async fn a_clip_and_an_overlay_are_kept_under_their_own_kind() {
        let folder = tempfile::tempdir().unwrap();
        let store = EvidenceStore::open(folder.path()).unwrap();
        let clip = Bytes::from(mp4::testing::clip(9_000, &[7; 500]));
        let overlay = Bytes::from_static(br#"{"v":1,"track":4,"drawn":[],"frames":[]}"#);
        for (bytes, kind) in [(clip, Kind::Mp4), (overlay, Kind::Overlay)] {
            let name = Digest::of(&bytes);
            assert_eq!(store.kind(name).await.unwrap(), None);
            assert_eq!(store.put(name, bytes.clone()).await.unwrap(), kind);
            assert_eq!(store.kind(name).await.unwrap(), Some(kind));
            assert_eq!(store.get_kind(name).await.unwrap(), (kind, bytes));
        }
    }

    #[tokio::test]
    async fn whatever_kind_a_file_is_it_can_be_deleted_and_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let store = EvidenceStore::open(folder.path()).unwrap();
        let overlay = Bytes::from_static(br#"{"v":1,"track":4,"drawn":[],"frames":[]}"#);
        let files = [jpeg(1), Bytes::from(mp4::testing::clip(9_000, &[7; 500])), overlay];
        for bytes in &files {
            store.put(Digest::of(bytes), bytes.clone()).await.unwrap();
        }
        for bytes in &files {
            let name = Digest::of(bytes);
            store.delete(name).await.unwrap();
            assert!(!store.has(name).await.unwrap());
            store.delete(name).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_picture_altered_on_the_disk_is_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let store = EvidenceStore::open(folder.path()).unwrap();
        let name = Digest::of(&jpeg(1));
        store.put(name, jpeg(1)).await.unwrap();
        std::fs::write(folder.path().join(location(name, Kind::Jpeg)), jpeg(2)).unwrap();
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
