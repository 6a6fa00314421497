//! Identity checks from central, and those that gates left for later. Answers are words; nothing of a person is kept.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wire::gate::RegisterWord;

use super::access::Viewer;
use super::extract::{Json, Moment, Page, Place, Query, page_size};
use super::now_ms;
use super::problem::Problem;
use crate::app;
use crate::gates::answers::is_purpose;
use crate::gates::document::Document;
use crate::notify::Change;
use crate::registers::identity::{self, Asker};
use crate::store::gates::identities::CheckRow;

fn asker(viewer: &Viewer, purpose: &str) -> Result<Asker, Problem> {
    if !is_purpose(purpose) {
        let detail = "purpose: a code of A-Z, 0-9 and _ that says why, such as GATE_CONTROL";
        return Err(Problem::unacceptable("bad_purpose", detail));
    }
    Ok(Asker {
        actor: viewer.username.clone(),
        site: viewer.sites.first().cloned().unwrap_or_default(),
        place: serde_json::json!({ "console": true }),
        purpose: purpose.to_owned(),
        object: uuid::Uuid::now_v7().to_string(),
    })
}

/// A claim about a citizen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// 12 digits.
    number: String,
    /// As on the card.
    name: String,
    /// `YYYY-MM-DD`.
    birth: String,
    /// Purpose code.
    purpose: String,
}

/// What a service said.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verdict {
    /// `MATCH`, `NO_MATCH`, `NOT_FOUND`, `LOCKED`; `VALID`, `EXPIRED`, `REPLAYED`, `INVALID`; `same`, `different`, `unsure`,
    /// `poor_image`; `unavailable`.
    result: String,
    /// Fields that differ.
    mismatch: Vec<String>,
    /// Somebody should look at the papers. Why is not said.
    check_papers: bool,
    /// Level of a VNeID account.
    level: Option<u8>,
    /// Why there is no answer: `upstream_down`, `quota`, `not_configured`, `refused`.
    why: Option<String>,
    /// The service's transaction number.
    txn: Option<String>,
}

impl Verdict {
    fn new(result: &str, txn: Option<String>) -> Self {
        Self { result: result.to_owned(), mismatch: vec![], check_papers: false, level: None, why: None, txn }
    }

    fn none(word: RegisterWord) -> Self {
        let why = serde_json::to_value(word).ok().and_then(|word| word.as_str().map(str::to_owned));
        Self { why, ..Self::new("unavailable", None) }
    }
}

fn word<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Are number, name and date of birth right?
#[utoipa::path(post, path = "/identity/verify", tag = "gates", request_body = Claim,
    responses((status = 200, body = Verdict), (status = 422, body = Problem)))]
pub async fn verify(
    State(app): State<app::State>,
    viewer: Viewer,
    Json(claim): Json<Claim>,
) -> Result<Json<Verdict>, Problem> {
    let asker = asker(&viewer, &claim.purpose)?;
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    if wire::identity::CitizenNumber::parse(&claim.number, today).is_err() {
        return Err(Problem::unacceptable("bad_number", "number: 12 digits of an identity number"));
    }
    let of = (claim.number.as_str(), claim.name.as_str(), claim.birth.as_str());
    let citizen = identity::citizen(&app.registers, &app.store, &asker, of, now_ms()).await?;
    if let Some(feed_id) = citizen.feed_id {
        app.hub.send(Change::Feed(feed_id));
    }
    let verdict = match citizen.verdict {
        Ok(verdict) => Verdict {
            mismatch: verdict.mismatch.iter().map(|field| field.to_lowercase()).collect(),
            ..Verdict::new(&word(&verdict.result), verdict.txn_id)
        },
        Err(why) => Verdict::none(why),
    };
    Ok(Json(Verdict { check_papers: citizen.check_papers, ..verdict }))
}

/// A VNeID code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Text of the QR code.
    token: String,
    /// Purpose code.
    purpose: String,
}

/// Is this VNeID code good? Asking uses it up.
#[utoipa::path(post, path = "/identity/vneid", tag = "gates", request_body = Code,
    responses((status = 200, body = Verdict), (status = 422, body = Problem)))]
pub async fn vneid(
    State(app): State<app::State>,
    viewer: Viewer,
    Json(code): Json<Code>,
) -> Result<Json<Verdict>, Problem> {
    let asker = asker(&viewer, &code.purpose)?;
    let answer = identity::vneid_code(&app.registers, &app.store, &asker, &code.token, now_ms()).await?;
    Ok(Json(match answer {
        Ok(verdict) => {
            Verdict { level: verdict.level, ..Verdict::new(&word(&verdict.result), verdict.txn_id) }
        }
        Err(why) => Verdict::none(why),
    }))
}

/// A face to be compared with the one on file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FaceClaim {
    /// Site at which it was shown: faces have to be approved there.
    site: String,
    /// 12 digits.
    number: String,
    /// JPEG, base64; not kept. The whole request has at most 64 KiB.
    image: String,
    /// Liveness score, 0 to 1.
    liveness: f32,
    /// Purpose code.
    purpose: String,
}

/// Is this the face on file of this number? Only where the site's approval is in force.
#[utoipa::path(post, path = "/identity/face", tag = "gates", request_body = FaceClaim,
    responses((status = 200, body = Verdict), (status = 403, description = "`not_approved`", body = Problem),
        (status = 422, body = Problem)))]
pub async fn face(
    State(app): State<app::State>,
    viewer: Viewer,
    Json(claim): Json<FaceClaim>,
) -> Result<Json<Verdict>, Problem> {
    let asker = Asker { site: claim.site.clone(), ..asker(&viewer, &claim.purpose)? };
    let policy = if viewer.scope.sees(&claim.site) { app.store.policy(&claim.site).await? } else { None };
    let document = policy.and_then(|row| serde_json::from_str::<Document>(&row.document).ok());
    let approved = document.and_then(|document| document.faces);
    if approved.is_none_or(|approval| approval.until <= jiff::Timestamp::now()) {
        let detail = "no approval for faces at this site is on file and in force";
        return Err(Problem::new(axum::http::StatusCode::FORBIDDEN, "not_approved", detail));
    }
    let of = (claim.number.as_str(), claim.image.as_str(), claim.liveness);
    let answer = identity::face(&app.registers, &app.store, &asker, of, now_ms()).await?;
    Ok(Json(match answer {
        Ok(verdict) => Verdict::new(&verdict.decision.to_lowercase(), verdict.txn_id),
        Err(why) => Verdict::none(why),
    }))
}

/// An identity that is checked later.
#[derive(Debug, Serialize, ToSchema)]
pub struct Check {
    id: String,
    site: String,
    /// The decision.
    access: String,
    purpose: String,
    /// `waiting`, `answered` or `given_up`.
    state: String,
    result: Option<String>,
    txn: Option<String>,
    attempts: i64,
    asked_at: Moment,
    next_try_at: Option<Moment>,
    answered_at: Option<Moment>,
}

impl Check {
    fn of(row: CheckRow) -> Self {
        Self {
            id: row.id,
            site: row.site,
            access: row.access,
            purpose: row.purpose,
            state: row.state,
            result: row.result,
            txn: row.txn,
            attempts: row.attempts,
            asked_at: Moment(row.asked_at_ms),
            next_try_at: row.next_try_at_ms.map(Moment),
            answered_at: row.answered_at_ms.map(Moment),
        }
    }
}

/// Which checks.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct CheckQuery {
    /// `waiting`, `answered` or `given_up`; all when left out.
    state: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when left out.
    limit: Option<u32>,
}

/// Identities that gates could not check and left for later, newest first.
#[utoipa::path(get, path = "/identity/checks", tag = "gates", params(CheckQuery), responses((status = 200, body = Page<Check>)))]
pub async fn checks(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<CheckQuery>,
) -> Result<Json<Page<Check>>, Problem> {
    let limit = page_size(query.limit)?;
    let place = Place::parse(query.cursor.as_deref())?;
    let state = query.state.unwrap_or_default();
    let rows = app.store.identity_checks(&viewer.scope, &state, (place.at_ms, &place.id), limit + 1).await?;
    let page = Page::cut(rows, limit, |row| Place { at_ms: row.asked_at_ms, id: row.id.clone() });
    Ok(Json(Page { items: page.items.into_iter().map(Check::of).collect(), next: page.next }))
}
