//! Trains of a station: the timetable, whole or from a file, and delays of the day.

use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::StatusCode;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::crowding::{SiteQuery, changed_meanwhile};
use super::imports::{ImportForm, form};
use super::{field, seen_site};
use crate::app;
use crate::crowding::watch::trains_of;
use crate::members::RowProblem;
use crate::members::check::wrong;
use crate::tables;
use crate::timetable::{self, Delay, Train};
use crate::web::access::Viewer;
use crate::web::extract::{Json, Query};
use crate::web::problem::Problem;
use crate::web::{Web, now_ms};

/// What a file of trains holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrainsRead {
    rows: usize,
    good: usize,
    new: usize,
    changed: usize,
    same: usize,
    /// Trains of the timetable that the file does not name: a file replaces it whole.
    missing: usize,
    errors: Vec<RowProblem>,
    /// Always null: the file is sent again to apply it.
    preview_id: Option<String>,
    applied: bool,
}

/// A train of one day that is late, early or cancelled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDelay {
    train: String,
    /// The day on which it is due.
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// Minutes late; negative for early.
    #[serde(default)]
    minutes: i64,
    #[serde(default)]
    cancelled: bool,
}

/// The timetable.
#[utoipa::path(get, path = "/timetable", tag = "numbers", params(SiteQuery), responses((status = 200, body = Vec<Train>)))]
pub async fn read(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<SiteQuery>,
) -> Result<Json<Vec<Train>>, Problem> {
    seen_site(&app, &viewer, &query.site).await?;
    Ok(Json(trains_of(&app.store.site_document(&query.site, "timetable").await?)?))
}

/// Replaces the timetable.
#[utoipa::path(put, path = "/timetable", tag = "numbers", params(SiteQuery), request_body = Vec<Train>,
    responses((status = 200, body = Vec<Train>), (status = 422, description = "`bad_fields`", body = Problem)))]
pub async fn write(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<SiteQuery>,
    Json(trains): Json<Vec<Train>>,
) -> Result<Json<Vec<Train>>, Problem> {
    seen_site(&app, &viewer, &query.site).await?;
    let wrongs = timetable::problems(&trains);
    if !wrongs.is_empty() {
        let at =
            |(line, vi, en): (usize, String, String)| field(format!("[{}]", line - 1), ("bad_train", vi, en));
        return Err(Problem::fields(wrongs.into_iter().map(at).collect()));
    }
    replace(&app, &viewer, &query.site, &trains, None).await?;
    Ok(Json(trains))
}

/// Previews a CSV or XLSX file of trains, or replaces the timetable by it. Nothing is replaced while any row has a problem, unless
/// `skip_errors` is said.
#[utoipa::path(post, path = "/timetable/import", tag = "numbers",
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 200, body = TrainsRead), (status = 422, description = "`rows_wrong`, or why the file is none", body = Problem)))]
pub async fn import(
    State(web): State<Web>,
    viewer: Viewer,
    request: Request,
) -> Result<Json<TrainsRead>, Problem> {
    let form = form(Multipart::from_request(request, &web).await?).await?;
    let app = &web.app;
    seen_site(app, &viewer, &form.site).await?;
    let file = form.file.ok_or_else(|| Problem::bad_request("no_file", "file: send the CSV or XLSX file"))?;
    let read = move || timetable::read(tables::read(&file)?);
    let (trains, mut errors) =
        tokio::task::spawn_blocking(read).await.map_err(|error| Problem::internal(&error))??;
    let lines: std::collections::BTreeSet<u32> = errors.iter().map(|problem| problem.row).collect();
    // What only shows when all rows are together: the same train twice.
    for (line, vi, en) in timetable::problems(&trains) {
        let (code, vi, en) =
            wrong("bad_train", format!("tàu thứ {line}: {vi}"), format!("train {line}: {en}"));
        errors.push(RowProblem { row: 0, column: String::new(), code, vi, en });
    }
    let row = app.store.site_document(&form.site, "timetable").await?;
    let before = trains_of(&row)?;
    let known = |train: &Train| before.iter().filter(|old| old.train == train.train).count();
    let same = trains.iter().filter(|train| before.contains(train)).count();
    let new = trains.iter().filter(|train| known(train) == 0).count();
    let missing = before.iter().filter(|old| !trains.iter().any(|train| train.train == old.train)).count();
    let applied = form.mode == "apply";
    if applied {
        let together = errors.iter().any(|problem| problem.row == 0);
        if together || (!errors.is_empty() && form.skip_errors != Some(true)) {
            let detail = format!(
                "{} problems: correct the file, or send skip_errors=true to leave the rows out",
                errors.len()
            );
            return Err(Problem::unacceptable("rows_wrong", detail));
        }
        replace(app, &viewer, &form.site, &trains, Some(row.version)).await?;
    } else if form.mode != "preview" {
        return Err(Problem::bad_request("bad_mode", "mode: preview or apply"));
    }
    Ok(Json(TrainsRead {
        rows: trains.len() + lines.len(),
        good: trains.len(),
        new,
        changed: trains.len() - new - same,
        same,
        missing,
        errors,
        preview_id: None,
        applied,
    }))
}

/// Notes that a train of one day is late, early or cancelled; zero minutes take it back.
#[utoipa::path(put, path = "/timetable/delays", tag = "numbers", params(SiteQuery), request_body = NewDelay,
    responses((status = 204, description = "Noted"), (status = 422, description = "`bad_fields`", body = Problem)))]
pub async fn delay(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<SiteQuery>,
    Json(new): Json<NewDelay>,
) -> Result<StatusCode, Problem> {
    seen_site(&app, &viewer, &query.site).await?;
    let trains = trains_of(&app.store.site_document(&query.site, "timetable").await?)?;
    let mut wrongs = Vec::new();
    if !trains.iter().any(|train| train.train == new.train) {
        wrongs.push(field(
            "train",
            wrong("train_unknown", "không có tàu này trong lịch", "the timetable has no such train"),
        ));
    }
    if !(-120..=1440).contains(&new.minutes) {
        wrongs.push(field(
            "minutes",
            wrong("bad_minutes", "số phút từ -120 đến 1440", "minutes are -120 to 1440"),
        ));
    }
    if !wrongs.is_empty() {
        return Err(Problem::fields(wrongs));
    }
    let delay = Delay { train: new.train, date: new.date, minutes: new.minutes, cancelled: new.cancelled };
    app.store.put_delay(&query.site, &delay, &viewer.username, now_ms()).await?;
    app.store.audit(&viewer.does("timetable.delay").on("site", &query.site)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn replace(
    app: &app::State,
    viewer: &Viewer,
    site: &str,
    trains: &[Train],
    if_version: Option<i64>,
) -> Result<(), Problem> {
    let text = serde_json::to_string(trains).map_err(|error| Problem::internal(&error))?;
    let written =
        app.store.put_site_document(site, "timetable", if_version, &text, &viewer.username, now_ms()).await?;
    written.ok_or_else(changed_meanwhile)?;
    Ok(app.store.audit(&viewer.does("timetable.change").on("site", site)).await?)
}
