//! Lists of gates over a real broker: made, published, acknowledged, renewed.

mod support;

use std::time::Duration;

use support::{Agent, Central};
use wire::gate::{AgentSecret, GateIndex, GateList, KeyKind};
use wire::status::GateHealth;
use wire::topic::Leaf;
use wire::{Sealed, Status};

const SITE: &str = "kcn-khanh-phu";

/// The next list, checked as an agent checks it.
async fn list(agent: &mut Agent) -> GateList {
    let (topic, bytes) = agent.next_for_gates().await;
    assert_eq!(topic.leaf, Leaf::List);
    let sealed = Sealed::parse(&bytes, wire::MAX_LIST_BYTES).unwrap();
    let body = sealed.verify(&agent.central_key.unwrap()).expect("central signs its lists");
    GateList::open(body, &agent.site, &agent.name).expect("a list that can be used")
}

fn status(agent: &Agent, list_version: u64) -> Vec<u8> {
    let mut status: Status = serde_json::from_value(serde_json::json!({
        "v": 1, "state": "online", "at": jiff::Timestamp::now(), "version": "test", "run": "r", "cameras": [],
        "outbox": {"events": 0, "bytes": 0, "oldest_seq": null, "next_seq": 1,
            "evicted": {"preview": 0, "crossing": 0, "vehicle": 0, "watch": 0}, "damaged": 0},
        "clock": {"synchronised": true, "max_error_ms": null, "set_back": 0}
    }))
    .unwrap();
    status.gates = Some(GateHealth { list_version, ..GateHealth::default() });
    wire::seal(&agent.key, &serde_json::to_vec(&status).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_gets_its_list_and_a_newer_one_after_every_change() {
    let central = Central::start("[gates]\ndebounce_ms = 100\n").await;
    let state = central.state();
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let first = list(&mut agent).await;
    assert!(first.lane(&wire::Name::new("lan-1").unwrap()).is_some());
    let secret = AgentSecret::agree(&agent.key, &agent.central_key.unwrap());
    let index = GateIndex::new(first.clone());
    assert_eq!(index.by_plate("35C14142").count(), 1, "listed plates are readable");
    assert_eq!(index.by_digest(secret.digest(KeyKind::Card, "037090001234")).count(), 1);
    let now = jiff::Timestamp::now();
    assert!(index.is_watched(secret.digest(KeyKind::Plate, "30K13579"), now));
    assert!(!serde_json::to_string(&first).unwrap().contains("30K13579"), "watch lists cannot be read");

    assert!(state.store.end_member("m-0001", "test", 1).await.unwrap());
    let second = list(&mut agent).await;
    assert!(second.version > first.version);
    assert_eq!(GateIndex::new(second.clone()).by_plate("35C14142").count(), 0);
    let kept = state.store.list_of(SITE, "edge-1", first.version).await.unwrap().unwrap();
    assert!(kept.1.contains("35C14142"), "what was decided by an older list can be decided again");

    // A heartbeat that names the older list: it is sent again, and no more once it names the newest.
    tokio::time::sleep(Duration::from_millis(3100)).await;
    agent.publish(Leaf::Status, status(&agent, first.version)).await;
    assert_eq!(list(&mut agent).await.version, second.version);
    agent.publish(Leaf::Status, status(&agent, second.version)).await;
    assert!(agent.gets_no_list().await);
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_waits_at_the_broker_and_comes_again_after_a_restart_with_the_same_version() {
    let central = Central::start("[gates]\ndebounce_ms = 100\n").await;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let first = list(&mut agent).await;
    let mut late = Agent::connect(&central.app, SITE, "edge-1", 1).await;
    late.central_key = agent.central_key;
    assert_eq!(list(&mut late).await, first, "kept for an agent that comes later");
    central.app.stop().await;
    let app = support::start_in(central.folder.path(), "[gates]\ndebounce_ms = 100\n").await;
    let mut again = Agent::connect(&app, SITE, "edge-1", 1).await;
    again.central_key = agent.central_key;
    let renewed = list(&mut again).await;
    assert_eq!(renewed.version, first.version, "nothing changed");
    assert!(renewed.made_at >= first.made_at);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_four_mebibytes_arrives() {
    let central = Central::start("[gates]\ndebounce_ms = 100\n").await;
    let state = central.state();
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    list(&mut agent).await;
    let members: Vec<_> = (0..20_000)
        .map(|n| central::store::gates::Member {
            member_id: format!("worker-{n:05}"),
            group_id: Some("dien-tu-minh-hoa".into()),
            number: Some(format!("0370900{n:05}")),
            ..central::store::gates::Member::new(
                SITE,
                "person",
                "allow",
                "Nguyễn V. M. (tổ lắp ráp số 12, phân xưởng 3)",
                "test",
                1,
            )
        })
        .collect();
    state.store.put_members(&state.data_key, &members, 1).await.unwrap();
    let large = list(&mut agent).await;
    assert!(large.entries.len() > 20_000);
    assert!(serde_json::to_vec(&large).unwrap().len() > 4 << 20);
    central.app.stop().await;
}
