//! Decisions at gates, with what guards did about them.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::access::Viewer;
use super::extract::{Json, Moment, Page, Path, Place, Query, page_size};
use super::otherwise::Otherwise;
use super::problem::Problem;
use super::{read_json, read_json_or};
use crate::app;
use crate::masking;
use crate::store::gates::read::{AccessFilter, AccessRow, GuardActRow};
use crate::store::{Store, StoreError};

/// What a guard did about a decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct Act {
    /// `admit`, `deny`, `wait`, `papers_checked`, ….
    act: String,
    user: String,
    /// A word of the desk's list.
    reason: String,
    note: Option<String>,
    /// The agent's verdict that it goes against.
    overrides: Option<String>,
    at: Moment,
}

impl Act {
    fn of(row: GuardActRow) -> Self {
        Self {
            act: row.act,
            user: row.username,
            reason: row.reason,
            note: row.note,
            overrides: row.overrides,
            at: Moment(row.at_ms),
        }
    }
}

/// A decision at a lane.
#[derive(Debug, Serialize, ToSchema)]
pub struct Access {
    /// Id of its event.
    pub id: String,
    /// Newest row of the feed that speaks of it.
    pub feed_id: i64,
    site: String,
    gate: String,
    area: String,
    /// Empty for a line of a paper form.
    lane: String,
    agent: String,
    camera: String,
    /// `provisional` or `settled`.
    phase: String,
    at: Moment,
    received_at: Moment,
    /// Received more than a minute after it happened.
    late: bool,
    direction: String,
    /// `vehicle`, `person`, `both` or `none`.
    kind: String,
    /// `admit`, `wait` or `deny`: the last word.
    verdict: String,
    /// The agent's own answer.
    decided: String,
    /// Why, a word; `paper` for a line of a paper form.
    reason: String,
    rule: Option<String>,
    entry: Option<String>,
    /// What the guard saw.
    label: Option<String>,
    driver: Option<String>,
    driver_label: Option<String>,
    group: Option<String>,
    group_name: Option<String>,
    /// Guard whose word the last one is; null for the agent.
    actor: Option<String>,
    /// `pending`, `passed`, `turned_back`, `passed_unadmitted` or `unknown`.
    outcome: String,
    plate: Option<String>,
    reading: Option<Value>,
    passage: Option<String>,
    bodies: i64,
    barrier: String,
    command_ms: Option<i64>,
    ended_at: Option<Moment>,
    /// Since when the gate ran without central, if it did.
    alone_since: Option<Moment>,
    list_version: i64,
    list_age_s: i64,
    /// `fresh`, `stale`, `old` or `none`.
    freshness: String,
    warnings: Vec<String>,
    thumbnail: Option<String>,
    /// What a later identity check said.
    identity: Option<Value>,
    /// `{number, row, typed_by}` of a paper form.
    form: Option<Value>,
    /// `open` or `seen` where central would have decided otherwise.
    otherwise: Option<String>,
    acts: Vec<Act>,
}

impl Access {
    fn of(row: AccessRow, acts: Vec<GuardActRow>, viewer: &Viewer) -> Self {
        let names = masking::sees_short_name(viewer.role);
        let id = row.id;
        Self {
            reading: row.reading.and_then(|text| read_json((("accesses", "reading"), text), &id)),
            warnings: read_json_or((("accesses", "warnings"), row.warnings), &id),
            identity: row.identity.and_then(|text| read_json((("accesses", "identity"), text), &id)),
            form: row.form.map(
                |form| serde_json::json!({"number": form, "row": row.form_row, "typed_by": row.typed_by}),
            ),
            label: row.label.filter(|_| names),
            driver_label: row.driver_label.filter(|_| names),
            id,
            feed_id: row.feed_id,
            site: row.site,
            gate: row.gate,
            area: row.area,
            lane: row.lane,
            agent: row.agent,
            camera: row.camera,
            phase: row.phase,
            at: Moment(row.at_ms),
            received_at: Moment(row.received_at_ms),
            late: row.late != 0,
            direction: row.direction,
            kind: row.kind,
            verdict: row.verdict,
            decided: row.decided,
            reason: row.reason,
            rule: row.rule,
            entry: row.entry,
            driver: row.driver,
            group: row.group_id,
            group_name: row.group_name,
            actor: row.actor,
            outcome: row.outcome,
            plate: row.plate,
            passage: row.passage,
            bodies: row.bodies,
            barrier: row.barrier,
            command_ms: row.command_ms,
            ended_at: row.ended_at_ms.map(Moment),
            alone_since: row.alone_since_ms.map(Moment),
            list_version: row.list_version,
            list_age_s: row.list_age_s,
            freshness: row.freshness,
            thumbnail: row.thumbnail,
            otherwise: row.otherwise,
            acts: acts.into_iter().map(Act::of).collect(),
        }
    }
}

/// Decisions with guards' acts, as `viewer` may see them.
///
/// # Errors
/// When the database fails.
pub async fn with_acts(
    store: &Store,
    rows: Vec<AccessRow>,
    viewer: &Viewer,
) -> Result<Vec<Access>, StoreError> {
    let mut acts = store.acts_of(&rows).await?;
    let view = |row: AccessRow| {
        let acts = acts.remove(&row.id).unwrap_or_default();
        Access::of(row, acts, viewer)
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Which decisions.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct AccessQuery {
    /// Site.
    site: Option<String>,
    /// Gate.
    gate: Option<String>,
    /// Lane.
    lane: Option<String>,
    /// `admit`, `wait` or `deny`.
    verdict: Option<String>,
    /// Reason, a word.
    reason: Option<String>,
    /// `pending`, `passed`, `turned_back`, `passed_unadmitted` or `unknown`.
    outcome: Option<String>,
    /// At or after.
    from: Option<Moment>,
    /// Before.
    to: Option<Moment>,
    /// Part of a plate or of a label.
    q: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when left out.
    limit: Option<u32>,
}

/// Decisions, newest first. Looking for a plate or a label is written to the audit log.
#[utoipa::path(get, path = "/accesses", tag = "gates", params(AccessQuery), responses((status = 200, body = Page<Access>)))]
pub async fn list(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<AccessQuery>,
) -> Result<Json<Page<Access>>, Problem> {
    let limit = page_size(query.limit)?;
    let place = Place::parse(query.cursor.as_deref())?;
    let text = |text: Option<String>| text.unwrap_or_default();
    let q = text(query.q).trim().to_owned();
    let filter = AccessFilter {
        q: if q.chars().any(|c| c.is_ascii_digit()) { wire::plate::normalise(&q) } else { q.clone() },
        site: text(query.site),
        gate: text(query.gate),
        lane: text(query.lane),
        verdict: text(query.verdict),
        reason: text(query.reason),
        outcome: text(query.outcome),
        from_ms: query.from.map_or(0, |at| at.0),
        until_ms: query.to.map_or(i64::MAX, |at| at.0),
    };
    if !q.is_empty() {
        app.store.audit(&viewer.does("access.search").on("site", &filter.site)).await?;
    }
    let rows = app.store.accesses(&viewer.scope, &filter, (place.at_ms, &place.id), limit + 1).await?;
    let page = Page::cut(rows, limit, |row| Place { at_ms: row.at_ms, id: row.id.clone() });
    let items = with_acts(&app.store, page.items, &viewer).await?;
    Ok(Json(Page { items, next: page.next }))
}

/// Everything that is known of a decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessDetail {
    #[serde(flatten)]
    access: Access,
    /// Exactly what was asked: wire `Ask`.
    ask: Option<Value>,
    /// Exactly what was answered: wire `Decision`.
    decision: Option<Value>,
    /// The rule that decided, as it stood in the list that was used.
    rule_text: Option<Value>,
    /// The entry as it stood in the list that was used, without its keys.
    list_entry: Option<Value>,
    /// Pictures: `[{sha256, role, media_type, bytes, width, height, absent}]`.
    evidence: Vec<Value>,
    /// What central would have decided.
    would_have_been: Option<Otherwise>,
}

/// One decision with everything that led to it.
#[utoipa::path(get, path = "/accesses/{id}", tag = "gates", params(("id" = String, Path, description = "Event id")),
    responses((status = 200, body = AccessDetail), (status = 404, body = Problem)))]
pub async fn detail(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Json<AccessDetail>, Problem> {
    let row = app.store.access(&id, &viewer.scope).await?.ok_or_else(|| Problem::not_found("decision"))?;
    app.store.audit(&viewer.does("access.view").on("access", &id)).await?;
    let version = row.list_version.unsigned_abs();
    let list = app.store.list_of(&row.site, &row.agent, version).await?;
    let list: Option<wire::gate::GateList> = list.and_then(|(_, body)| serde_json::from_str(&body).ok());
    let lane = list.as_ref().and_then(|list| list.lanes().find(|(_, lane)| lane.id.as_str() == row.lane));
    let rule = lane.and_then(|(_, lane)| {
        lane.policy.rules.iter().find(|rule| Some(rule.id.as_str()) == row.rule.as_deref())
    });
    let rule_text = rule.and_then(|rule| serde_json::to_value(rule).ok());
    let entry = list
        .as_ref()
        .and_then(|list| list.entries.iter().find(|entry| Some(&entry.id) == row.entry.as_ref()));
    let list_entry = entry.and_then(|entry| {
        let mut value = serde_json::to_value(entry).ok()?;
        value.as_object_mut()?.remove("keys");
        if !masking::sees_short_name(viewer.role) {
            value["label"] = Value::Null;
        }
        Some(value)
    });
    let detail = AccessDetail {
        ask: read_json((("accesses", "ask"), row.ask.clone()), &id),
        decision: read_json((("accesses", "decision"), row.decision.clone()), &id),
        evidence: read_json_or((("accesses", "evidence"), row.evidence.clone()), &id),
        would_have_been: app.store.otherwise_of(&id).await?.map(Otherwise::of),
        rule_text,
        list_entry,
        access: with_acts(&app.store, vec![row], &viewer)
            .await?
            .pop()
            .ok_or_else(|| Problem::not_found("decision"))?,
    };
    Ok(Json(detail))
}
