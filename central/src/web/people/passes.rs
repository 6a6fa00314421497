//! Passes for visitors, contractors and drivers. The secret is in the answer that makes a pass, and in no other.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{field, own_group, seen_site, setting};
use crate::app;
use crate::members::check::{self, wrong};
use crate::passes;
use crate::store::gates::Member;
use crate::store::people::passes::PassRow;
use crate::web::access::Viewer;
use crate::web::extract::{Json, Moment, Page, Path, Place, Query, page_size};
use crate::web::now_ms;
use crate::web::problem::Problem;

/// Longest time that a pass is good for, ms: who comes for longer is a member.
const MAX_MS: i64 = 366 * 24 * 3_600_000;

/// A pass.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pass {
    id: String,
    site: String,
    /// `visitor`, `contractor` or `driver`.
    kind: String,
    /// What the guard sees.
    label: String,
    group: Option<String>,
    plate: Option<String>,
    valid_from: Moment,
    /// First moment that no longer counts.
    valid_until: Moment,
    /// Ways in it is good for; any number if null.
    uses: Option<i64>,
    /// Ways in so far.
    used: i64,
    gates: Vec<String>,
    escort: bool,
    /// `active`, `not_yet`, `used_up`, `expired` or `revoked`.
    state: &'static str,
    made_by: String,
    made_at: Moment,
}

/// A pass that was just made: the only answer that holds its secret.
#[derive(Serialize, ToSchema)]
pub struct MadePass {
    pass: Pass,
    /// What its QR code says: `VGP1:…`.
    code: String,
    /// The QR code, SVG.
    qr_svg: String,
}

/// Which passes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct PassQuery {
    /// Site.
    site: Option<String>,
    /// Part of the label or plate.
    q: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when left out.
    limit: Option<u32>,
}

/// A new pass.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPass {
    site: String,
    /// `visitor`, `contractor` or `driver`.
    kind: String,
    /// What the guard sees: a name shortened, a company. Never a number.
    label: String,
    #[serde(default)]
    group: Option<String>,
    /// For who comes by vehicle: the plate opens the vehicle lane within the same time.
    #[serde(default)]
    plate: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    valid_from: Moment,
    /// First moment that no longer counts; at most a year after.
    #[schema(value_type = String, format = DateTime)]
    valid_until: Moment,
    /// Ways in it is good for; 1 is a one-time pass, null any number.
    #[serde(default)]
    uses: Option<i64>,
    #[serde(default)]
    gates: Vec<String>,
    #[serde(default)]
    escort: bool,
}

/// Passes, newest first.
#[utoipa::path(get, path = "/passes", tag = "people", params(PassQuery), responses((status = 200, body = Page<Pass>)))]
pub async fn list(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<PassQuery>,
) -> Result<Json<Page<Pass>>, Problem> {
    let limit = page_size(query.limit)?;
    let place = Place::parse(query.cursor.as_deref())?;
    let (site, text) = (query.site.unwrap_or_default(), query.q.unwrap_or_default());
    let rows = app.store.passes(&viewer.scope, (&site, &text), (place.at_ms, &place.id), limit + 1).await?;
    let page = Page::cut(rows, limit, |row| Place { at_ms: row.made_at_ms, id: row.pass_id.clone() });
    let now = now_ms();
    Ok(Json(Page { items: page.items.into_iter().map(|row| view(row, now)).collect(), next: page.next }))
}

/// Makes a pass.
#[utoipa::path(post, path = "/passes", tag = "people", request_body = NewPass,
    responses((status = 201, body = MadePass), (status = 422, description = "`bad_fields`", body = Problem)))]
pub async fn create(
    State(app): State<app::State>,
    viewer: Viewer,
    Json(new): Json<NewPass>,
) -> Result<Response, Problem> {
    seen_site(&app, &viewer, &new.site).await?;
    let group = own_group(&viewer, new.group.clone())?;
    let (setting, _) = setting(&app, &new.site, viewer.group.clone()).await?;
    let now = now_ms();
    let (label, plate) = checked(&new, group.as_deref(), &setting, now)?;
    let code = passes::new_secret();
    let entry = |kind: &str| Member {
        group_id: group.clone(),
        gates: new.gates.clone(),
        valid_from_ms: Some(new.valid_from.0),
        valid_until_ms: Some(new.valid_until.0),
        uses: new.uses,
        escort: new.escort,
        source: "pass".to_owned(),
        ..Member::new(&new.site, kind, "allow", &label, &viewer.username, now)
    };
    let bearer = Member { pass_secret: Some(code.clone()), ..entry("person") };
    let vehicle = plate.as_ref().map(|plate| Member {
        plate: Some(plate.clone()),
        drivers: vec![bearer.member_id.clone()],
        ..entry("vehicle")
    });
    let row = PassRow {
        pass_id: uuid::Uuid::now_v7().to_string(),
        site: new.site,
        member_id: bearer.member_id.clone(),
        vehicle_id: vehicle.as_ref().map(|vehicle| vehicle.member_id.clone()),
        group_id: group,
        kind: new.kind,
        label: label.clone(),
        plate,
        gates: serde_json::json!(new.gates).to_string(),
        escort: i64::from(new.escort),
        uses: new.uses,
        valid_from_ms: new.valid_from.0,
        valid_until_ms: new.valid_until.0,
        visit_id: None,
        made_by: viewer.username.clone(),
        made_at_ms: now,
        revoked_at_ms: None,
        revoked_why: None,
        used: 0,
    };
    let qr_svg = passes::qr_svg(&code).map_err(|error| Problem::internal(&error))?;
    app.store.audit(&viewer.does("pass.create").on("pass", &row.pass_id)).await?;
    let entries: Vec<Member> = std::iter::once(bearer).chain(vehicle).collect();
    app.store.insert_pass(&app.data_key, &row, &entries).await?;
    Ok((StatusCode::CREATED, Json(MadePass { pass: view(row, now), code, qr_svg })).into_response())
}

/// Revokes a pass: from the next list on it opens nothing.
#[utoipa::path(delete, path = "/passes/{id}", tag = "people", params(("id" = String, Path, description = "Pass")),
    responses((status = 204, description = "Revoked"), (status = 404, body = Problem)))]
pub async fn revoke(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let pass = app.store.pass(&viewer.scope, &id).await?.ok_or_else(|| Problem::not_found("pass"))?;
    if !app.store.revoke_pass(&pass.pass_id, &viewer.username, "revoked", now_ms()).await? {
        return Err(Problem::not_found("pass"));
    }
    app.store.audit(&viewer.does("pass.revoke").on("pass", &pass.pass_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn checked(
    new: &NewPass,
    group: Option<&str>,
    setting: &crate::members::Setting,
    now: i64,
) -> Result<(String, Option<String>), Problem> {
    let mut wrongs = Vec::new();
    let mut must = |fits: bool, what: &str, problem: check::Wrong| {
        if !fits {
            wrongs.push(field(what, problem))
        }
    };
    must(
        ["visitor", "contractor", "driver"].contains(&new.kind.as_str()),
        "kind",
        wrong("bad_kind", "loại thẻ: visitor, contractor hoặc driver", "kind: visitor, contractor or driver"),
    );
    let (from, until) = (new.valid_from.0, new.valid_until.0);
    must(
        from < until && until > now,
        "valid_until",
        wrong(
            "ends_before",
            "thời hạn đã hết hoặc kết thúc trước khi bắt đầu",
            "it is over, or ends before it begins",
        ),
    );
    must(
        until - from <= MAX_MS,
        "valid_until",
        wrong("too_long", "thẻ có hạn tối đa một năm", "a pass is good for a year at most"),
    );
    must(
        new.uses.is_none_or(|uses| (1..=10_000).contains(&uses)),
        "uses",
        wrong("bad_uses", "số lượt từ 1 đến 10000", "uses are 1 to 10000"),
    );
    let known = |list: &[(String, String)], id: &str| list.iter().any(|(known, _)| known == id);
    must(
        group.is_none_or(|group| known(&setting.groups, group)),
        "group",
        wrong("group_unknown", "không có đơn vị này", "there is no such group"),
    );
    must(
        new.gates.iter().all(|gate| known(&setting.gates, gate)),
        "gates",
        wrong("gate_unknown", "không có cổng này", "there is no such gate"),
    );
    let label =
        check::name(&new.label).map_err(|problem| wrongs.push(field("label", problem))).unwrap_or_default();
    let plate = match new.plate.as_deref().map(str::trim).filter(|plate| !plate.is_empty()) {
        None => None,
        Some(plate) => check::plate(plate).map_err(|problem| wrongs.push(field("plate", problem))).ok(),
    };
    if wrongs.is_empty() { Ok((label, plate)) } else { Err(Problem::fields(wrongs)) }
}

fn view(row: PassRow, now: i64) -> Pass {
    let state = match &row {
        row if row.revoked_at_ms.is_some() => "revoked",
        row if row.valid_until_ms <= now => "expired",
        row if row.uses.is_some_and(|uses| row.used >= uses) => "used_up",
        row if row.valid_from_ms > now => "not_yet",
        _ => "active",
    };
    Pass {
        gates: super::super::read_json_or((("passes", "gates"), row.gates), &row.pass_id),
        id: row.pass_id,
        site: row.site,
        kind: row.kind,
        label: row.label,
        group: row.group_id,
        plate: row.plate,
        valid_from: Moment(row.valid_from_ms),
        valid_until: Moment(row.valid_until_ms),
        uses: row.uses,
        used: row.used,
        escort: row.escort != 0,
        state,
        made_by: row.made_by,
        made_at: Moment(row.made_at_ms),
    }
}
