//! Random lists, presences and questions: a small world, so that everything meets everything.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};
use wire::Name;
use wire::gate::*;
use wire::identity::TrustLevel;
use wire::payload::Direction;
use wire::plate::VehicleGroup;

use super::dice::Dice;

const PLATES: [&str; 6] = ["51F97022", "51E97022", "59P166480", "59P166430", "37A12345", "37A12346"];
const KEYS: u64 = 6;
const TRUST: [TrustLevel; 5] = [
    TrustLevel::QrOnly,
    TrustLevel::QrAndRegister,
    TrustLevel::Chip,
    TrustLevel::ChipAndFace,
    TrustLevel::VneidLevel2,
];

pub struct World {
    pub list: GateList,
    pub presence: Presence,
}

pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn names(what: &str, many: u64) -> Vec<Name> {
    (0..many).map(|number| name(&format!("{what}-{number}"))).collect()
}

pub fn digest(number: u64) -> KeyDigest {
    format!("{number:032x}").try_into().unwrap()
}

/// A half hour of five days around Friday, 20 November 2026.
fn moment(dice: &mut Dice) -> Timestamp {
    let friday: Timestamp = "2026-11-19T17:00:00Z".parse().unwrap();
    friday + SignedDuration::from_mins(30 * (dice.below(240) as i64 - 24))
}

fn day(dice: &mut Dice) -> Date {
    Date::constant(2026, 11, 18 + dice.below(6) as i8)
}

fn hour(dice: &mut Dice) -> Time {
    Time::constant(dice.below(24) as i8, dice.pick(&[0, 30]), 0, 0)
}

pub fn world(dice: &mut Dice) -> World {
    let (groups, schedules) = (names("nhom", 3), names("gio", 3));
    let (gates, areas) = (names("cong", 2), names("khu", 2));
    let entries = entries(dice, &groups, &schedules, &gates);
    let list = GateList {
        v: wire::VERSION,
        site: name("kcn"),
        agent: name("edge-1"),
        version: dice.below(100),
        made_at: moment(dice),
        clock: Clock { utc_offset_minutes: dice.pick(&[420, 420, 0, -300, 345]) },
        holidays: holidays(dice),
        schedules: schedules.iter().map(|id| schedule(dice, id)).collect(),
        groups: groups.iter().map(|id| group(dice, id)).collect(),
        gates: gates
            .iter()
            .enumerate()
            .map(|(at, id)| Gate {
                id: id.clone(),
                name_vi: String::new(),
                name_en: String::new(),
                area: areas[at].clone(),
                person_capacity: dice.maybe(50, |dice| 1 + dice.below(6) as u32),
                vehicle_capacity: dice.maybe(50, |dice| 1 + dice.below(6) as u32),
                lanes: (0..2)
                    .map(|lane| Lane {
                        id: name(&format!("lan-{}", 2 * at + lane)),
                        name_vi: String::new(),
                        name_en: String::new(),
                        way: dice.pick(&[LaneWay::In, LaneWay::Out, LaneWay::Both]),
                        policy: policy(dice, &groups, &schedules, 2 * at + lane),
                    })
                    .collect(),
            })
            .collect(),
        watch: (0..dice.below(3))
            .map(|_| WatchDigest {
                of: KeyKind::Plate,
                digest: watch_digest(dice),
                valid_until: dice.maybe(50, moment),
            })
            .collect(),
        guards: vec![],
        faces_until: Some(moment(dice)),
        paper_form: None,
        entries,
    };
    let presence = presence(dice, &list, &areas);
    World { list, presence }
}

/// Plates' digests are rare among those of people, so that most pass unwatched.
fn watch_digest(dice: &mut Dice) -> KeyDigest {
    let people = dice.chance(30);
    digest(if people { dice.below(KEYS) } else { 100 + dice.below(12) })
}

fn holidays(dice: &mut Dice) -> Vec<Holiday> {
    let mut holidays: Vec<Holiday> = (0..dice.below(3))
        .map(|_| Holiday { date: day(dice), off: dice.chance(60), name_vi: String::new() })
        .collect();
    holidays.sort_by_key(|holiday| holiday.date);
    holidays.dedup_by_key(|holiday| holiday.date);
    holidays
}

fn schedule(dice: &mut Dice, id: &Name) -> Schedule {
    use DayKind::*;
    let windows = (0..1 + dice.below(2)).map(|_| {
        let mut days = dice.some_of(60, &[Mon, Tue, Wed, Thu, Fri, Sat, Sun, Holiday]);
        days.push(Fri);
        Window { days, from: hour(dice), until: hour(dice) }
    });
    Schedule { id: id.clone(), name_vi: String::new(), name_en: String::new(), windows: windows.collect() }
}

fn group(dice: &mut Dice, id: &Name) -> Group {
    Group {
        id: id.clone(),
        kind: dice.pick(&[GroupKind::Enterprise, GroupKind::Contractor, GroupKind::Tour]),
        name: id.to_string(),
        vehicle_quota: dice.maybe(40, |dice| dice.below(4) as u32),
        person_quota: dice.maybe(40, |dice| dice.below(4) as u32),
    }
}

fn policy(dice: &mut Dice, groups: &[Name], schedules: &[Name], lane: usize) -> Policy {
    let others: Vec<Name> =
        (0..4).filter(|other| *other != lane).map(|at| name(&format!("lan-{at}"))).collect();
    let fresh_s = 3600 * dice.below(40);
    let verdicts = [Verdict::Admit, Verdict::Admit, Verdict::Admit, Verdict::Wait, Verdict::Deny];
    let (both, person) = (Wanted::VehicleAndDriver, Wanted::Person);
    let wanted = [Wanted::Anonymous, Wanted::Vehicle, Wanted::Vehicle, person, person, both, both];
    let mut rules: Vec<Rule> = (0..dice.below(4))
        .map(|number| Rule {
            id: name(&format!("dong-{number}")),
            groups: dice.some_of(40, groups),
            lists: dice.some_of(30, &[ListKind::Allow, ListKind::Block]),
            schedule: dice.maybe(60, |dice| dice.pick(schedules)),
            verdict: dice.pick(&verdicts),
        })
        .collect();
    if dice.chance(70) {
        let (id, verdict) = (name("con-lai"), Verdict::Admit);
        rules.push(Rule { id, groups: vec![], lists: vec![], schedule: None, verdict });
    }
    Policy {
        id: name("quy-tac"),
        wanted: dice.pick(&wanted),
        rules,
        unknown: dice.pick(&[Verdict::Admit, Verdict::Wait, Verdict::Deny]),
        least_trust: dice.maybe(40, |dice| dice.pick(&TRUST)),
        least_score: dice.pick(&[0.0, 0.5, 0.9]),
        anti_passback: dice.pick(&[
            AntiPassback::Off,
            AntiPassback::Soft,
            AntiPassback::Hard,
            AntiPassback::Timed { minutes: 60 },
            AntiPassback::Timed { minutes: 1500 },
        ]),
        quotas: dice.chance(60),
        interlock: dice.some_of(15, &others),
        tailgating: Tailgating { bodies: 1, window_s: 8 },
        staleness: Staleness {
            fresh_s,
            usable_s: 1 + fresh_s + 3600 * dice.below(80),
            when_old: dice.pick(&[Verdict::Admit, Verdict::Wait]),
        },
        faces: dice.pick(&[FaceUse::Off, FaceUse::CheckPapers]),
        pair_s: 20,
    }
}

fn entries(dice: &mut Dice, groups: &[Name], schedules: &[Name], gates: &[Name]) -> Vec<Entry> {
    let kinds: Vec<EntryKind> =
        (0..4 + dice.below(12)).map(|_| dice.pick(&[EntryKind::Vehicle, EntryKind::Person])).collect();
    let people: Vec<String> = kinds
        .iter()
        .enumerate()
        .filter(|(_, kind)| **kind == EntryKind::Person)
        .map(|(at, _)| format!("e{at}"))
        .collect();
    let mut entries = vec![];
    for (at, kind) in kinds.into_iter().enumerate() {
        let vehicle = kind == EntryKind::Vehicle;
        let keys = (0..1 + dice.below(2)).map(|_| if vehicle { plate_key(dice) } else { person_key(dice) });
        let keys = keys.collect();
        let (mut from, mut until) = (dice.maybe(15, moment), dice.maybe(25, moment));
        if let (Some(one), Some(other)) = (from, until) {
            (from, until) = if one < other { (from, until) } else { (None, until) };
        }
        entries.push(Entry {
            id: format!("e{at}"),
            list: if dice.chance(85) { ListKind::Allow } else { ListKind::Block },
            kind,
            group: dice.maybe(75, |dice| dice.pick(groups)),
            label: String::new(),
            keys,
            gates: if dice.chance(75) { vec![] } else { dice.some_of(50, gates) },
            schedule: dice.maybe(20, |dice| dice.pick(schedules)),
            valid_from: from,
            valid_until: until,
            uses: dice.maybe(25, |dice| 1 + dice.below(2) as u32),
            escort: dice.chance(20),
            drivers: if vehicle && dice.chance(35) { dice.some_of(50, &people) } else { vec![] },
            stay_minutes: None,
            expected_at: None,
            people: dice.maybe(20, |dice| 1 + dice.below(4) as u32).filter(|_| !vehicle),
        });
    }
    entries
}

fn plate_key(dice: &mut Dice) -> EntryKey {
    let group = dice.maybe(40, |dice| dice.pick(&[VehicleGroup::Car, VehicleGroup::Motorcycle]));
    EntryKey::Plate { text: dice.pick(&PLATES).to_owned(), group }
}

fn key_kind(dice: &mut Dice) -> KeyKind {
    dice.pick(&[KeyKind::Card, KeyKind::Card, KeyKind::Card, KeyKind::Pass, KeyKind::Pin])
}

fn person_key(dice: &mut Dice) -> EntryKey {
    EntryKey::Digest { of: key_kind(dice), digest: digest(dice.below(KEYS)) }
}

fn presence(dice: &mut Dice, list: &GateList, areas: &[Name]) -> Presence {
    let mut presence = Presence::default();
    let known = list.entries.iter().map(|entry| (entry.id.clone(), entry.kind, entry.group.clone()));
    let strangers = PLATES.iter().map(|plate| (format!("plate:{plate}"), EntryKind::Vehicle, None));
    for (subject, kind, group) in known.chain(strangers).collect::<Vec<_>>() {
        if dice.chance(35) {
            let (area, lane) = (dice.pick(areas), name("lan-0"));
            let inside = Inside { kind, group, area, lane, since: moment(dice) };
            presence.inside.insert(subject.clone(), inside);
        }
        if dice.chance(50) {
            presence.last.insert(subject.clone(), (dice.maybe(70, moment), dice.maybe(70, moment)));
        }
        if dice.chance(50) {
            presence.uses.insert(subject.clone(), dice.below(3) as u32);
        }
        if dice.chance(10) {
            presence.forgiven.insert(subject);
        }
    }
    for area in areas {
        if dice.chance(80) {
            presence.counts.insert(area.clone(), (dice.below(7), dice.below(7)));
        }
    }
    presence
}

/// Mostly about somebody whom the list knows.
pub fn ask(dice: &mut Dice, list: &GateList) -> Ask {
    let shown: Vec<(KeyKind, KeyDigest)> = list
        .entries
        .iter()
        .flat_map(|entry| &entry.keys)
        .filter_map(|key| match key {
            EntryKey::Digest { of, digest } => Some((*of, *digest)),
            EntryKey::Plate { .. } => None,
        })
        .collect();
    let key = |dice: &mut Dice| match shown.is_empty() || dice.chance(20) {
        true => (key_kind(dice), digest(dice.below(KEYS))),
        false => dice.pick(&shown),
    };
    let vehicle = dice.maybe(90, |dice| SeenVehicle {
        text: dice.maybe(95, |dice| dice.pick(&PLATES).to_owned()),
        score: dice.pick(&[0.4, 0.5, 0.95, 0.95, 0.95, 0.95, 0.95, f32::NAN]),
        group: dice.maybe(70, |dice| dice.pick(&[VehicleGroup::Car, VehicleGroup::Motorcycle])),
        others: dice.some_of(4, &PLATES).into_iter().map(str::to_owned).collect(),
        watch: (0..dice.below(3)).map(|_| digest(100 + dice.below(30))).collect(),
    });
    let person = dice.maybe(85, |dice| SeenPerson {
        keys: (0..dice.pick(&[0, 1, 1, 1, 2])).map(|_| key(dice)).collect(),
        trust: dice.maybe(60, |dice| dice.pick(&TRUST)),
        offline: dice.chance(15),
        mismatch: dice.chance(4),
        check_papers: dice.chance(3),
        papers_checked: dice.chance(15),
    });
    Ask {
        at: moment(dice),
        lane: if dice.chance(2) { name("lan-9") } else { name(&format!("lan-{}", dice.below(4))) },
        direction: dice.pick(&[Direction::In, Direction::Out, Direction::Forward, Direction::Backward]),
        vehicle,
        person,
        escort: dice.chance(40),
        open_lanes: dice.some_of(15, &names("lan", 4)),
        emergency: dice.chance(3),
        face_hint: dice.chance(10),
    }
}
