//! The papers of a case that are addressed to whoever is liable, as PDF.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::own::Looking;
use super::seen::{Own, Standing};
use crate::documents;
use crate::handling::record::{Order, What};
use crate::store::audit::AuditRow;
use crate::store::documents::DocumentRow;
use crate::web::extract::{Moment, Path};
use crate::web::problem::Problem;
use crate::web::{Web, now_ms};

/// Papers that are the citizen's; the others go from office to office.
const OWN_PAPERS: [&str; 5] = ["notice", "minutes", "decision", "points", "receipt"];

/// A paper.
#[derive(Debug, Serialize, ToSchema)]
pub struct CitizenPaper {
    /// `notice`, `minutes`, `decision`, `points` or `receipt`.
    pub kind: String,
    /// As printed.
    pub number: String,
    pub issued_at: Moment,
    /// Which it is, in its address.
    pub n: u32,
}

/// The papers of a handling that the citizen may read, oldest first.
pub async fn of(web: &Web, own: &Own) -> Result<Vec<(u32, DocumentRow)>, Problem> {
    let mut papers = Vec::new();
    if own.standing != Standing::Liable {
        return Ok(papers);
    }
    let addressed = [&own.h.notice, &own.h.minutes, &own.h.decision].into_iter().flatten();
    let mine: Vec<_> = addressed.filter(|paper| paper.party == Some(own.party)).collect();
    // Whoever holds the notice of a handling that was joined into another gets no papers that the other one made before.
    let since = own.joined.as_ref().map(|joined| joined.at);
    let made = |order: &&Order| order.state == "done" && since.is_none_or(|since| order.at >= since);
    for order in own.h.orders.iter().filter(made) {
        let (What::Document { paper, .. }, Some(id)) = (&order.what, &order.reference) else { continue };
        let addressed = mine.iter().any(|paper| paper.document.as_ref() == Some(id));
        // A notice to somebody who was liable before is theirs.
        let later = matches!(paper.as_str(), "points" | "receipt");
        if !OWN_PAPERS.contains(&paper.as_str()) || !(addressed || later) {
            continue;
        }
        if let Some(row) = web.app.store.document(id).await? {
            papers.push((order.n, row));
        }
    }
    Ok(papers)
}

/// The papers as the page lists them.
pub async fn list(web: &Web, own: &Own) -> Result<Vec<CitizenPaper>, Problem> {
    let item = |(n, row): (u32, DocumentRow)| CitizenPaper {
        kind: row.kind,
        number: row.number,
        issued_at: Moment(row.issued_at_ms),
        n,
    };
    Ok(of(web, own).await?.into_iter().map(item).collect())
}

/// A paper: notice, minutes, decision, notice of points, receipt.
#[utoipa::path(get, path = "/citizen/cases/{ref}/documents/{n}", tag = "citizen",
    params(("ref" = String, Path, description = "Name of the case"), ("n" = u32, Path, description = "`n` of the case's `documents`")),
    responses((status = 200, description = "PDF", content_type = "application/pdf"), (status = 404, body = Problem)))]
pub async fn read(
    State(web): State<Web>,
    Looking { own, .. }: Looking,
    Path((_name, n)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let papers = of(&web, &own).await?;
    let found = papers.into_iter().find(|(number, _)| number.to_string() == n);
    let (_, row) = found.ok_or_else(|| Problem::not_found("case"))?;
    let audit = AuditRow::new(now_ms(), "citizen", "citizen.document").on("handling", &own.h.id);
    web.app.store.audit(&audit).await?;
    let pdf = documents::read(&web.app, &row).await.map_err(|error| Problem::internal(&error))?;
    let name =
        format!("inline; filename=\"{}-{}.pdf\"", row.kind, &row.document_id[..8.min(row.document_id.len())]);
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, pdf).into_response())
}
