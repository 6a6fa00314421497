//! Messages of protocol version 1, exactly as the goldens hold them, are understood; what comes from the future is kept, not lost.

use promises::support::{Central, PaperAgent, envelope, repository, s, vehicle, wait_for};
use serde_json::{Value, json};
use wire::payload::{LossReason, OutboxLoss};
use wire::topic::Leaf;
use wire::{Name, Payload, ReceiptResult};

/// Site, agent and key seed of the goldens.
const OWN: (&str, &str) = ("kcn-khanh-phu", "edge-1");
const SEED: u8 = 7;

fn golden(name: &str) -> Vec<u8> {
    std::fs::read(repository().join(format!("tests/goldens/v1/{name}.json"))).unwrap()
}

fn body(message: &[u8]) -> Value {
    let message: Value = serde_json::from_slice(message).unwrap();
    message["body"].clone()
}

async fn start() -> (Central, PaperAgent) {
    let central = Central::start(None, "").await;
    let code = central.enrol(OWN.0, OWN.1);
    let agent = PaperAgent::connect(central.broker(), OWN, SEED, Some(&code)).await;
    (central, agent)
}

#[tokio::test]
async fn every_golden_of_version_1_is_understood() {
    let (mut central, mut agent) = start().await;
    let api = central.admin().await;
    for name in ["event-crossing", "event-camera-state", "event-outbox-loss"] {
        let message = golden(name);
        let seq = body(&message)["seq"].as_u64().unwrap();
        let camera = Name::new(body(&message)["camera"].as_str().unwrap()).unwrap();
        agent.publish(Leaf::Event(camera), message).await;
        let receipt = agent.receipt(seq).await;
        assert_eq!(receipt.result, ReceiptResult::Committed, "{name}: {receipt:?}");
    }
    agent.publish(Leaf::Status, golden("status")).await;
    wait_for("the golden status", s(20), async || {
        let row = api.agent(OWN.0, OWN.1).await?;
        (row["state"] == "online" && row["outbox"]["events"] == 3).then_some(())
    })
    .await;
    agent.publish(Leaf::Status, golden("offline-will")).await;
    wait_for("the golden last will", s(20), async || {
        (api.agent(OWN.0, OWN.1).await?["state"] == "offline").then_some(())
    })
    .await;

    // Its picture was never made; the agent is told so, and can say that it will not come.
    let message = golden("event-vehicle");
    let seq = body(&message)["seq"].as_u64().unwrap();
    let camera = Leaf::Event(Name::new("cong-2").unwrap());
    agent.publish(camera.clone(), message.clone()).await;
    let receipt = agent.receipt(seq).await;
    assert_eq!(receipt.result, ReceiptResult::EvidenceMissing);
    let lost = OutboxLoss {
        reason: LossReason::Damaged,
        previews: 0,
        seqs: Vec::new(),
        pictures: receipt.missing.clone(),
    };
    let mut report = envelope(OWN.0, OWN.1, 30, Payload::OutboxLoss(lost), &[]);
    report.camera = Name::new(wire::payload::AGENT_ITSELF).unwrap();
    agent.send(&report, &[]).await;
    assert_eq!(agent.receipt(30).await.result, ReceiptResult::Committed);
    agent.publish(camera, message).await;
    assert_eq!(agent.receipt(seq).await.result, ReceiptResult::Committed);
    let passages = api.all("/passages?plate=59P166480").await;
    assert_eq!(passages.len(), 1, "{passages:?}");
    assert_eq!(passages[0]["class"], "motorcycle");
    central.process().assert_no_panic();
}

#[tokio::test]
async fn fields_of_a_newer_agent_are_passed_over() {
    let (central, mut agent) = start().await;
    let mut newer = serde_json::to_value(envelope(OWN.0, OWN.1, 1, vehicle(None), &[])).unwrap();
    newer["weather"] = json!("mưa");
    newer["payload"]["speed_kmh"] = json!(41.5);
    newer["captured"]["leap"] = json!(true);
    agent.publish_body(&serde_json::to_vec(&newer).unwrap()).await;
    let receipt = agent.receipt(1).await;
    assert_eq!(receipt.result, ReceiptResult::Committed, "{receipt:?}");
    assert_eq!(central.admin().await.all("/passages").await.len(), 1);
}

#[tokio::test]
async fn a_newer_version_and_an_unknown_kind_are_kept_aside_and_the_agent_may_forget_them() {
    let (central, mut agent) = start().await;
    let api = central.admin().await;
    let event = |seq| serde_json::to_value(envelope(OWN.0, OWN.1, seq, vehicle(None), &[])).unwrap();
    let mut newer = event(1);
    newer["v"] = json!(2);
    newer["payload"] = json!({ "nothing": "of version 1" });
    let mut unknown = event(2);
    unknown["kind"] = json!("drone");
    for (message, seq, code) in [(newer, 1, "newer_version"), (unknown, 2, "unknown_kind")] {
        let bytes = serde_json::to_vec(&message).unwrap();
        agent.publish_body(&bytes).await;
        let receipt = agent.receipt(seq).await;
        assert_eq!(receipt.result, ReceiptResult::Quarantined);
        assert!(receipt.reason.is_some_and(|reason| reason.contains("upgrade central")));
        let kept = api.quarantined(code).await;
        assert!(kept["bytes"].as_u64() > Some(bytes.len() as u64), "it is kept whole: {kept}");
    }
    // Nothing else is disturbed.
    agent.send(&envelope(OWN.0, OWN.1, 3, vehicle(None), &[]), &[]).await;
    assert_eq!(agent.receipt(3).await.result, ReceiptResult::Committed);
    let row = api.agent(OWN.0, OWN.1).await.unwrap();
    assert_eq!(row["gaps"], 0, "what is in quarantine has arrived: {row}");
}
