//! Lists of handlings.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Role;
use crate::handling::record::Deadline;
use crate::handling::{Handling, PartyKind};
use crate::masking;
use crate::store::handling::read::{Asked, Sort};
use crate::store::handling::{HandlingRow, Person};
use crate::web::access::Viewer;
use crate::web::extract::{Json, MAX_PAGE, Moment, Page, Place, Query, page_size};
use crate::web::problem::Problem;
use crate::web::{Web, now_ms};

/// What is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// State.
    state: Option<String>,
    /// `soon`: ends within two days; `late`: is over.
    due: Option<String>,
    /// Beginning of a number or plate.
    q: Option<String>,
    /// Site.
    site: Option<String>,
    /// `deadline` (when left out): open ones by the deadline that ends first, then those without one, then what is over; `changed`: the
    /// one that changed last first.
    sort: Option<String>,
    /// `next` of the page before, in the same order.
    cursor: Option<String>,
    /// Rows.
    limit: Option<u32>,
}

/// A handling in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandlingItem {
    pub id: String,
    pub number: String,
    pub site: String,
    pub state: String,
    pub state_vi: &'static str,
    pub state_en: &'static str,
    pub cases: Vec<CaseItem>,
    /// The liable party; null while there is none.
    pub party: Option<PartyItem>,
    /// The open deadline that ends first.
    pub due: Option<DueItem>,
    /// VND of the decision.
    pub amount: Option<i64>,
    /// What needs a person: codes.
    pub doubts: Vec<String>,
    /// Somebody asked to void it.
    pub void_asked: bool,
    pub updated_at: Moment,
}

/// A case of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseItem {
    pub id: String,
    pub number: String,
    pub kind: String,
    pub kind_vi: String,
    pub kind_en: String,
    pub at: Moment,
    pub place_vi: String,
    /// Null for roles that see no plates.
    pub plate_display: Option<String>,
    /// Its statute ended: it is not fined.
    pub expired: bool,
}

/// Who is liable, as far as the role may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartyItem {
    pub kind: PartyKind,
    pub basis: String,
    pub name: Option<String>,
}

/// A deadline.
#[derive(Debug, Serialize, ToSchema)]
pub struct DueItem {
    pub what: String,
    pub what_vi: String,
    pub what_en: String,
    pub at: Moment,
    /// Share of its time that is over, 0 to 1 and beyond.
    pub share: f64,
    /// 50, 80 or 100 once so much is over.
    pub level: Option<u8>,
}

/// A page of handlings with the number in each state.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listed {
    pub items: Vec<HandlingItem>,
    pub next: Option<String>,
    pub counts: BTreeMap<String, i64>,
}

/// Whether a role sees plates and parties of handlings.
pub fn sees_parties(role: Role) -> bool {
    matches!(role, Role::TrafficPolice | Role::PoliceSigner)
}

/// Handlings, the most urgent first. A page goes on behind the last row of the one before: what comes or goes meanwhile moves no other row.
#[utoipa::path(get, path = "/handlings", tag = "handlings", params(Filter), responses((status = 200, body = Listed)))]
pub async fn list(
    State(web): State<Web>,
    viewer: Viewer,
    Query(filter): Query<Filter>,
) -> Result<Json<Listed>, Problem> {
    let limit = page_size(filter.limit)?;
    let sort = match filter.sort.as_deref() {
        None | Some("" | "deadline") => Sort::Deadline,
        Some("changed") => Sort::Changed,
        Some(_) => return Err(Problem::bad_request("bad_sort", "sort: use deadline or changed")),
    };
    let place = place(sort, filter.cursor.as_deref())?;
    let now = now_ms();
    let due_before_ms = match filter.due.as_deref() {
        None | Some("") => None,
        Some("late") => Some(now),
        Some("soon") => Some(now + 2 * 86_400_000),
        Some(_) => return Err(Problem::bad_request("bad_query", "due: use soon or late")),
    };
    let q: String =
        filter.q.unwrap_or_default().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let asked = Asked {
        state: filter.state.unwrap_or_default(),
        site: filter.site.clone().unwrap_or_default(),
        // Plates are searched by who sees them.
        q: if sees_parties(viewer.role) { q.to_uppercase() } else { String::new() },
        due_before_ms,
    };
    let rows =
        web.app.store.handlings(&viewer.scope, &asked, sort, (place.at_ms, &place.id), limit + 1).await?;
    let counts = web.app.store.handling_counts(&viewer.scope, &asked.site).await?.into_iter().collect();
    let page = Page::cut(rows, limit.min(MAX_PAGE), |row| {
        let (at_ms, id) = sort.of(row);
        Place { at_ms, id: id.to_owned() }
    });
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        items.extend(item_of(&web, &viewer, row).await?);
    }
    Ok(Json(Listed { items, next: page.next, counts }))
}

/// Where the list goes on. A place by deadline names a handling by its number, one by change by its id: one of the other order is refused.
fn place(sort: Sort, cursor: Option<&str>) -> Result<Place, Problem> {
    if cursor.is_none_or(str::is_empty) {
        let (at_ms, id) = sort.start();
        return Ok(Place { at_ms, id });
    }
    let place = Place::parse(cursor)?;
    if place.id.starts_with("XL-") == (sort == Sort::Deadline) {
        return Ok(place);
    }
    let detail = "cursor: it belongs to the other order: begin again without it";
    Err(Problem::bad_request("bad_cursor", detail))
}

/// A row with the party that is liable now, for who may see it; a party that was named and is not verified is not shown here.
async fn item_of(web: &Web, viewer: &Viewer, row: HandlingRow) -> Result<Option<HandlingItem>, Problem> {
    let h: Option<Handling> =
        crate::web::read_json((("handlings", "document"), row.document), &row.handling_id);
    let Some(h) = h else { return Ok(None) };
    let person = match h.liable.filter(|_| sees_parties(viewer.role)) {
        Some(n) => web.app.store.handling_person(&web.app.data_key, &h.id, n).await?,
        None => None,
    };
    Ok(Some(item(web, viewer, &h, person.as_ref(), row.updated_at_ms)))
}

/// A handling as one role sees it.
pub fn item(
    web: &Web,
    viewer: &Viewer,
    h: &Handling,
    person: Option<&Person>,
    updated_at_ms: i64,
) -> HandlingItem {
    let shows = sees_parties(viewer.role);
    let kind_name = |kind: &str| wire::violation::Kind::parse(kind).and_then(wire::violation::Kind::facts);
    let cases = h.acts.iter().map(|act| CaseItem {
        id: act.case_id.clone(),
        number: act.case_number.clone(),
        kind_vi: kind_name(&act.kind).map_or_else(|| act.kind.clone(), |facts| facts.vi.clone()),
        kind_en: kind_name(&act.kind).map_or_else(|| act.kind.clone(), |facts| facts.en.clone()),
        kind: act.kind.clone(),
        at: Moment(act.at.as_millisecond()),
        place_vi: act.place_vi.clone(),
        plate_display: shows.then(|| h.vehicle.plate_display.clone()),
        expired: act.expired,
    });
    let law = crate::handling::desk::law_of(&web.app.laws, h);
    HandlingItem {
        id: h.id.clone(),
        number: h.number.clone(),
        site: h.site.clone(),
        state: h.state.as_str().to_owned(),
        state_vi: h.state.vi(),
        state_en: h.state.en(),
        cases: cases.collect(),
        party: h.liable_party().map(|party| PartyItem {
            kind: party.kind,
            basis: party.basis.clone(),
            name: person.map(|person| masking::short_name(person.kind == PartyKind::Org, &person.name)),
        }),
        due: h.due().filter(|_| !h.state.is_final()).map(|deadline| due_item(&law, deadline, now_ms())),
        amount: h.fine.as_ref().map(|fine| fine.total),
        doubts: h.doubts.clone(),
        void_asked: h.void.is_some(),
        updated_at: Moment(updated_at_ms),
    }
}

/// A deadline with its name and how much of it is over.
pub fn due_item(law: &crate::law::Law, deadline: &Deadline, now_ms: i64) -> DueItem {
    let due = &deadline.due;
    let name = law.deadline(&due.kind, crate::law::day_of(due.from)).ok();
    let (from, to) = (due.from.as_millisecond(), due.at.as_millisecond());
    let share = (now_ms - from) as f64 / (to - from).max(1) as f64;
    let reached = due.alerts.iter().rev().find(|alert| alert.at.as_millisecond() <= now_ms);
    DueItem {
        what_vi: name.map_or_else(|| due.kind.clone(), |row| row.title_vi.clone()),
        what_en: name.map_or_else(|| due.kind.clone(), |row| row.title_en.clone()),
        what: due.kind.clone(),
        at: Moment(to),
        share: (share.max(0.0) * 1000.0).round() / 1000.0,
        level: reached.map(|alert| alert.percent),
    }
}
