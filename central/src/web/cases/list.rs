//! The queue of cases.

use std::collections::BTreeMap;

use axum::extract::State as Extract;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wire::EvidenceRole;
use wire::plate::{Hint, Plate, parse};
use wire::violation::Kind;

use super::seat::{hidden, to_be_typed};
use crate::app;
use crate::auth::Role;
use crate::cases::owner;
use crate::cases::state::State;
use crate::store::cases::CaseRow;
use crate::store::cases::read::{CaseFilter, Sort};
use crate::web::access::Viewer;
use crate::web::extract::{Json, Moment, Page, Place, Query, page_size};
use crate::web::now_ms;
use crate::web::problem::Problem;

/// Something that must be done by a moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseDue {
    /// `notice`.
    what: &'static str,
    /// Until then.
    at: Moment,
    /// Part of the time that has gone: 1 is the last moment.
    share: f64,
}

/// A case in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseView {
    id: String,
    number: String,
    kind: String,
    kind_vi: String,
    kind_en: String,
    site: String,
    camera: String,
    place_vi: String,
    place_en: String,
    at: Moment,
    state: String,
    serious: bool,
    /// 0 to 1.
    score: f64,
    /// As read; null until this account has typed it (of a duplicate: in the case that it doubles), for the operations centre, and
    /// where it is not evidence.
    plate_display: Option<String>,
    plate_colour: Option<String>,
    class: String,
    /// SHA-256 of a picture; null where the account may not see it.
    thumb: Option<String>,
    age_s: i64,
    due: Option<CaseDue>,
    /// Who has it now; only whether it is one's own, while one is blind.
    assigned_to: Option<String>,
    round: i64,
    /// Whether answers of others are kept from this account.
    blind: bool,
    flags: Vec<String>,
}

/// What decides how much of a row is shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// Whether the plate as read is shown.
    pub plate: bool,
    /// Whether answers are kept from the account.
    pub blind: bool,
    /// Who has the case now.
    pub holder: Option<&'a str>,
}

impl CaseView {
    /// From its row.
    pub fn of(row: &CaseRow, viewer: &Viewer, shown: Shown<'_>, now_ms: i64) -> Result<Self, Problem> {
        let state = row.state()?;
        let facts = Kind::parse(&row.kind).and_then(Kind::facts);
        let police = matches!(viewer.role, Role::TrafficPolice | Role::PoliceSigner);
        let pictures = row.evidence()?;
        let best = [EvidenceRole::Act, EvidenceRole::Overview]
            .into_iter()
            .find_map(|role| pictures.iter().rev().find(|one| one.role == role));
        let mut flags: Vec<String> = row.flags()?.iter().map(|flag| flag.as_str().to_owned()).collect();
        if row.escalated == 1 && !shown.blind {
            flags.push("escalated".to_owned());
        }
        Ok(Self {
            kind_vi: facts.map_or_else(|| row.kind.clone(), |facts| facts.vi.clone()),
            kind_en: facts.map_or_else(|| row.kind.clone(), |facts| facts.en.clone()),
            plate_display: displayed(row).filter(|_| shown.plate),
            plate_colour: row.plate_colour.clone().filter(|_| police && !hidden(state)),
            thumb: best.map(|one| one.sha256.to_string()).filter(|_| police && !hidden(state)),
            age_s: (now_ms - row.at_ms).max(0) / 1000,
            due: state.round().and(row.notice_due_ms).map(|due_ms| CaseDue {
                what: "notice",
                at: Moment(due_ms),
                share: (now_ms - row.at_ms) as f64 / (due_ms - row.at_ms).max(1) as f64,
            }),
            assigned_to: shown
                .holder
                .filter(|holder| police && (!shown.blind || *holder == viewer.username))
                .map(str::to_owned),
            id: row.case_id.clone(),
            number: row.number.clone(),
            kind: row.kind.clone(),
            site: row.site.clone(),
            camera: row.camera.clone(),
            place_vi: row.place_vi.clone(),
            place_en: row.place_en.clone(),
            at: Moment(row.at_ms),
            state: row.state.clone(),
            serious: row.serious == 1,
            score: row.score,
            class: row.class.clone(),
            round: row.round,
            blind: shown.blind,
            flags: if police { flags } else { Vec::new() },
        })
    }
}

/// Which cases.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct CaseQuery {
    /// States, comma-separated; all when left out.
    state: Option<String>,
    /// Kind of violation.
    kind: Option<String>,
    /// Site.
    site: Option<String>,
    /// Number of a case, or a whole plate: as people typed it, else as it was read. Reviewers find decided cases alone by a plate, so that
    /// nobody learns what the machine read before typing it.
    q: Option<String>,
    /// `deadline`, `age` (the oldest first), `newest` or `score`.
    sort: Option<String>,
    /// `true` for cases that this account has or answered.
    mine: Option<bool>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when left out.
    limit: Option<u32>,
}

/// Cases on a page, and how many there are in each state.
#[derive(Debug, Serialize, ToSchema)]
pub struct CasePage {
    items: Vec<CaseView>,
    next: Option<String>,
    counts: BTreeMap<String, i64>,
}

/// Cases. The operations centre sees where and how many, no plates and pictures.
#[utoipa::path(get, path = "/cases", tag = "cases", params(CaseQuery), responses((status = 200, body = CasePage)))]
pub async fn list(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
    Query(query): Query<CaseQuery>,
) -> Result<Json<CasePage>, Problem> {
    let limit = page_size(query.limit)?;
    let place = match query.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
        Some(cursor) => Place::parse(Some(cursor))?,
        None => Place { at_ms: i64::MIN, id: String::new() },
    };
    let sort = match query.sort.as_deref() {
        None | Some("deadline") => Sort::Deadline,
        Some("age") => Sort::Age,
        Some("score") => Sort::Score,
        Some("newest") => Sort::Newest,
        Some(_) => return Err(Problem::bad_request("bad_sort", "sort: deadline, age, newest or score")),
    };
    let states = query.state.unwrap_or_default();
    if states.split(',').any(|word| !word.is_empty() && State::parse(word).is_none()) {
        return Err(Problem::bad_request("bad_state", "state: states of cases, comma-separated"));
    }
    let police = matches!(viewer.role, Role::TrafficPolice | Role::PoliceSigner);
    let text = query.q.map(|text| text.trim().to_uppercase()).unwrap_or_default();
    // By plate the police alone may look; a number is no personal data.
    let text = match text.starts_with("VP-") {
        true => text,
        false if text.is_empty() || police => wire::plate::normalise(&text),
        false => return Err(Problem::forbidden()),
    };
    let filter = CaseFilter {
        states,
        kind: query.kind.unwrap_or_default(),
        site: query.site.unwrap_or_default(),
        text,
        mine: if query.mine.unwrap_or(false) { viewer.username.clone() } else { String::new() },
        counted_only: !police,
        types_plates: viewer.role == Role::TrafficPolice,
    };
    if !filter.text.is_empty() && !filter.text.starts_with("VP-") {
        let mut look = viewer.does("case.search");
        look.purpose = Some("review".to_owned());
        app.store.audit(&look).await?;
    }
    let (cases, now) = (app.store.cases(), now_ms());
    let rows = cases.list(&viewer.scope, &filter, sort, (place.at_ms, &place.id), limit + 1).await?;
    let page = Page::cut(rows, limit, |row| Place { at_ms: sort.of(row), id: row.case_id.clone() });
    let counts = cases.counts(&viewer.scope, &filter).await?.into_iter().collect();
    let holders = cases.holders(now).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for row in &page.items {
        let state = row.state()?;
        let reviewer = viewer.role == Role::TrafficPolice;
        let shown = Shown {
            // In lists a reviewer sees no plate that is still to be typed.
            plate: police && !hidden(state) && !(reviewer && to_be_typed(row, state)),
            blind: reviewer && (state.is_open() || state == State::Duplicate),
            holder: holders.get(&row.case_id).map(String::as_str),
        };
        items.push(CaseView::of(row, &viewer, shown, now)?);
    }
    Ok(Json(CasePage { items, next: page.next, counts }))
}

/// The plate as it is printed: the one that people typed, once they agreed, else the one that was read.
fn displayed(row: &CaseRow) -> Option<String> {
    let typed =
        row.plate_typed.as_deref().filter(|typed| row.plate.as_deref() != Some(*typed) && !typed.is_empty());
    let Some(typed) = typed else { return row.plate_display.clone() };
    let hint = Hint { vehicle: owner::vehicle_group(&row.class), ..Hint::default() };
    Some(parse(typed, &hint).best().map_or_else(|| typed.to_owned(), Plate::display))
}
