//! Registers that answer otherwise, outages, callbacks.

use super::*;

#[tokio::test]
async fn the_register_decides_where_a_case_goes() {
    let road = Road::new().await;
    for (plate, class, state) in [
        (CAR, "car", State::OwnerFound),
        ("35C14142", "truck", State::OwnerFound),
        ("35B134641", "motorcycle", State::Stolen),
        ("35A90909", "car", State::OwnerNotFound),
        ("29A86420", "car", State::OwnerNotFound),
        ("TM1234", "car", State::HandedOver),
        ("80999NG99", "car", State::HandedOver),
        ("35LA0123", "special_machine", State::OwnerFound),
    ] {
        let before = road.mock.calls().len();
        let behaviour = match class {
            "special_machine" => "machine.red_light",
            "motorcycle" => "moto.red_light",
            _ => "car.red_light",
        };
        let mut case = road.case(plate, behaviour, class, 30).await;
        case.vehicle.plate_colour = None;
        road.site
            .state
            .store
            .put("update cases set plate_colour = null where case_id = $1", &[&case.case_id])
            .await;
        road.round().await;
        let (id, _) = road.site.state.store.handling_of_case(&case.case_id).await.unwrap().unwrap();
        assert_eq!(road.state(&id).await, state, "{plate}: {:?}", road.handling(&id).await);
        if state == State::HandedOver {
            assert_eq!(road.mock.calls().len(), before, "nobody is asked for the owner of {plate}");
        }
    }
    let org = road.site.get("/api/v1/handlings?q=35C14142", &road.an).await.json();
    assert_eq!(org["items"][0]["party"]["kind"], "org", "{org}");
}

#[tokio::test]
async fn the_owner_at_the_moment_of_the_act_is_liable() {
    let road = Road::new().await;
    // Sold on 30 April 2026; this act was before.
    let mut case = road.case("51L16180", "car.red_light", "car", 30).await;
    case.at = "2026-04-01T08:00:00+07:00".parse().unwrap();
    let at = case.at.as_millisecond().to_string();
    road.site
        .state
        .store
        .put("update cases set at_ms = cast($1 as bigint) where case_id = $2", &[&at, &case.case_id])
        .await;
    road.round().await;
    let (id, _) = road.site.state.store.handling_of_case(&case.case_id).await.unwrap().unwrap();
    assert_eq!(road.file(&id, &road.an).await["liable"]["name"], "Công ty TNHH Thương mại Ví Dụ Xanh");
}

#[tokio::test]
async fn an_outage_delays_and_loses_nothing() {
    let road = Road::new().await;
    road.admin("behaviour", json!({ "service": "vehreg", "outage": true })).await;
    let id = road.opened(CAR, "car.red_light", "car").await;
    assert_eq!(road.state(&id).await, State::OwnerLookup);
    let next = road.handling(&id).await.orders[0].next.unwrap();
    let asked = road.mock.calls().len();
    road.round().await;
    assert_eq!(road.mock.calls().len(), asked, "it is asked again later, not at once");
    road.admin("behaviour", json!({ "service": "vehreg", "outage": false, "quotaPerMinute": 0 })).await;
    road.round_at(next).await;
    assert_eq!(road.state(&id).await, State::OwnerLookup, "the quota is used up: later again");
    road.admin("behaviour", json!({ "service": "vehreg", "quotaPerMinute": null })).await;
    let next = road.handling(&id).await.orders[0].next.unwrap();
    road.round_at(next).await;
    assert_eq!(road.state(&id).await, State::OwnerFound);
    let log = road.site.state.store.handling_log(&id).await.unwrap();
    assert_eq!(log.iter().filter(|line| line.what == "no_answer").count(), 1, "an outage is noted once");
}

#[tokio::test]
async fn callbacks_come_twice_backwards_and_before_the_answer_is_committed() {
    let road = Road::new().await;
    road.admin("callbacks", json!({ "service": "vneid", "twice": true, "backwards": true })).await;
    let id = road.noticed(CAR, "car.red_light", "car").await;
    let h = road.handling(&id).await;
    let order = h.orders.iter().find(|order| order.what.word() == "vneid").unwrap();
    assert!(order.events.len() <= 2, "{:?}", order.events);
    assert_eq!(h.notice.unwrap().delivered_by.as_deref(), Some("vneid"));
    tokio::time::sleep(Duration::from_millis(200)).await;
    road.round().await;
    // One that nobody knows yet waits until its number is known.
    let (store, now) = (&road.site.state.store, Timestamp::now());
    let early = r#"{"event":"READ","messageId":"M-early"}"#;
    crate::handling::callbacks::take(&road.site.state, "message:M-early", early, now).await.unwrap();
    assert!(store.waiting_callbacks(9).await.unwrap().is_empty());
    let keys = [id.as_str(), &order.n.to_string()].map(str::to_owned);
    let text = "insert into handling_keys (name, handling_id, order_n) values ('message:M-early', $1, cast($2 as bigint))";
    store.put(text, &[&keys[0], &keys[1]]).await;
    assert_eq!(store.waiting_callbacks(9).await.unwrap().len(), 1);
    road.round().await;
    assert!(store.waiting_callbacks(9).await.unwrap().is_empty(), "applied");
}

#[tokio::test]
async fn a_callback_needs_its_signature_time_and_event() {
    let road = Road::new().await;
    let secret = road.mock.secret("vong-gac").unwrap().to_owned();
    let post = async |path: &str, body: &str, at: Timestamp, secret: &str| {
        let (timestamp, correlation) = (at.to_string(), "c-1");
        let path = format!("/api/v1/callbacks/{path}");
        let signed = seeds::sign::Signed {
            method: "POST",
            path: &path,
            timestamp: &timestamp,
            correlation_id: correlation,
            body: body.as_bytes(),
        };
        let request = axum::http::Request::post(&path)
            .header("content-type", "application/json")
            .header("x-client-id", "vong-gac")
            .header("x-timestamp", &timestamp)
            .header("x-correlation-id", correlation)
            .header("x-signature", signed.signature(secret))
            .body(axum::body::Body::from(body.to_owned()))
            .unwrap();
        road.site.send(request).await.status.as_u16()
    };
    let now = Timestamp::now();
    let paid = r#"{"event":"PAID","billCode":"HD-9","receiptNo":"BL-9","amount":1}"#;
    assert_eq!(post("dvcqg", paid, now, &secret).await, 204);
    assert_eq!(post("dvcqg", paid, now, &secret).await, 204, "again is no error");
    assert_eq!(post("dvcqg", paid, now, "other").await, 401);
    assert_eq!(post("dvcqg", paid, now - SignedDuration::from_hours(1), &secret).await, 401);
    assert_eq!(post("vneid", paid, now, &secret).await, 422, "another system's word");
    assert_eq!(post("dvcqg", r#"{"event":"PAID"}"#, now, &secret).await, 422);
    assert_eq!(post("dvcqg", "{", now, &secret).await, 400);
}

#[tokio::test]
async fn a_wrong_amount_leaves_the_rest_to_pay_and_too_much_is_noted() {
    let road = Road::new().await;
    let id = road.decided(CAR, "car.red_light", "car", 19_000_000).await;
    road.admin("callbacks", json!({ "service": "dvcqg", "addAmount": -1_000_000, "twice": true })).await;
    let bill = road.handling(&id).await.money.bills[0].code.clone().unwrap();
    road.admin("pay", json!({ "billCode": bill })).await;
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        road.round().await;
        if road.handling(&id).await.money.bills.len() == 2 {
            break;
        }
    }
    let h = road.handling(&id).await;
    assert_eq!((h.state, h.paid(), h.money.payments.len()), (State::DecisionDelivered, 18_000_000, 1));
    assert_eq!(h.money.bills[1].amount, 1_000_000, "the rest has a bill of its own");
    road.admin("callbacks", json!({ "service": "dvcqg", "addAmount": 5000 })).await;
    road.admin("pay", json!({ "billCode": h.money.bills[1].code })).await;
    road.until(&id, State::Closed).await;
    let h = road.handling(&id).await;
    assert_eq!((h.paid(), h.money.overpaid), (19_005_000, 5000));
}

#[tokio::test]
async fn points_of_a_revoked_licence_wait_and_the_file_stays_open_for_them() {
    let road = Road::new().await;
    let until = Timestamp::now() + SignedDuration::from_hours(24 * 30);
    road.admin("licence", json!({ "idNumber": OWNER, "revokedUntil": until })).await;
    let id = road.decided(CAR, "car.red_light", "car", 19_000_000).await;
    assert_eq!(road.handling(&id).await.points.state, "postponed");
    let bill = road.handling(&id).await.money.bills[0].code.clone().unwrap();
    road.admin("pay", json!({ "billCode": bill })).await;
    road.until(&id, State::Cleared).await;
    road.admin("licence", json!({ "idNumber": OWNER })).await;
    road.round_at(until + SignedDuration::from_secs(1)).await;
    road.round_at(until + SignedDuration::from_secs(2)).await;
    assert_eq!(road.state(&id).await, State::Closed);
    assert!(road.kinds_of_papers(&id).await.contains(&"points".to_owned()));
}
