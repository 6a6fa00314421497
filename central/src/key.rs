//! Central's own keys: made at first start, each kept in a file that only its user may read. One signs receipts and lists.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use thiserror::Error;
use wire::DeviceKey;

/// Why there is no key.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("central's key file {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not a key.
    #[error(
        "central's key file {0} is damaged (expected 64 hex digits): put the saved copy back; a new key means enrolling every agent again"
    )]
    Damaged(PathBuf),
    /// Others may read it.
    #[error("central's key file {0} can be read by others: run chmod 600 on it")]
    Open(PathBuf),
}

/// Reads the signing key, or makes it when there is none yet.
pub fn load_or_make(path: &Path) -> Result<DeviceKey, KeyError> {
    load_or_make_seed(path).map(|seed| DeviceKey::from_seed(&seed))
}

/// Reads 32 secret bytes, or makes them when there is no file yet.
///
/// # Errors
/// [`KeyError`]: a damaged or readable file is never replaced.
pub fn load_or_make_seed(path: &Path) -> Result<[u8; 32], KeyError> {
    let io = |source| KeyError::Io { path: path.to_owned(), source };
    match std::fs::read_to_string(path) {
        Ok(text) => {
            if std::fs::metadata(path).map_err(io)?.permissions().mode() & 0o077 != 0 {
                return Err(KeyError::Open(path.to_owned()));
            }
            // A digest is 32 bytes of hex, as a seed is.
            let seed =
                wire::Digest::from_hex(text.trim()).ok_or_else(|| KeyError::Damaged(path.to_owned()))?;
            Ok(*seed.as_bytes())
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => make(path).map_err(io),
        Err(error) => Err(io(error)),
    }
}

fn make(path: &Path) -> std::io::Result<[u8; 32]> {
    let seed: [u8; 32] = rand::random();
    let mut text = seed.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    text.push('\n');
    let temporary = path.with_extension("new");
    // A left-over of a start that was killed half-way.
    if temporary.exists() {
        std::fs::remove_file(&temporary)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    Ok(seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("central.key");
        let made = load_or_make(&path).unwrap();
        assert_eq!(load_or_make(&path).unwrap().public(), made.public());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(load_or_make(&path), Err(KeyError::Open(_))));
    }

    #[test]
    fn a_damaged_key_is_never_replaced_silently() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("central.key");
        std::fs::write(&path, "abc").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(load_or_make(&path), Err(KeyError::Damaged(_))));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "abc");
    }
}
