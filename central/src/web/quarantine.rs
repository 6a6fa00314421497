//! Messages that central could not use, with the reason. Their bytes stay on the server.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::Viewer;
use super::extract::{Json, Moment, Page, Place, Query, page_size};
use super::problem::Problem;
use crate::app;
use crate::store::read_fleet::QuarantineRow;

/// A message that was put aside.
#[derive(Debug, Serialize, ToSchema)]
pub struct Quarantined {
    id: String,
    received_at: Moment,
    topic: String,
    /// Stable reason.
    reason_code: String,
    /// Reason in words.
    reason: String,
    /// Its size.
    bytes: i64,
}

/// Which page.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct QuarantineQuery {
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when left out.
    limit: Option<u32>,
}

/// Quarantined messages, newest first.
#[utoipa::path(get, path = "/quarantine", tag = "agents", params(QuarantineQuery),
    responses((status = 200, body = Page<Quarantined>)))]
pub async fn list(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<QuarantineQuery>,
) -> Result<Json<Page<Quarantined>>, Problem> {
    let limit = page_size(query.limit)?;
    let place = Place::parse(query.cursor.as_deref())?;
    let rows = app.store.quarantine_seen(&viewer.scope, (place.at_ms, &place.id), limit + 1).await?;
    let page =
        Page::cut(rows, limit, |row| Place { at_ms: row.received_at_ms, id: row.quarantine_id.clone() });
    let item = |row: QuarantineRow| Quarantined {
        id: row.quarantine_id,
        received_at: Moment(row.received_at_ms),
        topic: row.topic,
        reason_code: row.reason_code,
        reason: row.reason,
        bytes: row.bytes,
    };
    Ok(Json(Page { items: page.items.into_iter().map(item).collect(), next: page.next }))
}
