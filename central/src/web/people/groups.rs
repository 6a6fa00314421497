//! Enterprises, contractors, staff, tours: whose people and vehicles these are.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{field, seen_site};
use crate::app;
use crate::gates::document::Trouble;
use crate::members::check::{name, wrong};
use crate::store::gates::GroupRow;
use crate::tables::folded;
use crate::web::access::Viewer;
use crate::web::extract::{Json, Path, Query};
use crate::web::now_ms;
use crate::web::problem::Problem;

/// Kinds of groups.
const KINDS: [&str; 6] = ["enterprise", "contractor", "staff", "visitors", "tour", "authority"];

/// A group.
#[derive(Debug, Serialize, ToSchema)]
pub struct Group {
    /// Name in rules and events.
    id: String,
    site: String,
    /// `enterprise`, `contractor`, `staff`, `visitors`, `tour` or `authority`.
    kind: String,
    /// Name for people.
    name: String,
    /// Places for its vehicles inside at the same time.
    vehicle_quota: Option<i64>,
    /// The same for people.
    person_quota: Option<i64>,
    /// Whom to call.
    contact: Option<String>,
    /// `active`, `suspended` or `ended`.
    status: String,
    /// Its people on the list.
    people: i64,
    /// Its vehicles on the list.
    vehicles: i64,
}

/// Which groups.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct GroupQuery {
    /// Site; every one that is seen when left out.
    site: Option<String>,
}

/// A new group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    site: String,
    /// Name in rules and events; made from the name when left out.
    #[serde(default)]
    id: Option<String>,
    kind: String,
    name: String,
    #[serde(default)]
    vehicle_quota: Option<i64>,
    #[serde(default)]
    person_quota: Option<i64>,
    #[serde(default)]
    contact: Option<String>,
}

/// What changes; what is left out stays, null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GroupChange {
    kind: Option<String>,
    name: Option<String>,
    #[serde(deserialize_with = "super::members::given")]
    vehicle_quota: Option<Option<i64>>,
    #[serde(deserialize_with = "super::members::given")]
    person_quota: Option<Option<i64>>,
    #[serde(deserialize_with = "super::members::given")]
    contact: Option<Option<String>>,
    /// `active` or `suspended`; a group is ended by DELETE.
    status: Option<String>,
}

/// Groups of the sites that the account sees, ended ones left out; an enterprise sees its own alone.
#[utoipa::path(get, path = "/groups", tag = "people", params(GroupQuery), responses((status = 200, body = Vec<Group>)))]
pub async fn list(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<GroupQuery>,
) -> Result<Json<Vec<Group>>, Problem> {
    let site = query.site.unwrap_or_default();
    let rows = app.store.groups_seen(&viewer.scope, &site).await?;
    let mut groups = Vec::with_capacity(rows.len());
    for row in rows {
        groups.push(view(&app, row).await?);
    }
    Ok(Json(groups))
}

/// Adds a group.
#[utoipa::path(post, path = "/groups", tag = "people", request_body = NewGroup,
    responses((status = 201, body = Group), (status = 409, description = "`group_taken`", body = Problem),
        (status = 422, description = "`bad_fields`", body = Problem)))]
pub async fn create(
    State(app): State<app::State>,
    viewer: Viewer,
    Json(new): Json<NewGroup>,
) -> Result<Response, Problem> {
    seen_site(&app, &viewer, &new.site).await?;
    let group_id = new.id.filter(|id| !id.is_empty()).unwrap_or_else(|| slug(&new.name));
    let now = now_ms();
    let group = GroupRow {
        site: new.site,
        group_id,
        kind: new.kind,
        name: new.name.trim().to_owned(),
        vehicle_quota: new.vehicle_quota,
        person_quota: new.person_quota,
        contact: new.contact.map(|text| crate::tables::tidy(&text)).filter(|text| !text.is_empty()),
        status: "active".to_owned(),
        created_at_ms: now,
        created_by: viewer.username.clone(),
        changed_at_ms: now,
        changed_by: viewer.username.clone(),
        ended_at_ms: None,
    };
    check(&group)?;
    if app.store.group(&group.site, &group.group_id).await?.is_some() {
        let detail = format!("there is already a group {:?} at this site: choose another id", group.group_id);
        return Err(Problem::new(StatusCode::CONFLICT, "group_taken", detail));
    }
    app.store.put_group(&group).await?;
    app.store
        .audit(&viewer.does("group.create").on("group", &format!("{}/{}", group.site, group.group_id)))
        .await?;
    Ok((StatusCode::CREATED, Json(view(&app, group).await?)).into_response())
}

/// Changes a group.
#[utoipa::path(patch, path = "/groups/{id}", tag = "people", request_body = GroupChange, params(("id" = String, Path, description = "Group"), GroupQuery),
    responses((status = 200, body = Group), (status = 404, body = Problem), (status = 422, description = "`bad_fields`", body = Problem)))]
pub async fn change(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
    Query(query): Query<GroupQuery>,
    Json(change): Json<GroupChange>,
) -> Result<Json<Group>, Problem> {
    let mut group = find(&app, &viewer, &id, query.site).await?;
    let before = group.clone();
    if let Some(kind) = change.kind {
        group.kind = kind;
    }
    if let Some(name) = change.name {
        group.name = name.trim().to_owned();
    }
    group.vehicle_quota = change.vehicle_quota.unwrap_or(group.vehicle_quota);
    group.person_quota = change.person_quota.unwrap_or(group.person_quota);
    group.contact = change.contact.unwrap_or(group.contact);
    if let Some(status) = change.status {
        group.status = status;
    }
    check(&group)?;
    let changed: Vec<&str> = [
        ("kind", group.kind != before.kind),
        ("name", group.name != before.name),
        ("vehicle_quota", group.vehicle_quota != before.vehicle_quota),
        ("person_quota", group.person_quota != before.person_quota),
        ("contact", group.contact != before.contact),
        ("status", group.status != before.status),
    ]
    .into_iter()
    .filter_map(|(field, changed)| changed.then_some(field))
    .collect();
    if !changed.is_empty() {
        (group.changed_at_ms, group.changed_by) = (now_ms(), viewer.username.clone());
        app.store.put_group(&group).await?;
        let mut row = viewer.does("group.change").on("group", &format!("{}/{}", group.site, group.group_id));
        row.detail = Some(serde_json::json!({ "fields": changed }).to_string());
        app.store.audit(&row).await?;
    }
    Ok(Json(view(&app, group).await?))
}

/// Ends a group: its people and vehicles open nothing any more. Its history stays.
#[utoipa::path(delete, path = "/groups/{id}", tag = "people", params(("id" = String, Path, description = "Group"), GroupQuery),
    responses((status = 204, description = "Ended"), (status = 404, body = Problem)))]
pub async fn end(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
    Query(query): Query<GroupQuery>,
) -> Result<StatusCode, Problem> {
    let mut group = find(&app, &viewer, &id, query.site).await?;
    let now = now_ms();
    group.status = "ended".to_owned();
    (group.ended_at_ms, group.changed_at_ms, group.changed_by) = (Some(now), now, viewer.username.clone());
    app.store.put_group(&group).await?;
    app.store
        .audit(&viewer.does("group.end").on("group", &format!("{}/{}", group.site, group.group_id)))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The group with this id; where several sites have one, the site must be said.
async fn find(
    app: &app::State,
    viewer: &Viewer,
    id: &str,
    site: Option<String>,
) -> Result<GroupRow, Problem> {
    let rows = app.store.groups_seen(&viewer.scope, &site.unwrap_or_default()).await?;
    let mut found = rows.into_iter().filter(|group| group.group_id == id);
    let group = found.next().ok_or_else(|| Problem::not_found("group"))?;
    match found.next() {
        None => Ok(group),
        Some(_) => {
            Err(Problem::bad_request("which_site", "site: several sites have a group of this id, say which"))
        }
    }
}

async fn view(app: &app::State, row: GroupRow) -> Result<Group, Problem> {
    let (people, vehicles) = app.store.group_size(&row.site, &row.group_id).await?;
    Ok(Group {
        id: row.group_id,
        site: row.site,
        kind: row.kind,
        name: row.name,
        vehicle_quota: row.vehicle_quota,
        person_quota: row.person_quota,
        contact: row.contact,
        status: row.status,
        people,
        vehicles,
    })
}

fn check(group: &GroupRow) -> Result<(), Problem> {
    let mut wrongs: Vec<Trouble> = Vec::new();
    if wire::Name::new(group.group_id.as_str()).is_err() {
        wrongs.push(field(
            "id",
            wrong(
                "bad_id",
                "mã đơn vị gồm a-z, 0-9 và dấu gạch, tối đa 32",
                "an id is a-z, 0-9 and dashes, at most 32",
            ),
        ));
    }
    if !KINDS.contains(&group.kind.as_str()) {
        wrongs.push(field(
            "kind",
            wrong("bad_kind", "loại đơn vị không đúng", format!("kind: one of {}", KINDS.join(", "))),
        ));
    }
    if let Err(problem) = name(&group.name) {
        wrongs.push(field("name", problem));
    }
    for (quota, what) in [(group.vehicle_quota, "vehicle_quota"), (group.person_quota, "person_quota")] {
        if quota.is_some_and(|quota| !(0..=1_000_000).contains(&quota)) {
            wrongs
                .push(field(what, wrong("bad_quota", "hạn mức từ 0 đến 1000000", "a quota is 0 to 1000000")));
        }
    }
    if group.contact.as_ref().is_some_and(|contact| contact.chars().count() > 200) {
        wrongs.push(field("contact", wrong("too_long", "tối đa 200 ký tự", "at most 200 characters")));
    }
    if !["active", "suspended"].contains(&group.status.as_str()) {
        wrongs.push(field(
            "status",
            wrong("bad_status", "trạng thái: active hoặc suspended", "status: active or suspended"),
        ));
    }
    if wrongs.is_empty() { Ok(()) } else { Err(Problem::fields(wrongs)) }
}

/// An id from a name: `Công ty CP May 10` → `cong-ty-cp-may-10`.
fn slug(name: &str) -> String {
    let words: String =
        folded(name).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(32).collect();
    words.trim_matches('-').to_owned()
}
