//! Daily and monthly reports of a site, as JSON, CSV or XLSX.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::figures::{Corrected, loss};
use super::{CSV, XLSX, download, seen_site};
use crate::app;
use crate::crowding::watch::trains_of;
use crate::figures::{self, HOUR_MS};
use crate::reports::{
    AlertRow, Due, GateRow, Report, TrainRow, availability, due_day, period, sheets, total,
};
use crate::store::people::documents::SitePolicy;
use crate::tables::{csv_text, xlsx};
use crate::timetable;
use crate::web::access::Viewer;
use crate::web::extract::{Json, Query};
use crate::web::now_ms;
use crate::web::problem::Problem;

/// Minutes around a train whose people are told with it.
const TRAIN_MINUTES: i64 = 30;

/// Which report.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// Site; needed.
    site: String,
    /// `YYYY-MM-DD` of a daily report, `YYYY-MM` of a monthly one; the last whole one when left out.
    period: Option<String>,
    /// `json` (when left out), `csv` or `xlsx`.
    format: Option<String>,
}

/// A report with the corrections of its span.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportAnswer {
    #[serde(flatten)]
    report: Report,
    corrections: Vec<Corrected>,
}

/// A report that was handed in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    site: String,
    /// `YYYY-MM`.
    period: String,
    /// Who got it; the configured recipient when left out.
    #[serde(default)]
    recipient: Option<String>,
    /// Number under which the recipient filed it.
    #[serde(default)]
    receipt: Option<String>,
}

/// The report of a day.
#[utoipa::path(get, path = "/reports/daily", tag = "numbers", params(ReportQuery),
    responses((status = 200, description = "JSON; CSV or XLSX where asked for", body = ReportAnswer)))]
pub async fn daily(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<ReportQuery>,
) -> Result<Response, Problem> {
    answer(&app, &viewer, query, 10).await
}

/// The report of a month, with its due date.
#[utoipa::path(get, path = "/reports/monthly", tag = "numbers", params(ReportQuery),
    responses((status = 200, description = "JSON; CSV or XLSX where asked for", body = ReportAnswer)))]
pub async fn monthly(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<ReportQuery>,
) -> Result<Response, Problem> {
    answer(&app, &viewer, query, 7).await
}

/// Notes that a monthly report was handed in, with its receipt.
#[utoipa::path(post, path = "/reports/sent", tag = "numbers", request_body = Sent,
    responses((status = 204, description = "Noted"), (status = 422, body = Problem)))]
pub async fn sent(
    State(app): State<app::State>,
    viewer: Viewer,
    Json(sent): Json<Sent>,
) -> Result<StatusCode, Problem> {
    seen_site(&app, &viewer, &sent.site).await?;
    if sent.period.len() != 7 || period(&sent.period).is_none() {
        return Err(Problem::unacceptable("bad_period", "period: a month such as 2026-11"));
    }
    let recipient = sent.recipient.unwrap_or_else(|| app.config.reports.recipient.clone());
    let receipt = sent.receipt.as_deref().map(crate::tables::tidy);
    app.store
        .insert_report_sent(
            (&sent.site, &sent.period),
            (&recipient, receipt.as_deref()),
            &viewer.username,
            now_ms(),
        )
        .await?;
    app.store.audit(&viewer.does("report.sent").on("site", &sent.site)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn answer(
    app: &app::State,
    viewer: &Viewer,
    query: ReportQuery,
    length: usize,
) -> Result<Response, Problem> {
    seen_site(app, viewer, &query.site).await?;
    let policy = app.store.site_policy(&query.site).await?;
    let today = policy.clock().local(Timestamp::now()).date();
    let text = query.period.filter(|text| !text.is_empty()).unwrap_or_else(|| match length {
        10 => today.yesterday().unwrap_or(today).to_string(),
        _ => today.first_of_month().yesterday().unwrap_or(today).to_string()[..7].to_owned(),
    });
    let Some(span) = period(&text).filter(|_| text.len() == length) else {
        return Err(Problem::bad_request(
            "bad_period",
            "period: a day such as 2026-11-21, or a month such as 2026-11",
        ));
    };
    let report = build(app, viewer, &query.site, &policy, (text, span)).await?;
    let name = format!("{}-{}", query.site, report.report.period);
    match query.format.as_deref() {
        None | Some("" | "json") => Ok(Json(report).into_response()),
        Some("csv") => {
            // One file holds one table: the sheets follow each other with a line between.
            let pages = sheets(&report.report, viewer.language);
            let text: Vec<String> =
                pages.iter().map(|sheet| csv_text(sheet).trim_start_matches('\u{feff}').to_owned()).collect();
            Ok(download(CSV, &format!("{name}.csv"), format!("\u{feff}{}", text.join("\r\n"))))
        }
        Some("xlsx") => {
            let bytes =
                xlsx(&sheets(&report.report, viewer.language)).map_err(|error| Problem::internal(&error))?;
            Ok(download(XLSX, &format!("{name}.xlsx"), bytes))
        }
        Some(_) => Err(Problem::bad_request("bad_format", "format: json, csv or xlsx")),
    }
}

async fn build(
    app: &app::State,
    viewer: &Viewer,
    site: &str,
    policy: &SitePolicy,
    (text, (first, after)): (String, (jiff::civil::Date, jiff::civil::Date)),
) -> Result<ReportAnswer, Problem> {
    let (now, store) = (now_ms(), &app.store);
    let zone = policy.clock().local(Timestamp::UNIX_EPOCH).time_zone().clone();
    let midnight =
        |day: jiff::civil::Date| day.to_zoned(zone.clone()).map(|at| at.timestamp().as_millisecond());
    let (from, to) = (midnight(first), midnight(after));
    let (from, to) =
        (from.map_err(|error| Problem::internal(&error))?, to.map_err(|error| Problem::internal(&error))?);
    let seen = store
        .sites_seen(&viewer.scope)
        .await?
        .into_iter()
        .find(|row| row.site == site)
        .ok_or_else(|| Problem::not_found("site"))?;
    let alerts: Vec<AlertRow> = store
        .alerts_by_state(site, from, to)
        .await?
        .into_iter()
        .map(|(kind, state, count)| AlertRow { kind, state, count })
        .collect();
    let (mut rows, most_inside) = gates(app, viewer, site, policy, (from, to)).await?;
    if let Some(first) = rows.first_mut() {
        first.alerts = alerts.iter().map(|row| row.count).sum();
    }
    let mut total = total(&rows, most_inside);
    total.alerts = alerts.iter().map(|row| row.count).sum();
    let end = to.min(now).max(from + 1);
    let offline = store.agents_offline(site, from, end, now).await?;
    let (agents, cameras) = store.devices(site).await?;
    let numbers = store.loss_within(site, from, to, now).await?;
    let corrections = store.corrections(site, "", from, to).await?;
    let trains = trains(app, site, policy, (first, after)).await?;
    let settings = &app.config.reports;
    Ok(ReportAnswer {
        report: Report {
            site: site.to_owned(),
            site_name: viewer.language.pick(seen.name_vi, seen.name_en),
            model_number: settings.models.get(&seen.model).cloned(),
            model: seen.model,
            province: settings.province.clone(),
            due: due(app, site, &text, after, policy).await?,
            period: text,
            rows,
            total,
            trains,
            alerts,
            availability: availability(&offline, agents, cameras, (from, end)),
            loss: loss(numbers, (from, end), 0),
        },
        corrections: corrections.into_iter().map(Corrected::of).collect(),
    })
}

/// Rows of gates, and the most people that were inside the site at the end of an hour.
async fn gates(
    app: &app::State,
    viewer: &Viewer,
    site: &str,
    policy: &SitePolicy,
    (from, to): (i64, i64),
) -> Result<(Vec<GateRow>, i64), Problem> {
    let hours = app.store.gate_hours(site, from, to).await?;
    let decisions = app.store.decisions_by_gate(site, from, to).await?;
    let mut names: Vec<(String, String)> = policy
        .gates
        .iter()
        .map(|gate| (gate.id.to_string(), viewer.language.pick(gate.name_vi.clone(), gate.name_en.clone())))
        .collect();
    for gate in hours.iter().map(|hour| &hour.gate).chain(decisions.iter().map(|(gate, ..)| gate)) {
        if !names.iter().any(|(known, _)| known == gate) {
            names.push((gate.clone(), gate.clone()));
        }
    }
    let ids: Vec<String> = names.iter().map(|(id, _)| id.clone()).collect();
    let spans = figures::spans(&ids, &hours, from, to, HOUR_MS);
    let mut by_hour = std::collections::BTreeMap::<i64, i64>::new();
    let mut rows: Vec<GateRow> =
        names.into_iter().map(|(gate, name)| GateRow { gate, name, ..GateRow::default() }).collect();
    for span in &spans {
        *by_hour.entry(span.from_ms).or_default() += span.inside_people;
        if let Some(row) = rows.iter_mut().find(|row| row.gate == span.gate) {
            row.flow.add(&span.flow);
            row.most_inside = row.most_inside.max(span.inside_people);
        }
    }
    for (gate, verdict, count, overrides, identified) in decisions {
        if let Some(row) = rows.iter_mut().find(|row| row.gate == gate) {
            match verdict.as_str() {
                "admit" => row.admitted += count,
                "deny" => row.denied += count,
                _ => row.waited += count,
            }
            row.overrides += overrides;
            row.identified += identified;
        }
    }
    Ok((rows, by_hour.values().copied().max().unwrap_or(0)))
}

async fn trains(
    app: &app::State,
    site: &str,
    policy: &SitePolicy,
    (first, after): (jiff::civil::Date, jiff::civil::Date),
) -> Result<Vec<TrainRow>, Problem> {
    let trains = trains_of(&app.store.site_document(site, "timetable").await?)?;
    if trains.is_empty() {
        return Ok(Vec::new());
    }
    let last = after.yesterday().unwrap_or(first);
    let delays = app.store.delays(site, &first.to_string(), &last.to_string()).await?;
    let mut rows = Vec::new();
    for stop in timetable::stops(&trains, &delays, policy.clock(), first, last) {
        let Some((begin, end)) = stop.span() else { continue };
        let around = TRAIN_MINUTES * 60_000;
        let flow = app
            .store
            .flow_between(site, begin.as_millisecond() - around, end.as_millisecond() + around)
            .await?;
        let time =
            |at: Option<Timestamp>| at.map(|at| policy.clock().local(at).strftime("%H:%M").to_string());
        rows.push(TrainRow {
            train: stop.train.train.clone(),
            date: stop.date.to_string(),
            arrives: time(stop.arrives),
            departs: time(stop.departs),
            delay_minutes: stop.delay_minutes,
            people_in: flow.people_in,
            people_out: flow.people_out,
        });
    }
    Ok(rows)
}

async fn due(
    app: &app::State,
    site: &str,
    period: &str,
    after: jiff::civil::Date,
    policy: &SitePolicy,
) -> Result<Option<Due>, Problem> {
    let settings = &app.config.reports;
    let Some(by) = settings.day_before.filter(|_| period.len() == 7).and_then(|day| due_day(after, day))
    else {
        return Ok(None);
    };
    let sent = app.store.report_sent(site, period).await?;
    let today = policy.clock().local(Timestamp::now()).date();
    let days_left = today.until(by).map(|span| i64::from(span.get_days())).ok();
    Ok(Some(Due {
        by: by.to_string(),
        days_left: days_left.filter(|_| sent.is_none()),
        recipient: sent
            .as_ref()
            .map_or_else(|| settings.recipient.clone(), |(_, recipient, _)| recipient.clone()),
        sent: sent.is_some(),
        receipt: sent.and_then(|(_, _, receipt)| receipt),
    }))
}
