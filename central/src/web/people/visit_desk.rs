//! Visits as the staff sees them: who is expected, approving, refusing.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{sees_names, setting};
use crate::app;
use crate::members::person_label;
use crate::passes;
use crate::store::people::visits::VisitRow;
use crate::visits::{approval, state_word};
use crate::web::access::Viewer;
use crate::web::extract::{Json, Moment, Page, Path, Place, Query, page_size};
use crate::web::now_ms;
use crate::web::problem::Problem;

/// A visit.
#[derive(Debug, Serialize, ToSchema)]
pub struct Visit {
    id: String,
    site: String,
    /// The end of its id: to speak of it. The visitor's own code is not kept.
    code: String,
    /// Name as far as the account may see it; empty once erased.
    name: String,
    people: i64,
    date: String,
    /// `HH:MM`.
    time: String,
    plate: Option<String>,
    host_group: Option<String>,
    /// Country of the passport, where announced with one.
    foreign: Option<Country>,
    /// `waiting`, `approved`, `refused`, `cancelled`, `arrived` or `expired`.
    state: &'static str,
    /// Whether it is bound to VNeID.
    bound: bool,
    /// Telephone or e-mail, for who decides.
    contact: Option<String>,
    purpose: Option<String>,
    /// Why it was decided so.
    reason: Option<String>,
    decided_by: Option<String>,
    made_at: Moment,
    /// When what the visitor said was erased.
    erased_at: Option<Moment>,
}

/// A country.
#[derive(Debug, Serialize, ToSchema)]
pub struct Country {
    /// Three letters.
    country: String,
}

/// Which visits.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct VisitQuery {
    /// Site.
    site: Option<String>,
    /// `YYYY-MM-DD`.
    date: Option<String>,
    /// `waiting`, `approved`, `refused` or `cancelled`.
    state: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when left out.
    limit: Option<u32>,
}

/// Why.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Why {
    /// Shown to the visitor, without personal data; needed to refuse; at most 300 characters.
    reason: Option<String>,
}

/// Visits by when they are expected; an enterprise sees those to it.
#[utoipa::path(get, path = "/visits", tag = "people", params(VisitQuery), responses((status = 200, body = Page<Visit>)))]
pub async fn list(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<VisitQuery>,
) -> Result<Json<Page<Visit>>, Problem> {
    let limit = page_size(query.limit)?;
    let place = match query.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
        None => Place { at_ms: 0, id: String::new() },
        some => Place::parse(some)?,
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let (site, date, state) = (text(&query.site), text(&query.date), text(&query.state));
    let rows =
        app.store.visits(&viewer.scope, (&site, &date, &state), (place.at_ms, &place.id), limit + 1).await?;
    let page = Page::cut(rows, limit, |row| Place { at_ms: row.expected_at_ms, id: row.visit_id.clone() });
    let mut items = Vec::with_capacity(page.items.len());
    for row in &page.items {
        items.push(view(&app, &viewer, row)?);
    }
    Ok(Json(Page { items, next: page.next }))
}

/// Approves a visit: its pass and its entries in the list are made.
#[utoipa::path(post, path = "/visits/{id}/approve", tag = "people", request_body = Why, params(("id" = String, Path, description = "Visit")),
    responses((status = 200, body = Visit), (status = 404, body = Problem), (status = 409, description = "`visit_over`", body = Problem)))]
pub async fn approve(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
    Json(why): Json<Why>,
) -> Result<Json<Visit>, Problem> {
    let (visit, reason) = (find(&app, &viewer, &id).await?, checked(why)?);
    let (setting, _) = setting(&app, &visit.site, None).await?;
    let groups = app.store.groups(&visit.site).await?;
    let visitors = groups
        .into_iter()
        .find(|group| group.kind == "visitors" && group.status == "active")
        .map(|group| group.group_id);
    let vneid = match &visit.vneid_sealed {
        Some(sealed) => {
            Some(app.data_key.open("visits.vneid", sealed).map_err(|error| Problem::internal(&error))?)
        }
        None => None,
    };
    let day_end =
        visit.date.parse().ok().and_then(|day| setting.after_day_ms(day)).unwrap_or(visit.expected_at_ms);
    let person = visit.person(&app.data_key)?;
    let approval = approval(
        &visit,
        person,
        (passes::new_secret(), visitors, vneid),
        day_end,
        (&viewer.username, now_ms()),
    )?;
    decide(&app, &viewer, &visit, Some(&approval), reason).await
}

/// Refuses a visit, with a reason that its visitor reads.
#[utoipa::path(post, path = "/visits/{id}/refuse", tag = "people", request_body = Why, params(("id" = String, Path, description = "Visit")),
    responses((status = 200, body = Visit), (status = 404, body = Problem), (status = 409, description = "`visit_over`", body = Problem),
        (status = 422, description = "`reason_needed`", body = Problem)))]
pub async fn refuse(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
    Json(why): Json<Why>,
) -> Result<Json<Visit>, Problem> {
    let (visit, reason) = (find(&app, &viewer, &id).await?, checked(why)?);
    if reason.is_none() {
        return Err(Problem::unacceptable("reason_needed", "reason: say why, the visitor reads it"));
    }
    decide(&app, &viewer, &visit, None, reason).await
}

async fn decide(
    app: &app::State,
    viewer: &Viewer,
    visit: &VisitRow,
    approval: Option<&crate::store::people::visits::Approval>,
    reason: Option<String>,
) -> Result<Json<Visit>, Problem> {
    let action = if approval.is_some() { "visit.approve" } else { "visit.refuse" };
    let by = (viewer.username.as_str(), reason.as_deref(), now_ms());
    if !app.store.decide_visit(&app.data_key, &visit.visit_id, approval, by).await? {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "visit_over",
            "the visit does not wait any more: it was decided or cancelled",
        ));
    }
    app.store.audit(&viewer.does(action).on("visit", &visit.visit_id)).await?;
    let visit = find(app, viewer, &visit.visit_id).await?;
    view(app, viewer, &visit).map(Json)
}

async fn find(app: &app::State, viewer: &Viewer, id: &str) -> Result<VisitRow, Problem> {
    app.store.visit(&viewer.scope, id).await?.ok_or_else(|| Problem::not_found("visit"))
}

fn checked(why: Why) -> Result<Option<String>, Problem> {
    let reason = why.reason.map(|text| crate::tables::tidy(&text)).filter(|text| !text.is_empty());
    if reason.as_ref().is_some_and(|text| text.chars().count() > 300) {
        return Err(Problem::unacceptable("bad_reason", "reason: at most 300 characters"));
    }
    Ok(reason)
}

fn view(app: &app::State, viewer: &Viewer, row: &VisitRow) -> Result<Visit, Problem> {
    let person = row.person(&app.data_key)?;
    let at =
        jiff::Timestamp::from_millisecond(row.expected_at_ms).map_err(|error| Problem::internal(&error))?;
    let local = wire::gate::Clock { utc_offset_minutes: 420 }.local(at);
    let over = now_ms() > row.expected_at_ms + 24 * 3_600_000;
    let whole = sees_names(viewer);
    let country = person
        .as_ref()
        .and_then(|person| person.passport.as_ref()?.split_once(':').map(|(country, _)| country.to_owned()));
    let name =
        person.as_ref().map(|person| if whole { person.name.clone() } else { person_label(&person.name) });
    Ok(Visit {
        id: row.visit_id.clone(),
        site: row.site.clone(),
        code: row
            .visit_id
            .chars()
            .rev()
            .take(6)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect::<String>()
            .to_uppercase(),
        name: name.unwrap_or_default(),
        people: row.people,
        date: row.date.clone(),
        time: local.strftime("%H:%M").to_string(),
        plate: row.plate.clone(),
        host_group: row.host_group.clone(),
        foreign: country.map(|country| Country { country }),
        state: state_word(&row.state, row.arrived > 0, over),
        bound: row.bound_at_ms.is_some(),
        contact: person.as_ref().filter(|_| whole).map(|person| person.contact.clone()),
        purpose: person.and_then(|person| person.purpose),
        reason: row.decided_why.clone(),
        decided_by: row.decided_by.clone(),
        made_at: Moment(row.made_at_ms),
        erased_at: row.erased_at_ms.map(Moment),
    })
}
