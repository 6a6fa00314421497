//! Calls that the real services would refuse.

use jiff::{Timestamp, ToSpan as _};
use serde_json::json;

use crate::support::{CITIZEN, FACE, NOTIFY, OWNER, PAYMENT, QR, WANTED, good_calls, start};

#[tokio::test]
async fn every_service_refuses_a_call_that_lacks_any_identifying_header() {
    let world = start().await;
    for (path, body) in good_calls() {
        for header in [
            "X-Client-Id",
            "X-Unit-Code",
            "X-Officer-Id",
            "X-Purpose-Code",
            "X-Correlation-Id",
            "X-Timestamp",
            "X-Signature",
        ] {
            let answer = world.call(path, &body).without(header).send().await;
            assert_eq!(answer.status, 401, "{path} without {header}: {}", answer.body);
            assert_eq!(answer.body["error"], "UNAUTHORISED_UNIT");
            assert_eq!(answer.body["message"], format!("{header} is missing"));
        }
    }
}

#[tokio::test]
async fn every_service_takes_the_call_when_nothing_is_missing() {
    let world = start().await;
    for (path, body) in good_calls() {
        let answer = world.ask(path, body).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert!(answer.body["txnId"].is_string(), "{path}");
        assert_eq!(answer.headers["x-txn-id"], answer.body["txnId"].as_str().expect("text"));
        assert!(answer.headers.contains_key("x-correlation-id"));
    }
}

#[tokio::test]
async fn an_unknown_client_and_a_wrong_signature_are_refused() {
    let world = start().await;
    let body = json!({ "plate": "35A24681" });
    let answer = world.call_as("stranger", "H42", "X", OWNER, &body).send().await;
    assert_eq!((answer.status, answer.body["message"].as_str()), (401, Some("X-Client-Id is not known")));

    let wrong = Some("X-Signature is wrong");
    let mut changed = world.call(OWNER, &body);
    changed.body = br#"{"plate":"30K13579"}"#.to_vec();
    let answer = changed.send().await;
    assert_eq!((answer.status, answer.body["message"].as_str()), (401, wrong));
    let answer = world.call(OWNER, &body).set("X-Timestamp", Timestamp::now().to_string()).send().await;
    assert_eq!((answer.status, answer.body["message"].as_str()), (401, wrong));
    let answer = world.call(OWNER, &body).set("X-Signature", "zz").send().await;
    assert_eq!((answer.status, answer.body["message"].as_str()), (401, wrong));
}

#[tokio::test]
async fn a_clock_that_is_wrong_by_more_than_the_skew_is_refused() {
    let world = start().await;
    let body = json!({ "plate": "35A24681" });
    for (offset_s, status) in [(-3600, 401), (-290, 200), (290, 200), (3600, 401)] {
        let at = (Timestamp::now() + i64::from(offset_s).seconds()).to_string();
        let answer = world.call(OWNER, &body).set("X-Timestamp", at).signed_again().send().await;
        assert_eq!(answer.status, status, "{offset_s} s: {}", answer.body);
    }
    let answer = world.call(OWNER, &body).set("X-Timestamp", "yesterday").signed_again().send().await;
    assert_eq!((answer.status, answer.body["error"].as_str()), (422, Some("BAD_INPUT")));
}

#[tokio::test]
async fn a_unit_or_purpose_that_is_not_the_clients_is_forbidden() {
    let world = start().await;
    let body = json!({ "idNumber": "037090001234" });
    for (client, unit, purpose, status) in [
        ("vong-gac", "H42", "ACCESS_CONTROL", 200),
        ("vong-gac", "H42.CA.PC08", "TRAFFIC_VIOLATION", 200),
        ("vong-gac", "H43", "ACCESS_CONTROL", 403),
        ("vong-gac", "H421", "ACCESS_CONTROL", 403),
        ("vong-gac-gate", "H42.DL", "ACCESS_CONTROL", 200),
        ("vong-gac-gate", "H42", "ACCESS_CONTROL", 403),
        ("vong-gac-gate", "H42.DL", "WANTED_CHECK", 403),
    ] {
        let answer = world.call_as(client, unit, purpose, WANTED, &body).send().await;
        assert_eq!(answer.status, status, "{client} {unit} {purpose}: {}", answer.body);
        if status == 403 {
            assert_eq!(answer.body["error"], "UNAUTHORISED_UNIT");
        }
    }
}

#[tokio::test]
async fn malformed_headers_are_bad_input() {
    let world = start().await;
    let body = json!({ "plate": "35A24681" });
    for (header, value) in [
        ("X-Correlation-Id", "not-a-uuid".to_owned()),
        ("X-Purpose-Code", "gate control".to_owned()),
        ("X-Officer-Id", "x".repeat(65)),
        ("Idempotency-Key", "k".repeat(129)),
    ] {
        let answer = world.call(OWNER, &body).set(header, value).signed_again().send().await;
        assert_eq!((answer.status, answer.body["error"].as_str()), (422, Some("BAD_INPUT")), "{header}");
    }
}

#[tokio::test]
async fn bodies_that_make_no_sense_are_bad_input() {
    let world = start().await;
    for (path, body) in [
        (OWNER, json!({})),
        (OWNER, json!({ "plate": "13A12345" })),
        (OWNER, json!({ "plate": "35A-246.81" })),
        (OWNER, json!({ "plate": "35A24681", "colour": "pink" })),
        (OWNER, json!({ "plate": "35A24681", "asOf": "today" })),
        (OWNER, json!({ "plate": "35A24681", "asOf": "2999-01-01T00:00:00Z" })),
        (CITIZEN, json!({ "idNumber": "37090001234", "fullName": "A", "dob": "1990" })),
        (CITIZEN, json!({ "idNumber": "037090001234", "fullName": " ", "dob": "1990" })),
        (CITIZEN, json!({ "idNumber": "037090001234", "fullName": "A", "dob": "15/08/1990" })),
        (FACE, json!({ "idNumber": "037090001234", "image": "?", "livenessScore": 0.9 })),
        (FACE, json!({ "idNumber": "037090001234", "image": "AAAA", "livenessScore": 0.9 })),
        (FACE, json!({ "idNumber": "037090001234", "image": "/9j/", "livenessScore": 1.5 })),
        (QR, json!({ "token": "" })),
        (WANTED, json!({ "idNumber": "x" })),
        (NOTIFY, json!({ "subjectRef": "nobody", "templateCode": "T1", "payload": {} })),
        (NOTIFY, json!({ "subjectRef": "037090001234", "templateCode": "", "payload": {} })),
        (NOTIFY, json!({ "subjectRef": "037090001234", "templateCode": "T1", "payload": 1 })),
        (PAYMENT, json!({ "decisionNo": "", "amount": 1, "payer": "a", "treasuryAccount": "b" })),
        (PAYMENT, json!({ "decisionNo": "1", "amount": 0, "payer": "a", "treasuryAccount": "b" })),
        (PAYMENT, json!({ "decisionNo": "1", "amount": -5, "payer": "a", "treasuryAccount": "b" })),
    ] {
        let answer = world.ask(path, body.clone()).await;
        assert_eq!((answer.status, answer.body["error"].as_str()), (422, Some("BAD_INPUT")), "{path} {body}");
    }
    let mut call = world.call(OWNER, &json!({}));
    call.body = vec![0xFF, b'{'];
    assert_eq!(call.signed_again().send().await.status, 422);
    let mut call = world.call(OWNER, &json!({}));
    call.body = vec![b' '; 9 * 1024 * 1024];
    assert_eq!(call.signed_again().send().await.status, 422);
}

#[tokio::test]
async fn refused_calls_are_logged_without_their_content() {
    let world = start().await;
    let body = json!({ "plate": "35A24681" });
    world.call(OWNER, &body).without("X-Officer-Id").send().await;
    world.call(OWNER, &body).send().await;
    let url = format!("{}/admin/calls?limit=10", world.mock.base_url());
    let text = world.http.get(url).send().await.expect("answers").text().await.expect("text");
    let rows: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(rows.as_array().map(Vec::len), Some(2));
    assert_eq!((&rows[0]["status"], &rows[1]["status"]), (&json!(200), &json!(401)));
    assert_eq!((&rows[0]["officerId"], &rows[1]["officerId"]), (&json!("can-bo-01"), &json!(null)));
    assert!(!text.contains("35A24681"), "the log holds no plates");
    assert_eq!(world.mock.calls().len(), 2);
}
