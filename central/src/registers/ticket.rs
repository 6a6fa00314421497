//! The railway's ticket service: does a ticket belong to whoever shows a card?

use serde::{Deserialize, Serialize};

use super::client::Client;
use super::vehreg::AskError;

/// What it said.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// `VALID`, `OTHER_NAME`, `USED`, `OTHER_TRAIN` or `NOT_FOUND`.
    pub result: String,
    /// Train.
    pub train: Option<String>,
    /// Its transaction number.
    pub txn_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    ticket: &'a str,
    name: Option<&'a str>,
    id_number: Option<&'a str>,
}

/// Whether a ticket is good for the holder of a card.
///
/// # Errors
/// [`AskError`].
pub async fn check(
    client: &Client,
    purpose: Option<&str>,
    ticket: &str,
    name: Option<&str>,
    id_number: Option<&str>,
) -> Result<Verdict, AskError> {
    client.ask("/rail/v1/check-ticket", purpose, &Question { ticket, name, id_number }).await
}
