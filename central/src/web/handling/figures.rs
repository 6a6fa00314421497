//! Figures of violations (R-V12): how many got how far, money, time.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::is_measured;
use crate::store::handling::figures::FigureRow;
use crate::store::read_fleet::CameraRow;
use crate::web::access::Viewer;
use crate::web::extract::{Json, Moment, Query};
use crate::web::problem::Problem;
use crate::web::{Web, now_ms};

/// Which figures.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// From, RFC 3339; thirty days ago when left out.
    from: Option<Moment>,
    /// To; now when left out.
    to: Option<Moment>,
    /// Site.
    site: Option<String>,
    /// `kind`, `place`, `hour` or `day`.
    group: Option<String>,
}

/// Numbers of one group.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Figures {
    /// Kind, hour, day, or `site/camera`.
    pub key: String,
    /// Name of the group: of a place the camera's own.
    pub vi: String,
    pub en: String,
    /// Of a place; null for other groups.
    pub site: Option<String>,
    /// Camera of a place; null for other groups.
    pub camera: Option<String>,
    pub detected: i64,
    pub inadmissible: i64,
    pub rejected: i64,
    pub confirmed: i64,
    pub noticed: i64,
    pub decided: i64,
    pub paid: i64,
    pub overdue: i64,
}

/// All of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Whole {
    pub from: Moment,
    pub to: Moment,
    pub total: Figures,
    /// VND of decisions.
    pub vnd_fined: i64,
    /// VND paid.
    pub vnd_paid: i64,
    /// Median days from violation to decision.
    pub median_days: Option<i64>,
    pub groups: Vec<Figures>,
}

/// Figures of violations that happened in a time.
#[utoipa::path(get, path = "/violations/figures", tag = "handlings", params(Asked), responses((status = 200, body = Whole)))]
pub async fn read(
    State(web): State<Web>,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> Result<Json<Whole>, Problem> {
    let group = asked.group.as_deref().unwrap_or("kind");
    if !["kind", "place", "hour", "day"].contains(&group) {
        return Err(Problem::bad_request("bad_query", "group: use kind, place, hour or day"));
    }
    let to = asked.to.map_or_else(now_ms, |to| to.0);
    let from = asked.from.map_or(to - 30 * 86_400_000, |from| from.0);
    let site = asked.site.unwrap_or_default();
    let (store, scope) = (&web.app.store, &viewer.scope);
    let rows = store.violation_figures(scope, &site, (from, to), group, is_measured(&viewer)).await?;
    let sums = store.violation_sums(scope, &site, (from, to)).await?;
    let days = store.days_to_decision(scope, &site, (from, to)).await?;
    let mut total = Figures {
        key: "total".to_owned(),
        vi: "Tổng".to_owned(),
        en: "Total".to_owned(),
        ..Figures::default()
    };
    let cameras = match group {
        "place" => store.cameras_seen(scope, &site, "").await?,
        _ => Vec::new(),
    };
    let groups: Vec<Figures> = rows.into_iter().map(|row| Figures::of(group, row, &cameras)).collect();
    for figures in &groups {
        total.add(figures);
    }
    let median_days = days.get(days.len() / 2).copied();
    let (from, to) = (Moment(from), Moment(to));
    Ok(Json(Whole { from, to, total, vnd_fined: sums.fined, vnd_paid: sums.paid, median_days, groups }))
}

impl Figures {
    fn of(group: &str, row: FigureRow, cameras: &[CameraRow]) -> Self {
        let place = (group == "place").then(|| (row.name.clone(), row.camera));
        let (key, vi, en) = match &place {
            Some((site, camera)) => of_place(cameras, site, camera),
            None => {
                let (vi, en) = names(group, &row.name);
                (key(group, &row.name), vi, en)
            }
        };
        let (site, camera) = place.unzip();
        Self {
            key,
            vi,
            en,
            site,
            camera,
            detected: row.detected,
            inadmissible: row.inadmissible,
            rejected: row.rejected,
            confirmed: row.confirmed,
            noticed: row.noticed,
            decided: row.decided,
            paid: row.paid,
            overdue: row.overdue,
        }
    }

    fn add(&mut self, other: &Self) {
        self.detected += other.detected;
        self.inadmissible += other.inadmissible;
        self.rejected += other.rejected;
        self.confirmed += other.confirmed;
        self.noticed += other.noticed;
        self.decided += other.decided;
        self.paid += other.paid;
        self.overdue += other.overdue;
    }
}

/// Key and names of a place; a camera that central has no name for is named by its id.
fn of_place(cameras: &[CameraRow], site: &str, camera: &str) -> (String, String, String) {
    let known = cameras.iter().find(|row| row.site == site && row.camera == camera);
    let name = |of: fn(&CameraRow) -> &String| known.map_or_else(|| camera.to_owned(), |row| of(row).clone());
    (format!("{site}/{camera}"), name(|row| &row.name_vi), name(|row| &row.name_en))
}

/// Day numbers become dates.
fn key(group: &str, name: &str) -> String {
    let day = || {
        let days: i64 = name.parse().ok()?;
        let epoch = jiff::civil::date(1970, 1, 1);
        Some(epoch.checked_add(jiff::Span::new().days(days)).ok()?.to_string())
    };
    if group == "day" { day().unwrap_or_else(|| name.to_owned()) } else { name.to_owned() }
}

fn names(group: &str, name: &str) -> (String, String) {
    let facts = wire::violation::Kind::parse(name).and_then(wire::violation::Kind::facts);
    match (group, facts) {
        ("kind", Some(facts)) => (facts.vi.clone(), facts.en.clone()),
        ("hour", _) => (format!("{name} giờ"), format!("{name}:00")),
        _ => (key(group, name), key(group, name)),
    }
}
