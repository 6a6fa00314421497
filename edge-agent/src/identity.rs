//! Who this agent is: its key, made here at first start, and central's key, learnt at enrolment.

use std::fs::File;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use thiserror::Error;
use wire::{DeviceKey, PublicKey};

use crate::durable;

/// Why the keys cannot be used.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// The file system refused.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The key file does not hold a key.
    #[error(
        "{0} does not hold a 32-byte device key: restore it from a backup, or delete it and enrol this agent anew with a fresh code"
    )]
    NotAKey(PathBuf),
    /// Others may read the key.
    #[error("{0} may be read by others: run chmod 600 on it, and enrol anew if somebody may have copied it")]
    Open(PathBuf),
    /// The file of central's key does not hold a key.
    #[error("{0} does not hold central's public key: delete it and enrol this agent anew with a fresh code")]
    NotCentral(PathBuf),
}

/// The agent's keys in its state folder.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Signs events. Never leaves the machine.
    pub device: DeviceKey,
    /// Checks receipts; `None` until the agent is enrolled.
    pub central: Option<PublicKey>,
    central_path: PathBuf,
}

impl Identity {
    /// Reads the keys from `folder`, making the device key when there is none.
    pub fn load_or_make(folder: &Path) -> Result<Self, IdentityError> {
        let path = folder.join("device.key");
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| IdentityError::Io { path, source }
        };
        std::fs::create_dir_all(folder).map_err(io(folder))?;
        let device = match std::fs::read(&path) {
            Ok(seed) => {
                let mode = std::fs::metadata(&path).map_err(io(&path))?.permissions().mode();
                if mode & 0o077 != 0 {
                    return Err(IdentityError::Open(path));
                }
                let seed: [u8; 32] = seed.try_into().map_err(|_| IdentityError::NotAKey(path))?;
                DeviceKey::from_seed(&seed)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => make(&path).map_err(io(&path))?,
            Err(source) => return Err(IdentityError::Io { path, source }),
        };
        let central_path = folder.join("central.pub");
        let central = match std::fs::read_to_string(&central_path) {
            Ok(text) => Some(
                PublicKey::from_hex(text.trim())
                    .ok_or_else(|| IdentityError::NotCentral(central_path.clone()))?,
            ),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(IdentityError::Io { path: central_path, source }),
        };
        Ok(Self { device, central, central_path })
    }

    /// Keeps central's key.
    pub fn enrolled(&mut self, central: PublicKey) -> Result<(), IdentityError> {
        durable::write(&self.central_path, format!("{central}\n").as_bytes(), 0o644)
            .map_err(|source| IdentityError::Io { path: self.central_path.clone(), source })?;
        self.central = Some(central);
        Ok(())
    }
}

fn make(path: &Path) -> io::Result<DeviceKey> {
    let mut seed = [0; 32];
    File::open("/dev/urandom").and_then(|mut random| io::Read::read_exact(&mut random, &mut seed))?;
    durable::write(path, &seed, 0o600)?;
    Ok(DeviceKey::from_seed(&seed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_readable_by_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let first = Identity::load_or_make(folder.path()).unwrap();
        let again = Identity::load_or_make(folder.path()).unwrap();
        assert_eq!(first.device.public(), again.device.public());
        let path = folder.path().join("device.key");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Identity::load_or_make(folder.path()), Err(IdentityError::Open(_))));
    }

    #[test]
    fn a_broken_key_file_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        Identity::load_or_make(folder.path()).unwrap();
        std::fs::write(folder.path().join("device.key"), b"short").unwrap();
        let error = Identity::load_or_make(folder.path()).unwrap_err();
        assert!(error.to_string().contains("enrol this agent anew"), "{error}");
    }
}
