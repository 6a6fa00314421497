//! An edge agent without eyes, for the tests of outages: the real outbox and publisher, and events made from paper.
//!
//! It writes down what it is about to append and what the outbox has taken, so that a test can compare this journal with
//! central after killing everything in turn.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;
use edge_agent::health::Health;
use edge_agent::identity::Identity;
use edge_agent::outbox::{Bounds, Draft, Outbox, Picture};
use edge_agent::publish::{BrokerConfig, Publisher};
use jiff::Timestamp;
use promises::support::{clip, picture, red_light, vehicle};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wire::payload::{Crossing, Direction};
use wire::{Captured, Digest, EvidenceRole, Name, Payload, Phase, TimeSource};

/// Appends invented events to an outbox and publishes them.
#[derive(Parser)]
struct Args {
    /// State folder, as of an agent.
    #[arg(long)]
    state: PathBuf,
    /// Where to write down what was done.
    #[arg(long)]
    journal: PathBuf,
    /// Broker.
    #[arg(long)]
    broker: String,
    /// Site.
    #[arg(long)]
    site: Name,
    /// Agent.
    #[arg(long)]
    agent: Name,
    /// Enrolment code.
    #[arg(long)]
    code: String,
    /// Events to append before the publisher starts.
    #[arg(long, default_value_t = 0)]
    backlog: u64,
    /// Events a second afterwards, from the first connection on; with 0, none.
    #[arg(long, default_value_t = 0.0)]
    rate: f64,
    /// With this, every fifth event of the backlog is a violation with a clip of so many bytes.
    #[arg(long, default_value_t = 0)]
    clip_bytes: usize,
    /// Bound of the outbox.
    #[arg(long, default_value_t = 100_000)]
    max_events: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
    let args = Args::parse();
    // An error means that there is a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let identity = Identity::load_or_make(&args.state)?;
    let own = (args.site.clone(), args.agent.clone());
    let bounds = Bounds { events: args.max_events, bytes: 1 << 30 };
    let outbox =
        Arc::new(Outbox::open(&args.state.join("outbox"), bounds, 0, own.clone(), identity.device.clone())?);
    let mut journal = OpenOptions::new().create(true).append(true).open(&args.journal)?;
    for turn in 0..args.backlog {
        if args.clip_bytes > 0 && turn % 5 == 0 {
            append_violation(&outbox, &mut journal, turn, args.clip_bytes)?;
        } else {
            append(&outbox, &mut journal, turn)?;
        }
    }
    let code_file = args.state.join("code");
    std::fs::write(&code_file, &args.code)?;
    let config = BrokerConfig {
        url: args.broker.clone(),
        username: None,
        password_file: None,
        password_env: None,
        ca_file: None,
        client_cert_file: None,
        client_key_file: None,
        enrolment_code_file: Some(code_file),
        enrolment_code_env: None,
    };
    let health = Health::new(Vec::new(), outbox.clone());
    let status = Arc::new(move |presence| health.status(presence));
    let publisher = Publisher::new(config, own, identity, outbox.clone(), status);
    let mut connected = publisher.connected();
    let publishing = tokio::spawn(publisher.run(CancellationToken::new()));
    if args.rate > 0.0 {
        if args.backlog > 0 {
            connected.wait_for(|connected| *connected).await?;
        }
        // On a thread of its own, as the agent's writer is: flushing blocks.
        let pause = Duration::from_secs_f64(1.0 / args.rate);
        tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
            for turn in args.backlog.. {
                std::thread::sleep(pause);
                append(&outbox, &mut journal, turn)?;
            }
            Ok(())
        })
        .await??;
    }
    publishing.await.context("the publisher ended")
}

/// Appends one event: of eight, one crossing and seven passages of two cameras, most of them with a picture.
fn append(outbox: &Outbox, journal: &mut std::fs::File, turn: u64) -> anyhow::Result<()> {
    let id = Uuid::now_v7();
    let crossing = turn % 8 == 7;
    let camera = if turn.is_multiple_of(2) { "cong-2" } else { "cong-3" };
    let pictures =
        if turn.is_multiple_of(4) || crossing { Vec::new() } else { vec![picture(&id.to_string(), 3000)] };
    let payload = if crossing {
        let line = Name::new("loi-vao")?;
        Payload::Crossing(Crossing {
            line,
            direction: Direction::In,
            class: "person".to_owned(),
            track: turn,
        })
    } else {
        vehicle(None)
    };
    let draft = Draft {
        id,
        phase: Phase::Settled,
        camera: Name::new(camera)?,
        captured: Captured { at: Timestamp::now(), uncertainty_ms: 20, source: TimeSource::Arrival },
        payload,
        pictures: pictures
            .into_iter()
            .map(|bytes| Picture {
                role: EvidenceRole::Overview,
                bytes: bytes.into(),
                width: 1280,
                height: 720,
            })
            .collect(),
        models: Vec::new(),
    };
    // One write each, so that a kill leaves whole lines or none.
    let begun = if crossing { "crossing-begun\n".to_owned() } else { format!("begun {id}\n") };
    journal.write_all(begun.as_bytes())?;
    let seq = *outbox.append(vec![draft])?.first().context("a number")?;
    let done = if crossing { "crossing\n".to_owned() } else { format!("appended {seq} {id} {camera}\n") };
    Ok(journal.write_all(done.as_bytes())?)
}

/// Appends a violation of camera `cong-2` with a picture and a clip of `bytes`.
fn append_violation(
    outbox: &Outbox,
    journal: &mut std::fs::File,
    turn: u64,
    bytes: usize,
) -> anyhow::Result<()> {
    let id = Uuid::now_v7();
    let (shown, clip) = (picture(&id.to_string(), 200_000), clip(&id.to_string(), bytes));
    let (payload, clip_hash) = (red_light("cong-2", turn, Digest::of(&shown)), Digest::of(&clip));
    let file = |role, bytes: Vec<u8>| Picture { role, bytes: bytes.into(), width: 1280, height: 720 };
    let draft = Draft {
        id,
        phase: Phase::Settled,
        camera: Name::new("cong-2")?,
        captured: Captured { at: Timestamp::now(), uncertainty_ms: 20, source: TimeSource::Arrival },
        payload,
        pictures: vec![file(EvidenceRole::Overview, shown), file(EvidenceRole::Clip, clip)],
        models: Vec::new(),
    };
    let seq = *outbox.append(vec![draft])?.first().context("a number")?;
    Ok(journal.write_all(format!("violation {seq} {id} {clip_hash}\n").as_bytes())?)
}
