//! The connection to the broker: the only user of rumqttc here.
//!
//! A clean session, QoS 1, acknowledged as it comes: an event that is lost on the way from the broker to the commit has no
//! receipt, so its agent sends it again. The broker is never the queue. After every (re)connection all filters are subscribed
//! anew. Receipts go out through a bounded queue and are dropped when it is full: an agent that misses one asks again and is
//! told `duplicate`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;
use rumqttc::{
    AsyncClient, ConnAck, ConnectReturnCode, Event, EventLoop, MqttOptions, Outgoing, Packet, QoS, Request,
    Subscribe, SubscribeFilter, SubscribeReasonCode, TlsConfiguration, Transport,
};
use thiserror::Error;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Arrival;
use crate::app::State;
use crate::config::{Mqtt, SecretError, read_secret};
use crate::health::Health;

/// Largest packet taken in. The largest message of the protocol is a clip of 12 MiB; what is larger is read and quarantined
/// rather than cutting the connection, which would come back with the same packet.
const MAX_INCOMING: usize = 16 * 1024 * 1024;
/// Room for the topic and header of the largest packet sent out: a gate list.
const HEADER: usize = 4 * 1024;
/// Bytes of messages that may wait between here and the commit, in KiB: clips are large, and many agents may send one at once.
const WAITING_KIB: usize = 192 * 1024;
/// Receipts that wait to be sent.
const OUTGOING: usize = 1024;
/// First and longest wait before connecting again.
const BACK_OFF: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(10)];
/// How long the broker may take to grant the subscription; after that central connects again.
const SUBSCRIBED: Duration = Duration::from_secs(20);
/// How long the last receipts may take at shutdown.
const FAREWELL: Duration = Duration::from_secs(2);

/// Why there can be no connection.
#[derive(Debug, Error)]
pub enum SetupError {
    /// The address cannot be used.
    #[error("mqtt.url: {0}")]
    Url(String),
    /// A certificate or key cannot be read.
    #[error("mqtt: cannot read {path}: {source}")]
    File {
        /// The file.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No password.
    #[error("mqtt: {0}")]
    Secret(#[from] SecretError),
}

/// Sends to agents. Clones share one queue.
#[derive(Debug, Clone)]
pub struct Publisher(AsyncClient);

impl Publisher {
    /// Queues a message; false when the queue is full and it was dropped.
    pub fn send(&self, topic: &wire::Topic, payload: Vec<u8>) -> bool {
        self.0.try_publish(topic.to_string(), QoS::AtLeastOnce, false, payload).is_ok()
    }

    /// Queues a message that the broker keeps for whoever comes later; false when the queue is full and it was dropped.
    pub fn send_retained(&self, topic: &wire::Topic, payload: Vec<u8>) -> bool {
        self.0.try_publish(topic.to_string(), QoS::AtLeastOnce, true, payload).is_ok()
    }

    /// Says good-bye to the broker after everything queued before.
    pub fn finish(&self) {
        // A full queue means a dead connection: then there is nobody to say good-bye to.
        let _ = self.0.try_disconnect();
    }
}

/// The connection; runs until central stops.
pub struct Connection {
    events: EventLoop,
    /// Until when the subscription that was asked for must be granted.
    subscribing: Option<Instant>,
    patience: Duration,
    /// KiB that may still wait.
    room: Arc<Semaphore>,
    health: Arc<Health>,
    stop: CancellationToken,
}

impl Connection {
    /// Prepares it; nothing is sent yet. `embedded` is where the embedded broker listens.
    pub fn new(state: &State, embedded: Option<SocketAddr>) -> Result<(Self, Publisher), SetupError> {
        let options = options(&state.config.mqtt, embedded)?;
        let (client, events) = AsyncClient::new(options, OUTGOING);
        Ok((Self::over(events, state.health.clone(), state.stop.clone()), Publisher(client)))
    }

    fn over(events: EventLoop, health: Arc<Health>, stop: CancellationToken) -> Self {
        let room = Arc::new(Semaphore::new(WAITING_KIB));
        Self { events, subscribing: None, patience: SUBSCRIBED, room, health, stop }
    }

    /// Feeds `inbox` until central stops, connecting again for ever.
    pub async fn run(mut self, inbox: mpsc::Sender<Arrival>) {
        let mut wait = BACK_OFF[0];
        let stop = self.stop.clone();
        loop {
            let event = tokio::select! {
                () = stop.cancelled() => break,
                () = passed(self.subscribing) => {
                    self.connect_again("it did not grant the subscription");
                    continue;
                }
                event = self.events.poll() => event,
            };
            match event {
                Ok(Event::Incoming(packet)) => {
                    wait = BACK_OFF[0];
                    tokio::select! {
                        () = stop.cancelled() => break,
                        open = self.incoming(packet, &inbox) => if !open { break },
                    }
                }
                Ok(Event::Outgoing(_)) => {}
                Err(error) => {
                    self.lost(&error);
                    tokio::select! {
                        () = stop.cancelled() => break,
                        () = tokio::time::sleep(wait) => {}
                    }
                    wait = (wait * 2).min(BACK_OFF[1]);
                }
            }
        }
        // Nothing more is taken in; the intake drains what it has and then says good-bye through this connection.
        drop(inbox);
        if tokio::time::timeout(FAREWELL, self.farewell()).await.is_err() {
            tracing::debug!("the broker did not take the last receipts in time");
        }
    }

    /// Handles one packet. Returns false when nobody takes messages any more.
    async fn incoming(&mut self, packet: Packet, inbox: &mpsc::Sender<Arrival>) -> bool {
        match packet {
            Packet::ConnAck(ConnAck { code: ConnectReturnCode::Success, .. }) => self.subscribe(),
            Packet::SubAck(ack) if ack.return_codes.contains(&SubscribeReasonCode::Failure) => {
                // Left to the deadline: a broker that says no would be asked again and again without a pause.
                tracing::error!("the broker refuses the subscription: check central's rights there");
            }
            Packet::SubAck(_) => {
                self.subscribing = None;
                if !self.health.broker_connected.swap(true, Ordering::Relaxed) {
                    tracing::info!("connected to the broker");
                }
            }
            Packet::Publish(publish) => {
                let kib = publish.payload.len().div_ceil(1024).clamp(1, WAITING_KIB);
                // Never closed, and no message asks for more than there is.
                let room = self.room.clone().acquire_many_owned(u32::try_from(kib).unwrap_or(1)).await;
                let arrival = Arrival {
                    topic: publish.topic,
                    payload: publish.payload,
                    retained: publish.retain,
                    received_at: Timestamp::now(),
                    room: room.ok().map(Arc::new),
                };
                return inbox.send(arrival).await.is_ok();
            }
            _ => {}
        }
        true
    }

    /// Goes ahead of the queue, which may be full of receipts.
    fn subscribe(&mut self) {
        let filters = wire::topic::CENTRAL_FILTERS
            .map(|filter| SubscribeFilter::new(filter.to_owned(), QoS::AtLeastOnce));
        self.events.pending.push_front(Request::Subscribe(Subscribe::new_many(filters)));
        self.subscribing = Some(Instant::now() + self.patience);
    }

    /// Gives this connection up; the next poll makes another.
    fn connect_again(&mut self, why: &str) {
        self.subscribing = None;
        self.events.clean();
        self.health.broker_connected.store(false, Ordering::Relaxed);
        tracing::warn!(why, "connecting to the broker again");
    }

    fn lost(&mut self, error: &rumqttc::ConnectionError) {
        self.subscribing = None;
        if self.health.broker_connected.swap(false, Ordering::Relaxed) {
            self.health.count(&self.health.broker_losses);
            tracing::warn!(%error, "lost the broker; connecting again");
        } else {
            tracing::debug!(%error, "the broker is not there yet");
        }
    }

    async fn farewell(&mut self) {
        loop {
            match self.events.poll().await {
                Ok(Event::Outgoing(Outgoing::Disconnect)) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }
}

/// Waits until a moment, if there is one.
async fn passed(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

fn options(config: &Mqtt, embedded: Option<SocketAddr>) -> Result<MqttOptions, SetupError> {
    let (host, port, tls) = match embedded {
        Some(address) => (address.ip().to_string(), address.port(), false),
        None => {
            let url = reqwest::Url::parse(&config.url).map_err(|error| SetupError::Url(error.to_string()))?;
            let tls = url.scheme() == "mqtts";
            let host = url.host_str().ok_or_else(|| SetupError::Url("names no host".to_owned()))?;
            (
                host.trim_matches(['[', ']']).to_owned(),
                url.port().unwrap_or(if tls { 8883 } else { 1883 }),
                tls,
            )
        }
    };
    let mut options = MqttOptions::new(&config.client_id, host, port);
    options.set_keep_alive(Duration::from_secs(30));
    options.set_clean_session(true);
    options.set_max_packet_size(MAX_INCOMING, wire::MAX_LIST_BYTES + HEADER);
    options.set_inflight(100);
    if embedded.is_some() {
        return Ok(options);
    }
    if let Some(username) = &config.username {
        let password = read_secret(config.password_env.as_deref(), config.password_file.as_deref())?;
        options.set_credentials(username, password.unwrap_or_default());
    }
    if tls {
        let read = |path: &std::path::PathBuf| {
            std::fs::read(path).map_err(|source| SetupError::File { path: path.clone(), source })
        };
        let ca = config.ca_file.as_ref().map(read).transpose()?.unwrap_or_default();
        let client_auth = match (&config.cert_file, &config.key_file) {
            (Some(cert), Some(key)) => Some((read(cert)?, read(key)?)),
            _ => None,
        };
        options.set_transport(Transport::Tls(TlsConfiguration::Simple { ca, alpn: None, client_auth }));
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// Takes a client in by hand; returns the type byte of its first packet after CONNECT.
    async fn first_request(listener: &TcpListener) -> (TcpStream, u8) {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut packet = [0; 1024];
        let read = stream.read(&mut packet).await.unwrap();
        assert!(read > 2 && packet[0] == 0x10, "a CONNECT");
        stream.write_all(&[0x20, 2, 0, 0]).await.unwrap();
        let kind = stream.read_u8().await.unwrap();
        (stream, kind)
    }

    #[tokio::test]
    async fn a_full_queue_does_not_keep_central_from_subscribing_and_silence_makes_it_connect_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let options = MqttOptions::new("central", "127.0.0.1", listener.local_addr().unwrap().port());
        let (client, events) = AsyncClient::new(options, 4);
        let publisher = Publisher(client);
        let topic = wire::Topic::parse("vg/1/kcn/edge-1/receipt").unwrap();
        while publisher.send(&topic, b"receipt".to_vec()) {}
        let stop = CancellationToken::new();
        let mut connection = Connection::over(events, Arc::default(), stop.clone());
        connection.patience = Duration::from_millis(300);
        let (sender, _inbox) = mpsc::channel(1);
        let running = tokio::spawn(connection.run(sender));
        let story = async {
            let (_silent, kind) = first_request(&listener).await;
            assert_eq!(kind, 0x82, "SUBSCRIBE goes ahead of what waits");
            let (_second, kind) = first_request(&listener).await;
            assert_eq!(kind, 0x82, "not granted in time: connected again, and asked again");
        };
        tokio::time::timeout(Duration::from_secs(20), story).await.unwrap();
        stop.cancel();
        running.await.unwrap();
    }
}
