//! `[[card_reader]]` of the configuration.

use std::net::ToSocketAddrs as _;
use std::path::PathBuf;

use serde::Deserialize;
use wire::Name;

use super::chip::Timeouts;

/// Speeds that serial readers have.
const BAUDS: [u32; 8] = [1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200];

/// One reader.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardReaderConfig {
    /// Name of the reader, unique within the agent.
    pub id: Name,
    /// What it is and how it is connected.
    pub source: SourceConfig,
}

/// What a reader is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SourceConfig {
    /// Types the QR code's text.
    Wedge(WedgeConfig),
    /// Sends the QR code's text over a serial line or USB-CDC: the better mode, letters arrive whole.
    Serial(SerialConfig),
    /// Reads the chip; speaks the protocol of [`super::chip`].
    Chip(ChipConfig),
    /// QR codes held before one of the agent's cameras.
    Camera(CameraSource),
}

/// A keyboard wedge.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WedgeConfig {
    /// Terminal or pipe whose characters are read; `-` is standard input.
    pub device: PathBuf,
    /// A text without an end sign ends after this pause, milliseconds.
    #[serde(default = "quiet_ms")]
    pub quiet_ms: u64,
}

/// A serial reader.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SerialConfig {
    /// Device; take the name in `/dev/serial/by-id`, it stays the same after a restart.
    pub device: PathBuf,
    /// Bits per second; without meaning for USB-CDC.
    #[serde(default = "baud")]
    pub baud: u32,
    /// A text without an end sign ends after this pause, milliseconds.
    #[serde(default = "quiet_ms")]
    pub quiet_ms: u64,
}

/// A chip reader: `device` or `address`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChipConfig {
    /// Serial device.
    pub device: Option<PathBuf>,
    /// `host:port` of its adapter.
    pub address: Option<String>,
    /// Bits per second.
    #[serde(default = "chip_baud")]
    pub baud: u32,
    /// Wait for a connection, milliseconds.
    #[serde(default = "connect_ms")]
    pub connect_ms: u64,
    /// A read that takes longer is cancelled, milliseconds.
    #[serde(default = "read_ms")]
    pub read_ms: u64,
    /// A reader that says nothing for so long is gone, milliseconds. It has to send a beat every second.
    #[serde(default = "silent_ms")]
    pub silent_ms: u64,
}

impl ChipConfig {
    /// As the reader wants them.
    pub fn timeouts(&self) -> Timeouts {
        Timeouts { read_ms: self.read_ms, silent_ms: self.silent_ms }
    }
}

/// A camera of this agent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CameraSource {
    /// Id of its `[[camera]]`.
    pub camera: Name,
}

fn quiet_ms() -> u64 {
    150
}

fn baud() -> u32 {
    9600
}

fn chip_baud() -> u32 {
    115_200
}

fn connect_ms() -> u64 {
    3000
}

fn read_ms() -> u64 {
    15_000
}

fn silent_ms() -> u64 {
    5000
}

impl CardReaderConfig {
    /// Everything that is wrong with it, given the ids of the agent's cameras.
    pub fn problems(&self, cameras: &[&str]) -> Vec<String> {
        let mut problems = Vec::new();
        let mut wrong = |bad: bool, what: &str| {
            if bad {
                problems.push(format!("card_reader {}: {what}", self.id));
            }
        };
        let bad_baud = |baud: u32| !BAUDS.contains(&baud);
        let baud_text = format!("baud must be one of {BAUDS:?}");
        match &self.source {
            SourceConfig::Wedge(wedge) => {
                wrong(wedge.device.as_os_str().is_empty(), "device is empty; `-` is standard input");
                wrong(!(20..=5000).contains(&wedge.quiet_ms), "quiet_ms must be 20 to 5000");
            }
            SourceConfig::Serial(serial) => {
                wrong(serial.device.as_os_str().is_empty(), "device is empty; look in /dev/serial/by-id");
                wrong(bad_baud(serial.baud), &baud_text);
                wrong(!(20..=5000).contains(&serial.quiet_ms), "quiet_ms must be 20 to 5000");
            }
            SourceConfig::Chip(chip) => {
                let both = chip.device.is_some() == chip.address.is_some();
                wrong(both, "give either device (serial) or address (host:port)");
                // Numbers only are judged here: a name may not be known where the configuration is checked.
                let port = chip
                    .address
                    .as_deref()
                    .map(|a| a.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok()));
                let numbers =
                    chip.address.as_deref().is_some_and(|a| a.starts_with(|c: char| c.is_ascii_digit()));
                let unusable =
                    numbers && chip.address.as_deref().is_some_and(|a| a.to_socket_addrs().is_err());
                wrong(port == Some(None) || unusable, "address must be host:port, such as 127.0.0.1:4077");
                wrong(bad_baud(chip.baud), &baud_text);
                wrong(!(1000..=120_000).contains(&chip.read_ms), "read_ms must be 1000 to 120000");
                wrong(
                    !(2500..=60_000).contains(&chip.silent_ms),
                    "silent_ms must be 2500 to 60000: beats come every second",
                );
                wrong(!(100..=60_000).contains(&chip.connect_ms), "connect_ms must be 100 to 60000");
            }
            SourceConfig::Camera(of) => {
                wrong(!cameras.contains(&of.camera.as_str()), "camera names none of the agent's cameras");
            }
        }
        problems
    }
}
