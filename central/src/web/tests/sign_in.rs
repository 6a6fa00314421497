use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::json;

use super::{PASSWORD, Site, cookie_of};
use crate::auth::Role;

#[tokio::test]
async fn signing_in_gives_a_cookie_that_scripts_and_other_pages_cannot_use() {
    let site = Site::new().await;
    let username = site.user(Role::GateOperator, &[]).await;
    let reply = site.sign_in(&username.to_uppercase(), PASSWORD).await;
    assert_eq!(reply.status, StatusCode::OK);
    let user = reply.json();
    assert_eq!((&user["username"], &user["role"]), (&json!(username), &json!("gate_operator")));
    assert!(!String::from_utf8_lossy(&reply.bytes).contains("argon2"));
    let set = reply.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict") && set.contains("Path=/"), "{set}");
    let cookie = cookie_of(&reply);
    assert_eq!(cookie.len(), "vg_session=".len() + 64);
    assert_eq!(site.get("/api/v1/session", &cookie).await.json()["username"], json!(username));
}

#[tokio::test]
async fn signing_out_ends_the_session_at_the_server() {
    let site = Site::new().await;
    let cookie = site.cookie(Role::GateOperator, &[]).await;
    let reply = site.call("DELETE", "/api/v1/session", &cookie, None).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert!(reply.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(site.get("/api/v1/session", &cookie).await.problem(), "signed_out");
}

#[tokio::test]
async fn a_new_sign_in_replaces_the_session_that_the_browser_had() {
    let site = Site::new().await;
    let before = site.cookie(Role::GateOperator, &[]).await;
    let body = json!({ "username": "gate.operator0", "password": PASSWORD });
    let after = cookie_of(&site.call("POST", "/api/v1/session", &before, Some(body)).await);
    assert_ne!(before, after);
    assert_eq!(site.get("/api/v1/session", &before).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(site.get("/api/v1/session", &after).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let site = Site::new().await;
    let username = site.user(Role::GateOperator, &[]).await;
    let (wrong, unknown) =
        (site.sign_in(&username, "not the password").await, site.sign_in("nobody", PASSWORD).await);
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert_eq!(wrong.problem(), "bad_credentials");
    assert_eq!(wrong.bytes, unknown.bytes);
    assert!(!wrong.headers.contains_key(header::SET_COOKIE));
    let rows = site.state.store.audit_rows("", "session.refused", (i64::MAX, ""), 10).await.unwrap();
    let actors: Vec<_> = rows.iter().map(|row| row.actor.as_str()).collect();
    assert_eq!(
        actors,
        ["unknown", username.as_str()],
        "what was typed as an unknown name is not written down"
    );
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_right_password_has_to_wait_too() {
    let site = Site::new().await;
    let username = site.user(Role::GateOperator, &[]).await;
    for _ in 0..5 {
        assert_eq!(site.sign_in(&username, "not the password").await.status, StatusCode::UNAUTHORIZED);
    }
    let reply = site.sign_in(&username, PASSWORD).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::TOO_MANY_REQUESTS, "rate_limited"));
    assert_eq!(reply.headers[header::RETRY_AFTER], "1");
}

#[tokio::test]
async fn a_request_that_another_page_could_forge_is_refused() {
    let site = Site::new().await;
    let cookie = site.cookie(Role::GateOperator, &[]).await;
    for (method, path) in
        [("DELETE", "/api/v1/session"), ("POST", "/api/v1/session"), ("POST", "/api/v1/users")]
    {
        let request = Request::builder().method(method).uri(path).header(header::COOKIE, &cookie);
        let reply = site.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::FORBIDDEN, "missing_header"));
    }
    assert_eq!(site.get("/api/v1/session", &cookie).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_or_old() {
    let site = Site::new().await;
    let cookie = site.cookie(Role::GateOperator, &[]).await;
    site.state.store.age_sessions(7 * 3600 * 1000).await;
    assert_eq!(
        site.get("/api/v1/session", &cookie).await.status,
        StatusCode::OK,
        "seven idle hours are fine"
    );
    site.state.store.age_sessions(4 * 3600 * 1000).await;
    assert_eq!(site.get("/api/v1/session", &cookie).await.status, StatusCode::OK, "it was used in between");
    site.state.store.age_sessions(2 * 3600 * 1000).await;
    assert_eq!(
        site.get("/api/v1/session", &cookie).await.status,
        StatusCode::UNAUTHORIZED,
        "twelve hours are over"
    );
    let idle = site.cookie(Role::Admin, &[]).await;
    site.state.store.age_sessions(8 * 3600 * 1000 + 1).await;
    assert_eq!(
        site.get("/api/v1/session", &idle).await.status,
        StatusCode::UNAUTHORIZED,
        "eight idle hours are not"
    );
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once() {
    let site = Site::new().await;
    let cookie = site.cookie(Role::GateOperator, &[]).await;
    site.state.store.set_disabled("gate.operator0", true, 2).await.unwrap();
    assert_eq!(site.get("/api/v1/session", &cookie).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(site.sign_in("gate.operator0", PASSWORD).await.problem(), "bad_credentials");
}

#[tokio::test]
async fn the_database_does_not_hold_what_a_browser_sends() {
    let site = Site::new().await;
    let cookie = site.cookie(Role::GateOperator, &[]).await;
    let token = cookie.strip_prefix("vg_session=").unwrap();
    assert!(site.state.store.session(token, 0, 0).await.unwrap().is_none());
    assert!(
        site.state.store.session(&super::super::session::session_id(token), 0, 0).await.unwrap().is_some()
    );
}

#[tokio::test]
async fn a_made_up_cookie_signs_nobody_in() {
    let site = Site::new().await;
    for cookie in ["vg_session=", "vg_session=abc", "other=1; vg_session='or 1=1", "vg_session"] {
        assert_eq!(site.get("/api/v1/session", cookie).await.status, StatusCode::UNAUTHORIZED, "{cookie}");
    }
}
