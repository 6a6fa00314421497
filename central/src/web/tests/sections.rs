//! Mean speeds between two cameras, as a browser asks for them.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Site;
use crate::auth::Role;
use crate::store::fixtures::Passage;

fn scene(camera: &str, kind: &str) -> String {
    json!({
        "v": 1, "camera": camera, "picture": [1280, 720],
        "lines": [{ "id": "vach", "from": [0.9, 0.6], "to": [0.1, 0.6], "kind": kind }],
        "rules": [{ "id": "doan", "kind": "speed_section", "about": ["vach"], "length_m": 2000.0, "limit_kmh": 60.0 }]
    })
    .to_string()
}

async fn site() -> Site {
    let site = Site::new().await;
    let store = &site.state.store;
    store.put_site("kcn").await;
    for (camera, kind) in [("cong", "entry"), ("ra", "exit")] {
        store
            .put(
                "insert into scene_versions (site, camera, version, scene, sha256, changes, drawn_by, published_by, published_at_ms)
                 values ('kcn', $1, 1, $2, 'x', '[]', '[]', 'a', 1)",
                &[camera, &scene(camera, kind)],
            )
            .await;
    }
    let day: i64 = 1_763_700_000_000;
    for (n, (at_s, plate)) in
        [(0, "30A12345"), (10, "29B11111"), (100, "30A12345"), (210, "29B11111"), (300, "51K22222")]
            .into_iter()
            .enumerate()
    {
        let id = format!("p{n}");
        store
            .put_passage(&Passage {
                id: &id,
                site: "kcn",
                captured_at_ms: day + at_s * 1000,
                plate: Some(plate),
            })
            .await;
        if at_s >= 100 {
            store.put("update passages set camera = 'ra' where id = $1", &[&id]).await;
        }
    }
    site
}

const SPAN: &str = "?from=2025-11-21T00:00:00Z&to=2025-11-22T00:00:00Z";

#[tokio::test]
async fn vehicles_read_at_both_cameras_have_a_speed_that_is_labelled_and_names_no_plate() {
    let site = site().await;
    let police = site.cookie(Role::TrafficPolice, &[]).await;
    let list = site.get("/api/v1/sections", &police).await.json();
    assert_eq!(list["items"][0]["problem"], Value::Null);
    assert_eq!(
        (&list["items"][0]["first_camera"], &list["items"][0]["last_camera"]),
        (&json!("cong"), &json!("ra"))
    );
    let reply = site.get(&format!("/api/v1/sections/kcn/doan{SPAN}"), &police).await;
    assert_eq!(reply.status, StatusCode::OK);
    let speeds = reply.json();
    let told: Vec<_> = speeds["drives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| (d["speed_kmh"].clone(), d["over"].clone()))
        .collect();
    assert_eq!(told, [(json!(72.0), json!(true)), (json!(36.0), json!(false))]);
    assert_eq!((&speeds["over"], &speeds["unpaired"]), (&json!(1), &json!(1)));
    assert_eq!(speeds["evidence"], false);
    assert!(speeds["label_vi"].as_str().unwrap().contains("không dùng làm chứng cứ"));
    assert!(speeds["label_en"].as_str().unwrap().contains("not evidence"));
    assert!(!reply_text(&speeds).contains("30A12345"));
}

fn reply_text(value: &Value) -> String {
    value.to_string()
}

#[tokio::test]
async fn a_section_that_nobody_drew_and_a_span_too_long_are_refused() {
    let site = site().await;
    let police = site.cookie(Role::TrafficPolice, &[]).await;
    assert_eq!(site.get("/api/v1/sections/kcn/khac", &police).await.status, StatusCode::NOT_FOUND);
    let long = "/api/v1/sections/kcn/doan?from=2025-11-01T00:00:00Z&to=2025-11-22T00:00:00Z";
    assert_eq!(site.get(long, &police).await.problem(), "bad_span");
    let elsewhere = site.cookie(Role::TrafficPolice, &["other"]).await;
    assert_eq!(site.get("/api/v1/sections/kcn/doan", &elsewhere).await.status, StatusCode::NOT_FOUND);
}
