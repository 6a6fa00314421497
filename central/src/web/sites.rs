//! Sites.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::access::Viewer;
use super::extract::Json;
use super::problem::Problem;
use crate::app;

/// A site.
#[derive(Debug, Serialize, ToSchema)]
pub struct Site {
    id: String,
    /// Name in the account's language.
    name: String,
    name_vi: String,
    name_en: String,
    /// Address in the account's language.
    address: String,
    /// `access_tourist`, `access_industrial`, `access_rail` or `traffic_violation`.
    model: String,
}

/// Sites that the account sees.
#[utoipa::path(get, path = "/sites", tag = "sites", responses((status = 200, body = Vec<Site>)))]
pub async fn list(State(app): State<app::State>, viewer: Viewer) -> Result<Json<Vec<Site>>, Problem> {
    let rows = app.store.sites_seen(&viewer.scope).await?;
    let site = |row: crate::store::read_fleet::SiteRow| Site {
        id: row.site,
        name: viewer.language.pick(row.name_vi.clone(), row.name_en.clone()),
        name_vi: row.name_vi,
        name_en: row.name_en,
        address: viewer.language.pick(row.address_vi, row.address_en),
        model: row.model,
    };
    Ok(Json(rows.into_iter().map(site).collect()))
}
