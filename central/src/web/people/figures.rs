//! In, out and inside by gate and hour or day, each with what it does not hold.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use wire::gate::CountCorrection;

use super::{field, seen_site};
use crate::app;
use crate::figures::{self, HOUR_MS, Loss, Span};
use crate::members::check::{Wrong, wrong};
use crate::store::people::figures::{CorrectionRow, LossNumbers};
use crate::web::access::Viewer;
use crate::web::extract::{Json, Moment, Query};
use crate::web::problem::Problem;
use crate::web::{DAY_MS, LOCAL_OFFSET_MS, day_start_ms, now_ms};

/// Most hours (or days) that are asked for at once.
const MAX_SPANS: i64 = 24 * 31;

/// A correction by hand: it stands beside what was counted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Corrected {
    id: String,
    at: Moment,
    user: String,
    gate: String,
    area: String,
    people: i64,
    vehicles: i64,
    /// A word.
    reason: String,
    note: Option<String>,
    /// `desk` or `central`.
    source: String,
}

impl Corrected {
    /// Of a stored row.
    pub fn of(row: CorrectionRow) -> Self {
        Self {
            id: row.correction_id,
            at: Moment(row.at_ms),
            user: row.username,
            gate: row.gate,
            area: row.area,
            people: row.people,
            vehicles: row.vehicles,
            reason: row.reason,
            note: row.note,
            source: row.source,
        }
    }
}

/// One gate in one hour or day.
#[derive(Debug, Serialize, ToSchema)]
pub struct Figure {
    from: Moment,
    to: Moment,
    gate: String,
    people_in: i64,
    people_out: i64,
    vehicles_in: i64,
    vehicles_out: i64,
    /// People inside at its end by this gate's count: in less out and corrections, since counting began.
    inside_people: i64,
    inside_vehicles: i64,
    corrections: Vec<Corrected>,
    loss: Loss,
}

/// Which figures.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct FigureQuery {
    /// Site; needed.
    site: String,
    /// First hour or day; today's midnight, local time, when left out. A day (`YYYY-MM-DD`) or a moment.
    from: Option<String>,
    /// Before this; now when left out. A day (to its end) or a moment.
    to: Option<String>,
    /// `hour` (when left out) or `day`.
    by: Option<String>,
    /// One gate; all when left out.
    gate: Option<String>,
}

/// Figures by gate, oldest first.
#[utoipa::path(get, path = "/figures", tag = "numbers", params(FigureQuery), responses((status = 200, body = Vec<Figure>)))]
pub async fn read(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<FigureQuery>,
) -> Result<Json<Vec<Figure>>, Problem> {
    seen_site(&app, &viewer, &query.site).await?;
    let now = now_ms();
    let step = match query.by.as_deref() {
        None | Some("" | "hour") => HOUR_MS,
        Some("day") => DAY_MS,
        Some(_) => return Err(Problem::bad_request("bad_by", "by: hour or day")),
    };
    let from = query
        .from
        .as_deref()
        .filter(|text| !text.is_empty())
        .map_or_else(|| Ok(day_start_ms(now)), |text| moment(text, 0))?;
    let to = query.to.as_deref().filter(|text| !text.is_empty()).map_or(Ok(now), |text| moment(text, 1))?;
    // Whole hours and whole local days: a figure of half an hour would not add up with its neighbours.
    let floor = |at: i64| (at + LOCAL_OFFSET_MS).div_euclid(step) * step - LOCAL_OFFSET_MS;
    let (from, to) = (floor(from), floor(to + step - 1));
    if to <= from || (to - from) / step > MAX_SPANS {
        return Err(Problem::bad_request(
            "bad_span",
            format!("from and to: `to` after `from`, at most {MAX_SPANS} hours or days"),
        ));
    }
    let gate = query.gate.unwrap_or_default();
    let rows = figures(&app, &query.site, &gate, (from, to, step), now).await?;
    Ok(Json(rows))
}

/// A correction to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCorrection {
    site: String,
    /// Gate at which it was noticed.
    gate: String,
    /// Area whose figures it changes; that of the gate when left out.
    #[serde(default)]
    area: Option<String>,
    /// People more (or fewer) inside.
    #[serde(default)]
    people: i64,
    /// Vehicles more (or fewer) inside.
    #[serde(default)]
    vehicles: i64,
    /// A word, such as `miscount`.
    reason: String,
    /// Why, in words; at most 300 characters.
    #[serde(default)]
    note: Option<String>,
}

/// Corrects the count of an area by hand. What was counted stays; the correction stands beside it with who made it and why.
#[utoipa::path(post, path = "/corrections", tag = "numbers", request_body = NewCorrection,
    responses((status = 201, body = Corrected), (status = 422, description = "`bad_fields`", body = Problem)))]
pub async fn correct(
    State(app): State<app::State>,
    viewer: Viewer,
    Json(new): Json<NewCorrection>,
) -> Result<Response, Problem> {
    seen_site(&app, &viewer, &new.site).await?;
    let policy = app.store.site_policy(&new.site).await?;
    let mut wrongs = Vec::new();
    let mut must = |fits: bool, what: &str, problem: Wrong| {
        if !fits {
            wrongs.push(field(what, problem))
        }
    };
    let gate = policy.gates.iter().find(|gate| gate.id.as_str() == new.gate);
    must(gate.is_some(), "gate", wrong("gate_unknown", "không có cổng này", "there is no such gate"));
    must(
        new.area.as_ref().is_none_or(|area| gate.is_some_and(|gate| gate.area.as_str() == area)),
        "area",
        wrong("area_unknown", "cổng không dẫn vào khu này", "the gate does not lead into this area"),
    );
    let fits = |number: i64| (-100_000..=100_000).contains(&number);
    must(
        fits(new.people) && fits(new.vehicles) && (new.people, new.vehicles) != (0, 0),
        "people",
        wrong(
            "bad_number",
            "số chênh lệch từ -100000 đến 100000, không cùng bằng 0",
            "differences from -100000 to 100000, not both zero",
        ),
    );
    let note = new.note.as_deref().map(crate::tables::tidy).filter(|note| !note.is_empty());
    let worded = wire::Name::new(new.reason.replace('_', "-")).is_ok();
    must(worded, "reason", wrong("reason_needed", "cần lý do", "a reason is needed: a word"));
    must(
        note.as_ref().is_none_or(|note| note.chars().count() <= 300),
        "note",
        wrong("too_long", "tối đa 300 ký tự", "at most 300 characters"),
    );
    let Some(gate) = gate.filter(|_| wrongs.is_empty()) else { return Err(Problem::fields(wrongs)) };
    let correction = CountCorrection {
        gate: gate.id.clone(),
        area: gate.area.clone(),
        people: new.people,
        vehicles: new.vehicles,
        user: viewer.username.clone(),
        reason: new.reason,
        note,
    };
    let (id, now) = (uuid::Uuid::now_v7().to_string(), now_ms());
    app.store.correct(&id, &new.site, &correction, now).await?;
    app.store.audit(&viewer.does("count.correct").on("correction", &id)).await?;
    let made = app.store.corrections(&new.site, gate.id.as_str(), now, now + 1).await?;
    let made = made
        .into_iter()
        .find(|row| row.correction_id == id)
        .ok_or_else(|| Problem::not_found("correction"))?;
    Ok((StatusCode::CREATED, Json(Corrected::of(made))).into_response())
}

/// A day at the site's clock (its start, or `days_later` its end), or a moment.
fn moment(text: &str, days_later: i64) -> Result<i64, Problem> {
    if let Ok(day) = text.parse::<jiff::civil::Date>() {
        let midnight = day.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(7)));
        return midnight
            .map(|at| at.timestamp().as_millisecond() + days_later * DAY_MS)
            .map_err(|error| Problem::internal(&error));
    }
    text.parse::<Timestamp>().map(Timestamp::as_millisecond).map_err(|_| {
        Problem::bad_request("bad_time", "from and to: a day such as 2026-11-21 or an RFC 3339 time")
    })
}

async fn figures(
    app: &app::State,
    site: &str,
    gate: &str,
    (from, to, step): (i64, i64, i64),
    now: i64,
) -> Result<Vec<Figure>, Problem> {
    let hours = app.store.gate_hours(site, from, to).await?;
    let policy = app.store.site_policy(site).await?;
    // Gates of the policy first, then those that only the past knows.
    let mut gates: Vec<String> = policy.gates.iter().map(|gate| gate.id.to_string()).collect();
    for hour in &hours {
        if !gates.contains(&hour.gate) {
            gates.push(hour.gate.clone());
        }
    }
    gates.retain(|known| gate.is_empty() || known == gate);
    let corrections = app.store.corrections(site, gate, from, to).await?;
    let mut rows = Vec::new();
    let mut losses: Option<(i64, LossNumbers)> = None;
    for span in figures::spans(&gates, &hours, from, to, step) {
        if losses.as_ref().is_none_or(|(start, _)| *start != span.from_ms) {
            losses = Some((span.from_ms, app.store.loss_within(site, span.from_ms, span.to_ms, now).await?));
        }
        let numbers = losses.as_ref().map(|(_, numbers)| numbers.clone()).unwrap_or_default();
        rows.push(figure(span, numbers, &corrections, now));
    }
    Ok(rows)
}

fn figure(span: Span, numbers: LossNumbers, corrections: &[CorrectionRow], now: i64) -> Figure {
    let own = |row: &&CorrectionRow| row.gate == span.gate && (span.from_ms..span.to_ms).contains(&row.at_ms);
    Figure {
        from: Moment(span.from_ms),
        to: Moment(span.to_ms),
        people_in: span.flow.people_in,
        people_out: span.flow.people_out,
        vehicles_in: span.flow.vehicles_in,
        vehicles_out: span.flow.vehicles_out,
        inside_people: span.inside_people,
        inside_vehicles: span.inside_vehicles,
        corrections: corrections.iter().filter(own).cloned().map(Corrected::of).collect(),
        loss: loss(numbers, (span.from_ms, span.to_ms.min(now)), 0),
        gate: span.gate,
    }
}

/// What numbers mean for a span, in words.
pub(super) fn loss(numbers: LossNumbers, (from, to): (i64, i64), unexplained: i64) -> Loss {
    Loss {
        lost: numbers.lost,
        lost_unexplained: numbers.unexplained,
        late: numbers.late,
        waiting: numbers.waiting,
        offline: figures::offline(&numbers.outages, from, to),
        unexplained,
        ..Loss::default()
    }
    .told()
}
