//! Agent, broker and central are killed with -9 at random moments; afterwards every event is in central exactly once.
//!
//! `VG_KILLS` sets how many moments (default 12), `VG_SEED` which ones; the seed is printed.

use std::time::Duration;

use promises::cameras::{CameraServer, Clip, Mount, Scene};
use promises::support::{
    Api, Central, Committed, Edge, EdgeConfig, GATE_LINE, Mosquitto, PaperEdge, prove_journal, repository, s,
    wait_for,
};
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

const SITE: &str = "kcn-khanh-phu";
const AGENT: &str = "giay";
const RATE: f64 = 20.0;

fn kills() -> u32 {
    std::env::var("VG_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(12)
}

fn dice() -> ChaCha8Rng {
    let seed = std::env::var("VG_SEED").ok().and_then(|text| text.parse().ok());
    let seed = seed.unwrap_or_else(|| rand::rng().next_u64());
    println!("VG_SEED={seed}");
    ChaCha8Rng::seed_from_u64(seed)
}

fn moment(dice: &mut ChaCha8Rng, most_ms: u64) -> Duration {
    Duration::from_millis(dice.random_range(0..most_ms))
}

/// Waits until the outbox of `agent` is empty and central misses nothing of it.
async fn drained(api: &Api, agent: &str, next_at_least: u64) {
    wait_for(&format!("everything of {agent} to be in central"), s(120), async || {
        let row = api.agent(SITE, agent).await?;
        let next = row["next_seq"].as_u64()?;
        (row["outbox"]["events"] == 0 && row["gaps"] == 0 && next >= next_at_least).then_some(())
    })
    .await;
}

async fn prove(api: &Api, edge: &PaperEdge) {
    let journal = edge.journal();
    let last = journal.appended.iter().map(|(seq, ..)| *seq).max().expect("some events");
    drained(api, AGENT, last + 1).await;
    let committed = Committed::read(api, SITE, AGENT).await;
    println!("{} passages, {} crossings", journal.appended.len(), journal.crossings.1);
    prove_journal(&journal, &committed);
    committed.assert_ordered();
    committed.assert_chain(api).await;
    let counts = api.get(&format!("/counts?site={SITE}")).await;
    let crossed: u64 = counts["lines"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|line| line["line"] == "loi-vao")
        .filter_map(|line| line["in"].as_u64())
        .sum();
    let (begun, taken) = journal.crossings;
    assert!(
        (taken..=begun).contains(&crossed),
        "{crossed} crossings were counted, {taken} to {begun} were made"
    );
    assert_eq!(counts["loss"]["lost"], 0, "{counts}");
}

#[tokio::test]
async fn killed_at_random_moments_with_a_broker_of_its_own() {
    let mut dice = dice();
    let folder = tempfile::tempdir().unwrap();
    let mut broker = Mosquitto::start(folder.path()).await;
    let mut central = Central::start(Some(&broker.url()), "").await;
    let code = central.enrol(SITE, AGENT);
    let mut edge = PaperEdge::new(folder.path(), &broker.url(), (SITE, AGENT), &code);
    edge.restart(0, RATE);
    let api = central.admin().await;
    wait_for("the first event", s(60), async || api.agent(SITE, AGENT).await).await;
    for _ in 0..kills() {
        tokio::time::sleep(Duration::from_millis(100) + moment(&mut dice, 1500)).await;
        match dice.random_range(0..3) {
            0 => {
                edge.kill();
                tokio::time::sleep(moment(&mut dice, 500)).await;
                edge.restart(0, RATE);
            }
            1 => {
                broker.kill();
                tokio::time::sleep(moment(&mut dice, 1000)).await;
                broker.restart();
            }
            _ => {
                central.process().assert_no_panic();
                central.kill();
                tokio::time::sleep(moment(&mut dice, 1000)).await;
                central.restart();
            }
        }
    }
    edge.kill();
    edge.restart(0, 0.0);
    central.ready().await;
    prove(&api, &edge).await;
    central.process().assert_no_panic();
    edge.process().assert_no_panic();
}

#[tokio::test]
async fn killed_at_random_moments_with_the_embedded_broker() {
    let mut dice = dice();
    let folder = tempfile::tempdir().unwrap();
    let mut central = Central::start(None, "").await;
    let code = central.enrol(SITE, AGENT);
    let mut edge = PaperEdge::new(folder.path(), central.broker(), (SITE, AGENT), &code);
    edge.restart(0, RATE);
    let api = central.admin().await;
    wait_for("the first event", s(60), async || api.agent(SITE, AGENT).await).await;
    for _ in 0..kills() / 2 {
        tokio::time::sleep(Duration::from_millis(100) + moment(&mut dice, 1500)).await;
        if dice.random_bool(0.5) {
            edge.kill();
            tokio::time::sleep(moment(&mut dice, 500)).await;
            edge.restart(0, RATE);
        } else {
            central.kill();
            tokio::time::sleep(moment(&mut dice, 1000)).await;
            central.restart();
        }
    }
    edge.kill();
    edge.restart(0, 0.0);
    central.ready().await;
    prove(&api, &edge).await;
    central.process().assert_no_panic();
    edge.process().assert_no_panic();
}

#[tokio::test]
async fn live_events_overtake_a_backlog() {
    let backlog = 2000;
    let folder = tempfile::tempdir().unwrap();
    let central = Central::start(None, "").await;
    let code = central.enrol(SITE, AGENT);
    let mut edge = PaperEdge::new(folder.path(), central.broker(), (SITE, AGENT), &code);
    edge.restart(backlog, RATE);
    let api = central.admin().await;
    // The first number after the backlog is live. How much of the backlog is still to come when it is there?
    wait_for("the first live event", s(90), async || {
        let page = api.try_get(&format!("/passages?site={SITE}&limit=10")).await?;
        page["items"].as_array()?.iter().any(|item| item["seq"].as_u64() > Some(backlog)).then_some(())
    })
    .await;
    edge.kill();
    edge.restart(0, 0.0);
    prove(&api, &edge).await;
    let committed = Committed::read(&api, SITE, AGENT).await;
    let place = |seq: &u64| committed.passages[seq]["feed_id"].as_u64().unwrap_or(0);
    let live = committed.passages.keys().find(|seq| **seq > backlog).expect("a live event");
    let overtaken =
        committed.passages.keys().filter(|seq| **seq <= backlog && place(seq) > place(live)).count();
    assert!(overtaken > 200, "only {overtaken} of {backlog} waiting events were overtaken by a live one");
    for camera in ["cong-2", "cong-3"] {
        let own = |seq: &&u64| **seq <= backlog && committed.passages[*seq]["camera"] == camera;
        let places: Vec<u64> = committed.passages.keys().filter(own).map(place).collect();
        assert!(places.is_sorted(), "the backlog of camera {camera} was committed out of order");
    }
}

#[tokio::test]
async fn the_whole_agent_is_killed_while_it_watches_a_gate() {
    let gate = repository().join("tests/clips/gate.h264");
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip::prepare(&gate, folder.path(), &mut |_| {}).unwrap();
    let cameras = CameraServer::on_free_port(vec![Mount::new("cong-2", Scene::Clip(clip))], None).unwrap();
    let mut central = Central::start(None, "").await;
    let code = central.enrol(SITE, "edge-1");
    let camera = ("cong-2", cameras.url("cong-2"), format!("analysis_fps = 6.0\n{GATE_LINE}"));
    let config = EdgeConfig {
        site: SITE,
        agent: "edge-1",
        broker: central.broker(),
        code: &code,
        cameras: vec![camera],
    };
    let mut edge = Edge::start(folder.path(), &config);
    let api = central.admin().await;
    for round in 1..=3_u64 {
        wait_for(&format!("{round} passages"), s(120), async || {
            let page = api.try_get(&format!("/passages?site={SITE}&limit=200")).await?;
            (page["items"].as_array()?.len() as u64 >= round).then_some(())
        })
        .await;
        edge.kill();
        if round == 2 {
            central.kill();
        }
        edge.restart();
        if round == 2 {
            // Long enough for the agent to come up without it.
            tokio::time::sleep(s(3)).await;
            central.restart();
        }
    }
    wait_for("the agent is back", s(60), async || {
        let row = api.agent(SITE, "edge-1").await?;
        (row["state"] == "online").then_some(())
    })
    .await;
    drained(&api, "edge-1", 4).await;
    let committed = Committed::read(&api, SITE, "edge-1").await;
    assert!(committed.passages.len() >= 3);
    committed.assert_ordered();
    committed.assert_chain(&api).await;
    central.process().assert_no_panic();
    edge.process().assert_no_panic();
}
