//! VNeID: whether a QR code is good. The code is never parsed here: it is VNeID's.

use serde::Deserialize;
use wire::gate::VneidWord;

use super::client::Client;
use super::vehreg::AskError;

/// What it said of a code. `Debug` shows no person.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Good or not.
    pub result: VneidWord,
    /// Level of the account.
    pub level: Option<u8>,
    /// Its reference of the subject.
    pub subject_ref: Option<String>,
    /// Name to show.
    pub display_name: Option<String>,
    /// Its transaction number.
    pub txn_id: Option<String>,
}

impl std::fmt::Debug for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verdict")
            .field("result", &self.result)
            .field("txn_id", &self.txn_id)
            .finish_non_exhaustive()
    }
}

/// Whether a code is good. Asking uses it up.
///
/// # Errors
/// [`AskError`].
pub async fn verify_qr(client: &Client, purpose: Option<&str>, token: &str) -> Result<Verdict, AskError> {
    client.ask("/vneid/v1/verify-qr", purpose, &serde_json::json!({ "token": token })).await
}

/// Who signed in on the public page. `Debug` shows no person.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    /// Good or not.
    pub result: VneidWord,
    /// Level of the account.
    pub level: Option<u8>,
    /// Identity number.
    pub id_number: Option<String>,
    /// Name to show.
    pub display_name: Option<String>,
    /// Its transaction number.
    pub txn_id: Option<String>,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn")
            .field("result", &self.result)
            .field("txn_id", &self.txn_id)
            .finish_non_exhaustive()
    }
}

/// Who signed in. Asking uses the token up.
///
/// # Errors
/// [`AskError`].
pub async fn sign_in(client: &Client, token: &str) -> Result<SignIn, AskError> {
    client.ask("/vneid/v1/sign-in", Some("VIOLATION_CITIZEN"), &serde_json::json!({ "token": token })).await
}
