//! People and vehicles of sites: groups, members, passes, visits, figures, crowding, timetables, reports, exports.

use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wire::gate::RegisterWord;

use super::Web;
use super::access::Viewer;
use super::problem::Problem;
use crate::app;
use crate::auth::Role;
use crate::gates::document::Trouble;
use crate::members::Setting;
use crate::members::previews::Previews;
use crate::registers::identity::{self, Asker};
use crate::store::people::documents::SitePolicy;
use crate::visits::{Answer, Verifier};
use crate::web::limit::Limit;

mod crowding;
mod exports;
mod figures;
mod groups;
mod imports;
mod members;
mod passes;
mod reports;
mod timetable;
mod visit_desk;
mod visits;

/// What these resources share besides the application's state.
#[derive(Debug, Clone, Default)]
pub struct Shared {
    previews: Arc<Previews>,
    limit: Arc<Limit>,
    /// Who asks VNeID; none where central has no connection to it.
    vneid: Option<Arc<dyn Verifier>>,
}

impl Shared {
    /// With somebody who asks VNeID, where central has a connection to it.
    pub fn asking(vneid: Option<Arc<dyn Verifier>>) -> Self {
        Self { vneid, ..Self::default() }
    }
}

/// Asks VNeID through central's registers: with their time limits, breaker and audit rows.
#[derive(Debug)]
struct Vneid(app::State);

/// Who asks VNeID for visits.
pub fn vneid(app: &app::State) -> Arc<dyn Verifier> {
    Arc::new(Vneid(app.clone()))
}

impl Verifier for Vneid {
    fn verify<'a>(&'a self, token: &'a str, purpose: &'a str) -> BoxFuture<'a, Answer> {
        let asker = Asker {
            actor: "visitor".to_owned(),
            site: String::new(),
            place: serde_json::json!({ "page": "visits" }),
            purpose: purpose.to_owned(),
            object: "visit".to_owned(),
        };
        Box::pin(async move {
            let asked =
                identity::vneid_code(&self.0.registers, &self.0.store, &asker, token, super::now_ms()).await;
            let verdict = asked
                .inspect_err(|error| tracing::error!(%error, "a look-up could not be noted"))
                .map_err(|_| RegisterWord::UpstreamDown)??;
            Ok((verdict.result, verdict.level.unwrap_or(0), verdict.subject_ref))
        })
    }
}

/// Their routes.
pub fn routes() -> OpenApiRouter<Web> {
    let upload = axum::extract::DefaultBodyLimit::max(crate::tables::MAX_BYTES + 64 * 1024);
    let uploads = OpenApiRouter::new()
        .routes(routes!(imports::import))
        .routes(routes!(timetable::import))
        .layer(upload);
    OpenApiRouter::new()
        .routes(routes!(groups::list, groups::create))
        .routes(routes!(groups::change, groups::end))
        .routes(routes!(members::list, members::create))
        .routes(routes!(members::change, members::end))
        .routes(routes!(imports::template))
        .routes(routes!(passes::list, passes::create))
        .routes(routes!(passes::revoke))
        .routes(routes!(visits::sites))
        .routes(routes!(visits::announce, visit_desk::list))
        .routes(routes!(visits::status, visits::cancel))
        .routes(routes!(visits::bind))
        .routes(routes!(visit_desk::approve))
        .routes(routes!(visit_desk::refuse))
        .routes(routes!(figures::read))
        .routes(routes!(figures::correct))
        .routes(routes!(crowding::read, crowding::write))
        .routes(routes!(timetable::read, timetable::write))
        .routes(routes!(timetable::delay))
        .routes(routes!(reports::daily))
        .routes(routes!(reports::monthly))
        .routes(routes!(reports::sent))
        .routes(routes!(exports::events))
        .routes(routes!(exports::streams))
        .routes(routes!(exports::residents))
        .merge(uploads)
}

/// Refuses a site that the account does not see or that is not there, alike.
async fn seen_site(app: &app::State, viewer: &Viewer, site: &str) -> Result<(), Problem> {
    if wire::Name::new(site).is_ok() && viewer.scope.sees_part_of(site) && app.store.has_site(site).await? {
        return Ok(());
    }
    Err(Problem::not_found("site"))
}

/// The group that an account writes into: an enterprise's own, whatever was asked for; else what was asked for.
fn own_group(viewer: &Viewer, asked: Option<String>) -> Result<Option<String>, Problem> {
    let asked = asked.filter(|group| !group.is_empty());
    match (&viewer.group, asked) {
        (None, asked) => Ok(asked),
        (Some(own), None) => Ok(Some(own.clone())),
        (Some(own), Some(asked)) if *own == asked => Ok(Some(asked)),
        (Some(_), Some(_)) => Err(Problem::not_found("group")),
    }
}

/// Whether an account sees whole names of a site's people: who keeps the lists does.
fn sees_names(viewer: &Viewer) -> bool {
    matches!(viewer.role, Role::SiteManager | Role::Enterprise)
}

/// What checks need of a site.
async fn setting(
    app: &app::State,
    site: &str,
    only_group: Option<String>,
) -> Result<(Setting, SitePolicy), Problem> {
    let policy = app.store.site_policy(site).await?;
    let groups = app.store.groups(site).await?;
    let setting = Setting {
        today: policy.clock().local(Timestamp::now()).date(),
        clock_minutes: policy.utc_offset_minutes,
        schedules: policy.schedule_names(),
        gates: policy.gate_names(),
        groups: groups
            .into_iter()
            .filter(|group| group.status != "ended")
            .map(|group| (group.group_id, group.name))
            .collect(),
        only_group,
    };
    Ok((setting, policy))
}

/// A wrong field.
fn field(name: impl Into<String>, (code, vi, en): crate::members::check::Wrong) -> Trouble {
    Trouble { path: name.into(), code, vi, en }
}

/// A file to be kept by the browser.
fn download(media_type: &'static str, name: &str, bytes: impl Into<axum::body::Body>) -> Response {
    let mut response = Response::new(bytes.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    // Names are made of ids, dates and words of ours.
    let plain: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')).collect();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response.into_response()
}

/// Media type of CSV.
const CSV: &str = "text/csv; charset=utf-8";
/// Media type of XLSX.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
