//! What handling a violation asks of other systems: sign-in, points, letters, postings, warnings, machines, the pay page.

use std::collections::BTreeMap;

use seeds::config::Service;
use serde_json::{Value, json};

use crate::callbacks::{listener, next};
use crate::support::{
    DEDUCT, INSPECTION_UNWARN, INSPECTION_WARN, LETTER, MACHINE, NOTIFY, PAYMENT, POSTING, QR, SIGN_IN,
    VEHREG_UNWARN, VEHREG_WARN, World, letter, posting, start, start_with, warning,
};

#[tokio::test]
async fn a_sign_in_tells_who_came_once_and_no_gate_may_ask() {
    let world = start().await;
    let mint = async || {
        let body = json!({ "idNumber": "037191900102", "level": 2, "ttlS": 60 });
        world.admin("vneid-token", body).await.body["token"].as_str().expect("a token").to_owned()
    };
    let token = mint().await;
    let gate =
        world.call_as("vong-gac-gate", "H42.DL", "VIOLATION_CITIZEN", SIGN_IN, &json!({ "token": token }));
    assert_eq!(gate.send().await.status, 403);
    let answer = world.ok(SIGN_IN, json!({ "token": token })).await;
    assert_eq!((&answer["result"], &answer["level"]), (&json!("VALID"), &json!(2)));
    assert_eq!(
        (&answer["idNumber"], &answer["displayName"]),
        (&json!("037191900102"), &json!("Trần Thị Hòa Mẫu"))
    );
    let again = world.ok(SIGN_IN, json!({ "token": token })).await;
    assert_eq!((&again["result"], &again["idNumber"]), (&json!("REPLAYED"), &Value::Null));
    assert_eq!(world.ok(QR, json!({ "token": token })).await["result"], "REPLAYED");
    assert_eq!(world.ok(SIGN_IN, json!({ "token": "x" })).await["result"], "INVALID");
}

#[tokio::test]
async fn the_sign_in_page_goes_back_to_this_machine_alone() {
    let world = start().await;
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let page = format!("{}/vneid/sign-in", world.mock.base_url());
    for (to, status) in [
        ("http://127.0.0.1:8080/vi-pham", 200),
        ("https://evil.example/", 400),
        ("http://127.0.0.1@evil.example/", 400),
        ("javascript:alert(1)", 400),
        ("", 400),
    ] {
        let url = reqwest::Url::parse_with_params(&page, [("return_to", to)]).expect("an address");
        let answer = http.get(url).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status, "{to}");
    }
    let form = "id_number=037191900102&level=2&return_to=http%3A%2F%2Flocalhost%3A1%2Fvi-pham";
    let sent = http
        .post(&page)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .expect("an answer");
    let to = sent.headers()["location"].to_str().expect("text").to_owned();
    let token = to.strip_prefix("http://localhost:1/vi-pham#vneid=").expect("the token behind the #");
    assert_eq!(world.ok(SIGN_IN, json!({ "token": token })).await["idNumber"], "037191900102");
}

#[tokio::test]
async fn points_are_taken_once_per_decision_and_never_below_none() {
    let world = start().await;
    let ask = |points: u8, decision: &str| json!({ "idNumber": "037191900102", "points": points, "decisionNo": decision });
    let first = world.ok(DEDUCT, ask(4, "1/QĐ")).await;
    assert_eq!(
        (&first["result"], &first["before"], &first["after"]),
        (&json!("DEDUCTED"), &json!(12), &json!(8))
    );
    assert_eq!((&first["licenceNo"], &first["licenceClass"]), (&json!("201009191730"), &json!("B")));
    assert_eq!(world.ok(DEDUCT, ask(4, "1/QĐ")).await["after"], 8, "asked again, taken once");
    let second = world.ok(DEDUCT, ask(10, "2/QĐ")).await;
    assert_eq!((&second["taken"], &second["after"]), (&json!(8), &json!(0)));
    for body in [
        ask(0, "3/QĐ"),
        ask(13, "3/QĐ"),
        ask(4, " "),
        json!({ "idNumber": "1", "points": 1, "decisionNo": "1" }),
    ] {
        assert_eq!(world.ask(DEDUCT, body.clone()).await.status, 422, "{body}");
    }
    let stranger = json!({ "idNumber": "037099000000", "points": 4, "decisionNo": "4/QĐ" });
    assert_eq!(world.ok(DEDUCT, stranger).await["result"], "NO_LICENCE");
    let other =
        json!({ "idNumber": "037191900102", "licenceNo": "000000000000", "points": 4, "decisionNo": "5/QĐ" });
    assert_eq!(world.ok(DEDUCT, other).await["result"], "OTHER_HOLDER");
}

#[tokio::test]
async fn points_of_a_revoked_licence_wait() {
    let world = start().await;
    let revoke = json!({ "idNumber": "037191900102", "revokedUntil": "2099-01-01T00:00:00Z" });
    assert_eq!(world.admin("licence", revoke).await.status, 200);
    let ask = json!({ "idNumber": "037191900102", "points": 4, "decisionNo": "1/QĐ" });
    let answer = world.ok(DEDUCT, ask.clone()).await;
    assert_eq!(
        (&answer["result"], &answer["revokedUntil"]),
        (&json!("REVOKED"), &json!("2099-01-01T00:00:00Z"))
    );
    world.admin("licence", json!({ "idNumber": "037191900102" })).await;
    assert_eq!(world.ok(DEDUCT, ask).await["result"], "DEDUCTED");
}

#[tokio::test]
async fn warnings_are_set_once_and_removed_even_when_they_were_never_set() {
    let world = start().await;
    for (warn, unwarn) in [(INSPECTION_WARN, INSPECTION_UNWARN), (VEHREG_WARN, VEHREG_UNWARN)] {
        let number = world.ok(warn, warning("35A24681", "XL-1")).await["warningNo"].clone();
        assert_eq!(world.ok(warn, warning("35A24681", "XL-1")).await["warningNo"], number);
        assert_eq!(world.ok(unwarn, warning("35A24681", "XL-1")).await["wasSet"], true);
        assert_eq!(world.ok(unwarn, warning("35A24681", "XL-1")).await["wasSet"], false);
        for plate in ["35A90909", "X"] {
            assert_eq!(world.ask(warn, warning(plate, "XL-2")).await.status, 422, "{plate}");
        }
        let no_key = world.call(warn, &warning("35A24681", "XL-3")).without("Idempotency-Key").signed_again();
        assert_eq!(no_key.send().await.status, 422, "it has an effect");
    }
    let bike = json!({ "plate": "35AA40012", "vehicleGroup": "motorcycle", "reference": "XL-4" });
    assert_eq!(world.ask(INSPECTION_WARN, bike.clone()).await.status, 422, "motorcycles are not inspected");
    world.ok(VEHREG_WARN, bike).await;
    let held = world.http.get(format!("{}/admin/warnings", world.mock.base_url())).send().await;
    let held: Value =
        serde_json::from_slice(&held.expect("sent").bytes().await.expect("a body")).expect("JSON");
    assert_eq!((&held[0]["reference"], &held[0]["service"]), (&json!("XL-4"), &json!("vehreg")));
}

#[tokio::test]
async fn letters_are_accepted_then_delivered_or_returned() {
    let (url, mut receiver) = listener(0).await;
    let world = start_with(|config| {
        config.clients[0].callbacks = BTreeMap::from([(Service::Post, url)]);
    })
    .await;
    for (address, end) in
        [("Thôn 1, Xã Gia Vân, Tỉnh Ninh Bình", "DELIVERED"), ("Không rõ số nhà", "RETURNED")]
    {
        let code = world.ok(LETTER, letter(address)).await["itemCode"].clone();
        for word in ["ACCEPTED", end] {
            let back = next(&world, &mut receiver).await;
            assert_eq!((&back["event"], &back["itemCode"]), (&json!(word), &code));
        }
    }
    assert_eq!(world.ask(LETTER, letter(" ")).await.status, 422);
    let told = json!({ "itemCode": "RM000000001VN", "result": "RETURNED" });
    assert_eq!(world.admin("letter", told).await.status, 202);
    assert_eq!(next(&world, &mut receiver).await["event"], "RETURNED");
    let none = json!({ "itemCode": "RM1", "result": "RETURNED" });
    assert_eq!(world.admin("letter", none).await.status, 422);
}

#[tokio::test]
async fn a_posting_that_names_somebody_is_refused() {
    let world = start().await;
    let id = world.ok(POSTING, posting()).await["postingId"].clone();
    assert_eq!(world.ok(POSTING, posting()).await["postingId"], id);
    let mut named = posting();
    named["owner"] = "Nguyễn Văn Mẫu".into();
    assert_eq!(world.ask(POSTING, named).await.status, 422);
    let mut empty = posting();
    empty["acts"] = json!([]);
    assert_eq!(world.ask(POSTING, empty).await.status, 422);
}

#[tokio::test]
async fn machines_are_in_a_register_of_their_own() {
    let world = start().await;
    let answer = world.ok(MACHINE, json!({ "plate": "35LA0123" })).await;
    assert_eq!((&answer["status"], &answer["owner"]["kind"]), (&json!("FOUND"), &json!("ORG")));
    let before = json!({ "plate": "35LA0123", "asOf": "2022-05-09T00:00:00Z" });
    assert_eq!(world.ok(MACHINE, before).await["status"], "NOT_FOUND");
    assert_eq!(world.ok(MACHINE, json!({ "plate": "35LA9999" })).await["status"], "NOT_FOUND");
    assert_eq!(world.ask(MACHINE, json!({ "plate": "35la" })).await.status, 422);
}

async fn order(world: &World, decision: &str) -> Value {
    let order = json!({ "decisionNo": decision, "amount": 19_000_000, "payer": "Trần <b>", "treasuryAccount": "7111" });
    world.ok(PAYMENT, order).await
}

#[tokio::test]
async fn a_bill_is_paid_on_its_page_by_who_has_its_address() {
    let (url, mut receiver) = listener(0).await;
    let world = start_with(|config| config.clients[0].callback_url = Some(url)).await;
    let ordered = order(&world, "9/QĐ").await;
    let page = ordered["payUrl"].as_str().expect("a page");
    let get = async |url: &str| {
        let answer = world.http.get(url).send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    };
    let (status, html) = get(page).await;
    assert_eq!(status, 200);
    assert!(html.contains("19.000.000 đồng") && html.contains("Trần &lt;b&gt;"), "{html}");
    let bare = page.split('?').next().expect("a path");
    assert_eq!(get(bare).await.0, 404, "bills are counted: the number alone opens nothing");
    assert_eq!(world.http.post(bare).send().await.expect("an answer").status().as_u16(), 404);
    for _ in 0..2 {
        let paid = world.http.post(page).send().await.expect("an answer");
        assert!(paid.text().await.expect("text").contains("Số biên lai"));
    }
    let back = next(&world, &mut receiver).await;
    assert_eq!((&back["event"], &back["amount"]), (&json!("PAID"), &json!(19_000_000)));
    world.mock.stop().await.expect("a clean end");
    assert!(receiver.try_recv().is_err(), "paid twice, told once");
}

#[tokio::test]
async fn callbacks_can_come_twice_backwards_with_another_amount_or_not_at_all() {
    let (url, mut receiver) = listener(0).await;
    let world = start_with(|config| config.clients[0].callback_url = Some(url)).await;
    let mood = json!({ "service": "vneid", "twice": true, "backwards": true });
    assert_eq!(world.admin("callbacks", mood).await.status, 204);
    let notice = json!({ "subjectRef": "037090001234", "templateCode": "T1", "payload": {} });
    world.ok(NOTIFY, notice).await;
    for word in ["READ", "READ", "DELIVERED", "DELIVERED"] {
        assert_eq!(next(&world, &mut receiver).await["event"], word);
    }
    world.admin("callbacks", json!({ "service": "dvcqg", "addAmount": -1000 })).await;
    let bill = order(&world, "10/QĐ").await["billCode"].clone();
    world.admin("pay", json!({ "billCode": bill, "paidAt": "2026-09-01T00:00:00Z" })).await;
    let back = next(&world, &mut receiver).await;
    assert_eq!((&back["amount"], &back["paidAt"]), (&json!(18_999_000), &json!("2026-09-01T00:00:00Z")));
    world.admin("callbacks", json!({ "service": "dvcqg", "lost": true })).await;
    let bill = order(&world, "11/QĐ").await["billCode"].clone();
    world.admin("pay", json!({ "billCode": bill })).await;
    world.mock.stop().await.expect("a clean end");
    assert!(receiver.try_recv().is_err(), "lost");
}
