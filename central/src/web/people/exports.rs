//! What is handed on: events, camera streams for the province's camera system, the list of residents for the police. Every one has
//! a purpose and a row in the audit log, written before the first byte.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{CSV, download, seen_site};
use crate::app;
use crate::store::people::exports::{ExportRow, StreamRow};
use crate::store::rows::Scope;
use crate::tables::{Sheet, Value, csv_text};
use crate::web::access::Viewer;
use crate::web::extract::{Json, Moment, Query};
use crate::web::now_ms;
use crate::web::problem::Problem;

/// Longest span of events that is exported at once, ms.
const MAX_SPAN_MS: i64 = 92 * 24 * 3_600_000;
/// Rows that are read and sent at a time.
const PAGE: u32 = 500;

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// Site.
    site: String,
    /// From.
    #[param(value_type = String, format = DateTime)]
    from: Moment,
    /// Before.
    #[param(value_type = String, format = DateTime)]
    to: Moment,
    /// `ndjson` or `csv`.
    format: String,
    /// Why: kept in the audit log, 3 to 200 characters.
    purpose: String,
}

/// Which cameras.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StreamQuery {
    /// Site; every one that is seen when left out.
    #[serde(default)]
    site: String,
    /// `json` (when left out) or `csv`.
    #[serde(default)]
    format: Option<String>,
    /// Why: kept in the audit log, 3 to 200 characters.
    purpose: String,
}

/// A camera for another camera system.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stream {
    site: String,
    site_name: String,
    camera: String,
    name_vi: String,
    name_en: String,
    /// `people`, `vehicles` or `unknown`.
    counts: String,
    /// `live`, `stale`, `connecting`, `auth_failed`, `unreachable` or `unknown`.
    state: String,
    /// RTSP address without credentials; null where nobody wrote it down.
    rtsp_url: Option<String>,
    /// ONVIF address without credentials.
    onvif_url: Option<String>,
}

/// Whom the list is about.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ResidentQuery {
    /// Site.
    site: String,
    /// Foreigners (by passport) alone: `true` when left out.
    #[serde(default = "yes")]
    foreign: bool,
    /// Number of the written request and why: kept in the audit log, 3 to 200 characters.
    purpose: String,
}

fn yes() -> bool {
    true
}

/// A person of the list.
#[derive(Serialize, ToSchema)]
pub struct ResidentView {
    name: Option<String>,
    /// Country of the passport, three letters.
    country: Option<String>,
    /// Passport or card number, whole.
    number: String,
    /// Enterprise.
    group: Option<String>,
    since: Moment,
    valid_until: Option<Moment>,
}

/// Settled events of a site, oldest first, streamed: nobody's name or number is in them.
#[utoipa::path(get, path = "/exports/events", tag = "exports", params(EventQuery),
    responses((status = 200, description = "NDJSON or CSV"), (status = 422, description = "`purpose_needed`", body = Problem)))]
pub async fn events(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<EventQuery>,
) -> Result<Response, Problem> {
    seen_site(&app, &viewer, &query.site).await?;
    let csv = match query.format.as_str() {
        "csv" => true,
        "ndjson" => false,
        _ => return Err(Problem::bad_request("bad_format", "format: ndjson or csv")),
    };
    if query.to <= query.from || query.to.0 - query.from.0 > MAX_SPAN_MS {
        return Err(Problem::bad_request(
            "bad_span",
            "from and to: `to` after `from`, at most 92 days apart",
        ));
    }
    audited(&app, &viewer, "export.events", &query.site, &query.purpose).await?;
    let start = Cursor {
        app,
        scope: viewer.scope.clone(),
        site: query.site.clone(),
        span: (query.from.0, query.to.0),
        after: (i64::MIN, String::new()),
        csv,
        begun: false,
        done: false,
    };
    let pages = stream::try_unfold(start, |cursor| async move { cursor.page().await });
    let name = format!("{}-events.{}", query.site, query.format);
    let media = if csv { CSV } else { "application/x-ndjson" };
    let mut response = download(media, &name, Body::from_stream(pages));
    // Passed on as it is made, not gathered first.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Where an export of events stands.
struct Cursor {
    app: app::State,
    scope: Scope,
    site: String,
    span: (i64, i64),
    after: (i64, String),
    csv: bool,
    begun: bool,
    done: bool,
}

impl Cursor {
    async fn page(mut self) -> Result<Option<(Bytes, Self)>, std::io::Error> {
        if self.done {
            return Ok(None);
        }
        let rows = self
            .app
            .store
            .events_after(&self.scope, &self.site, self.span, (self.after.0, &self.after.1), PAGE)
            .await
            .map_err(|error| {
                tracing::error!(%error, "an export of events broke off");
                std::io::Error::other("central failed")
            })?;
        self.done = rows.len() < PAGE as usize;
        if let Some(last) = rows.last() {
            self.after = (last.captured_at_ms, last.id.clone());
        }
        let text = if self.csv { csv_page(&rows, !self.begun) } else { rows.iter().map(line).collect() };
        self.begun = true;
        Ok(Some((Bytes::from(text), self)))
    }
}

fn line(row: &ExportRow) -> String {
    let json = serde_json::json!({
        "id": row.id, "kind": row.kind, "site": row.site, "agent": row.agent, "camera": row.camera, "seq": row.seq,
        "at": Moment(row.captured_at_ms), "received_at": Moment(row.received_at_ms), "late": row.late != 0, "gate": row.gate,
        "lane": row.lane, "direction": row.direction, "verdict": row.verdict, "reason": row.reason, "outcome": row.outcome,
        "class": row.class, "plate": row.plate, "digest": row.digest,
    });
    format!("{json}\n")
}

fn csv_page(rows: &[ExportRow], first: bool) -> String {
    let head = [
        "id",
        "kind",
        "site",
        "agent",
        "camera",
        "seq",
        "at",
        "received_at",
        "late",
        "gate",
        "lane",
        "direction",
        "verdict",
        "reason",
        "outcome",
        "class",
        "plate",
        "digest",
    ];
    let moment = |ms: i64| {
        jiff::Timestamp::from_millisecond(ms).map_or_else(|_| String::new(), |at| format!("{at:.3}"))
    };
    let text = |text: &Option<String>| text.clone().map_or(Value::Empty, Value::from);
    let rows = rows.iter().map(|row| {
        vec![
            row.id.clone().into(),
            row.kind.clone().into(),
            row.site.clone().into(),
            row.agent.clone().into(),
            row.camera.clone().into(),
            row.seq.into(),
            moment(row.captured_at_ms).into(),
            moment(row.received_at_ms).into(),
            row.late.into(),
            text(&row.gate),
            text(&row.lane),
            text(&row.direction),
            text(&row.verdict),
            text(&row.reason),
            text(&row.outcome),
            text(&row.class),
            text(&row.plate),
            row.digest.clone().into(),
        ]
    });
    let sheet = Sheet { name: String::new(), head: head.map(String::from).into(), rows: rows.collect() };
    let whole = csv_text(&sheet);
    if first { whole } else { whole.split_once("\r\n").map(|(_, rest)| rest.to_owned()).unwrap_or_default() }
}

/// Cameras with their addresses, for the province's camera system. No credentials are in them: they are handed over apart.
#[utoipa::path(get, path = "/exports/streams", tag = "exports", params(StreamQuery),
    responses((status = 200, body = Vec<Stream>), (status = 422, description = "`purpose_needed`", body = Problem)))]
pub async fn streams(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<StreamQuery>,
) -> Result<Response, Problem> {
    if !query.site.is_empty() {
        seen_site(&app, &viewer, &query.site).await?;
    }
    audited(&app, &viewer, "export.streams", &query.site, &query.purpose).await?;
    let rows = app.store.streams(&viewer.scope, &query.site).await?;
    match query.format.as_deref() {
        None | Some("" | "json") => {
            Ok(Json(rows.into_iter().map(stream).collect::<Vec<_>>()).into_response())
        }
        Some("csv") => Ok(download(CSV, "streams.csv", csv_text(&stream_sheet(rows)))),
        Some(_) => Err(Problem::bad_request("bad_format", "format: json or csv")),
    }
}

fn stream(row: StreamRow) -> Stream {
    Stream {
        site: row.site,
        site_name: row.site_name,
        camera: row.camera,
        name_vi: row.name_vi,
        name_en: row.name_en,
        counts: row.counts,
        state: row.state,
        rtsp_url: row.stream_url,
        onvif_url: row.onvif_url,
    }
}

fn stream_sheet(rows: Vec<StreamRow>) -> Sheet {
    let head =
        ["site", "site_name", "camera", "name_vi", "name_en", "counts", "state", "rtsp_url", "onvif_url"];
    let text = |text: Option<String>| text.map_or(Value::Empty, Value::from);
    let rows = rows.into_iter().map(|row| {
        vec![
            row.site.into(),
            row.site_name.into(),
            row.camera.into(),
            row.name_vi.into(),
            row.name_en.into(),
            row.counts.into(),
            row.state.into(),
            text(row.stream_url),
            text(row.onvif_url),
        ]
    });
    Sheet { name: String::new(), head: head.map(String::from).into(), rows: rows.collect() }
}

/// People of a site's list for the police: foreign workers, or everybody, with whole numbers.
#[utoipa::path(get, path = "/exports/residents", tag = "exports", params(ResidentQuery),
    responses((status = 200, body = Vec<ResidentView>), (status = 422, description = "`purpose_needed`", body = Problem)))]
pub async fn residents(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<ResidentQuery>,
) -> Result<Json<Vec<ResidentView>>, Problem> {
    seen_site(&app, &viewer, &query.site).await?;
    audited(&app, &viewer, "export.residents", &query.site, &query.purpose).await?;
    let rows = app.store.residents(&app.data_key, &query.site, query.foreign).await?;
    let view = |row: crate::store::people::exports::Resident| {
        let (country, number) = match row.number.split_once(':') {
            Some((country, number)) => (Some(country.to_owned()), number.to_owned()),
            None => (None, row.number.clone()),
        };
        ResidentView {
            name: row.name,
            country,
            number,
            group: row.group,
            since: Moment(row.since_ms),
            valid_until: row.valid_until_ms.map(Moment),
        }
    };
    Ok(Json(rows.into_iter().map(view).collect()))
}

async fn audited(
    app: &app::State,
    viewer: &Viewer,
    action: &str,
    site: &str,
    purpose: &str,
) -> Result<(), Problem> {
    let purpose = crate::tables::tidy(purpose);
    if !(3..=200).contains(&purpose.chars().count()) {
        return Err(Problem::unacceptable(
            "purpose_needed",
            "purpose: say what for, 3 to 200 characters; it is kept in the audit log",
        ));
    }
    let mut row = viewer.does(action).on("site", site);
    row.purpose = Some(purpose);
    row.at_ms = now_ms();
    Ok(app.store.audit(&row).await?)
}
