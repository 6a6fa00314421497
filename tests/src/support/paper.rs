//! Agents without cameras. [`PaperAgent`] speaks the protocol by hand, also wrongly; [`PaperEdge`] runs the agent's own outbox
//! and publisher in a process of their own (`paper-edge`), with events made from paper, so that it can be killed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use tokio::sync::mpsc;
use uuid::Uuid;
use wire::payload::{Direction, NoReading, PlateReading, TrackRef, Vehicle};
use wire::topic::{Leaf, Topic};
use wire::violation::Violation;
use wire::{
    Captured, DeviceKey, Digest, EnrolReply, EnrolRequest, Envelope, EvidenceRef, EvidenceRole, Name,
    Payload, Phase, PublicKey, Receipt, Receipts, Sealed, TimeSource,
};

use super::process::{Process, program};
use super::s;

/// A picture that is one as far as central looks: `text` makes it different from others, `bytes` is its least size.
pub fn picture(text: &str, bytes: usize) -> Vec<u8> {
    let mut jpeg = vec![0xff, 0xd8, 0xff, 0xe0];
    jpeg.extend(text.as_bytes());
    jpeg.resize(jpeg.len().max(bytes.max(24)), b'.');
    jpeg.extend([0xff, 0xd9]);
    jpeg
}

/// A passage of a motorcycle over `gate`, with or without a plate.
pub fn vehicle(reading: Option<PlateReading>) -> Payload {
    let now = Timestamp::now();
    Payload::Vehicle(Vehicle {
        rule: name("vach-cong"),
        direction: Direction::In,
        class: "motorcycle".to_owned(),
        class_score: 0.9,
        bbox: [100, 100, 300, 300],
        picture: [1280, 720],
        no_reading: reading.is_none().then_some(NoReading::NoPlateFound),
        plate_finding: None,
        reading,
        track: TrackRef { id: 1, frames: 20, first: now, last: now },
        signal: None,
    })
}

/// A clip that is one as far as central looks, of exactly `bytes`: `text` makes it different from others.
pub fn clip(text: &str, bytes: usize) -> Vec<u8> {
    let part = |kind: &[u8; 4], content: &[u8]| {
        let size = u32::try_from(content.len() + 8).expect("a clip of less than 4 GB");
        [&size.to_be_bytes()[..], kind, content].concat()
    };
    let mut file = [part(b"ftyp", b"isom\0\0\0\0"), part(b"moov", text.as_bytes())].concat();
    let media: Vec<u8> = text.bytes().cycle().take(bytes.saturating_sub(file.len() + 8)).collect();
    file.extend(part(b"mdat", &media));
    file
}

/// A run over a red light just now by a vehicle whose plate nobody read, seen by `camera`, shown by the picture with this hash.
pub fn red_light(camera: &str, track: u64, picture: Digest) -> Payload {
    let sample: serde_json::Value =
        serde_json::from_str(include_str!("../../goldens/v1/event-violation.json")).expect("JSON");
    let mut told: Violation =
        serde_json::from_value(sample["body"]["payload"].clone()).expect("a violation of the protocol");
    let act = told.moments.last().map_or(Timestamp::UNIX_EPOCH, |moment| moment.at);
    let later = Timestamp::now().duration_since(act);
    let shift = |at: &mut Timestamp| *at += later;
    for moment in &mut told.moments {
        shift(&mut moment.at);
        moment.evidence = Some(picture);
    }
    for span in &mut told.timeline {
        shift(&mut span.from);
        shift(&mut span.to);
    }
    if let Some(clip) = &mut told.clip {
        shift(&mut clip.from);
        shift(&mut clip.to);
    }
    shift(&mut told.track.first);
    shift(&mut told.track.last);
    (told.reading, told.no_reading) = (None, Some(NoReading::NoPlateFound));
    (told.track.id, told.scene.camera) = (track, name(camera));
    Payload::Violation(Box::new(told))
}

/// A plate that was read well.
pub fn reading(text: &str) -> PlateReading {
    PlateReading {
        text: text.to_owned(),
        display: text.to_owned(),
        raw: text.to_owned(),
        valid: true,
        kind: None,
        lines: 2,
        score: 0.95,
        votes: 5,
        reads: 5,
        candidates: Vec::new(),
        edits: Vec::new(),
        ambiguous: Vec::new(),
        bbox: [150, 300, 90, 60],
        colour: None,
        class: None,
        country: None,
    }
}

/// An envelope of camera `cong-2` with the given pictures, taken now.
pub fn envelope(site: &str, agent: &str, seq: u64, payload: Payload, pictures: &[Vec<u8>]) -> Envelope {
    let evidence = pictures.iter().map(|jpeg| EvidenceRef {
        sha256: Digest::of(jpeg),
        role: EvidenceRole::Overview,
        media_type: "image/jpeg".to_owned(),
        bytes: jpeg.len() as u32,
        width: 1280,
        height: 720,
    });
    Envelope {
        v: wire::VERSION,
        id: Uuid::now_v7(),
        site: name(site),
        agent: name(agent),
        seq,
        prev: Digest::ZERO,
        camera: name("cong-2"),
        phase: Phase::Settled,
        captured: Captured { at: Timestamp::now(), uncertainty_ms: 20, source: TimeSource::Rtcp },
        payload,
        evidence: evidence.collect(),
        models: Vec::new(),
    }
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a name of the protocol")
}

/// An agent by hand.
pub struct PaperAgent {
    /// Its key.
    pub key: DeviceKey,
    own: Topic,
    client: AsyncClient,
    inbox: mpsc::Receiver<(Leaf, Vec<u8>)>,
    central: Option<PublicKey>,
    heard: Vec<Receipt>,
}

impl PaperAgent {
    /// Connects, with the key made from `seed`, and enrols when there is a `code`.
    pub async fn connect(broker: &str, (site, agent): (&str, &str), seed: u8, code: Option<&str>) -> Self {
        let (host, port) = broker.trim_start_matches("mqtt://").split_once(':').expect("host:port");
        let port = port.parse().expect("a port");
        let mut options = MqttOptions::new(format!("paper-{site}-{agent}-{seed}"), host, port);
        options.set_max_packet_size(8 << 20, 8 << 20);
        let (client, mut events) = AsyncClient::new(options, 100);
        let (sender, inbox) = mpsc::channel(1000);
        let (ready, subscribed) = tokio::sync::oneshot::channel();
        let mut ready = Some(ready);
        tokio::spawn(async move {
            loop {
                match events.poll().await {
                    Ok(Event::Incoming(Packet::SubAck(_))) => _ = ready.take().map(|ready| ready.send(())),
                    Ok(Event::Incoming(Packet::Publish(message))) => {
                        let Some(topic) = Topic::parse(&message.topic) else { continue };
                        if sender.send((topic.leaf, message.payload.to_vec())).await.is_err() {
                            return;
                        }
                    }
                    Ok(_) => {}
                    // The broker drops whoever sends what it does not take.
                    Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
                }
            }
        });
        let own = Topic { site: name(site), agent: name(agent), leaf: Leaf::Status };
        let key = DeviceKey::from_seed(&[seed; 32]);
        let mut paper = Self { key, own, client, inbox, central: None, heard: Vec::new() };
        let filter = paper.topic(Leaf::Status).replace("/status", "/+");
        paper.client.subscribe(filter, QoS::AtLeastOnce).await.expect("an open client");
        tokio::time::timeout(s(20), subscribed).await.expect("the broker answers").expect("a subscription");
        if let Some(code) = code {
            paper.enrol(code).await;
        }
        paper
    }

    async fn enrol(&mut self, code: &str) {
        let (site, agent) = (self.own.site.clone(), self.own.agent.clone());
        let request = EnrolRequest::new(site.clone(), agent.clone(), self.key.public(), code);
        self.publish(Leaf::Enrol, serde_json::to_vec(&request).expect("JSON")).await;
        loop {
            let (leaf, message) = self.next(s(20)).await.expect("central answers the enrolment");
            if leaf == Leaf::Enrolled {
                let reply: EnrolReply = serde_json::from_slice(&message).expect("a reply");
                self.central = Some(reply.central_key(&site, &agent, code).expect("a proved yes"));
                return;
            }
        }
    }

    /// Its topic with this leaf.
    pub fn topic(&self, leaf: Leaf) -> String {
        Topic { leaf, ..self.own.clone() }.to_string()
    }

    /// Sends bytes.
    pub async fn publish(&self, leaf: Leaf, bytes: Vec<u8>) {
        self.publish_to(&self.topic(leaf), bytes).await;
    }

    /// Sends bytes to any topic.
    pub async fn publish_to(&self, topic: &str, bytes: Vec<u8>) {
        self.client.publish(topic, QoS::AtLeastOnce, false, bytes).await.expect("an open client");
    }

    /// Signs and sends a body on the topic of camera `cong-2`.
    pub async fn publish_body(&self, body: &[u8]) {
        self.publish(Leaf::Event(name("cong-2")), wire::seal(&self.key, body)).await;
    }

    /// Sends pictures and envelope.
    pub async fn send(&self, envelope: &Envelope, pictures: &[Vec<u8>]) {
        for jpeg in pictures {
            self.publish(Leaf::Evidence(Digest::of(jpeg)), jpeg.clone()).await;
        }
        let sealed = envelope.seal(&self.key).expect("JSON");
        self.publish(Leaf::Event(envelope.camera.clone()), sealed.message).await;
    }

    async fn next(&mut self, patience: Duration) -> Option<(Leaf, Vec<u8>)> {
        tokio::time::timeout(patience, self.inbox.recv()).await.ok()?
    }

    /// Waits for the next receipt of number `seq`; those of others are kept for later.
    pub async fn receipt(&mut self, seq: u64) -> Receipt {
        loop {
            if let Some(at) = self.heard.iter().position(|receipt| receipt.seq == seq) {
                return self.heard.remove(at);
            }
            let next = self.next(s(30)).await;
            let (leaf, message) =
                next.unwrap_or_else(|| panic!("no receipt for number {seq}; there were {:?}", self.heard));
            if leaf == Leaf::Receipt {
                let receipts = self.verified(&message);
                self.heard.extend(receipts);
            }
        }
    }

    /// Whether nothing is receipted for a while.
    pub async fn hears_no_receipt(&mut self, patience: Duration) -> bool {
        while let Some((leaf, _)) = self.next(patience).await {
            if leaf == Leaf::Receipt {
                return false;
            }
        }
        true
    }

    fn verified(&self, message: &[u8]) -> Vec<Receipt> {
        let central = self.central.as_ref().expect("an enrolled agent");
        let sealed = Sealed::parse(message, wire::MAX_MESSAGE_BYTES).expect("a sealed message");
        let body = sealed.verify(central).expect("central's signature");
        serde_json::from_slice::<Receipts>(body).expect("receipts").receipts
    }
}

/// What a [`PaperEdge`] wrote down, beside its outbox, of what it did.
#[derive(Debug, Default)]
pub struct Journal {
    /// Ids of passages whose appending had begun: a kill may have come before or after the outbox took them.
    pub begun: Vec<Uuid>,
    /// Passages that the outbox had taken, in order: number, id, camera.
    pub appended: Vec<(u64, Uuid, String)>,
    /// Person crossings begun and taken.
    pub crossings: (u64, u64),
    /// Violations that the outbox had taken, in order: number, id, and the hash of the clip.
    pub violations: Vec<(u64, Uuid, String)>,
}

impl Journal {
    /// Reads the file. A last line that was cut off counts as not written.
    pub fn read(file: &Path) -> Self {
        let mut journal = Self::default();
        let text = std::fs::read_to_string(file).unwrap_or_default();
        for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
            match line.split(' ').collect::<Vec<_>>().as_slice() {
                ["begun", id] => journal.begun.push(id.parse().expect("an id")),
                ["crossing-begun"] => journal.crossings.0 += 1,
                ["crossing"] => journal.crossings.1 += 1,
                ["appended", seq, id, camera] => {
                    let (seq, id) = (seq.parse().expect("a number"), id.parse().expect("an id"));
                    journal.appended.push((seq, id, (*camera).to_owned()));
                }
                ["violation", seq, id, clip] => {
                    let (seq, id) = (seq.parse().expect("a number"), id.parse().expect("an id"));
                    journal.violations.push((seq, id, (*clip).to_owned()));
                }
                other => panic!("not a line of a journal: {other:?}"),
            }
        }
        journal
    }

    /// Numbers by id.
    pub fn numbers(&self) -> HashMap<Uuid, u64> {
        self.appended.iter().map(|(seq, id, _)| (*id, *seq)).collect()
    }
}

/// The agent's own outbox and publisher in a process that can be killed.
pub struct PaperEdge {
    folder: PathBuf,
    arguments: Vec<String>,
    process: Option<Process>,
}

impl PaperEdge {
    /// Prepares one; `restart` starts it.
    pub fn new(folder: &Path, broker: &str, (site, agent): (&str, &str), code: &str) -> Self {
        let state = folder.join("state").display().to_string();
        let journal = folder.join("journal").display().to_string();
        let arguments = ["--state", &state, "--journal", &journal, "--broker", broker, "--site", site];
        let more = ["--agent", agent, "--code", code];
        let arguments = arguments.iter().chain(&more).map(|text| (*text).to_owned()).collect();
        Self { folder: folder.to_owned(), arguments, process: None }
    }

    /// Starts it: first `backlog` events at once, then, when central is there, `rate` events a second.
    pub fn restart(&mut self, backlog: u64, rate: f64) {
        self.restart_with_clips(backlog, rate, 0);
    }

    /// As [`PaperEdge::restart`]; with `clip_bytes` every fifth event of the backlog is a violation with a clip of that size.
    pub fn restart_with_clips(&mut self, backlog: u64, rate: f64, clip_bytes: usize) {
        let mut command = program("paper-edge");
        command.args(&self.arguments);
        command.args(["--backlog", &backlog.to_string(), "--rate", &rate.to_string()]);
        command.args(["--clip-bytes", &clip_bytes.to_string()]);
        self.process = Some(Process::start("paper-edge", command, &self.folder));
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// What it did so far.
    pub fn journal(&self) -> Journal {
        Journal::read(&self.folder.join("journal"))
    }

    /// The running program.
    ///
    /// # Panics
    /// When it was killed.
    pub fn process(&mut self) -> &mut Process {
        self.process.as_mut().expect("it was started")
    }
}
