//! Where violations are: for the map of the operations centre and of the police.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wire::violation::Kind;

use super::is_measured;
use crate::store::handling::map::{PointRow, Standpoints};
use crate::store::read_fleet::CameraRow;
use crate::web::access::Viewer;
use crate::web::extract::{Json, Moment, Query};
use crate::web::problem::Problem;
use crate::web::{DAY_MS, Web, now_ms};

/// When.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Span {
    /// From, RFC 3339; thirty days ago when left out.
    from: Option<Moment>,
    /// To; now when left out.
    to: Option<Moment>,
}

impl Span {
    /// Milliseconds.
    fn ms(&self) -> (i64, i64) {
        let to = self.to.map_or_else(now_ms, |to| to.0);
        (self.from.map_or(to - 30 * DAY_MS, |from| from.0), to)
    }
}

/// A camera with one kind of violation on the map. No plates, no cases.
#[derive(Debug, Serialize, ToSchema)]
pub struct Point {
    pub site: String,
    pub camera: String,
    /// Name of the camera.
    pub camera_vi: String,
    pub camera_en: String,
    /// Place in words.
    pub place_vi: String,
    pub place_en: String,
    /// Degrees WGS 84; null where nobody said where the camera stands.
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    /// Who says it: `device` (its approved record), `scene` (as published) or `case` (what the agent said last).
    pub position_from: Option<&'static str>,
    pub kind: String,
    pub kind_vi: String,
    pub kind_en: String,
    /// Cases by their own state, those in a handling too.
    pub case_states: BTreeMap<String, i64>,
    /// All of them.
    pub cases: i64,
    /// Cases in a handling, by its state.
    pub states: BTreeMap<String, i64>,
    /// All of those.
    pub count: i64,
}

impl Point {
    fn of(row: &PointRow, cameras: &[CameraRow], standpoints: &Standpoints) -> Self {
        let known = cameras.iter().find(|one| one.site == row.site && one.camera == row.camera);
        let name =
            |of: fn(&CameraRow) -> &String| known.map_or_else(|| row.camera.clone(), |one| of(one).clone());
        let stands = standpoints.get(&(row.site.clone(), row.camera.clone()));
        let facts = Kind::parse(&row.kind).and_then(Kind::facts);
        Self {
            site: row.site.clone(),
            camera: row.camera.clone(),
            camera_vi: name(|one| &one.name_vi),
            camera_en: name(|one| &one.name_en),
            place_vi: row.place_vi.clone(),
            place_en: row.place_en.clone(),
            lat: stands.map(|one| one.at[0]),
            lon: stands.map(|one| one.at[1]),
            position_from: stands.map(|one| one.from),
            kind_vi: facts.map_or_else(|| row.kind.clone(), |facts| facts.vi.clone()),
            kind_en: facts.map_or_else(|| row.kind.clone(), |facts| facts.en.clone()),
            kind: row.kind.clone(),
            case_states: BTreeMap::new(),
            cases: 0,
            states: BTreeMap::new(),
            count: 0,
        }
    }

    fn add(&mut self, row: PointRow) {
        *self.case_states.entry(row.case_state).or_default() += row.count;
        self.cases += row.count;
        if let Some(state) = row.state {
            *self.states.entry(state).or_default() += row.count;
            self.count += row.count;
        }
    }
}

/// Where violations are: camera with its position, kind, counts by state of cases and of handlings.
#[utoipa::path(get, path = "/handlings/map", tag = "handlings", params(Span), responses((status = 200, body = Vec<Point>)))]
pub async fn map(
    State(web): State<Web>,
    viewer: Viewer,
    Query(span): Query<Span>,
) -> Result<Json<Vec<Point>>, Problem> {
    let (store, scope) = (&web.app.store, &viewer.scope);
    let rows = store.violation_points(scope, span.ms(), is_measured(&viewer)).await?;
    let places: BTreeSet<_> = rows.iter().map(|row| (row.site.clone(), row.camera.clone())).collect();
    let standpoints = store.standpoints(scope, &places, now_ms()).await?;
    let cameras = store.cameras_seen(scope, "", "").await?;
    let mut points: Vec<Point> = Vec::new();
    for row in rows {
        let same =
            |last: &&mut Point| (&last.site, &last.camera, &last.kind) == (&row.site, &row.camera, &row.kind);
        if points.last_mut().filter(same).is_none() {
            points.push(Point::of(&row, &cameras, &standpoints));
        }
        if let Some(point) = points.last_mut() {
            point.add(row);
        }
    }
    Ok(Json(points))
}
