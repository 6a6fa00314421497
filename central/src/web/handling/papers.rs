//! A handling's papers as PDF, for who may see the handling.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::{actor, refused, seen};
use crate::documents;
use crate::handling::papers::trial;
use crate::store::audit::AuditRow;
use crate::web::Web;
use crate::web::access::Viewer;
use crate::web::extract::Path;
use crate::web::problem::Problem;

/// A paper of a handling.
#[utoipa::path(get, path = "/documents/{id}", tag = "handlings", params(("id" = String, Path, description = "Document")),
    responses((status = 200, content_type = "application/pdf", description = "The PDF"), (status = 404, body = Problem)))]
pub async fn read(
    State(web): State<Web>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("document");
    let id = documents::id::read(&id).ok_or_else(missing)?;
    let row = web.app.store.document(&id).await?.ok_or_else(missing)?;
    // A paper is seen by who sees its handling; whether it is there says nothing to anybody else.
    seen(&web, &viewer, &row.case_id).await.map_err(|_| missing())?;
    let audit = AuditRow { purpose: Some("VIOLATION_HANDLING".to_owned()), ..viewer.does("document.view") };
    web.app.store.audit(&audit.on("document", &id)).await?;
    let pdf = documents::read(&web.app, &row).await.map_err(|error| {
        tracing::error!(document = id, %error, "a paper cannot be read");
        Problem::internal(&error)
    })?;
    Ok(inline(&format!("{}-{id}", row.kind), pdf))
}

/// A draft as it would be printed if the account signed it now: nobody signs what they cannot read. Number and code are placeholders, and
/// nothing is kept.
#[utoipa::path(get, path = "/handlings/{id}/drafts/{paper}", tag = "handlings",
    params(("id" = String, Path, description = "Handling"), ("paper" = String, Path, description = "`notice`, `minutes`, `decision` or `transfer`")),
    responses((status = 200, content_type = "application/pdf", description = "The PDF"), (status = 404, description = "no such handling or draft", body = Problem),
        (status = 409, description = "`document_incomplete`: what it lacks", body = Problem)))]
pub async fn draft(
    State(web): State<Web>,
    viewer: Viewer,
    Path((id, paper)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let handling = seen(&web, &viewer, &id).await?;
    let actor = actor(&web, &viewer).ok_or_else(Problem::forbidden)?;
    let audit = AuditRow { purpose: Some("VIOLATION_HANDLING".to_owned()), ..viewer.does("draft.view") };
    web.app.store.audit(&audit.on("handling", &id)).await?;
    match trial::print(&web.app, &handling, &paper, &actor, Timestamp::now()).await? {
        None => Err(Problem::not_found("draft")),
        Some(Ok(pdf)) => Ok(inline(&format!("{paper}-{}", handling.number), pdf)),
        Some(Err(refusal)) => Err(refused(refusal)),
    }
}

fn inline(name: &str, pdf: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}.pdf\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, pdf).into_response()
}
