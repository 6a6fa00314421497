//! Issuing: a document gets its id, its file, central's signature over its digest, and its row in the register.

use jiff::civil::Date;
use serde::Serialize;
use thiserror::Error;
use wire::{DeviceKey, Digest};

use super::fields::long_date;
use super::{DocumentError, Fields, Templates, files, id, render};
use crate::app;
use crate::store::StoreError;
use crate::store::documents::DocumentRow;

/// What is issued.
#[derive(Debug, Clone)]
pub struct Issue {
    /// Key of the template: `notice`, `decision`, ….
    pub kind: String,
    /// Case or handling that it belongs to.
    pub case_id: String,
    /// Number as printed; no two documents of a kind share one.
    pub number: String,
    /// Day as printed.
    pub issued_on: Date,
    /// Issuing unit, as the public page names it.
    pub unit: String,
    /// Plate as the public page shows it: masked.
    pub plate_masked: Option<String>,
    /// Name of who signs, as printed.
    pub signer: String,
    /// Account of who signs.
    pub signed_by: String,
    /// Version of the law behind it.
    pub law_version: i64,
    /// Fields of the template; `number`, `date_long`, `signer_name`, `document_id` and `verify_url` are added here.
    pub fields: Fields,
}

/// Why nothing was issued.
#[derive(Debug, Error)]
pub enum IssueError {
    /// The document cannot be made.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// There is a document of this kind with this number.
    #[error("there is a {kind} with the number {number}: give this one another")]
    NumberTaken {
        /// Kind.
        kind: String,
        /// Number.
        number: String,
    },
    /// The file cannot be kept or read.
    #[error("documents folder: {0}")]
    File(#[from] std::io::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What central signs of a document.
#[derive(Debug, Serialize)]
struct Signed<'a> {
    v: u8,
    document: &'a str,
    kind: &'a str,
    number: &'a str,
    issued_on: Date,
    sha256: Digest,
    signer: &'a str,
}

/// Makes a document, keeps its file, signs its digest and registers it as valid.
///
/// # Errors
/// [`IssueError`]. Nothing is registered then; a file without a row is never given out.
pub async fn issue(app: &app::State, issue: Issue, now_ms: i64) -> Result<DocumentRow, IssueError> {
    let document_id = id::new();
    let template = Templates::find(&issue.kind, issue.issued_on)?;
    let url = format!("{}/xac-minh/{document_id}", app.config.documents.public_url.trim_end_matches('/'));
    let fields = issue
        .fields
        .text("number", &issue.number)
        .text("date_long", long_date(issue.issued_on))
        .text("signer_name", &issue.signer)
        .text("document_id", &document_id)
        .text("verify_url", &url);
    let folder = app.config.documents_folder();
    let made = tokio::task::spawn_blocking(move || {
        let pdf = render(template, &fields, &url)?;
        Ok::<_, IssueError>((files::put(&folder, &pdf)?, pdf.len()))
    });
    let (sha256, bytes) = made.await.map_err(std::io::Error::other)??;
    let signed = Signed {
        v: 1,
        document: &document_id,
        kind: &issue.kind,
        number: &issue.number,
        issued_on: issue.issued_on,
        sha256,
        signer: &issue.signer,
    };
    let row = DocumentRow {
        signature: sign(&app.key, &signed)?,
        key_fingerprint: app.key.public().fingerprint(),
        sha256: sha256.to_string(),
        bytes: bytes as i64,
        document_id,
        template: format!("{} {}", template.key, template.valid_from),
        kind: issue.kind,
        case_id: issue.case_id,
        number: issue.number,
        issued_on: issue.issued_on.to_string(),
        unit: issue.unit,
        plate_masked: issue.plate_masked,
        law_version: issue.law_version,
        signer: issue.signer,
        signed_by: issue.signed_by,
        state: "valid".to_owned(),
        state_reason: None,
        replaced_by: None,
        state_at_ms: now_ms,
        issued_at_ms: now_ms,
    };
    if app.store.put_document(&row).await? {
        return Ok(row);
    }
    Err(IssueError::NumberTaken { kind: row.kind, number: row.number })
}

/// The PDF of a document.
///
/// # Errors
/// When its file is gone, or was altered on the disk.
pub async fn read(app: &app::State, row: &DocumentRow) -> Result<Vec<u8>, IssueError> {
    let folder = app.config.documents_folder();
    let name = Digest::from_hex(&row.sha256).ok_or_else(|| StoreError::Damaged {
        table: "documents",
        id: row.document_id.clone(),
        problem: "sha256 is no digest".to_owned(),
    })?;
    let read = tokio::task::spawn_blocking(move || files::get(&folder, name));
    Ok(read.await.map_err(std::io::Error::other)??)
}

fn sign(key: &DeviceKey, signed: &Signed<'_>) -> Result<String, IssueError> {
    let body = serde_json::to_vec(signed).map_err(std::io::Error::other)?;
    String::from_utf8(wire::seal(key, &body)).map_err(|error| std::io::Error::other(error).into())
}
