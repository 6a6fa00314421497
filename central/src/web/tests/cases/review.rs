//! Two who do not know of each other, a third who does, and everything that must be done before anybody's answer counts.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::{Bench, mild, red_light, tells_the_plate};
use crate::auth::Role;

const PLATE: &str = "30A12345";

#[tokio::test]
async fn two_people_who_do_not_know_of_each_other_confirm_a_serious_case() {
    let bench = Bench::new().await;
    let (one, two) = (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await);
    let id = bench.opened(&red_light(PLATE)).await;
    let before = bench.case(&two, &id).await;
    assert_eq!(bench.decides(&one, &id, PLATE, "approve").await, "review_2");
    let seen = bench.case(&two, &id).await;
    assert_eq!((&seen["blind"], &seen["earlier_answers"]), (&json!(true), &Value::Null));
    assert_eq!(seen["log"], before["log"], "nothing of the first answer, in the log neither");
    assert_eq!(
        (&seen["plate_display"], &seen["reading"], &seen["owner"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    let again = bench.post(&one, &format!("/cases/{id}/claim"), None).await;
    assert_eq!((again.status, again.problem().as_str()), (StatusCode::CONFLICT, "own_first_review"));
    assert_eq!(bench.decides(&two, &id, PLATE, "approve").await, "confirmed");

    let whole = bench.case(&two, &id).await;
    let by: Vec<&Value> = whole["earlier_answers"].as_array().unwrap().iter().map(|one| &one["by"]).collect();
    assert_eq!(by, [&json!("csgt.mot"), &json!("csgt.hai")]);
    assert_eq!(whole["plate_confirmed"], PLATE);
    let cases = bench.site.state.store.cases();
    assert_eq!(cases.log_break(&id).await.unwrap(), None, "the log is whole");
    assert_eq!(cases.confirmed_waiting(9).await.unwrap().len(), 1, "a handling may take it");
}

#[tokio::test]
async fn what_the_second_reviewer_sees_is_the_same_whatever_the_first_answered() {
    let bench = Bench::new().await;
    let (one, two) = (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await);
    let mut seen = Vec::new();
    for (plate, decision) in [("30A12345", "approve"), ("30A12346", "reject")] {
        let id = bench.opened(&red_light(plate)).await;
        assert_eq!(bench.decides(&one, &id, plate, decision).await, "review_2", "{decision}");
        bench.post(&two, &format!("/cases/{id}/claim"), None).await;
        let mut case = bench.case(&two, &id).await;
        let list = bench.get(&two, "/cases?state=review_2&sort=age").await.json();
        let row =
            list["items"].as_array().unwrap().iter().find(|row| row["id"] == json!(id)).unwrap().clone();
        case["row"] = row;
        seen.push(shape(&case));
    }
    assert_eq!(seen[0], seen[1]);
}

/// A document without what tells cases apart: digests, ids, numbers and moments.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| {
                let told_apart = matches!(
                    key.as_str(),
                    "id" | "number" | "hash" | "thumb" | "sha256" | "evidence" | "overlay"
                ) && value.is_string();
                (key.clone(), if told_apart { json!("…") } else { shape(value) })
            })
            .collect(),
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => json!("moment"),
        Value::Number(number) if number.is_f64() || number.as_i64().is_some_and(|n| n.abs() > 1_000) => {
            json!(0)
        }
        other => other.clone(),
    }
}

#[tokio::test]
async fn people_who_disagree_are_followed_by_a_senior_who_sees_both() {
    let bench = Bench::new().await;
    let (one, two) = (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await);
    let (three, senior) = (bench.officer("csgt.ba").await, bench.senior("doi.truong").await);
    let id = bench.opened(&red_light(PLATE)).await;
    bench.decides(&one, &id, PLATE, "approve").await;
    assert_eq!(bench.decides(&two, &id, PLATE, "reject").await, "review_3");
    let officer = bench.post(&three, &format!("/cases/{id}/claim"), None).await;
    assert_eq!((officer.status, officer.problem().as_str()), (StatusCode::CONFLICT, "not_your_turn"));
    assert_eq!(bench.get(&three, "/review/next").await.json(), Value::Null);
    assert_eq!(bench.get(&senior, "/review/next").await.json()["id"], json!(id));
    bench.look(&senior, &id, PLATE).await;
    let case = bench.case(&senior, &id).await;
    assert_eq!(case["earlier_answers"].as_array().unwrap().len(), 2);
    assert_eq!(bench.answer(&senior, &id, "approve").await.status, StatusCode::OK);
    assert_eq!(bench.state(&id).await, "confirmed");
}

#[tokio::test]
async fn an_answer_before_playing_and_typing_is_refused_with_what_is_missing() {
    let bench = Bench::new().await;
    let one = bench.officer("csgt.mot").await;
    let id = bench.opened(&mild(PLATE)).await;
    let refused = async |body: Value| {
        let reply = bench.post(&one, &format!("/cases/{id}/review"), Some(body)).await;
        (reply.status.as_u16(), reply.problem())
    };
    let yes = json!({ "decision": "approve", "round": 1 });
    assert_eq!(refused(yes.clone()).await, (409, "not_your_turn".into()));
    bench.post(&one, &format!("/cases/{id}/claim"), None).await;
    assert_eq!(refused(yes.clone()).await, (409, "not_played".into()));
    // Whatever is claimed: nobody has looked for longer than the case was theirs.
    let told =
        bench.post(&one, &format!("/cases/{id}/played"), Some(json!({ "ms": 99_999_999 }))).await.json();
    assert!(told["seen_ms"].as_i64().unwrap() < 5_000 && told["needed_ms"] == json!(9_000), "{told}");
    bench.site.state.store.cases().pass(&id, 30_000).await;
    let case = bench.case(&one, &id).await;
    let all: Vec<Value> =
        case["evidence"].as_array().unwrap().iter().map(|one| one["sha256"].clone()).collect();
    let seen = json!({ "ms": 30_000, "pictures": ["0".repeat(64), all[0]] });
    let told = bench.post(&one, &format!("/cases/{id}/played"), Some(seen)).await.json();
    assert_eq!((&told["pictures_seen"], &told["seen_ms"]), (&json!(1), &json!(30_000)), "{told}");
    assert_eq!(refused(yes.clone()).await, (409, "not_played".into()), "pictures not seen");
    bench.post(&one, &format!("/cases/{id}/played"), Some(json!({ "ms": 30_000, "pictures": all }))).await;
    assert_eq!(refused(yes.clone()).await, (409, "plate_not_confirmed".into()));
    let bad = bench.post(&one, &format!("/cases/{id}/plate"), Some(json!({ "plate": "hello" }))).await;
    assert_eq!((bad.status.as_u16(), bad.problem().as_str()), (422, "bad_plate"));
    let typed =
        bench.post(&one, &format!("/cases/{id}/plate"), Some(json!({ "plate": "30a-123.45" }))).await.json();
    assert_eq!(
        (&typed["match"], &typed["normal"], &typed["again"]),
        (&json!(true), &json!(PLATE), &json!(false))
    );
    assert_eq!(refused(json!({ "decision": "approve", "round": 2 })).await, (409, "stale".into()));
    assert_eq!(refused(json!({ "decision": "reject", "round": 1 })).await, (422, "incomplete".into()));
    assert_eq!(
        refused(json!({ "decision": "reject", "round": 1, "reason": "x" })).await,
        (422, "unknown_reason".into())
    );
    assert_eq!(
        refused(json!({ "decision": "reject", "round": 1, "reason": "other" })).await,
        (422, "note_needed".into())
    );
    assert_eq!(
        refused(json!({ "decision": "approve", "round": 1, "behaviour": "car.flying" })).await.1,
        "unknown_behaviour"
    );
    assert_eq!(refused(json!({ "decision": "escalate", "round": 1 })).await, (422, "incomplete".into()));
    assert_eq!(bench.state(&id).await, "review_1", "nothing of that changed it");
    assert_eq!(bench.answer(&one, &id, "approve").await.status, StatusCode::OK);
    assert_eq!(bench.state(&id).await, "confirmed", "a mild clear case needs one person");
}

#[tokio::test]
async fn a_plate_that_contradicts_the_reading_is_typed_twice_and_calls_a_second_person() {
    let bench = Bench::new().await;
    let (one, two) = (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await);
    let id = bench.opened(&mild(PLATE)).await;
    bench.look(&one, &id, "30A12346").await;
    let early = bench.answer(&one, &id, "approve").await;
    assert_eq!(early.problem(), "plate_not_confirmed");
    let twice =
        bench.post(&one, &format!("/cases/{id}/plate"), Some(json!({ "plate": "30A12346" }))).await.json();
    assert_eq!((&twice["again"], &twice["match"]), (&json!(false), &json!(false)));
    assert_eq!(bench.answer(&one, &id, "approve").await.status, StatusCode::OK);
    assert_eq!(bench.state(&id).await, "review_2");
    // The second types what was read: they do not agree.
    assert_eq!(bench.decides(&two, &id, PLATE, "approve").await, "review_3");
}

#[tokio::test]
async fn a_lease_that_ends_gives_the_case_to_the_next_who_begins_anew() {
    let bench = Bench::new().await;
    let (one, two) = (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await);
    let id = bench.opened(&mild(PLATE)).await;
    bench.look(&one, &id, PLATE).await;
    let taken = bench.post(&two, &format!("/cases/{id}/claim"), None).await;
    assert_eq!((taken.status, taken.problem().as_str()), (StatusCode::CONFLICT, "not_your_turn"));
    assert_eq!(bench.get(&two, "/review/next").await.json(), Value::Null, "somebody has it");
    bench.site.state.store.cases().end_lease(&id).await;
    let late = bench
        .post(&one, &format!("/cases/{id}/review"), Some(json!({ "decision": "approve", "round": 1 })))
        .await;
    assert_eq!(late.problem(), "not_your_turn");
    assert_eq!(bench.get(&two, "/review/next").await.json()["id"], json!(id));
    assert_eq!(bench.post(&two, &format!("/cases/{id}/claim"), None).await.status, StatusCode::OK);
    let case = bench.case(&two, &id).await;
    assert_eq!((&case["review"]["played"]["seen_ms"], &case["plate_confirmed"]), (&json!(0), &Value::Null));
    assert_eq!(case["assigned_to"], "csgt.hai");
    let early = bench.answer(&two, &id, "approve").await;
    assert_eq!(early.problem(), "not_played", "what another did does not count");
}

#[tokio::test]
async fn nobody_reviews_their_own_vehicle_nor_types_its_plate() {
    let bench = Bench::new().await;
    let one = bench.officer("csgt.mot").await;
    let store = &bench.site.state.store;
    store.cases().set_own_plate((&one.name, PLATE), true, "admin", 1).await.unwrap();
    let own = bench.opened(&red_light(PLATE)).await;
    let reply = bench.post(&one, &format!("/cases/{own}/claim"), None).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::FORBIDDEN, "conflict_of_interest"));
    assert_eq!(bench.get(&one, "/review/next").await.json(), Value::Null);
    let other = bench.opened(&red_light("30A54321")).await;
    bench.post(&one, &format!("/cases/{other}/claim"), None).await;
    let reply = bench.post(&one, &format!("/cases/{other}/plate"), Some(json!({ "plate": PLATE }))).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::FORBIDDEN, "conflict_of_interest"));
}

#[tokio::test]
async fn a_case_is_made_void_by_two_people_and_never_by_one() {
    let bench = Bench::new().await;
    let (one, two) = (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await);
    let (signer, other) = (bench.signer("chi.huy").await, bench.signer("chi.huy.hai").await);
    let id = bench.opened(&red_light(PLATE)).await;
    let why = json!({ "reason": "Camera quay nhầm hướng" });
    let confirm = format!("/cases/{id}/void/confirm");
    assert_eq!(bench.post(&signer, &confirm, None).await.problem(), "not_asked");
    assert_eq!(
        bench.post(&signer, &format!("/cases/{id}/void"), Some(why.clone())).await.status,
        StatusCode::NO_CONTENT
    );
    let own = bench.post(&signer, &confirm, None).await;
    assert_eq!((own.status, own.problem().as_str()), (StatusCode::FORBIDDEN, "same_person"));
    assert_eq!(
        bench.post(&two, &confirm, None).await.status,
        StatusCode::FORBIDDEN,
        "a reviewer confirms nothing"
    );
    assert_eq!(bench.state(&id).await, "screened");
    // Why somebody wants it void says what they think of it.
    let seen = bench.case(&one, &id).await;
    assert_eq!(seen["void"], Value::Null);
    assert!(!seen.to_string().contains("quay nhầm"));
    assert_eq!(bench.case(&other, &id).await["void"]["by"], "chi.huy");
    assert_eq!(bench.post(&other, &confirm, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(bench.state(&id).await, "voided");
    assert_eq!(bench.post(&one, &format!("/cases/{id}/claim"), None).await.problem(), "closed");
}

#[tokio::test]
async fn the_operations_centre_sees_where_and_how_many_and_nothing_else() {
    let bench = Bench::new().await;
    let (one, ioc) = (bench.officer("csgt.mot").await, bench.account("ioc", Role::IocOperator, "").await);
    let id = bench.opened(&mild(PLATE)).await;
    bench.decides(&one, &id, PLATE, "approve").await;
    let page = bench.get(&ioc, "/cases").await.json();
    assert_eq!(
        (&page["counts"]["confirmed"], &page["items"][0]["place_en"]),
        (&json!(1), &json!("Example junction"))
    );
    assert!(!tells_the_plate(&page.to_string()) && page["items"][0]["thumb"].is_null(), "{page}");
    assert_eq!(bench.get(&ioc, &format!("/cases/{id}")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        bench.get(&ioc, &format!("/cases?q={PLATE}")).await.status,
        StatusCode::FORBIDDEN,
        "no search by plate"
    );
    let figures = bench.get(&ioc, "/violations/figures").await.json();
    assert_eq!(
        (&figures["total"]["detected"], &figures["total"]["confirmed"]),
        (&json!(1), &json!(1)),
        "{figures}"
    );
    assert_eq!(figures["groups"][0]["key"], "junction_block");
}

#[tokio::test]
async fn the_live_stream_tells_that_a_case_changed_and_never_what() {
    let bench = Bench::new().await;
    let (one, two) = (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await);
    let id = bench.opened(&red_light(PLATE)).await;
    let request = Request::builder().uri("/api/v1/stream").header(header::COOKIE, &two.cookie);
    let response = bench.site.open(request.body(Body::empty()).unwrap()).await;
    let mut body = response.into_body().into_data_stream();
    bench.decides(&one, &id, PLATE, "reject").await;
    let mut told = String::new();
    // Taken, then answered.
    while told.matches("event: case").count() < 2 {
        let chunk =
            tokio::time::timeout(Duration::from_secs(10), body.next()).await.expect("something comes");
        told.push_str(std::str::from_utf8(&chunk.unwrap().unwrap()).unwrap());
    }
    for line in told.lines().filter_map(|line| line.strip_prefix("data: ")) {
        assert_eq!(
            serde_json::from_str::<Value>(line).unwrap(),
            json!({ "site": "kcn", "id": id }),
            "{told}"
        );
    }
}

#[tokio::test]
async fn a_dearer_behaviour_needs_two_people_and_one_of_another_kind_is_refused() {
    let bench = Bench::with(|config| config.cases.second_from_vnd = 5_000_000).await;
    let one = bench.officer("csgt.mot").await;
    let id = bench.opened(&mild(PLATE)).await;
    bench.look(&one, &id, PLATE).await;
    let law = bench.case(&one, &id).await["law"].clone();
    let keys: Vec<&str> =
        law.as_array().unwrap().iter().map(|row| row["behaviour"].as_str().unwrap()).collect();
    assert_eq!(keys, ["car.stop_park_junction", "car.stop_park_jam"], "the proposed one first");
    let say = |behaviour: &str| json!({ "decision": "approve", "round": 1, "behaviour": behaviour });
    for other in ["car.weaving", "car.red_light", "moto.stop_park", "car.nothing"] {
        let reply = bench.post(&one, &format!("/cases/{id}/review"), Some(say(other))).await;
        assert_eq!((reply.status.as_u16(), reply.problem().as_str()), (422, "unknown_behaviour"), "{other}");
    }
    let reply = bench.post(&one, &format!("/cases/{id}/review"), Some(say("car.stop_park_jam"))).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(bench.state(&id).await, "review_2", "it is fined far higher than the proposed one");
}

#[tokio::test]
async fn a_case_is_no_licence_to_ask_for_owner_after_owner() {
    let bench = Bench::new().await;
    let one = bench.officer("csgt.mot").await;
    let id = bench.opened(&red_light(PLATE)).await;
    bench.look(&one, &id, "30A12346").await;
    let types = async |plate: &str| {
        bench.post(&one, &format!("/cases/{id}/plate"), Some(json!({ "plate": plate }))).await
    };
    assert_eq!(types("30A12346").await.status, StatusCode::OK, "typed twice, it is looked up");
    assert_eq!(types("51F99999").await.json()["again"], true);
    let reply = types("51F99999").await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::CONFLICT, "one_other_plate"));
    assert_eq!(types(PLATE).await.json()["match"], true, "the one that was read may be typed at any time");
}

#[tokio::test]
async fn a_search_by_plate_tells_no_reviewer_what_the_machine_read_and_finds_what_people_typed() {
    let bench = Bench::new().await;
    let (one, two) = (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await);
    let signer = bench.signer("chi.huy").await;
    let id = bench.opened(&red_light(PLATE)).await;
    let found = async |who: &super::Account, plate: &str| {
        let page = bench.get(who, &format!("/cases?q={plate}")).await.json();
        page["items"].as_array().unwrap().len()
    };
    assert_eq!((found(&one, PLATE).await, found(&signer, PLATE).await), (0, 1));
    for who in [&one, &two] {
        bench.look(who, &id, "30A12346").await;
        let again = json!({ "plate": "30A12346" });
        assert_eq!(bench.post(who, &format!("/cases/{id}/plate"), Some(again)).await.status, StatusCode::OK);
        assert_eq!(bench.answer(who, &id, "approve").await.status, StatusCode::OK);
    }
    assert_eq!(bench.state(&id).await, "confirmed");
    assert_eq!((found(&one, PLATE).await, found(&one, "30A12346").await), (0, 1), "what was typed counts");
    let case = bench.case(&one, &id).await;
    assert_eq!(case["plate_display"], "30A-123.46");
    assert_eq!(case["reading"]["text"], PLATE, "the reading is kept");
}
