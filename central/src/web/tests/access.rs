use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use super::super::access::{Access, RULES, rule};
use super::Site;
use crate::auth::Role;

/// Every operation of the API's own description: method, path.
async fn operations(site: &Site) -> Vec<(String, String)> {
    let document = site.get("/api/v1/openapi.json", "").await.json();
    let paths = document["paths"].as_object().unwrap().clone();
    let of = |(path, item): (String, Value)| {
        let methods: Vec<_> = item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        methods.into_iter().map(move |method| (method, path.clone()))
    };
    paths.into_iter().flat_map(of).collect()
}

#[tokio::test]
async fn every_operation_is_described_and_has_a_rule() {
    let site = Site::new().await;
    let operations = operations(&site).await;
    for (method, path) in &operations {
        assert!(rule(method, path).is_some(), "{method} {path} has no rule");
    }
    for (at, (method, path, _)) in RULES.iter().enumerate() {
        let known = operations.iter().any(|(m, p)| (m, p) == (&(*method).to_owned(), &(*path).to_owned()));
        assert!(known, "{method} {path} has a rule and is no operation");
        let again = RULES[at + 1..].iter().any(|(m, p, _)| (m, p) == (method, path));
        assert!(!again, "{method} {path} has two rules");
    }
}

#[tokio::test]
async fn every_operation_lets_in_exactly_the_roles_of_its_rule() {
    let site = Site::new().await;
    let mut cookies = Vec::new();
    for role in Role::ALL {
        cookies.push((role, site.cookie(role, &[]).await));
    }
    for (method, path) in operations(&site).await {
        if (method.as_str(), path.as_str()) == ("DELETE", "/api/v1/session") {
            continue; // It would end the sessions that this test needs; its own test is in sign_in.
        }
        let url = path.replace("{id}", "none").replace("{sha256}", "none").replace("{code}", "none");
        let request = |cookie: &str| {
            let request =
                Request::builder().method(method.as_str()).uri(&url).header("x-requested-with", "vong-gac");
            request.header(header::COOKIE, cookie).body(Body::empty()).unwrap()
        };
        let Some(Access::Roles(roles)) = rule(&method, &path) else {
            let status = site.open(request("")).await.status();
            // Systems that sign what they send, and citizens with a session of their own, are refused by their handlers.
            let own_guard =
                ["/api/v1/callbacks/", "/api/v1/citizen/"].iter().any(|prefix| path.starts_with(prefix));
            assert!(
                own_guard || (status != StatusCode::UNAUTHORIZED && status != StatusCode::FORBIDDEN),
                "{method} {path}: {status}"
            );
            continue;
        };
        assert_eq!(site.open(request("")).await.status(), StatusCode::UNAUTHORIZED, "{method} {path}");
        for (role, cookie) in &cookies {
            // The status alone: the stream's body does not end.
            let status = site.open(request(cookie)).await.status();
            let refused = status == StatusCode::FORBIDDEN || status == StatusCode::UNAUTHORIZED;
            assert_eq!(refused, !roles.contains(role), "{method} {path} as {}: {status}", role.as_str());
            assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_rights_are_as_agreed() {
    let may = |method: &str, path: &str, role| matches!(rule(method, path), Some(Access::Roles(roles)) if roles.contains(&role));
    for role in Role::ALL {
        let admin = role == Role::Admin;
        assert_eq!(may("POST", "/api/v1/users", role), admin);
        assert_eq!(may("GET", "/api/v1/audit", role), admin);
        assert_eq!(may("POST", "/api/v1/enrolment-codes", role), admin);
        // Commanders sign and never stand at a desk.
        let at_a_desk = !matches!(role, Role::Admin | Role::Enterprise | Role::PoliceSigner);
        assert_eq!(may("POST", "/api/v1/alerts/{id}/transition", role), at_a_desk);
        let reviewer = role == Role::TrafficPolice;
        for step in ["claim", "played", "plate", "review", "separate"] {
            assert_eq!(may("POST", &format!("/api/v1/cases/{{id}}/{step}"), role), reviewer, "{step}");
        }
        let signer = role == Role::PoliceSigner;
        assert_eq!(may("GET", "/api/v1/cases/{id}", role), reviewer || signer);
        for path in
            ["cases/{id}/void/confirm", "cases/{id}/hold", "enforcement/devices/{site}/{camera}/approve"]
        {
            assert_eq!(may("POST", &format!("/api/v1/{path}"), role), signer, "{path}");
        }
        assert_eq!(may("PUT", "/api/v1/enforcement/devices/{site}/{camera}", role), reviewer);
        assert_eq!(may("GET", "/api/v1/review/figures", role), signer);
        assert_eq!(may("GET", "/api/v1/quarantine", role), admin || role == Role::IocOperator);
    }
}

#[tokio::test]
async fn the_description_parses_and_names_its_errors() {
    let site = Site::new().await;
    let reply = site.get("/api/v1/openapi.json", "").await;
    let document = reply.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    for name in ["Passage", "PassageDetail", "Alert", "Camera", "Problem", "User"] {
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
    let operation = &document["paths"]["/api/v1/passages"]["get"];
    assert!(operation["responses"]["default"]["content"]["application/problem+json"].is_object());
    assert!(operation["security"][0]["session"].is_array());
    // Every reference leads somewhere.
    let text = String::from_utf8(reply.bytes.clone()).unwrap();
    for part in text.split("#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{name} is referred to and missing");
    }
}

#[tokio::test]
async fn every_refusal_is_a_problem_document() {
    let site = Site::new().await;
    let admin = site.cookie(Role::Admin, &[]).await;
    let reply = site.get("/api/v1/nothing", &admin).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::NOT_FOUND, "not_found"));
    let reply = site.call("PUT", "/api/v1/users", &admin, None).await;
    assert_eq!(
        (reply.status, reply.problem().as_str()),
        (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
    );
    let reply = site.call("POST", "/api/v1/users", &admin, Some(json!({ "username": 3 }))).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "bad_body"));
    let reply = site.call("POST", "/api/v1/users", &admin, Some(json!("x".repeat(70_000)))).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"));
    let reply = site.call("POST", "/api/v1/users", &admin, None).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json"));
    let request =
        Request::builder().method(Method::POST).uri("/api/v1/session").header("x-requested-with", "vong-gac");
    let request = request.header(header::CONTENT_TYPE, "application/json").body(Body::from("{")).unwrap();
    let reply = site.send(request).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::BAD_REQUEST, "malformed_json"));
    for query in ["limit=0", "limit=201", "limit=x", "cursor=x", "since=yesterday", "plte=1", "plate=%2B"] {
        let reply = site.get(&format!("/api/v1/passages?{query}"), &admin).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{query}");
        reply.problem();
    }
}

#[tokio::test]
async fn an_account_is_made_by_the_admin_and_bad_fields_are_named() {
    let site = Site::new().await;
    let admin = site.cookie(Role::Admin, &[]).await;
    let user = |username: &str, password: &str| {
        json!({ "username": username, "display_name": "An", "role": "traffic_police", "sites": ["kcn"], "language": "en",
            "password": password })
    };
    let reply = site.call("POST", "/api/v1/users", &admin, Some(user("csgt.an", "một mật khẩu dài"))).await;
    assert_eq!(reply.status, StatusCode::CREATED);
    assert_eq!(reply.json()["sites"], json!(["kcn"]));
    let again = site.call("POST", "/api/v1/users", &admin, Some(user("csgt.an", "một mật khẩu dài"))).await;
    assert_eq!((again.status, again.problem().as_str()), (StatusCode::CONFLICT, "username_taken"));
    let weak = site.call("POST", "/api/v1/users", &admin, Some(user("csgt.b", "short"))).await;
    assert_eq!((weak.status, weak.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "weak_password"));
    let list = site.get("/api/v1/users", &admin).await.json();
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert!(!list.to_string().contains("argon2"));
    let audit = site.get("/api/v1/audit?action=user.create", &admin).await.json();
    assert_eq!(audit["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_code_for_a_device_is_made_for_known_sites_only() {
    let site = Site::new().await;
    site.state.store.put_site("kcn").await;
    let admin = site.cookie(Role::Admin, &[]).await;
    let ask = |place: &str| json!({ "site": place, "agent": "edge-2" });
    let reply = site.call("POST", "/api/v1/enrolment-codes", &admin, Some(ask("kcn"))).await;
    assert_eq!(reply.status, StatusCode::CREATED);
    assert_eq!(reply.json()["code"].as_str().unwrap().len(), 14);
    assert!(reply.json()["expires_at"].as_str().unwrap().ends_with('Z'));
    for bad in ["no-such", "Bad/"] {
        let reply = site.call("POST", "/api/v1/enrolment-codes", &admin, Some(ask(bad))).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    let audit = site.get("/api/v1/audit", &admin).await;
    assert!(!String::from_utf8_lossy(&audit.bytes).contains(reply.json()["code"].as_str().unwrap()));
}

#[tokio::test]
async fn health_is_told_to_machines_and_numbers_only_on_this_machine() {
    let site = Site::new().await;
    assert_eq!(site.get("/healthz", "").await.status, StatusCode::OK);
    let reply = site.get("/readyz", "").await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    let body = reply.json();
    assert_eq!(
        (&body["database"], &body["broker"], &body["writing"]),
        (&json!("ok"), &json!("failing"), &json!("ok"))
    );
    assert!(body["detail"][0].as_str().unwrap().contains("broker is not connected"), "{body}");
    site.state.health.broker_connected.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(site.get("/readyz", "").await.status, StatusCode::OK);
    let text = String::from_utf8(site.get("/metrics", "").await.bytes).unwrap();
    assert!(
        text.contains("\nvg_broker_connected 1\n")
            && text.contains("# TYPE vg_events_committed_total counter")
    );
    let request =
        Request::builder().uri("/metrics").header("x-forwarded-for", "10.0.0.9").body(Body::empty()).unwrap();
    assert_eq!(site.send(request).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn central_is_not_ready_when_space_runs_short_and_says_how_short() {
    let site = Site::with(|config| config.data.min_free_mib = u32::MAX).await;
    site.state.health.broker_connected.store(true, std::sync::atomic::Ordering::Relaxed);
    let reply = site.get("/readyz", "").await;
    assert_eq!((reply.status, &reply.json()["space"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("failing")));
    assert!(reply.json()["detail"][0].as_str().unwrap().contains("MiB free"));
    let text = String::from_utf8(site.get("/metrics", "").await.bytes).unwrap();
    assert!(text.contains("# TYPE vg_free_bytes gauge"));
}

#[tokio::test]
async fn pages_are_the_console_and_everything_carries_the_security_headers() {
    let site = Site::new().await;
    for path in ["/", "/passages/some-id", "/api/v1/session", "/no-such.js"] {
        let reply = site.get(path, "").await;
        assert_eq!(reply.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(reply.headers["referrer-policy"], "no-referrer");
        let policy = reply.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
    }
    let page = site.get("/passages/some-id", "").await;
    assert!(page.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    assert_eq!(site.get("/no-such.js", "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get("/../Cargo.toml", "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get("/api/v1/session", "").await.headers[header::CACHE_CONTROL], "no-store");
}
