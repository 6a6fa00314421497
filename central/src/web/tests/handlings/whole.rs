//! From the confirmed case to the receipt, through every service and every paper.

use super::*;

#[tokio::test]
async fn a_case_goes_from_the_register_to_the_receipt_with_every_paper() {
    let road = Road::new().await;
    let id = road.opened(CAR, "car.red_light", "car").await;
    assert_eq!(road.state(&id).await, State::OwnerFound);
    let asked = road.mock.calls().into_iter().find(|call| call.path.ends_with("owner-lookup")).unwrap();
    assert_eq!(asked.purpose_code.as_deref(), Some("VIOLATION_OWNER"));
    let audited = road.site.state.store.audit_of("handling", &id, 9).await.unwrap();
    assert!(audited.iter().any(|row| row.purpose.as_deref() == Some("VIOLATION_OWNER")), "{audited:?}");

    let file = road.file(&id, &road.an).await;
    assert_eq!(file["liable"]["name"], "Trần Thị Hòa Mẫu");
    let actions = file["actions"].as_array().unwrap();
    let action = |name: &str| actions.iter().find(|one| one["action"] == name).cloned();
    assert_eq!(action("draft_notice").unwrap()["allowed"], true);
    assert!(action("sign_notice").is_none(), "there is nothing to sign yet");

    road.ok(&id, &road.an, "draft_notice", json!({ "note": "gửi sớm" })).await;
    road.ok(&id, &road.binh, "sign_notice", json!({})).await;
    road.until(&id, State::NoticeDelivered).await;
    // The citizen confirms in the VNeID application.
    let h = road.handling(&id).await;
    let message = h.orders.iter().find(|order| order.what.word() == "vneid").unwrap();
    let body = json!({ "messageId": message.reference, "response": "CONFIRMED" });
    road.admin("citizen-response", body).await;
    road.until(&id, State::Acknowledged).await;

    road.drafted(&id, &[19_000_000]).await;
    road.ok(&id, &road.binh, "sign_decision", json!({})).await;
    road.until(&id, State::DecisionDelivered).await;
    let h = road.handling(&id).await;
    assert_eq!((h.points.state.as_str(), h.points.taken, h.points.left), ("taken", 4, Some(8)));
    let file = road.file(&id, &road.an).await;
    assert_eq!(
        (&file["payment"]["amount"], &file["payment"]["left"]),
        (&json!(19_000_000), &json!(19_000_000))
    );
    // The page of the portal, as a citizen opens it.
    let page = file["payment"]["pay_url"].as_str().unwrap();
    assert!(road.http.post(page).send().await.unwrap().status().is_success());
    road.until(&id, State::Closed).await;

    let mut kinds = road.kinds_of_papers(&id).await;
    kinds.sort();
    assert_eq!(kinds, ["decision", "minutes", "notice", "points", "receipt"]);
    for row in road.site.state.store.documents_of(&id).await.unwrap() {
        let reply = road.site.get(&format!("/api/v1/documents/{}", row.document_id), &road.an).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert!(reply.bytes.starts_with(b"%PDF-"), "{}", row.kind);
        let public = road.site.get(&format!("/api/v1/public/documents/{}", row.document_id), "").await.json();
        assert_eq!((&public["state"], &public["plate_masked"]), (&json!("valid"), &json!("35A-***.81")));
        assert!(!public.to_string().contains("Hòa Mẫu"), "{public}");
        if let Some(folder) = std::env::var_os("SHOW_DOCUMENTS") {
            let name = std::path::Path::new(&folder).join(format!("handled-{}.pdf", row.kind));
            std::fs::write(name, &reply.bytes).unwrap();
        }
    }
    let file = road.file(&id, &road.an).await;
    assert_eq!((&file["state"], &file["chain_broken_at"]), (&json!("closed"), &Value::Null));
    let figures = road.site.get("/api/v1/violations/figures", &road.an).await.json();
    assert_eq!(
        (&figures["total"]["paid"], &figures["vnd_paid"]),
        (&json!(1), &json!(19_000_000)),
        "{figures}"
    );
}

#[tokio::test]
async fn a_case_that_is_transferred_gets_its_paper_and_ends() {
    let road = Road::new().await;
    let id = road.opened("30K13579", "car.red_light", "car").await;
    let to = json!({ "to_unit": "PC08 Hà Nội", "reason": "chủ xe cư trú tại Hà Nội" });
    road.ok(&id, &road.an, "draft_transfer", to).await;
    assert_eq!(road.no(&id, &road.an, "sign_transfer", json!({})).await, (403, "not_yours".into()));
    road.ok(&id, &road.binh, "sign_transfer", json!({})).await;
    road.round().await;
    assert_eq!(road.state(&id).await, State::TransferredOut);
    assert_eq!(road.kinds_of_papers(&id).await, ["transfer"]);
    assert_eq!(road.no(&id, &road.an, "draft_notice", json!({})).await, (409, "not_now".into()));
}

#[tokio::test]
async fn a_silent_owner_of_a_motorcycle_is_warned_and_the_commune_police_written_to() {
    let road = Road::new().await;
    let id = road.noticed("35AA40012", "moto.red_light", "motorcycle").await;
    let due = road.handling(&id).await.deadline("warning").unwrap().due.at;
    road.round_at(due).await;
    assert_eq!(road.state(&id).await, State::NoticeDelivered, "the last second is still in time");
    road.round_at(due + SignedDuration::from_secs(1)).await;
    assert_eq!(road.state(&id).await, State::Warned);
    let h = road.handling(&id).await;
    assert_eq!(h.warnings.iter().map(|one| one.target.as_str()).collect::<Vec<_>>(), ["registration"]);
    assert!(road.kinds_of_papers(&id).await.contains(&"commune".to_owned()));
    assert!(h.orders.iter().any(|one| one.what.word() == "post" && one.what.paper() == Some("commune")));
    // Found after all: the warning goes when everything is solved.
    road.ok(&id, &road.an, "report_stolen", json!({ "reason": "xe bị chiếm đoạt" })).await;
    road.round_at(Timestamp::now() + SignedDuration::from_hours(24 * 60)).await;
    let h = road.handling(&id).await;
    assert!(
        h.warnings.iter().all(|one| matches!(one.state.as_str(), "removed" | "cancelled")),
        "{:?}",
        h.warnings
    );
}

#[tokio::test]
async fn deadlines_alert_at_50_80_and_100_percent_once_each() {
    let road = Road::new().await;
    let id = road.opened(CAR, "car.red_light", "car").await;
    let due = road.handling(&id).await.deadline("notice").unwrap().due.clone();
    let alerts = async || {
        let log = road.site.state.store.handling_log(&id).await.unwrap();
        let of = |line: &crate::store::handling::LogRow| {
            let detail: Value = serde_json::from_str(&line.detail).unwrap();
            (line.what == "alert" && detail["what"] == "notice").then(|| detail["percent"].as_u64().unwrap())
        };
        log.iter().filter_map(of).collect::<Vec<_>>()
    };
    let mut seen = Vec::new();
    for alert in &due.alerts {
        road.round_at(alert.at - SignedDuration::from_secs(1)).await;
        assert_eq!(alerts().await, seen, "before {} %", alert.percent);
        let late = SignedDuration::from_secs(i64::from(alert.percent == 100));
        road.round_at(alert.at + late).await;
        road.round_at(alert.at + late).await;
        seen.push(u64::from(alert.percent));
        assert_eq!(alerts().await, seen);
    }
    let list = road.site.get("/api/v1/handlings?due=soon", &road.an).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 0, "ten days are left by the clock");
}

#[tokio::test]
async fn a_draft_is_read_as_it_would_be_signed_by_who_handles_it_and_by_nobody_else() {
    let road = Road::new().await;
    let id = road.opened(CAR, "car.red_light", "car").await;
    let draft =
        async |cookie: &str| road.site.get(&format!("/api/v1/handlings/{id}/drafts/notice"), cookie).await;
    assert_eq!(draft(&road.binh).await.status, StatusCode::NOT_FOUND, "nothing is drafted");
    road.ok(&id, &road.an, "draft_notice", json!({ "note": "Ghi chú thử" })).await;
    for cookie in [&road.an, &road.binh] {
        let reply = draft(cookie).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", String::from_utf8_lossy(&reply.bytes));
        assert!(reply.bytes.starts_with(b"%PDF-"));
    }
    assert_eq!(draft("").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(road.kinds_of_papers(&id).await, Vec::<String>::new(), "nothing of it is kept");
    road.ok(&id, &road.binh, "sign_notice", json!({})).await;
    assert_eq!(draft(&road.binh).await.status, StatusCode::NOT_FOUND, "it is signed");
    let none = road.site.get(&format!("/api/v1/handlings/{id}/drafts/nothing"), &road.binh).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}
