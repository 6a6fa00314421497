//! A barrier's relay at a local MQTT broker: a small connection of its own, apart from the one to central.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rumqttc::{Client, Connection, Event, MqttOptions, Packet, QoS};
use wire::Name;

use crate::access::barrier::{Barrier, BarrierError, Command, MqttConfig, Position};
use crate::secret;

/// Messages that may wait while the broker is away: a command that is older than its sender's patience must not open later.
const QUEUE: usize = 4;
/// Pause between two tries to connect.
const PAUSE: Duration = Duration::from_millis(500);

/// What is known of the relay.
#[derive(Debug, Default)]
struct Known {
    connected: AtomicBool,
    stop: AtomicBool,
    word: Mutex<Option<String>>,
}

/// A relay at a broker.
pub struct MqttRelay {
    config: MqttConfig,
    client: Client,
    known: Arc<Known>,
    thread: Option<JoinHandle<()>>,
}

impl MqttRelay {
    /// Starts connecting, on a thread of its own.
    ///
    /// # Errors
    /// [`BarrierError::Config`].
    pub fn start(lane: &Name, config: MqttConfig) -> Result<Self, BarrierError> {
        let refuse = |what: String| BarrierError::Config(what);
        let url = url::Url::parse(&config.url).map_err(|error| refuse(error.to_string()))?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let mut options = MqttOptions::new(format!("vg-barrier-{lane}"), host, url.port().unwrap_or(1883));
        options.set_keep_alive(Duration::from_secs(5)).set_clean_session(true);
        if let Some(user) = &config.username {
            let password = secret::read(config.password_file.as_deref(), None)
                .map_err(|error| refuse(error.to_string()))?;
            options.set_credentials(user, password.unwrap_or_default());
        }
        let (client, connection) = Client::new(options, QUEUE);
        let known = Arc::new(Known::default());
        let thread = std::thread::Builder::new()
            .name(format!("relay-{lane}"))
            .spawn({
                let (known, client, topic) = (known.clone(), client.clone(), config.state_topic.clone());
                move || drive(connection, &client, &known, topic.as_deref())
            })
            .map_err(|error| refuse(error.to_string()))?;
        Ok(Self { config, client, known, thread: Some(thread) })
    }

    fn connected(&self) -> Result<(), BarrierError> {
        if self.known.connected.load(Ordering::Acquire) {
            return Ok(());
        }
        let reason = "no connection to the broker".to_owned();
        Err(BarrierError::Unreachable { at: self.config.url.clone(), reason })
    }
}

impl Barrier for MqttRelay {
    fn command(&mut self, command: Command) -> Result<(), BarrierError> {
        self.connected()?;
        let payloads = &self.config.payloads;
        let payload = match command {
            Command::Open => &payloads.open,
            Command::Close => &payloads.close,
            Command::Hold => &payloads.hold,
            Command::Release => &payloads.release,
        };
        // Once at most: a repeated pulse would stop some barriers half-way.
        let sent =
            self.client.try_publish(&self.config.command_topic, QoS::AtMostOnce, false, payload.as_bytes());
        sent.map_err(|error| BarrierError::Unreachable {
            at: self.config.url.clone(),
            reason: error.to_string(),
        })
    }

    fn position(&mut self) -> Result<Option<Position>, BarrierError> {
        if self.config.state_topic.is_none() {
            return Ok(None);
        }
        self.connected()?;
        let word = self.known.word.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(word.map(|word| match &self.config.words {
            words if word == words.open => Position::Open,
            words if word == words.closed => Position::Closed,
            _ => Position::Moving,
        }))
    }
}

impl Drop for MqttRelay {
    fn drop(&mut self) {
        self.known.stop.store(true, Ordering::Release);
        let _ = self.client.try_disconnect();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn drive(mut connection: Connection, client: &Client, known: &Known, state_topic: Option<&str>) {
    for event in connection.iter() {
        if known.stop.load(Ordering::Acquire) {
            return;
        }
        match event {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                known.connected.store(true, Ordering::Release);
                if let Some(topic) = state_topic {
                    let _ = client.try_subscribe(topic, QoS::AtLeastOnce);
                }
            }
            Ok(Event::Incoming(Packet::Publish(publish))) if Some(publish.topic.as_str()) == state_topic => {
                let word = String::from_utf8_lossy(&publish.payload).trim().to_owned();
                *known.word.lock().unwrap_or_else(PoisonError::into_inner) = Some(word);
            }
            Ok(_) => {}
            Err(_) => {
                known.connected.store(false, Ordering::Release);
                *known.word.lock().unwrap_or_else(PoisonError::into_inner) = None;
                std::thread::sleep(PAUSE);
            }
        }
    }
}
