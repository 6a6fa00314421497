//! Who may do what, and what is refused.

use super::*;

#[tokio::test]
async fn nobody_signs_what_cannot_be_printed_and_everything_missing_is_named() {
    let road = Road::with(|config| {
        config.handling.phone = String::new();
        config.handling.place_vi = " ".into();
    })
    .await;
    let id = road.opened(CAR, "car.red_light", "car").await;
    road.ok(&id, &road.an, "draft_notice", json!({})).await;
    let reply = road.act(&id, &road.binh, "sign_notice", json!({})).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::CONFLICT, "document_incomplete"));
    let detail = reply.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("phone (handling.phone)") && detail.contains("handling.place_vi"), "{detail}");
    assert_eq!(road.state(&id).await, State::NoticeDraft, "nothing was signed");
    assert!(road.kinds_of_papers(&id).await.is_empty());
}

#[tokio::test]
async fn every_role_does_its_own_and_no_more() {
    let road = Road::new().await;
    let id = road.opened(CAR, "car.red_light", "car").await;
    assert_eq!(road.no(&id, &road.binh, "draft_notice", json!({})).await, (403, "not_yours".into()));
    road.ok(&id, &road.an, "draft_notice", json!({})).await;
    assert_eq!(road.no(&id, &road.an, "sign_notice", json!({})).await, (403, "not_yours".into()));
    for role in [Role::Admin, Role::IocOperator, Role::SiteManager, Role::GateOperator] {
        let cookie = road.site.cookie(role, if role == Role::Admin { &[] } else { &[SITE] }).await;
        let reply = road.act(&id, &cookie, "sign_notice", json!({})).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{role:?}");
        let shown = road.site.get("/api/v1/handlings/map", &cookie).await;
        assert!(!String::from_utf8_lossy(&shown.bytes).contains("24681"), "{role:?}");
    }
    // Another place is as if it were not there.
    let far = road.site.cookie(Role::TrafficPolice, &["a", "b", "c"]).await;
    assert_eq!(road.act(&id, &far, "draft_notice", json!({})).await.status, StatusCode::NOT_FOUND);
    assert_eq!(road.site.get(&format!("/api/v1/handlings/{id}"), &far).await.status, StatusCode::NOT_FOUND);
    assert_eq!(road.site.get("/api/v1/handlings", &far).await.json()["items"], json!([]));
    // Steps of citizens and of the system are no actions here; forms are closed.
    for action in ["confirm", "paid", "closed", "nothing"] {
        assert_eq!(
            road.no(&id, &road.an, action, json!({})).await,
            (422, "unknown_action".into()),
            "{action}"
        );
    }
    let extra = json!({ "reason": "vì thế", "x": 1 });
    assert_eq!(road.no(&id, &road.binh, "return_notice", extra).await, (422, "bad_fields".into()));
    assert_eq!(road.no(&id, &road.binh, "return_notice", json!({})).await, (422, "bad_fields".into()));
    assert_eq!(
        road.site
            .call("POST", &format!("/api/v1/handlings/{id}/actions/sign_notice"), "", Some(json!({})))
            .await
            .status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn the_signers_cap_is_compared_with_the_highest_of_the_range() {
    let road = Road::new().await;
    let id = road.noticed(CAR, "car.red_light", "car").await;
    road.ok(&id, &road.an, "record_acknowledged", json!({})).await;
    road.drafted(&id, &[18_000_000]).await;
    let store = &road.site.state.store;
    store.put("update users set rank = $1 where username = 'police.signer1'", &["officer"]).await;
    assert_eq!(road.no(&id, &road.binh, "sign_decision", json!({})).await, (403, "over_cap".into()));
    store.put("update users set rank = null where $1 = $1 and username = 'police.signer1'", &["x"]).await;
    assert_eq!(road.no(&id, &road.binh, "sign_decision", json!({})).await, (403, "no_rank".into()));
    assert_eq!(road.state(&id).await, State::DecisionDraft);
    road.ok(&id, &road.chi, "sign_decision", json!({})).await;
}

#[tokio::test]
async fn two_people_void_and_its_papers_are_void_for_everybody() {
    let road = Road::new().await;
    let id = road.noticed(CAR, "car.red_light", "car").await;
    let paper = road.site.state.store.documents_of(&id).await.unwrap().remove(0);
    let why = json!({ "reason": "nhầm phương tiện" });
    road.ok(&id, &road.binh, "ask_void", why).await;
    assert_eq!(road.no(&id, &road.binh, "confirm_void", json!({})).await, (403, "own_request".into()));
    assert_eq!(road.no(&id, &road.an, "confirm_void", json!({})).await, (403, "not_yours".into()));
    assert_eq!(road.no(&id, &road.an, "record_acknowledged", json!({})).await, (409, "void_asked".into()));
    road.ok(&id, &road.chi, "confirm_void", json!({})).await;
    road.round().await;
    assert_eq!(road.state(&id).await, State::Voided);
    let public = road.site.get(&format!("/api/v1/public/documents/{}", paper.document_id), "").await.json();
    assert_eq!(public["state"], "voided", "{public}");
}

#[tokio::test]
async fn a_named_driver_is_kept_sealed_and_gets_a_notice_of_their_own() {
    let road = Road::new().await;
    let id = road.noticed(CAR, "car.red_light", "car").await;
    let driver = json!({ "name": "Nguyễn Văn Mẫu", "id_number": "037090001234", "address": "Thôn 1, Xã Gia Vân, Tỉnh Ninh Bình" });
    let mut wrong = driver.clone();
    wrong["id_number"] = "123".into();
    assert_eq!(road.no(&id, &road.an, "record_driver", wrong).await, (422, "bad_fields".into()));
    road.ok(&id, &road.an, "record_driver", driver).await;
    let text = serde_json::to_string(&road.handling(&id).await).unwrap();
    assert!(!text.contains("Nguyễn") && !text.contains("037090001234"), "nothing personal in the document");
    let log = road.site.state.store.handling_log(&id).await.unwrap();
    assert!(log.iter().all(|line| !line.detail.contains("037090001234")));
    let listed = road.site.get("/api/v1/handlings", &road.an).await.json();
    assert_eq!(listed["items"][0]["party"]["name"], "Trần T. H. M.", "the named one is not liable yet");
    road.ok(&id, &road.an, "accept_driver", json!({ "reason": "đã xác minh" })).await;
    assert_eq!(road.file(&id, &road.an).await["liable"]["name"], "Nguyễn Văn Mẫu");
    road.ok(&id, &road.an, "draft_notice", json!({})).await;
    road.ok(&id, &road.binh, "sign_notice", json!({})).await;
    road.until(&id, State::NoticeDelivered).await;
    assert_eq!(road.kinds_of_papers(&id).await, ["notice", "notice"]);
}

#[tokio::test]
async fn cases_of_one_party_are_joined_and_fined_together() {
    let road = Road::new().await;
    let one = road.opened(CAR, "car.red_light", "car").await;
    let two = road.opened(CAR, "car.phone", "car").await;
    let other = road.opened("30K13579", "car.red_light", "car").await;
    let join = async |cases: Value| {
        road.site.call("POST", "/api/v1/handlings", &road.an, Some(json!({ "case_ids": cases }))).await
    };
    assert_eq!(join(json!(["case-1", "case-3"])).await.problem(), "other_party");
    assert_eq!(join(json!(["case-1"])).await.problem(), "bad_fields");
    assert_eq!(join(json!(["case-1", "case-2"])).await.status, StatusCode::OK);
    let gone = road.handling(&two).await;
    assert_eq!((gone.state, gone.joined_into), (State::Closed, Some(road.handling(&one).await.number)));
    assert_eq!(road.handling(&one).await.acts.len(), 2);
    assert_eq!(road.state(&other).await, State::OwnerFound);
    road.ok(&one, &road.an, "draft_notice", json!({})).await;
    road.ok(&one, &road.binh, "sign_notice", json!({})).await;
    road.until(&one, State::NoticeDelivered).await;
    road.ok(&one, &road.an, "record_acknowledged", json!({})).await;
    road.drafted(&one, &[19_000_000, 5_000_000]).await;
    let fine = road.handling(&one).await.fine.unwrap();
    assert_eq!((fine.total, fine.points), (24_000_000, 4), "the highest points count once");
}
