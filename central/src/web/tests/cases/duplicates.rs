//! A duplicate has the plate of another case, which somebody may still have to type: it tells it no earlier than that one does.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Account, Bench, mild, red_light, tells_the_plate};

const PLATE: &str = "30A12345";

/// A red light, and the same act seen by a second rule.
async fn twice(bench: &Bench) -> (String, String) {
    let first = bench.opened(&red_light(PLATE)).await;
    let mut again = red_light(PLATE);
    again.violation.rule = wire::Name::new("luat-2").unwrap();
    let second = bench.opened(&again).await;
    assert_eq!(bench.state(&second).await, "duplicate");
    (first, second)
}

/// Everything that an account can ask about cases, as one text.
async fn told(bench: &Bench, who: &Account) -> String {
    let mut text = String::new();
    for path in [
        "/cases",
        "/cases?state=duplicate&sort=age",
        "/cases?state=voided",
        "/review/me",
        "/violations/figures",
        "/handlings/map",
        "/handlings",
    ] {
        let reply = bench.get(who, path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        text.push_str(&reply.json().to_string());
    }
    let rows = bench.get(who, "/cases").await.json();
    for row in rows["items"].as_array().unwrap() {
        text.push_str(&bench.case(who, row["id"].as_str().unwrap()).await.to_string());
    }
    text
}

#[tokio::test]
async fn a_duplicate_tells_a_reviewer_no_plate_before_it_was_typed_in_the_case_it_doubles() {
    let bench = Bench::new().await;
    let (one, two) = (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await);
    let signer = bench.signer("chi.huy").await;
    let (first, second) = twice(&bench).await;
    for who in [&one, &two] {
        let text = told(&bench, who).await;
        assert!(!tells_the_plate(&text), "{text}");
    }
    let case = bench.case(&two, &second).await;
    for field in ["plate_display", "reading", "plate_confirmed", "owner", "earlier_answers"] {
        assert_eq!(case[field], Value::Null, "{field}");
    }
    assert_eq!((&case["blind"], &case["review"]["may"]), (&json!(true), &json!(false)));
    assert!(!case["evidence"].as_array().unwrap().is_empty(), "its pictures are for whoever compares both");
    assert!(bench.case(&signer, &second).await["plate_display"].is_string(), "commanders review nothing");

    // Who typed it knows it; who did not, does not.
    bench.look(&one, &first, PLATE).await;
    let case = bench.case(&one, &second).await;
    assert_eq!((&case["plate_confirmed"], &case["reading"]["text"]), (&json!(PLATE), &json!(PLATE)));
    assert!(!tells_the_plate(&told(&bench, &two).await));
    assert_eq!(bench.answer(&one, &first, "approve").await.status, StatusCode::OK);
    assert_eq!(bench.case(&one, &second).await["plate_confirmed"], PLATE);
    assert!(!tells_the_plate(&told(&bench, &two).await));
}

#[tokio::test]
async fn a_duplicate_that_ended_still_does_not_tell_the_plate_of_the_case_under_review() {
    let bench = Bench::new().await;
    let (one, two) = (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await);
    let signer = bench.signer("chi.huy").await;
    let (_, second) = twice(&bench).await;
    let why = json!({ "reason": "Biển 30A-123.45 trùng hình" });
    let asked = bench.post(&one, &format!("/cases/{second}/void"), Some(why)).await;
    assert_eq!(asked.status, StatusCode::NO_CONTENT);
    assert_eq!(bench.case(&one, &second).await["void"]["by"], "csgt.mot");
    assert!(!tells_the_plate(&told(&bench, &two).await), "nor why somebody wants it void");
    let done = bench.post(&signer, &format!("/cases/{second}/void/confirm"), None).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT);
    let case = bench.case(&two, &second).await;
    assert_eq!((&case["state"], &case["plate_display"]), (&json!("voided"), &Value::Null));
    assert_eq!((&case["reading"], &case["plate_confirmed"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_duplicate_found_to_be_another_act_is_reviewed_like_any_other() {
    let bench = Bench::new().await;
    let one = bench.officer("csgt.mot").await;
    let first = bench.opened(&mild(PLATE)).await;
    let mut again = mild(PLATE);
    again.violation.rule = wire::Name::new("luat-2").unwrap();
    let second = bench.opened(&again).await;
    assert_eq!(bench.decides(&one, &first, PLATE, "approve").await, "confirmed");
    assert_eq!(bench.case(&one, &second).await["plate_confirmed"], PLATE);
    let why = json!({ "reason": "Hai lần khác nhau" });
    let separated = bench.post(&one, &format!("/cases/{second}/separate"), Some(why)).await;
    assert_eq!(separated.status, StatusCode::NO_CONTENT);
    let case = bench.case(&one, &second).await;
    assert_eq!((&case["plate_confirmed"], &case["reading"]), (&Value::Null, &Value::Null), "typed anew");
    // What was taken for a double needs two people.
    assert_eq!(bench.decides(&one, &second, PLATE, "approve").await, "review_2");
}
