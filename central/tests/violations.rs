//! A violation on its way from an agent to the queue of the reviewers, over a real broker; and a known case made of it by hand.

mod support;

use std::time::Duration;

use central::store::cases::CaseRow;
use central::store::cases::read::{CaseFilter, Sort};
use central::store::rows::Scope;
use clap::Parser as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use support::{Agent, Central, evidence, picture};
use wire::violation::Violation;
use wire::{Digest, Envelope, EvidenceRole, ModelRef, Payload, Phase, ReceiptResult};

const SITE: &str = "nga-tu-le-dai-hanh";
const CAMERA: &str = "cam-nga-tu";
const PLACE: [f64; 2] = [20.2506, 105.9745];
const MOMENTS: [&str; 3] = ["before_line", "on_line", "past_line"];

/// A clip by its boxes, that says how long it plays: the nine seconds of [`violation`].
fn mp4() -> Vec<u8> {
    let make = |kind: &[u8; 4], content: &[u8]| {
        [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
    };
    let (scale, ms) = (1_000_u32.to_be_bytes(), 9_000_u32.to_be_bytes());
    let head = make(b"mvhd", &[&[0; 12][..], &scale, &ms, &[0; 80]].concat());
    [make(b"ftyp", b"isom"), make(b"moov", &head), make(b"mdat", &[7; 400])].concat()
}

fn overlay() -> Vec<u8> {
    br#"{"v":1,"track":17,"drawn":[],"frames":[]}"#.to_vec()
}

/// Files with their roles, in the order in which they are named.
fn files() -> Vec<(EvidenceRole, Vec<u8>)> {
    let mut files = vec![
        (EvidenceRole::Overview, picture(1)),
        (EvidenceRole::Plate, picture(2)),
        (EvidenceRole::Clip, mp4()),
        (EvidenceRole::Overlay, overlay()),
    ];
    files.extend((0..3).map(|n| (EvidenceRole::Act, picture(10 + n))));
    files
}

/// A complete red light.
fn violation(at: Timestamp) -> Violation {
    let moments: Vec<Value> = (0..3)
        .map(|n| {
            let at = at - SignedDuration::from_millis((2 - n) * 500);
            json!({ "what": MOMENTS[n as usize], "at": at, "stream_s": 10.0 + n as f64 * 0.5, "frame": 60 + n, "box": [100, 100, 200, 150],
                "evidence": Digest::of(&picture(10 + n as u8)) })
        })
        .collect();
    let parsed = wire::plate::parse("30A12345", &wire::plate::Hint::default());
    serde_json::from_value(json!({
        "violation": "red_light", "rule": "den-do", "scene": { "camera": CAMERA, "version": 0, "sha256": Digest::ZERO, "since": null },
        "place": { "vi": "Ngã tư Lê Đại Hành", "en": "Lê Đại Hành Junction", "at": PLACE }, "class": "car", "class_score": 0.93,
        "box": [100, 100, 200, 150], "picture": [640, 480], "score": 0.93, "moments": moments,
        "timeline": [{ "signal": "den-1", "state": "red", "from": at - SignedDuration::from_secs(10), "to": at, "source": "picture", "score": 0.98 }],
        "reading": { "text": "30A12345", "display": parsed.best().unwrap().display(), "raw": "30A12345", "valid": true, "kind": "car", "lines": 1,
            "score": 0.97, "votes": 9, "reads": 10, "candidates": [], "edits": [], "ambiguous": [], "box": [150, 200, 60, 20],
            "colour": { "value": "white", "score": 0.95 }, "class": "civil" },
        "no_reading": null, "track": { "id": 17, "frames": 40, "first": at - SignedDuration::from_secs(4), "last": at },
        "clock": { "synchronised": true, "offset_ms": 12 },
        "clip": { "from": at - SignedDuration::from_secs(5), "to": at + SignedDuration::from_secs(4), "codec": "h264", "stream_s": 5.0, "original": true },
        "made_by": "test",
    }))
    .unwrap()
}

fn event(agent: &Agent) -> Envelope {
    let at = Timestamp::now() - SignedDuration::from_secs(10);
    let mut envelope = agent.envelope(CAMERA, Payload::Violation(Box::new(violation(at))));
    envelope.captured.at = at;
    envelope.evidence = files()
        .iter()
        .map(|(role, bytes)| {
            let mut one = evidence(bytes, *role);
            one.media_type = role.media_type().to_owned();
            one
        })
        .collect();
    envelope.models = vec![ModelRef { id: "detector".to_owned(), sha256: Digest::of(b"detector") }];
    envelope
}

/// A record of the camera by which it may be used, approved by a second account.
async fn approve(central: &Central) {
    let record = serde_json::from_value(json!({
        "serial": "SN-1", "type": "traffic_camera", "model": "Thí dụ 1", "annex_item": "21",
        "approval_decision": { "no": "12/QĐ-PC08", "on": "2024-12-20", "by": "Trưởng phòng PC08", "from": "2025-01-01" },
        "approved_position": { "lat": PLACE[0], "lon": PLACE[1], "radius_m": 50.0, "vi": "Ngã tư Lê Đại Hành" },
        "max_clock_offset_ms": 1000, "trained_users": ["csgt.an"], "sign_installed": { "on": "2024-12-25" }, "status": "in_use",
    }))
    .unwrap();
    let cases = central.state().store.cases();
    let version = cases.propose_device((SITE, CAMERA), &record, Some(0), ("csgt.an", None), 1).await.unwrap();
    cases.decide_device((SITE, CAMERA, version), true, ("chi.huy", None), 2).await.unwrap();
}

async fn cases(central: &Central) -> Vec<CaseRow> {
    let cases = central.state().store.cases();
    cases.list(&Scope::all(), &CaseFilter::default(), Sort::Age, (i64::MIN, ""), 10).await.unwrap()
}

/// The cases once screening has looked at all of them.
async fn screened(central: &Central) -> Vec<CaseRow> {
    for _ in 0..200 {
        let rows = cases(central).await;
        if !rows.is_empty() && rows.iter().all(|row| row.state != "detected") {
            return rows;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nothing was screened: {:?}", cases(central).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_violation_with_its_evidence_becomes_a_case_that_waits_for_people() {
    let central = Central::start("").await;
    approve(&central).await;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let envelope = event(&agent);

    // A provisional one opens no case; its settled state does, and only with its files.
    let mut provisional = envelope.clone();
    provisional.phase = Phase::Provisional;
    provisional.evidence.clear();
    agent.send(&provisional).await;
    assert_eq!(agent.receipts().await[0].result, ReceiptResult::Committed);
    assert!(cases(&central).await.is_empty());
    agent.send(&envelope).await;
    let receipt = agent.receipts().await.remove(0);
    assert_eq!((receipt.result, receipt.missing.len()), (ReceiptResult::EvidenceMissing, 7));
    for (_, bytes) in files() {
        agent.send_picture(&bytes).await;
    }
    for expected in [ReceiptResult::Committed, ReceiptResult::Duplicate] {
        agent.send(&envelope).await;
        assert_eq!(agent.receipts().await[0].result, expected);
    }
    let rows = screened(&central).await;
    assert_eq!(rows.len(), 1, "however often it is sent");
    let case = &rows[0];
    assert_eq!((case.state.as_str(), case.second, case.serious), ("screened", 1, 1), "{:?}", case.gate);
    assert_eq!(
        (case.event_id.clone(), case.plate.as_deref()),
        (Some(envelope.id.to_string()), Some("30A12345"))
    );
    assert_eq!(case.behaviour.as_deref(), Some("car.red_light"));
    assert!(case.notice_due_ms > Some(case.at_ms) && case.statute_ms > case.notice_due_ms);
    assert!(case.gate().unwrap().unwrap().admissible);

    // By hand, while central runs: a known case.
    let file = central.folder.path().join("central.toml");
    let seed = [
        "central",
        "cases",
        "seed",
        "--config",
        file.to_str().unwrap(),
        &case.number,
        "--expected",
        "reject",
    ];
    central::cli::run(central::cli::Cli::parse_from(seed)).await.unwrap();
    let rows = screened(&central).await;
    let known = rows.iter().find(|row| row.seeded == 1).expect("a known case");
    assert_eq!((known.state.as_str(), known.expected.as_deref()), ("screened", Some("reject")));
    assert_ne!(known.number, case.number);
    let unknown = ["central", "cases", "seed", "--config", file.to_str().unwrap(), "VP-2020-000009"];
    let error = central::cli::run(central::cli::Cli::parse_from(unknown)).await.unwrap_err().to_string();
    assert!(error.contains("VP-2020-000009") && error.contains("use the number of a case"), "{error}");
    central.app.stop().await;
}

#[test]
fn the_command_says_what_a_known_case_is() {
    let help =
        central::cli::Cli::try_parse_from(["central", "cases", "seed", "--help"]).unwrap_err().to_string();
    for word in ["known cases", "--expected", "--pick", "never becomes a handling", "audit log"] {
        assert!(help.contains(word), "{word}: {help}");
    }
    assert!(central::cli::Cli::try_parse_from(["central", "cases", "seed"]).is_err(), "numbers or --pick");
    assert!(
        central::cli::Cli::try_parse_from([
            "central",
            "cases",
            "seed",
            "--expected",
            "maybe",
            "VP-2026-000001"
        ])
        .is_err()
    );
}
