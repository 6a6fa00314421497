//! How fast the outbox takes events with durability on: one line of JSON per way of using it.
//!
//! `cargo run -p edge-agent --example outbox_throughput -- FOLDER` — FOLDER must lie on the disk to be measured (a RAM
//! disk says nothing). `tests/bench/run.sh` runs it beside SQLite; see `tests/bench/RESULTS.md`.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::Parser;
use edge_agent::outbox::{Bounds, Draft, Outbox, Picture};
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;
use uuid::Uuid;
use wire::payload::{Direction, NoReading, TrackRef, Vehicle};
use wire::{Captured, DeviceKey, EvidenceRole, Name, Payload, Phase, Receipt, ReceiptResult, TimeSource};

/// Size of an event's sealed message, bytes.
const MESSAGE_BYTES: usize = 1024;
/// Size of a picture, bytes.
const PICTURE_BYTES: usize = 100_000;

#[derive(Parser)]
struct Args {
    /// Folder to write in; each way of use gets a fresh one inside.
    folder: PathBuf,
    /// Seconds per way of use.
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
    /// Only this way of use.
    #[arg(long)]
    only: Option<String>,
    /// So many appends instead of so many seconds: for counting system calls.
    #[arg(long)]
    appends: Option<u64>,
}

/// A way of using the outbox.
struct Way {
    name: &'static str,
    batch: usize,
    picture: bool,
    /// `fdatasync` on sled's file after each append.
    sync: bool,
    /// Each batch is receipted at once, as on a good network.
    receipt: bool,
}

const WAYS: [Way; 6] = [
    Way { name: "event", batch: 1, picture: false, sync: false, receipt: false },
    Way { name: "event+fdatasync", batch: 1, picture: false, sync: true, receipt: false },
    Way { name: "batch", batch: 32, picture: false, sync: false, receipt: false },
    Way { name: "batch+fdatasync", batch: 32, picture: false, sync: true, receipt: false },
    Way { name: "picture", batch: 1, picture: true, sync: false, receipt: false },
    Way { name: "picture+receipt", batch: 1, picture: true, sync: false, receipt: true },
];

#[derive(Serialize)]
struct Outcome {
    name: &'static str,
    events: u64,
    appends: u64,
    message_bytes: usize,
    picture_bytes: usize,
    seconds: f64,
    cpu_seconds: f64,
    disk_bytes: u64,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    for way in WAYS.iter().filter(|way| args.only.as_ref().is_none_or(|only| only == way.name)) {
        let folder = tempfile::tempdir_in(&args.folder)
            .with_context(|| format!("cannot write in {}", args.folder.display()))?;
        println!("{}", serde_json::to_string(&measure(way, &args, folder.path())?)?);
    }
    Ok(())
}

fn measure(way: &Way, args: &Args, folder: &Path) -> anyhow::Result<Outcome> {
    let bounds = Bounds { events: u64::MAX, bytes: u64::MAX };
    let names = (Name::new("bench")?, Name::new("bench")?);
    let outbox = Outbox::open(folder, bounds, 0, names, DeviceKey::from_seed(&[3; 32]))?;
    let file = File::open(folder.join("store/db")).context("sled keeps its data elsewhere now")?;
    let pad = padding(&outbox)?;
    let jpeg: Vec<u8> =
        (0..PICTURE_BYTES as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let pictures = |number: u64| if way.picture { vec![picture(&jpeg, number)] } else { vec![] };
    let (mut appends, mut events) = (0, 0u64);
    let (began, cpu, disk) = (Instant::now(), process_cpu(), written());
    while args.appends.map_or(began.elapsed().as_secs_f64() < args.seconds, |most| appends < most) {
        let drafts: Vec<Draft> = (0..way.batch as u64).map(|i| draft(&pad, pictures(events + i))).collect();
        let ids: Vec<Uuid> = drafts.iter().map(|draft| draft.id).collect();
        let seqs = outbox.append(drafts)?;
        if way.sync {
            file.sync_data()?;
        }
        if way.receipt {
            let freed = outbox.receipted(&receipts(&ids, &seqs))?;
            ensure!(freed.len() == seqs.len(), "{} of {} events freed", freed.len(), seqs.len());
        }
        appends += 1;
        events += seqs.len() as u64;
    }
    let (seconds, cpu_seconds) = (began.elapsed().as_secs_f64(), (process_cpu() - cpu).as_secs_f64());
    let disk_bytes = written() - disk;
    let last = outbox.health().next_seq - 1;
    ensure!(last > events, "numbers up to {last}, {events} events");
    ensure!(way.receipt || outbox.get(last)?.is_some(), "event {last} is not there");
    let picture_bytes = if way.picture { PICTURE_BYTES } else { 0 };
    let message_bytes = MESSAGE_BYTES;
    Ok(Outcome {
        name: way.name,
        events,
        appends,
        message_bytes,
        picture_bytes,
        seconds,
        cpu_seconds,
        disk_bytes,
    })
}

/// Text that makes a sealed message [`MESSAGE_BYTES`] long; found with one trial event.
fn padding(outbox: &Outbox) -> anyhow::Result<String> {
    let seq = *outbox.append(vec![draft("", vec![])])?.first().context("nothing appended")?;
    let length = outbox.get(seq)?.context("event not found")?.message.len();
    let missing =
        MESSAGE_BYTES.checked_sub(length).context("an event without padding is too long already")?;
    Ok("x".repeat(missing))
}

fn draft(pad: &str, pictures: Vec<Picture>) -> Draft {
    let at = jiff::Timestamp::UNIX_EPOCH;
    let id = Uuid::now_v7();
    let name = |text: &str| Name::new(text).expect("a constant that fits");
    let payload = Payload::Vehicle(Vehicle {
        rule: name("gate"),
        direction: Direction::In,
        class: format!("car{pad}"),
        class_score: 0.9,
        bbox: [100, 100, 300, 200],
        picture: [1280, 720],
        reading: None,
        no_reading: Some(NoReading::NoPlateFound),
        plate_finding: None,
        track: TrackRef { id: 1, frames: 20, first: at, last: at },
        signal: None,
    });
    let captured = Captured { at, uncertainty_ms: 5, source: TimeSource::Arrival };
    Draft { id, phase: Phase::Settled, camera: name("cam"), captured, payload, pictures, models: vec![] }
}

/// A picture that differs from every other: equal ones are stored once.
fn picture(jpeg: &[u8], number: u64) -> Picture {
    let mut jpeg = jpeg.to_vec();
    jpeg[..8].copy_from_slice(&number.to_le_bytes());
    Picture { role: EvidenceRole::Overview, bytes: jpeg.into(), width: 1280, height: 720 }
}

fn receipts(ids: &[Uuid], seqs: &[u64]) -> Vec<Receipt> {
    let receipt = |(&id, &seq)| Receipt {
        id,
        phase: Phase::Settled,
        seq,
        result: ReceiptResult::Committed,
        missing: vec![],
        reason: None,
    };
    ids.iter().zip(seqs).map(receipt).collect()
}

/// CPU time of all threads of this process: sled has some of its own.
fn process_cpu() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.try_into().unwrap_or(0), now.tv_nsec.try_into().unwrap_or(0))
}

/// Bytes this process has sent to the disk; 0 where the system does not say.
fn written() -> u64 {
    let text = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("write_bytes: "));
    line.and_then(|number| number.parse().ok()).unwrap_or(0)
}
