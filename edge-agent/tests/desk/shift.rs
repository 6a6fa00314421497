use serde_json::{Value, json};

use crate::gate_list::{PIN_AN, PIN_BINH};
use crate::support::{Served, refusal};

const SHIFT: &str = "/api/gates/cong-2/shift";

#[tokio::test]
async fn a_shift_is_handed_over_by_the_next_guard_s_pin_which_signs_them_in() {
    let desk = Served::start().await;
    let screen = desk.an().await;
    let shift = screen.read("/api/shift").await;
    assert_eq!((&shift["gate"], &shift["current"]["user"]), (&json!("cong-2"), &json!("an")));
    let body =
        json!({"to": "binh", "to_pin": PIN_BINH, "note": "Xe 29C còn chờ", "items": ["chìa khóa", "bộ đàm"]});
    let response = screen.post(SHIFT, &body).await;
    assert_eq!(response.status(), 200);
    let session: Value = response.json().await.expect("JSON");
    assert_eq!((&session["user"], &session["supervisor"]), (&json!("binh"), &json!(true)));
    assert_eq!(screen.read("/api/session").await["user"], "binh", "at the same screen");
    assert_eq!(
        desk.gates.last_done(),
        "shift cong-2 Some(\"an\") Some(\"binh\") Some(\"Xe 29C còn chờ\") [\"chìa khóa\", \"bộ đàm\"]"
    );
    assert_eq!(screen.read("/api/shift?gate=cong-2").await["current"]["user"], "binh");
}

#[tokio::test]
async fn a_shift_that_cannot_be_handed_over_stays_where_it_is() {
    let desk = Served::start().await;
    let (an, binh) = (desk.an().await, desk.binh().await);
    let body = |to: &str, pin: &str| json!({"to": to, "to_pin": pin, "items": []});
    let refused = async |body: Value| refusal(an.post(SHIFT, &body).await).await;
    assert_eq!(refused(body("binh", "000000")).await, (401, "wrong_pin".to_owned()));
    assert_eq!(refused(body("an", PIN_AN)).await, (422, "same_guard".to_owned()));
    let mut many = body("binh", PIN_BINH);
    many["items"] = json!(vec!["x"; 60]);
    assert_eq!(refused(many).await, (422, "too_many_items".to_owned()));
    let elsewhere = binh.post("/api/gates/cong-3/shift", &body("an", PIN_AN)).await;
    assert_eq!(refusal(elsewhere).await, (403, "other_gate".to_owned()));
    *desk.gates.disk_full.lock().expect("whole") = true;
    assert_eq!(refused(body("binh", PIN_BINH)).await, (503, "not_recorded".to_owned()));
    assert_eq!(an.read("/api/session").await["user"], "an");
    assert_eq!(an.read("/api/shift").await["current"]["user"], "an");
    for _ in 0..8 {
        an.post(SHIFT, &body("binh", "000000")).await;
    }
    assert_eq!(refused(body("binh", PIN_BINH)).await.0, 429, "guessing here is as slow as at the door");
}
