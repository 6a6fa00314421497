//! Violations with clips of megabytes wait while there is no broker; afterwards every one is in central once, in order, with its clip, and
//! neither waiting nor sending takes the memory of all clips.

use promises::support::{Api, Central, Committed, Mosquitto, PaperEdge, prove_journal, s, wait_for};
use serde_json::Value;
use wire::Digest;

const SITE: &str = "kcn-khanh-phu";
const AGENT: &str = "giay";
/// Ten seconds of a camera at five megabits per second.
const CLIP_BYTES: usize = 6 << 20;
/// Every fifth is a violation.
const BACKLOG: u64 = 60;
/// Memory that sending may take beyond what the backlog took when it was written: a clip and its copies. All clips have 72 MiB.
const MOST_MORE: u64 = 64 << 20;

async fn cases(api: &Api) -> Vec<Value> {
    let mut cases = api.all(&format!("/cases?site={SITE}")).await;
    // Numbers are given in the order of commits.
    cases.sort_by_key(|case| case["number"].as_str().unwrap_or_default().to_owned());
    cases
}

#[tokio::test]
async fn violations_with_clips_outlive_a_broker_that_is_away_and_breaks_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut broker = Mosquitto::start(folder.path()).await;
    let mut central = Central::start(Some(&broker.url()), "").await;
    let code = central.enrol(SITE, AGENT);
    let mut edge = PaperEdge::new(folder.path(), &broker.url(), (SITE, AGENT), &code);
    let api = central.admin().await;
    let police = central.account("traffic_police").await;
    edge.restart(0, 0.0);
    wait_for("the agent", s(60), async || api.agent(SITE, AGENT).await).await;
    edge.kill();
    broker.kill();

    edge.restart_with_clips(BACKLOG, 4.0, CLIP_BYTES);
    let violations = BACKLOG.div_ceil(5) as usize;
    wait_for("the backlog", s(60), async || (edge.journal().violations.len() == violations).then_some(()))
        .await;
    tokio::time::sleep(s(3)).await;
    let written = edge.process().most_memory();
    broker.restart();
    // In the middle of the clips it goes away once more.
    wait_for("some cases", s(90), async || (cases(&police).await.len() >= 3).then_some(())).await;
    let there = cases(&police).await.len();
    broker.kill();
    tokio::time::sleep(s(2)).await;
    broker.restart();
    wait_for("every violation in central", s(120), async || {
        (cases(&police).await.len() >= violations).then_some(())
    })
    .await;
    let memory = edge.process().most_memory();
    println!(
        "{there} of {violations} violations were in central when the broker broke; memory {} MiB, then {} MiB",
        written >> 20,
        memory >> 20
    );
    assert!(memory <= written + MOST_MORE, "sending took {} MiB more", (memory - written) >> 20);
    edge.kill();
    edge.restart(0, 0.0);
    wait_for("everything to be in central", s(60), async || {
        let row = api.agent(SITE, AGENT).await?;
        (row["outbox"]["events"] == 0 && row["gaps"] == 0).then_some(())
    })
    .await;

    let journal = edge.journal();
    let committed = Committed::read(&api, SITE, AGENT).await;
    prove_journal(&journal, &committed);
    committed.assert_ordered();
    let cases = cases(&police).await;
    assert_eq!(cases.len(), violations, "each once");
    let times: Vec<&str> = cases.iter().filter_map(|case| case["at"].as_str()).collect();
    assert!(times.is_sorted(), "in the order in which they happened: {times:?}");
    for (_, _, clip) in &journal.violations {
        // Without the device's papers these cases are inadmissible, and central shows their files to nobody: they are read where they lie.
        let place = format!("data/evidence/{}/{}/{clip}.mp4", &clip[..2], &clip[2..4]);
        let bytes =
            std::fs::read(central.folder().join(&place)).unwrap_or_else(|error| panic!("{place}: {error}"));
        assert_eq!(bytes.len(), CLIP_BYTES);
        assert_eq!(Digest::of(&bytes).to_string(), *clip);
    }
    let refused = api.get("/quarantine?limit=10").await;
    assert_eq!(refused["items"], Value::Array(Vec::new()), "nothing was refused");
    central.process().assert_no_panic();
    edge.process().assert_no_panic();
}

#[tokio::test]
async fn a_clip_that_the_disk_lost_is_told_and_its_violation_comes_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut broker = Mosquitto::start(folder.path()).await;
    let mut central = Central::start(Some(&broker.url()), "").await;
    let code = central.enrol(SITE, AGENT);
    let mut edge = PaperEdge::new(folder.path(), &broker.url(), (SITE, AGENT), &code);
    let api = central.admin().await;
    edge.restart(0, 0.0);
    wait_for("the agent", s(60), async || api.agent(SITE, AGENT).await).await;
    edge.kill();
    broker.kill();

    edge.restart_with_clips(15, 0.0, 1 << 20);
    wait_for("the backlog", s(60), async || (edge.journal().appended.len() >= 10).then_some(())).await;
    edge.kill();
    let journal = edge.journal();
    let clips: Vec<&String> = journal.violations.iter().map(|(_, _, clip)| clip).collect();
    let at_edge = folder.path().join("state/outbox/files");
    std::fs::remove_file(at_edge.join(clips[0])).unwrap();
    std::fs::write(at_edge.join(clips[1]), b"what a dying disk gives").unwrap();
    broker.restart();
    edge.restart(0, 0.0);
    let last = journal.appended.iter().map(|(seq, ..)| *seq).max().expect("some passages");
    wait_for("everything to be in central", s(60), async || {
        let row = api.agent(SITE, AGENT).await?;
        // What it said before the outage is still there: the number tells.
        let all = row["next_seq"].as_u64()? > last;
        (all && row["outbox"]["events"] == 0 && row["gaps"] == 0).then_some(())
    })
    .await;
    let committed = Committed::read(&api, SITE, AGENT).await;
    prove_journal(&journal, &committed);
    let at_central: Vec<bool> = clips
        .iter()
        .map(|clip| {
            let place = format!("data/evidence/{}/{}/{clip}.mp4", &clip[..2], &clip[2..4]);
            central.folder().join(place).exists()
        })
        .collect();
    assert_eq!(at_central, [false, false, true]);
    let log = edge.process().log();
    for clip in &clips[..2] {
        assert!(log.lines().any(|line| line.contains("gone or damaged") && line.contains(*clip)), "{clip}");
    }
    // With a heartbeat after the last receipt at the latest.
    wait_for("the device to be rid of them", s(30), async || {
        (std::fs::read_dir(&at_edge).ok()?.count() == 0).then_some(())
    })
    .await;
    central.process().assert_no_panic();
    edge.process().assert_no_panic();
}
