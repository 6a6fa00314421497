//! A vehicle without a plate: its case may be confirmed, and then there is nobody to look up.

use jiff::Timestamp;
use serde_json::{Value, json};
use wire::violation::Kind;

use super::{Account, Bench, act, mild};
use crate::handling::desk::open_new;

const READ: &str = "30A12345";

/// A case of a car without a plate; `read`: what the machine thought to see all the same.
async fn bare(bench: &Bench, read: &str) -> String {
    let mut sample = act(Kind::PlateMissing, "car", READ, 60);
    if read.is_empty() {
        sample.violation.reading = None;
    }
    let id = bench.opened(&sample).await;
    assert_eq!(bench.state(&id).await, "screened");
    id
}

/// Looks, finds no plate, and says so twice: what contradicts a reading is typed twice.
async fn finds_none(bench: &Bench, who: &Account, id: &str) {
    bench.look(who, id, "").await;
    bench.post(who, &format!("/cases/{id}/plate"), Some(json!({ "plate": "" }))).await;
    assert_eq!(bench.answer(who, id, "approve").await.status, axum::http::StatusCode::OK);
}

#[tokio::test]
async fn a_confirmed_vehicle_without_a_plate_gets_no_handling_and_the_case_says_why() {
    let bench = Bench::new().await;
    let (one, two) = (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await);
    let id = bare(&bench, "").await;
    assert_eq!(bench.case(&one, &id).await["no_handling"], Value::Null, "nothing is confirmed yet");
    for who in [&one, &two] {
        finds_none(&bench, who, &id).await;
    }
    assert_eq!(bench.state(&id).await, "confirmed");
    open_new(&bench.site.state, Timestamp::now()).await.unwrap();
    let case = bench.case(&one, &id).await;
    assert_eq!((&case["state"], &case["handling_id"]), (&json!("confirmed"), &Value::Null));
    assert_eq!(case["no_handling"]["code"], "no_plate");
    for language in ["vi", "en"] {
        assert!(!case["no_handling"][language].as_str().unwrap().is_empty());
    }
    assert_eq!(bench.get(&one, "/handlings").await.json()["items"], json!([]));
    // It can still be made void by two people.
    let why = json!({ "reason": "Xe kéo về bãi, đã xử lý tại chỗ" });
    let asked = bench.post(&one, &format!("/cases/{id}/void"), Some(why)).await;
    assert_eq!(asked.status, axum::http::StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn what_the_machine_read_where_people_found_no_plate_accuses_nobody() {
    let bench = Bench::new().await;
    let (one, two) = (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await);
    let id = bare(&bench, READ).await;
    for who in [&one, &two] {
        finds_none(&bench, who, &id).await;
    }
    assert_eq!(bench.state(&id).await, "confirmed");
    open_new(&bench.site.state, Timestamp::now()).await.unwrap();
    assert_eq!(bench.case(&one, &id).await["no_handling"]["code"], "no_plate");
    assert_eq!(bench.get(&one, "/handlings").await.json()["items"], json!([]));
}

#[tokio::test]
async fn a_case_without_a_plate_holds_no_other_case_up() {
    let bench = Bench::new().await;
    let (one, two) = (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await);
    let id = bare(&bench, "").await;
    for who in [&one, &two] {
        finds_none(&bench, who, &id).await;
    }
    let other = bench.opened(&mild(READ)).await;
    assert_eq!(bench.decides(&one, &other, READ, "approve").await, "confirmed");
    open_new(&bench.site.state, Timestamp::now()).await.unwrap();
    let case = bench.case(&one, &other).await;
    assert!(case["handling_id"].is_string() && case["no_handling"].is_null(), "{case}");
}
