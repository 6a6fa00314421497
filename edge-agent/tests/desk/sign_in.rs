use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::gate_list::{self, PIN_AN};
use crate::support::{Served, refusal};

#[tokio::test]
async fn a_guard_signs_in_with_a_pin_and_out_again_while_central_is_gone() {
    let desk = Served::start().await;
    let an = desk.visitor();
    assert_eq!(refusal(an.get("/api/session").await).await, (401, "signed_out".to_owned()));
    let response = an.sign_in(" An ", PIN_AN).await;
    assert_eq!(response.status(), 200);
    let cookie = response.headers()["set-cookie"].to_str().expect("text").to_owned();
    for part in ["vgdesk=", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let session: Value = response.json().await.expect("JSON");
    assert_eq!(session["user"], "an");
    assert_eq!(session["name"], "Trần Văn An");
    assert_eq!((&session["supervisor"], &session["gates"]), (&json!(false), &json!(["cong-2"])));
    assert!(session["since"].as_str().is_some_and(|since| since.parse::<Timestamp>().is_ok()));
    assert_eq!(an.read("/api/session").await, session);
    assert!(desk.gates.last_done().starts_with("shift cong-2 None Some(\"an\")"), "the shift begins");
    let out = an.request(Method::DELETE, "/api/session").send().await.expect("an answer");
    assert_eq!(out.status(), 204);
    assert!(desk.gates.last_done().starts_with("shift cong-2 Some(\"an\") None"), "and ends");
    assert_eq!(an.get("/api/state").await.status(), 401);
}

#[tokio::test]
async fn a_wrong_pin_and_an_unknown_user_are_told_alike_and_guessing_has_to_wait() {
    let desk = Served::start().await;
    let visitor = desk.visitor();
    let mut problems = Vec::new();
    for (user, pin) in [("an", "000000"), ("nobody", "000000")] {
        let problem: Value = visitor.sign_in(user, pin).await.json().await.expect("JSON");
        problems.push(problem);
    }
    assert_eq!(problems[0], problems[1]);
    assert_eq!(problems[0]["code"], "wrong_pin");
    for _ in 0..4 {
        assert_eq!(visitor.sign_in("an", "000000").await.status(), 401);
    }
    let waits = visitor.sign_in("an", PIN_AN).await;
    assert_eq!(waits.status(), 429, "also with the right one");
    let after: u64 = waits.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
    let problem: Value = waits.json().await.expect("JSON");
    assert_eq!(problem["retry_after"], after);
    assert!((1..=2).contains(&after), "{after}");
    assert_eq!(visitor.sign_in("binh", gate_list::PIN_BINH).await.status(), 200, "others need not wait");
    tokio::time::sleep(std::time::Duration::from_millis(after * 1000 + 100)).await;
    assert_eq!(visitor.sign_in("an", PIN_AN).await.status(), 200);
}

#[tokio::test]
async fn nobody_signs_in_before_central_has_said_who_may() {
    let desk = Served::without_list().await;
    assert_eq!(refusal(desk.visitor().sign_in("an", PIN_AN).await).await, (503, "no_list".to_owned()));
    desk.publish(&gate_list::list("kcn", "edge-1", 1, Timestamp::UNIX_EPOCH));
    desk.an().await;
}

#[tokio::test]
async fn a_guard_who_is_taken_from_the_list_is_signed_out_at_once() {
    let desk = Served::start().await;
    let an = desk.an().await;
    let mut next = gate_list::list("kcn", "edge-1", 2, Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1));
    next.guards.retain(|guard| guard.user != "an");
    desk.publish(&next);
    assert_eq!(refusal(an.get("/api/state").await).await, (401, "signed_out".to_owned()));
}

#[tokio::test]
async fn what_is_not_asked_by_the_desk_s_own_page_is_refused() {
    let desk = Served::start().await;
    let an = desk.an().await;
    let body = json!({"act": "admit", "reason": "papers_good"});
    let url = format!("http://{}/api/lanes/lan-1/act", desk.address);
    let forged = an.http.post(&url).json(&body).send().await.expect("an answer");
    assert_eq!(refusal(forged).await, (403, "missing_header".to_owned()));
    assert!(!desk.gates.last_done().starts_with("act"));
    let answer = an.post("/api/lanes/lan-1/act", &body).await;
    assert_eq!(answer.status(), 200);
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ] {
        assert_eq!(answer.headers()[name], value, "{name}");
    }
}

#[tokio::test]
async fn many_sign_ins_at_once_do_not_hold_up_the_desk() {
    let desk = Served::start().await;
    let an = desk.an().await;
    let guessing: Vec<_> = (0..20)
        .map(|n| {
            let visitor = desk.visitor();
            tokio::spawn(async move { visitor.sign_in(&format!("user{n}"), "1").await.status() })
        })
        .collect();
    let begin = Instant::now();
    an.read("/api/state").await;
    assert!(begin.elapsed().as_secs() < 5, "{:?}", begin.elapsed());
    for guess in guessing {
        assert_eq!(guess.await.expect("answered"), 401);
    }
}
