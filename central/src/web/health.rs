//! Whether central lives, is ready, and what it has counted. For machines; outside `/api/v1`.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::problem::Problem;
use crate::{app, space};

/// The process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// Whether events can be taken in: database, broker, free space, and nothing that stops writing. 503 names what is missing,
/// `detail` says what to do.
pub async fn ready(State(app): State<app::State>) -> Response {
    let told = |bad: bool, text: &str| bad.then(|| text.to_owned());
    let checks = [
        ("database", told(app.store.ping().await.is_err(), "the database does not answer")),
        (
            "broker",
            told(
                !app.health.broker_connected.load(Ordering::Relaxed),
                "the broker is not connected: events wait on the devices",
            ),
        ),
        // What exactly cannot be written names files: it stays in the log.
        (
            "writing",
            told(app.health.trouble().is_some(), "database or evidence cannot be written: the log says why"),
        ),
        ("space", space::shortage(&app.config)),
    ];
    let detail: Vec<_> = checks.iter().filter_map(|(_, problem)| problem.as_deref()).collect();
    let status = if detail.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut body = json!({ "detail": detail });
    for (name, problem) in &checks {
        body[*name] = json!(if problem.is_none() { "ok" } else { "failing" });
    }
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// Counters for Prometheus. Only for programs on this machine: numbers tell a lot about a gate.
pub async fn metrics(
    State(app): State<app::State>,
    extensions: Extensions,
    request: HeaderMap,
) -> Result<Response, Problem> {
    let local = extensions.get::<ConnectInfo<SocketAddr>>().is_some_and(|peer| peer.0.ip().is_loopback());
    // A proxy on this machine speaks for somebody else.
    let forwarded = ["forwarded", "x-forwarded-for"].iter().any(|name| request.contains_key(*name));
    if !local || forwarded {
        return Err(Problem::forbidden());
    }
    let mut text = String::new();
    let mut faces_line = String::new();
    let mut write = |name: &str, kind: &str, help: &str, value: &dyn std::fmt::Display| {
        // Writing to a String cannot fail.
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
    };
    for (name, help, value) in app.health.counters() {
        write(name, "counter", help, &value);
    }
    let broker = u8::from(app.health.broker_connected.load(Ordering::Relaxed));
    write("vg_broker_connected", "gauge", "Whether the broker is connected and subscribed", &broker);
    write(
        "vg_writing",
        "gauge",
        "Whether commits and pictures can be written",
        &u8::from(app.health.trouble().is_none()),
    );
    if let Ok(free) = space::least_free_bytes(&app.config) {
        write("vg_free_bytes", "gauge", "Free space for database and evidence", &free);
    }
    if let Some(faces) = &app.faces {
        let found = faces.found();
        write("vg_face_bytes", "gauge", "Memory of the face search", &faces.bytes());
        write("vg_face_damaged", "gauge", "Face templates that could not be read at start", &found.damaged);
        let (model, count) = (faces.model(), faces.len());
        let help = "# HELP vg_faces Enrolled faces, by the model of their vectors\n# TYPE vg_faces gauge\n";
        // The one number with a label.
        faces_line = format!("{help}vg_faces{{model=\"{model}\"}} {count}\n");
    }
    write("vg_live_viewers", "gauge", "Open live streams", &app.hub.viewers());
    let newest = app.health.last_commit_ms.load(Ordering::Relaxed) as f64 / 1000.0;
    write("vg_last_commit_timestamp_seconds", "gauge", "When the newest event was committed", &newest);
    text.push_str(&faces_line);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}
