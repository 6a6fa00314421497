//! Enrolment: how central learns a device's key, and the device central's, from a one-time code and nothing else.
//!
//! The code never travels. Each side sends an HMAC-SHA256 under the code over everything it claims, so that a listener
//! on the broker can neither read the code nor put its own key in place of the device's or central's.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use thiserror::Error;

use crate::digest::{hex, unhex};
use crate::{Name, PublicKey, VERSION};

/// Why an enrolment message was not accepted.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum EnrolError {
    /// The proof was not made with this code.
    #[error("the proof does not match the code: check the code, or ask central for a new one")]
    BadProof,
    /// Central refused.
    #[error("central refused the enrolment: {0}")]
    Refused(String),
}

/// A device asks to be known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// Protocol version.
    pub v: u32,
    /// Site it belongs to.
    pub site: Name,
    /// Its name.
    pub agent: Name,
    /// Its public key.
    pub public_key: PublicKey,
    /// HMAC under the code, hex.
    pub proof: String,
}

impl EnrolRequest {
    /// A request proved by `code`.
    pub fn new(site: Name, agent: Name, public_key: PublicKey, code: &str) -> Self {
        let proof = hex(&mac(code, &request_text(&site, &agent, &public_key)).finalize().into_bytes());
        Self { v: VERSION, site, agent, public_key, proof }
    }

    /// Whether it was made with `code`.
    pub fn check(&self, code: &str) -> Result<(), EnrolError> {
        check(code, &request_text(&self.site, &self.agent, &self.public_key), &self.proof)
    }
}

/// What central answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum EnrolResult {
    /// The key is known from now on.
    Enrolled {
        /// Central's public key, to check receipts with.
        central_key: PublicKey,
        /// HMAC under the code, hex.
        proof: String,
    },
    /// It is not.
    Refused {
        /// Why, for the technician.
        reason: String,
    },
}

/// Central's reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolReply {
    /// Protocol version.
    pub v: u32,
    /// The device key that it answers.
    pub public_key: PublicKey,
    /// The answer.
    #[serde(flatten)]
    pub result: EnrolResult,
}

impl EnrolReply {
    /// A proved yes.
    pub fn enrolled(request: &EnrolRequest, central_key: PublicKey, code: &str) -> Self {
        let text = reply_text(&request.site, &request.agent, &request.public_key, &central_key);
        let proof = hex(&mac(code, &text).finalize().into_bytes());
        Self {
            v: VERSION,
            public_key: request.public_key,
            result: EnrolResult::Enrolled { central_key, proof },
        }
    }

    /// A no with its reason.
    pub fn refused(request: &EnrolRequest, reason: impl Into<String>) -> Self {
        Self {
            v: VERSION,
            public_key: request.public_key,
            result: EnrolResult::Refused { reason: reason.into() },
        }
    }

    /// Central's key, if this really answers the device's request and was made with `code`.
    pub fn central_key(&self, site: &Name, agent: &Name, code: &str) -> Result<PublicKey, EnrolError> {
        match &self.result {
            EnrolResult::Refused { reason } => Err(EnrolError::Refused(reason.clone())),
            EnrolResult::Enrolled { central_key, proof } => {
                check(code, &reply_text(site, agent, &self.public_key, central_key), proof)?;
                Ok(*central_key)
            }
        }
    }
}

fn request_text(site: &Name, agent: &Name, key: &PublicKey) -> String {
    format!("vg-enrol-1\n{site}\n{agent}\n{key}")
}

fn reply_text(site: &Name, agent: &Name, key: &PublicKey, central: &PublicKey) -> String {
    format!("vg-enrolled-1\n{site}\n{agent}\n{key}\n{central}")
}

fn mac(code: &str, text: &str) -> Hmac<Sha256> {
    // A technician types the code: spaces, dashes and case carry nothing.
    let code: String =
        code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    // HMAC takes a key of any length, so this cannot fail.
    #[allow(clippy::expect_used)]
    let mut mac = Hmac::<Sha256>::new_from_slice(code.as_bytes()).expect("HMAC takes any key");
    mac.update(text.as_bytes());
    mac
}

fn check(code: &str, text: &str, proof: &str) -> Result<(), EnrolError> {
    let proof: [u8; 32] = unhex(proof).ok_or(EnrolError::BadProof)?;
    mac(code, text).verify_slice(&proof).map_err(|_| EnrolError::BadProof)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DeviceKey;

    fn parts() -> (Name, Name, PublicKey, PublicKey) {
        (
            Name::new("kcn").unwrap(),
            Name::new("edge-1").unwrap(),
            DeviceKey::from_seed(&[1; 32]).public(),
            DeviceKey::from_seed(&[2; 32]).public(),
        )
    }

    #[test]
    fn both_sides_prove_the_code_without_sending_it() {
        let (site, agent, device, central) = parts();
        let request = EnrolRequest::new(site.clone(), agent.clone(), device, "ABCD-EFGH");
        assert_eq!(request.check("abcd efgh"), Ok(()));
        assert_eq!(request.check("ABCDEFGX"), Err(EnrolError::BadProof));
        let reply = EnrolReply::enrolled(&request, central, "ABCDEFGH");
        assert_eq!(reply.central_key(&site, &agent, "abcdefgh"), Ok(central));
        assert!(!serde_json::to_string(&(request, reply)).unwrap().contains("ABCD"));
    }

    #[test]
    fn a_swapped_key_breaks_the_proof() {
        let (site, agent, device, central) = parts();
        let mut request = EnrolRequest::new(site.clone(), agent.clone(), device, "code");
        let mut reply = EnrolReply::enrolled(&request, central, "code");
        request.public_key = central;
        assert_eq!(request.check("code"), Err(EnrolError::BadProof));
        if let EnrolResult::Enrolled { central_key, .. } = &mut reply.result {
            *central_key = device;
        }
        assert_eq!(reply.central_key(&site, &agent, "code"), Err(EnrolError::BadProof));
    }
}
