//! Lists, questions and answers over a real broker, with a central by hand.

#[path = "support/gate_list.rs"]
#[allow(dead_code, reason = "shared with the desk's tests")]
mod gate_list;

use std::sync::Arc;
use std::time::{Duration, Instant};

use edge_agent::access::ask::Asker;
use edge_agent::access::list::Lists;
use edge_agent::access::{Gates, Request, link};
use edge_agent::identity::Identity;
use edge_agent::outbox::{Bounds, Outbox};
use edge_agent::publish::{BrokerConfig, Publisher};
use gate_list::name;
use jiff::{SignedDuration, Timestamp};
use promises::support::{Mosquitto, s, wait_for};
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use wire::gate::{
    AgentSecret, Answer, AnswerBody, GateList, Question, QuestionBody, RegisterWord, SubjectBox,
};
use wire::identity::RegisterResult;
use wire::status::{Presence, Status};
use wire::topic::{Leaf, Topic};
use wire::{DeviceKey, MAX_MESSAGE_BYTES, Sealed};

/// The machine may be busy; nothing here waits this long when it works.
const PATIENCE: Duration = s(60);

fn topic(leaf: Leaf) -> String {
    Topic { site: name("kcn"), agent: name("edge-1"), leaf }.to_string()
}

/// Central, as far as gates need it.
struct PaperCentral {
    key: DeviceKey,
    client: AsyncClient,
    questions: mpsc::Receiver<Vec<u8>>,
}

impl PaperCentral {
    fn connect(broker: &str) -> Self {
        let (host, port) = broker.trim_start_matches("mqtt://").split_once(':').expect("host:port");
        let mut options = MqttOptions::new("paper-central", host, port.parse().expect("a port"));
        options.set_max_packet_size(8 << 20, 8 << 20);
        let (client, mut events) = AsyncClient::new(options, 100);
        let (tell, questions) = mpsc::channel(100);
        let asks = client.clone();
        tokio::spawn(async move {
            loop {
                match events.poll().await {
                    Ok(Event::Incoming(Packet::ConnAck(_))) => {
                        asks.try_subscribe(topic(Leaf::Ask), QoS::AtLeastOnce).expect("room");
                    }
                    Ok(Event::Incoming(Packet::Publish(publish))) => {
                        let _ = tell.send(publish.payload.to_vec()).await;
                    }
                    Ok(_) => {}
                    Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                }
            }
        });
        Self { key: DeviceKey::from_seed(&[2; 32]), client, questions }
    }

    async fn publish(&self, list: &GateList, key: &DeviceKey) {
        let message = gate_list::sealed(list, key);
        self.client.publish(topic(Leaf::List), QoS::AtLeastOnce, true, message).await.expect("taken");
    }

    /// The next question, opened.
    async fn asked(&mut self, device: &DeviceKey) -> (Question, QuestionBody) {
        let message =
            tokio::time::timeout(PATIENCE, self.questions.recv()).await.expect("in time").expect("open");
        let sealed = Sealed::parse(&message, MAX_MESSAGE_BYTES).expect("sealed");
        let body = sealed.verify(&device.public()).expect("by the device");
        let question: Question = serde_json::from_slice(body).expect("a question");
        let closed: &SubjectBox = &question.body;
        let secret = AgentSecret::agree(&self.key, &device.public());
        let plain = secret.open(&question.purpose, closed).expect("opens");
        let body = serde_json::from_slice(&plain).expect("a body");
        (question, body)
    }

    async fn answer(&self, answer: &Answer) {
        let message = wire::seal(&self.key, &serde_json::to_vec(answer).expect("serialises"));
        self.client.publish(topic(Leaf::Answer), QoS::AtLeastOnce, false, message).await.expect("taken");
    }
}

/// An agent's link without its cameras.
struct Agent {
    lists: Arc<Lists>,
    asker: Arc<Asker>,
    device: DeviceKey,
    stop: CancellationToken,
    running: tokio::task::JoinHandle<()>,
}

impl Agent {
    fn start(folder: &std::path::Path, broker: &str, central: &DeviceKey) -> Self {
        let own = (name("kcn"), name("edge-1"));
        let mut identity = Identity::load_or_make(folder).expect("keys");
        identity.enrolled(central.public()).expect("kept");
        let device = identity.device.clone();
        let bounds = Bounds { events: 1000, bytes: 1 << 24 };
        let outbox = Outbox::open(&folder.join("outbox"), bounds, 0, own.clone(), device.clone());
        let outbox = Arc::new(outbox.expect("an outbox"));
        let config: BrokerConfig = toml::from_str(&format!("url = '{broker}'")).expect("a broker");
        let gates = Gates::new(own.0.clone(), own.1.clone());
        let (link, _) = link::connect(&gates, folder, own.clone(), &identity);
        let (lists, asker) = (link.lists.clone(), link.asker.clone());
        let status = Arc::new(|state: Presence| Status {
            v: wire::VERSION,
            state,
            at: Timestamp::now(),
            version: "test".to_owned(),
            run: "test".to_owned(),
            cameras: Vec::new(),
            outbox: Default::default(),
            clock: Default::default(),
            gates: None,
        });
        let stop = CancellationToken::new();
        let publisher = Publisher::new(config, own, identity, outbox, status).with_gates(link);
        let running = tokio::spawn(publisher.run(stop.clone()));
        Self { lists, asker, device, stop, running }
    }

    fn version(&self) -> Option<u64> {
        self.lists.current().map(|list| list.index.list().version)
    }

    async fn until_alone(&self, alone: bool) {
        wait_for("central comes or goes", PATIENCE, async || {
            (self.asker.alone_since().is_some() == alone).then_some(())
        })
        .await;
    }

    async fn stop(self) {
        self.stop.cancel();
        self.running.await.expect("stops");
    }
}

fn question() -> Request {
    Request {
        gate: name("cong-2"),
        lane: name("lan-1"),
        user: Some("an".to_owned()),
        purpose: "GATE_CONTROL".to_owned(),
        body: QuestionBody::VerifyCitizen {
            number: "037090001234".to_owned(),
            name: "NGUYỄN VĂN MINH".to_owned(),
            birth: "1990-05-17".to_owned(),
        },
        deadline: s(30),
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

/// A list of a version that is as large as an industrial park's.
fn large(version: u64) -> GateList {
    let mut list = gate_list::list("kcn", "edge-1", version, at(version as i64));
    let entry = list.entries[0].clone();
    let entries = (0..10_000).map(|n| wire::gate::Entry { id: format!("xe-n{n}"), ..entry.clone() });
    list.entries.extend(entries);
    list
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_answers_come_over_a_broker_and_go_without_one() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state");
    let mut broker = Mosquitto::start(folder.path()).await;
    let mut central = PaperCentral::connect(&broker.url());
    // Kept by the broker before the agent comes.
    let list = large(3);
    central.publish(&list, &central.key).await;
    let agent = Agent::start(&state, &broker.url(), &central.key);
    wait_for("the list is in use", PATIENCE, async || (agent.version() == Some(3)).then_some(())).await;

    // Forged, older and good ones, in this order on one connection: when the last is in use the others were judged.
    central.publish(&large(9), &DeviceKey::from_seed(&[9; 32])).await;
    central.publish(&large(2), &central.key).await;
    central.publish(&large(4), &central.key).await;
    wait_for("the next list is in use", PATIENCE, async || (agent.version() == Some(4)).then_some(())).await;
    let refusals = agent.lists.refusals();
    assert_eq!(refusals.count, 2);
    assert!(refusals.because.expect("told").contains("older"));

    // A question and its answer.
    agent.until_alone(false).await;
    let asked = tokio::spawn({
        let asker = agent.asker.clone();
        async move { asker.ask(question()).await }
    });
    let (received, body) = central.asked(&agent.device).await;
    assert!(body == question().body, "central reads what was asked");
    assert_eq!((received.user.as_deref(), received.deadline_ms), (Some("an"), 30_000));
    let body =
        AnswerBody::Citizen { result: RegisterResult::Match, mismatch: Vec::new(), check_papers: false };
    central.answer(&Answer { v: wire::VERSION, id: received.id, body: body.clone(), txn: None }).await;
    assert_eq!(asked.await.expect("asked").expect("answered").body, body);

    // The broker goes while somebody stands at the gate.
    let asked = tokio::spawn({
        let asker = agent.asker.clone();
        async move { asker.ask(question()).await }
    });
    central.asked(&agent.device).await;
    broker.kill();
    assert_eq!(asked.await.expect("asked"), Err(RegisterWord::UpstreamDown));
    agent.until_alone(true).await;
    let begin = Instant::now();
    assert_eq!(agent.asker.ask(question()).await, Err(RegisterWord::UpstreamDown));
    assert!(begin.elapsed() < s(2), "nobody waits for a central that is away");

    // It comes back, and so do answers.
    broker.restart();
    agent.until_alone(false).await;
    let asked = wait_for("a question is answered again", PATIENCE, async || {
        let asker = agent.asker.clone();
        let asked = tokio::spawn(async move { asker.ask(Request { deadline: s(3), ..question() }).await });
        let message = tokio::time::timeout(s(2), central.asked(&agent.device)).await;
        if let Ok((received, _)) = message {
            let body = body.clone();
            central.answer(&Answer { v: wire::VERSION, id: received.id, body, txn: None }).await;
        }
        asked.await.expect("asked").ok()
    });
    assert_eq!(asked.await.body, body);
    agent.stop().await;

    // Started again with nobody there: the list is still in use.
    broker.kill();
    let again = Agent::start(&state, &broker.url(), &central.key);
    assert_eq!(again.version(), Some(4));
    assert!(again.asker.alone_since().is_some());
    again.stop().await;
}
