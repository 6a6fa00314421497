//! Gates: how they are, and what a site asks at them.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use wire::gate::{GateIndex, GateList, decide};

use super::access::Viewer;
use super::extract::{Json, Moment, Path, Query};
use super::problem::Problem;
use super::{day_start_ms, now_ms};
use crate::app;
use crate::gates::changes::{self, PathChange};
use crate::gates::document::{Document, Trouble};
use crate::gates::{otherwise, watch};
use crate::notify::Change;
use crate::store::gates::PolicyRow;
use crate::store::gates::read::AccessFilter;

/// Decisions of today that a preview takes again, at most.
const PREVIEWED: u32 = 200;

/// A lane.
#[derive(Debug, Serialize, ToSchema)]
pub struct LaneView {
    id: String,
    name_vi: String,
    name_en: String,
    /// `in`, `out` or `both`.
    way: Value,
    /// What it asks: wire `Policy`.
    policy: Value,
}

/// The list that an agent decides from.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListInUse {
    agent: String,
    /// 0 if it has none.
    version: u64,
    made_at: Option<Moment>,
    /// The lowest step of the ladder that one of its lanes stands on: `full`, `centre_lost`, `camera_lost`, `reader_lost`, `by_hand`.
    step: Option<String>,
    /// Lists that it refused since its start, and why the last one was.
    refused: u64,
    refused_because: Option<String>,
}

/// A site's list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListView {
    /// Newest version.
    version: u64,
    made_at: Option<Moment>,
    in_use: Vec<ListInUse>,
}

/// A gate.
#[derive(Debug, Serialize, ToSchema)]
pub struct GateView {
    site: String,
    id: String,
    name_vi: String,
    name_en: String,
    area: String,
    person_capacity: Option<u32>,
    vehicle_capacity: Option<u32>,
    lanes: Vec<LaneView>,
    /// Where the guard's desk is served.
    desk_url: Option<String>,
    list: ListView,
    /// People inside its area now.
    people: u64,
    /// Vehicles inside its area now.
    vehicles: u64,
    /// Agents of the site that are away: their gates decide alone.
    deciding_alone: Vec<String>,
}

/// Which gates.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct SiteQuery {
    /// Site; all that the account sees when left out.
    site: Option<String>,
}

/// Gates with the lists in use and the numbers inside.
#[utoipa::path(get, path = "/gates", tag = "gates", params(SiteQuery), responses((status = 200, body = Vec<GateView>)))]
pub async fn list(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<SiteQuery>,
) -> Result<Json<Vec<GateView>>, Problem> {
    let wanted = query.site.unwrap_or_default();
    let mut views = Vec::new();
    for policy in app.store.policies().await? {
        if viewer.scope.sees(&policy.site) && (wanted.is_empty() || wanted == policy.site) {
            views.extend(gates_of(&app, policy).await?);
        }
    }
    Ok(Json(views))
}

async fn gates_of(app: &app::State, policy: PolicyRow) -> Result<Vec<GateView>, Problem> {
    let Ok(document) = read(&policy.document) else { return Ok(Vec::new()) };
    let site = policy.site;
    let inside = app.store.inside_at(&site, now_ms() + 1).await?;
    let made = app.store.newest_lists(&site).await?;
    let (mut in_use, mut alone, mut desks) = (Vec::new(), Vec::new(), Vec::new());
    for (agent, online, status) in app.store.agent_words(&site).await? {
        if !online {
            alone.push(agent.clone());
        }
        let health =
            status.and_then(|text| serde_json::from_str::<wire::Status>(&text).ok()).and_then(|s| s.gates);
        let Some(health) = health else { continue };
        let lanes: BTreeSet<String> = health.lanes.iter().map(|lane| lane.lane.to_string()).collect();
        desks.push((lanes, health.desk_url.clone()));
        let step = health.lanes.iter().map(|lane| lane.step).max().map(|step| step.as_str().to_owned());
        in_use.push(ListInUse {
            agent,
            version: health.list_version,
            made_at: health.list_made_at.map(|at| Moment(at.as_millisecond())),
            step,
            refused: health.lists_refused,
            refused_because: health.refused_because,
        });
    }
    let version = made.iter().map(|list| list.version).max().unwrap_or(0).unsigned_abs();
    let made_at = made.iter().map(|list| list.made_at_ms).max().map(Moment);
    let view = |gate: wire::gate::Gate| {
        let count = inside.iter().find(|area| area.area == gate.area.as_str());
        let serves = |(lanes, url): &(BTreeSet<String>, Option<String>)| {
            gate.lanes.iter().any(|lane| lanes.contains(lane.id.as_str())).then(|| url.clone()).flatten()
        };
        GateView {
            desk_url: desks.iter().find_map(serves),
            people: count.map_or(0, |area| area.people),
            vehicles: count.map_or(0, |area| area.vehicles),
            list: ListView { version, made_at, in_use: in_use.iter().map(ListInUse::again).collect() },
            deciding_alone: alone.clone(),
            site: site.clone(),
            id: gate.id.to_string(),
            name_vi: gate.name_vi,
            name_en: gate.name_en,
            area: gate.area.to_string(),
            person_capacity: gate.person_capacity,
            vehicle_capacity: gate.vehicle_capacity,
            lanes: gate
                .lanes
                .into_iter()
                .map(|lane| LaneView {
                    id: lane.id.to_string(),
                    name_vi: lane.name_vi,
                    name_en: lane.name_en,
                    way: serde_json::to_value(lane.way).unwrap_or_default(),
                    policy: serde_json::to_value(lane.policy).unwrap_or_default(),
                })
                .collect(),
        }
    };
    Ok(document.gates.into_iter().map(view).collect())
}

impl ListInUse {
    fn again(&self) -> Self {
        Self {
            agent: self.agent.clone(),
            version: self.version,
            made_at: self.made_at,
            step: self.step.clone(),
            refused: self.refused,
            refused_because: self.refused_because.clone(),
        }
    }
}

fn read(document: &str) -> Result<Document, Problem> {
    serde_json::from_str(document).map_err(|error| Problem::internal(&error))
}

/// A site's document as it is sent: with its version and its groups.
async fn whole(app: &app::State, policy: &PolicyRow) -> Result<Value, Problem> {
    let mut value: Value =
        serde_json::from_str(&policy.document).map_err(|error| Problem::internal(&error))?;
    let groups = app.store.groups(&policy.site).await?;
    let groups: Vec<Value> = groups
        .iter()
        .filter(|group| group.status != "ended")
        .map(|group| {
            serde_json::json!({
                "id": group.group_id, "kind": group.kind, "name": group.name, "vehicle_quota": group.vehicle_quota,
                "person_quota": group.person_quota, "status": group.status,
            })
        })
        .collect();
    value["version"] = policy.version.into();
    value["groups"] = groups.into();
    Ok(value)
}

async fn policy_of(app: &app::State, viewer: &Viewer, site: &str) -> Result<PolicyRow, Problem> {
    let policy = if viewer.scope.sees(site) { app.store.policy(site).await? } else { None };
    policy.ok_or_else(|| Problem::not_found("policy"))
}

/// A site's policy document: `version`, `holidays`, `schedules`, `groups`, `gates`, `counting`, `faces`, `paper_form`.
#[utoipa::path(get, path = "/gates/{site}/policy", tag = "gates", params(("site" = String, Path, description = "Site")),
    responses((status = 200, description = "The document", body = Value), (status = 404, body = Problem)))]
pub async fn policy(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(site): Path<String>,
) -> Result<Json<Value>, Problem> {
    let row = policy_of(&app, &viewer, &site).await?;
    whole(&app, &row).await.map(Json)
}

/// A document that was sent, apart from what is around it.
struct Sent {
    document: Document,
    value: Value,
    if_version: Option<i64>,
    note: Option<String>,
    approved_by: Option<String>,
}

fn sent(mut body: Value) -> Result<Sent, Problem> {
    let Some(fields) = body.as_object_mut() else {
        return Err(Problem::unacceptable("bad_policy", "send the document as a JSON object"));
    };
    // They are told with the document and edited elsewhere.
    for read_only in ["version", "groups"] {
        fields.remove(read_only);
    }
    let text =
        |value: Option<Value>| value.and_then(|value| value.as_str().map(|text| text.trim().to_owned()));
    let if_version = fields.remove("if_version").and_then(|value| value.as_i64());
    let note = text(fields.remove("note")).filter(|note| !note.is_empty());
    let approved_by = text(fields.remove("approved_by")).filter(|name| !name.is_empty());
    let document: Document = serde_json::from_value(body).map_err(|error| {
        Problem::unacceptable("bad_policy", format!("the document cannot be read: {error}"))
    })?;
    let value = serde_json::to_value(&document).map_err(|error| Problem::internal(&error))?;
    Ok(Sent { document, value, if_version, note, approved_by })
}

async fn troubles(app: &app::State, site: &str, document: &Document) -> Result<Vec<Trouble>, Problem> {
    let groups = app.store.groups(site).await?;
    let groups =
        groups.into_iter().filter(|group| group.status != "ended").map(|group| group.group_id).collect();
    Ok(document.problems(&groups, Timestamp::now()))
}

/// What a change did.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    /// Version now.
    version: i64,
    /// What differs from the version before.
    changes: Vec<PathChange>,
}

/// Replaces a site's document. The body is the document with `if_version` (the version that was edited), and, where wanted, `note`
/// and `approved_by` (a second account).
#[utoipa::path(put, path = "/gates/{site}/policy", tag = "gates", request_body = Value,
    params(("site" = String, Path, description = "Site")),
    responses((status = 200, body = Changed), (status = 409, description = "`stale`: somebody else changed it", body = Problem),
        (status = 422, description = "`bad_policy`, with every problem in `problems`", body = Problem)))]
pub async fn put_policy(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(site): Path<String>,
    Json(body): Json<Value>,
) -> Result<Json<Changed>, Problem> {
    if !viewer.scope.sees(&site) || !app.store.has_site(&site).await? {
        return Err(Problem::not_found("site"));
    }
    let sent = sent(body)?;
    let before = app.store.policy(&site).await?;
    let version = before.as_ref().map_or(0, |row| row.version);
    let stale = || {
        let detail = format!("the policy is at version {version} by now: read it again, and change that one");
        Problem::new(StatusCode::CONFLICT, "stale", detail)
    };
    if sent.if_version.unwrap_or(0) != version {
        return Err(stale());
    }
    let troubles = troubles(&app, &site, &sent.document).await?;
    if !troubles.is_empty() {
        let detail = format!("the document has {} problem(s), see problems", troubles.len());
        return Err(Problem::unacceptable("bad_policy", detail).with_problems(troubles));
    }
    approved(&app, &viewer, sent.approved_by.as_deref()).await?;
    let old = before.as_ref().and_then(|row| serde_json::from_str(&row.document).ok()).unwrap_or_default();
    let found = changes::between(&old, &sent.value);
    let row = PolicyRow {
        site: site.clone(),
        version: version + 1,
        document: sent.value.to_string(),
        changes: serde_json::to_string(&found).map_err(|error| Problem::internal(&error))?,
        changed_by: viewer.username.clone(),
        changed_at_ms: now_ms(),
        approved_by: sent.approved_by,
        note: sent.note,
    };
    if !app.store.put_policy(&row).await? {
        return Err(stale());
    }
    let mut audit = viewer.does("gate.policy").on("site", &site);
    audit.detail = Some(serde_json::json!({ "version": row.version, "changes": found.len() }).to_string());
    app.store.audit(&audit).await?;
    app.hub.send(Change::Lists { site });
    Ok(Json(Changed { version: row.version, changes: found }))
}

/// Where a second person has to approve, it has to be one, and another.
async fn approved(app: &app::State, viewer: &Viewer, by: Option<&str>) -> Result<(), Problem> {
    let Some(by) = by else {
        return match app.config.gates.policy_needs_approval {
            true => Err(Problem::unacceptable(
                "needs_approval",
                "approved_by: name the second account that approved it",
            )),
            false => Ok(()),
        };
    };
    let known = app.store.user_by_name(by).await?.is_some_and(|user| user.disabled == 0);
    if !known || by == viewer.username {
        return Err(Problem::unacceptable(
            "bad_approver",
            "approved_by: must be another account that is not disabled",
        ));
    }
    Ok(())
}

/// One version of a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyVersion {
    version: i64,
    changed_by: String,
    changed_at: Moment,
    approved_by: Option<String>,
    note: Option<String>,
    changes: Vec<PathChange>,
}

/// Who changed a site's document, when and how; newest first, at most 200.
#[utoipa::path(get, path = "/gates/{site}/policy/history", tag = "gates", params(("site" = String, Path, description = "Site")),
    responses((status = 200, body = Vec<PolicyVersion>), (status = 404, body = Problem)))]
pub async fn history(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(site): Path<String>,
) -> Result<Json<Vec<PolicyVersion>>, Problem> {
    policy_of(&app, &viewer, &site).await?;
    let rows = app.store.policy_history(&site, 200).await?;
    let version = |row: PolicyRow| PolicyVersion {
        changes: super::read_json_or((("gate_policies", "changes"), row.changes), &row.site),
        version: row.version,
        changed_by: row.changed_by,
        changed_at: Moment(row.changed_at_ms),
        approved_by: row.approved_by,
        note: row.note,
    };
    Ok(Json(rows.into_iter().map(version).collect()))
}

/// A decision of today that would have been another.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewCase {
    access: String,
    at: Moment,
    lane: String,
    /// `{verdict, reason}` by the document in force.
    before: Value,
    /// `{verdict, reason}` by the document that was sent.
    after: Value,
}

/// What a document would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preview {
    /// What differs from the version in force.
    changes: Vec<PathChange>,
    /// What cannot be; with any of these it would not be taken.
    problems: Vec<Trouble>,
    /// Decisions of today that were taken again, the newest 200.
    looked_at: usize,
    /// Those that would have been another.
    decisions: Vec<PreviewCase>,
}

/// Says what a document would change, and which of today's decisions would have been others. Nothing is stored.
#[utoipa::path(post, path = "/gates/{site}/policy/preview", tag = "gates", request_body = Value,
    params(("site" = String, Path, description = "Site")),
    responses((status = 200, body = Preview), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn preview(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(site): Path<String>,
    Json(body): Json<Value>,
) -> Result<Json<Preview>, Problem> {
    let row = policy_of(&app, &viewer, &site).await?;
    let sent = sent(body)?;
    let old: Value = serde_json::from_str(&row.document).map_err(|error| Problem::internal(&error))?;
    let problems = troubles(&app, &site, &sent.document).await?;
    let (mut looked_at, mut decisions) = (0, Vec::new());
    if problems.is_empty() {
        let filter = AccessFilter {
            site: site.clone(),
            from_ms: day_start_ms(now_ms()),
            until_ms: i64::MAX,
            ..AccessFilter::default()
        };
        for access in app.store.accesses(&viewer.scope, &filter, (i64::MAX, ""), PREVIEWED).await? {
            let Ok(ask) = serde_json::from_str::<wire::gate::Ask>(&access.ask) else { continue };
            let Some((_, body)) = app.store.list_at(&site, &access.agent, i64::MAX).await? else { continue };
            let Ok(list) = serde_json::from_str::<GateList>(&body) else { continue };
            looked_at += 1;
            let presence = watch::presence_at(&app, &site, &list, &ask).await?;
            let fresh = GateList { made_at: ask.at, ..list };
            let changed = GateList {
                clock: sent.document.clock(),
                holidays: sent.document.holidays.clone(),
                schedules: sent.document.schedules.clone(),
                gates: sent.document.gates.clone(),
                ..fresh.clone()
            };
            let before = decide(Some(&GateIndex::new(fresh)), &presence, &ask);
            let after = decide(Some(&GateIndex::new(changed)), &presence, &ask);
            if before.verdict != after.verdict || before.reason != after.reason {
                let (id, at, lane) = (access.id, Moment(access.at_ms), access.lane);
                let (before, after) = (otherwise::told(&before), otherwise::told(&after));
                decisions.push(PreviewCase { access: id, at, lane, before, after });
            }
        }
    }
    Ok(Json(Preview { changes: changes::between(&old, &sent.value), problems, looked_at, decisions }))
}
