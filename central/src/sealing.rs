//! Central's data key: personal data in the database is sealed with it, one value at a time.
//!
//! A sealed value is base64 of a random nonce (24 bytes) and the ciphertext (XChaCha20-Poly1305). What it is (`members.number`) is
//! bound to it, so that a value cannot be moved to another column. The key lies beside central's signing key, readable by
//! central's user alone, and is backed up with it: without it the sealed values are lost.

use std::fmt;
use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use thiserror::Error;

use crate::key::{self, KeyError};

/// Why a value cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "a sealed value cannot be opened with this data key: put the data.key back that belongs to this database"
)]
pub struct Unsealable;

/// Seals personal data.
#[derive(Clone)]
pub struct DataKey {
    cipher: XChaCha20Poly1305,
    index: [u8; 32],
}

impl DataKey {
    /// From its bytes.
    pub fn from_bytes(seed: &[u8; 32]) -> Self {
        let subkey = |label: &[u8]| -> [u8; 32] { mac(seed, &[label]) };
        Self { cipher: XChaCha20Poly1305::new(&subkey(b"vg-seal-1").into()), index: subkey(b"vg-index-1") }
    }

    /// Reads the key file, or makes it when there is none yet.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn load_or_make(path: &Path) -> Result<Self, KeyError> {
        key::load_or_make_seed(path).map(|seed| Self::from_bytes(&seed))
    }

    /// Seals a value. `what` names its column.
    pub fn seal(&self, what: &str, plain: &str) -> String {
        let nonce: [u8; 24] = rand::random();
        // Only a value of hundreds of gigabytes fails.
        #[allow(clippy::expect_used)]
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: plain.as_bytes(), aad: what.as_bytes() })
            .expect("a short value");
        BASE64.encode([&nonce[..], &sealed].concat())
    }

    /// Opens a value that was sealed as `what`.
    ///
    /// # Errors
    /// [`Unsealable`].
    pub fn open(&self, what: &str, sealed: &str) -> Result<String, Unsealable> {
        let bytes = BASE64.decode(sealed).map_err(|_| Unsealable)?;
        let (nonce, sealed) = bytes.split_first_chunk::<24>().ok_or(Unsealable)?;
        let payload = Payload { msg: sealed, aad: what.as_bytes() };
        let plain = self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| Unsealable)?;
        String::from_utf8(plain).map_err(|_| Unsealable)
    }

    /// A keyed digest by which a sealed value can be found, 32 hex digits. Equal values of one `what` have equal digests.
    pub fn index(&self, what: &str, plain: &str) -> String {
        mac(&self.index, &[what.as_bytes(), b"\n", plain.as_bytes()])
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(redacted)")
    }
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes a key of any length, so this cannot fail.
    #[allow(clippy::expect_used)]
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes any key");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_with_its_key_and_column_only() {
        let key = DataKey::from_bytes(&[1; 32]);
        let sealed = key.seal("members.number", "037090001234");
        assert!(!sealed.contains("0370"));
        assert_ne!(
            sealed,
            key.seal("members.number", "037090001234"),
            "the same value looks different each time"
        );
        assert_eq!(key.open("members.number", &sealed).unwrap(), "037090001234");
        assert_eq!(key.open("members.name", &sealed), Err(Unsealable));
        assert_eq!(DataKey::from_bytes(&[2; 32]).open("members.number", &sealed), Err(Unsealable));
        assert_eq!(key.open("members.number", "AAAA"), Err(Unsealable));
    }

    #[test]
    fn an_index_finds_a_value_and_tells_nothing_without_the_key() {
        let key = DataKey::from_bytes(&[1; 32]);
        assert_eq!(key.index("number", "037090001234"), key.index("number", "037090001234"));
        assert_ne!(key.index("number", "037090001234"), key.index("pin", "037090001234"));
        assert_ne!(key.index("number", "1"), DataKey::from_bytes(&[2; 32]).index("number", "1"));
        assert_eq!(key.index("number", "1").len(), 32);
    }

    #[test]
    fn the_key_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.key");
        let sealed = DataKey::load_or_make(&path).unwrap().seal("x", "y");
        assert_eq!(DataKey::load_or_make(&path).unwrap().open("x", &sealed).unwrap(), "y");
    }
}
