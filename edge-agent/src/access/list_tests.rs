use wire::gate::KeyKind;

use super::*;

#[path = "../../tests/support/gate_list.rs"]
#[allow(dead_code, clippy::duplicate_mod, reason = "shared with the desk's tests")]
mod gate_list;
use gate_list::{list, name, sealed};

fn key(seed: u8) -> DeviceKey {
    DeviceKey::from_seed(&[seed; 32])
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).expect("a time")
}

fn open(folder: &Path, central: Option<u8>) -> Lists {
    let central = central.map(|seed| key(seed).public());
    Lists::open(folder, (name("kcn"), name("edge-1")), key(1), central)
}

fn version(lists: &Lists) -> Option<u64> {
    lists.current().map(|in_use| in_use.index.list().version)
}

const CENTRAL: u8 = 2;

fn take(lists: &Lists, number: u64, second: i64) -> Result<Taken, ListRefused> {
    lists.take(&sealed(&list("kcn", "edge-1", number, at(second)), &key(CENTRAL)), &key(CENTRAL).public())
}

#[test]
fn a_list_is_in_use_at_once_and_again_after_a_restart_without_central() {
    let folder = tempfile::tempdir().expect("a folder");
    let lists = open(folder.path(), Some(CENTRAL));
    assert!(lists.current().is_none(), "an agent that never got one has none");
    let mut watched = lists.in_use();
    assert_eq!(take(&lists, 7, 0).expect("good"), Taken::InUse);
    assert!(watched.has_changed().expect("open"));
    assert_eq!(watched.borrow_and_update().as_ref().map(|l| l.index.list().version), Some(7));
    drop(lists);
    let again = open(folder.path(), Some(CENTRAL));
    assert_eq!(version(&again), Some(7));
    assert_eq!(again.refusals(), Refusals::default());
    let secret = AgentSecret::agree(&key(CENTRAL), &key(1).public());
    let ours = again.current().expect("in use").secret.digest(KeyKind::Card, "037090001234");
    assert_eq!(ours, secret.digest(KeyKind::Card, "037090001234"), "digests are those that central makes");
}

#[test]
fn an_older_list_is_refused_also_after_a_restart_and_the_same_one_is_no_news() {
    let folder = tempfile::tempdir().expect("a folder");
    let lists = open(folder.path(), Some(CENTRAL));
    take(&lists, 7, 100).expect("good");
    assert_eq!(take(&lists, 7, 100).expect("the same"), Taken::Unchanged);
    assert!(matches!(take(&lists, 6, 200), Err(ListRefused::Older { version: 6, in_use: 7, .. })));
    assert!(matches!(take(&lists, 7, 50), Err(ListRefused::Older { .. })), "the same version made before");
    assert_eq!(take(&lists, 7, 150).expect("made again"), Taken::InUse, "its age starts over");
    drop(lists);
    let again = open(folder.path(), Some(CENTRAL));
    assert!(take(&again, 6, 300).is_err());
    assert_eq!((version(&again), again.refusals().count), (Some(7), 1));
    assert_eq!(take(&again, 8, 20).expect("newer"), Taken::InUse);
}

#[test]
fn another_central_after_a_new_enrolment_starts_over_from_any_version() {
    let folder = tempfile::tempdir().expect("a folder");
    let lists = open(folder.path(), Some(CENTRAL));
    take(&lists, 900, 0).expect("good");
    let message = sealed(&list("kcn", "edge-1", 1, at(10)), &key(3));
    assert!(lists.take(&message, &key(CENTRAL).public()).is_err(), "not while the old one is trusted");
    assert_eq!(lists.take(&message, &key(3).public()).expect("the new central's"), Taken::InUse);
    assert_eq!(version(&lists), Some(1));
}

#[test]
fn forged_foreign_newer_dangling_and_too_large_lists_are_refused_counted_and_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let lists = open(folder.path(), Some(CENTRAL));
    take(&lists, 7, 0).expect("good");
    let central = key(CENTRAL);
    let good = list("kcn", "edge-1", 8, at(1));
    let changed = String::from_utf8(sealed(&good, &central)).expect("text").replace("35A12345", "35A12346");
    let mut newer = good.clone();
    newer.v = wire::VERSION + 1;
    let mut dangling = good.clone();
    dangling.entries[0].group = Some(name("nobody"));
    let half = sealed(&good, &central)[..200].to_vec();
    let odd = wire::seal(&central, br#"{"v":1,"site":"kcn","plate":"35A-123.45","version":"35A12345"}"#);
    let cases: [(&str, Vec<u8>, &str); 8] = [
        ("another key", sealed(&good, &key(9)), "signature does not match"),
        ("a changed plate", changed.into_bytes(), "signature does not match"),
        ("another agent", sealed(&list("kcn", "edge-2", 8, at(1)), &central), "another agent"),
        ("another site", sealed(&list("ga", "edge-1", 8, at(1)), &central), "another agent"),
        ("a newer protocol", sealed(&newer, &central), "update the agent"),
        ("a name that is not in it", sealed(&dangling, &central), "group nobody"),
        ("half a message", half, "not a sealed message"),
        ("too large", vec![b' '; MAX_LIST_BYTES + 1], "over the limit"),
    ];
    for (n, (what, message, because)) in cases.into_iter().enumerate() {
        let error = lists.take(&message, &central.public()).expect_err(what);
        assert!(error.to_string().contains(because), "{what}: {error}");
        let refusals = lists.refusals();
        assert_eq!(refusals.count, n as u64 + 1, "{what}");
        assert!(refusals.because.expect("told").contains(because), "{what}");
        assert_eq!(version(&lists), Some(7), "{what}: the one in use stays");
    }
    lists.take(&odd, &central.public()).expect_err("no list");
    let because = lists.refusals().because.expect("told");
    assert!(because.contains("not a gate list") && !because.contains("35A"), "{because}");
    assert_eq!(version(&open(folder.path(), Some(CENTRAL))), Some(7), "and on disk too");
}

#[test]
fn a_damaged_file_is_set_aside_and_central_s_list_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    take(&open(folder.path(), Some(CENTRAL)), 7, 0).expect("good");
    let path = folder.path().join(FILE);
    let mut bytes = std::fs::read(&path).expect("kept");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x20;
    std::fs::write(&path, &bytes).expect("written");
    let lists = open(folder.path(), Some(CENTRAL));
    assert_eq!((version(&lists), lists.refusals().count), (None, 1));
    assert_eq!(std::fs::read(path.with_extension("damaged")).expect("set aside"), bytes);
    assert!(!path.exists());
    take(&lists, 7, 0).expect("central's");
    assert_eq!(version(&open(folder.path(), Some(CENTRAL))), Some(7));
}

#[test]
fn the_file_is_readable_by_nobody_else() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    take(&open(folder.path(), Some(CENTRAL)), 7, 0).expect("good");
    let mode = std::fs::metadata(folder.path().join(FILE)).expect("kept").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_list_kept_by_an_agent_that_is_not_enrolled_any_more_is_not_used() {
    let folder = tempfile::tempdir().expect("a folder");
    take(&open(folder.path(), Some(CENTRAL)), 7, 0).expect("good");
    assert_eq!(version(&open(folder.path(), None)), None);
    assert!(folder.path().join(FILE).exists(), "it stays for the day the key is back");
}

#[test]
fn a_disk_that_refuses_does_not_keep_a_list_from_being_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let lists = open(&folder.path().join("not-there"), Some(CENTRAL));
    assert_eq!(take(&lists, 7, 0).expect("used"), Taken::InUse);
    assert_eq!(version(&lists), Some(7));
}
