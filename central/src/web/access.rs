//! Who may ask for what: one table, one guard in front of every resource. A route without a rule lets nobody in.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::now_ms;
use super::problem::Problem;
use super::session::{COOKIE, session_id};
use crate::app;
use crate::auth::Language;
use crate::auth::Role::{
    self, Admin, Enterprise, GateOperator, IocOperator, PoliceSigner, SiteManager, TrafficPolice,
};
use crate::store::StoreError;
use crate::store::audit::AuditRow;
use crate::store::rows::Scope;
use crate::store::sessions::SessionRow;

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Accounts with one of these roles.
    Roles(&'static [Role]),
}

const EVERY_ROLE: Access = Access::Roles(&Role::ALL);
/// Everybody but tenants: what is not made for them stays closed to them.
const STAFF: Access =
    Access::Roles(&[GateOperator, TrafficPolice, PoliceSigner, IocOperator, SiteManager, Admin]);
/// Who keeps the lists of people and vehicles: the site all of them, an enterprise its own.
const LIST_KEEPERS: Access = Access::Roles(&[SiteManager, Enterprise]);
/// Who reads those lists, as far as names go for each. The admin has no purpose for them.
const LIST_READERS: Access =
    Access::Roles(&[GateOperator, TrafficPolice, IocOperator, SiteManager, Enterprise]);
/// Who decides about visits.
const HOSTS: Access = Access::Roles(&[GateOperator, SiteManager, Enterprise]);
const MANAGER: Access = Access::Roles(&[SiteManager]);
/// Who corrects counts at central; guards do it at their desk.
const CORRECTORS: Access = Access::Roles(&[SiteManager]);
/// Who hears first that a train is late.
const DELAY_TELLERS: Access = Access::Roles(&[GateOperator, IocOperator, SiteManager]);
const POLICE: Access = Access::Roles(&[TrafficPolice]);
/// Who hands data on to other systems.
const EXPORTERS: Access = Access::Roles(&[TrafficPolice, IocOperator, SiteManager]);
const ADMIN: Access = Access::Roles(&[Admin]);
const OPERATIONS: Access = Access::Roles(&[IocOperator, Admin]);
/// Who decides about alerts. The admin keeps the system running and decides nothing.
const DECIDERS: Access = Access::Roles(&[GateOperator, TrafficPolice, IocOperator, SiteManager]);
/// Who handles confirmed cases: officers and the commanders who sign.
const CASE_PEOPLE: Access = Access::Roles(&[TrafficPolice, PoliceSigner]);
/// Who sees counts and places of cases, never whose.
const CASE_WATCHERS: Access = Access::Roles(&[TrafficPolice, PoliceSigner, IocOperator, Admin]);
/// Who changes what a site asks at its gates.
const KEEPERS: Access = Access::Roles(&[SiteManager, Admin]);

/// Who asks registers about identities: people who stand before somebody, or have a case.
const CHECKERS: Access = Access::Roles(&[GateOperator, TrafficPolice]);

/// Who sees what rules judge by.
const SCENE_READERS: Access = Access::Roles(&[TrafficPolice, PoliceSigner, IocOperator, Admin]);
/// Who draws it.
const SCENE_DRAWERS: Access = Access::Roles(&[TrafficPolice, Admin]);
/// Who lets it judge: never the account that drew it.
const SCENE_PUBLISHERS: Access = Access::Roles(&[PoliceSigner, Admin]);
/// Who tries it on recorded minutes: whoever draws or publishes.
const SCENE_TRIERS: Access = Access::Roles(&[TrafficPolice, PoliceSigner, Admin]);
/// Who proposes changes of the law's tables.
const LAW_PROPOSERS: Access = Access::Roles(&[TrafficPolice, PoliceSigner, Admin]);
/// Who approves or rejects what somebody else proposed.
const LAW_APPROVERS: Access = Access::Roles(&[PoliceSigner, Admin]);
/// Who sees cases: reviewers and their commanders. The admin sees none.
const CASE_POLICE: Access = Access::Roles(&[TrafficPolice, PoliceSigner]);
/// Who sees where cases are and how many.
const CASE_LISTS: Access = Access::Roles(&[TrafficPolice, PoliceSigner, IocOperator]);
/// Commanders: they sign, approve and make void, and never review.
const COMMANDERS: Access = Access::Roles(&[PoliceSigner]);
/// Who sees which devices are approved.
const DEVICE_READERS: Access = Access::Roles(&[TrafficPolice, PoliceSigner, Admin]);

/// Every operation of the API with who may call it. Paths as routed.
pub const RULES: &[(&str, &str, Access)] = &[
    ("POST", "/api/v1/session", Access::Public),
    ("GET", "/api/v1/session", EVERY_ROLE),
    ("DELETE", "/api/v1/session", EVERY_ROLE),
    ("GET", "/api/v1/summary", STAFF),
    ("GET", "/api/v1/sites", EVERY_ROLE),
    ("GET", "/api/v1/passages", STAFF),
    ("GET", "/api/v1/passages/{id}", STAFF),
    ("GET", "/api/v1/alerts", STAFF),
    ("GET", "/api/v1/alerts/{id}", STAFF),
    ("POST", "/api/v1/alerts/{id}/transition", DECIDERS),
    ("GET", "/api/v1/cameras", STAFF),
    ("GET", "/api/v1/agents", STAFF),
    ("GET", "/api/v1/counts", STAFF),
    ("GET", "/api/v1/quarantine", OPERATIONS),
    ("GET", "/api/v1/evidence/{sha256}", STAFF),
    ("POST", "/api/v1/enrolment-codes", ADMIN),
    ("GET", "/api/v1/users", ADMIN),
    ("POST", "/api/v1/users", ADMIN),
    ("GET", "/api/v1/audit", ADMIN),
    ("GET", "/api/v1/gates", STAFF),
    ("GET", "/api/v1/gates/{site}/policy", STAFF),
    ("PUT", "/api/v1/gates/{site}/policy", KEEPERS),
    ("GET", "/api/v1/gates/{site}/policy/history", STAFF),
    ("POST", "/api/v1/gates/{site}/policy/preview", KEEPERS),
    ("GET", "/api/v1/accesses", STAFF),
    ("GET", "/api/v1/accesses/{id}", STAFF),
    ("GET", "/api/v1/otherwise", STAFF),
    ("POST", "/api/v1/otherwise/{id}/seen", DECIDERS),
    ("GET", "/api/v1/inside", EVERY_ROLE),
    ("GET", "/api/v1/stays", EVERY_ROLE),
    ("GET", "/api/v1/muster", STAFF),
    ("POST", "/api/v1/identity/verify", CHECKERS),
    ("POST", "/api/v1/identity/vneid", CHECKERS),
    ("POST", "/api/v1/identity/face", CHECKERS),
    ("GET", "/api/v1/identity/checks", STAFF),
    ("GET", "/api/v1/stream", STAFF),
    ("GET", "/api/v1/groups", LIST_READERS),
    ("POST", "/api/v1/groups", MANAGER),
    ("PATCH", "/api/v1/groups/{id}", MANAGER),
    ("DELETE", "/api/v1/groups/{id}", MANAGER),
    ("GET", "/api/v1/members", LIST_READERS),
    ("POST", "/api/v1/members", LIST_KEEPERS),
    ("PATCH", "/api/v1/members/{id}", LIST_KEEPERS),
    ("DELETE", "/api/v1/members/{id}", LIST_KEEPERS),
    ("POST", "/api/v1/members/import", LIST_KEEPERS),
    ("GET", "/api/v1/members/template", LIST_KEEPERS),
    ("GET", "/api/v1/passes", LIST_READERS),
    ("POST", "/api/v1/passes", LIST_KEEPERS),
    ("DELETE", "/api/v1/passes/{id}", LIST_KEEPERS),
    ("GET", "/api/v1/visits/sites", Access::Public),
    ("POST", "/api/v1/visits", Access::Public),
    ("GET", "/api/v1/visits/{code}", Access::Public),
    ("DELETE", "/api/v1/visits/{code}", Access::Public),
    ("POST", "/api/v1/visits/{code}/bind", Access::Public),
    ("GET", "/api/v1/visits", LIST_READERS),
    ("POST", "/api/v1/visits/{id}/approve", HOSTS),
    ("POST", "/api/v1/visits/{id}/refuse", HOSTS),
    ("GET", "/api/v1/figures", STAFF),
    ("POST", "/api/v1/corrections", CORRECTORS),
    ("GET", "/api/v1/crowding", STAFF),
    ("PUT", "/api/v1/crowding", MANAGER),
    ("GET", "/api/v1/timetable", STAFF),
    ("PUT", "/api/v1/timetable", MANAGER),
    ("POST", "/api/v1/timetable/import", MANAGER),
    ("PUT", "/api/v1/timetable/delays", DELAY_TELLERS),
    ("GET", "/api/v1/reports/daily", STAFF),
    ("GET", "/api/v1/reports/monthly", STAFF),
    ("POST", "/api/v1/reports/sent", MANAGER),
    ("GET", "/api/v1/exports/events", EXPORTERS),
    ("GET", "/api/v1/exports/streams", EXPORTERS),
    ("GET", "/api/v1/exports/residents", POLICE),
    ("GET", "/api/v1/openapi.json", Access::Public),
    // Law and documents.
    ("GET", "/api/v1/law", STAFF),
    ("GET", "/api/v1/law/behaviours", STAFF),
    ("GET", "/api/v1/law/holidays", STAFF),
    ("GET", "/api/v1/law/deadlines", STAFF),
    ("GET", "/api/v1/law/caps", STAFF),
    ("GET", "/api/v1/law/versions", STAFF),
    ("GET", "/api/v1/law/changes", LAW_PROPOSERS),
    ("POST", "/api/v1/law/changes", LAW_PROPOSERS),
    ("GET", "/api/v1/law/changes/{id}", LAW_PROPOSERS),
    ("POST", "/api/v1/law/changes/{id}/approve", LAW_APPROVERS),
    ("POST", "/api/v1/law/changes/{id}/reject", LAW_APPROVERS),
    ("GET", "/api/v1/public/documents/{id}", Access::Public),
    ("POST", "/api/v1/public/documents/{id}/check", Access::Public),
    // Scenes.
    ("GET", "/api/v1/scenes", SCENE_READERS),
    ("GET", "/api/v1/scenes/{site}/{camera}", SCENE_READERS),
    ("PUT", "/api/v1/scenes/{site}/{camera}/draft", SCENE_DRAWERS),
    ("DELETE", "/api/v1/scenes/{site}/{camera}/draft", SCENE_DRAWERS),
    ("POST", "/api/v1/scenes/{site}/{camera}/snapshot", SCENE_TRIERS),
    ("POST", "/api/v1/scenes/{site}/{camera}/preview", SCENE_TRIERS),
    ("POST", "/api/v1/scenes/{site}/{camera}/publish", SCENE_PUBLISHERS),
    ("GET", "/api/v1/scenes/{site}/{camera}/versions", SCENE_READERS),
    ("GET", "/api/v1/scenes/{site}/{camera}/versions/{id}", SCENE_READERS),
    ("GET", "/api/v1/sections", SCENE_READERS),
    ("GET", "/api/v1/sections/{site}/{id}", SCENE_READERS),
    // Cases and review.
    ("GET", "/api/v1/cases", CASE_LISTS),
    ("GET", "/api/v1/cases/{id}", CASE_POLICE),
    ("POST", "/api/v1/cases/{id}/claim", POLICE),
    ("DELETE", "/api/v1/cases/{id}/claim", POLICE),
    ("POST", "/api/v1/cases/{id}/played", POLICE),
    ("POST", "/api/v1/cases/{id}/plate", POLICE),
    ("POST", "/api/v1/cases/{id}/review", POLICE),
    ("POST", "/api/v1/cases/{id}/separate", POLICE),
    ("POST", "/api/v1/cases/{id}/void", CASE_POLICE),
    ("POST", "/api/v1/cases/{id}/void/confirm", COMMANDERS),
    ("POST", "/api/v1/cases/{id}/hold", COMMANDERS),
    ("DELETE", "/api/v1/cases/{id}/hold", COMMANDERS),
    ("GET", "/api/v1/review/next", POLICE),
    ("GET", "/api/v1/review/reasons", CASE_POLICE),
    ("GET", "/api/v1/review/me", POLICE),
    ("GET", "/api/v1/review/figures", COMMANDERS),
    ("GET", "/api/v1/enforcement/devices", DEVICE_READERS),
    ("GET", "/api/v1/enforcement/devices/{site}/{camera}", DEVICE_READERS),
    ("PUT", "/api/v1/enforcement/devices/{site}/{camera}", POLICE),
    ("POST", "/api/v1/enforcement/devices/{site}/{camera}/approve", COMMANDERS),
    ("POST", "/api/v1/enforcement/devices/{site}/{camera}/refuse", COMMANDERS),
    ("GET", "/api/v1/violation-kinds", EVERY_ROLE),
    ("POST", "/api/v1/adapter/violations", Access::Public),
    // Handlings.
    ("GET", "/api/v1/handlings", CASE_PEOPLE),
    ("POST", "/api/v1/handlings", POLICE),
    ("GET", "/api/v1/handlings/map", CASE_WATCHERS),
    ("GET", "/api/v1/handlings/{id}", CASE_PEOPLE),
    ("GET", "/api/v1/handlings/{id}/attachments/{attachment}", CASE_PEOPLE),
    ("GET", "/api/v1/handlings/{id}/drafts/{paper}", CASE_PEOPLE),
    ("POST", "/api/v1/handlings/{id}/actions/{action}", CASE_PEOPLE),
    ("GET", "/api/v1/documents/{id}", CASE_PEOPLE),
    ("GET", "/api/v1/violations/figures", CASE_WATCHERS),
    // Signed by the systems that send them.
    ("POST", "/api/v1/callbacks/vneid", Access::Public),
    ("POST", "/api/v1/callbacks/post", Access::Public),
    ("POST", "/api/v1/callbacks/dvcqg", Access::Public),
    // The citizen's side.
    ("POST", "/api/v1/citizen/session", Access::Public),
    ("DELETE", "/api/v1/citizen/session", Access::Public),
    ("GET", "/api/v1/citizen/cases", Access::Public),
    ("GET", "/api/v1/citizen/cases/{ref}", Access::Public),
    ("GET", "/api/v1/citizen/cases/{ref}/pictures/{n}", Access::Public),
    ("GET", "/api/v1/citizen/cases/{ref}/documents/{n}", Access::Public),
    ("POST", "/api/v1/citizen/cases/{ref}/confirm", Access::Public),
    ("POST", "/api/v1/citizen/cases/{ref}/driver", Access::Public),
    ("POST", "/api/v1/citizen/cases/{ref}/dispute", Access::Public),
    ("POST", "/api/v1/citizen/cases/{ref}/transfer", Access::Public),
    ("POST", "/api/v1/citizen/cases/{ref}/explanation", Access::Public),
    ("POST", "/api/v1/citizen/cases/{ref}/pay", Access::Public),
];

/// The rule of an operation; HEAD is a GET without its body.
pub fn rule(method: &str, path: &str) -> Option<Access> {
    let method = if method == "HEAD" { "GET" } else { method };
    RULES.iter().find(|(m, p, _)| *m == method && *p == path).map(|(_, _, access)| *access)
}

/// The account behind a request.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Account id.
    pub user_id: String,
    /// Sign-in name.
    pub username: String,
    /// Name to show.
    pub display_name: String,
    /// Role.
    pub role: Role,
    /// Sites by name, empty for all.
    pub sites: Vec<String>,
    /// The group that an enterprise's account sees.
    pub group: Option<String>,
    /// Rank of a police account: how far its signature goes.
    pub rank: Option<String>,
    /// Sites and group, for queries.
    pub scope: Scope,
    /// Language of texts.
    pub language: Language,
    /// SHA-256 of the session's token.
    pub session_id: String,
    /// When the session ends, whatever happens.
    pub expires_at_ms: i64,
    /// Peer.
    pub address: Option<IpAddr>,
}

impl Viewer {
    fn new(row: SessionRow, address: Option<IpAddr>) -> Option<Self> {
        let sites: Vec<String> = serde_json::from_str(&row.sites).ok()?;
        let role = Role::parse(&row.role)?;
        // However the row was written: a tenant without a group would see a whole site.
        if (role == Role::Enterprise) != row.group_id.is_some()
            || (role == Role::Enterprise && sites.is_empty())
        {
            return None;
        }
        Some(Self {
            role,
            scope: Scope::of(&sites)
                .within(row.group_id.clone())
                .for_police(matches!(role, TrafficPolice | PoliceSigner)),
            group: row.group_id,
            rank: row.rank,
            sites,
            language: if row.language == "en" { Language::En } else { Language::Vi },
            user_id: row.user_id,
            username: row.username,
            display_name: row.display_name,
            session_id: row.session_id,
            expires_at_ms: row.expires_at_ms,
            address,
        })
    }

    /// An audit row of what this account does now.
    pub fn does(&self, action: &str) -> AuditRow {
        AuditRow {
            role: Some(self.role.as_str().to_owned()),
            address: self.address.map(|address| address.to_string()),
            ..AuditRow::new(now_ms(), self.username.as_str(), action)
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::signed_out)
    }
}

/// The peer's address, for operations that need no account.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(peer(&parts.extensions)))
    }
}

/// The peer's address, where the listener tells it.
pub fn peer(extensions: &axum::http::Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
}

/// The session that the request's cookie names, if it lives. Looking at it is not using it.
pub async fn session_of(app: &app::State, headers: &HeaderMap) -> Result<Option<SessionRow>, StoreError> {
    let Some(token) = cookie(headers) else { return Ok(None) };
    let (now, idle) = (now_ms(), i64::from(app.config.http.session_idle_minutes) * 60_000);
    app.store.session(&session_id(token), now, now - idle).await
}

/// The account behind the request's session, which is used now.
async fn viewer_of(
    app: &app::State,
    headers: &HeaderMap,
    address: Option<IpAddr>,
) -> Result<Option<Viewer>, StoreError> {
    let Some(row) = session_of(app, headers).await? else { return Ok(None) };
    // To the minute is enough, and spares a write per request.
    let now = now_ms();
    if now - row.last_used_ms > 60_000 {
        app.store.touch_session(&row.session_id, now).await?;
    }
    Ok(Viewer::new(row, address))
}

/// The session cookie's value.
pub fn cookie(headers: &HeaderMap) -> Option<&str> {
    named_cookie(headers, COOKIE)
}

/// The value of a cookie.
pub fn named_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Stands in front of every resource: forged requests, then the session, then the role.
pub async fn guard(
    State(app): State<app::State>,
    path: MatchedPath,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let method = request.method();
    // A page of another origin cannot set this header without asking first, and is never told yes.
    let safe = method == Method::GET || method == Method::HEAD;
    // Other systems sign what they send, and hold no session that a page could misuse.
    let called_back =
        ["/api/v1/callbacks/", "/api/v1/adapter/"].iter().any(|prefix| path.as_str().starts_with(prefix));
    if !safe
        && !called_back
        && request.headers().get("x-requested-with").is_none_or(|value| value != "vong-gac")
    {
        let detail = "send the header X-Requested-With: vong-gac with everything but GET";
        return Err(Problem::new(StatusCode::FORBIDDEN, "missing_header", detail));
    }
    let Some(access) = rule(method.as_str(), path.as_str()) else {
        tracing::error!(method = %method, path = path.as_str(), "this route has no access rule, nobody is let in");
        return Err(Problem::forbidden());
    };
    if let Access::Roles(roles) = access {
        let address = peer(request.extensions());
        let viewer = viewer_of(&app, request.headers(), address).await?.ok_or_else(Problem::signed_out)?;
        if !roles.contains(&viewer.role) {
            return Err(Problem::forbidden());
        }
        request.extensions_mut().insert(viewer);
    }
    Ok(next.run(request).await)
}
