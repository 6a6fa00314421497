//! Gates as a browser meets them.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Site;
use crate::auth::Role;
use crate::gates::document::testing::park;
use crate::store::gates::{GroupRow, WantedHit};

async fn site() -> Site {
    let site = Site::new().await;
    for name in ["kcn", "other"] {
        site.state.store.put_site(name).await;
    }
    let group = GroupRow {
        site: "kcn".into(),
        group_id: "a".into(),
        kind: "enterprise".into(),
        name: "Công ty A".into(),
        vehicle_quota: None,
        person_quota: None,
        contact: None,
        status: "active".into(),
        created_at_ms: 1,
        created_by: "t".into(),
        changed_at_ms: 1,
        changed_by: "t".into(),
        ended_at_ms: None,
    };
    site.state.store.put_group(&group).await.unwrap();
    site
}

fn document(if_version: i64) -> Value {
    let mut body = serde_json::to_value(park()).unwrap();
    body["if_version"] = if_version.into();
    body
}

#[tokio::test]
async fn a_policy_is_written_with_its_version_and_its_history_says_what_changed() {
    let site = site().await;
    let manager = site.cookie(Role::SiteManager, &["kcn"]).await;
    let path = "/api/v1/gates/kcn/policy";
    assert_eq!(site.get(path, &manager).await.status, StatusCode::NOT_FOUND);
    let reply = site.call("PUT", path, &manager, Some(document(0))).await;
    assert_eq!(
        (reply.status, reply.json()["version"].as_i64()),
        (StatusCode::OK, Some(1)),
        "{}",
        reply.json()
    );

    // What is read can be changed and written back as it is.
    let mut read = site.get(path, &manager).await.json();
    assert_eq!(read["groups"][0]["id"], "a");
    read["gates"][0]["lanes"][0]["policy"]["unknown"] = "deny".into();
    read["if_version"] = read["version"].clone();
    read["note"] = "strangers go away".into();
    let reply = site.call("PUT", path, &manager, Some(read.clone())).await;
    let changes = &reply.json()["changes"];
    assert_eq!(changes[0]["path"], "gates[cong-2].lanes[lan-1].policy.unknown");
    assert_eq!((&changes[0]["from"], &changes[0]["to"]), (&json!("wait"), &json!("deny")));
    let again = site.call("PUT", path, &manager, Some(read)).await;
    assert_eq!((again.status, again.problem().as_str()), (StatusCode::CONFLICT, "stale"));
    let history = site.get("/api/v1/gates/kcn/policy/history", &manager).await.json();
    assert_eq!((history.as_array().unwrap().len(), &history[0]["note"]), (2, &json!("strangers go away")));
    assert_eq!(site.state.store.list_versions().await.unwrap()[0].1, 3, "a group and two policies");

    let gates = site.get("/api/v1/gates?site=kcn", &manager).await.json();
    assert_eq!((&gates[0]["id"], &gates[0]["people"]), (&json!("cong-2"), &json!(0)));
}

#[tokio::test]
async fn a_wrong_policy_is_refused_with_all_its_problems_and_a_preview_stores_nothing() {
    let site = site().await;
    let manager = site.cookie(Role::SiteManager, &["kcn"]).await;
    let path = "/api/v1/gates/kcn/policy";
    let mut body = document(0);
    body["gates"][0]["lanes"][0]["policy"]["rules"][0]["groups"] = json!(["nobody"]);
    body["gates"][0]["lanes"][0]["policy"]["faces"] = json!("check_papers");
    let reply = site.call("PUT", path, &manager, Some(body.clone())).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    let codes: Vec<_> =
        reply.json()["problems"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
    assert_eq!(codes, ["unknown", "not_approved"]);
    site.call("PUT", path, &manager, Some(document(0))).await;
    let preview = site.call("POST", "/api/v1/gates/kcn/policy/preview", &manager, Some(body)).await.json();
    assert_eq!(preview["problems"].as_array().unwrap().len(), 2);
    assert_eq!(preview["changes"].as_array().unwrap().len(), 2);
    assert_eq!(site.get(path, &manager).await.json()["version"], 1);
}

#[tokio::test]
async fn gates_of_other_sites_are_not_there_and_guards_change_no_policy() {
    let site = site().await;
    let (manager, guard) =
        (site.cookie(Role::SiteManager, &["other"]).await, site.cookie(Role::GateOperator, &["kcn"]).await);
    let path = "/api/v1/gates/kcn/policy";
    assert_eq!(site.call("PUT", path, &manager, Some(document(0))).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.call("PUT", path, &guard, Some(document(0))).await.status, StatusCode::FORBIDDEN);
    assert_eq!(site.get("/api/v1/gates", &manager).await.json(), json!([]));
    assert_eq!(site.get("/api/v1/muster?site=kcn", &manager).await.status, StatusCode::NOT_FOUND);
    let muster = site.get("/api/v1/muster?site=kcn", &guard).await.json();
    assert_eq!((&muster["state"], &muster["missing"]), (&json!("none"), &json!(0)));
}

#[tokio::test]
async fn a_wanted_hit_is_shown_to_the_police_role_and_is_not_there_for_anybody_else() {
    let site = site().await;
    let hit = WantedHit {
        source_id: "question-1".into(),
        site: "kcn".into(),
        place: json!({ "gate": "cong-2" }),
        result: "HIT".into(),
        notice_no: Some("TN-2026-0001".into()),
        handling_unit: Some("Công an tỉnh".into()),
        txn: None,
    };
    site.state.store.raise_wanted(&hit, 5).await.unwrap();
    let police = site.cookie(Role::TrafficPolice, &["kcn"]).await;
    let seen = site.get("/api/v1/alerts", &police).await.json();
    assert_eq!(
        (&seen["items"][0]["kind"], &seen["items"][0]["incident"]["notice_no"]),
        (&json!("wanted_person"), &json!("TN-2026-0001"))
    );
    let id = seen["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(site.get("/api/v1/summary", &police).await.json()["alerts_open"], 1);
    for role in [Role::GateOperator, Role::IocOperator, Role::SiteManager, Role::Admin] {
        let other = site.cookie(role, &["kcn"]).await;
        assert_eq!(site.get("/api/v1/alerts", &other).await.json()["items"], json!([]), "{role:?}");
        assert_eq!(site.get(&format!("/api/v1/alerts/{id}"), &other).await.status, StatusCode::NOT_FOUND);
        assert_eq!(site.get("/api/v1/summary", &other).await.json()["alerts_open"], 0);
    }
    let guard = site.sign_in("gate.operator1", super::PASSWORD).await;
    let step = json!({ "to": "closed" });
    let guard = super::cookie_of(&guard);
    assert_eq!(
        site.call("POST", &format!("/api/v1/alerts/{id}/transition"), &guard, Some(step)).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn an_identity_is_checked_for_a_purpose_and_without_a_service_says_so() {
    let site = site().await;
    let guard = site.cookie(Role::GateOperator, &["kcn"]).await;
    let claim = |purpose: &str| json!({ "number": "037090001234", "name": "Nguyễn Văn Mẫu", "birth": "1990-08-15", "purpose": purpose });
    let reply = site.call("POST", "/api/v1/identity/verify", &guard, Some(claim("because"))).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "bad_purpose"));
    let reply =
        site.call("POST", "/api/v1/identity/verify", &guard, Some(claim("GATE_CONTROL"))).await.json();
    assert_eq!((&reply["result"], &reply["why"]), (&json!("unavailable"), &json!("not_configured")));
    let face = json!({ "site": "kcn", "number": "037090001234", "image": "", "liveness": 0.5, "purpose": "GATE_CONTROL" });
    let reply = site.call("POST", "/api/v1/identity/face", &guard, Some(face)).await;
    assert_eq!(reply.problem(), "not_approved");
    assert_eq!(site.get("/api/v1/identity/checks", &guard).await.json()["items"], json!([]));
}
