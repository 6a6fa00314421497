//! Figures about reviews: one's own, and for the commander everybody's with what they propose.

use std::collections::BTreeMap;

use axum::extract::State as Extract;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wire::violation::Kind;

use super::now;
use crate::app;
use crate::cases::figures::{ReviewerFigures, by_person, of_person, proposals};
use crate::law::day_of;
use crate::store::cases::figures::Ended;
use crate::web::access::Viewer;
use crate::web::extract::{Json, Moment, Query};
use crate::web::problem::Problem;
use crate::web::{DAY_MS, day_start_ms, now_ms};

/// Over how many days.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct MeQuery {
    /// 1 to 366; 30 when left out.
    days: Option<u32>,
}

/// One's own figures; known cases of today are not counted as such yet.
#[utoipa::path(get, path = "/review/me", tag = "cases", params(MeQuery), responses((status = 200, body = ReviewerFigures)))]
pub async fn me(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
    Query(query): Query<MeQuery>,
) -> Result<Json<ReviewerFigures>, Problem> {
    let days = query.days.unwrap_or(30);
    if !(1..=366).contains(&days) {
        return Err(Problem::bad_request("bad_days", "days: use 1 to 366"));
    }
    let now = now_ms();
    let answers =
        app.store.cases().judged(&viewer.username, (now - i64::from(days) * DAY_MS, now + 1)).await?;
    // Known cases are told apart a day later, when nobody can say any more which of the day's cases they were.
    Ok(Json(of_person(&answers, day_start_ms(now))))
}

/// Of which time.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FiguresQuery {
    /// First moment, RFC 3339, or a day `YYYY-MM-DD`.
    from: String,
    /// First moment that no longer counts, or the last day.
    to: String,
}

/// A reviewer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewerView {
    username: String,
    name: String,
    decided: u32,
    approved: u32,
    rejected: u32,
    agreed: u32,
    disagreed: u32,
    seeded_shown: u32,
    seeded_right: u32,
    median_s: Option<i64>,
}

/// A kind of violation.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct KindFigures {
    kind: String,
    kind_vi: String,
    kind_en: String,
    decided: u32,
    approved: u32,
    rejected: u32,
    /// Cases in which two people had to agree.
    second: u32,
    /// Cases in which they did not.
    disagreed: u32,
}

/// A reject reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReasonFigures {
    code: String,
    title_vi: String,
    title_en: String,
    teaches: String,
    kind: String,
    count: i64,
}

/// A camera.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct CameraFigures {
    site: String,
    camera: String,
    camera_name: Option<String>,
    decided: u32,
    rejected: u32,
    inadmissible: u32,
}

/// A threshold that decided cases propose; a person changes it, nothing else does.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThresholdView {
    kind: String,
    kind_vi: String,
    kind_en: String,
    /// Least score among the decided cases.
    now: f64,
    proposed: f64,
    /// Share of confirmed cases from the proposed score on.
    precision: f64,
    /// Share of the confirmed cases that it keeps.
    kept: f64,
    cases: u32,
}

/// Everybody's figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewFigures {
    reviewers: Vec<ReviewerView>,
    kinds: Vec<KindFigures>,
    reasons: Vec<ReasonFigures>,
    cameras: Vec<CameraFigures>,
    thresholds: Vec<ThresholdView>,
}

/// A moment, or a day of Vietnam: its beginning, or its end.
fn moment(text: &str, end: bool) -> Result<i64, Problem> {
    if let Ok(Moment(at_ms)) = serde_json::from_value(serde_json::Value::String(text.to_owned())) {
        return Ok(at_ms);
    }
    let bad =
        || Problem::bad_request("bad_window", "from and to: RFC 3339 moments, or days such as 2026-11-21");
    let day: jiff::civil::Date = text.parse().map_err(|_| bad())?;
    let start = day.to_zoned(crate::law::time_zone()).map_err(|_| bad())?.timestamp().as_millisecond();
    Ok(start + if end { DAY_MS } else { 0 })
}

/// Everybody's figures, and thresholds that they propose.
#[utoipa::path(get, path = "/review/figures", tag = "cases", params(FiguresQuery), responses((status = 200, body = ReviewFigures)))]
pub async fn all(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
    Query(query): Query<FiguresQuery>,
) -> Result<Json<ReviewFigures>, Problem> {
    let window = (moment(&query.from, false)?, moment(&query.to, true)?);
    let cases = app.store.cases();
    let answers = cases.judged("", window).await?;
    let ended: Vec<Ended> =
        cases.ended(window).await?.into_iter().filter(|one| viewer.scope.sees(&one.site)).collect();
    let names: BTreeMap<String, String> =
        app.store.users().await?.into_iter().map(|user| (user.username, user.display_name)).collect();
    let count = |name: &str, word: &str| {
        answers.iter().filter(|one| one.username == name && one.decision == word).count() as u32
    };
    let reviewers = by_person(&answers).into_iter().map(|(username, figures)| ReviewerView {
        name: names.get(&username).cloned().unwrap_or_else(|| username.clone()),
        decided: figures.decided,
        approved: count(&username, "approve"),
        rejected: count(&username, "reject"),
        agreed: figures.agreed,
        disagreed: figures.disagreed,
        seeded_shown: figures.seeded.shown,
        seeded_right: figures.seeded.right,
        median_s: figures.median_s,
        username,
    });
    Ok(Json(ReviewFigures {
        reviewers: reviewers.collect(),
        kinds: kinds(&ended),
        reasons: reasons(&app, cases.reasons(window).await?),
        cameras: cameras(&app, &viewer, &ended).await?,
        thresholds: thresholds(&ended),
    }))
}

fn words(kind: &str) -> (String, String) {
    let facts = Kind::parse(kind).and_then(Kind::facts);
    facts.map_or_else(|| (kind.to_owned(), kind.to_owned()), |facts| (facts.vi.clone(), facts.en.clone()))
}

fn kinds(ended: &[Ended]) -> Vec<KindFigures> {
    let mut kinds: BTreeMap<&str, KindFigures> = BTreeMap::new();
    for one in ended {
        let figures = kinds.entry(&one.kind).or_default();
        figures.decided += 1;
        figures.approved += u32::from(one.state == "confirmed");
        figures.rejected += u32::from(one.state == "rejected");
        figures.second += u32::from(one.second == 1);
        figures.disagreed += u32::from(one.disagreed > 0);
    }
    let view = |(kind, figures): (&str, KindFigures)| {
        let (kind_vi, kind_en) = words(kind);
        KindFigures { kind: kind.to_owned(), kind_vi, kind_en, ..figures }
    };
    kinds.into_iter().map(view).collect()
}

fn reasons(app: &app::State, rows: Vec<(String, String, i64)>) -> Vec<ReasonFigures> {
    let today = day_of(now());
    let law = app.laws.on(today);
    let view = |(code, kind, count): (String, String, i64)| {
        let known = law.reject_reasons(today).find(|reason| reason.code == code);
        ReasonFigures {
            title_vi: known.map_or_else(|| code.clone(), |reason| reason.title_vi.clone()),
            title_en: known.map_or_else(|| code.clone(), |reason| reason.title_en.clone()),
            teaches: known.map(|reason| reason.teaches.clone()).unwrap_or_default(),
            code,
            kind,
            count,
        }
    };
    rows.into_iter().map(view).collect()
}

async fn cameras(app: &app::State, viewer: &Viewer, ended: &[Ended]) -> Result<Vec<CameraFigures>, Problem> {
    let mut cameras: BTreeMap<(String, String), CameraFigures> = BTreeMap::new();
    for one in ended {
        let figures = cameras.entry((one.site.clone(), one.camera.clone())).or_default();
        figures.decided += 1;
        figures.rejected += u32::from(one.state == "rejected");
    }
    for (site, camera, count) in app.store.cases().inadmissible_by_camera(&viewer.scope).await? {
        cameras.entry((site, camera)).or_default().inadmissible = u32::try_from(count).unwrap_or(u32::MAX);
    }
    let mut views = Vec::new();
    for ((site, camera), figures) in cameras {
        let known = app.store.cameras_seen(&viewer.scope, &site, &camera).await?;
        let camera_name =
            known.first().map(|row| viewer.language.pick(row.name_vi.clone(), row.name_en.clone()));
        views.push(CameraFigures { site, camera, camera_name, ..figures });
    }
    Ok(views)
}

fn thresholds(ended: &[Ended]) -> Vec<ThresholdView> {
    let view = |one: crate::cases::figures::Proposal| {
        let of_kind = || ended.iter().filter(|case| case.kind == one.kind);
        let confirmed = of_kind().filter(|case| case.state == "confirmed").count() as f64;
        let (kind_vi, kind_en) = words(&one.kind);
        ThresholdView {
            now: of_kind().map(|case| case.score).fold(1.0, f64::min),
            proposed: one.score,
            precision: one.precision,
            kept: (confirmed - f64::from(one.lost)) / confirmed.max(1.0),
            cases: one.based_on,
            kind: one.kind,
            kind_vi,
            kind_en,
        }
    };
    proposals(ended).into_iter().map(view).collect()
}
