//! What only one agent and central can compute: made from the two key pairs that enrolment introduced to each other, it is never
//! stored beside the data that it protects and never travels.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload as AeadPayload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use thiserror::Error;
use zeroize::Zeroize as _;

use super::digest::{KeyDigest, KeyKind};
use crate::{DeviceKey, PublicKey};

/// Why a box could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SecretError {
    /// Not base64 of nonce and ciphertext.
    #[error("not a sealed box")]
    Malformed,
    /// Made by another agent or for another purpose, or changed.
    #[error("the box was not made with this agent's secret and purpose, or was changed")]
    Forged,
}

/// The secret that one agent shares with central.
#[derive(Clone)]
pub struct AgentSecret {
    lists: [u8; 32],
    boxes: [u8; 32],
}

impl AgentSecret {
    /// From one side's own key and the other side's public key: both sides get the same. X25519 over the Ed25519 keys,
    /// one subkey per use by HMAC-SHA256.
    pub fn agree(own: &DeviceKey, other: &PublicKey) -> Self {
        let mut shared = own.agree(other);
        let subkey =
            |label: &str| -> [u8; 32] { mac(&shared, &[label.as_bytes()]).finalize().into_bytes().into() };
        let secret = Self { lists: subkey("vg-list-1"), boxes: subkey("vg-box-1") };
        shared.zeroize();
        secret
    }

    /// The keyed digest of a number. The text must be in its normal form: plates canonical, cards 12 digits, passports
    /// `CCC:NUMBER` in upper case.
    pub fn digest(&self, kind: KeyKind, text: &str) -> KeyDigest {
        let whole =
            mac(&self.lists, &[kind.as_str().as_bytes(), b"\n", text.as_bytes()]).finalize().into_bytes();
        let mut half = [0; 16];
        half.copy_from_slice(&whole[..16]);
        KeyDigest::new(half)
    }

    /// Closes `plain` so that only the other side reads it. `nonce` is 24 random bytes, never used twice; `purpose` must be said
    /// again to open it.
    pub fn close(&self, purpose: &str, nonce: [u8; 24], plain: &[u8]) -> SubjectBox {
        let cipher = XChaCha20Poly1305::new(&self.boxes.into());
        // Only a message of hundreds of gigabytes fails.
        #[allow(clippy::expect_used)]
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), AeadPayload { msg: plain, aad: purpose.as_bytes() })
            .expect("a short message");
        SubjectBox(BASE64.encode([&nonce[..], &sealed].concat()))
    }

    /// Opens what the other side closed.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn open(&self, purpose: &str, closed: &SubjectBox) -> Result<Vec<u8>, SecretError> {
        let bytes = BASE64.decode(&closed.0).map_err(|_| SecretError::Malformed)?;
        let (nonce, sealed) = bytes.split_first_chunk::<24>().ok_or(SecretError::Malformed)?;
        let cipher = XChaCha20Poly1305::new(&self.boxes.into());
        let payload = AeadPayload { msg: sealed, aad: purpose.as_bytes() };
        cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SecretError::Forged)
    }
}

impl Drop for AgentSecret {
    fn drop(&mut self) {
        self.lists.zeroize();
        self.boxes.zeroize();
    }
}

impl fmt::Debug for AgentSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AgentSecret(redacted)")
    }
}

/// Personal data that only central and one agent can read, as base64 of nonce and ciphertext (XChaCha20-Poly1305).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubjectBox(String);

impl SubjectBox {
    /// Bytes of base64.
    pub fn size(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Debug for SubjectBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubjectBox({} bytes)", self.0.len())
    }
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> Hmac<Sha256> {
    // HMAC takes a key of any length, so this cannot fail.
    #[allow(clippy::expect_used)]
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes any key");
    parts.iter().for_each(|part| mac.update(part));
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (AgentSecret, AgentSecret) {
        let (edge, central) = (DeviceKey::from_seed(&[1; 32]), DeviceKey::from_seed(&[2; 32]));
        (AgentSecret::agree(&edge, &central.public()), AgentSecret::agree(&central, &edge.public()))
    }

    #[test]
    fn both_sides_agree_and_nobody_else() {
        let (edge, central) = pair();
        let digest = edge.digest(KeyKind::Card, "037090001234");
        assert_eq!(digest, central.digest(KeyKind::Card, "037090001234"));
        assert_ne!(digest, central.digest(KeyKind::Pin, "037090001234"), "the kind is part of it");
        let stranger =
            AgentSecret::agree(&DeviceKey::from_seed(&[3; 32]), &DeviceKey::from_seed(&[2; 32]).public());
        assert_ne!(digest, stranger.digest(KeyKind::Card, "037090001234"));
    }

    #[test]
    fn a_box_opens_for_the_other_side_and_its_purpose_only() {
        let (edge, central) = pair();
        let closed = edge.close("verify_citizen", [7; 24], b"037090001234");
        assert_eq!(central.open("verify_citizen", &closed).unwrap(), b"037090001234");
        assert_eq!(central.open("wanted", &closed), Err(SecretError::Forged));
        assert_eq!(central.open("x", &SubjectBox("AAAA".to_owned())), Err(SecretError::Malformed));
        assert!(!format!("{closed:?}").contains("0370"));
    }
}
