//! The embedded broker: rumqttd on loopback, so that one machine needs nothing installed.
//!
//! rumqttd keeps what subscribers have not yet read in memory logs of bounded size, drops the oldest beyond that, has no access
//! rights and cannot be stopped before the process ends. All of that is fine here: agents keep events until central's receipt,
//! nobody but this machine can connect, and the broker has nothing to save. On a network use Mosquitto (`mqtt.url`).

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use rumqttd::{Broker, Config, ConnectionSettings, RouterConfig, SegmentConfig, ServerSettings};
use thiserror::Error;

/// Largest message the broker takes; a sender of a larger one is disconnected. Above the largest of the protocol (a clip), so
/// that central sees somewhat oversized messages and can say so.
const MAX_PAYLOAD: usize = wire::MAX_CLIP_BYTES + 1024 * 1024;
/// How long the broker may take to listen.
const START: Duration = Duration::from_secs(5);

/// Why there is no broker.
#[derive(Debug, Error)]
pub enum BrokerError {
    /// The address is taken or not there.
    #[error("cannot listen on mqtt.listen = {address}: {source} (is another broker or central running?)")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// No thread for it.
    #[error("cannot start the broker's thread: {0}")]
    Thread(std::io::Error),
    /// It does not answer.
    #[error("the embedded broker did not start within {} s", START.as_secs())]
    Silent,
}

/// Starts the broker and waits until it listens. Returns the address, with the port that was free when 0 was asked for.
pub async fn start(listen: SocketAddr) -> Result<SocketAddr, BrokerError> {
    let address = free_address(listen).map_err(|source| BrokerError::Listen { address: listen, source })?;
    let mut broker = Broker::new(config(address));
    std::thread::Builder::new()
        .name("broker".to_owned())
        // `start` returns only when all listeners have died, which the connection to it notices.
        .spawn(move || {
            if let Err(error) = broker.start() {
                tracing::error!(%error, "the embedded broker ended");
            }
        })
        .map_err(BrokerError::Thread)?;
    let listening = async {
        while tokio::net::TcpStream::connect(address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(START, listening).await.map_err(|_| BrokerError::Silent)?;
    tracing::info!(%address, "embedded broker listens");
    Ok(address)
}

/// Binds and lets go again: rumqttd only logs when it cannot bind, and this finds out first.
fn free_address(listen: SocketAddr) -> std::io::Result<SocketAddr> {
    TcpListener::bind(listen)?.local_addr()
}

fn config(listen: SocketAddr) -> Config {
    let megabytes = |size: usize, count: usize| SegmentConfig {
        max_segment_size: size * 1024 * 1024,
        max_segment_count: count,
    };
    let [events, evidence, ..] = wire::topic::CENTRAL_FILTERS;
    let logs =
        HashMap::from([(events.to_owned(), megabytes(4, 10)), (evidence.to_owned(), megabytes(16, 10))]);
    let connections = ConnectionSettings {
        connection_timeout_ms: 10_000,
        max_payload_size: MAX_PAYLOAD,
        max_inflight_count: 200,
        auth: None,
        external_auth: None,
        dynamic_filters: false,
    };
    let server = ServerSettings {
        name: "loopback".to_owned(),
        listen,
        tls: None,
        next_connection_delay_ms: 1,
        connections,
    };
    Config {
        id: 0,
        router: RouterConfig {
            max_connections: 1_000,
            max_outgoing_packet_count: 200,
            max_segment_size: 1024 * 1024,
            max_segment_count: 10,
            custom_segment: Some(logs),
            ..RouterConfig::default()
        },
        v4: Some(HashMap::from([("loopback".to_owned(), server)])),
        ..Config::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_a_clear_error() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let error = start(taken.local_addr().unwrap()).await.unwrap_err().to_string();
        assert!(error.contains("mqtt.listen"), "{error}");
    }
}
