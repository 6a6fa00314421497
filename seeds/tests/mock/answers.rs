//! What the services say about the demonstration's people and vehicles.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use seeds::sign::hex;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::{CITIZEN, FACE, OWNER, PAYMENT, QR, TICKET, WANTED, start};

#[tokio::test]
async fn owner_lookup_tells_vehicle_and_owner_of_a_registered_plate() {
    let world = start().await;
    let answer =
        world.ok(OWNER, json!({ "plate": "35A24681", "colour": "white", "vehicleGroup": "car" })).await;
    assert_eq!(answer["status"], "FOUND");
    let vehicle = json!({ "make": "Hyundai", "model": "Accent", "colour": "white", "type": "car" });
    assert_eq!(answer["vehicle"], vehicle);
    assert_eq!(answer["owner"]["kind"], "PERSON");
    assert_eq!(answer["owner"]["idNumber"], "037191900102");
    assert_eq!(answer["owner"]["name"], "Trần Thị Hòa Mẫu");
    assert_eq!(answer["owner"]["communeCode"], "37901");
    assert_eq!(answer["owner"].get("orgCode"), None);

    let answer = world.ok(OWNER, json!({ "plate": "35C14142", "colour": null, "vehicleGroup": "car" })).await;
    assert_eq!(
        (&answer["owner"]["kind"], &answer["owner"]["orgCode"]),
        (&json!("ORG"), &json!("2799990103"))
    );
}

#[tokio::test]
async fn owner_lookup_has_a_word_for_every_status() {
    let world = start().await;
    for (plate, status, has_owner) in [
        ("35A24681", "FOUND", true),
        ("35A90909", "NOT_FOUND", false),
        ("36A97531", "REVOKED", true),
        ("35B134641", "STOLEN_FLAG", true),
        ("29A86420", "MULTIPLE", false),
        ("TM1234", "NOT_FOUND", false),
    ] {
        let answer = world.ok(OWNER, json!({ "plate": plate })).await;
        assert_eq!(answer["status"], status, "{plate}");
        assert_eq!(answer["owner"].is_object(), has_owner, "{plate}");
        assert_eq!(answer["vehicle"].is_object(), has_owner, "{plate}");
    }
}

#[tokio::test]
async fn owner_lookup_answers_for_the_day_that_is_asked_about() {
    let world = start().await;
    for (as_of, status, owner) in [
        ("2020-01-01T00:00:00Z", "NOT_FOUND", None),
        ("2022-01-01T00:00:00Z", "FOUND", Some("Trương Văn Phú Mẫu")),
        // Midnight in Vietnam is 17:00 UTC.
        ("2025-06-30T16:59:59Z", "FOUND", Some("Trương Văn Phú Mẫu")),
        ("2025-06-30T17:00:00Z", "FOUND", Some("Phan Thị Yến Mẫu")),
    ] {
        let answer = world.ok(OWNER, json!({ "plate": "43A70711", "asOf": as_of })).await;
        assert_eq!(answer["status"], status, "{as_of}");
        assert_eq!(answer["owner"]["name"].as_str(), owner, "{as_of}");
    }
    let before = json!({ "plate": "36A97531", "asOf": "2026-11-01T00:00:00Z" });
    assert_eq!(world.ok(OWNER, before).await["status"], "FOUND", "not revoked yet");
}

#[tokio::test]
async fn colour_and_group_narrow_the_lookup() {
    let world = start().await;
    for (colour, group, status) in [
        (Some("white"), None, "FOUND"),
        (Some("yellow"), None, "NOT_FOUND"),
        (None, Some("car"), "FOUND"),
        (None, Some("motorcycle"), "NOT_FOUND"),
    ] {
        let answer =
            world.ok(OWNER, json!({ "plate": "18A11235", "colour": colour, "vehicleGroup": group })).await;
        assert_eq!(answer["status"], status, "{colour:?} {group:?}");
    }
}

#[tokio::test]
async fn a_citizen_is_verified_by_flags_and_never_by_the_record() {
    let world = start().await;
    let ask = |id: &str, name: &str, dob: &str| json!({ "idNumber": id, "fullName": name, "dob": dob });
    for (question, result, mismatch) in [
        (ask("037090001234", "Nguyễn Văn Mẫu", "1990-08-15"), "MATCH", json!([])),
        (ask("037090001234", "NGUYEN VAN MAU", "1990"), "MATCH", json!([])),
        (ask("037090001234", "Nguyễn Văn Khác", "1990-08-15"), "NO_MATCH", json!(["FULL_NAME"])),
        (ask("037090001234", "Nguyễn Văn Khác", "1991"), "NO_MATCH", json!(["FULL_NAME", "DOB"])),
        (ask("037080900203", "Phạm Văn Giả Định", "1980-05-17"), "MATCH", json!([])),
        (ask("037099000000", "Nguyễn Văn Mẫu", "1999"), "NOT_FOUND", json!([])),
        (ask("037069900206", "Vũ Văn Khóa Mẫu", "1969-02-14"), "LOCKED", json!([])),
    ] {
        let answer = world.ok(CITIZEN, question.clone()).await;
        assert_eq!((&answer["result"], &answer["mismatch"]), (&json!(result), &mismatch), "{question}");
        let fields: Vec<_> = answer.as_object().expect("an object").keys().collect();
        assert_eq!(fields, ["answeredAt", "mismatch", "result", "txnId"]);
    }
}

#[tokio::test]
async fn a_face_is_same_different_unsure_or_poor() {
    let world = start().await;
    let mut picture = vec![0xFF, 0xD8, 0xFF, 0xE0];
    picture.resize(2000, 7);
    let image = BASE64_STANDARD.encode(&picture);
    let ask =
        |id: &str, image: &str, score: f64| json!({ "idNumber": id, "image": image, "livenessScore": score });
    let decision = async |body: Value| world.ok(FACE, body).await["decision"].clone();
    assert_eq!(decision(ask("037090001234", &image, 0.9)).await, "UNSURE");
    let enrol = json!({ "idNumber": "037090001234", "sha256": hex(&Sha256::digest(&picture)) });
    assert_eq!(world.admin("face", enrol).await.status, 204);
    assert_eq!(decision(ask("037090001234", &image, 0.9)).await, "SAME");
    assert_eq!(decision(ask("037195900201", &image, 0.9)).await, "DIFFERENT");
    assert_eq!(decision(ask("037090001234", &image, 0.2)).await, "POOR_IMAGE");
    assert_eq!(decision(ask("037090001234", "/9j/", 0.9)).await, "POOR_IMAGE");
}

#[tokio::test]
async fn a_vneid_token_is_good_once() {
    let world = start().await;
    let answer = world.ok(QR, json!({ "token": "vneid-demo-mau-2" })).await;
    assert_eq!((&answer["result"], &answer["level"]), (&json!("VALID"), &json!(2)));
    assert_eq!(answer["displayName"], "Nguyễn Văn Mẫu");
    assert!(answer["subjectRef"].as_str().is_some_and(|r| r.starts_with("SR-")));
    let again = world.ok(QR, json!({ "token": "vneid-demo-mau-2" })).await;
    assert_eq!((&again["result"], &again["displayName"]), (&json!("REPLAYED"), &json!(null)));
    assert_eq!(world.ok(QR, json!({ "token": "vneid-demo-vi-du-cu" })).await["result"], "EXPIRED");
    assert_eq!(world.ok(QR, json!({ "token": "made up" })).await["result"], "INVALID");
}

#[tokio::test]
async fn a_token_can_be_made_for_a_citizen_and_expires() {
    let world = start().await;
    let mint = async |ttl: u32| {
        let body = json!({ "idNumber": "037195900201", "level": 1, "ttlS": ttl });
        world.admin("vneid-token", body).await.body["token"].clone()
    };
    let token = mint(60).await;
    assert_eq!(world.ok(QR, json!({ "token": token })).await["result"], "VALID");
    let token = mint(0).await;
    assert_eq!(world.ok(QR, json!({ "token": token })).await["result"], "EXPIRED");
    let nobody = json!({ "idNumber": "037099000000", "level": 1, "ttlS": 1 });
    assert_eq!(world.admin("vneid-token", nobody).await.status, 422);
}

#[tokio::test]
async fn only_police_under_the_police_purpose_see_a_wanted_hit() {
    let world = start().await;
    let (hit, possible, nobody) = ("037075900204", "037085900205", "037090001234");
    let ask = async |client: &str, unit: &str, purpose: &str, id: &str| {
        world.call_as(client, unit, purpose, WANTED, &json!({ "idNumber": id })).send().await.body
    };
    let police = async |id: &str| ask("vong-gac", "H42", "WANTED_CHECK", id).await;
    let answer = police(hit).await;
    assert_eq!((&answer["result"], &answer["noticeNo"]), (&json!("HIT"), &json!("TN-2026-0001")));
    assert_eq!(answer["handlingUnit"], "Công an tỉnh Ninh Bình");
    assert_eq!(police(possible).await["result"], "POSSIBLE");
    assert_eq!(police(nobody).await["result"], "CLEAR");

    for (client, unit, purpose) in
        [("vong-gac-gate", "H42.DL", "ACCESS_CONTROL"), ("vong-gac", "H42", "ACCESS_CONTROL")]
    {
        let strip = |mut answer: Value| {
            answer["txnId"].take();
            answer
        };
        let of_hit = strip(ask(client, unit, purpose, hit).await);
        let of_nobody = strip(ask(client, unit, purpose, nobody).await);
        assert_eq!(of_hit, of_nobody, "nothing can be told from the answer");
        assert_eq!((&of_hit["result"], &of_hit["visibility"]), (&json!("CLEAR"), &json!("LIMITED")));
    }
}

#[tokio::test]
async fn a_decision_has_one_bill() {
    let world = start().await;
    let order = |amount: u64| json!({ "decisionNo": "12/QĐ-XPHC", "amount": amount, "payer": "SR-1", "treasuryAccount": "7111" });
    let bill = world.ok(PAYMENT, order(900_000)).await["billCode"].clone();
    assert_eq!(world.ok(PAYMENT, order(900_000)).await["billCode"], bill);
    assert_eq!(world.ask(PAYMENT, order(800_000)).await.status, 422);
}

#[tokio::test]
async fn a_ticket_is_good_for_the_holder_of_its_card_only() {
    let world = start().await;
    let result =
        async |body: Value| world.ok(TICKET, body).await["result"].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        result(json!({ "ticket": "NB-SE7-0001", "name": "NGUYEN VAN MAU", "idNumber": "037090001234" }))
            .await,
        "VALID"
    );
    assert_eq!(result(json!({ "ticket": "NB-SE7-0001", "name": "Trần Thị Thí Dụ" })).await, "OTHER_NAME");
    assert_eq!(result(json!({ "ticket": "NB-SE7-0002" })).await, "USED");
    assert_eq!(result(json!({ "ticket": "NB-SE8-0003" })).await, "OTHER_TRAIN");
    assert_eq!(result(json!({ "ticket": "NB-0" })).await, "NOT_FOUND");
}
