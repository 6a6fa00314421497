//! Devices as approved for use: proposed by one account, approved by another, every version kept.

use axum::extract::State as Extract;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::app;
use crate::cases::device::{Approval, Calibration, DeviceRecord, Position, Sign};
use crate::gates::document::Trouble;
use crate::store::cases::devices::{Decided, DeviceRow};
use crate::web::access::Viewer;
use crate::web::extract::{Json, Moment, Path};
use crate::web::now_ms;
use crate::web::problem::Problem;

/// A version that waits for approval.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposalView {
    /// To be named when it is decided.
    id: String,
    #[schema(value_type = Object)]
    record: Value,
    by: String,
    at: Moment,
    note: Option<String>,
    /// Whether this account proposed it, and so may not decide.
    mine: bool,
}

/// A device: the record that holds, and what is proposed.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceView {
    /// The record with site, camera and version; the proposed one where nothing was approved yet.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    record: Value,
    approved_by: Option<String>,
    approved_at: Option<Moment>,
    /// From when it counts.
    valid_from: Option<Moment>,
    proposal: Option<ProposalView>,
}

/// A version in the history.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionView {
    #[schema(value_type = Object)]
    record: Value,
    /// `proposed`, `approved` or `refused`.
    state: String,
    proposed_by: String,
    proposed_at: Moment,
    decided_by: Option<String>,
    decided_at: Option<Moment>,
    note: Option<String>,
    valid_from: Option<Moment>,
}

/// One device with its history.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceDetail {
    #[serde(flatten)]
    device: DeviceView,
    /// Newest first.
    versions: Vec<VersionView>,
}

/// A record as one object, with where it belongs.
pub fn flat(row: &DeviceRow) -> Result<Value, Problem> {
    let mut value = serde_json::to_value(row.record()?).map_err(|error| Problem::internal(&error))?;
    value["site"] = row.site.clone().into();
    value["camera"] = row.camera.clone().into();
    value["version"] = row.version.into();
    Ok(value)
}

/// From all versions of one camera that are at hand, newest first.
fn device(rows: &[DeviceRow], viewer: &Viewer) -> Result<Option<DeviceView>, Problem> {
    let approved = rows.iter().find(|row| row.state == "approved");
    let proposed = rows.iter().find(|row| row.state == "proposed");
    let Some(shown) = approved.or(proposed).or(rows.first()) else { return Ok(None) };
    let proposal = proposed.map(|row| -> Result<_, Problem> {
        Ok(ProposalView {
            id: row.version.to_string(),
            record: flat(row)?,
            by: row.proposed_by.clone(),
            at: Moment(row.proposed_at_ms),
            note: row.note.clone(),
            mine: row.proposed_by == viewer.username,
        })
    });
    Ok(Some(DeviceView {
        record: flat(shown)?,
        approved_by: approved.and_then(|row| row.decided_by.clone()),
        approved_at: approved.and_then(|row| row.decided_at_ms).map(Moment),
        valid_from: approved.and_then(|row| row.valid_from_ms).map(Moment),
        proposal: proposal.transpose()?,
    }))
}

/// Every device: the record that holds, and what is proposed.
#[utoipa::path(get, path = "/enforcement/devices", tag = "cases", responses((status = 200, body = Vec<DeviceView>)))]
pub async fn list(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
) -> Result<Json<Vec<DeviceView>>, Problem> {
    let rows = app.store.cases().devices(&viewer.scope).await?;
    let mut views = Vec::new();
    for rows in rows.chunk_by(|a, b| (&a.site, &a.camera) == (&b.site, &b.camera)) {
        views.extend(device(rows, &viewer)?);
    }
    Ok(Json(views))
}

/// One device with all its versions.
#[utoipa::path(get, path = "/enforcement/devices/{site}/{camera}", tag = "cases",
    params(("site" = String, Path, description = "Site"), ("camera" = String, Path, description = "Camera")),
    responses((status = 200, body = DeviceDetail), (status = 404, body = Problem)))]
pub async fn read(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
    Path((site, camera)): Path<(String, String)>,
) -> Result<Json<DeviceDetail>, Problem> {
    Ok(Json(one(&app, &viewer, &site, &camera).await?))
}

async fn one(app: &app::State, viewer: &Viewer, site: &str, camera: &str) -> Result<DeviceDetail, Problem> {
    let missing = || Problem::not_found("device");
    if !viewer.scope.sees(site) {
        return Err(missing());
    }
    let rows = app.store.cases().device_versions(site, camera).await?;
    let device = device(&rows, viewer)?.ok_or_else(missing)?;
    let version = |row: &DeviceRow| -> Result<VersionView, Problem> {
        Ok(VersionView {
            record: flat(row)?,
            state: row.state.clone(),
            proposed_by: row.proposed_by.clone(),
            proposed_at: Moment(row.proposed_at_ms),
            decided_by: row.decided_by.clone(),
            decided_at: row.decided_at_ms.map(Moment),
            note: row.note.clone(),
            valid_from: row.valid_from_ms.map(Moment),
        })
    };
    Ok(DeviceDetail { device, versions: rows.iter().map(version).collect::<Result<_, _>>()? })
}

/// A proposed record. Fields that the list adds may be sent back; they are not read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceForm {
    #[serde(default)]
    #[allow(dead_code)] // sent back by the console
    site: Option<String>,
    #[serde(default)]
    #[allow(dead_code)]
    camera: Option<String>,
    #[serde(default)]
    #[allow(dead_code)]
    camera_name: Option<String>,
    #[serde(default)]
    #[allow(dead_code)]
    version: Option<i64>,
    serial: String,
    r#type: String,
    model: String,
    annex_item: String,
    approval_decision: Approval,
    approved_position: Position,
    #[serde(default)]
    calibration: Option<Calibration>,
    max_clock_offset_ms: u32,
    trained_users: Vec<String>,
    #[serde(default)]
    sign_installed: Option<Sign>,
    status: String,
    /// From when it counts: when it is approved, or, where older papers are written down, a moment before; never before the decision.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    valid_from: Option<Timestamp>,
    /// For whoever decides.
    #[serde(default)]
    note: Option<String>,
}

/// Proposes a record; a commander approves it.
#[utoipa::path(put, path = "/enforcement/devices/{site}/{camera}", tag = "cases", request_body = DeviceForm,
    params(("site" = String, Path, description = "Site"), ("camera" = String, Path, description = "Camera")),
    responses((status = 200, body = DeviceDetail), (status = 404, body = Problem), (status = 422, description = "`bad_fields`", body = Problem)))]
pub async fn propose(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
    Path((site, camera)): Path<(String, String)>,
    Json(form): Json<DeviceForm>,
) -> Result<Json<DeviceDetail>, Problem> {
    if !viewer.scope.sees(&site) || app.store.cameras_seen(&viewer.scope, &site, &camera).await?.is_empty() {
        return Err(Problem::not_found("camera"));
    }
    let valid_from = form.valid_from;
    let note = form.note.clone().filter(|note| !note.trim().is_empty());
    let record = DeviceRecord {
        serial: form.serial,
        kind: form.r#type,
        model: form.model,
        annex_item: form.annex_item,
        approval_decision: form.approval_decision,
        approved_position: form.approved_position,
        calibration: form.calibration,
        max_clock_offset_ms: form.max_clock_offset_ms,
        trained_users: form.trained_users,
        sign_installed: form.sign_installed,
        status: form.status,
    };
    let mut problems = record.problems();
    problems.extend(unknown_users(&app, &record).await?);
    if valid_from.is_some_and(|from| crate::law::day_of(from) < record.approval_decision.from) {
        problems.push(Trouble {
            path: "valid_from".to_owned(),
            code: "before_decision",
            vi: "không được trước ngày quyết định có hiệu lực".to_owned(),
            en: "not before the decision is in force".to_owned(),
        });
    }
    if !problems.is_empty() {
        return Err(Problem::fields(problems));
    }
    app.store.audit(&viewer.does("device.propose").on("device", &format!("{site}/{camera}"))).await?;
    let from_ms = valid_from.map(|from| from.as_millisecond());
    app.store
        .cases()
        .propose_device((&site, &camera), &record, from_ms, (&viewer.username, note.as_deref()), now_ms())
        .await?;
    Ok(Json(one(&app, &viewer, &site, &camera).await?))
}

/// Trained users must be accounts of the police: a name that nobody has trains nobody.
async fn unknown_users(app: &app::State, record: &DeviceRecord) -> Result<Vec<Trouble>, Problem> {
    let mut problems = Vec::new();
    for (n, name) in record.trained_users.iter().enumerate() {
        let known = app.store.user_by_name(name).await?;
        if !known.is_some_and(|user| matches!(user.role.as_str(), "traffic_police" | "police_signer")) {
            problems.push(Trouble {
                path: format!("trained_users[{n}]"),
                code: "unknown_user",
                vi: "không có tài khoản cảnh sát này".to_owned(),
                en: "there is no police account of this name".to_owned(),
            });
        }
    }
    Ok(problems)
}

/// What is decided.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideForm {
    /// `proposal.id` as it was read: another one may have come since.
    proposal: String,
    /// Why.
    #[serde(default)]
    reason: Option<String>,
}

/// Approves a proposed record; never one's own.
#[utoipa::path(post, path = "/enforcement/devices/{site}/{camera}/approve", tag = "cases", request_body = DecideForm,
    params(("site" = String, Path, description = "Site"), ("camera" = String, Path, description = "Camera")),
    responses((status = 200, body = DeviceDetail), (status = 403, description = "`own_proposal`", body = Problem),
        (status = 409, description = "`stale`", body = Problem)))]
pub async fn approve(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
    Path((site, camera)): Path<(String, String)>,
    Json(form): Json<DecideForm>,
) -> Result<Json<DeviceDetail>, Problem> {
    decide(&app, &viewer, (&site, &camera), &form, true).await
}

/// Refuses a proposed record.
#[utoipa::path(post, path = "/enforcement/devices/{site}/{camera}/refuse", tag = "cases", request_body = DecideForm,
    params(("site" = String, Path, description = "Site"), ("camera" = String, Path, description = "Camera")),
    responses((status = 200, body = DeviceDetail), (status = 409, description = "`stale`", body = Problem)))]
pub async fn refuse(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
    Path((site, camera)): Path<(String, String)>,
    Json(form): Json<DecideForm>,
) -> Result<Json<DeviceDetail>, Problem> {
    decide(&app, &viewer, (&site, &camera), &form, false).await
}

async fn decide(
    app: &app::State,
    viewer: &Viewer,
    (site, camera): (&str, &str),
    form: &DecideForm,
    approve: bool,
) -> Result<Json<DeviceDetail>, Problem> {
    let stale = || {
        Problem::new(
            StatusCode::CONFLICT,
            "stale",
            "this proposal is decided, or a newer one took its place: read again",
        )
    };
    if !viewer.scope.sees(site) {
        return Err(Problem::not_found("device"));
    }
    let version = form.proposal.parse().map_err(|_| stale())?;
    let action = if approve { "device.approve" } else { "device.refuse" };
    app.store.audit(&viewer.does(action).on("device", &format!("{site}/{camera}/{version}"))).await?;
    let by = (viewer.username.as_str(), form.reason.as_deref());
    match app.store.cases().decide_device((site, camera, version), approve, by, now_ms()).await? {
        Decided::Done => Ok(Json(one(app, viewer, site, camera).await?)),
        Decided::NotFound => Err(stale()),
        Decided::OwnProposal => Err(Problem::new(
            StatusCode::FORBIDDEN,
            "own_proposal",
            "another account than the one that proposed must decide",
        )),
    }
}
