use crate::gate::calendar::{Clock, DayKind, Holiday, Window};
use crate::gate::list::{Group, GroupKind, GuardAccount, LaneWay};
use crate::gate::policy::{Rule, Staleness, Tailgating};
use crate::gate::{GateIndex, KeyKind, ListKind};
use jiff::Timestamp;

use super::*;

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn policy() -> Policy {
    let (id, verdict) = (name("tat-ca"), Verdict::Admit);
    Policy {
        id: name("cong-nhan"),
        wanted: Wanted::Person,
        rules: vec![Rule {
            id,
            groups: vec![name("may-10")],
            lists: vec![],
            schedule: Some(name("ca-1")),
            verdict,
        }],
        unknown: Verdict::Deny,
        least_trust: None,
        least_score: 0.8,
        anti_passback: AntiPassback::Hard,
        quotas: true,
        interlock: vec![],
        tailgating: Tailgating { bodies: 1, window_s: 8 },
        staleness: Staleness { fresh_s: 900, usable_s: 86_400, when_old: Verdict::Wait },
        faces: FaceUse::Off,
        pair_s: 30,
    }
}

fn entry(id: &str, key: EntryKey) -> Entry {
    let kind = if matches!(key, EntryKey::Plate { .. }) { EntryKind::Vehicle } else { EntryKind::Person };
    Entry {
        id: id.into(),
        list: ListKind::Allow,
        kind,
        group: Some(name("may-10")),
        label: "May 10".into(),
        keys: vec![key],
        gates: vec![],
        schedule: None,
        valid_from: None,
        valid_until: None,
        uses: None,
        escort: false,
        drivers: vec![],
        stay_minutes: None,
        expected_at: None,
        people: None,
    }
}

fn card(digit: char) -> EntryKey {
    EntryKey::Digest { of: KeyKind::Card, digest: digit.to_string().repeat(32).try_into().unwrap() }
}

fn plate(text: &str) -> EntryKey {
    EntryKey::Plate { text: text.into(), group: None }
}

fn list() -> GateList {
    let window =
        Window { days: vec![DayKind::Mon], from: "06:00".parse().unwrap(), until: "14:00".parse().unwrap() };
    GateList {
        v: crate::VERSION,
        site: name("kcn"),
        agent: name("edge-1"),
        version: 7,
        made_at: "2026-11-20T00:00:00Z".parse().unwrap(),
        clock: Clock { utc_offset_minutes: 420 },
        holidays: vec![],
        schedules: vec![Schedule {
            id: name("ca-1"),
            name_vi: "Ca 1".into(),
            name_en: "Shift 1".into(),
            windows: vec![window],
        }],
        groups: vec![Group {
            id: name("may-10"),
            kind: GroupKind::Enterprise,
            name: "May 10".into(),
            vehicle_quota: None,
            person_quota: Some(0),
        }],
        gates: vec![Gate {
            id: name("cong-a"),
            name_vi: "Cổng A".into(),
            name_en: "Gate A".into(),
            area: name("khu-a"),
            person_capacity: None,
            vehicle_capacity: None,
            lanes: vec![Lane {
                id: name("lan-1"),
                name_vi: "Làn 1".into(),
                name_en: "Lane 1".into(),
                way: LaneWay::In,
                policy: policy(),
            }],
        }],
        entries: vec![entry("m-1", plate("51F97022")), entry("m-2", card('a'))],
        watch: vec![],
        guards: vec![GuardAccount {
            user: "bao-ve".into(),
            name: "B".into(),
            pin_hash: "$argon2id$v=19$x".into(),
            gates: vec![name("cong-a")],
            supervisor: false,
        }],
        faces_until: None,
        paper_form: None,
    }
}

/// The only problem of a list that was changed so.
fn problem(change: impl FnOnce(&mut GateList)) -> String {
    let mut list = list();
    change(&mut list);
    let problems = list.problems();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(list.check().unwrap_err(), problems[0]);
    problems[0].to_string()
}

fn of_policy(change: impl FnOnce(&mut Policy)) -> String {
    problem(|list| change(&mut list.gates[0].lanes[0].policy))
}

fn of_entry(at: usize, change: impl FnOnce(&mut Entry)) -> String {
    problem(|list| change(&mut list.entries[at]))
}

#[test]
fn a_sensible_list_has_no_problems() {
    assert_eq!(list().problems(), []);
}

#[test]
fn a_name_that_is_not_there_is_named_with_what_it_should_be() {
    let expect = "gate list version 7: group khac is named but not in it";
    assert_eq!(of_entry(0, |entry| entry.group = Some(name("khac"))), expect);
    assert!(of_entry(0, |entry| entry.schedule = Some(name("khac"))).contains("schedule khac"));
    assert!(of_entry(0, |entry| entry.gates = vec![name("khac")]).contains("gate khac"));
    assert!(of_entry(0, |entry| entry.drivers = vec!["khac".into()]).contains("driver khac"));
    assert!(
        of_entry(0, |entry| entry.drivers = vec!["m-1".into()]).contains("driver m-1"),
        "a vehicle drives nothing"
    );
    assert!(of_policy(|policy| policy.rules[0].groups = vec![name("khac")]).contains("group khac"));
    assert!(of_policy(|policy| policy.rules[0].schedule = Some(name("khac"))).contains("schedule khac"));
    assert!(of_policy(|policy| policy.interlock = vec![name("khac")]).contains("lane khac"));
    assert!(problem(|list| list.guards[0].gates = vec![name("khac")]).contains("gate khac"));
}

#[test]
fn a_name_that_is_there_twice_is_named() {
    assert!(
        of_policy(|policy| policy.rules.push(policy.rules[0].clone())).contains("rule tat-ca is there twice")
    );
    assert!(problem(|list| list.entries[1].id = "m-1".into()).contains("entry m-1 is there twice"));
    assert!(problem(|list| list.groups.push(list.groups[0].clone())).contains("group may-10"));
    assert!(problem(|list| list.schedules.push(list.schedules[0].clone())).contains("schedule ca-1"));
    assert!(problem(|list| list.guards.push(list.guards[0].clone())).contains("guard bao-ve"));
    let tet = Holiday { date: "2027-02-05".parse().unwrap(), off: true, name_vi: "Tết".into() };
    assert!(problem(|list| list.holidays = vec![tet.clone(), tet]).contains("holiday 2027-02-05"));
}

#[test]
fn values_that_make_no_sense_are_refused_with_what_would() {
    assert!(
        problem(|list| list.clock.utc_offset_minutes = 25 * 60)
            .contains("clock offset 1500: expected -720 to 840")
    );
    assert!(problem(|list| list.schedules[0].windows.clear()).contains("never open"));
    assert!(problem(|list| list.schedules[0].windows[0].days.clear()).contains("hours without days"));
    assert!(problem(|list| list.gates[0].person_capacity = Some(0)).contains("leave it out for no limit"));
    for score in [-0.1, 1.5, f32::NAN] {
        assert!(
            of_policy(|policy| policy.least_score = score)
                .contains("lane lan-1: least_score must be from 0 to 1")
        );
    }
    assert!(of_policy(|policy| policy.staleness.fresh_s = 90_000).contains("longer than usable"));
    assert!(of_policy(|policy| policy.staleness.when_old = Verdict::Deny).contains("refuses nobody"));
    assert!(of_policy(|policy| policy.tailgating.bodies = 0).contains("bodies"));
    assert!(of_policy(|policy| policy.tailgating.window_s = 0).contains("window_s"));
    assert!(
        of_policy(|policy| policy.anti_passback = AntiPassback::Timed { minutes: 0 }).contains("0 minutes")
    );
    assert!(of_policy(|policy| policy.interlock = vec![name("lan-1")]).contains("waits for itself"));
    assert!(
        of_policy(|policy| (policy.wanted, policy.pair_s) = (Wanted::VehicleAndDriver, 0)).contains("pair_s")
    );
    assert!(of_policy(|policy| policy.faces = FaceUse::CheckPapers).contains("without an approval on file"));
    assert!(problem(|list| list.guards[0].pin_hash = "1234".into()).contains("not an Argon2id hash"));
    assert!(problem(|list| list.guards[0].user.clear()).contains("1 to 64 characters"));
}

#[test]
fn an_entry_that_nothing_could_meet_or_that_never_holds_is_refused() {
    assert!(of_entry(1, |entry| entry.keys.clear()).contains("entry m-2: nothing it could be recognised by"));
    assert!(of_entry(0, |entry| entry.keys = vec![card('b')]).contains("a vehicle needs a plate"));
    assert!(of_entry(0, |entry| entry.keys = vec![plate("51F-970.22")]).contains("not canonical"));
    assert!(of_entry(0, |entry| entry.uses = Some(0)).contains("0 uses"));
    assert!(of_entry(0, |entry| entry.stay_minutes = Some(0)).contains("0 minutes"));
    assert!(of_entry(1, |entry| entry.people = Some(0)).contains("nobody comes"));
    assert!(of_entry(1, |entry| entry.drivers = vec!["m-2".into()]).contains("only a vehicle has drivers"));
    let noon: Timestamp = "2026-11-20T05:00:00Z".parse().unwrap();
    let ends = of_entry(0, |entry| (entry.valid_from, entry.valid_until) = (Some(noon), Some(noon)));
    assert!(ends.contains("before it begins"));
    assert!(of_entry(0, |entry| entry.id = "plate:51F97022".into()).contains("not begin with plate:"));
    assert!(of_entry(0, |entry| entry.label = "x".repeat(121)).contains("label"));
}

#[test]
fn all_problems_come_at_once_for_the_one_who_edits() {
    let mut list = list();
    list.clock.utc_offset_minutes = 9999;
    list.gates[0].lanes[0].policy.least_score = 2.0;
    list.entries[0].uses = Some(0);
    list.guards[0].pin_hash.clear();
    assert_eq!(list.problems().len(), 4);
}

#[test]
fn an_index_finds_entries_in_the_lists_order_and_once() {
    let mut list = list();
    list.entries.push(entry("m-3", plate("51F97022")));
    list.entries[2]
        .keys
        .push(EntryKey::Plate { text: "51F97022".into(), group: Some(crate::plate::VehicleGroup::Car) });
    let index = GateIndex::new(list);
    let ids: Vec<&str> = index.by_plate("51F97022").map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids, ["m-1", "m-3"]);
    let EntryKey::Digest { digest, .. } = card('a') else { unreachable!() };
    assert_eq!(index.by_digest(digest).map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["m-2"]);
    assert_eq!(index.entry("m-2").map(|entry| entry.kind), Some(EntryKind::Person));
    assert!(index.entry("m-9").is_none() && index.by_plate("37A12345").next().is_none());
}

#[test]
fn a_watched_digest_counts_until_the_later_of_its_ends() {
    use crate::gate::WatchDigest;
    let EntryKey::Digest { digest, .. } = card('c') else { unreachable!() };
    let (early, late): (Timestamp, Timestamp) =
        ("2026-11-20T05:00:00Z".parse().unwrap(), "2026-11-20T09:00:00Z".parse().unwrap());
    let watch = |valid_until| WatchDigest { of: KeyKind::Plate, digest, valid_until };
    let mut list = list();
    list.watch = vec![watch(Some(late)), watch(Some(early))];
    let index = GateIndex::new(list.clone());
    assert!(index.is_watched(digest, early) && !index.is_watched(digest, late));
    list.watch.push(watch(None));
    assert!(GateIndex::new(list).is_watched(digest, late), "one that does not end is later than any");
}
