//! The console's big numbers, with what they do not hold.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::access::Viewer;
use super::extract::{Json, Moment};
use super::problem::Problem;
use super::{day_start_ms, now_ms};
use crate::app;

/// Numbers of today, local time.
#[derive(Debug, Serialize, ToSchema)]
pub struct Summary {
    now: Moment,
    people_in: i64,
    people_out: i64,
    /// In less out, not under zero: people who came before midnight are not in it.
    people_inside: i64,
    vehicles_today: i64,
    plates_read_today: i64,
    /// Alerts that nobody has decided.
    alerts_open: i64,
    cameras_live: i64,
    cameras_total: i64,
    /// Events that will never come, since ever.
    lost_events: i64,
    /// Events that came late, since ever.
    late_events: i64,
    /// Seconds that agents were offline, since ever.
    offline_s: i64,
}

/// The big numbers of the sites that the account sees.
#[utoipa::path(get, path = "/summary", tag = "numbers", responses((status = 200, body = Summary)))]
pub async fn read(State(app): State<app::State>, viewer: Viewer) -> Result<Json<Summary>, Problem> {
    let now = now_ms();
    let row = app.store.summary(&viewer.scope, day_start_ms(now)).await?;
    let loss = app.store.loss(&viewer.scope, "", now).await?;
    Ok(Json(Summary {
        now: Moment(now),
        people_in: row.people_in,
        people_out: row.people_out,
        people_inside: (row.people_in - row.people_out).max(0),
        vehicles_today: row.vehicles,
        plates_read_today: row.plates_read,
        alerts_open: row.alerts_open,
        cameras_live: row.cameras_live,
        cameras_total: row.cameras_total,
        lost_events: loss.lost,
        late_events: loss.late,
        offline_s: loss.offline_ms / 1000,
    }))
}
