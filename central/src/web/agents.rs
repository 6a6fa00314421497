//! Edge agents and how they are.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::Viewer;
use super::extract::{Json, Moment};
use super::problem::Problem;
use super::read_json;
use crate::app;
use crate::store::read_fleet::AgentRow;

/// Events that an agent gave up, by class.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Evicted {
    preview: u64,
    crossing: u64,
    vehicle: u64,
    watch: u64,
}

/// Health of an agent's outbox.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Outbox {
    /// Events waiting for a receipt.
    events: u64,
    /// Bytes waiting.
    bytes: u64,
    /// Oldest sequence number that waits.
    oldest_seq: Option<u64>,
    evicted: Evicted,
    /// Sequence number that the next event gets; shown beside the outbox.
    #[serde(skip_serializing)]
    #[schema(ignore)]
    next_seq: Option<u64>,
}

/// An edge agent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Agent {
    site: String,
    agent: String,
    /// `online`, `offline`, `unknown` or `revoked`.
    state: String,
    last_seen: Option<Moment>,
    version: Option<String>,
    outbox: Option<Outbox>,
    /// Sequence number expected next.
    next_seq: u64,
    /// Sequence numbers that have not arrived.
    gaps: i64,
    enrolled_at: Moment,
}

#[derive(Deserialize)]
struct Status {
    outbox: Option<Outbox>,
}

impl Agent {
    /// The agent of a row.
    pub fn of(row: AgentRow) -> Self {
        let status: Option<Status> =
            row.status.and_then(|text| read_json((("agents", "status"), text), &row.agent));
        let outbox = status.and_then(|status| status.outbox);
        Self {
            state: if row.revoked_at_ms.is_some() { "revoked".to_owned() } else { row.state },
            next_seq: outbox.as_ref().and_then(|outbox| outbox.next_seq).unwrap_or((row.max_seq + 1) as u64),
            site: row.site,
            agent: row.agent,
            last_seen: row.last_seen_ms.map(Moment),
            version: row.version,
            outbox,
            gaps: row.missing,
            enrolled_at: Moment(row.enrolled_at_ms),
        }
    }
}

/// Agents of the sites that the account sees.
#[utoipa::path(get, path = "/agents", tag = "agents", responses((status = 200, body = Vec<Agent>)))]
pub async fn list(State(app): State<app::State>, viewer: Viewer) -> Result<Json<Vec<Agent>>, Problem> {
    let rows = app.store.agents_seen(&viewer.scope, "", "").await?;
    Ok(Json(rows.into_iter().map(Agent::of).collect()))
}
