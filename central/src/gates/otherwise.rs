//! "Would have decided otherwise": a decision that came late, or by an older list, is taken again with the list that central had
//! by then and with who was inside by then. Pure. It never changes what happened; it tells a person which cases to look at.

use jiff::{SignedDuration, Timestamp};
use wire::gate::{Ask, Decision, Entry, GateIndex, GateList, Presence, Reason, Verdict, decide};

use super::build;

/// A decision that central would have taken otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What central would have said.
    pub central: Decision,
    /// Why, Vietnamese.
    pub why_vi: String,
    /// Why, English.
    pub why_en: String,
}

/// Takes a decision again. `then` is the list that was newest at central when it was taken, `used` the one that the agent decided
/// by (none if it is not kept any more, or it had none). None if the answer is of the same kind.
pub fn again(
    used: Option<&GateList>,
    then: GateList,
    presence: &Presence,
    ask: &Ask,
    edge: &Decision,
) -> Option<Case> {
    let same = used.is_some_and(|used| alike(used, &then));
    // The same list is worth at central what it was worth at the gate; a newer one is as fresh as can be.
    let age = if same { i64::try_from(edge.list_age_s).unwrap_or(i64::MAX / 2) } else { 0 };
    let made_at = ask.at.checked_sub(SignedDuration::from_secs(age)).unwrap_or(Timestamp::MIN);
    let index = GateIndex::new(GateList { made_at, ..then });
    let central = decide(Some(&index), presence, ask);
    if central.verdict == edge.verdict && class(central.reason) == class(edge.reason) {
        return None;
    }
    let (why_vi, why_en) = why(used, index.list(), same, edge, &central);
    Some(Case { central, why_vi, why_en })
}

/// Whether two lists decide alike.
fn alike(one: &GateList, other: &GateList) -> bool {
    matches!((build::content(one), build::content(other)), (Ok(one), Ok(other)) if one == other)
}

/// What kind of reason it is: within a kind it makes no difference which one was named.
pub fn class(reason: Reason) -> &'static str {
    use Reason as R;
    match reason {
        R::Emergency | R::Listed | R::Anonymous => "open",
        R::NoList | R::UnknownLane | R::ListOld => "list",
        R::NothingPresented | R::Unreadable | R::VehicleMissing | R::PersonMissing => "presented",
        R::CheckPapers | R::IdentityMismatch | R::ProofNeeded => "papers",
        R::Blocked => "blocked",
        R::Unsure | R::Possible | R::NotListed => "unknown",
        R::OtherGate | R::NotYetValid | R::Expired | R::UsedUp | R::OutOfHours | R::Rule => "validity",
        R::DriverNotAllowed | R::EscortNeeded => "companion",
        R::AlreadyInside | R::NotInside | R::TooSoon => "passback",
        R::QuotaFull | R::AreaFull => "places",
        R::Interlock => "interlock",
    }
}

/// What changed, as well as it can be told.
fn why(
    used: Option<&GateList>,
    then: &GateList,
    same: bool,
    edge: &Decision,
    central: &Decision,
) -> (String, String) {
    let both = |vi: &str, en: &str| (vi.to_owned(), en.to_owned());
    if same {
        return both(
            "Danh sách không đổi; theo các lượt qua cổng mà trung tâm biết, người hoặc xe này đang ở trạng thái khác",
            "The list is the same; by the passages that central knows of, this subject was elsewhere or its places were taken",
        );
    }
    let Some(used) = used else {
        return both("Cổng quyết định khi chưa có danh sách", "The gate decided without a list");
    };
    let versions_vi = format!("giữa phiên bản {} và {}", used.version, then.version);
    let versions_en = format!("between versions {} and {}", used.version, then.version);
    let told = |vi: &str, en: &str| (format!("{vi} ({versions_vi})"), format!("{en} ({versions_en})"));
    let ids = [&central.entry, &edge.entry, &central.driver, &edge.driver];
    for id in ids.into_iter().flatten() {
        let find = |list: &GateList| list.entries.iter().find(|entry| &entry.id == id).cloned();
        match (find(used), find(then)) {
            (None, Some(_)) => return told("Được thêm vào danh sách", "Was added to the list"),
            (Some(_), None) => return told("Đã bị gỡ khỏi danh sách", "Was taken off the list"),
            (Some(before), Some(after)) if before != after => {
                let (vi, en) = entry_change(&before, &after);
                return told(vi, en);
            }
            _ => {}
        }
    }
    let lane = |list: &GateList| list.lanes().map(|(_, lane)| lane.policy.clone()).collect::<Vec<_>>();
    if used.watch != then.watch && class(central.reason) == "papers" {
        return told(
            "Danh sách kiểm tra giấy tờ đã thay đổi",
            "The list of papers to be checked has changed",
        );
    }
    if lane(used) != lane(then) || used.schedules != then.schedules || used.holidays != then.holidays {
        return told(
            "Chính sách hoặc khung giờ của cổng đã thay đổi",
            "The gate's policy or hours have changed",
        );
    }
    if used.groups != then.groups {
        return told("Đơn vị hoặc hạn mức của đơn vị đã thay đổi", "A group or its quota has changed");
    }
    told("Danh sách đã thay đổi", "The list has changed")
}

fn entry_change(before: &Entry, after: &Entry) -> (&'static str, &'static str) {
    if before.list != after.list {
        return (
            "Đã chuyển giữa danh sách cho phép và danh sách chặn",
            "Was moved between the allow and the block list",
        );
    }
    if (before.valid_from, before.valid_until) != (after.valid_from, after.valid_until) {
        return ("Thời hạn hiệu lực đã thay đổi", "The time for which it is valid has changed");
    }
    if before.group != after.group {
        return ("Đã chuyển sang đơn vị khác", "Was moved to another group");
    }
    if before.gates != after.gates || before.schedule != after.schedule {
        return (
            "Cổng hoặc khung giờ được phép đã thay đổi",
            "The gates or hours that it is for have changed",
        );
    }
    if before.keys != after.keys {
        return (
            "Biển số, thẻ hoặc mã nhận biết đã thay đổi",
            "The plate, card or code that it is known by has changed",
        );
    }
    ("Thông tin trong danh sách đã thay đổi", "What the list says of it has changed")
}

/// What a gate said, for a case: verdict, reason and the list it was taken by.
pub fn told(decision: &Decision) -> serde_json::Value {
    serde_json::json!({
        "verdict": decision.verdict, "reason": decision.reason, "list_version": decision.list_version,
        "list_age_s": decision.list_age_s,
    })
}

/// Whether central would have refused what was let in, which is what a person should look at first.
pub fn is_graver(edge: Verdict, central: Verdict) -> bool {
    central > edge
}

#[cfg(test)]
mod tests {
    use wire::gate::{AgentSecret, SeenVehicle};
    use wire::payload::Direction;
    use wire::{DeviceKey, Name};

    use super::super::document::testing::park;
    use super::*;
    use crate::lists::Priority;
    use crate::store::gates::{GroupRow, Member};

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn list(version: u64, members: &[Member]) -> GateList {
        let group = GroupRow {
            site: "kcn".into(),
            group_id: "a".into(),
            kind: "enterprise".into(),
            name: "A".into(),
            vehicle_quota: Some(1),
            person_quota: None,
            contact: None,
            status: "active".into(),
            created_at_ms: 1,
            created_by: "t".into(),
            changed_at_ms: 1,
            changed_by: "t".into(),
            ended_at_ms: None,
        };
        let document = park();
        let site = name("kcn");
        let sources = build::Sources {
            site: &site,
            document: &document,
            version,
            made_at: Timestamp::from_second(1_790_000_000).unwrap(),
            groups: &[group],
            members,
            watch: &[],
            watch_least: Priority::High,
            guards: &[],
        };
        let secret =
            AgentSecret::agree(&DeviceKey::from_seed(&[1; 32]), &DeviceKey::from_seed(&[2; 32]).public());
        build::build(&sources, &name("edge-1"), &secret).list
    }

    fn truck(id: &str) -> Member {
        Member {
            member_id: id.into(),
            group_id: Some("a".into()),
            plate: Some("35C14142".into()),
            ..Member::new("kcn", "vehicle", "allow", "Xe tải", "t", 1)
        }
    }

    fn ask(after_s: i64) -> Ask {
        Ask {
            at: Timestamp::from_second(1_790_000_000 + after_s).unwrap(),
            lane: name("lan-1"),
            direction: Direction::In,
            vehicle: Some(SeenVehicle {
                text: Some("35C14142".into()),
                score: 0.97,
                ..SeenVehicle::default()
            }),
            person: None,
            escort: false,
            open_lanes: vec![],
            emergency: false,
            face_hint: false,
        }
    }

    fn at_the_edge(list: &GateList, presence: &Presence, ask: &Ask) -> Decision {
        decide(Some(&GateIndex::new(list.clone())), presence, ask)
    }

    #[test]
    fn the_same_list_and_presence_never_make_a_case() {
        let mut random = 7_u64;
        for _ in 0..3_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let pick = |n: u64| (random >> 33) % n;
            let members: Vec<Member> = match pick(4) {
                0 => vec![],
                1 => vec![Member { list: "block".into(), group_id: None, ..truck("b") }],
                2 => vec![Member { valid_until_ms: Some(1_790_000_100_000), ..truck("x") }],
                _ => vec![truck("a"), Member { uses: Some(1), ..truck("c") }],
            };
            let list = list(3, &members);
            let mut presence = Presence::default();
            if pick(3) == 0 {
                presence.apply(&wire::gate::Passed {
                    subject: Some("a".into()),
                    kind: wire::gate::EntryKind::Vehicle,
                    group: Some(name("a")),
                    area: name("kcn"),
                    lane: name("lan-1"),
                    direction: Direction::In,
                    at: Timestamp::from_second(1_789_999_000).unwrap(),
                });
            }
            let mut ask = ask((pick(300_000)) as i64);
            ask.direction = if pick(2) == 0 { Direction::In } else { Direction::Out };
            ask.vehicle.as_mut().unwrap().score = pick(100) as f32 / 100.0;
            let edge = at_the_edge(&list, &presence, &ask);
            let newer = GateList { version: 9, ..list.clone() };
            assert_eq!(again(Some(&list), newer, &presence, &ask, &edge), None);
        }
    }

    #[test]
    fn a_vehicle_that_was_taken_off_the_list_is_a_case_that_says_so() {
        let (before, after) = (list(3, &[truck("a")]), list(4, &[]));
        let ask = ask(60);
        let edge = at_the_edge(&before, &Presence::default(), &ask);
        assert_eq!(edge.verdict, Verdict::Admit);
        let case = again(Some(&before), after, &Presence::default(), &ask, &edge).unwrap();
        assert_eq!((case.central.verdict, case.central.reason), (Verdict::Wait, Reason::NotListed));
        assert!(case.why_vi.contains("gỡ") && case.why_en.contains("taken off"), "{case:?}");
        assert!(case.why_en.contains("versions 3 and 4"));
        assert!(is_graver(edge.verdict, case.central.verdict));
    }

    #[test]
    fn an_old_list_that_made_the_guard_look_is_a_case_when_the_newer_one_admits() {
        let (before, after) = (list(3, &[]), list(4, &[truck("a")]));
        let ask = ask(400_000);
        let edge = at_the_edge(&before, &Presence::default(), &ask);
        let case = again(Some(&before), after, &Presence::default(), &ask, &edge).unwrap();
        assert_eq!(case.central.verdict, Verdict::Admit);
        assert!(case.why_en.contains("added"));
        assert!(!is_graver(edge.verdict, case.central.verdict));
    }

    #[test]
    fn a_one_time_pass_that_was_used_at_another_gate_is_a_case_by_presence() {
        let list = list(3, &[Member { uses: Some(1), ..truck("once") }]);
        let ask = ask(60);
        let edge = at_the_edge(&list, &Presence::default(), &ask);
        let mut presence = Presence::default();
        presence.uses.insert("once".into(), 1);
        let case = again(Some(&list), list.clone(), &presence, &ask, &edge).unwrap();
        assert_eq!(case.central.reason, Reason::UsedUp);
        assert!(case.why_vi.contains("Danh sách không đổi"));
    }
}
