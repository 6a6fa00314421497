//! What a long outage costs a small machine. The only test of this file, so that the process's peak memory is its own.

use edge_agent::outbox::{Bounds, Draft, Outbox, Picture};
use uuid::Uuid;
use wire::payload::{Direction, NoReading, TrackRef, Vehicle};
use wire::*;

/// Violations that wait.
const CLIPS: u64 = 40;
/// A clip of ten seconds at five megabits per second.
const CLIP_BYTES: usize = 6 << 20;
/// The scene's picture, of which a violation has two.
const SCENE_BYTES: usize = 76_000;
/// Vehicle, plate and overlay.
const SMALL_BYTES: [usize; 3] = [9_000, 1_000, 9_000];
/// Memory that all of it may cost: far below the clips' 240 MiB, far above one clip with its copies.
const MOST_MEMORY: u64 = 100 << 20;
/// Bytes that may be written for each byte that waits.
const MOST_WRITTEN: f64 = 1.5;

/// A number of `/proc/self`, in its file's own unit.
fn of_this_process(file: &str, word: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/self/{file}")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(word)).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn peak_bytes() -> u64 {
    of_this_process("status", "VmHWM:") * 1024
}

fn written_bytes() -> u64 {
    of_this_process("io", "write_bytes:")
}

/// Bytes like no others.
fn content(number: u64, length: usize) -> Vec<u8> {
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let mut bytes: Vec<u8> = (0..length.div_ceil(8)).flat_map(|_| next()).collect();
    bytes.truncate(length);
    bytes
}

fn draft(number: u64) -> Draft {
    let at = jiff::Timestamp::UNIX_EPOCH;
    let name = |text: &str| Name::new(text).unwrap();
    let payload = Payload::Vehicle(Vehicle {
        rule: name("l"),
        direction: Direction::In,
        class: "car".into(),
        class_score: 0.9,
        bbox: [0, 0, 10, 10],
        picture: [20, 20],
        reading: None,
        no_reading: Some(NoReading::NoPlateFound),
        plate_finding: None,
        track: TrackRef { id: number, frames: 2, first: at, last: at },
        signal: None,
    });
    let sizes = [CLIP_BYTES, SCENE_BYTES, SCENE_BYTES].into_iter().chain(SMALL_BYTES);
    let file = |(part, length): (u64, usize)| Picture {
        role: if part == 0 { EvidenceRole::Clip } else { EvidenceRole::Act },
        bytes: content(number * 10 + part + 1, length).into(),
        width: 20,
        height: 20,
    };
    Draft {
        id: Uuid::now_v7(),
        phase: Phase::Settled,
        camera: name("cam"),
        captured: Captured { at, uncertainty_ms: 5, source: TimeSource::Arrival },
        payload,
        pictures: (0..).zip(sizes).map(file).collect(),
        models: vec![],
    }
}

#[test]
fn clips_that_wait_cost_disk_and_not_memory() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let names = (Name::new("site").unwrap(), Name::new("edge").unwrap());
        let bounds = Bounds { events: 1000, bytes: 1 << 30 };
        Outbox::open(folder.path(), bounds, 0, names, DeviceKey::from_seed(&[3; 32])).unwrap()
    };
    let outbox = open();
    outbox.append(vec![draft(0)]).unwrap();
    let (memory, written) = (peak_bytes(), written_bytes());
    for number in 1..=CLIPS {
        outbox.append(vec![draft(number)]).unwrap();
    }
    let waiting = outbox.health().bytes;
    let (more, written) = (peak_bytes() - memory, written_bytes() - written);
    assert_eq!(outbox.health().events, CLIPS + 1);
    drop(outbox);
    let reopened = open();
    assert_eq!(reopened.health().bytes, waiting);
    let more_reopened = peak_bytes() - memory;
    println!(
        "{CLIPS} violations, {} MiB waiting: {} MiB more memory, {} MiB with a restart; {} MiB written",
        waiting >> 20,
        more >> 20,
        more_reopened >> 20,
        written >> 20
    );
    assert!(more_reopened < MOST_MEMORY, "{} MiB more", more_reopened >> 20);
    // A disk in memory counts nothing.
    assert!(written as f64 <= waiting as f64 * MOST_WRITTEN, "{written} bytes written for {waiting}");
}
