//! The audit log, for the admin.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::Viewer;
use super::extract::{Json, Moment, Page, Place, Query, page_size};
use super::problem::Problem;
use crate::app;
use crate::store::audit::AuditRow;

/// Somebody did something.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    id: String,
    at: Moment,
    /// Account, `system` or `console`.
    actor: String,
    role: Option<String>,
    /// `passage.view`, `alert.transition`, `session.create`, …
    action: String,
    object_kind: Option<String>,
    object_id: Option<String>,
    /// Why personal data was looked at.
    purpose: Option<String>,
    /// Peer.
    address: Option<String>,
}

/// Which rows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// One account.
    actor: Option<String>,
    /// One action.
    action: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when left out.
    limit: Option<u32>,
}

/// The audit log, newest first.
#[utoipa::path(get, path = "/audit", tag = "administration", params(AuditQuery),
    responses((status = 200, body = Page<AuditEntry>)))]
pub async fn list(
    State(app): State<app::State>,
    _viewer: Viewer,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Page<AuditEntry>>, Problem> {
    let limit = page_size(query.limit)?;
    let place = Place::parse(query.cursor.as_deref())?;
    let (actor, action) = (query.actor.unwrap_or_default(), query.action.unwrap_or_default());
    let rows = app.store.audit_rows(&actor, &action, (place.at_ms, &place.id), limit + 1).await?;
    let page = Page::cut(rows, limit, |row| Place { at_ms: row.at_ms, id: row.audit_id.clone() });
    let item = |row: AuditRow| AuditEntry {
        id: row.audit_id,
        at: Moment(row.at_ms),
        actor: row.actor,
        role: row.role,
        action: row.action,
        object_kind: row.object_kind,
        object_id: row.object_id,
        purpose: row.purpose,
        address: row.address,
    };
    Ok(Json(Page { items: page.items.into_iter().map(item).collect(), next: page.next }))
}
