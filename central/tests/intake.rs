//! What central promises about everything that arrives, shown over a real broker.

mod support;

use std::time::Duration;

use central::notify::Change;
use central::store::rows::Scope;
use support::{Agent, Central, car, crossing, evidence, picture, start_in};
use wire::payload::{LossReason, OutboxLoss};
use wire::topic::Leaf;
use wire::{Digest, EnrolResult, EvidenceRole, Payload, Phase, ReceiptResult};

const SITE: &str = "kcn-khanh-phu";

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_enrolled_evidenced_committed_receipted_and_never_doubled() {
    let central = Central::start("").await;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let mut changes = central.state().hub.subscribe();
    let (overview, vehicle) = (picture(1), picture(2));
    let mut envelope = agent.envelope("cong-2", car("30K13579"));
    envelope.evidence =
        vec![evidence(&overview, EvidenceRole::Overview), evidence(&vehicle, EvidenceRole::Vehicle)];

    agent.send(&envelope).await;
    let receipt = agent.receipts().await.remove(0);
    assert_eq!(receipt.result, ReceiptResult::EvidenceMissing);
    assert_eq!(receipt.missing, [Digest::of(&overview), Digest::of(&vehicle)], "it names what to send again");

    agent.send_picture(&overview).await;
    agent.send_picture(&vehicle).await;
    agent.send(&envelope).await;
    let receipt = agent.receipts().await.remove(0);
    assert_eq!((receipt.id, receipt.seq, receipt.result), (envelope.id, 1, ReceiptResult::Committed));
    assert!(matches!(changes.recv().await, Ok(Change::Feed(_))), "viewers are told after the commit");

    for _ in 0..3 {
        agent.send(&envelope).await;
        assert_eq!(agent.receipts().await[0].result, ReceiptResult::Duplicate);
    }
    let state = central.state();
    let passages = state.store.passages_in_feed(0, i64::MAX, &Scope::all(), 10).await.unwrap();
    let alerts = state.store.alerts_in_feed(0, i64::MAX, &Scope::all(), 10).await.unwrap();
    assert_eq!((passages.len(), alerts.len()), (1, 1));
    assert_eq!(alerts[0].passage_id, Some(envelope.id.to_string()));
    assert_eq!(state.store.feed_head().await.unwrap(), 2, "a duplicate tells viewers nothing");
    assert_eq!(state.evidence.get(Digest::of(&overview)).await.unwrap(), overview);
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgery_is_kept_aside_and_gets_no_receipt() {
    let central = Central::start("").await;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let envelope = agent.envelope("cong-2", crossing());
    let sealed = envelope.seal(&agent.key).unwrap().message;
    let forged = String::from_utf8(sealed.clone()).unwrap().replace("\"in\"", "\"out\"").into_bytes();
    let camera = || Leaf::Event(envelope.camera.clone());
    agent.publish(camera(), forged).await;
    let other_key = envelope.seal(&wire::DeviceKey::from_seed(&[99; 32])).unwrap().message;
    agent.publish(camera(), other_key).await;
    agent.publish(camera(), b"not json at all".to_vec()).await;
    agent.publish(camera(), vec![b' '; wire::MAX_MESSAGE_BYTES + 1]).await;
    agent.publish_to("vg/1/KCN/edge-1/event/x", b"{}".to_vec()).await;
    assert!(agent.hears_nothing().await, "a forgery gets no receipt");
    let mut codes = quarantined(&central).await;
    codes.sort();
    assert_eq!(codes, ["forged", "malformed", "oversized", "unknown_topic", "wrong_key"]);
    // And nothing else was disturbed.
    agent.publish(camera(), sealed).await;
    assert_eq!(agent.receipts().await[0].result, ReceiptResult::Committed);
    central.app.stop().await;
}

async fn quarantined(central: &Central) -> Vec<String> {
    let rows = central.state().store.quarantine_seen(&Scope::all(), (i64::MAX, ""), 100).await.unwrap();
    rows.iter().map(|row| row.reason_code.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_agent_says_is_quarantined_whole_and_receipted() {
    let central = Central::start("").await;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let envelope = agent.envelope("cong-2", crossing());
    let mut newer = serde_json::to_value(&envelope).unwrap();
    newer["v"] = 2.into();
    let mut strange = serde_json::to_value(agent.envelope("cong-2", crossing())).unwrap();
    strange["kind"] = "drone".into();
    for body in [&newer, &strange] {
        let message = wire::seal(&agent.key, &serde_json::to_vec(body).unwrap());
        agent.publish(Leaf::Event(envelope.camera.clone()), message.clone()).await;
        assert_eq!(agent.receipts().await[0].result, ReceiptResult::Quarantined);
        // The receipt may be lost: the same message again is receipted again and kept once.
        agent.publish(Leaf::Event(envelope.camera.clone()), message).await;
        assert_eq!(agent.receipts().await[0].result, ReceiptResult::Quarantined);
    }
    let newer_topic = format!("vg/2/{SITE}/edge-1/event/cong-2");
    newer["seq"] = 9.into();
    agent.publish_to(&newer_topic, wire::seal(&agent.key, &serde_json::to_vec(&newer).unwrap())).await;
    let receipt = agent.receipts().await.remove(0);
    assert_eq!((receipt.seq, receipt.result), (9, ReceiptResult::Quarantined));
    assert_eq!(quarantined(&central).await.len(), 3);
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_another_agent_or_camera_than_its_topic_is_refused() {
    let central = Central::start("").await;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let envelope = agent.envelope("cong-2", crossing());
    let message = envelope.seal(&agent.key).unwrap().message;
    agent.publish_to(&format!("vg/1/{SITE}/edge-1/event/cong-3"), message).await;
    let receipt = agent.receipts().await.remove(0);
    assert_eq!(receipt.result, ReceiptResult::Quarantined);
    assert!(receipt.reason.unwrap().contains("cong-3"));
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_another_agents_event_cannot_be_taken_over() {
    let central = Central::start("").await;
    let mut first = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let mut second = Agent::enrolled(&central.app, SITE, "edge-2", 2).await;
    let envelope = first.envelope("cong-2", car("35A24681"));
    first.send(&envelope).await;
    assert_eq!(first.receipts().await[0].result, ReceiptResult::Committed);
    for phase in [Phase::Settled, Phase::Provisional] {
        let mut stolen = second.envelope("cong-2", car("36A97531"));
        stolen.id = envelope.id;
        stolen.phase = phase;
        second.send(&stolen).await;
        assert_eq!(second.receipts().await[0].result, ReceiptResult::Quarantined);
    }
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_enrols_one_device_and_a_wrong_code_none() {
    let central = Central::start("").await;
    let state = central.state();
    let mut agent = Agent::connect(&central.app, SITE, "edge-1", 1).await;
    let refused = agent.enrol("BBBB-BBBB-BBBB").await;
    assert!(matches!(refused.result, EnrolResult::Refused { .. }));
    let code = central::enrol::new_code(&state.store, &state.config, &agent.site, &agent.name, "test")
        .await
        .unwrap()
        .code;
    assert!(matches!(agent.enrol(&code.to_lowercase()).await.result, EnrolResult::Enrolled { .. }));
    assert!(
        matches!(agent.enrol(&code).await.result, EnrolResult::Enrolled { .. }),
        "a lost reply may be asked for again"
    );
    let mut thief = Agent::connect(&central.app, SITE, "edge-1", 2).await;
    assert!(
        matches!(thief.enrol(&code).await.result, EnrolResult::Refused { .. }),
        "with another key it is used up"
    );
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_taken_from_enrolled_agents_and_only_as_promised() {
    let central = Central::start("").await;
    let agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let stranger = Agent::connect(&central.app, SITE, "edge-9", 9).await;
    stranger.send_picture(&picture(1)).await;
    agent.publish(Leaf::Evidence(Digest::of(b"other")), picture(2)).await;
    agent.send_picture(b"GIF89a, not a JPEG picture").await;
    agent.send_picture(&[]).await;
    let mut large = picture(3);
    large.splice(4..4, vec![0; wire::MAX_EVIDENCE_BYTES]);
    agent.send_picture(&large).await;
    agent.send_picture(&picture(4)).await;
    let wait = async {
        while !central.state().evidence.has(Digest::of(&picture(4))).await.unwrap()
            || quarantined(&central).await.len() < 5
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.unwrap();
    let mut codes = quarantined(&central).await;
    codes.sort();
    let expected = [
        "evidence_not_jpeg",
        "evidence_not_jpeg",
        "evidence_oversized",
        "evidence_wrong_hash",
        "unknown_agent",
    ];
    assert_eq!(codes, expected);
    assert!(!central.state().evidence.has(Digest::of(&picture(1))).await.unwrap());
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_is_closed_by_the_backlog_or_explained_by_the_agent() {
    let central = Central::start("").await;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let mut events: Vec<_> = (0..6).map(|_| agent.envelope("cong-2", crossing())).collect();
    let loss = OutboxLoss { reason: LossReason::Full, previews: 0, pictures: Vec::new(), seqs: vec![[3, 4]] };
    events.push(agent.envelope("cong-2", Payload::OutboxLoss(loss)));
    // Live events first: 1, 6, 7 (which reports 3 and 4 lost); then the backlog: 2. Five stays missing.
    for at in [0, 5, 6, 1] {
        agent.send(&events[at]).await;
    }
    let receipts = agent.receipts_for(4).await;
    assert!(receipts.iter().all(|receipt| receipt.result == ReceiptResult::Committed));
    let store = &central.state().store;
    let row = store.agents_seen(&Scope::all(), SITE, "edge-1").await.unwrap().remove(0);
    assert_eq!((row.max_seq, row.missing), (7, 1), "only 5 is still missing");
    let losses = store.losses_of(SITE, "edge-1").await.unwrap();
    assert_eq!(losses, [(3, 4, "full".to_owned())]);
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_break_in_the_chain_is_counted_from_whichever_side_it_is_seen() {
    let central = Central::start("").await;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let mut events: Vec<_> = (0..4).map(|_| agent.envelope("cong-2", crossing())).collect();
    for at in 1..4 {
        events[at].prev = events[at - 1].seal(&agent.key).unwrap().digest;
    }
    events[2].prev = Digest::of(b"another");
    events[3].prev = events[2].seal(&agent.key).unwrap().digest;
    // The second comes last: it fits to the first, and the third does not fit to it.
    for at in [0, 2, 3, 1] {
        agent.send(&events[at]).await;
    }
    agent.receipts_for(4).await;
    assert_eq!(central.state().health.broken_links.load(std::sync::atomic::Ordering::Relaxed), 1);
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_central_remembers_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let app = start_in(folder.path(), "").await;
    let mut agent = Agent::enrolled(&app, SITE, "edge-1", 1).await;
    let envelope = agent.envelope("cong-2", crossing());
    agent.send(&envelope).await;
    assert_eq!(agent.receipts().await[0].result, ReceiptResult::Committed);
    app.stop().await;
    let app = start_in(folder.path(), "").await;
    let mut again = Agent::connect(&app, SITE, "edge-1", 1).await;
    again.central_key = agent.central_key;
    again.send(&envelope).await;
    assert_eq!(
        again.receipts().await[0].result,
        ReceiptResult::Duplicate,
        "the key is the same, the event is there"
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_cannot_be_written_loses_nothing_and_is_reported() {
    let central = Central::start("").await;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let overview = picture(1);
    let mut envelope = agent.envelope("cong-2", car("35A24681"));
    envelope.evidence = vec![evidence(&overview, EvidenceRole::Overview)];
    // A file where the folder has to be: the write fails as on a full disk.
    let in_the_way =
        central.folder.path().join("data/evidence").join(&Digest::of(&overview).to_string()[..2]);
    std::fs::write(&in_the_way, b"").unwrap();
    agent.send_picture(&overview).await;
    agent.send(&envelope).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(central.state().health.trouble().is_some_and(|text| text.contains("evidence")));
    std::fs::remove_file(&in_the_way).unwrap();
    agent.send_picture(&overview).await;
    agent.send(&envelope).await;
    while agent.receipts().await[0].result != ReceiptResult::Committed {}
    assert_eq!(central.state().health.trouble(), None);
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_whose_pictures_were_given_up_is_committed_without_them() {
    let central = Central::start("").await;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let (kept, gone) = (picture(1), picture(2));
    let mut envelope = agent.envelope("cong-2", car("35A24681"));
    envelope.evidence = vec![evidence(&kept, EvidenceRole::Overview), evidence(&gone, EvidenceRole::Vehicle)];
    let loss =
        OutboxLoss { reason: LossReason::Full, previews: 0, pictures: vec![Digest::of(&gone)], seqs: vec![] };
    agent.send(&agent.envelope(wire::payload::AGENT_ITSELF, Payload::OutboxLoss(loss))).await;
    assert_eq!(agent.receipts().await[0].result, ReceiptResult::Committed);
    agent.send(&envelope).await;
    assert_eq!(
        agent.receipts().await[0].missing,
        [Digest::of(&kept)],
        "only what can still come is asked for"
    );
    agent.send_picture(&kept).await;
    agent.send(&envelope).await;
    assert_eq!(agent.receipts().await[0].result, ReceiptResult::Committed);
    let store = &central.state().store;
    let cameras = store.cameras_seen(&Scope::all(), SITE, "").await.unwrap();
    assert!(cameras.iter().all(|camera| camera.camera != "agent"), "the agent is no camera");
    let passage = store.passage(&envelope.id.to_string(), &Scope::all()).await.unwrap().unwrap();
    let pictures: serde_json::Value = serde_json::from_str(&passage.evidence).unwrap();
    assert_eq!((&pictures[0]["absent"], &pictures[1]["absent"]), (&false.into(), &true.into()));
    assert_eq!(
        passage.thumbnail,
        Some(Digest::of(&kept).to_string()),
        "a list shows a picture that is there"
    );
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_is_committed_in_order_and_each_event_once() {
    const COUNT: usize = 1000;
    let central = Central::start("").await;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let started = std::time::Instant::now();
    let mut receipts = Vec::new();
    while receipts.len() < COUNT {
        for _ in 0..50 {
            agent.send(&agent.envelope("cong-2", car("36A97531"))).await;
        }
        receipts.extend(agent.receipts_for(50).await);
    }
    println!("{:.0} events a second", COUNT as f64 / started.elapsed().as_secs_f64());
    assert!(receipts.iter().all(|receipt| receipt.result == ReceiptResult::Committed));
    assert!(receipts.windows(2).all(|pair| pair[0].seq < pair[1].seq), "in the order they were sent");
    let row = central.state().store.agents_seen(&Scope::all(), SITE, "edge-1").await.unwrap().remove(0);
    assert_eq!((row.max_seq, row.missing), (COUNT as i64, 0));
    assert_eq!(central.state().store.feed_head().await.unwrap(), COUNT as i64);
    central.app.stop().await;
}
