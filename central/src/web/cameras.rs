//! Cameras and how they are.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::Viewer;
use super::extract::{Json, Moment};
use super::problem::Problem;
use super::read_json;
use crate::app;
use crate::store::read_fleet::CameraRow;

/// A camera.
#[derive(Debug, Serialize, ToSchema)]
pub struct Camera {
    site: String,
    /// Agent that serves it; empty before one has spoken of it.
    agent: String,
    camera: String,
    /// Name in the account's language.
    name: String,
    /// `people`, `vehicles` or `unknown`: what it is there for.
    kind: String,
    /// `live`, `stale`, `connecting`, `auth_failed`, `unreachable`, `agent_offline` or `unknown`.
    state: String,
    since: Option<Moment>,
    last_frame_at: Option<Moment>,
    fps: Option<f32>,
    analysed: Option<u64>,
    dropped: Option<u64>,
    /// Frames that motion gating spared the detector.
    gated: Option<u64>,
    reconnects: Option<u64>,
    /// `rtcp`, `arrival` or `file`.
    time_source: Option<String>,
    /// Newest overview picture.
    snapshot: Option<String>,
}

/// The parts of the agent's word on a camera that are shown; fields of newer agents are passed over.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Health {
    fps: Option<f32>,
    analysed: Option<u64>,
    dropped: Option<u64>,
    gated: Option<u64>,
    reconnects: Option<u64>,
    last_frame_at: Option<Moment>,
    time_source: Option<String>,
}

impl Camera {
    /// The camera as `viewer` sees it.
    pub fn of(row: CameraRow, viewer: &Viewer) -> Self {
        let health: Health = row
            .health
            .and_then(|text| read_json((("cameras", "health"), text), &row.camera))
            .unwrap_or_default();
        // What a silent agent last said of its cameras is no longer known to be so.
        let gone = row.agent_state.as_deref() == Some("offline");
        let (state, since_ms) = match gone {
            true => ("agent_offline".to_owned(), row.agent_since_ms),
            false => (row.state, row.since_ms),
        };
        Self {
            site: row.site,
            agent: row.agent.unwrap_or_default(),
            camera: row.camera,
            name: viewer.language.pick(row.name_vi, row.name_en),
            kind: row.counts,
            state,
            since: since_ms.map(Moment),
            last_frame_at: health.last_frame_at,
            fps: health.fps,
            analysed: health.analysed,
            dropped: health.dropped,
            gated: health.gated,
            reconnects: health.reconnects,
            time_source: health.time_source,
            snapshot: row.snapshot,
        }
    }
}

/// Cameras that the account sees.
#[utoipa::path(get, path = "/cameras", tag = "cameras", responses((status = 200, body = Vec<Camera>)))]
pub async fn list(State(app): State<app::State>, viewer: Viewer) -> Result<Json<Vec<Camera>>, Problem> {
    let rows = app.store.cameras_seen(&viewer.scope, "", "").await?;
    Ok(Json(rows.into_iter().map(|row| Camera::of(row, &viewer)).collect()))
}
