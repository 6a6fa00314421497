//! The key of the face templates: 32 random bytes in hex, in a file or an environment variable outside the data folder.

use std::fmt;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::config::{SecretError, read_secret};

/// Why there is no key.
#[derive(Debug, Error)]
pub enum FaceKeyError {
    /// It is not where the configuration says.
    #[error("{0}; make a new key with: (umask 077; openssl rand -hex 32 > FILE)")]
    Missing(#[from] SecretError),
    /// The text is not a key.
    #[error("the key of the face templates is not 64 hex digits: put the saved copy back")]
    Damaged,
    /// Others may read the file.
    #[error("the file {0} with the key of the face templates can be read by others: run chmod 600 on it")]
    Open(PathBuf),
}

/// Seals face templates.
#[derive(Clone)]
pub struct FaceKey([u8; 32]);

impl FaceKey {
    /// From its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads it from the environment variable or the file; `None` when neither is named.
    ///
    /// # Errors
    /// [`FaceKeyError`].
    pub fn read(env: Option<&str>, file: Option<&Path>) -> Result<Option<Self>, FaceKeyError> {
        let Some(text) = read_secret(env, file)? else { return Ok(None) };
        let open = |path: &&Path| std::fs::metadata(path).is_ok_and(|m| m.permissions().mode() & 0o077 != 0);
        if let Some(path) = file.filter(open) {
            return Err(FaceKeyError::Open(path.to_owned()));
        }
        // A digest is 32 bytes of hex, as a key is.
        let digest = wire::Digest::from_hex(text.trim()).ok_or(FaceKeyError::Damaged)?;
        Ok(Some(Self(*digest.as_bytes())))
    }

    /// Tells keys apart without telling anything about them.
    pub fn id(&self) -> KeyId {
        let digest = Sha256::new().chain_update(b"vong-gac face key id").chain_update(self.0).finalize();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        KeyId(id)
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for FaceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FaceKey({})", self.id())
    }
}

/// Which key it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyId(pub [u8; 8]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
