//! Detections of third parties: taken once, through the same gate, from nobody who cannot sign.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use wire::Digest;

use super::{Bench, KCN};
use crate::cases::adapter::{MAX_BYTES, signature};
use crate::cases::screen::screen;
use crate::cases::testing::{PLACE, mp4, overlay};
use crate::web::tests::Reply;

const SECRET: &str = "thirty-two characters at the least";
const BOUNDARY: &str = "xxBoundaryxx";

/// A part of the form: field, file name, bytes.
type Part = (&'static str, String, Vec<u8>);

async fn bench() -> Bench {
    let secret = std::env::temp_dir().join(format!("vg-adapter-secret-{}", uuid::Uuid::new_v4()));
    std::fs::write(&secret, SECRET).unwrap();
    let path = secret.clone();
    Bench::with(move |config| {
        let text = format!(
            "[[source]]\nid = \"viettel\"\nsecret_file = {:?}\nsites = [\"{KCN}\"]\nper_minute = 40\n",
            path.display()
        );
        config.adapter = toml::from_str(&text).unwrap();
    })
    .await
}

/// A picture that is one; `fill` tells them apart.
fn picture(fill: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = image::RgbImage::from_fn(640, 360, |x, y| image::Rgb([fill, (x / 3) as u8, (y / 2) as u8]));
    picture.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Jpeg).unwrap();
    bytes
}

/// A red light as docs/adapter.md describes it.
fn said(external_id: &str, at: Timestamp) -> Value {
    let moment = |n: i64, what: &str| {
        let at = at - SignedDuration::from_millis((2 - n) * 500);
        json!({ "what": what, "at": at, "box": [100, 80, 60, 90], "file": format!("act-{n}.jpg") })
    };
    json!({
        "external_id": external_id, "kind": "red_light", "site": KCN, "camera": "cong", "at": at, "uncertainty_ms": 80,
        "time_source": "camera", "clock": { "synchronised": true, "offset_ms": 20 },
        "place": { "vi": "Nút giao Thí Dụ", "en": "Example junction", "at": PLACE },
        "class": "car", "class_score": 0.9, "score": 0.9, "box": [100, 80, 60, 90],
        "moments": [moment(0, "before_line"), moment(1, "on_line"), moment(2, "past_line")],
        "timeline": [{ "signal": "den-1", "state": "red", "from": at - SignedDuration::from_secs(9), "to": at + SignedDuration::from_secs(9),
            "source": "controller", "score": 1.0 }],
        "plate": { "text": "30A-123.45", "score": 0.95, "box": [120, 150, 30, 10], "lines": 1, "colour": "white" },
        "clip": { "from": at - SignedDuration::from_secs(5), "to": at + SignedDuration::from_secs(4), "codec": "h264", "original": true },
        "made_by": "Hệ thống thí dụ 2.1", "models": [{ "id": "theirs", "sha256": Digest::of(b"theirs") }],
    })
}

fn files() -> Vec<Part> {
    let mut files = vec![
        ("overview", "overview.jpg".to_owned(), picture(1)),
        ("plate", "plate.jpg".to_owned(), picture(2)),
    ];
    files.extend((0..3).map(|n| ("act", format!("act-{n}.jpg"), picture(10 + n))));
    files.push(("clip", "clip.mp4".to_owned(), mp4("theirs")));
    files.push(("overlay", "overlay.json".to_owned(), overlay("theirs")));
    files
}

fn form(said: &Value, files: &[Part]) -> Vec<u8> {
    let mut body = Vec::new();
    let mut part = |field: &str, name: &str, bytes: &[u8]| {
        let name = if name.is_empty() { String::new() } else { format!("; filename=\"{name}\"") };
        body.extend(
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"{name}\r\n\r\n")
                .into_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    };
    part("violation", "", said.to_string().as_bytes());
    for (field, name, bytes) in files {
        part(field, name, bytes);
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    body
}

/// What a message is signed with.
struct Signed<'a> {
    source: &'a str,
    secret: &'a str,
    at: Timestamp,
}

fn now() -> Signed<'static> {
    Signed { source: "viettel", secret: SECRET, at: Timestamp::now() }
}

async fn send(bench: &Bench, body: Vec<u8>, by: Signed<'_>) -> Reply {
    let at = by.at.to_string();
    let signature = signature(by.secret.as_bytes(), &at, Digest::of(&body));
    send_with(bench, body, [("x-source", by.source), ("x-timestamp", &at), ("x-signature", &signature)]).await
}

async fn send_with(bench: &Bench, body: Vec<u8>, headers: [(&str, &str); 3]) -> Reply {
    let mut request = Request::builder()
        .method("POST")
        .uri("/api/v1/adapter/violations")
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
        .header(header::CONTENT_LENGTH, body.len());
    for (name, value) in headers {
        request = request.header(name, value);
    }
    bench.site.send(request.body(Body::from(body)).unwrap()).await
}

async fn cases(bench: &Bench) -> i64 {
    let scope = crate::store::rows::Scope::all();
    let counts = bench.site.state.store.cases().counts(&scope, &Default::default()).await.unwrap();
    counts.iter().map(|(_, count)| count).sum()
}

fn an_hour_ago() -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second() - 3600).unwrap()
}

#[tokio::test]
async fn a_detection_of_a_third_party_goes_through_the_same_gate_to_two_people() {
    let bench = bench().await;
    let (one, two) = (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await);
    let reply = send(&bench, form(&said("a-1", an_hour_ago()), &files()), now()).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&reply.bytes));
    screen(&bench.site.state, Timestamp::now()).await.unwrap();
    let number = reply.json()["number"].as_str().unwrap().to_owned();
    let id = bench.site.state.store.cases().by_number(&number).await.unwrap().unwrap().case_id;
    let case = bench.case(&one, &id).await;
    assert_eq!(
        (&case["state"], &case["flags"]),
        (&json!("screened"), &json!(["third_party"])),
        "{}",
        case["gate"]
    );
    assert_eq!((&case["source"], &case["moments"][1]["what"]), (&json!("viettel"), &json!("on_line")));
    assert_eq!(case["clip"]["original"], true);
    assert_eq!(bench.decides(&one, &id, "30A12345", "approve").await, "review_2");
    assert_eq!(bench.decides(&two, &id, "30A12345", "approve").await, "confirmed");
}

#[tokio::test]
async fn without_evidence_it_is_inadmissible_like_anybodys() {
    let bench = bench().await;
    let one = bench.officer("csgt.mot").await;
    let mut bare = said("a-1", an_hour_ago());
    bare["clip"] = Value::Null;
    bare["clock"] = json!({ "synchronised": false, "offset_ms": null });
    let some: Vec<Part> =
        files().into_iter().filter(|(role, ..)| !["clip", "overlay"].contains(role)).collect();
    let reply = send(&bench, form(&bare, &some), now()).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&reply.bytes));
    screen(&bench.site.state, Timestamp::now()).await.unwrap();
    let page = bench.get(&one, "/cases?state=inadmissible").await.json();
    let case = bench.case(&one, page["items"][0]["id"].as_str().unwrap()).await;
    let missing: Vec<&Value> =
        case["gate"]["missing"].as_array().unwrap().iter().map(|one| &one["need"]).collect();
    assert_eq!(missing, [&json!("clip"), &json!("overlay"), &json!("clock")], "{}", case["gate"]);
}

#[tokio::test]
async fn the_same_message_again_is_the_same_case_and_other_content_under_its_id_is_refused() {
    let bench = bench().await;
    let (message, at) = (an_hour_ago(), now().at);
    let body = form(&said("a-1", message), &files());
    let first = send(&bench, body.clone(), now()).await;
    assert_eq!(first.status, StatusCode::CREATED);
    // Sent again, and word for word by somebody who listened.
    for signed in [now(), Signed { at, ..now() }] {
        let again = send(&bench, body.clone(), signed).await;
        assert_eq!(again.status, StatusCode::OK);
        assert_eq!(
            (&again.json()["duplicate"], &again.json()["number"]),
            (&json!(true), &first.json()["number"])
        );
    }
    let mut other = said("a-1", message);
    other["score"] = json!(0.5);
    let reply = send(&bench, form(&other, &files()), now()).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::CONFLICT, "conflict"));
    let mut pictures = files();
    pictures[0].2 = picture(99);
    let reply = send(&bench, form(&said("a-1", message), &pictures), now()).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::CONFLICT, "conflict"));
    assert!(
        !bench.site.state.evidence.has(Digest::of(&picture(99))).await.unwrap(),
        "nothing of it was kept"
    );
    assert_eq!(cases(&bench).await, 1);
}

#[tokio::test]
async fn what_is_not_signed_by_a_known_source_is_not_read() {
    let bench = bench().await;
    let body = form(&said("a-1", an_hour_ago()), &files());
    let refused = async |reply: Reply| {
        assert_eq!(reply.status, StatusCode::BAD_REQUEST);
        reply.problem()
    };
    let wrong = Signed { secret: "another secret of thirty-two chars", ..now() };
    assert_eq!(refused(send(&bench, body.clone(), wrong).await).await, "bad_signature");
    assert_eq!(
        refused(send(&bench, body.clone(), Signed { source: "nobody", ..now() }).await).await,
        "bad_signature"
    );
    let old = Signed { at: Timestamp::now() - SignedDuration::from_secs(301), ..now() };
    assert_eq!(refused(send(&bench, body.clone(), old).await).await, "bad_timestamp");
    let ahead = Signed { at: Timestamp::now() + SignedDuration::from_secs(310), ..now() };
    assert_eq!(refused(send(&bench, body.clone(), ahead).await).await, "bad_timestamp");
    let at = Timestamp::now().to_string();
    let sign = |body: &[u8]| signature(SECRET.as_bytes(), &at, Digest::of(body));
    // A signature of another body, of another time, none, and no hex.
    let changed = form(&said("a-2", an_hour_ago()), &files());
    let other_time = signature(SECRET.as_bytes(), "2026-01-01T00:00:00Z", Digest::of(&body));
    for signature in [sign(&changed), other_time, String::new(), "z".repeat(64), "é".repeat(32)] {
        let Ok(_) = axum::http::HeaderValue::from_str(&signature) else { continue };
        let headers =
            [("x-source", "viettel"), ("x-timestamp", at.as_str()), ("x-signature", signature.as_str())];
        assert_eq!(refused(send_with(&bench, body.clone(), headers).await).await, "bad_signature");
    }
    let headers = [("x-source", "viettel"), ("x-timestamp", "yesterday"), ("x-signature", "")];
    assert_eq!(refused(send_with(&bench, body, headers).await).await, "bad_timestamp");
    assert_eq!(cases(&bench).await, 0);
}

#[tokio::test]
async fn what_is_wrong_with_a_message_is_named() {
    let bench = bench().await;
    let refused = async |change: &dyn Fn(&mut Value), files: &[Part]| {
        let mut message = said("a-1", an_hour_ago());
        change(&mut message);
        let reply = send(&bench, form(&message, files), now()).await;
        let code = reply.problem();
        (reply.status.as_u16(), code, String::from_utf8_lossy(&reply.bytes).into_owned())
    };
    type Change = fn(&mut Value);
    let table: [(Change, &str); 12] = [
        (|said| said["kind"] = json!("flying"), "unknown_kind"),
        (|said| said["external_id"] = json!("a/../b"), "bad_external_id"),
        (|said| said["at"] = json!("2999-01-01T00:00:00Z"), "in_the_future"),
        (|said| said["at"] = json!("2020-01-01T00:00:00Z"), "too_old"),
        (|said| said["class"] = json!("tank"), "bad_class"),
        (|said| said["time_source"] = json!("guess"), "bad_time_source"),
        (|said| said["moments"][0]["file"] = json!("other.jpg"), "no_such_file"),
        (|said| said["plate"]["lines"] = json!(3), "bad_plate"),
        (|said| said["score"] = json!(7.0), "out_of_bounds"),
        (|said| said["camera"] = json!("cong-9"), "unknown_camera"),
        (|said| said["site"] = json!("trang-an"), "unknown_camera"),
        (|said| said["weather"] = json!("rain"), "weather"),
    ];
    for (change, code) in table {
        let (status, _, text) = refused(&change, &files()).await;
        assert_eq!(status, 422, "{code}: {text}");
        assert!(text.contains(code), "{code}: {text}");
    }
    let nothing = |_: &mut Value| {};
    let with = |at: usize, bytes: &[u8]| {
        let mut files = files();
        files[at].2 = bytes.to_vec();
        files
    };
    for (files, code) in [
        (with(0, b"<html>not a picture</html>"), "wrong_type"),
        (with(0, &mp4("x")), "wrong_type"),
        (with(5, &picture(1)), "wrong_type"),
        (with(6, b"{\"v\":1}"), "wrong_type"),
        (files().split_off(1), "no_overview"),
    ] {
        let (status, problem, text) = refused(&nothing, &files).await;
        assert_eq!((status, problem.as_str()), (422, "bad_violation"), "{text}");
        assert!(text.contains(code), "{code}: {text}");
    }
    let unknown: Vec<Part> = vec![("passport", "a.jpg".to_owned(), picture(1))];
    assert_eq!(refused(&nothing, &unknown).await.1, "bad_form");
    let many: Vec<Part> = (0..17).map(|n| ("act", format!("{n}.jpg"), picture(n))).collect();
    assert_eq!(refused(&nothing, &many).await.1, "bad_form");
    assert_eq!(cases(&bench).await, 0);
}

#[tokio::test]
async fn a_message_that_is_too_large_or_no_form_is_refused() {
    let bench = bench().await;
    let large = send(&bench, vec![b'x'; MAX_BYTES + 1], now()).await;
    assert_eq!((large.status, large.problem().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"));
    // One that does not tell its length is cut off where the limit is.
    let at = Timestamp::now().to_string();
    let request = Request::builder()
        .method("POST")
        .uri("/api/v1/adapter/violations")
        .header("x-source", "viettel")
        .header("x-timestamp", &at)
        .body(Body::from(vec![b'x'; MAX_BYTES + 1]))
        .unwrap();
    assert_eq!(bench.site.send(request).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let no_form = send(&bench, b"hello".to_vec(), now()).await;
    assert_eq!(no_form.status, StatusCode::BAD_REQUEST, "{}", String::from_utf8_lossy(&no_form.bytes));
    let body = b"{}".to_vec();
    let signature = signature(SECRET.as_bytes(), &at, Digest::of(&body));
    let request = Request::builder()
        .method("POST")
        .uri("/api/v1/adapter/violations")
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-source", "viettel")
        .header("x-timestamp", &at)
        .header("x-signature", signature)
        .body(Body::from(body))
        .unwrap();
    let json = bench.site.send(request).await;
    assert!(json.status.is_client_error(), "{}", json.status);
    json.problem();
}

#[tokio::test]
async fn a_source_that_sends_too_much_is_slowed_down() {
    let bench = bench().await;
    for n in 0..40 {
        let reply = send(&bench, b"x".to_vec(), Signed { secret: "guess", ..now() }).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{n}");
    }
    let reply = send(&bench, form(&said("a-1", an_hour_ago()), &files()), now()).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::TOO_MANY_REQUESTS, "rate_limited"));
    assert!(reply.headers.contains_key("retry-after"));
}
