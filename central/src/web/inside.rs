//! Who is inside, who stayed how long, and the list for an evacuation.

use std::collections::BTreeSet;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::Viewer;
use super::extract::{Json, Moment, Page, Place, Query, page_size};
use super::now_ms;
use super::problem::Problem;
use crate::app;
use crate::gates::movement::UNLISTED;
use crate::masking;
use crate::store::gates::read::{StayFilter, StayRow};

/// Rows of a whole list, at most: an evacuation list is not cut to pages.
const MOST: u32 = 20_000;

/// Somebody or something known inside.
#[derive(Debug, Serialize, ToSchema)]
pub struct Inside {
    /// Member id, or `plate:TEXT`.
    subject: String,
    /// `person` or `vehicle`.
    kind: String,
    label: Option<String>,
    group: Option<String>,
    group_name: Option<String>,
    site: String,
    area: String,
    gate: Option<String>,
    lane: Option<String>,
    since: Moment,
    overstayed: bool,
    /// The decision it came in by.
    entry_access: Option<String>,
}

fn label_of(row: &StayRow, viewer: &Viewer) -> Option<String> {
    // A tenant gets rows of its own people alone.
    let names = masking::sees_short_name(viewer.role) || viewer.group.is_some();
    row.label.clone().filter(|_| names).or_else(|| row.subject.strip_prefix(UNLISTED).map(str::to_owned))
}

impl Inside {
    fn of(row: StayRow, viewer: &Viewer, now: i64) -> Self {
        Self {
            label: label_of(&row, viewer),
            subject: row.subject,
            kind: row.kind,
            group: row.group_id,
            group_name: row.group_name,
            site: row.site,
            area: row.area,
            gate: row.gate_in,
            lane: row.lane,
            since: Moment(row.in_ms.unwrap_or(now)),
            overstayed: row.limit_ms.is_some_and(|limit| limit < now),
            entry_access: row.entry_access,
        }
    }
}

/// Who.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct InsideQuery {
    /// Site.
    site: Option<String>,
    /// Area.
    area: Option<String>,
    /// Group.
    group: Option<String>,
}

async fn inside_of(app: &app::State, viewer: &Viewer, query: InsideQuery) -> Result<Vec<Inside>, Problem> {
    let now = now_ms();
    let filter = StayFilter {
        site: query.site.unwrap_or_default(),
        area: query.area.unwrap_or_default(),
        group: query.group.unwrap_or_default(),
        inside: true,
        until_ms: i64::MAX,
        ..StayFilter::default()
    };
    let rows = app.store.stays(&viewer.scope, &filter, (i64::MAX, ""), MOST).await?;
    Ok(rows.into_iter().map(|row| Inside::of(row, viewer, now)).collect())
}

/// Known people and vehicles inside, newest first. Anonymous ones are in the numbers of `/gates` only.
#[utoipa::path(get, path = "/inside", tag = "gates", params(InsideQuery), responses((status = 200, body = Vec<Inside>)))]
pub async fn list(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<InsideQuery>,
) -> Result<Json<Vec<Inside>>, Problem> {
    let site = query.site.clone().unwrap_or_default();
    app.store.audit(&viewer.does("inside.view").on("site", &site)).await?;
    inside_of(&app, &viewer, query).await.map(Json)
}

/// Entry and exit of one subject.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stay {
    id: String,
    site: String,
    area: String,
    subject: String,
    kind: String,
    label: Option<String>,
    group: Option<String>,
    group_name: Option<String>,
    /// `inside`, `left`, `no_exit` (no way out was seen) or `no_entry` (no way in was seen).
    state: String,
    #[serde(rename = "in")]
    way_in: Option<Moment>,
    out: Option<Moment>,
    gate_in: Option<String>,
    gate_out: Option<String>,
    entry_access: Option<String>,
    exit_access: Option<String>,
    /// Of a whole stay, seconds.
    duration_s: Option<i64>,
    overstayed: bool,
}

impl Stay {
    fn of(row: StayRow, viewer: &Viewer, now: i64) -> Self {
        let out = row.out_ms.filter(|_| row.state != "no_exit");
        Self {
            label: label_of(&row, viewer),
            duration_s: row.in_ms.zip(out).map(|(way_in, out)| (out - way_in) / 1000),
            overstayed: row
                .limit_ms
                .is_some_and(|limit| out.unwrap_or(now) > limit && row.state != "no_exit"),
            way_in: row.in_ms.map(Moment),
            out: out.map(Moment),
            id: row.stay_id,
            site: row.site,
            area: row.area,
            subject: row.subject,
            kind: row.kind,
            group: row.group_id,
            group_name: row.group_name,
            state: row.state,
            gate_in: row.gate_in,
            gate_out: row.gate_out,
            entry_access: row.entry_access,
            exit_access: row.exit_access,
        }
    }
}

/// Which stays.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct StayQuery {
    /// Site.
    site: Option<String>,
    /// Area.
    area: Option<String>,
    /// Group.
    group: Option<String>,
    /// Ended at or after (or still inside).
    from: Option<Moment>,
    /// Begun before.
    to: Option<Moment>,
    /// Part of a label or plate.
    q: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when left out.
    limit: Option<u32>,
}

/// Stays, newest first; what has no counterpart is marked.
#[utoipa::path(get, path = "/stays", tag = "gates", params(StayQuery), responses((status = 200, body = Page<Stay>)))]
pub async fn stays(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<StayQuery>,
) -> Result<Json<Page<Stay>>, Problem> {
    let limit = page_size(query.limit)?;
    let place = Place::parse(query.cursor.as_deref())?;
    let filter = StayFilter {
        site: query.site.unwrap_or_default(),
        area: query.area.unwrap_or_default(),
        group: query.group.unwrap_or_default(),
        q: query.q.unwrap_or_default().trim().to_owned(),
        inside: false,
        from_ms: query.from.map_or(0, |at| at.0),
        until_ms: query.to.map_or(i64::MAX, |at| at.0),
    };
    app.store.audit(&viewer.does("stay.search").on("site", &filter.site)).await?;
    let rows = app.store.stays(&viewer.scope, &filter, (place.at_ms, &place.id), limit + 1).await?;
    let at = |row: &StayRow| row.in_ms.or(row.out_ms).unwrap_or_default();
    let page = Page::cut(rows, limit, |row| Place { at_ms: at(row), id: row.stay_id.replace(':', "-") });
    let now = now_ms();
    Ok(Json(Page {
        items: page.items.into_iter().map(|row| Stay::of(row, &viewer, now)).collect(),
        next: page.next,
    }))
}

/// Somebody on an evacuation list.
#[derive(Debug, Serialize, ToSchema)]
pub struct MusterRow {
    #[serde(flatten)]
    inside: Inside,
    /// Found.
    accounted: bool,
}

/// An evacuation, or the list for one.
#[derive(Debug, Serialize, ToSchema)]
pub struct Muster {
    /// When the key was pressed; null while there is no evacuation.
    since: Option<Moment>,
    /// Who pressed it.
    by: Option<String>,
    /// `none`, `running` or `ended`.
    state: &'static str,
    ended_at: Option<Moment>,
    /// Known people inside when it began (or now, while there is none), and whether they were found.
    known: Vec<MusterRow>,
    /// People inside then of whom nothing is known.
    anonymous: u64,
    /// Known people who were found, or have left since.
    accounted: usize,
    /// Known people who were not.
    missing: usize,
}

/// Which evacuation.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MusterQuery {
    /// Site.
    site: String,
}

/// The evacuation that runs at a site, or the last one, or the list for one.
#[utoipa::path(get, path = "/muster", tag = "gates", params(MusterQuery), responses((status = 200, body = Muster)))]
pub async fn muster(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<MusterQuery>,
) -> Result<Json<Muster>, Problem> {
    if !viewer.scope.sees(&query.site) {
        return Err(Problem::not_found("site"));
    }
    app.store.audit(&viewer.does("muster.view").on("site", &query.site)).await?;
    let now = now_ms();
    let acts = app.store.guard_acts(&query.site, "muster,muster_end,accounted", 0).await?;
    // Pressed again while it runs is the same evacuation.
    let mut last: Option<(i64, String, Option<i64>, BTreeSet<String>)> = None;
    for act in acts {
        match (act.act.as_str(), &mut last) {
            ("muster", Some((.., None, _))) => {}
            ("muster", _) => last = Some((act.at_ms, act.username, None, BTreeSet::new())),
            ("muster_end", Some((.., ended, _))) if ended.is_none() => *ended = Some(act.at_ms),
            ("accounted", Some((.., found))) => found.extend(act.subject),
            _ => {}
        }
    }
    let at = last.as_ref().map_or(now, |(since, ..)| *since);
    let filter =
        StayFilter { site: query.site.clone(), from_ms: at, until_ms: at + 1, ..StayFilter::default() };
    let mut rows = app.store.stays(&viewer.scope, &filter, (i64::MAX, ""), MOST).await?;
    rows.retain(|row| {
        row.kind == "person" && row.in_ms.is_some_and(|since| since <= at) && row.state != "no_exit"
    });
    let found = last.as_ref().map(|(.., found)| found.clone()).unwrap_or_default();
    let row = |row: StayRow| {
        // Whoever went out by a gate since is out.
        let accounted = found.contains(&row.subject) || row.state == "left";
        MusterRow { accounted, inside: Inside::of(row, &viewer, now) }
    };
    let known: Vec<MusterRow> = rows.into_iter().map(row).collect();
    let people: u64 = app.store.inside_at(&query.site, at + 1).await?.iter().map(|area| area.people).sum();
    let accounted = known.iter().filter(|row| row.accounted).count();
    let (since, by, ended_at) =
        last.map_or((None, None, None), |(at, by, end, _)| (Some(Moment(at)), Some(by), end.map(Moment)));
    let state = match (since, ended_at) {
        (None, _) => "none",
        (Some(_), None) => "running",
        (Some(_), Some(_)) => "ended",
    };
    let anonymous = people.saturating_sub(known.len() as u64);
    Ok(Json(Muster {
        since,
        by,
        state,
        ended_at,
        missing: known.len() - accounted,
        accounted,
        anonymous,
        known,
    }))
}
