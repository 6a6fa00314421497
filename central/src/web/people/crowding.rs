//! What a site calls crowded, and how full its zones are now.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{field, seen_site};
use crate::app;
use crate::crowding::{Place, Plan, problems, watch};
use crate::web::access::Viewer;
use crate::web::extract::{Json, Moment, Query};
use crate::web::now_ms;
use crate::web::problem::Problem;

/// Bounds, and how it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Crowding {
    /// Grows with every change; send it back as `if_version`.
    version: i64,
    zones: Vec<Place>,
    now: Vec<ZoneNow>,
}

/// A zone now.
#[derive(Debug, Serialize, ToSchema)]
pub struct ZoneNow {
    zone: String,
    /// People when last counted.
    people: i64,
    /// When that was.
    at: Moment,
    /// The train around which it is.
    train: Option<String>,
    /// The bound that is passed: `dong`, `qua-dong` or `qua-dong-gio-tau`.
    crowded: Option<String>,
}

/// Which site.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct SiteQuery {
    /// Site; needed.
    pub site: String,
}

/// New bounds.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlan {
    zones: Vec<Place>,
    /// The version that was read; whoever was faster is not overwritten.
    #[serde(default)]
    if_version: Option<i64>,
}

/// Bounds of a site's zones, and how full they are.
#[utoipa::path(get, path = "/crowding", tag = "numbers", params(SiteQuery), responses((status = 200, body = Crowding)))]
pub async fn read(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<SiteQuery>,
) -> Result<Json<Crowding>, Problem> {
    seen_site(&app, &viewer, &query.site).await?;
    view(&app, &query.site).await.map(Json)
}

/// Changes the bounds.
#[utoipa::path(put, path = "/crowding", tag = "numbers", params(SiteQuery), request_body = NewPlan,
    responses((status = 200, body = Crowding), (status = 409, description = "`changed_meanwhile`", body = Problem),
        (status = 422, description = "`bad_fields`", body = Problem)))]
pub async fn write(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<SiteQuery>,
    Json(new): Json<NewPlan>,
) -> Result<Json<Crowding>, Problem> {
    seen_site(&app, &viewer, &query.site).await?;
    let plan = Plan { zones: new.zones };
    let schedules = app.store.site_policy(&query.site).await?.schedule_names();
    let wrongs = problems(&plan, &schedules);
    if !wrongs.is_empty() {
        return Err(Problem::fields(
            wrongs.into_iter().map(|(place, vi, en)| field(place, ("bad_bound", vi, en))).collect(),
        ));
    }
    let text = serde_json::to_string(&plan).map_err(|error| Problem::internal(&error))?;
    let written = app
        .store
        .put_site_document(&query.site, "crowding", new.if_version, &text, &viewer.username, now_ms())
        .await?;
    if written.is_none() {
        return Err(changed_meanwhile());
    }
    app.store.audit(&viewer.does("crowding.change").on("site", &query.site)).await?;
    view(&app, &query.site).await.map(Json)
}

/// 409: somebody else was faster.
pub(super) fn changed_meanwhile() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "changed_meanwhile",
        "somebody changed it meanwhile: read it again, then change it",
    )
}

async fn view(app: &app::State, site: &str) -> Result<Crowding, Problem> {
    let row = app.store.site_document(site, "crowding").await?;
    let plan = watch::plan_of(&row)?;
    let board = watch::Board::of(app, site, jiff::Timestamp::now()).await?;
    let mut now = Vec::new();
    for place in &plan.zones {
        let Some(count) = watch::count(app, site, place, now_ms()).await? else { continue };
        let state = app.store.crowding_state(site, &watch::key(place)).await?;
        now.push(ZoneNow {
            zone: place.zone.clone(),
            people: count.people,
            at: Moment(count.at_ms),
            train: board.train(place, jiff::Timestamp::now()),
            crowded: state.raised().map(str::to_owned),
        });
    }
    Ok(Crowding { version: row.version, zones: plan.zones, now })
}
