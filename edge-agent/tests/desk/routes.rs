use reqwest::Method;
use serde_json::{Value, json};

use crate::fake::{CURRENT, FOREIGN, not_a_card};
use crate::support::{Guard, Served, refusal};

/// Every resource that needs a session.
const ROUTES: [(&str, &str); 18] = [
    ("GET", "/api/session"),
    ("DELETE", "/api/session"),
    ("GET", "/api/state"),
    ("GET", "/api/events"),
    ("GET", "/api/lanes/lan-1/live"),
    ("POST", "/api/lanes/lan-1/act"),
    ("POST", "/api/lanes/lan-1/present"),
    ("GET", "/api/reasons"),
    ("GET", "/api/inside"),
    ("GET", "/api/expected"),
    ("GET", "/api/pictures/00000000-0000-0000-0000-000000000001"),
    ("POST", "/api/gates/cong-2/muster"),
    ("POST", "/api/gates/cong-2/accounted"),
    ("POST", "/api/gates/cong-2/corrections"),
    ("GET", "/api/shift"),
    ("POST", "/api/gates/cong-2/shift"),
    ("POST", "/api/gates/cong-2/paper"),
    ("GET", "/api/ladder"),
];

async fn refused(guard: &Guard, path: &str, body: Value) -> (u16, String) {
    refusal(guard.post(path, &body).await).await
}

fn told(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn no_resource_but_signing_in_is_there_for_strangers() {
    let desk = Served::start().await;
    for (method, path) in ROUTES {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let response =
            desk.visitor().request(method.clone(), path).json(&json!({})).send().await.expect("answer");
        assert_eq!(refusal(response).await, told(401, "signed_out"), "{method} {path}");
    }
}

#[tokio::test]
async fn a_guard_acts_under_their_name_and_a_reason_of_the_list() {
    let desk = Served::start().await;
    let an = desk.an().await;
    let act = "/api/lanes/lan-1/act";
    let admit = json!({"act": "admit", "access": CURRENT, "reason": "papers_good", "note": "Đã gọi"});
    let response = an.post(act, &admit).await;
    assert_eq!(response.status(), 200);
    let acted: Value = response.json().await.expect("JSON");
    assert_eq!(acted, json!({"access": CURRENT, "recorded": true}));
    assert_eq!(desk.gates.last_done(), "act lan-1 admit an Some(\"Đã gọi\")");

    let gone = json!({"act": "deny", "access": FOREIGN, "reason": "no_permission"});
    assert_eq!(refused(&an, act, gone).await, told(409, "nothing_waiting"));
    let why = json!({"act": "admit", "reason": "because"});
    assert_eq!(refused(&an, act, why).await, told(422, "unknown_reason"));
    let emergency = json!({"act": "emergency_open", "reason": "fire"});
    assert_eq!(refused(&an, act, emergency.clone()).await, told(403, "supervisor_only"));
    assert_eq!(desk.binh().await.post(act, &emergency).await.status(), 200);
    assert_eq!(desk.gates.last_done(), "act lan-1 emergency_open binh None");
    let essay = json!({"act": "admit", "reason": "other", "note": "x".repeat(1001)});
    assert_eq!(refused(&an, act, essay).await, told(422, "note_too_long"));
}

#[tokio::test]
async fn lanes_and_gates_of_others_are_not_there() {
    let desk = Served::start().await;
    let (an, binh) = (desk.an().await, desk.binh().await);
    let admit = json!({"act": "admit", "reason": "papers_good"});
    for lane in ["lan-3", "lan-9", "L%C3%A0n", "%00"] {
        let path = format!("/api/lanes/{lane}/act");
        assert_eq!(refused(&an, &path, admit.clone()).await, told(404, "not_found"), "{lane}");
    }
    assert_eq!(binh.post("/api/lanes/lan-3/act", &admit).await.status(), 200);
    let state = an.read("/api/state").await;
    let gates: Vec<_> = state["gates"].as_array().expect("gates").iter().map(|gate| &gate["id"]).collect();
    assert_eq!(gates, ["cong-2"]);
    assert_eq!(state["recent"].as_array().map(Vec::len), Some(1), "nor their decisions");
    assert_eq!(binh.read("/api/state").await["gates"].as_array().map(Vec::len), Some(2));
    let muster = json!({"on": true});
    assert_eq!(refused(&an, "/api/gates/cong-3/muster", muster).await, told(404, "not_found"));
}

#[tokio::test]
async fn bodies_that_are_none_are_told_so() {
    let desk = Served::start().await;
    let an = desk.an().await;
    let send = async |body: String, kind: &str| {
        let request = an.request(Method::POST, "/api/lanes/lan-1/act").header("content-type", kind);
        refusal(request.body(body).send().await.expect("an answer")).await
    };
    let json = "application/json";
    assert_eq!(send("{".to_owned(), json).await, told(400, "malformed_json"));
    assert_eq!(send("{}".to_owned(), json).await, told(422, "bad_body"));
    assert_eq!(send(r#"{"act":"dance","reason":"x"}"#.to_owned(), json).await, told(422, "bad_body"));
    let unknown = r#"{"act":"admit","reason":"other","force":true}"#;
    assert_eq!(send(unknown.to_owned(), json).await, told(422, "bad_body"));
    assert_eq!(send("act=admit".to_owned(), "text/plain").await, told(415, "not_json"));
    let large = format!(r#"{{"act":"admit","reason":"{}"}}"#, "x".repeat(70_000));
    assert_eq!(send(large, json).await, told(413, "body_too_large"));
    assert_eq!(refusal(an.get("/api/inside?where=x").await).await, told(400, "bad_query"));
    assert_eq!(refusal(an.get("/api/nothing").await).await, told(404, "not_found"));
    let put = an.request(Method::PUT, "/api/state").send().await.expect("an answer");
    assert_eq!(refusal(put).await, told(405, "method_not_allowed"));
}

#[tokio::test]
async fn what_is_presented_is_taken_or_its_fault_is_named() {
    let desk = Served::start().await;
    let an = desk.an().await;
    let present = "/api/lanes/lan-1/present";
    let response = an.post(present, &json!({"shown": "pin", "pin": "4711"})).await;
    assert_eq!(response.status(), 200);
    let presented: Value = response.json().await.expect("JSON");
    assert_eq!(presented, json!({"access": CURRENT, "asking": true}));
    let (status, code) = refused(&an, present, json!({"shown": "card", "text": "rubbish"})).await;
    assert_eq!(status, 422);
    assert_eq!(code, not_a_card().code());
    for (body, code) in [
        (json!({"shown": "passport", "country": "VNM", "number": "?", "name": "A"}), "bad_passport"),
        (json!({"shown": "pass", "text": "x"}), "unknown_pass"),
        (json!({"shown": "plate", "text": "x"}), "bad_plate"),
        (json!({"shown": "ticket", "code": "x"}), "card_first"),
        (json!({"shown": "dance"}), "bad_body"),
    ] {
        assert_eq!(refused(&an, present, body).await, told(422, code));
    }
}

#[tokio::test]
async fn evacuation_corrections_and_paper_forms_are_recorded() {
    let desk = Served::start().await;
    let (an, binh) = (desk.an().await, desk.binh().await);
    assert_eq!(an.post("/api/gates/cong-2/muster", &json!({"on": true})).await.status(), 200);
    assert_eq!(desk.gates.last_done(), "muster cong-2 true an");
    let accounted = "/api/gates/cong-2/accounted";
    let found = |subject: &str| json!({"subject": subject, "reason": "seen_at_point"});
    assert_eq!(an.post(accounted, &found("xe-1")).await.status(), 200);
    assert_eq!(refused(&an, accounted, found("xe-2")).await, told(404, "not_found"));

    let corrections = "/api/gates/cong-2/corrections";
    let correction = |people: i64| json!({"people": people, "vehicles": 0, "reason": "hand_count"});
    assert_eq!(refused(&an, corrections, correction(-2)).await, told(403, "supervisor_only"));
    assert_eq!(binh.post(corrections, &correction(-2)).await.status(), 200);
    assert_eq!(desk.gates.last_done(), "correct cong-2 -2 0 binh");
    for nonsense in [0, 1_000_000, i64::MIN] {
        assert_eq!(refused(&binh, corrections, correction(nonsense)).await, told(422, "bad_correction"));
    }

    let paper = "/api/gates/cong-2/paper";
    let line = |row: u32| {
        json!({"form": "BM-05", "row": row, "at": "2026-11-21T01:00:00Z", "direction": "in", "kind": "vehicle",
            "plate": "35A-123.45", "verdict": "admit"})
    };
    let change = |field: &str, value: Value| {
        let mut line = line(7);
        line[field] = value;
        line
    };
    assert_eq!(an.post(paper, &line(3)).await.status(), 200);
    assert_eq!(refused(&an, paper, line(3)).await, told(409, "already_entered"));
    assert_eq!(refused(&an, paper, line(0)).await, told(422, "bad_form"));
    assert_eq!(
        refused(&an, paper, change("at", json!("2999-01-01T00:00:00Z"))).await,
        told(422, "in_the_future")
    );
    assert_eq!(refused(&an, paper, change("plate", Value::Null)).await, told(422, "bad_plate"));
    assert_eq!(refused(&an, paper, change("kind", json!("person"))).await, told(422, "bad_person"));
    assert_eq!(
        refused(&an, paper, change("note", json!("x".repeat(2000)))).await,
        told(422, "note_too_long")
    );
    assert_eq!(refused(&an, paper, change("form", json!("x".repeat(300)))).await, told(422, "too_long"));
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_done_and_told() {
    let desk = Served::start().await;
    let an = desk.an().await;
    *desk.gates.disk_full.lock().expect("whole") = true;
    let admit = json!({"act": "admit", "reason": "papers_good"});
    assert_eq!(refused(&an, "/api/lanes/lan-1/act", admit).await, told(503, "not_recorded"));
    assert_eq!(
        desk.visitor().sign_in("binh", crate::gate_list::PIN_BINH).await.status(),
        200,
        "nobody is kept out"
    );
}

#[tokio::test]
async fn lists_pictures_reasons_and_the_ladder_are_read() {
    let desk = Served::start().await;
    let (an, binh) = (desk.an().await, desk.binh().await);
    let subjects = |inside: Value| -> Vec<String> {
        let of = |inside: &Value| inside["subject"].as_str().unwrap_or_default().to_owned();
        inside.as_array().expect("a list").iter().map(of).collect()
    };
    assert_eq!(subjects(an.read("/api/inside").await), ["xe-1"]);
    assert_eq!(subjects(binh.read("/api/inside").await), ["xe-1", "xe-9"]);
    assert_eq!(subjects(binh.read("/api/inside?area=khu-b").await), ["xe-9"]);
    assert_eq!(refusal(an.get("/api/inside?area=khu-b").await).await, told(404, "not_found"));

    let entries = |expected: Value| -> Vec<String> {
        let of = |visitor: &Value| visitor["entry"].as_str().unwrap_or_default().to_owned();
        expected.as_array().expect("a list").iter().map(of).collect()
    };
    assert_eq!(entries(an.read("/api/expected?gate=cong-2").await), ["of-cong-2", "both"], "soonest first");
    assert_eq!(entries(binh.read("/api/expected").await), ["of-cong-2", "of-cong-3", "both"], "each once");
    assert_eq!(refusal(an.get("/api/expected?gate=cong-3").await).await, told(404, "not_found"));

    let picture = an.get(&format!("/api/pictures/{CURRENT}")).await;
    assert_eq!(
        (picture.status().as_u16(), &picture.headers()["content-type"]),
        (200, &"image/jpeg".parse().expect("a value"))
    );
    for missing in [FOREIGN.to_string(), "x".to_owned(), uuid::Uuid::from_u128(9).to_string()] {
        let path = format!("/api/pictures/{missing}");
        assert_eq!(refusal(an.get(&path).await).await, told(404, "not_found"), "{missing}");
    }

    let reasons = an.read("/api/reasons").await;
    for list in [
        "admit",
        "deny",
        "wait",
        "open",
        "hold",
        "emergency_open",
        "forgive",
        "correction",
        "muster",
        "papers_checked",
        "escort",
    ] {
        let first = &reasons[list][0];
        assert!(["code", "vi", "en"].iter().all(|field| first[field].is_string()), "{list}: {first}");
    }

    let ladder = an.read("/api/ladder").await;
    assert_eq!(ladder["step"], "centre_lost");
    assert_eq!(ladder["lanes"].as_array().map(Vec::len), Some(2));
    let works = &ladder["lanes"][0]["works"];
    let has = |word: &str| works.as_array().expect("words").contains(&json!(word));
    assert!(has("decide") && has("plates") && has("barrier") && !has("registers"), "{works}");
    assert_eq!(ladder["lanes"][0]["paper_form"], "BM-05");
}

#[tokio::test]
async fn the_page_is_there_for_everybody_and_may_talk_to_nobody_else() {
    let desk = Served::start().await;
    for path in ["/", "/index.html", "/lan-1"] {
        let page = desk.visitor().get(path).await;
        // 503 where the page is not built: it says how to.
        assert!([200, 503].contains(&page.status().as_u16()), "{path}: {}", page.status());
        let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
        assert!(
            policy.starts_with("default-src 'self'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(page.headers()["content-type"].to_str().expect("text").starts_with("text/html"));
        assert!(page.text().await.expect("text").contains("<html"));
    }
    assert_eq!(desk.visitor().get("/../Cargo.toml").await.status(), 404);
    assert_eq!(refusal(desk.visitor().post("/", &json!({})).await).await, told(405, "method_not_allowed"));
}
