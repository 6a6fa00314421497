//! Whether a paper is ours and still holds: what the QR code on it asks, without an account.
//!
//! Ids have 128 random bits, so guessing finds nothing; still an address may ask only so often, and every answer, found or not,
//! takes the same time.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wire::Digest;

use super::access::Peer;
use super::extract::{Json, Path};
use super::limit::Limit;
use super::problem::Problem;
use super::{Web, now_ms};
use crate::documents::id;
use crate::store::documents::DocumentRow;
use crate::store::{Store, StoreError};

/// Questions of one address within a minute.
const MOST: usize = 30;
const MINUTE_MS: i64 = 60_000;
/// Every answer takes that long: longer than the database needs, so that unknown ids do not show by being quicker.
const ANSWER: Duration = Duration::from_millis(250);

/// What these resources share.
#[derive(Debug, Clone, Default)]
pub struct Shared {
    limit: Arc<Limit>,
}

/// Its routes.
pub fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(read)).routes(routes!(check))
}

/// A document as everybody may know it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicDocument {
    /// `notice`, `points`, `transfer`, `commune`, `minutes`, `decision` or `receipt`.
    kind: String,
    /// As printed.
    number: String,
    /// Day as printed.
    issued_on: String,
    /// Issuing unit.
    unit: String,
    /// `valid`, `replaced` or `voided`.
    state: String,
    /// Of the PDF.
    sha256: String,
    /// Plate, most of it hidden.
    plate_masked: Option<String>,
    /// Name of who signs.
    signer: String,
    /// Id of the document in its place.
    replaced_by: Option<String>,
    /// The paper's handling was joined into another one, which goes on with it: the number of that one. Null otherwise.
    joined_into: Option<String>,
    /// What central signed: `{"key","sig","body"}`, Ed25519 over the exact bytes of `body`.
    signature: String,
}

/// Digest of a file, computed where the file is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileDigest {
    /// SHA-256, 64 hex digits.
    sha256: String,
}

/// Whether the file is the document.
#[derive(Debug, Serialize, ToSchema)]
pub struct Same {
    /// Every byte of it.
    same: bool,
}

/// A document by the id of its QR code.
#[utoipa::path(get, path = "/public/documents/{id}", tag = "documents", params(("id" = String, Path)),
    responses((status = 200, body = PublicDocument)))]
pub async fn read(
    State(web): State<Web>,
    Peer(address): Peer,
    Path(typed): Path<String>,
) -> Result<Json<PublicDocument>, Problem> {
    let (row, joined_into) = find(&web, address, &typed).await?;
    Ok(Json(PublicDocument {
        joined_into,
        kind: row.kind,
        number: row.number,
        issued_on: row.issued_on,
        unit: row.unit,
        state: row.state,
        sha256: row.sha256,
        plate_masked: row.plate_masked,
        signer: row.signer,
        replaced_by: row.replaced_by,
        signature: row.signature,
    }))
}

/// Whether a file is that document: only its digest is sent.
#[utoipa::path(post, path = "/public/documents/{id}/check", tag = "documents", params(("id" = String, Path)),
    request_body = FileDigest, responses((status = 200, body = Same)))]
pub async fn check(
    State(web): State<Web>,
    Peer(address): Peer,
    Path(typed): Path<String>,
    Json(file): Json<FileDigest>,
) -> Result<Json<Same>, Problem> {
    let digest = Digest::from_hex(&file.sha256.trim().to_ascii_lowercase())
        .ok_or_else(|| Problem::bad_request("bad_sha256", "sha256: send 64 hex digits"))?;
    let (row, _) = find(&web, address, &typed).await?;
    Ok(Json(Same { same: row.sha256 == digest.to_string() }))
}

/// The document, and the number of the handling that its own was joined into.
async fn find(
    web: &Web,
    address: Option<std::net::IpAddr>,
    typed: &str,
) -> Result<(DocumentRow, Option<String>), Problem> {
    let limit = &web.verification.limit;
    limit.take("document", address, MOST, MINUTE_MS, now_ms()).map_err(Problem::slow_down)?;
    let done = Instant::now() + ANSWER;
    // What cannot be an id is looked up like one that can.
    let id = id::read(typed).unwrap_or_default();
    let found = look(&web.app.store, &id).await;
    tokio::time::sleep_until(done).await;
    found?.ok_or_else(|| Problem::not_found("document"))
}

async fn look(store: &Store, id: &str) -> Result<Option<(DocumentRow, Option<String>)>, StoreError> {
    let Some(row) = store.document(id).await? else { return Ok(None) };
    let joined_into = match store.handling(&row.case_id).await? {
        Some(h) => store.goes_on_as(&h).await?,
        None => None,
    };
    Ok(Some((row, joined_into)))
}
