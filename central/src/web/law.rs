//! The law's tables as of a day, their versions, and changes with four eyes: one account proposes, another one approves.

use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::access::Viewer;
use super::extract::{Json, Moment, Path, Query};
use super::problem::Problem;
use super::{Web, now_ms, read_json_or};
use crate::app;
use crate::law::change::{Change, Difference, apply, differences};
use crate::law::{Behaviour, Cap, Deadline, Holiday, Law, Row as _, check, day_of, on_day};
use crate::store::law::{LawChangeRow, LawVersionRow};

/// Its routes.
pub fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(read))
        .routes(routes!(behaviours))
        .routes(routes!(holidays))
        .routes(routes!(deadlines))
        .routes(routes!(caps))
        .routes(routes!(versions))
        .routes(routes!(changes, propose))
        .routes(routes!(change))
        .routes(routes!(approve))
        .routes(routes!(reject))
}

/// Of which day and version.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct LawQuery {
    /// Rows that held on this day; today when left out.
    #[param(value_type = Option<String>, format = Date)]
    on: Option<Date>,
    /// Version; that of today when left out.
    version: Option<i64>,
    /// Every row whatever its days, when true.
    #[serde(default)]
    all: bool,
}

/// The law as of a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct LawView {
    /// Version.
    version: i64,
    /// The day; null when every row was asked for.
    #[schema(value_type = Option<String>, format = Date)]
    on: Option<Date>,
    /// Rows by table.
    #[schema(value_type = Object)]
    tables: Map<String, Value>,
}

/// A version of the law.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionView {
    version: i64,
    /// Cases are computed with it from that day on.
    valid_from: String,
    note: String,
    proposed_by: String,
    approved_by: String,
    approved_at: Moment,
    sha256: String,
    change_id: Option<String>,
    /// Against the version before.
    differences: Vec<Difference>,
}

/// What is proposed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// The version begins on that day, today at the earliest.
    #[schema(value_type = String, format = Date)]
    valid_from: Date,
    /// Why, with the text that asks for it.
    note: String,
    /// What changes.
    changes: Vec<Change>,
    /// Only shows what would differ.
    #[serde(default)]
    preview: bool,
}

/// A proposed change.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeView {
    /// Empty for a preview.
    id: String,
    /// `proposed`, `approved`, `rejected`, or `preview`.
    state: String,
    valid_from: String,
    note: String,
    proposed_by: String,
    proposed_at: Moment,
    decided_by: Option<String>,
    decided_at: Option<Moment>,
    reason: Option<String>,
    /// What it became.
    version: Option<i64>,
    /// The version that `differences` are against: the approval names it as `if_version`.
    against: i64,
    changes: Vec<Change>,
    /// What an approval would change now; of a decided one, empty: see the version.
    differences: Vec<Difference>,
    /// Why it can no longer be approved, where versions came in between.
    problems: Vec<crate::gates::document::Trouble>,
    /// Whether this account may approve or reject it.
    may_decide: bool,
}

/// What an approval is of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// `against` of the change as it was shown.
    if_version: i64,
}

/// Why a change is rejected.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    reason: String,
}

/// Which changes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ChangesQuery {
    /// `proposed`, `approved` or `rejected`; all when left out.
    state: Option<String>,
}

fn today() -> Date {
    day_of(Timestamp::now())
}

fn asked(app: &app::State, query: &LawQuery) -> Result<(Law, Date), Problem> {
    let law = match query.version {
        Some(number) => app.laws.version(number).ok_or_else(|| Problem::not_found("law version"))?,
        None => app.laws.on(today()),
    };
    Ok((law, query.on.unwrap_or_else(today)))
}

/// All tables as of a day.
#[utoipa::path(get, path = "/law", tag = "law", params(LawQuery), responses((status = 200, body = LawView)))]
pub async fn read(
    State(app): State<app::State>,
    Query(query): Query<LawQuery>,
) -> Result<Json<LawView>, Problem> {
    let (law, on) = asked(&app, &query)?;
    let whole = serde_json::to_value(law.edition()).map_err(|error| Problem::internal(&error))?;
    let Value::Object(mut tables) = whole else {
        return Err(Problem::internal(&"an edition is not an object"));
    };
    if !query.all {
        let held = |row: &Value| {
            let day = |name: &str| row[name].as_str().and_then(|text| text.parse::<Date>().ok());
            day("valid_from").is_none_or(|first| first <= on) && day("valid_to").is_none_or(|last| on <= last)
        };
        // Days off are asked for as a calendar, never for one day alone.
        for (_, rows) in tables.iter_mut().filter(|(name, _)| *name != "holidays") {
            if let Value::Array(rows) = rows {
                rows.retain(held);
            }
        }
    }
    Ok(Json(LawView { version: law.version(), on: (!query.all).then_some(on), tables }))
}

/// Behaviours as they were fined on a day.
#[utoipa::path(get, path = "/law/behaviours", tag = "law", params(LawQuery), responses((status = 200, body = Vec<Behaviour>)))]
pub async fn behaviours(
    State(app): State<app::State>,
    Query(query): Query<LawQuery>,
) -> Result<Json<Vec<Behaviour>>, Problem> {
    let (law, on) = asked(&app, &query)?;
    Ok(Json(law.edition().behaviours.iter().filter(|row| query.all || row.holds_on(on)).cloned().collect()))
}

/// Days that are not what their weekday says: all of the calendar, or those of the year of `on`.
#[utoipa::path(get, path = "/law/holidays", tag = "law", params(LawQuery), responses((status = 200, body = Vec<Holiday>)))]
pub async fn holidays(
    State(app): State<app::State>,
    Query(query): Query<LawQuery>,
) -> Result<Json<Vec<Holiday>>, Problem> {
    let (law, _) = asked(&app, &query)?;
    let year = query.on.map(Date::year);
    let mut rows: Vec<Holiday> = law
        .edition()
        .holidays
        .iter()
        .filter(|row| year.is_none_or(|year| row.valid_from.year() == year))
        .cloned()
        .collect();
    rows.sort_by_key(|row| row.valid_from);
    Ok(Json(rows))
}

/// Deadlines of a day.
#[utoipa::path(get, path = "/law/deadlines", tag = "law", params(LawQuery), responses((status = 200, body = Vec<Deadline>)))]
pub async fn deadlines(
    State(app): State<app::State>,
    Query(query): Query<LawQuery>,
) -> Result<Json<Vec<Deadline>>, Problem> {
    let (law, on) = asked(&app, &query)?;
    Ok(Json(on_day(&law.edition().deadlines, on).cloned().collect()))
}

/// Signers' caps of a day.
#[utoipa::path(get, path = "/law/caps", tag = "law", params(LawQuery), responses((status = 200, body = Vec<Cap>)))]
pub async fn caps(
    State(app): State<app::State>,
    Query(query): Query<LawQuery>,
) -> Result<Json<Vec<Cap>>, Problem> {
    let (law, on) = asked(&app, &query)?;
    Ok(Json(on_day(&law.edition().caps, on).cloned().collect()))
}

/// Every version, newest first, each with what it changed.
#[utoipa::path(get, path = "/law/versions", tag = "law", responses((status = 200, body = Vec<VersionView>)))]
pub async fn versions(State(app): State<app::State>) -> Result<Json<Vec<VersionView>>, Problem> {
    let rows = app.store.law_versions().await?;
    let view = |row: LawVersionRow| VersionView {
        differences: read_json_or(
            (("law_versions", "differences"), row.differences),
            &row.version.to_string(),
        ),
        version: row.version,
        valid_from: row.valid_from,
        note: row.note,
        proposed_by: row.proposed_by,
        approved_by: row.approved_by,
        approved_at: Moment(row.approved_at_ms),
        sha256: row.sha256,
        change_id: row.change_id,
    };
    Ok(Json(rows.into_iter().rev().map(view).collect()))
}

/// Proposed changes, newest first.
#[utoipa::path(get, path = "/law/changes", tag = "law", params(ChangesQuery), responses((status = 200, body = Vec<ChangeView>)))]
pub async fn changes(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<ChangesQuery>,
) -> Result<Json<Vec<ChangeView>>, Problem> {
    let rows = app.store.law_changes(query.state.as_deref().unwrap_or_default(), 200).await?;
    let newest = app.laws.newest();
    Ok(Json(rows.into_iter().map(|row| view(&newest, row, &viewer)).collect()))
}

/// One change with what it would change now.
#[utoipa::path(get, path = "/law/changes/{id}", tag = "law", params(("id" = String, Path)),
    responses((status = 200, body = ChangeView)))]
pub async fn change(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Json<ChangeView>, Problem> {
    let row = app.store.law_change(&id).await?.ok_or_else(|| Problem::not_found("change"))?;
    Ok(Json(view(&app.laws.newest(), row, &viewer)))
}

/// Proposes a change, or shows what it would change. What cannot be in the law is refused with every problem at once.
#[utoipa::path(post, path = "/law/changes", tag = "law", request_body = Proposal,
    responses((status = 201, body = ChangeView), (status = 200, description = "A preview: nothing was stored", body = ChangeView),
        (status = 422, description = "`bad_law`", body = Problem)))]
pub async fn propose(
    State(app): State<app::State>,
    viewer: Viewer,
    Json(proposal): Json<Proposal>,
) -> Result<(StatusCode, Json<ChangeView>), Problem> {
    let newest = app.laws.newest();
    let mut wrongs = Vec::new();
    if proposal.valid_from < today() {
        let en = "not before today: cases keep the version that they were computed with";
        wrongs.push(check::trouble("valid_from", "past", "không được trước hôm nay", en));
    }
    if proposal.note.trim().is_empty() || proposal.note.chars().count() > 2000 {
        wrongs.push(check::trouble(
            "note",
            "no_note",
            "ghi lý do và văn bản căn cứ",
            "say why, by which text",
        ));
    }
    if let Err(more) = apply(newest.edition(), &proposal.changes) {
        wrongs.extend(more);
    }
    if !wrongs.is_empty() {
        return Err(Problem::fields_as("bad_law", wrongs));
    }
    let row = LawChangeRow {
        change_id: if proposal.preview { String::new() } else { Uuid::now_v7().to_string() },
        base_version: newest.version(),
        valid_from: proposal.valid_from.to_string(),
        note: proposal.note.trim().to_owned(),
        changes: serde_json::to_string(&proposal.changes).map_err(|error| Problem::internal(&error))?,
        state: if proposal.preview { "preview".to_owned() } else { "proposed".to_owned() },
        proposed_by: viewer.username.clone(),
        proposed_at_ms: now_ms(),
        decided_by: None,
        decided_at_ms: None,
        reason: None,
        version: None,
    };
    if proposal.preview {
        return Ok((StatusCode::OK, Json(view(&newest, row, &viewer))));
    }
    app.store.audit(&viewer.does("law.propose").on("law_change", &row.change_id)).await?;
    app.store.put_law_change(&row).await?;
    Ok((StatusCode::CREATED, Json(view(&newest, row, &viewer))))
}

/// Approves what another account proposed: it becomes the next version, from its day or, if that has passed, from today.
#[utoipa::path(post, path = "/law/changes/{id}/approve", tag = "law", params(("id" = String, Path)), request_body = Approval,
    responses((status = 200, body = VersionView), (status = 403, description = "`own_change`", body = Problem),
        (status = 409, description = "`stale` or `decided`", body = Problem), (status = 422, description = "`bad_law`", body = Problem)))]
pub async fn approve(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
    Json(approval): Json<Approval>,
) -> Result<Json<VersionView>, Problem> {
    let (row, newest) = (open_change(&app, &viewer, &id).await?, app.laws.newest());
    if approval.if_version != newest.version() {
        return Err(stale());
    }
    let changes: Vec<Change> = read_json_or((("law_changes", "changes"), row.changes), &id);
    let next = apply(newest.edition(), &changes).map_err(|wrongs| Problem::fields_as("bad_law", wrongs))?;
    let write = |value: Result<String, serde_json::Error>| value.map_err(|error| Problem::internal(&error));
    let (edition, shown) = (write(serde_json::to_string(&next))?, differences(newest.edition(), &next));
    let asked: Date = row.valid_from.parse().map_err(|error: jiff::Error| Problem::internal(&error))?;
    let version = LawVersionRow {
        version: newest.version() + 1,
        valid_from: asked.max(today()).to_string(),
        sha256: wire::Digest::of(edition.as_bytes()).to_string(),
        edition,
        differences: write(serde_json::to_string(&shown))?,
        change_id: Some(id.clone()),
        note: row.note,
        proposed_by: row.proposed_by,
        approved_by: viewer.username.clone(),
        approved_at_ms: now_ms(),
    };
    app.store.audit(&viewer.does("law.approve").on("law_change", &id)).await?;
    if !app.store.approve_law_change(&version).await? {
        return Err(stale());
    }
    app.store.load_laws(&app.laws, now_ms()).await?;
    tracing::info!(version = version.version, "the law has a new version");
    Ok(Json(VersionView {
        version: version.version,
        valid_from: version.valid_from,
        note: version.note,
        proposed_by: version.proposed_by,
        approved_by: version.approved_by,
        approved_at: Moment(version.approved_at_ms),
        sha256: version.sha256,
        change_id: version.change_id,
        differences: shown,
    }))
}

/// Rejects what another account proposed.
#[utoipa::path(post, path = "/law/changes/{id}/reject", tag = "law", params(("id" = String, Path)), request_body = Rejection,
    responses((status = 204, description = "Rejected"), (status = 403, description = "`own_change`", body = Problem),
        (status = 409, description = "`decided`", body = Problem)))]
pub async fn reject(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
    Json(rejection): Json<Rejection>,
) -> Result<StatusCode, Problem> {
    open_change(&app, &viewer, &id).await?;
    let reason = rejection.reason.trim();
    if reason.is_empty() {
        let wrong = check::trouble("reason", "empty", "ghi lý do", "say why");
        return Err(Problem::fields(vec![wrong]));
    }
    app.store.audit(&viewer.does("law.reject").on("law_change", &id)).await?;
    if !app.store.reject_law_change(&id, &viewer.username, reason, now_ms()).await? {
        return Err(decided());
    }
    Ok(StatusCode::NO_CONTENT)
}

/// A change that this account may decide about: open, and proposed by somebody else.
async fn open_change(app: &app::State, viewer: &Viewer, id: &str) -> Result<LawChangeRow, Problem> {
    let row = app.store.law_change(id).await?.ok_or_else(|| Problem::not_found("change"))?;
    if row.state != "proposed" {
        return Err(decided());
    }
    if row.proposed_by == viewer.username {
        let detail = "another account approves or rejects what this one proposed";
        return Err(Problem::new(StatusCode::FORBIDDEN, "own_change", detail));
    }
    Ok(row)
}

fn stale() -> Problem {
    let detail = "the law has changed since this was shown: look at the differences again";
    Problem::new(StatusCode::CONFLICT, "stale", detail)
}

fn decided() -> Problem {
    Problem::new(StatusCode::CONFLICT, "decided", "this change was approved or rejected already")
}

fn view(newest: &Law, row: LawChangeRow, viewer: &Viewer) -> ChangeView {
    let changes: Vec<Change> = read_json_or((("law_changes", "changes"), row.changes), &row.change_id);
    let open = matches!(row.state.as_str(), "proposed" | "preview");
    let (differences, problems) = match apply(newest.edition(), &changes) {
        Ok(next) if open => (differences(newest.edition(), &next), Vec::new()),
        Err(wrongs) if open => (Vec::new(), wrongs),
        _ => (Vec::new(), Vec::new()),
    };
    let decides = super::access::rule("POST", "/api/v1/law/changes/{id}/approve").is_some_and(
        |rule| matches!(rule, super::access::Access::Roles(roles) if roles.contains(&viewer.role)),
    );
    ChangeView {
        may_decide: row.state == "proposed" && decides && row.proposed_by != viewer.username,
        id: row.change_id,
        state: row.state,
        valid_from: row.valid_from,
        note: row.note,
        proposed_by: row.proposed_by,
        proposed_at: Moment(row.proposed_at_ms),
        decided_by: row.decided_by,
        decided_at: row.decided_at_ms.map(Moment),
        reason: row.reason,
        version: row.version,
        against: newest.version(),
        changes,
        differences,
        problems,
    }
}
