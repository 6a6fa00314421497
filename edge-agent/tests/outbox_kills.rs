//! Killed at any moment, an outbox has every file that its events name, and no other.
//!
//! `VG_KILLS` sets how many kills (default 12), `VG_SEED` when; the seed is printed.

#[path = "support/outbox_events.rs"]
#[allow(dead_code, reason = "shared with the other tests of the outbox")]
mod events;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use edge_agent::outbox::Bounds;
use events::{captured, open, picture, receipt, vehicle};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use uuid::Uuid;
use wire::ReceiptResult;

const FOLDER: &str = "VG_OUTBOX_KILLS_FOLDER";
/// Small enough that events are evicted all the time.
const BOUNDS: Bounds = Bounds { events: 100, bytes: 4 << 20 };

/// There as soon as the program has appended something.
fn begun(folder: &Path) -> PathBuf {
    folder.join("begun")
}

/// The program under test: appends, evicts and frees events whose files are partly the same, until it is killed.
#[test]
#[ignore = "started by the test below, as a program of its own"]
fn writes_and_frees_until_it_is_killed() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let outbox = open(Path::new(&folder), BOUNDS);
    let mut dice = StdRng::seed_from_u64(u64::from(std::process::id()));
    loop {
        let file = |dice: &mut StdRng| vec![dice.random_range(0..12_u8); dice.random_range(1..8) * 60_000];
        let batch = (0..dice.random_range(1..4)).map(|_| {
            let mut event = vehicle(&file(&mut dice));
            event.pictures.push(picture(&file(&mut dice)));
            event
        });
        outbox.append(batch.collect()).unwrap();
        std::fs::write(begun(Path::new(&folder)), b"").unwrap();
        if dice.random_bool(0.5) {
            for seq in outbox.waiting_from(0, 2) {
                outbox.receipted(&[receipt(&outbox, seq, ReceiptResult::Committed)]).unwrap();
            }
        }
    }
}

#[test]
fn after_any_number_of_kills_every_waiting_event_has_its_files_and_no_file_is_left_over() {
    let kills: u32 = std::env::var("VG_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(12);
    let seed = std::env::var("VG_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or_else(rand::random);
    println!("VG_SEED={seed}");
    let mut dice = StdRng::seed_from_u64(seed);
    let folder = tempfile::tempdir().unwrap();
    let mut next = 1;
    for kill in 0..kills {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writes_and_frees_until_it_is_killed", "--ignored", "--test-threads=1"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !begun(folder.path()).exists() && writer.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(10));
        }
        std::thread::sleep(Duration::from_millis(dice.random_range(0..500)));
        assert!(writer.try_wait().unwrap().is_none(), "kill {kill}: the writer ended by itself");
        writer.kill().unwrap();
        std::fs::remove_file(begun(folder.path())).unwrap();
        writer.wait().unwrap();
        let outbox = open(folder.path(), BOUNDS);
        assert_eq!(outbox.health().damaged, 0, "kill {kill}");
        assert!(outbox.health().next_seq >= next, "kill {kill}: numbers went back");
        next = outbox.health().next_seq;
        let mut named = BTreeSet::new();
        for seq in outbox.waiting_from(0, usize::MAX) {
            for sha256 in outbox.get(seq).unwrap().expect("it waits").evidence {
                assert!(outbox.picture(&sha256).unwrap().is_some(), "kill {kill}: number {seq} lacks a file");
                named.insert(sha256.to_string());
            }
        }
        let files = std::fs::read_dir(folder.path().join("files")).unwrap();
        let files: BTreeSet<String> =
            files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        assert_eq!(files, named, "kill {kill}");
        // Evictions are told; that a file was lost never is.
        outbox.report_losses(Uuid::now_v7(), captured()).unwrap();
    }
    println!("{next} numbers over {kills} kills");
    assert!(next > u64::from(kills), "the writer wrote each time");
}
