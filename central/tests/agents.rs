//! What central promises about who an agent is: codes, withdrawn keys, and what it says of itself.

mod support;

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use central::store::rows::Scope;
use jiff::{Timestamp, ToSpan as _};
use support::{Agent, Central, crossing};
use wire::status::{ClockHealth, OutboxHealth, Presence};
use wire::topic::Leaf;
use wire::{EnrolResult, ReceiptResult, Status};

const SITE: &str = "kcn-khanh-phu";

async fn code(central: &Central, agent: &Agent) -> String {
    let state = central.state();
    central::enrol::new_code(&state.store, &state.config, &agent.site, &agent.name, "test")
        .await
        .unwrap()
        .code
}

fn program(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_central")).current_dir(folder).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(if output.status.success() { &output.stdout } else { &output.stderr })
        .into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_code_brings_no_old_key_back() {
    let central = Central::start("").await;
    let mut first = Agent::connect(&central.app, SITE, "edge-1", 1).await;
    let old = code(&central, &first).await;
    assert!(matches!(first.enrol(&old).await.result, EnrolResult::Enrolled { .. }));
    // The device is replaced. What the first one once sent is played back.
    let newer = code(&central, &first).await;
    assert!(matches!(first.enrol(&old).await.result, EnrolResult::Refused { .. }), "a newer code ends it");
    drop(first);
    let mut second = Agent::connect(&central.app, SITE, "edge-1", 2).await;
    assert!(matches!(second.enrol(&newer).await.result, EnrolResult::Enrolled { .. }));
    assert!(matches!(second.enrol(&newer).await.result, EnrolResult::Enrolled { .. }), "its own reply again");
    drop(second);
    let mut first = Agent::connect(&central.app, SITE, "edge-1", 1).await;
    for code in [&old, &newer] {
        assert!(matches!(first.enrol(code).await.result, EnrolResult::Refused { .. }));
    }
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_agent_is_refused_with_the_reason_until_it_is_enrolled_anew() {
    let central = Central::start("").await;
    let mut agent = Agent::connect(&central.app, SITE, "edge-1", 1).await;
    let used = code(&central, &agent).await;
    let reply = agent.enrol(&used).await;
    agent.central_key = reply.central_key(&agent.site, &agent.name, &used).ok();
    let envelope = agent.envelope("cong-2", crossing());
    agent.send(&envelope).await;
    assert_eq!(agent.receipts().await[0].result, ReceiptResult::Committed);

    let folder = central.folder.path();
    let revoke = |agent| program(folder, &["revoke", "--site", SITE, "--agent", agent]);
    let nobody = revoke("edge-9");
    assert_eq!(nobody.status.code(), Some(1));
    assert!(said(&nobody).contains("no agent edge-9 is enrolled at site kcn-khanh-phu"), "{}", said(&nobody));
    for _ in 0..2 {
        let done = revoke("edge-1");
        assert!(said(&done).contains("central enrol --site kcn-khanh-phu --agent edge-1"), "{}", said(&done));
    }
    // A running central reads keys again every few seconds.
    tokio::time::sleep(Duration::from_secs(6)).await;
    agent.send(&agent.envelope("cong-2", crossing())).await;
    assert!(agent.hears_nothing().await, "what is refused gets no receipt");
    let store = &central.state().store;
    let kept = store.quarantine_seen(&Scope::all(), (i64::MAX, ""), 10).await.unwrap();
    assert_eq!(kept[0].reason_code, "revoked_agent");
    assert!(matches!(agent.enrol(&used).await.result, EnrolResult::Refused { .. }), "its old code is over");
    let audit = store.audit_of("agent", &format!("{SITE}/edge-1"), 10).await.unwrap();
    assert_eq!(audit.iter().filter(|row| row.action == "agent.revoke").count(), 1);

    let anew = code(&central, &agent).await;
    assert!(matches!(agent.enrol(&anew).await.result, EnrolResult::Enrolled { .. }));
    agent.send(&envelope).await;
    assert_eq!(agent.receipts().await[0].result, ReceiptResult::Duplicate, "it is believed again");
    central.app.stop().await;
}

fn status(run: &str, at: Timestamp, next_seq: u64, events: u64) -> Status {
    Status {
        v: wire::VERSION,
        state: Presence::Online,
        at,
        version: "0.1.0".to_owned(),
        run: run.to_owned(),
        cameras: Vec::new(),
        outbox: OutboxHealth { events, next_seq, ..OutboxHealth::default() },
        clock: ClockHealth::default(),
        gates: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_whose_clock_was_set_back_is_heard_and_an_old_status_is_not() {
    let central = Central::start("").await;
    let agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let store = &central.state().store;
    let now = Timestamp::now();
    let now_ms = now.as_millisecond();
    // What is said, whether the broker had kept it, when it comes; whether it is taken.
    let story = [
        (status("a", now, 5, 1), false, 0, true),
        (status("a", now - 2.hours(), 5, 2), false, 10, true),
        (status("a", now - 3.hours(), 5, 3), true, 20, false),
        (status("a", now - 3.hours(), 4, 4), false, 30, false),
        (status("a", now - 2.hours() + 5.seconds(), 6, 5), false, 40, true),
        (status("b", now - 9.hours(), 6, 6), false, 50, true),
        (status("b", now + 1.hour(), 6, 7), false, 60, true),
        (status("b", now, 6, 8), true, 70, true),
    ];
    for (status, retained, after, taken) in &story {
        let at_ms = now_ms + after;
        let result = store.take_status(SITE, "edge-1", status, *retained, true, at_ms).await.unwrap();
        assert_eq!(!result.stale, *taken, "{status:?}");
        let row = store.agents_seen(&Scope::all(), SITE, "edge-1").await.unwrap().remove(0);
        assert_eq!(row.last_seen_ms == Some(at_ms), *taken, "{status:?}");
    }
    // And over the broker: it is online.
    let back = status("b", now - 2.hours(), 7, 9);
    agent.publish(Leaf::Status, wire::seal(&agent.key, &serde_json::to_vec(&back).unwrap())).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let row = store.agents_seen(&Scope::all(), SITE, "edge-1").await.unwrap().remove(0);
    assert_eq!(row.state, "online");
    central.app.stop().await;
}

#[test]
fn a_wrong_seed_folder_is_told_once_and_leaves_no_database_behind() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("central.toml");
    std::fs::write(&config, "[http]\nlisten = \"127.0.0.1:0\"\n").unwrap();
    let failed = program(folder.path(), &["seed", "--from", "khong-co"]);
    assert_eq!(failed.status.code(), Some(1));
    assert_eq!(
        said(&failed)
            .matches("none of sites.toml, watchlist.csv, gates.toml and members.csv is there")
            .count(),
        1
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "only the configuration is there");
    let missing = program(folder.path(), &["check", "--config", "khong-co.toml"]);
    assert_eq!(missing.status.code(), Some(2));
    assert_eq!(said(&missing).matches("No such file").count(), 1, "{}", said(&missing));
}

#[test]
fn help_says_where_a_code_goes_and_how_to_log_more() {
    let folder = tempfile::tempdir().unwrap();
    let enrol = said(&program(folder.path(), &["enrol", "--help"]));
    for part in ["enrolment_code_file", "enrolment_code_env"] {
        assert!(enrol.contains(part), "{enrol}");
    }
    let all = said(&program(folder.path(), &["--help"]));
    for part in ["VG_LOG=debug", "VG_LOG_FORMAT=json", "revoke"] {
        assert!(all.contains(part), "{all}");
    }
}
