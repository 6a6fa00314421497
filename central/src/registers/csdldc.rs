//! The population database: says whether a claim matches, never what the record holds.

use serde::{Deserialize, Serialize};
use wire::identity::RegisterResult;

use super::client::Client;
use super::vehreg::AskError;

/// What it said of a claim.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Match or not.
    pub result: RegisterResult,
    /// Fields that differ, as the service names them.
    #[serde(default)]
    pub mismatch: Vec<String>,
    /// Its transaction number.
    pub txn_id: Option<String>,
}

/// What it said of a face.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FaceVerdict {
    /// `SAME`, `DIFFERENT`, `UNSURE` or `POOR_IMAGE`.
    pub decision: String,
    /// Its transaction number.
    pub txn_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Claim<'a> {
    id_number: &'a str,
    full_name: &'a str,
    dob: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Face<'a> {
    id_number: &'a str,
    image: &'a str,
    liveness_score: f32,
}

/// Whether number, name and date of birth belong together.
///
/// # Errors
/// [`AskError`].
pub async fn verify_citizen(
    client: &Client,
    purpose: Option<&str>,
    number: &str,
    name: &str,
    birth: &str,
) -> Result<Verdict, AskError> {
    let claim = Claim { id_number: number, full_name: name, dob: birth };
    client.ask("/csdldc/v1/verify-citizen", purpose, &claim).await
}

/// Whether a face is the one on file.
///
/// # Errors
/// [`AskError`].
pub async fn verify_face(
    client: &Client,
    purpose: Option<&str>,
    number: &str,
    image: &str,
    liveness: f32,
) -> Result<FaceVerdict, AskError> {
    let face = Face { id_number: number, image, liveness_score: liveness };
    client.ask("/csdldc/v1/face-verify", purpose, &face).await
}
