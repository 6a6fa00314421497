//! Bad messages at central: kept aside with their reason, answered only when an enrolled agent signed them, and nothing else is
//! disturbed. A full disk and a clock that was set back lose nothing.

use std::process::Command;

use jiff::ToSpan as _;
use promises::support::{
    Central, PaperAgent, PaperEdge, envelope, picture, program, reading, s, vehicle, wait_for,
};
use serde_json::Value;
use wire::status::{ClockHealth, OutboxHealth, Presence};
use wire::topic::Leaf;
use wire::{DeviceKey, Digest, Name, ReceiptResult, Status};

const SITE: &str = "kcn-khanh-phu";
const OWN: (&str, &str) = (SITE, "edge-1");

async fn start() -> (Central, PaperAgent) {
    let central = Central::start(None, "").await;
    let code = central.enrol(OWN.0, OWN.1);
    let agent = PaperAgent::connect(central.broker(), OWN, 1, Some(&code)).await;
    (central, agent)
}

fn camera() -> Leaf {
    Leaf::Event(Name::new("cong-2").unwrap())
}

#[tokio::test]
async fn malformed_oversized_forged_and_foreign_messages_are_kept_aside_and_disturb_nothing() {
    let (mut central, mut agent) = start().await;
    let api = central.admin().await;
    let event = |seq| envelope(OWN.0, OWN.1, seq, vehicle(None), &[]);
    let thief = DeviceKey::from_seed(&[99; 32]);

    agent.publish(camera(), b"khong phai thu gi".to_vec()).await;
    agent.publish(camera(), vec![b'x'; wire::MAX_MESSAGE_BYTES + 1]).await;
    agent.publish(camera(), event(1).seal(&thief).unwrap().message).await;
    let altered = String::from_utf8(event(2).seal(&agent.key).unwrap().message).unwrap();
    agent
        .publish(camera(), altered.replace("\"uncertainty_ms\":20", "\"uncertainty_ms\":0").into_bytes())
        .await;
    agent.publish(Leaf::Evidence(Digest::of(b"an other")), picture("not that one", 100)).await;
    agent.publish(Leaf::Evidence(Digest::of(b"")), Vec::new()).await;
    agent.publish_to("vg/1/khong/co/event/o-day", event(3).seal(&agent.key).unwrap().message).await;
    for code in [
        "malformed",
        "oversized",
        "wrong_key",
        "forged",
        "evidence_wrong_hash",
        "evidence_not_jpeg",
        "unknown_agent",
    ] {
        let kept = api.quarantined(code).await;
        assert!(kept["reason"].as_str().is_some_and(|reason| reason.len() > 10), "{kept}");
    }
    assert!(agent.hears_no_receipt(s(2)).await, "what nobody signed is not answered");

    agent.send(&event(4), &[]).await;
    assert_eq!(agent.receipt(4).await.result, ReceiptResult::Committed);
    assert_eq!(api.all("/passages").await.len(), 1);
    central.process().assert_no_panic();
}

#[tokio::test]
async fn a_replayed_message_is_answered_and_counts_once() {
    let (mut central, mut agent) = start().await;
    let jpeg = vec![picture("xe", 4000)];
    let event = envelope(OWN.0, OWN.1, 1, vehicle(Some(reading("30K13579"))), &jpeg);
    agent.send(&event, &jpeg).await;
    assert_eq!(agent.receipt(1).await.result, ReceiptResult::Committed);
    for _ in 0..3 {
        agent.send(&event, &jpeg).await;
        assert_eq!(agent.receipt(1).await.result, ReceiptResult::Duplicate);
    }
    // Somebody who recorded it can send it from elsewhere: it changes nothing either.
    let listener = PaperAgent::connect(central.broker(), (SITE, "ke-nghe-len"), 5, None).await;
    let sealed = event.seal(&agent.key).unwrap().message;
    listener.publish_to(&agent.topic(camera()), sealed.clone()).await;
    assert_eq!(agent.receipt(1).await.result, ReceiptResult::Duplicate);
    listener.publish(camera(), sealed).await;
    let api = central.admin().await;
    api.quarantined("unknown_agent").await;
    assert_eq!((api.all("/passages").await.len(), api.all("/alerts").await.len()), (1, 1));
    central.process().assert_no_panic();
}

#[tokio::test]
async fn a_full_disk_at_central_is_shown_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut central = Central::start(None, "").await;
    let code = central.enrol(SITE, "giay");
    let mut edge = PaperEdge::new(folder.path(), central.broker(), (SITE, "giay"), &code);
    edge.restart(0, 20.0);
    let api = central.admin().await;
    wait_for("the first passages", s(60), async || {
        let passages = api.try_get(&format!("/passages?site={SITE}")).await?;
        (passages["items"].as_array()?.len() >= 5).then_some(())
    })
    .await;
    // The signal that would end the program is ignored, so that it sees what a full disk shows: refused writes.
    central.kill();
    let mut patient = Command::new("sh");
    patient.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(program("central").get_program());
    central.restart_as(patient);
    central.ready().await;
    central.process().limit_files(Some(1));
    let url = format!("{}/readyz", central.base());
    let said = wait_for("central to say that it cannot write", s(60), async || {
        let answer = reqwest::get(&url).await.ok()?;
        let refused = answer.status() == 503;
        answer.json::<Value>().await.ok().filter(|said| refused && said["writing"] == "failing")
    })
    .await;
    assert_eq!(said["broker"], "ok", "{said}");
    tokio::time::sleep(s(3)).await;
    assert!(central.process().is_running(), "a full disk ends nothing");
    // The disk has room again.
    central.process().limit_files(None);
    central.ready().await;
    edge.kill();
    edge.restart(0, 0.0);
    let last = edge.journal().appended.last().map(|(seq, ..)| *seq).unwrap();
    wait_for("everything to be in central", s(120), async || {
        let row = api.agent(SITE, "giay").await?;
        (row["outbox"]["events"] == 0 && row["gaps"] == 0 && row["next_seq"].as_u64()? > last).then_some(())
    })
    .await;
    let committed = promises::support::Committed::read(&api, SITE, "giay").await;
    promises::support::prove_journal(&edge.journal(), &committed);
    central.process().assert_no_panic();
}

#[tokio::test]
async fn a_clock_set_back_loses_no_event_and_silences_no_agent() {
    let (mut central, mut agent) = start().await;
    let api = central.admin().await;
    let status = |at, next_seq, events| Status {
        v: wire::VERSION,
        state: Presence::Online,
        at,
        version: "0.1.0".to_owned(),
        run: "01".to_owned(),
        cameras: Vec::new(),
        outbox: OutboxHealth { events, next_seq, ..OutboxHealth::default() },
        clock: ClockHealth { set_back: events, ..ClockHealth::default() },
        gates: None,
    };
    let say = async |status: &Status| {
        agent.publish(Leaf::Status, wire::seal(&agent.key, &serde_json::to_vec(status).unwrap())).await;
    };
    let now = jiff::Timestamp::now();
    say(&status(now, 3, 7)).await;
    wait_for("the status", s(20), async || {
        (api.agent(OWN.0, OWN.1).await?["outbox"]["events"] == 7).then_some(())
    })
    .await;
    say(&status(now - 2.hours(), 3, 1)).await;
    // Played back by somebody: its sequence number is behind too.
    say(&status(now - 3.hours(), 2, 9)).await;
    let mut first = envelope(OWN.0, OWN.1, 1, vehicle(None), &[]);
    let mut second = envelope(OWN.0, OWN.1, 2, vehicle(None), &[]);
    first.captured.at = now;
    second.captured.at = now - 2.hours();
    for event in [&first, &second] {
        agent.send(event, &[]).await;
    }
    assert_eq!(agent.receipt(1).await.result, ReceiptResult::Committed);
    assert_eq!(agent.receipt(2).await.result, ReceiptResult::Committed);
    // The events came behind the statuses, so these have been looked at.
    let row = api.agent(OWN.0, OWN.1).await.unwrap();
    assert_eq!((&row["outbox"]["events"], &row["state"]), (&1.into(), &"online".into()));
    let mut passages = api.all("/passages").await;
    passages.sort_by_key(|passage| passage["seq"].as_u64());
    assert_eq!(passages.len(), 2);
    assert_eq!(passages[1]["late"], true, "a time two hours ago is shown as late: {}", passages[1]);
    central.process().assert_no_panic();
}
