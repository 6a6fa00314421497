//! Promises of the outbox, on a real store in a temporary folder.

#[path = "support/outbox_events.rs"]
#[allow(dead_code, reason = "shared with the tests of its files")]
mod events;

use std::path::Path;

use edge_agent::outbox::{Bounds, Outbox};
use events::{ROOMY, captured, crossing, envelope, key, name, open, receipt, vehicle};
use uuid::Uuid;
use wire::payload::LossReason;
use wire::{Digest, Payload, ReceiptResult};

#[test]
fn numbers_and_chain_go_on_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = open(folder.path(), ROOMY);
    assert_eq!(outbox.append(vec![crossing(), crossing()]).unwrap(), [1, 2]);
    drop(outbox);
    let outbox = open(folder.path(), ROOMY);
    assert_eq!(outbox.append(vec![crossing()]).unwrap(), [3]);
    let mut prev = Digest::ZERO;
    for seq in 1..=3 {
        let (envelope, digest) = envelope(&outbox, seq);
        assert_eq!((envelope.seq, envelope.prev), (seq, prev));
        prev = digest;
    }
}

#[test]
fn only_a_receipt_for_the_very_event_frees_it_and_its_picture() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = open(folder.path(), ROOMY);
    outbox.append(vec![vehicle(b"shared"), vehicle(b"shared")]).unwrap();
    let sha256 = Digest::of(b"shared");
    let mut wrong = receipt(&outbox, 1, ReceiptResult::Committed);
    wrong.id = Uuid::now_v7();
    let missing = receipt(&outbox, 1, ReceiptResult::EvidenceMissing);
    assert!(outbox.receipted(&[wrong, missing]).unwrap().is_empty());
    assert_eq!(outbox.receipted(&[receipt(&outbox, 1, ReceiptResult::Committed)]).unwrap(), [1]);
    assert_eq!(
        outbox.picture(&sha256).unwrap().as_deref(),
        Some(&b"shared"[..]),
        "the second event still needs it"
    );
    assert_eq!(outbox.receipted(&[receipt(&outbox, 2, ReceiptResult::Duplicate)]).unwrap(), [2]);
    assert_eq!(outbox.picture(&sha256).unwrap(), None);
    assert_eq!((outbox.health().events, outbox.health().bytes), (0, 0));
}

#[test]
fn a_full_outbox_evicts_the_cheapest_counts_it_and_reports_it() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = open(folder.path(), Bounds { events: 3, bytes: 100 << 20 });
    outbox.append(vec![vehicle(b"a"), crossing(), crossing()]).unwrap();
    outbox.append(vec![vehicle(b"b"), vehicle(b"c")]).unwrap();
    assert_eq!(outbox.waiting_from(0, 10), [1, 4, 5]);
    let health = outbox.health();
    assert_eq!((health.evicted.crossing, health.evicted.vehicle), (2, 0));
    drop(outbox);

    let outbox = open(folder.path(), Bounds { events: 10, bytes: 100 << 20 });
    let seq = outbox.report_losses(Uuid::now_v7(), captured()).unwrap().unwrap();
    let (envelope, _) = envelope(&outbox, seq);
    let Payload::OutboxLoss(loss) = envelope.payload else { panic!("{envelope:?}") };
    assert_eq!((loss.reason, loss.seqs), (LossReason::Full, vec![[2, 3]]));
    assert_eq!(outbox.report_losses(Uuid::now_v7(), captured()).unwrap(), None, "reported once");
}

#[test]
fn a_cheap_event_never_pushes_out_a_dear_one_and_is_counted_itself() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = open(folder.path(), Bounds { events: 2, bytes: 100 << 20 });
    outbox.append(vec![vehicle(b"a"), vehicle(b"b")]).unwrap();
    assert_eq!(outbox.append(vec![crossing()]).unwrap(), [3]);
    assert_eq!(outbox.waiting_from(0, 10), [1, 2]);
    assert_eq!(outbox.health().evicted.crossing, 1);
}

#[test]
fn a_disk_below_its_reserve_stops_growth_but_not_the_newest_vehicles() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path(), ROOMY, u64::MAX, (name("site"), name("edge")), key()).unwrap();
    let big = vec![7; 400_000];
    for round in 0..8_u8 {
        let mut content = big.clone();
        content[0] = round;
        outbox.append(vec![vehicle(&content)]).unwrap();
    }
    let health = outbox.health();
    assert!(health.bytes <= 1 << 20, "{health:?}");
    assert!(health.evicted.vehicle >= 5, "{health:?}");
    assert_eq!(outbox.waiting_from(8, 1), [8], "the newest is kept");
}

fn damage(folder: &Path, from: usize) {
    let path = folder.join("store/db");
    let mut bytes = std::fs::read(&path).unwrap();
    let end = bytes.len();
    bytes[from.min(end)..end.min(from + 200)].fill(0xA5);
    std::fs::write(&path, bytes).unwrap();
}

#[test]
fn a_damaged_store_is_set_aside_salvaged_and_numbers_are_never_used_twice() {
    for from in [0, 30, 400, 3000, 9000, 20_000] {
        let folder = tempfile::tempdir().unwrap();
        let outbox = open(folder.path(), ROOMY);
        for _ in 0..20 {
            outbox.append(vec![vehicle(b"x"), crossing()]).unwrap();
        }
        drop(outbox);
        damage(folder.path(), from);
        // Whatever sled makes of it: never a crash, never a number twice, what is whole stays.
        let outbox = open(folder.path(), ROOMY);
        let kept = outbox.waiting_from(0, 100);
        let next = outbox.append(vec![crossing()]).unwrap()[0];
        assert!(next > 40, "damage at {from}: next is {next}");
        if kept.len() < 40 {
            assert!(outbox.report_losses(Uuid::now_v7(), captured()).unwrap().is_some(), "damage at {from}");
        }
        for seq in kept {
            assert!(outbox.get(seq).unwrap().is_some());
        }
    }
}

#[test]
fn a_store_that_sled_cannot_open_gives_its_records_back() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = open(folder.path(), ROOMY);
    outbox.append((0..30).map(|_| vehicle(b"kept")).collect()).unwrap();
    drop(outbox);
    // A folder where sled's file should be: nothing of the store opens, everything of it can still be read.
    let store = folder.path().join("store");
    std::fs::rename(store.join("db"), store.join("lost-and-found")).unwrap();
    std::fs::create_dir(store.join("db")).unwrap();
    let outbox = open(folder.path(), ROOMY);
    assert_eq!(outbox.waiting_from(0, 100).len(), 30);
    assert_eq!(outbox.picture(&Digest::of(b"kept")).unwrap().as_deref(), Some(&b"kept"[..]));
    assert_eq!(outbox.health().damaged, 1);
    assert!(folder.path().join("damaged-1").is_dir());
    assert!(outbox.append(vec![crossing()]).unwrap()[0] > 30);
}

#[test]
fn a_deleted_store_starts_after_every_number_it_may_have_used() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = open(folder.path(), ROOMY);
    outbox.append(vec![crossing()]).unwrap();
    drop(outbox);
    std::fs::remove_dir_all(folder.path().join("store")).unwrap();
    let outbox = open(folder.path(), ROOMY);
    assert!(outbox.append(vec![crossing()]).unwrap()[0] > 1);
}

#[test]
fn a_recovery_that_was_cut_short_is_finished_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = open(folder.path(), ROOMY);
    outbox.append((0..30).map(|_| vehicle(b"kept")).collect()).unwrap();
    drop(outbox);
    // As after a kill between setting the store aside and taking it over, with a half-made new store.
    std::fs::write(folder.path().join("salvaging"), "damaged-1").unwrap();
    std::fs::rename(folder.path().join("store"), folder.path().join("damaged-1")).unwrap();
    std::fs::create_dir(folder.path().join("store")).unwrap();
    std::fs::write(folder.path().join("store/db"), b"half").unwrap();
    let outbox = open(folder.path(), ROOMY);
    assert_eq!(outbox.waiting_from(0, 100).len(), 30);
    assert_eq!(outbox.picture(&Digest::of(b"kept")).unwrap().as_deref(), Some(&b"kept"[..]));
    assert!(!folder.path().join("salvaging").exists());
}

#[test]
fn a_second_damage_does_not_meet_the_first_one_s_folder() {
    let folder = tempfile::tempdir().unwrap();
    for round in 1..=3 {
        let outbox = open(folder.path(), ROOMY);
        outbox.append(vec![crossing()]).unwrap();
        drop(outbox);
        std::fs::remove_file(folder.path().join("store/db")).unwrap();
        drop(open(folder.path(), ROOMY));
        assert!(folder.path().join(format!("damaged-{round}")).is_dir());
    }
}

#[test]
fn a_damaged_reservation_does_not_stop_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = open(folder.path(), ROOMY);
    outbox.append(vec![crossing()]).unwrap();
    drop(outbox);
    std::fs::write(folder.path().join("sequence"), b"\xff\xfe").unwrap();
    std::fs::write(folder.path().join("sequence"), b"nonsense").unwrap();
    let outbox = open(folder.path(), ROOMY);
    assert_eq!(outbox.append(vec![crossing()]).unwrap(), [2]);
}
