//! A real Mosquitto on loopback.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::Process;
use super::{free_address, s, wait_for};

/// What the README asks for: a clip, and room for its header.
const MESSAGE_SIZE_LIMIT: usize = 13 << 20;

/// A broker that can be killed and started again at the same address.
pub struct Mosquitto {
    address: SocketAddr,
    folder: PathBuf,
    process: Option<Process>,
}

impl Mosquitto {
    /// Starts one with its files in `folder`.
    pub async fn start(folder: &Path) -> Self {
        let address = free_address();
        let config = format!(
            "listener {} 127.0.0.1\nallow_anonymous true\npersistence false\nmessage_size_limit {MESSAGE_SIZE_LIMIT}\n\
             max_queued_messages 20000\n",
            address.port()
        );
        std::fs::write(folder.join("mosquitto.conf"), config).expect("the broker's configuration");
        let mut broker = Self { address, folder: folder.to_owned(), process: None };
        broker.restart();
        wait_for("mosquitto listens", s(20), async || tokio::net::TcpStream::connect(address).await.ok())
            .await;
        broker
    }

    /// Its address for clients.
    pub fn url(&self) -> String {
        format!("mqtt://{}", self.address)
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Starts it again; does not wait until it listens.
    pub fn restart(&mut self) {
        // Debian keeps it in a folder that is not everybody's path.
        let found = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"]
            .into_iter()
            .find(|path| Path::new(path).is_file())
            .expect("mosquitto is missing: apt-get install mosquitto");
        let mut command = Command::new(found);
        command.arg("-c").arg(self.folder.join("mosquitto.conf"));
        self.process = Some(Process::start("mosquitto", command, &self.folder));
    }
}
