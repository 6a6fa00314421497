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
    AsyncClient, ConnAck, ConnectReturnCode, Event, EventLoop, MqttOptions, Outgoing, Packet, QoS,
    TlsConfiguration, Transport,
};
use thiserror::Error;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Arrival;
use crate::app::State;
use crate::config::{Mqtt, SecretError, read_secret};
use crate::health::Health;

/// Largest packet taken in. The largest message of the protocol is a picture of 2 MiB; what is larger is read and quarantined
/// rather than cutting the connection, which would come back with the same packet.
const MAX_INCOMING: usize = 16 * 1024 * 1024;
/// Receipts that wait to be sent.
const OUTGOING: usize = 1024;
/// First and longest wait before connecting again.
const BACK_OFF: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(10)];
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

    /// Says good-bye to the broker after everything queued before.
    pub fn finish(&self) {
        // A full queue means a dead connection: then there is nobody to say good-bye to.
        let _ = self.0.try_disconnect();
    }
}

/// The connection; runs until central stops.
pub struct Connection {
    client: AsyncClient,
    events: EventLoop,
    health: Arc<Health>,
    stop: CancellationToken,
}

impl Connection {
    /// Prepares it; nothing is sent yet. `embedded` is where the embedded broker listens.
    pub fn new(state: &State, embedded: Option<SocketAddr>) -> Result<(Self, Publisher), SetupError> {
        let options = options(&state.config.mqtt, embedded)?;
        let (client, events) = AsyncClient::new(options, OUTGOING);
        let publisher = Publisher(client.clone());
        Ok((Self { client, events, health: state.health.clone(), stop: state.stop.clone() }, publisher))
    }

    /// Feeds `inbox` until central stops, connecting again for ever.
    pub async fn run(mut self, inbox: mpsc::Sender<Arrival>) {
        let mut wait = BACK_OFF[0];
        let stop = self.stop.clone();
        loop {
            let event = tokio::select! {
                () = stop.cancelled() => break,
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
            Packet::SubAck(_) if !self.health.broker_connected.swap(true, Ordering::Relaxed) => {
                tracing::info!("connected to the broker");
            }
            Packet::Publish(publish) => {
                let arrival = Arrival {
                    topic: publish.topic,
                    payload: publish.payload,
                    retained: publish.retain,
                    received_at: Timestamp::now(),
                };
                return inbox.send(arrival).await.is_ok();
            }
            _ => {}
        }
        true
    }

    fn subscribe(&self) {
        let filters = wire::topic::CENTRAL_FILTERS
            .map(|filter| rumqttc::SubscribeFilter::new(filter.to_owned(), QoS::AtLeastOnce));
        if let Err(error) = self.client.try_subscribe_many(filters) {
            // The queue is full of receipts: the connection is cut by its keep-alive or the next connect subscribes.
            tracing::warn!(%error, "could not subscribe; connecting again");
            let _ = self.client.try_disconnect();
        }
    }

    fn lost(&self, error: &rumqttc::ConnectionError) {
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
    options.set_max_packet_size(MAX_INCOMING, wire::MAX_EVIDENCE_BYTES);
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
