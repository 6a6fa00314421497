//! Promises of the outbox about large files, which lie beside its store: written before their event, removed after it, counted, verified,
//! swept after a crash, found again after damage, and read from stores of before.

#[path = "support/outbox_events.rs"]
#[allow(dead_code, reason = "shared with the other tests of the outbox")]
mod events;

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use edge_agent::outbox::{Bounds, Outbox};
use events::{ROOMY, captured, crossing, draft, envelope, key, name, open, picture, receipt, vehicle};
use uuid::Uuid;
use wire::payload::LossReason;
use wire::{Digest, Payload, ReceiptResult};

const MIB: usize = 1 << 20;

/// A file of `length` bytes like no other.
fn large(mark: u8, length: usize) -> Vec<u8> {
    (0..length).map(|at| mark ^ (at % 251) as u8 ^ (at >> 12) as u8).collect()
}

fn place(folder: &Path, content: &[u8]) -> PathBuf {
    folder.join("files").join(Digest::of(content).to_string())
}

/// Names in the folder of files.
fn beside(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder.join("files")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn names(contents: &[&[u8]]) -> BTreeSet<String> {
    contents.iter().map(|content| Digest::of(content).to_string()).collect()
}

fn read(outbox: &Outbox, content: &[u8]) -> Option<Vec<u8>> {
    outbox.picture(&Digest::of(content)).unwrap()
}

fn free(outbox: &Outbox, seq: u64) {
    assert_eq!(outbox.receipted(&[receipt(outbox, seq, ReceiptResult::Committed)]).unwrap(), [seq]);
    outbox.flush().unwrap();
}

/// The pictures that the next loss report tells.
fn told_lost(outbox: &Outbox) -> (LossReason, Vec<Digest>) {
    let seq = outbox.report_losses(Uuid::now_v7(), captured()).unwrap().expect("there is something to tell");
    let Payload::OutboxLoss(loss) = envelope(outbox, seq).0.payload else { panic!("no report") };
    (loss.reason, loss.pictures)
}

fn sled_of(folder: &Path) -> (sled::Db, sled::Tree) {
    let db = sled::open(folder.join("store")).unwrap();
    let tree = db.open_tree("outbox").unwrap();
    (db, tree)
}

fn value_key(content: &[u8]) -> Vec<u8> {
    [b"p", &Digest::of(content).as_bytes()[..]].concat()
}

/// Brings a closed outbox into the form of before: every file a framed value in sled, none beside it.
fn as_it_was_before(folder: &Path) {
    let (db, tree) = sled_of(folder);
    for name in beside(folder) {
        let path = folder.join("files").join(&name);
        let content = std::fs::read(&path).unwrap();
        let mut framed = b"VGpictr1".to_vec();
        framed.extend_from_slice(&(content.len() as u32).to_le_bytes());
        framed.extend_from_slice(&crc32fast::hash(&content).to_le_bytes());
        framed.extend_from_slice(&content);
        tree.insert(value_key(&content), framed).unwrap();
        std::fs::remove_file(path).unwrap();
    }
    db.flush().unwrap();
    drop((tree, db));
    std::fs::remove_dir(folder.join("files")).unwrap();
}

/// As a disk that lost the store's file: nothing opens, everything of it can still be read.
fn break_store(folder: &Path) {
    let store = folder.join("store");
    std::fs::rename(store.join("db"), store.join("lost-and-found")).unwrap();
    std::fs::create_dir(store.join("db")).unwrap();
}

#[test]
fn large_files_lie_beside_the_store_and_small_ones_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let (clip, plate) = (large(1, 3 * MIB), large(2, 1000));
    let outbox = open(folder.path(), ROOMY);
    let mut event = vehicle(&clip);
    // The same file in a second role is the same file.
    event.pictures.extend([picture(&plate), picture(&clip)]);
    outbox.append(vec![event]).unwrap();
    assert_eq!(beside(folder.path()), names(&[&clip]));
    let path = place(folder.path(), &clip);
    assert_eq!(std::fs::read(&path).unwrap(), clip, "the very bytes that will be sent");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(outbox.get(1).unwrap().unwrap().evidence, [Digest::of(&clip), Digest::of(&plate)]);
    assert_eq!(
        (read(&outbox, &clip).as_deref(), read(&outbox, &plate).as_deref()),
        (Some(&clip[..]), Some(&plate[..]))
    );
    let bytes = outbox.health().bytes;
    assert!(bytes > clip.len() as u64 && outbox.bytes_of(1) == bytes, "{bytes}");
    drop(outbox);
    let (db, tree) = sled_of(folder.path());
    assert_eq!(tree.get(value_key(&clip)).unwrap(), None);
    assert!(tree.get(value_key(&plate)).unwrap().is_some());
    drop((tree, db));
    let outbox = open(folder.path(), ROOMY);
    assert_eq!(outbox.health().bytes, bytes, "counted alike after a restart");
    free(&outbox, 1);
    assert!(beside(folder.path()).is_empty());
    assert_eq!((read(&outbox, &clip), outbox.health().bytes), (None, 0));
}

#[test]
fn a_file_that_several_events_name_stays_until_the_last_of_them_leaves() {
    let folder = tempfile::tempdir().unwrap();
    let shared = large(1, MIB);
    let outbox = open(folder.path(), ROOMY);
    outbox.append(vec![vehicle(&shared), vehicle(&shared)]).unwrap();
    outbox.append(vec![vehicle(&shared)]).unwrap();
    free(&outbox, 1);
    drop(outbox);
    let outbox = open(folder.path(), ROOMY);
    assert_eq!(read(&outbox, &shared).as_deref(), Some(&shared[..]));
    free(&outbox, 3);
    assert_eq!(beside(folder.path()), names(&[&shared]));
    // The last one leaves, and at once another comes.
    free(&outbox, 2);
    assert!(beside(folder.path()).is_empty());
    outbox.append(vec![vehicle(&shared)]).unwrap();
    assert_eq!(read(&outbox, &shared).as_deref(), Some(&shared[..]));
}

#[test]
fn files_leave_after_a_flush_and_a_flush_comes_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = open(folder.path(), ROOMY);
    let files: Vec<Vec<u8>> = (0..40).map(|mark| large(mark, 20_000)).collect();
    outbox.append(files.iter().map(|file| vehicle(file)).collect()).unwrap();
    for seq in 1..=2 {
        outbox.receipted(&[receipt(&outbox, seq, ReceiptResult::Committed)]).unwrap();
    }
    assert_eq!(beside(folder.path()).len(), 40, "a power cut now would bring both events back");
    assert_eq!(read(&outbox, &files[0]), None);
    // One of the two comes again just now.
    outbox.append(vec![vehicle(&files[0])]).unwrap();
    let mut left = names(&[&files[0]]);
    left.extend(files[2..].iter().map(|file| Digest::of(file).to_string()));
    assert_eq!(beside(folder.path()), left);
    for seq in 3..=40 {
        outbox.receipted(&[receipt(&outbox, seq, ReceiptResult::Committed)]).unwrap();
    }
    assert!(beside(folder.path()).len() < 20, "a long row of receipts frees disk on the way");
    outbox.flush().unwrap();
    assert_eq!(beside(folder.path()), names(&[&files[0]]));
}

#[test]
fn an_eviction_frees_the_file_and_the_bound_counts_it() {
    let folder = tempfile::tempdir().unwrap();
    let bounds = Bounds { events: 1000, bytes: 5 * MIB as u64 };
    let outbox = open(folder.path(), bounds);
    let files: Vec<Vec<u8>> = (1..=8).map(|mark| large(mark, MIB)).collect();
    for file in &files {
        outbox.append(vec![vehicle(file)]).unwrap();
    }
    let health = outbox.health();
    assert!(health.bytes <= bounds.bytes, "{health:?}");
    assert_eq!(health.evicted.vehicle, 4, "{health:?}");
    let kept: Vec<&[u8]> = files[4..].iter().map(Vec::as_slice).collect();
    assert_eq!(beside(folder.path()), names(&kept));
    // One batch in which a file comes, is pushed out, and comes again with another event.
    let again: Vec<_> = [1, 2, 3, 4, 5, 1].into_iter().map(|mark| vehicle(&large(mark, MIB))).collect();
    outbox.append(again).unwrap();
    let waiting = outbox.waiting_from(0, 100);
    assert_eq!(waiting, [11, 12, 13, 14]);
    assert_eq!(beside(folder.path()), names(&[&files[0], &files[2], &files[3], &files[4]]));
    assert_eq!(read(&outbox, &files[0]).as_deref(), Some(&files[0][..]));
}

#[test]
fn an_event_that_is_given_up_at_once_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = open(folder.path(), Bounds { events: 1000, bytes: MIB as u64 });
    assert_eq!(outbox.append(vec![vehicle(&large(1, 2 * MIB)), crossing()]).unwrap(), [1, 2]);
    assert_eq!(outbox.waiting_from(0, 10), [2]);
    assert_eq!(outbox.health().evicted.vehicle, 1);
    assert!(beside(folder.path()).is_empty());
}

#[test]
fn below_the_reserve_of_free_disk_large_files_take_the_place_of_older_ones() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path(), ROOMY, u64::MAX, (name("site"), name("edge")), key()).unwrap();
    for mark in 0..6 {
        outbox.append(vec![vehicle(&large(mark, 400_000))]).unwrap();
    }
    assert!(outbox.health().bytes <= MIB as u64, "{:?}", outbox.health());
    let files = std::fs::read_dir(folder.path().join("files")).unwrap();
    let on_disk: u64 = files.map(|file| file.unwrap().metadata().unwrap().len()).sum();
    assert!(on_disk <= MIB as u64, "{on_disk}");
    assert_eq!(outbox.waiting_from(6, 1), [6], "the newest is kept");
}

#[test]
fn what_a_crash_between_two_steps_leaves_is_swept_at_the_next_start_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (needed, orphan, half) = (large(1, MIB), large(2, MIB), large(3, MIB));
    let outbox = open(folder.path(), ROOMY);
    outbox.append(vec![vehicle(&needed), vehicle(&orphan)]).unwrap();
    free(&outbox, 2);
    drop(outbox);
    // Renamed, but the batch never came; or the batch of the receipt came, but the removal did not.
    std::fs::write(place(folder.path(), &orphan), &orphan).unwrap();
    // Cut off while it was written; also of one that is needed, which was being written once more.
    std::fs::write(place(folder.path(), &half).with_extension("partial"), &half[..1000]).unwrap();
    std::fs::write(place(folder.path(), &needed).with_extension("partial"), b"").unwrap();
    // Not the outbox's.
    std::fs::write(folder.path().join("files/README"), b"a note").unwrap();
    let outbox = open(folder.path(), ROOMY);
    let mut left = names(&[&needed]);
    left.insert("README".to_owned());
    assert_eq!(beside(folder.path()), left);
    assert_eq!(read(&outbox, &needed).as_deref(), Some(&needed[..]));
    assert_eq!(outbox.report_losses(Uuid::now_v7(), captured()).unwrap(), None, "nothing was lost");
}

#[test]
fn a_disk_that_refuses_a_file_keeps_nothing_of_the_append_and_the_next_one_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let (first, good, bad) = (large(1, MIB), large(2, MIB), large(3, MIB));
    let outbox = open(folder.path(), ROOMY);
    outbox.append(vec![vehicle(&first)]).unwrap();
    let before = outbox.health();
    // Where the file would be written is a folder with something in it.
    let wall = place(folder.path(), &bad).with_extension("partial");
    std::fs::create_dir_all(wall.join("in the way")).unwrap();
    let event = vehicle(&good);
    let mut second = vehicle(&bad);
    second.pictures.push(picture(&good));
    let error = outbox.append(vec![event.clone(), crossing(), second.clone()]).unwrap_err().to_string();
    assert!(error.contains("free some disk space or check the disk"), "{error}");
    assert_eq!(outbox.health(), before);
    assert!(!place(folder.path(), &good).exists(), "the first file went again");
    assert_eq!(read(&outbox, &first).as_deref(), Some(&first[..]), "what waited is still sent");
    std::fs::remove_dir_all(&wall).unwrap();
    assert_eq!(outbox.append(vec![event, crossing(), second]).unwrap(), [2, 3, 4]);
    for file in [&first, &good, &bad] {
        assert_eq!(read(&outbox, file).as_ref(), Some(file));
    }
}

/// For example `mount -t tmpfs -o size=12m tmpfs FOLDER`.
#[test]
#[ignore = "needs a small disk of its own: VG_SMALL_DISK names a folder on it"]
fn a_disk_that_is_really_full_refuses_and_what_waits_can_still_be_sent_and_makes_room() {
    let Ok(disk) = std::env::var("VG_SMALL_DISK") else { return };
    let folder = tempfile::tempdir_in(&disk).unwrap();
    let outbox = open(folder.path(), ROOMY);
    let mut taken: Vec<Vec<u8>> = Vec::new();
    let error = loop {
        let file = large(taken.len() as u8, MIB);
        match outbox.append(vec![vehicle(&file)]) {
            Ok(_) => taken.push(file),
            Err(error) => break error.to_string(),
        }
        assert!(taken.len() < 100, "that is no small disk");
    };
    assert!(error.contains("No space left") && error.contains("free some disk space"), "{error}");
    let names: BTreeSet<String> = taken.iter().map(|file| Digest::of(file).to_string()).collect();
    assert!(beside(folder.path()).is_subset(&names), "nothing half-written stays");
    for (file, seq) in taken.iter().zip(1..) {
        assert_eq!(read(&outbox, file).as_ref(), Some(file), "number {seq}");
    }
    for seq in 1..=taken.len() as u64 {
        free(&outbox, seq);
    }
    assert!(beside(folder.path()).is_empty());
    for file in &taken {
        outbox.append(vec![vehicle(file)]).unwrap();
    }
    assert_eq!(outbox.report_losses(Uuid::now_v7(), captured()).unwrap(), None);
}

#[test]
fn a_damaged_or_missing_file_is_told_as_lost_and_its_event_goes_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<Vec<u8>> = (1..=5).map(|mark| large(mark, MIB)).collect();
    let outbox = open(folder.path(), ROOMY);
    outbox.append(files.iter().map(|file| vehicle(file)).collect()).unwrap();
    let whole = outbox.health().bytes;
    let at = |index: usize| place(folder.path(), &files[index]);
    std::fs::remove_file(at(0)).unwrap();
    std::fs::write(at(1), &files[1][..MIB / 2]).unwrap();
    let mut flipped = files[2].clone();
    flipped[MIB / 2] ^= 1;
    std::fs::write(at(2), &flipped).unwrap();
    // Longer than any file may be: not read at all.
    std::fs::File::options().write(true).open(at(3)).unwrap().set_len(1 << 40).unwrap();
    let lost: Vec<Digest> = files[..4].iter().map(|file| Digest::of(file)).collect();
    let check = |outbox: &Outbox| {
        for (sha256, seq) in lost.iter().zip(1..) {
            assert_eq!(outbox.picture(sha256).unwrap(), None, "{seq}");
            assert!(outbox.get(seq).unwrap().is_some(), "its event is still there");
        }
        assert_eq!(read(outbox, &files[4]).as_ref(), Some(&files[4]));
    };
    check(&outbox);
    drop(outbox);
    std::fs::File::options().write(true).open(at(3)).unwrap().set_len(0).unwrap();
    let outbox = open(folder.path(), ROOMY);
    check(&outbox);
    assert!(outbox.health().bytes < whole, "what is gone takes no room");
    lost.iter().for_each(|sha256| outbox.picture_lost(*sha256));
    assert_eq!(told_lost(&outbox), (LossReason::Damaged, lost));
    for seq in 1..=5 {
        free(&outbox, seq);
    }
    assert!(beside(folder.path()).is_empty());
}

#[test]
fn a_damaged_file_is_healed_by_the_next_event_that_brings_it() {
    let folder = tempfile::tempdir().unwrap();
    let shared = large(1, MIB);
    let outbox = open(folder.path(), ROOMY);
    outbox.append(vec![vehicle(&shared)]).unwrap();
    std::fs::write(place(folder.path(), &shared), b"nonsense").unwrap();
    assert_eq!(read(&outbox, &shared), None);
    outbox.append(vec![vehicle(&shared)]).unwrap();
    assert_eq!(read(&outbox, &shared).as_ref(), Some(&shared));
}

#[test]
fn a_salvaged_store_keeps_the_files_of_its_events_and_sets_the_others_aside() {
    let folder = tempfile::tempdir().unwrap();
    let (needed, unread) = (large(1, MIB), large(2, MIB));
    let outbox = open(folder.path(), ROOMY);
    outbox.append(vec![vehicle(&needed), vehicle(b"small")]).unwrap();
    drop(outbox);
    break_store(folder.path());
    // Of an event that could not be read.
    std::fs::write(place(folder.path(), &unread), &unread).unwrap();
    let outbox = open(folder.path(), ROOMY);
    assert_eq!(outbox.waiting_from(0, 100).len(), 2);
    assert_eq!(read(&outbox, &needed).as_ref(), Some(&needed));
    assert_eq!(read(&outbox, b"small").as_deref(), Some(&b"small"[..]));
    assert!(outbox.health().bytes > needed.len() as u64);
    assert_eq!(beside(folder.path()), names(&[&needed]));
    let aside = folder.path().join("damaged-1/files").join(Digest::of(&unread).to_string());
    assert_eq!(std::fs::read(aside).unwrap(), unread, "a person may still need it");
    free(&outbox, 1);
    assert!(beside(folder.path()).is_empty(), "counted once, so it goes with its one event");
}

#[test]
fn a_deleted_store_does_not_delete_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let clip = large(1, MIB);
    let outbox = open(folder.path(), ROOMY);
    outbox.append(vec![vehicle(&clip)]).unwrap();
    drop(outbox);
    std::fs::remove_dir_all(folder.path().join("store")).unwrap();
    let outbox = open(folder.path(), ROOMY);
    assert!(outbox.append(vec![crossing()]).unwrap()[0] > 1);
    let aside = folder.path().join("damaged-1/files").join(Digest::of(&clip).to_string());
    assert_eq!(std::fs::read(aside).unwrap(), clip);
}

#[test]
fn a_recovery_that_was_cut_short_still_finds_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let (clip, unread) = (large(1, MIB), large(2, MIB));
    let outbox = open(folder.path(), ROOMY);
    outbox.append(vec![vehicle(&clip), vehicle(&clip)]).unwrap();
    drop(outbox);
    let (store, aside) = (folder.path().join("store"), folder.path().join("damaged-1"));
    // As after a kill when everything was taken over and the marker still stood: the new store is whole already.
    std::fs::create_dir_all(aside.join("files")).unwrap();
    for entry in std::fs::read_dir(&store).unwrap().map(Result::unwrap).filter(|e| e.path().is_file()) {
        std::fs::copy(entry.path(), aside.join(entry.file_name())).unwrap();
    }
    std::fs::write(aside.join("files").join(Digest::of(&unread).to_string()), &unread).unwrap();
    std::fs::write(folder.path().join("salvaging"), "damaged-1").unwrap();
    let outbox = open(folder.path(), ROOMY);
    assert!(!folder.path().join("salvaging").exists());
    assert_eq!(outbox.waiting_from(0, 100), [1, 2]);
    assert_eq!(read(&outbox, &clip).as_ref(), Some(&clip));
    free(&outbox, 1);
    free(&outbox, 2);
    assert!(beside(folder.path()).is_empty(), "each event counts once");
    assert_eq!(outbox.health().bytes, 0);
}

#[test]
fn a_store_of_before_is_read_and_drained_and_grows_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let (clip, scene, new) = (large(1, 6 * MIB), large(2, 80_000), large(3, MIB));
    let outbox = open(folder.path(), ROOMY);
    outbox.append(vec![vehicle(&clip), vehicle(&scene), vehicle(&clip)]).unwrap();
    drop(outbox);
    as_it_was_before(folder.path());
    let outbox = open(folder.path(), ROOMY);
    assert_eq!(outbox.waiting_from(0, 100), [1, 2, 3]);
    assert!(outbox.health().bytes > (2 * clip.len() + scene.len()) as u64, "{:?}", outbox.health());
    assert_eq!(read(&outbox, &clip).as_ref(), Some(&clip));
    assert_eq!(read(&outbox, &scene).as_ref(), Some(&scene));
    // A new event with an old file, and one with a new file.
    outbox.append(vec![vehicle(&scene), vehicle(&new)]).unwrap();
    assert_eq!(beside(folder.path()), names(&[&scene, &new]));
    drop(outbox);
    let outbox = open(folder.path(), ROOMY);
    for seq in [1, 2] {
        free(&outbox, seq);
    }
    assert_eq!(read(&outbox, &clip).as_ref(), Some(&clip), "number 3 needs it");
    assert_eq!(read(&outbox, &scene).as_ref(), Some(&scene), "number 4 needs it");
    for seq in [3, 4, 5] {
        free(&outbox, seq);
    }
    assert_eq!((outbox.health().events, outbox.health().bytes), (0, 0));
    outbox.flush().unwrap();
    drop(outbox);
    assert!(beside(folder.path()).is_empty());
    let (_db, tree) = sled_of(folder.path());
    assert_eq!(tree.scan_prefix(b"p").count(), 0, "the old values left with their events");
}

#[test]
fn a_damaged_value_in_a_store_of_before_is_lost_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (clip, other) = (large(1, MIB), large(2, MIB));
    let outbox = open(folder.path(), ROOMY);
    outbox.append(vec![vehicle(&clip), vehicle(&other)]).unwrap();
    drop(outbox);
    as_it_was_before(folder.path());
    let (db, tree) = sled_of(folder.path());
    let mut framed = tree.get(value_key(&clip)).unwrap().unwrap().to_vec();
    framed[MIB / 2] ^= 1;
    tree.insert(value_key(&clip), framed).unwrap();
    db.flush().unwrap();
    drop((tree, db));
    let outbox = open(folder.path(), ROOMY);
    assert_eq!(read(&outbox, &clip), None);
    assert!(outbox.get(1).unwrap().is_some());
    assert_eq!(read(&outbox, &other).as_ref(), Some(&other));
}

#[test]
fn clips_in_a_damaged_store_of_before_become_files() {
    let folder = tempfile::tempdir().unwrap();
    // The largest that there can be, and a step of the search is no multiple of it.
    let clips: Vec<Vec<u8>> = (1..=3).map(|mark| large(mark, 12 * MIB)).collect();
    let outbox = open(folder.path(), ROOMY);
    outbox.append(clips.iter().map(|clip| vehicle(clip)).collect()).unwrap();
    outbox.append(vec![vehicle(b"small")]).unwrap();
    drop(outbox);
    as_it_was_before(folder.path());
    break_store(folder.path());
    let outbox = open(folder.path(), ROOMY);
    assert_eq!(outbox.waiting_from(0, 100).len(), 4);
    assert_eq!(outbox.health().damaged, 1);
    for clip in &clips {
        assert!(read(&outbox, clip).as_ref() == Some(clip));
        assert!(place(folder.path(), clip).exists());
    }
    assert_eq!(read(&outbox, b"small").as_deref(), Some(&b"small"[..]));
}

#[test]
fn trying_again_shares_a_clip_instead_of_copying_it() {
    let event = draft(crossing().payload, vec![picture(&large(1, MIB))]);
    let again = event.clone();
    assert_eq!(event.pictures[0].bytes.as_ptr(), again.pictures[0].bytes.as_ptr());
}
