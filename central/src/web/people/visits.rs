//! The public page: sites, announcing a visit, how it stands, binding it to VNeID, cancelling it. Nobody is signed in; every answer
//! is the same for a code that is not there and one that is another's.

use std::net::IpAddr;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Shared, field, setting};
use crate::app;
use crate::passes;
use crate::store::audit::AuditRow;
use crate::store::people::exports::NoticeRow;
use crate::store::people::visits::VisitRow;
use crate::visits::{NewVisit, Rules, bound, check, code_digest, state_word};
use crate::web::access::Peer;
use crate::web::extract::{Json, Path};
use crate::web::problem::Problem;
use crate::web::{Web, now_ms};

/// Looks at visits, and tries of codes, that one address may make in a minute.
const LOOKS_PER_MINUTE: usize = 30;
/// Bindings that one address may try in a minute.
const BINDS_PER_MINUTE: usize = 6;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;
/// Longest VNeID code, bytes.
const MAX_TOKEN: usize = 4096;

/// A site that visits can be announced to.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicSite {
    id: String,
    name: String,
    name_en: String,
    /// Who is responsible for the data.
    controller: Option<String>,
    /// Privacy notice, Vietnamese.
    notice_vi: String,
    /// The same, English.
    notice_en: String,
    /// Which notice it is: sent back with the consent.
    notice_version: String,
    /// Whom to ask about one's data.
    dpo: String,
    /// Days ahead for which a visit may be announced.
    days_ahead: u32,
    /// Most people of one visit.
    most_people: u32,
    /// Days after the visit when what was said is erased.
    keep_days: u32,
    /// Whom one can visit.
    groups: Vec<PublicGroup>,
}

/// A group that can be visited.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicGroup {
    id: String,
    name: String,
}

/// How a visit stands. Nothing personal is in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicVisit {
    /// The code, which is needed for everything else; as it was given out.
    code: String,
    /// `waiting`, `approved`, `refused`, `cancelled`, `arrived` or `expired`.
    state: &'static str,
    site: String,
    date: String,
    /// `HH:MM`.
    time: String,
    people: i64,
    /// Whether it is bound to VNeID.
    bound: bool,
    /// Why it was refused, in words of the site.
    reason_vi: Option<String>,
    reason_en: Option<String>,
    /// The pass to show at the gate, once approved.
    pass: Option<String>,
    /// The same as a QR code, SVG.
    qr_svg: Option<String>,
}

/// A VNeID one-minute code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// What the QR code says; not parsed here.
    vneid_token: String,
}

fn open(app: &app::State) -> Result<(), Problem> {
    if app.config.visits.open { Ok(()) } else { Err(Problem::not_found("page")) }
}

fn slow(
    shared: &Shared,
    what: &'static str,
    address: Option<IpAddr>,
    most: usize,
    within_ms: i64,
) -> Result<(), Problem> {
    shared.limit.take(what, address, most, within_ms, now_ms()).map_err(Problem::slow_down)
}

/// Which text it is: a digest of it, so that a changed notice is another.
fn notice_version(notice: &NoticeRow) -> String {
    let text = [&notice.controller, &notice.dpo_contact, &notice.notice_vi, &notice.notice_en]
        .map(|text| text.as_deref().unwrap_or_default())
        .join("\n");
    wire::Digest::of(text.as_bytes()).to_string()[..12].to_owned()
}

/// Sites that visits can be announced to, with their privacy notices.
#[utoipa::path(get, path = "/visits/sites", tag = "visits", responses((status = 200, body = Vec<PublicSite>)))]
pub async fn sites(State(web): State<Web>, Peer(address): Peer) -> Result<Json<Vec<PublicSite>>, Problem> {
    open(&web.app)?;
    slow(&web.people, "look", address, LOOKS_PER_MINUTE, MINUTE_MS)?;
    let (app, settings) = (&web.app, &web.app.config.visits);
    let mut sites = Vec::new();
    for notice in app.store.notices("").await? {
        let groups = app.store.groups(&notice.site).await?;
        let hosts = groups.into_iter().filter(|group| {
            group.status == "active" && ["enterprise", "staff"].contains(&group.kind.as_str())
        });
        sites.push(PublicSite {
            notice_version: notice_version(&notice),
            id: notice.site,
            name: notice.name_vi,
            name_en: notice.name_en,
            controller: notice.controller,
            notice_vi: notice.notice_vi.unwrap_or_default(),
            notice_en: notice.notice_en.unwrap_or_default(),
            dpo: notice.dpo_contact.unwrap_or_default(),
            days_ahead: settings.days_ahead,
            most_people: settings.most_people,
            keep_days: settings.keep_days,
            groups: hosts.map(|group| PublicGroup { id: group.group_id, name: group.name }).collect(),
        });
    }
    Ok(Json(sites))
}

/// Announces a visit. The answer's code is the only key to it.
#[utoipa::path(post, path = "/visits", tag = "visits", request_body = NewVisit,
    responses((status = 201, body = PublicVisit), (status = 409, description = "`day_full`, `notice_changed`", body = Problem),
        (status = 422, description = "`bad_fields`", body = Problem), (status = 429, description = "`rate_limited`", body = Problem)))]
pub async fn announce(
    State(web): State<Web>,
    Peer(address): Peer,
    new: Result<Json<NewVisit>, Problem>,
) -> Result<Response, Problem> {
    open(&web.app)?;
    let (app, rules) = (&web.app, &web.app.config.visits);
    slow(&web.people, "announce", address, rules.per_hour as usize, HOUR_MS)?;
    // Counted before it is looked at: what cannot be understood costs too.
    let Json(new) = new?;
    let notice = app
        .store
        .notices(&new.site)
        .await?
        .pop()
        .filter(|_| !new.site.is_empty())
        .ok_or_else(|| Problem::not_found("site"))?;
    let version = notice_version(&notice);
    if new.notice_version.as_ref().is_some_and(|agreed| *agreed != version) {
        let detail = "the privacy notice was changed meanwhile: read it again";
        return Err(Problem::new(StatusCode::CONFLICT, "notice_changed", detail));
    }
    let (setting, _) = setting(app, &new.site, None).await?;
    let (now, bounds) = (now_ms(), Rules { days_ahead: rules.days_ahead, most_people: rules.most_people });
    let announced = check(&new, &setting, bounds, now).map_err(|wrongs| {
        Problem::fields(wrongs.into_iter().map(|(name, wrong)| field(name, wrong)).collect())
    })?;
    let person = serde_json::to_string(&announced.person).map_err(|error| Problem::internal(&error))?;
    let code = passes::new_code();
    let visit = VisitRow {
        visit_id: uuid::Uuid::now_v7().to_string(),
        code_digest: code_digest(&code),
        site: new.site,
        state: "waiting".to_owned(),
        person_sealed: Some(app.data_key.seal("visits.person", &person)),
        foreigner: i64::from(announced.person.passport.is_some()),
        people: i64::from(new.people),
        plate: announced.plate,
        host_group: announced.host_group,
        date: new.date.to_string(),
        expected_at_ms: announced.expected_at_ms,
        consent_at_ms: now,
        notice_version: version,
        vneid_sealed: None,
        vneid_digest: None,
        vneid_level: None,
        bound_at_ms: None,
        member_id: None,
        pass_id: None,
        decided_by: None,
        decided_at_ms: None,
        decided_why: None,
        made_at_ms: now,
        erased_at_ms: None,
        arrived: 0,
    };
    let most = notice.visits_per_day.unwrap_or(i64::from(rules.per_day));
    if !app.store.insert_visit(&visit, most).await? {
        let detail = "so many people are announced for that day already that this visit does not fit: choose another day";
        return Err(Problem::new(StatusCode::CONFLICT, "day_full", detail));
    }
    app.store.audit(&by_visitor("visit.announce", &visit.visit_id, address)).await?;
    Ok((StatusCode::CREATED, Json(view(app, &visit, code).await?)).into_response())
}

/// How a visit stands.
#[utoipa::path(get, path = "/visits/{code}", tag = "visits", params(("code" = String, Path, description = "Code of the visit")),
    responses((status = 200, body = PublicVisit), (status = 404, body = Problem), (status = 429, description = "`rate_limited`", body = Problem)))]
pub async fn status(
    State(web): State<Web>,
    Peer(address): Peer,
    Path(typed): Path<String>,
) -> Result<Json<PublicVisit>, Problem> {
    let (visit, code) = find(&web, "look", LOOKS_PER_MINUTE, address, &typed).await?;
    view(&web.app, &visit, code).await.map(Json)
}

/// Cancels a visit; its pass opens nothing any more.
#[utoipa::path(delete, path = "/visits/{code}", tag = "visits", params(("code" = String, Path, description = "Code of the visit")),
    responses((status = 204, description = "Cancelled"), (status = 404, body = Problem), (status = 409, description = "`visit_over`", body = Problem)))]
pub async fn cancel(
    State(web): State<Web>,
    Peer(address): Peer,
    Path(typed): Path<String>,
) -> Result<StatusCode, Problem> {
    let (visit, _) = find(&web, "look", LOOKS_PER_MINUTE, address, &typed).await?;
    if !web.app.store.cancel_visit(&visit.visit_id, "visitor", now_ms()).await? {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "visit_over",
            "the visit was refused or cancelled already",
        ));
    }
    web.app.store.audit(&by_visitor("visit.cancel", &visit.visit_id, address)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Binds a visit to a VNeID one-minute code of an account of level 2. The code is asked about once and not kept.
#[utoipa::path(post, path = "/visits/{code}/bind", tag = "visits", request_body = Token, params(("code" = String, Path, description = "Code of the visit")),
    responses((status = 200, body = PublicVisit), (status = 404, body = Problem), (status = 409, description = "`bound_already`", body = Problem),
        (status = 422, description = "`vneid_expired`, `vneid_replayed`, `vneid_invalid`, `vneid_level`", body = Problem),
        (status = 503, description = "`vneid_away`", body = Problem)))]
pub async fn bind(
    State(web): State<Web>,
    Peer(address): Peer,
    Path(typed): Path<String>,
    token: Result<Json<Token>, Problem>,
) -> Result<Json<PublicVisit>, Problem> {
    let (visit, code) = find(&web, "bind", BINDS_PER_MINUTE, address, &typed).await?;
    let Json(token) = token?;
    if token.vneid_token.is_empty() || token.vneid_token.len() > MAX_TOKEN {
        return Err(Problem::unacceptable(
            "vneid_invalid",
            "vneid_token: send what the QR code of the VNeID app says",
        ));
    }
    let taken = || {
        Problem::new(
            StatusCode::CONFLICT,
            "bound_already",
            "the visit is bound already, is over, or this person has another visit on that day",
        )
    };
    if visit.bound_at_ms.is_some() || !["waiting", "approved"].contains(&visit.state.as_str()) {
        return Err(taken());
    }
    let away = || {
        let detail = "VNeID does not answer now: try again later with a new code; the visit stays as it is";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "vneid_away", detail)
    };
    let verifier = web.people.vneid.as_ref().ok_or_else(away)?;
    let mut row = by_visitor("visit.bind", &visit.visit_id, address);
    row.purpose = Some("VISITOR_REGISTRATION".to_owned());
    web.app.store.audit(&row).await?;
    let (word, level, subject) =
        verifier.verify(&token.vneid_token, "VISITOR_REGISTRATION").await.map_err(|_| away())?;
    let found = bound(word, level, subject).map_err(|(code, vi, en)| {
        Problem::fields_as(code, vec![field("vneid_token", (code, vi.to_owned(), en.to_owned()))])
    })?;
    let app = &web.app;
    if !app
        .store
        .bind_visit(&app.data_key, &visit, (&found.subject, i64::from(found.level)), now_ms())
        .await?
    {
        return Err(taken());
    }
    let visit =
        app.store.visit_by_code(&visit.code_digest).await?.ok_or_else(|| Problem::not_found("visit"))?;
    view(app, &visit, code).await.map(Json)
}

async fn find(
    web: &Web,
    what: &'static str,
    most: usize,
    address: Option<IpAddr>,
    typed: &str,
) -> Result<(VisitRow, String), Problem> {
    open(&web.app)?;
    slow(&web.people, what, address, most, MINUTE_MS)?;
    let code = passes::read_code(typed).ok_or_else(|| Problem::not_found("visit"))?;
    let visit = web.app.store.visit_by_code(&code_digest(&code)).await?;
    visit.map(|visit| (visit, code)).ok_or_else(|| Problem::not_found("visit"))
}

async fn view(app: &app::State, visit: &VisitRow, code: String) -> Result<PublicVisit, Problem> {
    let policy = app.store.site_policy(&visit.site).await?;
    let expected =
        jiff::Timestamp::from_millisecond(visit.expected_at_ms).map_err(|error| Problem::internal(&error))?;
    let local = policy.clock().local(expected);
    let over = policy.clock().local(jiff::Timestamp::now()).date() > local.date();
    let state = state_word(&visit.state, visit.arrived > 0, over);
    let pass = match &visit.member_id {
        Some(member) if state == "approved" => {
            app.store.member(&app.data_key, member).await?.and_then(|member| member.pass_secret)
        }
        _ => None,
    };
    let qr_svg =
        pass.as_deref().map(passes::qr_svg).transpose().map_err(|error| Problem::internal(&error))?;
    let reason = visit.decided_why.clone().filter(|_| visit.state == "refused");
    Ok(PublicVisit {
        code,
        state,
        site: visit.site.clone(),
        date: visit.date.clone(),
        time: local.strftime("%H:%M").to_string(),
        people: visit.people,
        bound: visit.bound_at_ms.is_some(),
        reason_vi: reason.clone(),
        reason_en: reason,
        pass,
        qr_svg,
    })
}

fn by_visitor(action: &str, visit: &str, address: Option<IpAddr>) -> AuditRow {
    let row = AuditRow::new(now_ms(), "visitor", action).on("visit", visit);
    AuditRow { address: address.map(|address| address.to_string()), ..row }
}
