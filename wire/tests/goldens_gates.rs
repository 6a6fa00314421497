//! What travels about gates, as checked-in files. As in `goldens.rs`: run with `UPDATE_GOLDENS=1` to write them anew, and think of
//! every edge in the field before committing that.

use std::path::PathBuf;

use jiff::Timestamp;
use uuid::Uuid;
use wire::gate::*;
use wire::identity::{RegisterResult, TrustLevel};
use wire::payload::{AGENT_ITSELF, Direction, PlateReading};
use wire::plate::VehicleGroup;
use wire::*;

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn device() -> DeviceKey {
    DeviceKey::from_seed(&[7; 32])
}

fn central() -> DeviceKey {
    DeviceKey::from_seed(&[9; 32])
}

fn secret() -> AgentSecret {
    AgentSecret::agree(&device(), &central().public())
}

fn at(text: &str) -> Timestamp {
    format!("2026-11-20T{text}Z").parse().unwrap()
}

fn card() -> KeyDigest {
    secret().digest(KeyKind::Card, "037090001234")
}

fn policy() -> Policy {
    let rule = |id, group: Option<&str>, schedule: Option<&str>, verdict| Rule {
        id: name(id),
        groups: group.map(name).into_iter().collect(),
        lists: vec![ListKind::Allow],
        schedule: schedule.map(name),
        verdict,
    };
    Policy {
        id: name("xe-va-lai-xe"),
        wanted: Wanted::VehicleAndDriver,
        rules: vec![
            rule("may-10-ca-2", Some("may-10"), Some("ca-2"), Verdict::Admit),
            rule("con-lai", None, None, Verdict::Wait),
        ],
        unknown: Verdict::Deny,
        least_trust: Some(TrustLevel::QrAndRegister),
        least_score: 0.75,
        anti_passback: AntiPassback::Timed { minutes: 5 },
        quotas: true,
        interlock: vec![name("lan-ra")],
        tailgating: Tailgating { bodies: 1, window_s: 8 },
        staleness: Staleness { fresh_s: 900, usable_s: 86_400, when_old: Verdict::Wait },
        faces: FaceUse::Off,
        pair_s: 30,
    }
}

fn lane(id: &str, way: LaneWay, policy: Policy) -> Lane {
    Lane { id: name(id), name_vi: "Làn".into(), name_en: "Lane".into(), way, policy }
}

fn entry(id: &str, kind: EntryKind, label: &str, keys: Vec<EntryKey>) -> Entry {
    Entry {
        id: id.into(),
        list: ListKind::Allow,
        kind,
        group: Some(name("may-10")),
        label: label.into(),
        keys,
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

fn entries() -> Vec<Entry> {
    let plate = EntryKey::Plate { text: "51F97022".into(), group: Some(VehicleGroup::Car) };
    let pass = EntryKey::Digest { of: KeyKind::Pass, digest: secret().digest(KeyKind::Pass, "VG-7F3A") };
    vec![
        Entry { drivers: vec!["m-2".into()], ..entry("m-1", EntryKind::Vehicle, "Xe May 10", vec![plate]) },
        entry(
            "m-2",
            EntryKind::Person,
            "Nguyễn V. M.",
            vec![EntryKey::Digest { of: KeyKind::Card, digest: card() }],
        ),
        Entry {
            group: Some(name("doan")),
            gates: vec![name("cong-a")],
            schedule: Some(name("ca-2")),
            valid_from: Some(at("00:00:00")),
            valid_until: Some(at("17:00:00")),
            uses: Some(1),
            escort: true,
            stay_minutes: Some(120),
            expected_at: Some(at("02:30:00")),
            people: Some(12),
            ..entry("v-1", EntryKind::Person, "Trần T. H.", vec![pass])
        },
        Entry {
            list: ListKind::Block,
            group: None,
            ..entry(
                "b-1",
                EntryKind::Vehicle,
                "Xe bị cấm",
                vec![EntryKey::Plate { text: "59P166480".into(), group: None }],
            )
        },
    ]
}

fn list() -> GateList {
    let group = |id, kind, label: &str, quota| Group {
        id: name(id),
        kind,
        name: label.into(),
        vehicle_quota: quota,
        person_quota: None,
    };
    let open = Policy {
        wanted: Wanted::Anonymous,
        unknown: Verdict::Admit,
        rules: vec![],
        interlock: vec![],
        ..policy()
    };
    GateList {
        v: VERSION,
        site: name("kcn-khanh-phu"),
        agent: name("edge-1"),
        version: 42,
        made_at: at("07:00:00"),
        clock: Clock { utc_offset_minutes: 420 },
        holidays: vec![Holiday {
            date: "2027-02-05".parse().unwrap(),
            off: true,
            name_vi: "Tết Nguyên đán".into(),
        }],
        schedules: vec![Schedule {
            id: name("ca-2"),
            name_vi: "Ca 2".into(),
            name_en: "Shift 2".into(),
            windows: vec![Window {
                days: vec![DayKind::Mon, DayKind::Fri, DayKind::Holiday],
                from: "14:00".parse().unwrap(),
                until: "22:00".parse().unwrap(),
            }],
        }],
        groups: vec![
            group("may-10", GroupKind::Enterprise, "May 10", Some(20)),
            group("doan", GroupKind::Tour, "Khách đoàn", None),
        ],
        gates: vec![Gate {
            id: name("cong-a"),
            name_vi: "Cổng A".into(),
            name_en: "Gate A".into(),
            area: name("khu-a"),
            person_capacity: Some(5000),
            vehicle_capacity: None,
            lanes: vec![lane("lan-vao", LaneWay::In, policy()), lane("lan-ra", LaneWay::Out, open)],
        }],
        entries: entries(),
        watch: vec![WatchDigest {
            of: KeyKind::Plate,
            digest: secret().digest(KeyKind::Plate, "37A12345"),
            valid_until: Some(at("17:00:00")),
        }],
        guards: vec![GuardAccount {
            user: "bao-ve-1".into(),
            name: "Lê Văn B".into(),
            pin_hash: "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into(),
            gates: vec![name("cong-a")],
            supervisor: true,
        }],
        faces_until: None,
        paper_form: Some("BM-07".into()),
    }
}

fn asked() -> Ask {
    Ask {
        at: at("07:05:12.5"),
        lane: name("lan-vao"),
        direction: Direction::In,
        vehicle: Some(SeenVehicle {
            text: Some("51F97022".into()),
            score: 0.9375,
            group: Some(VehicleGroup::Car),
            others: vec!["51E97022".into()],
            watch: vec![secret().digest(KeyKind::Plate, "51F97022")],
        }),
        person: Some(SeenPerson {
            keys: vec![(KeyKind::Card, card())],
            trust: Some(TrustLevel::QrAndRegister),
            offline: false,
            mismatch: false,
            check_papers: false,
            papers_checked: false,
        }),
        escort: false,
        open_lanes: vec![],
        emergency: false,
        face_hint: false,
    }
}

fn access(outcome: AccessOutcome) -> Payload {
    let ask = asked();
    let decision = decide(Some(&GateIndex::new(list())), &Presence::default(), &ask);
    assert_eq!((decision.verdict, decision.reason), (Verdict::Admit, Reason::Listed));
    let over = outcome != AccessOutcome::Pending;
    Payload::Access(Box::new(Access {
        gate: name("cong-a"),
        area: name("khu-a"),
        verdict: decision.verdict,
        ask,
        decision,
        actor: if over { Actor::Guard { user: "bao-ve-1".into() } } else { Actor::Agent },
        outcome,
        passage: over.then(|| Uuid::from_u128(0x77)),
        reading: Some(PlateReading {
            text: "51F97022".into(),
            display: "51F-970.22".into(),
            raw: "51F97022".into(),
            valid: true,
            kind: Some("car".into()),
            lines: 1,
            score: 0.9375,
            votes: 3,
            reads: 3,
            candidates: vec![],
            edits: vec![],
            ambiguous: vec![],
            bbox: [470, 410, 66, 24],
            colour: None,
            class: None,
            country: None,
        }),
        track: Some(41),
        bodies: u32::from(over),
        barrier: if over { BarrierWord::Closed } else { BarrierWord::Commanded },
        command_ms: Some(118),
        legible_at: Some(at("07:05:12.375")),
        ended_at: over.then(|| at("07:05:19")),
        alone_since: over.then(|| at("06:00:00")),
    }))
}

fn subject_box(purpose: &str) -> SubjectBox {
    let body = QuestionBody::VerifyCitizen {
        number: "037090001234".into(),
        name: "Nguyễn Văn Minh".into(),
        birth: "1990-05-01".into(),
    };
    secret().close(purpose, [5; 24], &serde_json::to_vec(&body).unwrap())
}

/// File, phase, camera, payload.
fn events() -> Vec<(&'static str, Phase, &'static str, Payload)> {
    let action = GuardAction {
        gate: name("cong-a"),
        lane: Some(name("lan-vao")),
        act: GuardAct::Admit,
        access: Some(Uuid::from_u128(0x41)),
        subject: None,
        user: "bao-ve-1".into(),
        reason: "known_visitor".into(),
        note: Some("Gọi điện xác nhận với May 10".into()),
        overrides: Some(Verdict::Wait),
    };
    let incident = Incident {
        incident: IncidentKind::AfterHours,
        rule: name("kho-2"),
        lane: None,
        access: None,
        track: Some(17),
        count: 1,
        bbox: Some([412, 230, 60, 160]),
        picture: Some([1280, 720]),
    };
    let correction = CountCorrection {
        gate: name("cong-a"),
        area: name("khu-a"),
        people: -2,
        vehicles: 0,
        user: "bao-ve-1".into(),
        reason: "left_by_other_way".into(),
        note: None,
    };
    let shift = Shift {
        gate: name("cong-a"),
        from: Some("bao-ve-1".into()),
        to: Some("bao-ve-2".into()),
        note: Some("Làn ra đang sửa".into()),
        people: 812,
        vehicles: 64,
        waiting: 1,
        items: vec!["Chìa khoá".into(), "Bộ đàm".into()],
    };
    let paper = PaperEntry {
        gate: name("cong-a"),
        area: name("khu-a"),
        form: "BM-07/113".into(),
        row: 4,
        at: at("06:40:00"),
        direction: Direction::In,
        subject: Subject {
            kind: SubjectKind::Person,
            plate: None,
            entry: Some("m-2".into()),
            person: Some(subject_box("paper_entry")),
        },
        verdict: Verdict::Admit,
        user: "bao-ve-1".into(),
        note: None,
    };
    let check = IdentityCheck {
        gate: name("cong-a"),
        lane: name("lan-vao"),
        access: Uuid::from_u128(0x41),
        purpose: "GATE_CONTROL".into(),
        subject: subject_box("GATE_CONTROL"),
        digest: Digest::of(b"what was shown"),
    };
    let count = ZoneCount { zone: name("san-ga"), most: 12, mean: 7.5, observed_s: 57.5 };
    let settled = Phase::Settled;
    vec![
        ("access-provisional", Phase::Provisional, "cong-2", access(AccessOutcome::Pending)),
        ("access-settled", settled, "cong-2", access(AccessOutcome::Passed)),
        ("guard-action", settled, AGENT_ITSELF, Payload::GuardAction(action)),
        ("incident", settled, "cong-2", Payload::Incident(incident)),
        ("zone-count", settled, "cong-2", Payload::ZoneCount(count)),
        ("count-correction", settled, AGENT_ITSELF, Payload::CountCorrection(correction)),
        ("shift", settled, AGENT_ITSELF, Payload::Shift(shift)),
        ("paper-entry", settled, AGENT_ITSELF, Payload::PaperEntry(paper)),
        ("identity-check", settled, AGENT_ITSELF, Payload::IdentityCheck(check)),
    ]
}

fn question() -> Question {
    Question {
        v: VERSION,
        id: Uuid::from_u128(0x51),
        asked_at: at("07:05:12"),
        deadline_ms: 1500,
        gate: name("cong-a"),
        lane: name("lan-vao"),
        user: Some("bao-ve-1".into()),
        purpose: "GATE_CONTROL".into(),
        body: subject_box("GATE_CONTROL"),
    }
}

fn answer() -> Answer {
    Answer {
        v: VERSION,
        id: Uuid::from_u128(0x51),
        body: AnswerBody::Citizen {
            result: RegisterResult::NoMatch,
            mismatch: vec!["full_name".into()],
            check_papers: true,
        },
        txn: Some("TXN-2026-000123".into()),
    }
}

fn goldens() -> Vec<(&'static str, Vec<u8>)> {
    let mut prev = Digest::ZERO;
    let mut files = Vec::new();
    for (index, (file, phase, camera, payload)) in events().into_iter().enumerate() {
        let seq = index as u64 + 1;
        // Both phases of the decision have its id.
        let id = if file.starts_with("access") { 0x41 } else { 0x100 + u128::from(seq) };
        let envelope = Envelope {
            v: VERSION,
            id: Uuid::from_u128(id),
            site: name("kcn-khanh-phu"),
            agent: name("edge-1"),
            seq,
            prev,
            camera: name(camera),
            phase,
            captured: Captured { at: at("07:05:12.375"), uncertainty_ms: 12, source: TimeSource::Rtcp },
            payload,
            evidence: vec![],
            models: vec![],
        };
        let sealed = envelope.seal(&device()).unwrap();
        prev = sealed.digest;
        files.push((file, sealed.message));
    }
    let by = |key: DeviceKey, body: Vec<u8>| seal(&key, &body);
    files.push(("list", by(central(), serde_json::to_vec(&list()).unwrap())));
    files.push(("question", by(device(), serde_json::to_vec(&question()).unwrap())));
    files.push(("answer", by(central(), serde_json::to_vec(&answer()).unwrap())));
    files
}

fn read(file: &str) -> Vec<u8> {
    std::fs::read(path(file)).unwrap()
}

fn path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../tests/goldens/v1/gate-{file}.json"))
}

#[test]
fn version_1_of_gates_is_written_exactly_as_the_goldens_say() {
    for (file, bytes) in goldens() {
        if std::env::var_os("UPDATE_GOLDENS").is_some() {
            std::fs::write(path(file), &bytes).unwrap();
        }
        assert_eq!(String::from_utf8(bytes).unwrap(), String::from_utf8(read(file)).unwrap(), "{file}");
    }
}

#[test]
fn the_events_read_back_in_their_chain_and_within_their_bounds() {
    let mut prev = Digest::ZERO;
    for (file, phase, _, payload) in events() {
        let message = read(file);
        let sealed = Sealed::parse(&message, MAX_MESSAGE_BYTES).unwrap();
        let body = sealed.verify(&device().public()).unwrap();
        let envelope = Envelope::open(body).unwrap();
        assert_eq!((envelope.prev, envelope.phase, &envelope.payload), (prev, phase, &payload), "{file}");
        assert_eq!(check_event(&envelope.payload), Ok(()), "{file}");
        assert_eq!(
            payload.kind().replace('_', "-").as_str(),
            file.trim_end_matches("-provisional").trim_end_matches("-settled")
        );
        prev = Digest::of(body);
    }
}

#[test]
fn the_list_golden_is_centrals_makes_sense_and_is_for_its_agent_only() {
    let message = read("list");
    let sealed = Sealed::parse(&message, MAX_LIST_BYTES).unwrap();
    let body = sealed.verify(&central().public()).unwrap();
    assert_eq!(GateList::open(body, &name("kcn-khanh-phu"), &name("edge-1")).unwrap(), list());
    assert_eq!(GateList::open(body, &name("kcn-khanh-phu"), &name("edge-2")), Err(ListError::OtherAgent));
    let text = std::str::from_utf8(body).unwrap();
    assert!(
        !text.contains("037090001234") && !text.contains("37A12345"),
        "numbers and watched plates are digests"
    );
    let newer = text.replacen("{\"v\":1", "{\"v\":2", 1);
    let newer = GateList::open(newer.as_bytes(), &name("kcn-khanh-phu"), &name("edge-1"));
    assert_eq!(newer, Err(ListError::NewerVersion(2)));
    let more = text.replacen("{\"v\":1", "{\"v\":1,\"weather\":\"rain\"", 1);
    assert!(GateList::open(more.as_bytes(), &name("kcn-khanh-phu"), &name("edge-1")).is_ok());
}

#[test]
fn the_question_opens_at_central_under_its_purpose_and_the_answer_names_it() {
    let message = read("question");
    let body =
        Sealed::parse(&message, MAX_MESSAGE_BYTES).unwrap().verify(&device().public()).unwrap().to_vec();
    let asked: Question = serde_json::from_slice(&body).unwrap();
    assert_eq!(asked, question());
    assert!(!String::from_utf8(body).unwrap().contains("Minh"), "names travel closed");
    let central_secret = AgentSecret::agree(&central(), &device().public());
    let plain = central_secret.open(&asked.purpose, &asked.body).unwrap();
    assert!(
        matches!(serde_json::from_slice(&plain).unwrap(), QuestionBody::VerifyCitizen { number, .. } if number == "037090001234")
    );
    let message = read("answer");
    let body =
        Sealed::parse(&message, MAX_MESSAGE_BYTES).unwrap().verify(&central().public()).unwrap().to_vec();
    let got: Answer = serde_json::from_slice(&body).unwrap();
    assert_eq!(got, answer());
    assert_eq!(got.id, asked.id);
}
