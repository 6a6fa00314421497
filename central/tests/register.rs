//! The vehicle register and the last moments of agents: what central does when they answer, and when they do not.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use central::store::read_passages::PassageRow;
use central::store::rows::Scope;
use support::{Agent, Central, car};
use wire::topic::Leaf;
use wire::{ReceiptResult, Status};

const SITE: &str = "kcn-khanh-phu";

/// A register that can be switched off.
struct Register {
    up: Arc<AtomicBool>,
    calls: Arc<AtomicUsize>,
    config: String,
    _secret: tempfile::NamedTempFile,
}

async fn register(up: bool) -> Register {
    let (up, calls) = (Arc::new(AtomicBool::new(up)), Arc::new(AtomicUsize::new(0)));
    let state = (up.clone(), calls.clone());
    let answer = move |headers: HeaderMap, Json(body): Json<serde_json::Value>| {
        let (up, calls) = state.clone();
        async move {
            calls.fetch_add(1, Ordering::SeqCst);
            for name in [
                "x-client-id",
                "x-unit-code",
                "x-officer-id",
                "x-purpose-code",
                "x-correlation-id",
                "x-signature",
            ] {
                assert!(headers.contains_key(name), "{name}");
            }
            assert!(body["asOf"].is_string(), "the owner at the moment of capture is asked for");
            if !up.load(Ordering::SeqCst) {
                return (StatusCode::SERVICE_UNAVAILABLE, Json(serde_json::json!({"code": "UPSTREAM_DOWN"})));
            }
            let status = if body["plate"] == "14A27182" { "STOLEN_FLAG" } else { "FOUND" };
            let reply = serde_json::json!({
                "status": status, "txnId": "T-1",
                "vehicle": {"make": "Toyota", "model": "Vios", "colour": "silver", "type": "car"},
                "owner": {"kind": "PERSON", "idNumber": "001085900101", "name": "Nguyễn Văn Minh Mẫu", "address": "Số 12"}
            });
            (StatusCode::OK, Json(reply))
        }
    };
    let router = Router::new().route("/mock/vehreg/v1/owner-lookup", post(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "test-secret\n").unwrap();
    let config = format!(
        "[registers.vehreg]\nurl = \"http://{address}/mock\"\nclient_id = \"vg\"\nsecret_file = {:?}\nunit_code = \"H42\"\n\
         officer_id = \"system\"\npurpose_code = \"GATE\"\nretry_s = 1\n",
        secret.path()
    );
    Register { up, calls, config, _secret: secret }
}

async fn passage(central: &Central) -> PassageRow {
    central.state().store.passages_in_feed(0, i64::MAX, &Scope::all(), 10).await.unwrap().remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passage_is_joined_with_its_owner_and_a_stolen_vehicle_raises_an_alert() {
    let register = register(true).await;
    let central = Central::start(&register.config).await;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    agent.send(&agent.envelope("cong-2", car("14A27182"))).await;
    assert_eq!(agent.receipts().await[0].result, ReceiptResult::Committed);
    let row = passage(&central).await;
    assert_eq!((row.registry.as_str(), row.owner_masked.as_deref()), ("stolen", Some("Nguyễn V. M. M.")));
    let alerts = central.state().store.alerts_in_feed(0, i64::MAX, &Scope::all(), 10).await.unwrap();
    assert_eq!((alerts[0].kind.as_str(), alerts[0].severity.as_str()), ("stolen_vehicle", "critical"));
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_that_is_down_holds_nothing_up_and_is_asked_again() {
    let register = register(false).await;
    let central = Central::start(&register.config).await;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    agent.send(&agent.envelope("cong-2", car("30K13579"))).await;
    assert_eq!(agent.receipts().await[0].result, ReceiptResult::Committed);
    assert_eq!(passage(&central).await.registry, "unavailable");
    register.up.store(true, Ordering::SeqCst);
    let answered = async {
        while passage(&central).await.registry != "found" {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), answered).await.expect("it is asked again");
    assert!(passage(&central).await.feed_id > 1, "viewers are told");
    assert!(register.calls.load(Ordering::SeqCst) >= 2);
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_military_plate_is_never_asked_for() {
    let register = register(true).await;
    let central = Central::start(&register.config).await;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let mut payload = car("KV6938");
    if let wire::Payload::Vehicle(vehicle) = &mut payload {
        vehicle.reading.as_mut().unwrap().kind = Some("military".to_owned());
    }
    agent.send(&agent.envelope("cong-2", payload)).await;
    assert_eq!(agent.receipts().await[0].result, ReceiptResult::Committed);
    assert_eq!(passage(&central).await.registry, "military");
    assert_eq!(register.calls.load(Ordering::SeqCst), 0);
    central.app.stop().await;
}

fn status(at: jiff::Timestamp, next_seq: u64) -> Status {
    let camera = serde_json::json!({"camera": "cong-2", "state": "live", "since": at, "fps": 12.5, "analysed": 10, "dropped": 1,
        "gated": 3, "reconnects": 0, "last_frame_at": at, "time_source": "rtcp"});
    let outbox = serde_json::json!({"events": 0, "bytes": 0, "oldest_seq": null, "next_seq": next_seq, "damaged": 0,
        "evicted": {"preview": 0, "crossing": 0, "vehicle": 0, "watch": 0}});
    serde_json::from_value(serde_json::json!({"v": 1, "state": "online", "at": at, "version": "0.1.0", "run": "r1",
        "cameras": [camera], "outbox": outbox, "clock": {"synchronised": true, "max_error_ms": 5, "set_back": 0}}))
    .unwrap()
}

async fn wait_for(central: &Central, state: &str) {
    let reached = async {
        loop {
            let rows = central.state().store.agents_seen(&Scope::all(), SITE, "edge-1").await.unwrap();
            if rows[0].state == state {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(25), reached)
        .await
        .unwrap_or_else(|_| panic!("the agent never became {state}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_online_by_heartbeat_and_offline_by_will_or_silence() {
    let central = Central::start("[rules]\noffline_after_s = 6\n").await;
    let agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let beat = |at| wire::seal(&agent.key, &serde_json::to_vec(&status(at, 1)).unwrap());
    let now = jiff::Timestamp::now();
    agent.publish(Leaf::Status, beat(now)).await;
    wait_for(&central, "online").await;
    let camera = central.state().store.cameras_seen(&Scope::all(), SITE, "cong-2").await.unwrap().remove(0);
    assert_eq!(camera.state, "live");
    agent.publish(Leaf::Status, wire::status::offline_will()).await;
    wait_for(&central, "offline").await;
    // A replayed heartbeat does not raise the dead; a new one does.
    agent.publish(Leaf::Status, beat(now)).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    wait_for(&central, "offline").await;
    agent.publish(Leaf::Status, beat(jiff::Timestamp::now())).await;
    wait_for(&central, "online").await;
    wait_for(&central, "offline").await;
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_empty_outbox_cannot_bring_any_more_is_counted_lost() {
    let central = Central::start("").await;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let mut envelope = agent.envelope("cong-2", support::crossing());
    envelope.seq = 4;
    agent.send(&envelope).await;
    assert_eq!(agent.receipts().await[0].result, ReceiptResult::Committed);
    let beat = wire::seal(&agent.key, &serde_json::to_vec(&status(jiff::Timestamp::now(), 5)).unwrap());
    agent.publish(Leaf::Status, beat).await;
    wait_for(&central, "online").await;
    let losses = central.state().store.losses_of(SITE, "edge-1").await.unwrap();
    assert_eq!(losses, [(1, 3, "unexplained".to_owned())]);
    central.app.stop().await;
}
