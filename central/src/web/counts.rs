//! Counts by line and by hour, with what they do not hold.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::Viewer;
use super::extract::{Json, Moment, Query};
use super::problem::Problem;
use super::{day_start_ms, now_ms};
use crate::app;

/// Longest span that is asked for at once, milliseconds.
const MAX_SPAN_MS: i64 = 92 * 24 * 3600 * 1000;

/// A counting line.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineCount {
    site: String,
    camera: String,
    line: String,
    /// `person` or `vehicle`.
    subject: &'static str,
    /// In and forward.
    r#in: i64,
    /// Out and backward.
    out: i64,
    /// In less out, not under zero.
    inside: i64,
}

/// One hour of all lines.
#[derive(Debug, Serialize, ToSchema)]
pub struct HourCount {
    /// Its start.
    hour: Moment,
    /// `person` or `vehicle`.
    subject: &'static str,
    /// In and forward.
    r#in: i64,
    /// Out and backward.
    out: i64,
}

/// What the counts do not hold, since ever.
#[derive(Debug, Serialize, ToSchema)]
pub struct Loss {
    /// Events that will never come.
    lost: i64,
    /// Events that came late.
    late: i64,
    /// Seconds that agents were offline.
    offline_s: i64,
}

/// Counts and their loss.
#[derive(Debug, Serialize, ToSchema)]
pub struct Counts {
    lines: Vec<LineCount>,
    /// Oldest first.
    hours: Vec<HourCount>,
    loss: Loss,
}

/// Which counts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct CountsQuery {
    /// One site.
    site: Option<String>,
    /// Start of the first hour; today's midnight, local time, when left out.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Moment>,
    /// Before this; now when left out.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Moment>,
    /// `person` or `vehicle`; both when left out.
    subject: Option<String>,
}

/// Counts of settled crossings and vehicle passages.
#[utoipa::path(get, path = "/counts", tag = "numbers", params(CountsQuery), responses((status = 200, body = Counts)))]
pub async fn read(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<CountsQuery>,
) -> Result<Json<Counts>, Problem> {
    let now = now_ms();
    let from = query.from.map_or_else(|| day_start_ms(now), |moment| moment.0);
    let to = query.to.map_or(now, |moment| moment.0);
    if to <= from || to - from > MAX_SPAN_MS {
        return Err(Problem::bad_request(
            "bad_span",
            "from and to: `to` after `from`, at most 92 days apart",
        ));
    }
    let wanted = match query.subject.as_deref() {
        None | Some("") => ["person", "vehicle"].as_slice(),
        Some("person") => &["person"],
        Some("vehicle") => &["vehicle"],
        Some(_) => return Err(Problem::bad_request("bad_subject", "subject: use person or vehicle")),
    };
    let subject = |text: &str| wanted.iter().copied().find(|word| *word == text);
    let (store, site) = (&app.store, query.site.unwrap_or_default());
    let lines = store.line_counts(&viewer.scope, &site, from, to).await?;
    let hours = store.hour_counts(&viewer.scope, &site, from, to).await?;
    let loss = store.loss(&viewer.scope, &site, now).await?;
    let line = |row: crate::store::read_numbers::LineRow| {
        Some(LineCount {
            subject: subject(&row.subject)?,
            site: row.site,
            camera: row.camera,
            line: row.line,
            r#in: row.n_in,
            out: row.n_out,
            inside: (row.n_in - row.n_out).max(0),
        })
    };
    let hour = |row: crate::store::read_numbers::HourRow| {
        let hour = Moment(row.hour_ms);
        Some(HourCount { hour, subject: subject(&row.subject)?, r#in: row.n_in, out: row.n_out })
    };
    Ok(Json(Counts {
        lines: lines.into_iter().filter_map(line).collect(),
        hours: hours.into_iter().filter_map(hour).collect(),
        loss: Loss { lost: loss.lost, late: loss.late, offline_s: loss.offline_ms / 1000 },
    }))
}
