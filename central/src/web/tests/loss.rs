//! What did not arrive, and how it is told.

use axum::http::StatusCode;
use serde_json::json;
use wire::Digest;

use super::Site;
use crate::auth::Role;
use crate::store::fixtures::Passage;

const KCN: &str = "kcn";

#[tokio::test]
async fn a_preview_that_was_given_up_is_no_loss() {
    let site = Site::new().await;
    site.state.store.put_site(KCN).await;
    let cookie = site.cookie(Role::IocOperator, &[]).await;
    site.state.store.put_loss(KCN, 10, 7, Digest::of(b"a")).await;
    for (path, loss) in [("/api/v1/summary", "/lost_events"), ("/api/v1/counts?site=kcn", "/loss/lost")] {
        assert_eq!(site.get(path, &cookie).await.json().pointer(loss), Some(&json!(3)), "{path}");
    }
}

#[tokio::test]
async fn a_report_of_previews_that_did_arrive_makes_no_negative_loss() {
    let site = Site::new().await;
    site.state.store.put_site(KCN).await;
    let cookie = site.cookie(Role::IocOperator, &[]).await;
    site.state.store.put_loss(KCN, 1, 7, Digest::of(b"a")).await;
    assert_eq!(site.get("/api/v1/summary", &cookie).await.json()["lost_events"], json!(0));
}

#[tokio::test]
async fn a_picture_that_the_device_gave_up_is_told_from_one_that_nobody_knows() {
    let site = Site::new().await;
    site.state.store.put_site(KCN).await;
    let cookie = site.cookie(Role::IocOperator, &[]).await;
    let (lost, unknown) = (Digest::of(b"lost"), Digest::of(b"unknown"));
    site.state.store.put_loss(KCN, 1, 1, lost).await;
    for (picture, code) in [(lost, "evidence_lost"), (unknown, "not_found")] {
        let reply = site.get(&format!("/api/v1/evidence/{picture}"), &cookie).await;
        assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::NOT_FOUND, code));
    }
}

#[tokio::test]
async fn a_passage_says_whether_its_event_fits_to_the_one_before() {
    let site = Site::new().await;
    let store = &site.state.store;
    store.put_site(KCN).await;
    let cookie = site.cookie(Role::IocOperator, &[]).await;
    let digest = |seq: i64| Digest::of(&seq.to_be_bytes());
    for (id, seq, prev, expected) in [
        ("first", 1, Digest::ZERO, "ok"),
        ("second", 2, digest(1), "ok"),
        ("altered", 3, digest(9), "broken"),
        ("after-a-gap", 5, digest(4), "previous_missing"),
    ] {
        store.put_passage(&Passage { id, site: KCN, captured_at_ms: 1000, plate: None }).await;
        store.put_event(id, KCN, seq, prev, digest(seq)).await;
        let detail = site.get(&format!("/api/v1/passages/{id}"), &cookie).await.json();
        assert_eq!(detail["envelope"]["chain"], json!(expected), "{id}");
    }
}
