//! One connection to the broker: the only user of rumqttc.
//!
//! The client's own queue is never trusted: it forgets pending publishes when the broker has no session, and a PUBACK
//! promises no disk. Every connection starts clean, and the outbox decides what to send.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rumqttc::{
    AsyncClient, EventLoop, LastWill, MqttOptions, Outgoing, Packet, QoS, TlsConfiguration, Transport,
};
use thiserror::Error;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use wire::topic::{Leaf, Topic};

use super::BrokerConfig;
use super::held::Held;

/// While the client holds this many bytes, no further file is read for it. With a clip on top that is all it ever holds.
const MOST_HELD: usize = 4 << 20;

/// Why a connection could not be made or kept.
#[derive(Debug, Error)]
pub enum MqttError {
    /// The configuration cannot be used.
    #[error("broker settings: {0}")]
    Config(String),
    /// The connection broke or was refused.
    #[error("broker connection: {0}")]
    Connection(String),
    /// The connection is closing.
    #[error("broker connection is closing")]
    Closed,
}

/// What a connection tells.
#[derive(Debug)]
pub(super) enum Incoming {
    /// The broker took us.
    Connected,
    /// A message on a subscribed topic.
    Message(Leaf, Vec<u8>),
    /// It broke.
    Broken(MqttError),
}

/// A live connection.
pub(super) struct Connection {
    client: AsyncClient,
    incoming: mpsc::Receiver<Incoming>,
    driver: JoinHandle<()>,
    held: Arc<Mutex<Held>>,
    own: Topic,
}

impl Connection {
    /// Starts connecting as the agent of `own` (whose leaf is ignored).
    pub(super) fn open(config: &BrokerConfig, own: Topic) -> Result<Self, MqttError> {
        let options = options(config, &own)?;
        // Room for one window of events with their pictures; beyond that `send` says no and the window waits.
        let (client, events) = AsyncClient::new(options, 64);
        let (tell, incoming) = mpsc::channel(64);
        // The event loop has a task of its own: cancelling a poll half-way could lose a packet.
        let held = Arc::default();
        let driver = tokio::spawn(drive(events, tell, Arc::clone(&held), own.clone()));
        Ok(Self { client, incoming, driver, held, own })
    }

    /// What came next.
    pub(super) async fn next(&mut self) -> Incoming {
        self.incoming.recv().await.unwrap_or(Incoming::Broken(MqttError::Closed))
    }

    /// Asks for what central sends to this agent, and for `more` of the agent's topics.
    pub(super) async fn subscribe(&self, more: Vec<Leaf>) -> Result<(), MqttError> {
        for leaf in [Leaf::Receipt, Leaf::Enrolled].into_iter().chain(more) {
            self.client
                .subscribe(self.topic(leaf), QoS::AtLeastOnce)
                .await
                .map_err(|error| MqttError::Connection(error.to_string()))?;
        }
        Ok(())
    }

    /// Hands a message to the client; `false` when its queue is full just now.
    pub(super) fn send(&self, leaf: Leaf, message: Vec<u8>) -> bool {
        let (retain, bytes) = (leaf == Leaf::Status, message.len());
        // Locked over both, so that messages are counted in their order.
        let mut held = locked(&self.held);
        let sent = self.client.try_publish(self.topic(leaf), QoS::AtLeastOnce, retain, message).is_ok();
        if sent {
            held.handed(bytes);
        }
        sent
    }

    /// Whether the client may be given another file just now.
    pub(super) fn has_room(&self) -> bool {
        locked(&self.held).bytes() < MOST_HELD
    }

    /// Says good-bye so that the last will is not used, and waits a moment for it to leave.
    pub(super) async fn close(mut self) {
        let _ = self.client.disconnect().await;
        let _ = tokio::time::timeout(Duration::from_secs(2), async {
            while !matches!(self.incoming.recv().await, None | Some(Incoming::Broken(_))) {}
        })
        .await;
    }

    fn topic(&self, leaf: Leaf) -> String {
        Topic { leaf, ..self.own.clone() }.to_string()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

fn locked(held: &Mutex<Held>) -> MutexGuard<'_, Held> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn drive(mut events: EventLoop, tell: mpsc::Sender<Incoming>, held: Arc<Mutex<Held>>, own: Topic) {
    loop {
        let told = match events.poll().await {
            Ok(rumqttc::Event::Incoming(Packet::ConnAck(_))) => Some(Incoming::Connected),
            Ok(rumqttc::Event::Incoming(Packet::Publish(publish))) => Topic::parse(&publish.topic)
                .filter(|topic| topic.site == own.site && topic.agent == own.agent)
                .map(|topic| Incoming::Message(topic.leaf, publish.payload.to_vec())),
            Ok(rumqttc::Event::Outgoing(Outgoing::Publish(packet))) => {
                locked(&held).left(packet);
                None
            }
            Ok(rumqttc::Event::Incoming(Packet::PubAck(acknowledged))) => {
                locked(&held).acknowledged(acknowledged.pkid);
                None
            }
            Ok(_) => None,
            Err(error) => {
                let _ = tell.send(Incoming::Broken(MqttError::Connection(error.to_string()))).await;
                return;
            }
        };
        if let Some(told) = told
            && tell.send(told).await.is_err()
        {
            return;
        }
    }
}

fn options(config: &BrokerConfig, own: &Topic) -> Result<MqttOptions, MqttError> {
    let broker = config.broker().map_err(MqttError::Config)?;
    let mut options = MqttOptions::new(format!("vg-{}-{}", own.site, own.agent), broker.host, broker.port);
    let room = 4096;
    options
        .set_keep_alive(Duration::from_secs(10))
        .set_clean_session(true)
        .set_max_packet_size(wire::MAX_LIST_BYTES + room, wire::MAX_CLIP_BYTES + room)
        .set_inflight(64)
        .set_last_will(LastWill::new(
            Topic { leaf: Leaf::Status, ..own.clone() }.to_string(),
            wire::status::offline_will(),
            QoS::AtLeastOnce,
            true,
        ));
    if let Some(username) = &config.username {
        let password = config.password().map_err(MqttError::Config)?.unwrap_or_default();
        options.set_credentials(username, password);
    }
    if broker.tls {
        options.set_transport(Transport::Tls(tls(config)?));
    }
    Ok(options)
}

fn tls(config: &BrokerConfig) -> Result<TlsConfiguration, MqttError> {
    let read = |path: &std::path::Path| {
        std::fs::read(path).map_err(|error| MqttError::Config(format!("{}: {error}", path.display())))
    };
    let ca = config.ca_file.as_deref().map(read).transpose()?.ok_or_else(|| {
        MqttError::Config(
            "mqtts:// needs ca_file: the certificate of the authority that signed the broker's".to_owned(),
        )
    })?;
    let client_auth = match (&config.client_cert_file, &config.client_key_file) {
        (Some(cert), Some(key)) => Some((read(cert)?, read(key)?)),
        _ => None,
    };
    Ok(TlsConfiguration::Simple { ca, alpn: None, client_auth })
}
