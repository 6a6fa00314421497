//! Slow, faulty, metered and dead services, and repeated calls.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{NOTIFY, OWNER, PAYMENT, QR, WANTED, start, start_with};

#[tokio::test]
async fn an_outage_hits_one_service_and_ends_when_told() {
    let world = start().await;
    let plate = json!({ "plate": "35A24681" });
    let set = world.admin("behaviour", json!({ "service": "vehreg", "outage": true })).await;
    assert_eq!((set.status, &set.body["outage"]), (200, &json!(true)));
    let answer = world.ask(OWNER, plate.clone()).await;
    assert_eq!((answer.status, answer.body["error"].as_str()), (503, Some("UPSTREAM_DOWN")));
    assert_eq!(world.ask(WANTED, json!({ "idNumber": "037090001234" })).await.status, 200);
    world.admin("behaviour", json!({ "service": "vehreg", "outage": false })).await;
    assert_eq!(world.ask(OWNER, plate).await.status, 200);
}

#[tokio::test]
async fn errors_come_at_the_rate_that_is_set() {
    let world = start().await;
    world.admin("behaviour", json!({ "service": "vehreg", "errorRate": 1.0 })).await;
    assert_eq!(world.ask(OWNER, json!({ "plate": "35A24681" })).await.status, 503);
    world.admin("behaviour", json!({ "service": "vehreg", "errorRate": 0.5 })).await;
    let mut failed = 0;
    for _ in 0..100 {
        failed += usize::from(world.ask(OWNER, json!({ "plate": "35A24681" })).await.status == 503);
    }
    assert!((20..=80).contains(&failed), "{failed} of 100 failed");
}

#[tokio::test]
async fn latency_is_added_to_every_answer() {
    let world = start().await;
    world.admin("behaviour", json!({ "service": "vehreg", "latencyMs": 150 })).await;
    let started = Instant::now();
    assert_eq!(world.ask(OWNER, json!({ "plate": "35A24681" })).await.status, 200);
    assert!(started.elapsed() >= Duration::from_millis(150));
    assert!(world.mock.calls()[0].took_ms >= 150);
}

#[tokio::test]
async fn a_quota_counts_by_client_and_says_when_to_come_back() {
    let world = start().await;
    world.admin("behaviour", json!({ "service": "wanted", "quotaPerMinute": 3 })).await;
    let body = json!({ "idNumber": "037090001234" });
    let mut statuses = Vec::new();
    // A new minute may begin once while this runs.
    for _ in 0..8 {
        let answer = world.ask(WANTED, body.clone()).await;
        if answer.status == 429 {
            assert_eq!(answer.body["error"], "QUOTA");
            let retry: u32 = answer.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
            assert!((1..=60).contains(&retry));
        }
        statuses.push(answer.status);
    }
    assert_eq!(statuses[..3], [200; 3]);
    assert!(statuses.iter().filter(|s| **s == 200).count() <= 6 && statuses.contains(&429));
    let other = world.call_as("vong-gac-gate", "H42.DL", "ACCESS_CONTROL", WANTED, &body).send().await;
    assert_eq!(other.status, 200, "another client has its own quota");
    world.admin("behaviour", json!({ "service": "wanted", "quotaPerMinute": null })).await;
    assert_eq!(world.ask(WANTED, body).await.status, 200);
}

#[tokio::test]
async fn behaviour_can_be_set_before_the_start() {
    let world = start_with(|config| {
        let text = "[vneid]\noutage = true";
        config.services = toml::from_str(text).expect("a table of services");
    })
    .await;
    assert_eq!(world.ask(QR, json!({ "token": "vneid-demo-mau-2" })).await.status, 503);
}

#[tokio::test]
async fn wrong_admin_calls_change_nothing() {
    let world = start().await;
    for body in [
        json!({ "service": "tax", "outage": true }),
        json!({ "service": "vehreg", "errorRate": 1.5 }),
        json!({ "service": "vehreg", "delay": 5 }),
        json!({ "outage": true }),
    ] {
        assert_eq!(world.admin("behaviour", body.clone()).await.status, 422, "{body}");
    }
    assert_eq!(world.ask(OWNER, json!({ "plate": "35A24681" })).await.status, 200);
}

#[tokio::test]
async fn a_repeated_call_gets_the_first_answer_and_is_not_done_again() {
    let world = start().await;
    let body = json!({ "token": "vneid-demo-mau-2" });
    let first = world.call(QR, &body).set("Idempotency-Key", "k1").send().await;
    let again = world.call(QR, &body).set("Idempotency-Key", "k1").send().await;
    assert_eq!(first.body["result"], "VALID");
    assert_eq!(again.body, first.body, "with the same transaction number");
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert!(world.mock.calls()[0].replayed);
    let new = world.call(QR, &body).set("Idempotency-Key", "k2").send().await;
    assert_eq!(new.body["result"], "REPLAYED", "a new key is a new call");
    let other = world.call(QR, &json!({ "token": "x" })).set("Idempotency-Key", "k1").send().await;
    assert_eq!((other.status, other.body["error"].as_str()), (422, Some("BAD_INPUT")), "another body");
}

#[tokio::test]
async fn a_failed_call_may_be_repeated_under_its_key() {
    let world = start().await;
    let bad = json!({ "subjectRef": "nobody", "templateCode": "T1", "payload": {} });
    for _ in 0..2 {
        let answer = world.call(NOTIFY, &bad).set("Idempotency-Key", "k").send().await;
        assert_eq!(answer.status, 422);
        assert_eq!(answer.body["message"], "subjectRef: nobody has this reference or identity number");
    }
}

#[tokio::test]
async fn calls_with_an_effect_need_a_key() {
    let world = start().await;
    let notice = json!({ "subjectRef": "037090001234", "templateCode": "T1", "payload": {} });
    let order = json!({ "decisionNo": "1", "amount": 1, "payer": "a", "treasuryAccount": "b" });
    for (path, body) in [(NOTIFY, notice), (PAYMENT, order)] {
        let answer = world.call(path, &body).without("Idempotency-Key").send().await;
        assert_eq!(answer.status, 422, "{path}");
    }
    let answer = world.call(OWNER, &json!({ "plate": "35A24681" })).without("Idempotency-Key").send().await;
    assert_eq!(answer.status, 200, "a look-up has no effect");
}
