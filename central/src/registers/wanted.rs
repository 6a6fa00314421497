//! Wanted persons. Only the police role may learn of a hit; it is asked under the police purpose of the configuration.

use serde::Deserialize;

use super::client::Client;
use super::vehreg::AskError;

/// What it said. Never logged.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// `CLEAR`, `HIT` or `POSSIBLE`.
    pub result: String,
    /// Number of the notice.
    pub notice_no: Option<String>,
    /// Unit that handles it.
    pub handling_unit: Option<String>,
    /// Its transaction number.
    pub txn_id: Option<String>,
}

impl Verdict {
    /// Whether the police have to look.
    pub fn is_hit(&self) -> bool {
        matches!(self.result.as_str(), "HIT" | "POSSIBLE")
    }
}

/// Whether somebody is sought.
///
/// # Errors
/// [`AskError`].
pub async fn check(client: &Client, number: &str) -> Result<Verdict, AskError> {
    client.ask("/wanted/v1/check", None, &serde_json::json!({ "idNumber": number })).await
}
