//! Cases that central would have decided otherwise.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::access::Viewer;
use super::extract::{Json, Moment, Page, Path, Place, Query, page_size};
use super::problem::Problem;
use super::{now_ms, read_json_or};
use crate::app;
use crate::notify::Change;
use crate::store::gates::read::OtherwiseRow;

/// A case.
#[derive(Debug, Serialize, ToSchema)]
pub struct Otherwise {
    /// The decision's id.
    pub id: String,
    /// Newest row of the feed that speaks of it.
    pub feed_id: i64,
    /// The decision.
    access: String,
    site: String,
    at: Moment,
    /// `{verdict, reason, list_version, list_age_s}` at the gate.
    edge: Value,
    /// `{verdict, reason, list_version}` at central.
    central: Value,
    why_vi: String,
    why_en: String,
    /// `open` or `seen`.
    state: String,
    seen_by: Option<String>,
    seen_at: Option<Moment>,
    note: Option<String>,
}

impl Otherwise {
    /// From its row.
    pub fn of(row: OtherwiseRow) -> Self {
        Self {
            edge: read_json_or((("otherwise", "edge"), row.edge), &row.access_id),
            central: read_json_or((("otherwise", "central"), row.central), &row.access_id),
            access: row.access_id.clone(),
            id: row.access_id,
            feed_id: row.feed_id,
            site: row.site,
            at: Moment(row.at_ms),
            why_vi: row.why_vi,
            why_en: row.why_en,
            state: row.state,
            seen_by: row.seen_by,
            seen_at: row.seen_at_ms.map(Moment),
            note: row.note,
        }
    }
}

/// Which cases.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct OtherwiseQuery {
    /// Site.
    site: Option<String>,
    /// `open` or `seen`; both when left out.
    state: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when left out.
    limit: Option<u32>,
}

/// Cases, newest first.
#[utoipa::path(get, path = "/otherwise", tag = "gates", params(OtherwiseQuery), responses((status = 200, body = Page<Otherwise>)))]
pub async fn list(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<OtherwiseQuery>,
) -> Result<Json<Page<Otherwise>>, Problem> {
    let limit = page_size(query.limit)?;
    let place = Place::parse(query.cursor.as_deref())?;
    let (site, state) = (query.site.unwrap_or_default(), query.state.unwrap_or_default());
    if !["", "open", "seen"].contains(&state.as_str()) {
        return Err(Problem::bad_request("bad_state", "state: use open or seen"));
    }
    let rows = app.store.otherwise(&viewer.scope, &site, &state, (place.at_ms, &place.id), limit + 1).await?;
    let page = Page::cut(rows, limit, |row| Place { at_ms: row.at_ms, id: row.access_id.clone() });
    Ok(Json(Page { items: page.items.into_iter().map(Otherwise::of).collect(), next: page.next }))
}

/// What somebody found out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Seen {
    /// For those who read it later; at most 1000 characters.
    note: Option<String>,
}

/// Marks a case as looked at.
#[utoipa::path(post, path = "/otherwise/{id}/seen", tag = "gates", request_body = Seen,
    params(("id" = String, Path, description = "Id of the decision")),
    responses((status = 200, body = Otherwise), (status = 404, body = Problem)))]
pub async fn seen(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
    Json(seen): Json<Seen>,
) -> Result<Json<Otherwise>, Problem> {
    let missing = || Problem::not_found("case");
    let case = app
        .store
        .otherwise_of(&id)
        .await?
        .filter(|case| viewer.scope.sees(&case.site))
        .ok_or_else(missing)?;
    let note = seen.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.chars().count() > 1000) {
        return Err(Problem::unacceptable("bad_note", "note: at most 1000 characters"));
    }
    // Seen twice stays seen by the first.
    if let Some(feed_id) = app.store.see_otherwise(&case.access_id, &viewer.username, note, now_ms()).await? {
        app.store.audit(&viewer.does("otherwise.seen").on("access", &id)).await?;
        app.hub.send(Change::Feed(feed_id));
    }
    app.store.otherwise_of(&id).await?.map(Otherwise::of).map(Json).ok_or_else(missing)
}
