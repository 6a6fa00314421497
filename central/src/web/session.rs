//! Signing in and out. The cookie holds 256 random bits; the store holds only their SHA-256.

use axum::extract::{FromRequest as _, State};
use axum::http::header::{InvalidHeaderValue, SET_COOKIE};
use axum::http::{HeaderValue, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wire::Digest;

use super::access::{self, Viewer};
use super::extract::Json;
use super::problem::Problem;
use super::{Web, now_ms};
use crate::auth::{self, Language, Role};
use crate::store::UserRow;
use crate::store::audit::AuditRow;

/// Name of the session cookie.
pub const COOKIE: &str = "vg_session";

/// A session ends after this, however busy it is.
const ABSOLUTE_MS: i64 = 12 * 3600 * 1000;

/// What is typed to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// Sign-in name, any case.
    username: String,
    /// Password.
    #[schema(format = Password)]
    password: String,
}

/// An account, as others may know it.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    /// Id.
    pub id: String,
    /// Sign-in name.
    pub username: String,
    /// Name to show.
    pub display_name: String,
    /// Role.
    pub role: Role,
    /// Sites that it sees; empty for all.
    pub sites: Vec<String>,
    /// The group that an enterprise's account sees.
    pub group: Option<String>,
    /// Rank of a police account.
    pub rank: Option<String>,
    /// Language.
    pub language: Language,
}

impl User {
    /// The account of a stored row; `None` when the row holds an unknown role.
    pub fn of(row: UserRow) -> Option<Self> {
        Some(Self {
            role: Role::parse(&row.role)?,
            sites: serde_json::from_str(&row.sites).ok()?,
            group: row.group_id,
            rank: row.rank,
            language: if row.language == "en" { Language::En } else { Language::Vi },
            id: row.user_id,
            username: row.username,
            display_name: row.display_name,
        })
    }
}

/// The stored id of a session: what can be found in the database cannot be sent as a cookie.
pub fn session_id(token: &str) -> String {
    Digest::of(token.as_bytes()).to_string()
}

/// Signs in: sets the session cookie. Every sign-in gets a new session; one that the browser still had ends.
#[utoipa::path(post, path = "/session", tag = "session", request_body = Credentials,
    responses((status = 200, description = "Signed in", body = User),
        (status = 401, description = "`bad_credentials`", body = Problem),
        (status = 429, description = "`rate_limited`: wait for `Retry-After` seconds", body = Problem)))]
pub async fn sign_in(
    State(web): State<Web>,
    request: Request<axum::body::Body>,
) -> Result<Response, Problem> {
    let address = access::peer(request.extensions());
    let before = access::cookie(request.headers()).map(session_id);
    let Json(typed) = Json::<Credentials>::from_request(request, &web).await?;
    let (store, now) = (&web.app.store, now_ms());
    let username = typed.username.trim().to_lowercase();
    if let Some(wait_s) = web.throttle.wait_s(&username, address, now) {
        return Err(Problem::too_many(wait_s));
    }
    web.throttle.begins(&username, address, now);
    let account = store.user_by_name(&username).await?;
    let hash = account.as_ref().filter(|user| user.disabled == 0).map(|user| user.password_hash.clone());
    let sized = typed.password.len() <= auth::MAX_PASSWORD;
    let right =
        auth::verify_password(hash.filter(|_| sized), if sized { typed.password } else { String::new() })
            .await;
    let address_text = address.map(|address| address.to_string());
    // What was typed as a name may be a password: it is written only when it is a name.
    let actor = account.as_ref().map_or("unknown", |user| user.username.as_str());
    let mut row = AuditRow::new(now, actor, if right { "session.create" } else { "session.refused" });
    row.role = account.as_ref().map(|user| user.role.clone());
    row.address = address_text.clone();
    store.audit(&row).await?;
    let Some(account) = account.filter(|_| right) else {
        let detail = "user name or password is wrong";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "bad_credentials", detail));
    };
    web.throttle.succeeded(&username, address);
    if let Some(before) = before {
        store.delete_session(&before).await?;
    }
    let token = new_token();
    let id = session_id(&token);
    store.insert_session(&id, &account.user_id, now, now + ABSOLUTE_MS, address_text.as_deref()).await?;
    let user = User::of(account).ok_or_else(|| Problem::internal(&"the account has an unknown role"))?;
    let cookie = set_cookie(&token, ABSOLUTE_MS / 1000, web.app.config.http.https);
    with_cookie(Json(user).into_response(), cookie)
}

/// Who is signed in.
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = User)))]
pub async fn current(viewer: Viewer) -> Json<User> {
    Json(User {
        id: viewer.user_id,
        username: viewer.username,
        display_name: viewer.display_name,
        role: viewer.role,
        sites: viewer.sites,
        group: viewer.group,
        rank: viewer.rank,
        language: viewer.language,
    })
}

/// Signs out: ends the session and takes the cookie back.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204, description = "Signed out")))]
pub async fn sign_out(State(web): State<Web>, viewer: Viewer) -> Result<Response, Problem> {
    web.app.store.delete_session(&viewer.session_id).await?;
    web.app.store.audit(&viewer.does("session.delete")).await?;
    with_cookie(StatusCode::NO_CONTENT.into_response(), set_cookie("", 0, web.app.config.http.https))
}

fn new_token() -> String {
    let bytes: [u8; 32] = rand::random();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn set_cookie(token: &str, max_age_s: i64, https: bool) -> Result<HeaderValue, InvalidHeaderValue> {
    let secure = if https { "; Secure" } else { "" };
    HeaderValue::from_str(&format!(
        "{COOKIE}={token}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Strict{secure}"
    ))
}

fn with_cookie(
    mut response: Response,
    cookie: Result<HeaderValue, InvalidHeaderValue>,
) -> Result<Response, Problem> {
    response.headers_mut().insert(SET_COOKIE, cookie.map_err(|error| Problem::internal(&error))?);
    Ok(response)
}
