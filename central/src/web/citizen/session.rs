//! Coming in and going out. The cookie holds 256 random bits; the store holds only their SHA-256.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use utoipa::ToSchema;
use wire::gate::VneidWord;

use super::seen;
use super::{ANSWER, MINUTE_MS, open};
use crate::handling::{Handling, PartyKind};
use crate::masking;
use crate::store::audit::AuditRow;
use crate::store::handling::NUMBER;
use crate::store::handling::citizens::CitizenRow;
use crate::web::access::{Peer, named_cookie};
use crate::web::extract::Json;
use crate::web::problem::Problem;
use crate::web::session::session_id;
use crate::web::{Web, now_ms};

/// Name of the citizens' cookie.
const COOKIE: &str = "vg_citizen";
/// A session ends after so long without a request.
const IDLE_MS: i64 = 15 * MINUTE_MS;
/// Longest token, bytes.
const MAX_TOKEN: usize = 4096;
/// From this level of a VNeID account on, its holder may answer.
const ANSWERS_FROM: i64 = 2;

/// Either a token of VNeID, or number and code as a notice prints them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// One-time token of the VNeID app.
    token: Option<String>,
    /// Number of the notice or the decision.
    decision_or_notice_no: Option<String>,
    /// Look-up code of the notice.
    code: Option<String>,
}

/// Who came in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Came {
    /// Name, shortened.
    name_masked: Option<String>,
    /// Level of the VNeID account; 0 for who came with a code and may only look.
    level: i64,
    /// The code is of a notice whose handling was joined into this one: its number. The page shows what that notice was about.
    joined_into: Option<String>,
}

impl CitizenRow {
    /// Whether its person is known well enough to answer.
    pub fn may_answer(&self) -> bool {
        self.id_digest.is_some() && self.level >= ANSWERS_FROM
    }
}

/// The session of a request.
pub async fn citizen(web: &Web, headers: &HeaderMap) -> Result<CitizenRow, Problem> {
    let signed_out = || {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "not_signed_in",
            "sign in first, or again: the session has ended",
        )
    };
    let token = named_cookie(headers, COOKIE).filter(|token| !token.is_empty()).ok_or_else(signed_out)?;
    web.app.store.citizen(&session_id(token), now_ms(), IDLE_MS).await?.ok_or_else(signed_out)
}

/// Comes in with a VNeID token, or with number and code of a notice. A session ends after 15 minutes without a request, and after
/// two hours in any case.
#[utoipa::path(post, path = "/citizen/session", tag = "citizen", request_body = Key,
    responses((status = 200, description = "Came in; sets the cookie `vg_citizen`", body = Came),
        (status = 401, description = "`vneid_expired`, `vneid_replayed`, `vneid_invalid`, `vneid_level`, `bad_code`", body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem), (status = 503, description = "`vneid_away`", body = Problem)))]
pub async fn sign_in(
    State(web): State<Web>,
    Peer(address): Peer,
    headers: HeaderMap,
    key: Result<Json<Key>, Problem>,
) -> Result<Response, Problem> {
    open(&web)?;
    // Counted before it is looked at: what cannot be understood costs too.
    let most = web.app.config.handling.sign_ins as usize;
    let limit = &web.citizen.limit;
    limit.take("citizen.sign_in", address, most, 15 * MINUTE_MS, now_ms()).map_err(Problem::slow_down)?;
    let Json(key) = key?;
    let (row, name, joined_into) = match (key.token, key.decision_or_notice_no, key.code) {
        (Some(token), None, None) => {
            let (row, name) = by_token(&web, &token).await?;
            (row, name, None)
        }
        (None, Some(number), Some(code)) => by_code(&web, &number, &code).await?,
        _ => {
            return Err(Problem::unacceptable("bad_fields", "send token, or decision_or_notice_no and code"));
        }
    };
    let token = format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>());
    let row = CitizenRow { session_id: session_id(&token), used_at_ms: now_ms(), ..row };
    let mut audit = AuditRow::new(row.used_at_ms, "citizen", "citizen.sign_in");
    audit.purpose = Some("VIOLATION_CITIZEN".to_owned());
    audit.address = address.map(|address| address.to_string());
    audit.detail = Some(serde_json::json!({ "level": row.level }).to_string());
    if let Some(handling) = &row.handling_id {
        audit = audit.on("handling", handling);
    }
    let (store, key) = (&web.app.store, &web.app.data_key);
    store.audit(&audit).await?;
    if let Some(before) = named_cookie(&headers, COOKIE) {
        store.delete_citizen(&session_id(before)).await?;
    }
    store.insert_citizen(key, &row, &name, IDLE_MS).await?;
    let name_masked = Some(name).filter(|name| !name.is_empty());
    let came = Came { name_masked, level: row.level, joined_into };
    Ok(([(header::SET_COOKIE, cookie(&web, &token, "")?)], Json(came)).into_response())
}

/// Goes out: ends the session and takes the cookie back.
#[utoipa::path(delete, path = "/citizen/session", tag = "citizen", responses((status = 204, description = "Went out")))]
pub async fn sign_out(State(web): State<Web>, headers: HeaderMap) -> Result<Response, Problem> {
    if let Some(token) = named_cookie(&headers, COOKIE) {
        web.app.store.delete_citizen(&session_id(token)).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie(&web, "", "; Max-Age=0")?)]).into_response())
}

/// It goes with the browser's session, and to these resources alone.
fn cookie(web: &Web, token: &str, age: &str) -> Result<HeaderValue, Problem> {
    let secure = if web.app.config.http.https { "; Secure" } else { "" };
    let text = format!("{COOKIE}={token}; Path=/api/v1/citizen; HttpOnly; SameSite=Strict{age}{secure}");
    HeaderValue::from_str(&text).map_err(|error| Problem::internal(&error))
}

fn refused(code: &'static str, detail: &'static str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, code, detail)
}

/// The session of a token's person, and the shortened name.
async fn by_token(web: &Web, token: &str) -> Result<(CitizenRow, String), Problem> {
    let invalid = || refused("vneid_invalid", "token: send what the QR code of the VNeID app says");
    if token.trim().is_empty() || token.len() > MAX_TOKEN {
        return Err(invalid());
    }
    let away = || {
        let detail = "VNeID does not answer now: try again later with a new code";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "vneid_away", detail)
    };
    let door = web.citizen.door.as_ref().ok_or_else(away)?;
    let said = door.whose(token.trim()).await.map_err(|error| {
        tracing::warn!(%error, "VNeID does not tell who signs in");
        away()
    })?;
    match said.result {
        VneidWord::Valid => {}
        VneidWord::Expired => {
            return Err(refused("vneid_expired", "the code is over a minute old: get a new one"));
        }
        VneidWord::Replayed => {
            return Err(refused("vneid_replayed", "the code was used before: get a new one"));
        }
        VneidWord::Invalid => return Err(invalid()),
    }
    let level = said.level.unwrap_or(0);
    let number = said.id_number.filter(|_| level > 0);
    let number =
        number.ok_or_else(|| refused("vneid_level", "this VNeID account does not tell who its holder is"))?;
    let name = masking::short_name(false, said.display_name.as_deref().unwrap_or_default());
    let row = CitizenRow {
        id_digest: Some(web.app.data_key.index(NUMBER, &number)),
        level: i64::from(level),
        ..nobody()
    };
    Ok((row, name))
}

fn nobody() -> CitizenRow {
    CitizenRow {
        session_id: String::new(),
        id_digest: None,
        handling_id: None,
        party: None,
        name_sealed: String::new(),
        level: 0,
        used_at_ms: 0,
    }
}

/// What a notice opens: the session, the shortened name, and the number of the handling that its own was joined into.
type Opened = (CitizenRow, String, Option<String>);

/// The session of whoever holds a notice. Wrong number and wrong code are answered alike and at the same time.
async fn by_code(web: &Web, number: &str, code: &str) -> Result<Opened, Problem> {
    let done = Instant::now() + ANSWER;
    let found = opened(web, number, code).await;
    if !matches!(found, Ok(Some(_))) {
        tokio::time::sleep_until(done).await;
    }
    found?.ok_or_else(|| refused("bad_code", "number or code is wrong"))
}

async fn opened(web: &Web, number: &str, code: &str) -> Result<Option<Opened>, Problem> {
    let (store, key) = (&web.app.store, &web.app.data_key);
    let Some((id, party)) = store.code_opens(key, &read_code(code)).await? else { return Ok(None) };
    let (Some(h), Ok(n)) = (store.handling(&id).await?, u32::try_from(party)) else { return Ok(None) };
    // A notice that a later one took the place of is still on somebody's table.
    let issued = store.documents_of(&h.id).await?;
    if !carries(&h, number) && issued.iter().all(|row| plain(&row.number) != plain(number)) {
        return Ok(None);
    }
    let row = CitizenRow { handling_id: Some(h.id.clone()), party: Some(party), ..nobody() };
    // A code opens as long as there is something to see with it, in its own handling or in the one that goes on.
    let Some(shown) = seen::all(web, &row).await?.into_iter().next() else { return Ok(None) };
    let person = store.handling_person(key, &h.id, n).await?;
    let name = person.map(|person| masking::short_name(person.kind == PartyKind::Org, &person.name));
    Ok(Some((row, name.unwrap_or_default(), shown.joined.map(|joined| joined.number))))
}

/// Whether a number is one of the handling's papers, or its own.
fn carries(h: &Handling, number: &str) -> bool {
    let typed = plain(number);
    let papers = [&h.notice, &h.minutes, &h.decision].into_iter().flatten();
    let mut numbers = papers.filter_map(|paper| paper.number.as_deref()).chain([h.number.as_str()]);
    numbers.any(|number| plain(number) == typed)
}

/// A number as it is compared: people leave out spaces, and type small letters.
fn plain(number: &str) -> String {
    let letters = number.chars().take(64).filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_uppercase).collect()
}

/// A code as it was printed: letters that look like digits are never in one.
fn read_code(typed: &str) -> String {
    let letters = typed.chars().take(64).filter(char::is_ascii_alphanumeric);
    letters
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_codes_are_read_as_people_type_them() {
        assert_eq!(read_code(" k7pm-4qxd oi "), "K7PM4QXD01");
        assert_eq!(plain("000012/2026/TB-PC08"), plain(" 000012 / 2026 / tb-pc08"));
        assert_eq!(plain("000001/2026/QĐ-XPHC-PC08"), plain("000001/2026/qđ-xphc-pc08"));
        assert_ne!(plain("000012/2026/TB-PC08"), plain("000013/2026/TB-PC08"));
    }
}
