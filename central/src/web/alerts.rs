//! Alerts: what an operator must see, and what operators did about it.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::Viewer;
use super::extract::{Json, Moment, Page, Path, Place, Query, page_size};
use super::now_ms;
use super::problem::Problem;
use crate::alerts::AlertState;
use crate::app;
use crate::notify::Change;
use crate::store::alerts::Moved;
use crate::store::read_alerts::{AlertRow, AlertStepRow};
use crate::store::{Store, StoreError};

/// A step in an alert's life.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertStep {
    at: Moment,
    actor: String,
    /// Null for the first step.
    from: Option<String>,
    to: String,
    note: Option<String>,
}

/// Something that an operator must see.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alert {
    /// Id.
    pub id: String,
    /// Newest row of the feed that speaks of it.
    pub feed_id: i64,
    /// `watchlist_plate`, `stolen_vehicle`, `registry_mismatch`; at gates and areas an incident's word (`tailgating`,
    /// `intrusion`, …), `overstay`; for the police role alone `wanted_person`.
    kind: String,
    /// `low`, `medium`, `high` or `critical`.
    severity: String,
    /// `new`, `acknowledged`, `verifying`, `confirmed`, `false_alarm` or `closed`.
    state: String,
    /// `exact` or `possible`.
    certainty: String,
    site: String,
    camera: String,
    camera_name: Option<String>,
    /// The vehicle event; null where something else raised it.
    passage_id: Option<String>,
    /// Event, decision or stay that raised it, where no passage did.
    source_id: Option<String>,
    /// What an incident says: `incident`, `rule`, `gate`, `lane`, `access`, `count`, `box`, `picture`.
    incident: Option<serde_json::Value>,
    plate_display: String,
    plate_kind: Option<String>,
    /// `white`, `yellow`, `blue` or `red`; null when it could not be told.
    plate_colour: Option<String>,
    /// Lines on the plate: 1 or 2.
    lines: i64,
    title_vi: String,
    title_en: String,
    reason_vi: String,
    reason_en: String,
    raised_at: Moment,
    captured_at: Moment,
    thumbnail: Option<String>,
    acknowledged_by: Option<String>,
    acknowledged_at: Option<Moment>,
    /// Oldest first.
    history: Vec<AlertStep>,
}

impl Alert {
    fn of(row: AlertRow, steps: Vec<AlertStepRow>, viewer: &Viewer) -> Self {
        let step = |row: AlertStepRow| AlertStep {
            at: Moment(row.at_ms),
            actor: row.actor,
            from: row.from_state,
            to: row.to_state,
            note: row.note,
        };
        Self {
            camera_name: viewer.language.pick(row.camera_vi, row.camera_en),
            id: row.alert_id,
            feed_id: row.feed_id,
            kind: row.kind,
            severity: row.severity,
            state: row.state,
            certainty: row.certainty,
            site: row.site,
            camera: row.camera,
            passage_id: row.passage_id,
            source_id: row.source_id,
            incident: row.incident.and_then(|text| serde_json::from_str(&text).ok()),
            plate_display: row.plate_display,
            plate_kind: row.plate_kind,
            plate_colour: row.plate_colour,
            lines: row.plate_lines,
            title_vi: row.title_vi,
            title_en: row.title_en,
            reason_vi: row.reason_vi,
            reason_en: row.reason_en,
            raised_at: Moment(row.raised_at_ms),
            captured_at: Moment(row.captured_at_ms),
            thumbnail: row.thumbnail,
            acknowledged_by: row.acknowledged_by,
            acknowledged_at: row.acknowledged_at_ms.map(Moment),
            history: steps.into_iter().map(step).collect(),
        }
    }
}

/// Alerts with their histories, as `viewer` may see them.
///
/// # Errors
/// When the database fails.
pub async fn with_steps(
    store: &Store,
    rows: Vec<AlertRow>,
    viewer: &Viewer,
) -> Result<Vec<Alert>, StoreError> {
    let mut steps = store.steps_of(&rows).await?;
    let alert = |row: AlertRow| {
        let steps = steps.remove(&row.alert_id).unwrap_or_default();
        Alert::of(row, steps, viewer)
    };
    Ok(rows.into_iter().map(alert).collect())
}

/// Which alerts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct AlertQuery {
    /// One state, or several with commas; `open` for those that nobody has closed.
    state: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when left out.
    limit: Option<u32>,
}

fn states(asked: Option<&str>) -> Result<String, Problem> {
    match asked {
        None | Some("") => Ok(String::new()),
        Some("open") => Ok("new,acknowledged,verifying".to_owned()),
        Some(list) if list.split(',').all(|state| AlertState::parse(state).is_some()) => Ok(list.to_owned()),
        Some(_) => Err(Problem::bad_request(
            "bad_state",
            "state: use open, or some of new,acknowledged,verifying,confirmed,false_alarm,closed",
        )),
    }
}

/// Alerts, newest first.
#[utoipa::path(get, path = "/alerts", tag = "alerts", params(AlertQuery), responses((status = 200, body = Page<Alert>)))]
pub async fn list(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<AlertQuery>,
) -> Result<Json<Page<Alert>>, Problem> {
    let limit = page_size(query.limit)?;
    let place = Place::parse(query.cursor.as_deref())?;
    let states = states(query.state.as_deref())?;
    let rows = app.store.alerts(&viewer.scope, &states, (place.at_ms, &place.id), limit + 1).await?;
    let page = Page::cut(rows, limit, |row| Place { at_ms: row.raised_at_ms, id: row.alert_id.clone() });
    let items = with_steps(&app.store, page.items, &viewer).await?;
    Ok(Json(Page { items, next: page.next }))
}

/// One alert.
#[utoipa::path(get, path = "/alerts/{id}", tag = "alerts", params(("id" = String, Path, description = "Alert id")),
    responses((status = 200, body = Alert), (status = 404, body = Problem)))]
pub async fn detail(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Json<Alert>, Problem> {
    one(&app, &viewer, &id).await.map(Json)
}

async fn one(app: &app::State, viewer: &Viewer, id: &str) -> Result<Alert, Problem> {
    let row = app.store.alert(id, &viewer.scope).await?.ok_or_else(|| Problem::not_found("alert"))?;
    let mut alerts = with_steps(&app.store, vec![row], viewer).await?;
    alerts.pop().ok_or_else(|| Problem::not_found("alert"))
}

/// A step that somebody takes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// `acknowledged`, `verifying`, `confirmed`, `false_alarm` or `closed`.
    to: String,
    /// Why, for those who read it later; at most 1000 characters.
    #[serde(default)]
    note: Option<String>,
}

/// Moves an alert on. Steps go forwards only; who, when and why stays in its history.
#[utoipa::path(post, path = "/alerts/{id}/transition", tag = "alerts", request_body = Transition,
    params(("id" = String, Path, description = "Alert id")),
    responses((status = 200, body = Alert), (status = 404, body = Problem),
        (status = 409, description = "`bad_transition`", body = Problem)))]
pub async fn transition(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
    Json(step): Json<Transition>,
) -> Result<Json<Alert>, Problem> {
    let to = AlertState::parse(&step.to)
        .ok_or_else(|| Problem::unacceptable("bad_state", format!("to: there is no state {:?}", step.to)))?;
    let note = step.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.chars().count() > 1000) {
        return Err(Problem::unacceptable("bad_note", "note: at most 1000 characters"));
    }
    // Whether the account sees the alert at all comes before whether the step fits.
    one(&app, &viewer, &id).await?;
    match app.store.move_alert(&id, to, &viewer.username, note, now_ms()).await? {
        Moved::Done { feed_id } => app.hub.send(Change::Feed(feed_id)),
        Moved::NotFound => return Err(Problem::not_found("alert")),
        Moved::Bad(bad) => return Err(Problem::new(StatusCode::CONFLICT, "bad_transition", bad.to_string())),
    }
    let mut row = viewer.does("alert.transition").on("alert", &id);
    row.detail = Some(serde_json::json!({ "to": to.as_str() }).to_string());
    app.store.audit(&row).await?;
    one(&app, &viewer, &id).await.map(Json)
}
