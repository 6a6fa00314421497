//! Ed25519 over the exact bytes: `{"key":…,"sig":…,"body":…}`.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use thiserror::Error;

use crate::digest::{Digest, hex, unhex};

/// Why a sealed message was not accepted.
#[derive(Debug, Error)]
pub enum SealError {
    /// The message is larger than the protocol allows.
    #[error("message of {bytes} bytes is over the limit of {limit}")]
    Oversized {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The bytes are not a sealed message.
    #[error("not a sealed message: {0}")]
    Malformed(String),
    /// The signature does not belong to these bytes and this key.
    #[error("signature does not match: the body was changed, or another key signed it")]
    Forged,
}

/// The key pair of a device, or of central. Made on the machine it belongs to; never in a repository.
#[derive(Clone)]
pub struct DeviceKey(SigningKey);

impl DeviceKey {
    /// The key of a 32-byte seed. The caller brings the randomness, and keeps the seed in a file only it may read.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// X25519 over the two Ed25519 keys: what this key and `other`'s owner can compute, and nobody else.
    pub(crate) fn agree(&self, other: &PublicKey) -> [u8; 32] {
        (other.0.to_montgomery() * self.0.to_scalar()).to_bytes()
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKey({})", self.public().fingerprint())
    }
}

/// The public half of a [`DeviceKey`], written as 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// First 16 hex digits of the SHA-256 of the key: enough to find it, short enough to read aloud.
    pub fn fingerprint(&self) -> String {
        Digest::of(self.0.as_bytes()).to_string()[..16].to_owned()
    }

    /// Reads 64 hex digits that are a point on the curve.
    pub fn from_hex(text: &str) -> Option<Self> {
        VerifyingKey::from_bytes(&unhex(text)?).ok().map(Self)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(self.0.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.fingerprint())
    }
}

impl TryFrom<String> for PublicKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::from_hex(&text).ok_or_else(|| "not an Ed25519 public key: expected 64 hex digits".to_owned())
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> String {
        key.to_string()
    }
}

/// A message as it arrived: its parts are known, its signature is not yet checked.
#[derive(Debug, Deserialize)]
pub struct Sealed<'a> {
    /// Fingerprint of the key that claims to have signed.
    pub key: String,
    sig: String,
    #[serde(borrow)]
    body: &'a RawValue,
}

impl<'a> Sealed<'a> {
    /// Splits a message of at most `limit` bytes into its parts.
    pub fn parse(message: &'a [u8], limit: usize) -> Result<Self, SealError> {
        if message.len() > limit {
            return Err(SealError::Oversized { bytes: message.len(), limit });
        }
        serde_json::from_slice(message).map_err(|error| SealError::Malformed(error.to_string()))
    }

    /// The signed bytes, if `key` really signed them.
    pub fn verify(&self, key: &PublicKey) -> Result<&'a [u8], SealError> {
        let signature: [u8; 64] = BASE64
            .decode(&self.sig)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| SealError::Malformed("sig is not 64 bytes of base64".to_owned()))?;
        let body = self.body.get().as_bytes();
        // verify_strict also refuses weak keys and malleable signatures.
        key.0.verify_strict(body, &Signature::from_bytes(&signature)).map_err(|_| SealError::Forged)?;
        Ok(body)
    }

    /// The body before any check: good for a quarantine record, never for a decision.
    pub fn unverified_body(&self) -> &'a [u8] {
        self.body.get().as_bytes()
    }
}

/// Seals `body`, which must be JSON, with `key`.
pub fn seal(key: &DeviceKey, body: &[u8]) -> Vec<u8> {
    let signature = BASE64.encode(key.0.sign(body).to_bytes());
    let head = format!(r#"{{"key":"{}","sig":"{signature}","body":"#, key.public().fingerprint());
    let mut message = Vec::with_capacity(head.len() + body.len() + 1);
    message.extend_from_slice(head.as_bytes());
    message.extend_from_slice(body);
    message.push(b'}');
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> DeviceKey {
        DeviceKey::from_seed(&[seed; 32])
    }

    #[test]
    fn the_exact_bytes_come_back_even_with_odd_spacing() {
        let body = br#"{ "a" : 1.0,  "b":"\u0110" }"#;
        let message = seal(&key(1), body);
        let sealed = Sealed::parse(&message, 1024).unwrap();
        assert_eq!(sealed.verify(&key(1).public()).unwrap(), body);
    }

    #[test]
    fn a_changed_body_or_another_key_is_forged() {
        let message = seal(&key(1), br#"{"a":1}"#);
        let changed = String::from_utf8(message.clone()).unwrap().replace("\"a\":1", "\"a\":2");
        let sealed = Sealed::parse(changed.as_bytes(), 1024).unwrap();
        assert!(matches!(sealed.verify(&key(1).public()), Err(SealError::Forged)));
        let sealed = Sealed::parse(&message, 1024).unwrap();
        assert!(matches!(sealed.verify(&key(2).public()), Err(SealError::Forged)));
    }

    #[test]
    fn oversized_and_malformed_messages_say_so() {
        assert!(matches!(Sealed::parse(&[b' '; 20], 10), Err(SealError::Oversized { bytes: 20, limit: 10 })));
        assert!(matches!(Sealed::parse(b"{}", 10), Err(SealError::Malformed(_))));
        let short = br#"{"key":"k","sig":"AAAA","body":1}"#;
        let sealed = Sealed::parse(short, 100).unwrap();
        assert!(matches!(sealed.verify(&key(1).public()), Err(SealError::Malformed(_))));
    }
}
