//! The signature of a call, and of a callback: hex HMAC-SHA256 with the client's secret over
//! `METHOD \n PATH \n X-Timestamp \n X-Correlation-Id \n sha256hex(body)`.
//!
//! The secret is the text in its file or variable without surrounding white space, not what its hex digits stand for.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// What is signed.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// `POST`.
    pub method: &'a str,
    /// Path without host and query: `/mock/vehreg/v1/owner-lookup`.
    pub path: &'a str,
    /// The `X-Timestamp` header as sent.
    pub timestamp: &'a str,
    /// The `X-Correlation-Id` header as sent.
    pub correlation_id: &'a str,
    /// The body's bytes.
    pub body: &'a [u8],
}

impl Signed<'_> {
    /// The signature in lower-case hex.
    pub fn signature(&self, secret: &str) -> String {
        hex(&self.mac(secret).finalize().into_bytes())
    }

    /// Whether a signature is right; takes the same time for every wrong one.
    pub fn verify(&self, secret: &str, signature: &str) -> bool {
        unhex(signature).is_some_and(|bytes| self.mac(secret).verify_slice(&bytes).is_ok())
    }

    fn mac(&self, secret: &str) -> Hmac<Sha256> {
        let Signed { method, path, timestamp, correlation_id, body } = self;
        let body = hex(&Sha256::digest(body));
        // HMAC takes keys of every length, so this cannot fail.
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes any key");
        mac.update(format!("{method}\n{path}\n{timestamp}\n{correlation_id}\n{body}").as_bytes());
        mac
    }
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    let digits = digits.filter(|d| d.len().is_multiple_of(2))?;
    digits.chunks_exact(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: Signed<'_> = Signed {
        method: "POST",
        path: "/mock/vehreg/v1/owner-lookup",
        timestamp: "2026-11-21T08:00:00Z",
        correlation_id: "0190a0b0-0000-7000-8000-000000000001",
        body: br#"{"plate":"35A24681"}"#,
    };

    #[test]
    fn a_signature_holds_for_its_call_and_secret_alone() {
        let signature = CALL.signature("secret");
        assert_eq!(signature.len(), 64);
        assert!(CALL.verify("secret", &signature));
        assert!(!CALL.verify("Secret", &signature));
        assert!(!Signed { body: b"{}", ..CALL }.verify("secret", &signature));
        assert!(!Signed { path: "/mock/wanted/v1/check", ..CALL }.verify("secret", &signature));
        assert!(!Signed { timestamp: "2026-11-21T08:00:01Z", ..CALL }.verify("secret", &signature));
    }

    #[test]
    fn what_is_no_hex_is_a_wrong_signature() {
        for bad in ["", "zz", "abc", "ữ"] {
            assert!(!CALL.verify("secret", bad), "{bad}");
        }
    }
}
