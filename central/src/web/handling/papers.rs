//! A handling's papers as PDF, for who may see the handling.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::seen;
use crate::documents;
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
    let disposition = format!("inline; filename=\"{}-{id}.pdf\"", row.kind);
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, pdf).into_response())
}
