//! A central of its own for each test, and an agent that speaks the protocol by hand.

// Each test file is a program of its own and uses a part of this.
#![allow(dead_code)]

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use central::app::{App, State};
use central::config::Config;
use jiff::Timestamp;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use tokio::sync::mpsc;
use uuid::Uuid;
use wire::payload::{Candidate, Crossing, Direction, PlateReading, TrackRef, Vehicle};
use wire::topic::{Leaf, Topic};
use wire::{
    Captured, DeviceKey, Digest, EnrolReply, EnrolRequest, Envelope, EvidenceRef, EvidenceRole, Name,
    Payload, Phase, PublicKey, Receipt, Receipts, Sealed, TimeSource,
};

/// How long a test waits for central.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running central in a folder of its own.
pub struct Central {
    pub folder: tempfile::TempDir,
    pub app: App,
}

impl Central {
    /// Starts with the sample sites and lists. `more` is added to the configuration.
    pub async fn start(more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = start_in(folder.path(), more).await;
        Self { folder, app }
    }

    pub fn state(&self) -> &State {
        &self.app.state
    }
}

/// Starts central in a folder, which may have been used before.
pub async fn start_in(folder: &Path, more: &str) -> App {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let file = folder.join("central.toml");
    let text = format!("[http]\nlisten = \"127.0.0.1:0\"\n[mqtt]\nlisten = \"127.0.0.1:0\"\n{more}");
    std::fs::write(&file, text).unwrap();
    let state = State::open(Config::load(&file).unwrap()).await.unwrap();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../seeds/data");
    central::seed::load(&state.store, &state.data_key, &samples, 0).await.unwrap();
    state.lists.reload(&state.store).await.unwrap();
    let app = App::start(state).await.unwrap();
    let connected = async {
        while !app.state.health.broker_connected.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, connected).await.expect("central connects to its broker");
    app
}

/// An edge agent, by hand.
pub struct Agent {
    pub site: Name,
    pub name: Name,
    pub key: DeviceKey,
    pub client: AsyncClient,
    inbox: mpsc::Receiver<(Topic, Vec<u8>)>,
    gates: mpsc::Receiver<(Topic, Vec<u8>)>,
    pub central_key: Option<PublicKey>,
    seq: AtomicU64,
}

impl Agent {
    /// Connects; not enrolled.
    pub async fn connect(app: &App, site: &str, name: &str, seed: u8) -> Self {
        let address = app.mqtt.expect("an embedded broker");
        let mut options =
            MqttOptions::new(format!("{site}-{name}-{seed}"), address.ip().to_string(), address.port());
        options.set_max_packet_size(10 << 20, 10 << 20);
        let (client, mut events) = AsyncClient::new(options, 100);
        let (sender, inbox) = mpsc::channel(1000);
        let (gates_sender, gates) = mpsc::channel(1000);
        let (site, name) = (Name::new(site).unwrap(), Name::new(name).unwrap());
        for leaf in [Leaf::Receipt, Leaf::Enrolled, Leaf::List, Leaf::Answer] {
            let topic = Topic { site: site.clone(), agent: name.clone(), leaf };
            client.subscribe(topic.to_string(), QoS::AtLeastOnce).await.unwrap();
        }
        let (ready, subscribed) = tokio::sync::oneshot::channel();
        tokio::spawn(async move {
            let (mut acks, mut ready) = (0, Some(ready));
            loop {
                match events.poll().await {
                    Ok(Event::Incoming(Packet::SubAck(_))) => {
                        acks += 1;
                        if let (4, Some(ready)) = (acks, ready.take_if(|_| acks == 4)) {
                            let _ = ready.send(());
                        }
                    }
                    Ok(Event::Incoming(Packet::Publish(publish))) => {
                        let Some(topic) = Topic::parse(&publish.topic) else { continue };
                        let sender = match topic.leaf {
                            Leaf::List | Leaf::Answer => &gates_sender,
                            _ => &sender,
                        };
                        if sender.send((topic, publish.payload.to_vec())).await.is_err() {
                            return;
                        }
                    }
                    Ok(_) => {}
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                }
            }
        });
        tokio::time::timeout(PATIENCE, subscribed).await.expect("the broker answers").unwrap();
        Self {
            site,
            name,
            key: DeviceKey::from_seed(&[seed; 32]),
            client,
            inbox,
            gates,
            central_key: None,
            seq: AtomicU64::new(1),
        }
    }

    /// Connects and enrols with a fresh code.
    pub async fn enrolled(app: &App, site: &str, name: &str, seed: u8) -> Self {
        let mut agent = Self::connect(app, site, name, seed).await;
        let state = &app.state;
        let code = central::enrol::new_code(&state.store, &state.config, &agent.site, &agent.name, "test")
            .await
            .unwrap();
        let reply = agent.enrol(&code.code).await;
        agent.central_key = Some(reply.central_key(&agent.site, &agent.name, &code.code).expect("enrolled"));
        agent
    }

    /// Sends an enrolment request and waits for the reply.
    pub async fn enrol(&mut self, code: &str) -> EnrolReply {
        let request = EnrolRequest::new(self.site.clone(), self.name.clone(), self.key.public(), code);
        self.publish(Leaf::Enrol, serde_json::to_vec(&request).unwrap()).await;
        let (topic, bytes) = self.next().await;
        assert_eq!(topic.leaf, Leaf::Enrolled);
        serde_json::from_slice(&bytes).unwrap()
    }

    /// Publishes on a topic of its own.
    pub async fn publish(&self, leaf: Leaf, bytes: Vec<u8>) {
        let topic = Topic { site: self.site.clone(), agent: self.name.clone(), leaf };
        self.publish_to(&topic.to_string(), bytes).await;
    }

    /// Publishes anywhere.
    pub async fn publish_to(&self, topic: &str, bytes: Vec<u8>) {
        self.client.publish(topic, QoS::AtLeastOnce, false, bytes).await.unwrap();
    }

    /// The next list or answer.
    pub async fn next_for_gates(&mut self) -> (Topic, Vec<u8>) {
        tokio::time::timeout(PATIENCE, self.gates.recv())
            .await
            .expect("central sends a list or an answer")
            .expect("the connection lives")
    }

    /// Whether neither list nor answer comes for a while.
    pub async fn gets_no_list(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(700), self.gates.recv()).await.is_err()
    }

    /// The next message that is neither list nor answer.
    async fn next(&mut self) -> (Topic, Vec<u8>) {
        tokio::time::timeout(PATIENCE, self.inbox.recv())
            .await
            .expect("central answers")
            .expect("the connection lives")
    }

    /// The next receipts, checked against central's key.
    pub async fn receipts(&mut self) -> Vec<Receipt> {
        let (topic, bytes) = self.next().await;
        assert_eq!(topic.leaf, Leaf::Receipt);
        let sealed = Sealed::parse(&bytes, wire::MAX_MESSAGE_BYTES).unwrap();
        let body = sealed.verify(&self.central_key.unwrap()).expect("central signs its receipts");
        let receipts: Receipts = serde_json::from_slice(body).unwrap();
        assert_eq!((&receipts.site, &receipts.agent), (&self.site, &self.name));
        receipts.receipts
    }

    /// Receipts until there are `count`.
    pub async fn receipts_for(&mut self, count: usize) -> Vec<Receipt> {
        let mut all = Vec::new();
        while all.len() < count {
            all.extend(self.receipts().await);
        }
        all
    }

    /// Whether no receipt comes for a while.
    pub async fn hears_nothing(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(700), self.inbox.recv()).await.is_err()
    }

    /// An envelope with the next sequence number.
    pub fn envelope(&self, camera: &str, payload: Payload) -> Envelope {
        Envelope {
            v: wire::VERSION,
            id: Uuid::now_v7(),
            site: self.site.clone(),
            agent: self.name.clone(),
            seq: self.seq.fetch_add(1, Ordering::Relaxed),
            prev: Digest::ZERO,
            camera: Name::new(camera).unwrap(),
            phase: Phase::Settled,
            captured: Captured { at: Timestamp::now(), uncertainty_ms: 40, source: TimeSource::Rtcp },
            payload,
            evidence: Vec::new(),
            models: Vec::new(),
        }
    }

    /// Sends a sealed envelope on its camera's topic.
    pub async fn send(&self, envelope: &Envelope) {
        let sealed = envelope.seal(&self.key).unwrap();
        self.publish(Leaf::Event(envelope.camera.clone()), sealed.message).await;
    }

    /// Sends a picture.
    pub async fn send_picture(&self, picture: &[u8]) {
        self.publish(Leaf::Evidence(Digest::of(picture)), picture.to_vec()).await;
    }
}

/// A small JPEG-shaped file, different for each `fill`.
pub fn picture(fill: u8) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0];
    bytes.extend([fill; 2000]);
    bytes.extend([0xff, 0xd9]);
    bytes
}

/// How an envelope names a picture.
pub fn evidence(picture: &[u8], role: EvidenceRole) -> EvidenceRef {
    EvidenceRef {
        sha256: Digest::of(picture),
        role,
        media_type: "image/jpeg".to_owned(),
        bytes: picture.len() as u32,
        width: 640,
        height: 480,
    }
}

/// A person who went in.
pub fn crossing() -> Payload {
    Payload::Crossing(Crossing {
        line: Name::new("vach-1").unwrap(),
        direction: Direction::In,
        class: "person".to_owned(),
        track: 7,
    })
}

/// A car with a clear reading.
pub fn car(plate: &str) -> Payload {
    let parsed = wire::plate::parse(plate, &wire::plate::Hint::default());
    let now = Timestamp::now();
    let reading = PlateReading {
        text: plate.to_owned(),
        display: parsed.best().map_or_else(|| plate.to_owned(), |best| best.display()),
        raw: plate.to_owned(),
        valid: parsed.is_valid(),
        kind: parsed.best().map(|best| best.kind.as_str().to_owned()),
        lines: 1,
        score: 0.97,
        votes: 9,
        reads: 10,
        candidates: vec![Candidate { text: plate.to_owned(), score: 0.9, kind: None, reason: None }],
        edits: vec![],
        ambiguous: vec![],
        bbox: [100, 100, 120, 40],
        colour: None,
        class: None,
        country: None,
    };
    Payload::Vehicle(Vehicle {
        rule: Name::new("vach-vao").unwrap(),
        direction: Direction::In,
        class: "car".to_owned(),
        class_score: 0.92,
        bbox: [50, 50, 300, 200],
        picture: [640, 480],
        reading: Some(reading),
        no_reading: None,
        plate_finding: Some(wire::payload::PlateFinding { kind: "bent".to_owned(), score: 0.75, looks: 6 }),
        track: TrackRef { id: 3, frames: 40, first: now, last: now },
        signal: None,
    })
}
