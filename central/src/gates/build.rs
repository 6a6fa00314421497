//! The list of one agent, made from a site's document, members, watch lists and guards. Pure.
//!
//! What would make the list unusable is left out and told: one member with a schedule that is gone must not keep every other
//! member out of the list.

use std::collections::BTreeSet;

use jiff::Timestamp;
use wire::Name;
use wire::gate::{
    AgentSecret, Entry, EntryKey, EntryKind, Gate, GateList, Group, GroupKind, GuardAccount, KeyKind,
    ListError, ListKind, WatchDigest,
};
use wire::plate::VehicleGroup;

use super::document::Document;
use crate::lists::{self, Priority};
use crate::store::gates::{GroupRow, Member};
use crate::store::users::GuardRow;

/// Everything that a site's lists are made from.
#[derive(Debug)]
pub struct Sources<'a> {
    /// Site.
    pub site: &'a Name,
    /// What it asks.
    pub document: &'a Document,
    /// Version that the list gets.
    pub version: u64,
    /// When it is made.
    pub made_at: Timestamp,
    /// Its groups, ended ones too.
    pub groups: &'a [GroupRow],
    /// Its active members.
    pub members: &'a [Member],
    /// Watch lists.
    pub watch: &'a [lists::Entry],
    /// Least priority of watch entries that gates are told of.
    pub watch_least: Priority,
    /// Accounts with a desk PIN.
    pub guards: &'a [GuardRow],
}

/// A list, and what is not in it.
#[derive(Debug)]
pub struct Built {
    /// The list.
    pub list: GateList,
    /// Members that could not be taken in, each with why.
    pub left_out: Vec<(String, &'static str)>,
}

/// The list of one agent. `secret` is shared with it alone.
pub fn build(sources: &Sources<'_>, agent: &Name, secret: &AgentSecret) -> Built {
    let document = sources.document;
    let groups: Vec<Group> =
        sources.groups.iter().filter(|group| group.status == "active").filter_map(group_of).collect();
    let mut left_out = Vec::new();
    let mut entries: Vec<Entry> = Vec::with_capacity(sources.members.len());
    for member in sources.members {
        match entry_of(member, document, &groups, secret) {
            Ok(entry) => entries.push(entry),
            Err(why) => left_out.push((member.member_id.clone(), why)),
        }
    }
    // Drivers that are in no list any more: the vehicle stays, for those who are left.
    let people = entries.iter().filter(|entry| entry.kind == EntryKind::Person);
    let ids: BTreeSet<String> = people.map(|entry| entry.id.clone()).collect();
    for entry in &mut entries {
        let named = entry.drivers.len();
        entry.drivers.retain(|driver| ids.contains(driver));
        if named > 0 && entry.drivers.is_empty() {
            left_out.push((entry.id.clone(), "none of its drivers is on a list"));
        }
    }
    // Nobody of its drivers is left: anybody of its group must not take their place.
    entries.retain(|entry| !left_out.iter().any(|(id, _)| id == &entry.id));
    let mut list = GateList {
        v: wire::VERSION,
        site: sources.site.clone(),
        agent: agent.clone(),
        version: sources.version,
        made_at: sources.made_at,
        clock: document.clock(),
        holidays: document.holidays.clone(),
        schedules: document.schedules.clone(),
        gates: gates(document, &groups),
        groups,
        entries,
        watch: watch(sources, secret),
        guards: sources.guards.iter().filter_map(|guard| account(guard, document)).collect(),
        faces_until: document.faces.as_ref().map(|approval| approval.until),
        paper_form: document.paper_form.clone(),
    };
    leave_out_nonsense(&mut list, &mut left_out);
    Built { list, left_out }
}

/// The gates, with rules for groups that count. A rule that named groups and has none left would be for everybody: it goes.
fn gates(document: &Document, groups: &[Group]) -> Vec<Gate> {
    let mut gates = document.gates.clone();
    for lane in gates.iter_mut().flat_map(|gate| &mut gate.lanes) {
        lane.policy.rules.retain_mut(|rule| {
            let named = !rule.groups.is_empty();
            rule.groups.retain(|group| groups.iter().any(|known| &known.id == group));
            !named || !rule.groups.is_empty()
        });
    }
    gates
}

/// Takes out entries and guards that a gate would refuse the whole list for.
fn leave_out_nonsense(list: &mut GateList, left_out: &mut Vec<(String, &'static str)>) {
    for problem in list.problems() {
        match problem {
            ListError::Nonsense { what: "entry", name, .. }
                if list.entries.iter().any(|entry| entry.id == name) =>
            {
                list.entries.retain(|entry| entry.id != name);
                left_out.push((name, "it says something that no gate could use"));
            }
            ListError::Nonsense { what: "guard", name, .. } => list.guards.retain(|guard| guard.user != name),
            _ => {}
        }
    }
    // Whoever drove with them is still named by vehicles. With nobody left to drive it, a vehicle goes too.
    let gone: BTreeSet<String> = left_out.iter().map(|(id, _)| id.clone()).collect();
    list.entries.retain_mut(|entry| {
        let named = !entry.drivers.is_empty();
        entry.drivers.retain(|driver| !gone.contains(driver));
        let kept = !named || !entry.drivers.is_empty();
        if !kept {
            left_out.push((entry.id.clone(), "none of its drivers is on a list"));
        }
        kept
    });
}

/// SHA-256 of everything in a list but its version and time: equal lists decide alike.
pub fn content(list: &GateList) -> Result<String, serde_json::Error> {
    let neutral = GateList { version: 0, made_at: Timestamp::UNIX_EPOCH, ..list.clone() };
    Ok(wire::Digest::of(&serde_json::to_vec(&neutral)?).to_string())
}

fn group_of(row: &GroupRow) -> Option<Group> {
    let kind = match row.kind.as_str() {
        "enterprise" => GroupKind::Enterprise,
        "contractor" => GroupKind::Contractor,
        "staff" => GroupKind::Staff,
        "visitors" => GroupKind::Visitors,
        "tour" => GroupKind::Tour,
        "authority" => GroupKind::Authority,
        _ => return None,
    };
    Some(Group {
        id: Name::new(row.group_id.clone()).ok()?,
        kind,
        name: row.name.clone(),
        vehicle_quota: row.vehicle_quota.and_then(|quota| u32::try_from(quota).ok()),
        person_quota: row.person_quota.and_then(|quota| u32::try_from(quota).ok()),
    })
}

fn entry_of(
    member: &Member,
    document: &Document,
    groups: &[Group],
    secret: &AgentSecret,
) -> Result<Entry, &'static str> {
    let name = |text: &str, why: &'static str| Name::new(text).map_err(|_| why);
    let group = member.group_id.as_deref().map(|group| name(group, "its group is no name")).transpose()?;
    if group.as_ref().is_some_and(|group| !groups.iter().any(|known| &known.id == group)) {
        return Err("its group is not active");
    }
    let schedule =
        member.schedule.as_deref().map(|hours| name(hours, "its schedule is no name")).transpose()?;
    if schedule.as_ref().is_some_and(|hours| !document.schedules.iter().any(|known| &known.id == hours)) {
        return Err("its schedule is not in the site's document");
    }
    let all: Vec<Name> = member
        .gates
        .iter()
        .map(|gate| name(gate, "one of its gates is no name"))
        .collect::<Result<_, _>>()?;
    let gates: Vec<Name> =
        all.iter().filter(|gate| document.gates.iter().any(|known| &known.id == *gate)).cloned().collect();
    if gates.is_empty() && !all.is_empty() {
        return Err("none of its gates is in the site's document");
    }
    let moment = |ms: Option<i64>| ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let small = |value: Option<i64>| value.and_then(|value| u32::try_from(value).ok());
    Ok(Entry {
        id: member.member_id.clone(),
        list: if member.list == "block" { ListKind::Block } else { ListKind::Allow },
        kind: if member.kind == "vehicle" { EntryKind::Vehicle } else { EntryKind::Person },
        group,
        label: member.label.clone(),
        keys: keys(member, secret),
        gates,
        schedule,
        valid_from: moment(member.valid_from_ms),
        valid_until: moment(member.valid_until_ms),
        uses: small(member.uses),
        escort: member.escort,
        drivers: member.drivers.clone(),
        people: small(Some(member.people)).filter(|people| *people > 1),
        stay_minutes: small(member.stay_minutes),
        expected_at: moment(member.expected_at_ms),
    })
}

/// How a member is recognised: its plate readable, everything else as digests.
fn keys(member: &Member, secret: &AgentSecret) -> Vec<EntryKey> {
    let digest = |of: KeyKind, text: &str| EntryKey::Digest { of, digest: secret.digest(of, text) };
    let plate = member.plate.iter().map(|text| EntryKey::Plate {
        text: text.clone(),
        group: match member.vehicle_group.as_deref() {
            Some("car") => Some(VehicleGroup::Car),
            Some("motorcycle") => Some(VehicleGroup::Motorcycle),
            _ => None,
        },
    });
    let number = member.number.iter().map(|number| digest(kind_of_number(number), number));
    let pass = member.pass_secret.iter().map(|text| digest(KeyKind::Pass, text));
    let pin = member.pin.iter().map(|text| digest(KeyKind::Pin, text));
    let vneid = member.vneid_ref.iter().map(|text| digest(KeyKind::Vneid, text));
    plate.chain(number).chain(pass).chain(pin).chain(vneid).collect()
}

/// A card has 12 digits; a passport names its country first.
pub fn kind_of_number(number: &str) -> KeyKind {
    if number.contains(':') { KeyKind::Passport } else { KeyKind::Card }
}

fn watch(sources: &Sources<'_>, secret: &AgentSecret) -> Vec<WatchDigest> {
    let made_ms = sources.made_at.as_millisecond();
    let counts = |entry: &&lists::Entry| {
        entry.priority >= sources.watch_least
            && entry.valid_from_ms <= made_ms
            && entry.valid_to_ms.is_none_or(|end| made_ms < end)
    };
    let mut digests: Vec<WatchDigest> = sources
        .watch
        .iter()
        .filter(counts)
        .map(|entry| WatchDigest {
            of: KeyKind::Plate,
            digest: secret.digest(KeyKind::Plate, &entry.plate),
            valid_until: entry.valid_to_ms.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
        })
        .collect();
    // Their order tells nothing of the order in which they were listed.
    digests.sort_by_key(|digest| (digest.digest, digest.valid_until));
    digests
}

fn account(guard: &GuardRow, document: &Document) -> Option<GuardAccount> {
    let named: Vec<String> = serde_json::from_str(&guard.desk_gates).ok()?;
    let gates: Vec<Name> = named
        .iter()
        .filter_map(|gate| Name::new(gate.as_str()).ok())
        .filter(|gate| document.gates.iter().any(|known| &known.id == gate))
        .collect();
    // Gates that are no more must not become "every gate".
    (named.is_empty() || !gates.is_empty()).then(|| GuardAccount {
        user: guard.username.clone(),
        name: guard.display_name.clone(),
        pin_hash: guard.desk_pin_hash.clone(),
        gates,
        supervisor: guard.desk_supervisor != 0,
    })
}

#[cfg(test)]
mod tests {
    use wire::DeviceKey;

    use super::super::document::testing::park;
    use super::*;

    fn secret() -> AgentSecret {
        AgentSecret::agree(&DeviceKey::from_seed(&[1; 32]), &DeviceKey::from_seed(&[2; 32]).public())
    }

    fn group(id: &str, status: &str) -> GroupRow {
        GroupRow {
            site: "kcn".into(),
            group_id: id.into(),
            kind: "enterprise".into(),
            name: "Công ty A".into(),
            vehicle_quota: Some(2),
            person_quota: None,
            contact: None,
            status: status.into(),
            created_at_ms: 1,
            created_by: "t".into(),
            changed_at_ms: 1,
            changed_by: "t".into(),
            ended_at_ms: None,
        }
    }

    fn member(id: &str) -> Member {
        Member {
            member_id: id.into(),
            group_id: Some("a".into()),
            plate: Some("35C14142".into()),
            ..Member::new("kcn", "vehicle", "allow", "Xe công ty A", "t", 1)
        }
    }

    fn watched(plate: &str, priority: Priority) -> lists::Entry {
        lists::snapshot::testing::entry("w", plate, priority)
    }

    fn made(members: &[Member], watch: &[lists::Entry], guards: &[GuardRow]) -> Built {
        let document = park();
        let site = Name::new("kcn").unwrap();
        let groups = [group("a", "active"), group("b", "suspended")];
        let sources = Sources {
            site: &site,
            document: &document,
            version: 7,
            made_at: Timestamp::from_second(1_790_000_000).unwrap(),
            groups: &groups,
            members,
            watch,
            watch_least: Priority::High,
            guards,
        };
        build(&sources, &Name::new("edge-1").unwrap(), &secret())
    }

    #[test]
    fn plates_are_readable_and_everything_else_is_a_digest() {
        let worker = Member {
            kind: "person".into(),
            plate: None,
            number: Some("037090001234".into()),
            pin: Some("4711".into()),
            pass_secret: Some("secret-of-the-pass".into()),
            name: Some("Nguyễn Văn Mẫu".into()),
            label: "Nguyễn V. M.".into(),
            ..member("p")
        };
        let vehicle =
            Member { plate: Some("35C14142".into()), vehicle_group: Some("car".into()), ..member("v") };
        let built = made(&[worker, vehicle], &[watched("30K13579", Priority::High)], &[]);
        assert_eq!(built.left_out, []);
        built.list.check().unwrap();
        let text = serde_json::to_string(&built.list).unwrap();
        assert!(text.contains("35C14142"), "the plates of the site's own lists are readable");
        for hidden in ["037090001234", "4711", "secret-of-the-pass", "Văn", "30K13579"] {
            assert!(!text.contains(hidden), "{hidden} stands in the list");
        }
        let digest = secret().digest(KeyKind::Card, "037090001234");
        assert!(built.list.entries[0].keys.contains(&EntryKey::Digest { of: KeyKind::Card, digest }));
        assert_eq!(built.list.watch[0].digest, secret().digest(KeyKind::Plate, "30K13579"));
    }

    #[test]
    fn what_would_spoil_the_list_is_left_out_and_told() {
        let members = [
            Member { schedule: Some("never".into()), ..member("no-hours") },
            Member { gates: vec!["gone".into()], ..member("no-gate") },
            Member { group_id: Some("b".into()), ..member("suspended") },
            Member { drivers: vec!["nobody".into()], ..member("no-driver") },
            Member { gates: vec!["gone".into(), "cong-2".into()], ..member("good") },
            Member { plate: None, ..member("nothing-to-know-it-by") },
        ];
        let built = made(&members, &[], &[]);
        built.list.check().unwrap();
        assert_eq!(built.list.entries.iter().map(|e| e.id.as_str()).collect::<Vec<_>>(), ["good"]);
        assert_eq!(built.list.entries[0].gates.len(), 1);
        assert_eq!(built.left_out.len(), 5);
    }

    #[test]
    fn only_watch_entries_that_matter_now_travel() {
        let mut over = watched("99A00499", Priority::Critical);
        over.valid_to_ms = Some(2);
        let watch = [watched("30K13579", Priority::Critical), watched("35C14142", Priority::Low), over];
        assert_eq!(made(&[], &watch, &[]).list.watch.len(), 1);
    }

    #[test]
    fn a_guard_of_gates_that_are_gone_is_not_a_guard_of_all_gates() {
        let guard = |gates: &str| GuardRow {
            username: "gate.1".into(),
            display_name: "Trực cổng".into(),
            desk_pin_hash: "$argon2id$x".into(),
            desk_supervisor: 1,
            desk_gates: gates.into(),
        };
        assert_eq!(made(&[], &[], &[guard("[\"gone\"]")]).list.guards, []);
        let guards = made(&[], &[], &[guard("[]")]).list.guards;
        assert!(guards[0].gates.is_empty() && guards[0].supervisor);
    }

    #[test]
    fn content_tells_a_new_version_from_a_new_list() {
        let one = made(&[member("a")], &[], &[]).list;
        let again = GateList { version: 9, made_at: Timestamp::UNIX_EPOCH, ..one.clone() };
        assert_eq!(content(&one).unwrap(), content(&again).unwrap());
        assert_ne!(content(&one).unwrap(), content(&made(&[member("b")], &[], &[]).list).unwrap());
    }
}
