//! What agents say of their gates, over a real broker: decisions, who is inside, cases, questions about identities.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use central::store::gates::Member;
use central::store::gates::read::{AccessFilter, StayFilter};
use central::store::rows::Scope;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use support::{Agent, Central};
use uuid::Uuid;
use wire::gate::{
    Access, AccessOutcome, Actor, AgentSecret, Answer, AnswerBody, Ask, BarrierWord, CountCorrection,
    Decision, Freshness, GateIndex, GateList, GuardAct, GuardAction, IdentityCheck, Incident, IncidentKind,
    PaperEntry, Presence, Question, QuestionBody, Reason, RegisterWord, SeenVehicle, Subject, SubjectKind,
    Verdict, decide,
};
use wire::identity::RegisterResult;
use wire::payload::Direction;
use wire::topic::Leaf;
use wire::{Digest, Envelope, Name, Payload, Phase, ReceiptResult, Sealed};

const SITE: &str = "kcn-khanh-phu";
const FAST: &str = "[gates]\ndebounce_ms = 100\n";

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

async fn list(agent: &mut Agent) -> GateList {
    loop {
        let (topic, bytes) = agent.next_for_gates().await;
        if topic.leaf == Leaf::List {
            let body = Sealed::parse(&bytes, wire::MAX_LIST_BYTES)
                .unwrap()
                .verify(&agent.central_key.unwrap())
                .unwrap()
                .to_vec();
            return GateList::open(&body, &agent.site, &agent.name).unwrap();
        }
    }
}

/// A vehicle at lane 1, decided by a list as an agent decides.
fn access(list: Option<&GateList>, plate: &str, direction: Direction, at: Timestamp) -> Access {
    let ask = Ask {
        at,
        lane: name("lan-1"),
        direction,
        vehicle: Some(SeenVehicle { text: Some(plate.to_owned()), score: 0.97, ..SeenVehicle::default() }),
        person: None,
        escort: false,
        open_lanes: vec![],
        emergency: false,
        face_hint: false,
    };
    let index = list.cloned().map(GateIndex::new);
    let decision = decide(index.as_ref(), &Presence::default(), &ask);
    Access {
        gate: name("cong-2"),
        area: name("khu-san-xuat"),
        verdict: decision.verdict,
        ask,
        decision,
        actor: Actor::Agent,
        outcome: AccessOutcome::Passed,
        passage: None,
        reading: None,
        track: Some(1),
        bodies: 1,
        barrier: BarrierWord::Closed,
        command_ms: Some(120),
        legible_at: Some(at),
        ended_at: Some(at),
        alone_since: None,
    }
}

fn event(agent: &Agent, payload: Payload, at: Timestamp) -> Envelope {
    let mut envelope = agent.envelope("cong-2", payload);
    envelope.captured.at = at;
    envelope
}

async fn committed(agent: &mut Agent, envelope: &Envelope) {
    agent.send(envelope).await;
    assert_eq!(agent.receipts().await[0].result, ReceiptResult::Committed);
}

async fn inside(central: &Central) -> Vec<(u64, u64)> {
    let areas = central.state().store.inside_at(SITE, i64::MAX).await.unwrap();
    areas
        .into_iter()
        .filter(|area| area.area == "khu-san-xuat")
        .map(|area| (area.people, area.vehicles))
        .collect()
}

async fn until<F: Future<Output = bool>>(what: &str, mut check: impl FnMut() -> F) {
    let wait = async {
        while !check().await {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(25), wait).await.unwrap_or_else(|_| panic!("{what}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_settled_counted_and_joined_whatever_order_it_comes_in() {
    let central = Central::start(FAST).await;
    let store = &central.state().store;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let list = list(&mut agent).await;
    let start = Timestamp::now() - SignedDuration::from_secs(50);
    let at = |s: i64| start + SignedDuration::from_secs(s);
    let mut provisional = access(Some(&list), "35C14142", Direction::In, at(0));
    provisional.outcome = AccessOutcome::Pending;
    let mut entry = event(&agent, Payload::Access(Box::new(provisional)), at(0));
    entry.phase = Phase::Provisional;
    committed(&mut agent, &entry).await;
    assert!(inside(&central).await.is_empty(), "nobody is inside before it has passed");
    // The way out is told before the way in, as a backlog may come.
    let out = event(
        &agent,
        Payload::Access(Box::new(access(Some(&list), "35C14142", Direction::Out, at(30)))),
        at(30),
    );
    committed(&mut agent, &out).await;
    let mut settled = event(
        &agent,
        Payload::Access(Box::new(access(Some(&list), "35C14142", Direction::In, at(0)))),
        at(0),
    );
    settled.id = entry.id;
    committed(&mut agent, &settled).await;
    agent.send(&settled).await;
    assert_eq!(agent.receipts().await[0].result, ReceiptResult::Duplicate);
    let all = AccessFilter { until_ms: i64::MAX, ..AccessFilter::default() };
    let rows = store.accesses(&Scope::all(), &all, (i64::MAX, ""), 10).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (rows[1].phase.as_str(), rows[1].verdict.as_str(), rows[1].outcome.as_str()),
        ("settled", "admit", "passed")
    );
    let stays = StayFilter { until_ms: i64::MAX, ..StayFilter::default() };
    let stays = store.stays(&Scope::all(), &stays, (i64::MAX, ""), 10).await.unwrap();
    assert_eq!(stays.len(), 1);
    assert_eq!((stays[0].state.as_str(), stays[0].subject.as_str()), ("left", "m-0001"));
    assert_eq!(inside(&central).await, [(0, 0)]);
    // One more goes in; a correction adds two people; a person from the paper form counts once.
    let more = event(
        &agent,
        Payload::Access(Box::new(access(Some(&list), "35AA40012", Direction::In, at(40)))),
        at(40),
    );
    committed(&mut agent, &more).await;
    let correction = CountCorrection {
        gate: name("cong-2"),
        area: name("khu-san-xuat"),
        people: 2,
        vehicles: 0,
        user: "gate.1".into(),
        reason: "missed".into(),
        note: None,
    };
    let correction = event(&agent, Payload::CountCorrection(correction), at(41));
    committed(&mut agent, &correction).await;
    for _ in 0..2 {
        let paper = PaperEntry {
            gate: name("cong-2"),
            area: name("khu-san-xuat"),
            form: "BM-KCN-02/17".into(),
            row: 3,
            at: at(20),
            direction: Direction::In,
            subject: Subject {
                kind: SubjectKind::Person,
                plate: None,
                entry: Some("m-0012".into()),
                person: None,
            },
            verdict: Verdict::Admit,
            user: "gate.1".into(),
            note: None,
        };
        let paper = event(&agent, Payload::PaperEntry(paper), at(45));
        committed(&mut agent, &paper).await;
    }
    assert_eq!(inside(&central).await, [(3, 1)]);
    let still = StayFilter { from_ms: i64::MAX - 1, until_ms: i64::MAX, ..StayFilter::default() };
    let still = store.stays(&Scope::all(), &still, (i64::MAX, ""), 10).await.unwrap();
    let mut still: Vec<_> = still.into_iter().map(|stay| stay.subject).collect();
    still.sort();
    assert_eq!(still, ["m-0002", "m-0012"], "whoever is still inside belongs to every later time");
    let app = central.app;
    app.stop().await;
    let app = support::start_in(central.folder.path(), FAST).await;
    let areas = app.state.store.inside_at(SITE, i64::MAX).await.unwrap();
    assert_eq!((areas[0].people, areas[0].vehicles), (3, 1), "the same after a restart");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_is_an_alert_once_and_a_possible_face_is_told_to_the_police_alone() {
    let central = Central::start(FAST).await;
    let store = &central.state().store;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let list = list(&mut agent).await;
    let at = Timestamp::now();
    let mut through = access(Some(&list), "36A97531", Direction::In, at);
    assert_eq!((through.verdict, through.decision.reason), (Verdict::Deny, Reason::Blocked));
    through.outcome = AccessOutcome::PassedUnadmitted;
    let through = event(&agent, Payload::Access(Box::new(through)), at);
    committed(&mut agent, &through).await;
    let incident = |incident, access| {
        Payload::Incident(Incident {
            incident,
            rule: name("lan-1"),
            lane: Some(name("lan-1")),
            access,
            track: None,
            count: 2,
            bbox: None,
            picture: None,
        })
    };
    for payload in [
        incident(IncidentKind::PassedUnadmitted, Some(through.id)),
        incident(IncidentKind::Tailgating, Some(through.id)),
        incident(IncidentKind::PossibleFace, None),
    ] {
        let told = event(&agent, payload, at);
        committed(&mut agent, &told).await;
    }
    let act = GuardAction {
        gate: name("cong-2"),
        lane: Some(name("lan-1")),
        act: GuardAct::Admit,
        access: Some(through.id),
        subject: None,
        user: "gate.1".into(),
        reason: "papers_good".into(),
        note: None,
        overrides: Some(Verdict::Deny),
    };
    let act = event(&agent, Payload::GuardAction(act), at);
    committed(&mut agent, &act).await;
    let kinds = async |scope: Scope| {
        let mut kinds: Vec<String> = store
            .alerts(&scope, "", (i64::MAX, ""), 10)
            .await
            .unwrap()
            .into_iter()
            .map(|alert| alert.kind)
            .collect();
        kinds.sort();
        kinds
    };
    assert_eq!(kinds(Scope::all()).await, ["passed_unadmitted", "tailgating"], "one alert for one thing");
    assert_eq!(
        kinds(Scope::all().for_police(true)).await,
        ["passed_unadmitted", "possible_face", "tailgating"]
    );
    let row = store.access(&through.id.to_string(), &Scope::all()).await.unwrap().unwrap();
    let acts = store.acts_of(&[row]).await.unwrap();
    assert_eq!(acts[&through.id.to_string()][0].overrides.as_deref(), Some("deny"));
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_decision_by_an_older_list_becomes_a_case_and_a_good_one_does_not() {
    let central = Central::start(FAST).await;
    let state = central.state();
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let first = list(&mut agent).await;
    assert!(state.store.end_member("m-0001", "test", Timestamp::now().as_millisecond()).await.unwrap());
    let second = list(&mut agent).await;
    let after = second.made_at + SignedDuration::from_millis(500);
    let gone = event(
        &agent,
        Payload::Access(Box::new(access(Some(&first), "35C14142", Direction::In, after))),
        after,
    );
    let same = event(
        &agent,
        Payload::Access(Box::new(access(Some(&first), "35AA40012", Direction::In, after))),
        after,
    );
    committed(&mut agent, &gone).await;
    committed(&mut agent, &same).await;
    until("a case", async || state.store.otherwise_of(&gone.id.to_string()).await.unwrap().is_some()).await;
    let case = state.store.otherwise_of(&gone.id.to_string()).await.unwrap().unwrap();
    assert!(case.why_en.contains("taken off the list"), "{}", case.why_en);
    assert!(
        case.edge.contains("admit") && case.central.contains("not_listed"),
        "{} {}",
        case.edge,
        case.central
    );
    until("all looked at", async || state.store.to_recheck(i64::MAX, 10).await.unwrap().is_empty()).await;
    assert!(state.store.otherwise_of(&same.id.to_string()).await.unwrap().is_none());
    let row = state.store.access(&gone.id.to_string(), &Scope::all()).await.unwrap().unwrap();
    assert_eq!(
        (row.verdict.as_str(), row.otherwise.as_deref()),
        ("admit", Some("open")),
        "what happened stays as it was"
    );
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overstay_is_told_once() {
    let central = Central::start(FAST).await;
    let state = central.state();
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    list(&mut agent).await;
    let visitor = Member {
        plate: Some("35K14358".into()),
        group_id: Some("khach".into()),
        stay_minutes: Some(1),
        ..Member::new(SITE, "vehicle", "allow", "Xe khách", "test", 1)
    };
    state.store.insert_member(&state.data_key, &visitor).await.unwrap();
    let list = list(&mut agent).await;
    let at = Timestamp::now() - SignedDuration::from_secs(90);
    let entry =
        event(&agent, Payload::Access(Box::new(access(Some(&list), "35K14358", Direction::In, at))), at);
    committed(&mut agent, &entry).await;
    let overstays = async || {
        let alerts = state.store.alerts(&Scope::all(), "", (i64::MAX, ""), 10).await.unwrap();
        alerts.into_iter().filter(|alert| alert.kind == "overstay").count()
    };
    until("an alert", async || overstays().await == 1).await;
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(overstays().await, 1);
    central.app.stop().await;
}

/// The national services, which can be switched off. `037075900204` is sought.
struct Services {
    up: Arc<AtomicBool>,
    config: String,
    _secret: tempfile::NamedTempFile,
}

async fn services(up: bool) -> Services {
    let up = Arc::new(AtomicBool::new(up));
    let router = |path: &'static str, answer: fn(&Value) -> Value| {
        let up = up.clone();
        let handler = move |headers: HeaderMap, Json(body): Json<Value>| {
            let up = up.clone();
            async move {
                assert!(headers.contains_key("x-signature") && headers.contains_key("x-purpose-code"));
                if path.contains("wanted") {
                    assert_eq!(headers["x-purpose-code"], "WANTED_CHECK", "the police purpose");
                }
                match up.load(Ordering::SeqCst) {
                    true => (StatusCode::OK, Json(answer(&body))),
                    false => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"code": "UPSTREAM_DOWN"}))),
                }
            }
        };
        Router::new().route(path, post(handler))
    };
    let app = router("/mock/csdldc/v1/verify-citizen", |body| match body["fullName"].as_str() {
        Some("Sai Tên") => json!({"result": "NO_MATCH", "mismatch": ["FULL_NAME"], "txnId": "C-2"}),
        _ => json!({"result": "MATCH", "mismatch": [], "txnId": "C-1"}),
    })
    .merge(router("/mock/wanted/v1/check", |body| match body["idNumber"].as_str() {
        Some("037075900204") => json!({"result": "HIT", "noticeNo": "TN-1", "handlingUnit": "CA", "txnId": "W-1"}),
        _ => json!({"result": "CLEAR", "noticeNo": null, "handlingUnit": null, "txnId": "W-2"}),
    }))
    .merge(router("/mock/vneid/v1/verify-qr", |_| {
        json!({"result": "VALID", "level": 2, "subjectRef": "SR-77", "displayName": "Nguyễn Văn Mẫu", "txnId": "V-1"})
    }))
    .merge(router("/mock/rail/v1/check-ticket", |_| json!({"result": "OTHER_NAME", "train": "SE7", "txnId": "T-1"})));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "test-secret\n").unwrap();
    let section = |name: &str, purpose: &str| {
        format!(
            "[registers.{name}]\nurl = \"http://{address}/mock\"\nclient_id = \"vg\"\nsecret_file = {:?}\nunit_code = \"H42\"\n\
             officer_id = \"system\"\npurpose_code = \"{purpose}\"\ntimeout_ms = 2000\nretry_s = 1\n",
            secret.path()
        )
    };
    let config = [
        FAST.to_owned(),
        section("csdldc", "GATE_CONTROL"),
        section("wanted", "WANTED_CHECK"),
        section("vneid", "GATE_CONTROL"),
        section("ticket", "GATE_CONTROL"),
    ]
    .concat();
    Services { up, config, _secret: secret }
}

fn closed(agent: &Agent, body: &QuestionBody) -> wire::gate::SubjectBox {
    let secret = AgentSecret::agree(&agent.key, &agent.central_key.unwrap());
    secret.close(
        "GATE_CONTROL",
        *Uuid::new_v4().as_bytes().repeat(2).first_chunk::<24>().unwrap(),
        &serde_json::to_vec(body).unwrap(),
    )
}

async fn asked(agent: &mut Agent, body: QuestionBody) -> Answer {
    let question = Question {
        v: wire::VERSION,
        id: Uuid::now_v7(),
        asked_at: Timestamp::now(),
        deadline_ms: 5000,
        gate: name("cong-2"),
        lane: name("lan-di-bo"),
        user: Some("gate.1".into()),
        purpose: "GATE_CONTROL".into(),
        body: closed(agent, &body),
    };
    agent.publish(Leaf::Ask, wire::seal(&agent.key, &serde_json::to_vec(&question).unwrap())).await;
    loop {
        let (topic, bytes) = agent.next_for_gates().await;
        if topic.leaf == Leaf::Answer {
            let sealed = Sealed::parse(&bytes, wire::MAX_MESSAGE_BYTES).unwrap();
            let answer: Answer =
                serde_json::from_slice(sealed.verify(&agent.central_key.unwrap()).unwrap()).unwrap();
            assert_eq!(answer.id, question.id);
            return answer;
        }
    }
}

fn citizen(number: &str, name: &str) -> QuestionBody {
    QuestionBody::VerifyCitizen { number: number.into(), name: name.into(), birth: "1975-06-30".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_is_told_words_and_only_the_police_learn_of_a_hit() {
    let services = services(true).await;
    let central = Central::start(&services.config).await;
    let store = &central.state().store;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let answer = asked(&mut agent, citizen("037090001234", "Nguyễn Văn Mẫu")).await;
    assert_eq!(
        answer.body,
        AnswerBody::Citizen { result: RegisterResult::Match, mismatch: vec![], check_papers: false }
    );
    assert_eq!(answer.txn.as_deref(), Some("C-1"));
    let answer = asked(&mut agent, citizen("037090001234", "Sai Tên")).await;
    assert_eq!(
        answer.body,
        AnswerBody::Citizen {
            result: RegisterResult::NoMatch,
            mismatch: vec!["full_name".into()],
            check_papers: false
        }
    );
    let answer = asked(&mut agent, citizen("037075900204", "Đinh Văn Tưởng Tượng")).await;
    assert_eq!(
        answer.body,
        AnswerBody::Citizen { result: RegisterResult::Match, mismatch: vec![], check_papers: true }
    );
    let text = serde_json::to_string(&answer).unwrap();
    assert!(!text.contains("TN-1") && !text.contains("HIT") && !text.contains("wanted"), "{text}");

    let alerts = store.alerts(&Scope::all().for_police(true), "", (i64::MAX, ""), 10).await.unwrap();
    assert_eq!(
        (alerts.len(), alerts[0].kind.as_str(), alerts[0].severity.as_str()),
        (1, "wanted_person", "critical")
    );
    assert!(alerts[0].incident.as_deref().unwrap().contains("TN-1"));
    assert!(store.alerts(&Scope::all(), "", (i64::MAX, ""), 10).await.unwrap().is_empty());
    assert!(store.alert(&alerts[0].alert_id, &Scope::all()).await.unwrap().is_none());
    assert!(store.alerts_in_feed(0, i64::MAX, &Scope::all(), 10).await.unwrap().is_empty());
    assert_eq!(store.summary(&Scope::all(), 0).await.unwrap().alerts_open, 0);
    let audit = store.audit_rows("gate.1", "", (i64::MAX, ""), 50).await.unwrap();
    assert_eq!(
        audit
            .iter()
            .filter(|row| row.action == "identity.citizen" && row.purpose.as_deref() == Some("GATE_CONTROL"))
            .count(),
        3
    );
    let told = audit.iter().map(|row| format!("{row:?}")).collect::<String>();
    assert!(told.contains("C-1") && told.contains("W-1"), "transaction numbers are kept");
    for personal in ["0370", "Mẫu", "HIT", "TN-1"] {
        assert!(!told.contains(personal), "{personal} stands in the audit log");
    }

    let answer = asked(&mut agent, QuestionBody::VerifyVneid { token: "x".into() }).await;
    let AnswerBody::Vneid { level: 2, subject: Some(subject), label: Some(label), .. } = answer.body else {
        panic!("{answer:?}")
    };
    let secret = AgentSecret::agree(&agent.key, &agent.central_key.unwrap());
    assert_eq!(subject, secret.digest(wire::gate::KeyKind::Vneid, "SR-77"));
    assert_eq!(label, "Nguyễn V. M.");
    let ticket = QuestionBody::VerifyTicket { ticket: "NB-1".into(), name: None, number: None };
    assert_eq!(
        asked(&mut agent, ticket).await.body,
        AnswerBody::Ticket { result: "other_name".into(), train: Some("SE7".into()) }
    );
    let face =
        QuestionBody::VerifyFace { number: "037090001234".into(), image: "/9j/".into(), liveness: 0.9 };
    assert_eq!(
        asked(&mut agent, face).await.body,
        AnswerBody::Unavailable { why: RegisterWord::Refused },
        "not approved here"
    );
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_down_is_asked_later_and_who_it_was_about_is_erased() {
    let services = services(false).await;
    let central = Central::start(&services.config).await;
    let store = &central.state().store;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    let list = list(&mut agent).await;
    let answer = asked(&mut agent, citizen("037090001234", "Nguyễn Văn Mẫu")).await;
    assert_eq!(answer.body, AnswerBody::Unavailable { why: RegisterWord::UpstreamDown });
    let at = Timestamp::now();
    let waited =
        event(&agent, Payload::Access(Box::new(access(Some(&list), "90B237416", Direction::In, at))), at);
    committed(&mut agent, &waited).await;
    let check = IdentityCheck {
        gate: name("cong-2"),
        lane: name("lan-1"),
        access: waited.id,
        purpose: "GATE_CONTROL".into(),
        subject: closed(&agent, &citizen("037090001234", "Nguyễn Văn Mẫu")),
        digest: Digest::of(b"x"),
    };
    let check = event(&agent, Payload::IdentityCheck(check), at);
    committed(&mut agent, &check).await;
    let id = waited.id.to_string();
    let (state, subject) = store.identity_check_of(&id).await.unwrap().unwrap();
    assert!(state == "waiting" && subject.is_some_and(|subject| !subject.contains("0370")));
    tokio::time::sleep(Duration::from_millis(2500)).await;
    services.up.store(true, Ordering::SeqCst);
    until("an answer", async || store.identity_check_of(&id).await.unwrap().unwrap().0 == "answered").await;
    assert_eq!(store.identity_check_of(&id).await.unwrap().unwrap().1, None, "who it was about is erased");
    let row = store.access(&id, &Scope::all()).await.unwrap().unwrap();
    assert!(row.identity.as_deref().unwrap().contains("MATCH"));
    central.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_is_forged_repeated_or_of_a_stranger_gets_no_answer() {
    let services = services(true).await;
    let central = Central::start(&services.config).await;
    let mut agent = Agent::enrolled(&central.app, SITE, "edge-1", 1).await;
    list(&mut agent).await;
    let question = Question {
        v: wire::VERSION,
        id: Uuid::now_v7(),
        asked_at: Timestamp::now(),
        deadline_ms: 5000,
        gate: name("cong-2"),
        lane: name("lan-1"),
        user: None,
        purpose: "GATE_CONTROL".into(),
        body: closed(&agent, &citizen("037090001234", "A")),
    };
    let body = serde_json::to_vec(&question).unwrap();
    agent.publish(Leaf::Ask, wire::seal(&wire::DeviceKey::from_seed(&[9; 32]), &body)).await;
    assert!(agent.gets_no_list().await, "signed by somebody else");
    let good = wire::seal(&agent.key, &body);
    agent.publish(Leaf::Ask, good.clone()).await;
    assert_eq!(agent.next_for_gates().await.0.leaf, Leaf::Answer);
    agent.publish(Leaf::Ask, good).await;
    assert!(agent.gets_no_list().await, "the same question again");
    central.app.stop().await;
}

#[test]
fn a_decision_without_a_list_says_so() {
    let none: Decision = access(None, "35C14142", Direction::In, Timestamp::now()).decision;
    assert_eq!((none.reason, none.freshness), (Reason::NoList, Freshness::None));
}
