//! Scenes as a browser meets them: draw, save, let another publish, read what changed.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Site;
use crate::auth::Role;

const PATH: &str = "/api/v1/scenes/kcn/cong";

struct Road {
    site: Site,
    police: String,
    signer: String,
    admin: String,
}

async fn road() -> Road {
    let site = Site::new().await;
    site.state.store.put_site("kcn").await;
    let police = site.cookie(Role::TrafficPolice, &[]).await;
    let signer = site.cookie(Role::PoliceSigner, &[]).await;
    let admin = site.cookie(Role::Admin, &[]).await;
    Road { site, police, signer, admin }
}

fn scene() -> Value {
    let mut scene: Value =
        serde_json::from_str(include_str!("../../../../tests/goldens/v1/scene.json")).unwrap();
    scene["camera"] = json!("cong");
    scene
}

impl Road {
    async fn draw(&self, who: &str, scene: &Value, base: i64) -> super::Reply {
        let body = json!({ "scene": scene, "base_version": base });
        self.site.call("PUT", &format!("{PATH}/draft"), who, Some(body)).await
    }

    async fn publish(&self, who: &str) -> super::Reply {
        self.site
            .call("POST", &format!("{PATH}/publish"), who, Some(json!({ "note": "Kẻ lại vạch dừng" })))
            .await
    }
}

#[tokio::test]
async fn whoever_drew_a_scene_does_not_publish_it_and_another_does() {
    let road = road().await;
    assert_eq!(road.draw(&road.police, &scene(), 0).await.status, StatusCode::OK);
    assert_eq!(road.draw(&road.admin, &scene(), 0).await.status, StatusCode::OK, "a second drawer");
    let own = road.publish(&road.admin).await;
    assert_eq!((own.status, own.problem().as_str()), (StatusCode::FORBIDDEN, "own_draft"));
    assert_eq!(road.site.get(PATH, &road.admin).await.json()["why_not"], "own_draft");
    let police = road.publish(&road.police).await;
    assert_eq!(police.status, StatusCode::FORBIDDEN, "a reviewer publishes nothing");
    assert_eq!(road.site.get(PATH, &road.signer).await.json()["may_publish"], true);
    let reply = road.publish(&road.signer).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", String::from_utf8_lossy(&reply.bytes));
    assert_eq!(reply.json()["version"], 1);
    let view = road.site.get(PATH, &road.police).await.json();
    assert_eq!(
        (&view["version"], &view["draft"], &view["scene"]["version"]),
        (&json!(1), &Value::Null, &json!(1))
    );
    let audit = road.site.get("/api/v1/audit?action=scene.publish", &road.admin).await.json();
    assert_eq!(audit["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_draft_on_an_old_version_or_over_anothers_work_is_refused_and_nothing_is_lost() {
    let road = road().await;
    let first = road.draw(&road.police, &scene(), 0).await.json();
    assert_eq!(road.publish(&road.signer).await.status, StatusCode::OK);
    let old = road.draw(&road.police, &scene(), 0).await;
    assert_eq!((old.status, old.problem().as_str()), (StatusCode::CONFLICT, "old_base"));
    let second = road.draw(&road.police, &scene(), 1).await.json();
    assert_ne!(first["saved_at"], second["saved_at"]);
    let put = |saved_at: &Value| json!({ "scene": scene(), "base_version": 1, "saved_at": saved_at });
    let path = format!("{PATH}/draft");
    let stale = road.site.call("PUT", &path, &road.admin, Some(put(&first["saved_at"]))).await;
    assert_eq!((stale.status, stale.problem().as_str()), (StatusCode::CONFLICT, "draft_changed"));
    let good = road.site.call("PUT", &path, &road.admin, Some(put(&second["saved_at"]))).await;
    assert_eq!(good.status, StatusCode::OK);
    let same = road.publish(&road.signer).await;
    assert_eq!((same.status, same.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "no_change"));
    assert_eq!(road.site.call("DELETE", &path, &road.police, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(road.site.call("DELETE", &path, &road.police, None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_unfinished_draft_is_kept_with_its_problems_and_never_published() {
    let road = road().await;
    let mut bad = scene();
    bad["rules"][0]["about"] = json!(["khong-co"]);
    let reply = road.draw(&road.police, &bad, 0).await;
    assert_eq!(reply.status, StatusCode::OK);
    let problems = reply.json()["problems"].clone();
    assert_eq!(problems[0]["at"], "rules.den-do");
    assert_eq!(problems[0]["what_vi"], "luật nhắc đến khong-co, chưa được vẽ");
    let refused = road.publish(&road.signer).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "has_problems")
    );
    assert_eq!(refused.json()["problems"][0]["path"], "rules.den-do");
    let list = road.site.get("/api/v1/scenes", &road.police).await.json();
    assert_eq!((&list["items"][0]["draft"], &list["items"][0]["version"]), (&json!(true), &Value::Null));
    assert!(list["items"][0]["problems"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn versions_tell_what_changed_by_name() {
    let road = road().await;
    road.draw(&road.police, &scene(), 0).await;
    road.publish(&road.signer).await;
    let mut moved = scene();
    moved["lines"][0]["from"] = json!([0.91, 0.72]);
    moved["rules"][0]["grace_ms"] = json!(500);
    road.draw(&road.police, &moved, 1).await;
    let before = road.site.get(&format!("{PATH}/versions"), &road.police).await.json();
    assert_eq!(before["draft_changes"].as_array().unwrap().len(), 2);
    assert_eq!(road.publish(&road.signer).await.json()["version"], 2);
    let versions = road.site.get(&format!("{PATH}/versions"), &road.police).await.json();
    let changes: Vec<&str> = versions["items"][0]["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["path"].as_str().unwrap())
        .collect();
    assert_eq!(changes, ["lines[vach-dung].from", "rules[den-do].grace_ms"]);
    assert_eq!(versions["items"].as_array().unwrap().len(), 2);
    let first = road.site.get(&format!("{PATH}/versions/1"), &road.police).await.json();
    assert_eq!((&first["version"], &first["rules"][0]["grace_ms"]), (&json!(1), &json!(300)));
    assert_eq!(
        road.site.get(&format!("{PATH}/versions/9"), &road.police).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_camera_of_another_site_is_not_there() {
    let road = road().await;
    road.site.state.store.put_site("other").await;
    let near = road.site.cookie(Role::TrafficPolice, &["other"]).await;
    assert_eq!(road.site.get(PATH, &near).await.status, StatusCode::NOT_FOUND);
    assert_eq!(road.draw(&near, &scene(), 0).await.status, StatusCode::NOT_FOUND);
    let mut other = scene();
    other["camera"] = json!("cong-9");
    let reply = road.draw(&road.police, &other, 0).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "other_camera"));
}

#[tokio::test]
async fn an_agent_that_cannot_be_asked_is_told_at_once() {
    let road = road().await;
    let reply = road.site.call("POST", &format!("{PATH}/snapshot"), &road.police, None).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "not_connected"));
    let back = json!({ "back_s": 5 });
    let reply = road.site.call("POST", &format!("{PATH}/preview"), &road.police, Some(back)).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "bad_back"));
}
