//! Identity cards at a gate: where they are read, and what is kept of them.
//!
//! A [`CardSource`] is a reader: a keyboard wedge or serial reader that sends the text of the QR code, a chip reader that
//! speaks the protocol of [`chip`], or codes found in a camera's pictures ([`of_picture`]). What it reads is a
//! [`SeenCard`] with the trust that its way of reading proves, and no more. Of a card the number, name, date of birth and
//! gender are kept; everything else is dropped while it is read, and no log line, error or debug output holds any of it.

pub mod chip;
pub mod config;
mod frames;
mod port;
mod seen;
mod text;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::Duration;

use wire::identity::IdentityError;
use zeroize::Zeroizing;

pub use config::{CardReaderConfig, SourceConfig};
pub use frames::Frames;
pub use port::Port;
pub use seen::{PictureCard, SeenCard, of_picture};
pub use text::TextReader;

/// What a reader delivers.
#[derive(Debug)]
pub enum Scan {
    /// A card.
    Card(Box<SeenCard>),
    /// A text that is no identity card, and why. Its content is gone.
    NotACard(IdentityError),
    /// A text without the separators of a card, from a reader that was opened for a gate: the code of a pass.
    Other(Zeroizing<String>),
    /// A card that could not be read.
    Fault(chip::ChipFault),
}

/// Why a reader cannot be used any more. It may be opened again.
#[derive(Debug, thiserror::Error)]
pub enum ReaderError {
    /// It cannot be opened.
    #[error(
        "card reader {at}: cannot be opened: {reason}; check that it is plugged in and that this user may read it"
    )]
    Open {
        /// Device or address.
        at: String,
        /// The system's words.
        reason: String,
    },
    /// The cable or connection is gone.
    #[error("the card reader is gone (unplugged or switched off)")]
    Gone,
    /// No sign of life.
    #[error("the card reader has said nothing for {0} s; check its cable and power")]
    Silent(u64),
    /// It speaks another version of the protocol.
    #[error("the card reader speaks version {0} of the reader protocol, this agent speaks {version}; update its adapter", version = chip::VERSION)]
    Version(u32),
    /// The system refused.
    #[error("card reader: {0}")]
    Io(#[from] std::io::Error),
    /// This kind is not read in this way.
    #[error("a camera is no reader of its own: `edge-agent cards PICTURE` reads its pictures")]
    Camera,
}

/// A reader of identity cards.
pub trait CardSource: Send {
    /// The next scan, waiting at most `wait` for it.
    ///
    /// # Errors
    /// The reader cannot be used any more.
    fn next(&mut self, wait: Duration) -> Result<Option<Scan>, ReaderError>;
}

/// Opens a configured reader.
///
/// # Errors
/// [`ReaderError::Open`], [`ReaderError::Camera`].
pub fn open(config: &CardReaderConfig) -> Result<Box<dyn CardSource>, ReaderError> {
    open_as(config, false)
}

/// Opens a configured reader that stands at a gate: it reads passes too.
///
/// # Errors
/// As [`open`].
pub fn open_at_gate(config: &CardReaderConfig) -> Result<Box<dyn CardSource>, ReaderError> {
    open_as(config, true)
}

fn open_as(config: &CardReaderConfig, passes: bool) -> Result<Box<dyn CardSource>, ReaderError> {
    let open = |at: &str, port: std::io::Result<Port>| {
        port.map_err(|e| ReaderError::Open { at: at.to_owned(), reason: e.to_string() })
    };
    let name = |path: &PathBuf| path.display().to_string();
    Ok(match &config.source {
        SourceConfig::Wedge(wedge) => Box::new(
            TextReader::new(
                open(&name(&wedge.device), Port::characters(&wedge.device))?,
                Duration::from_millis(wedge.quiet_ms),
            )
            .with_passes(passes),
        ),
        SourceConfig::Serial(serial) => Box::new(
            TextReader::new(
                open(&name(&serial.device), Port::serial(&serial.device, serial.baud))?,
                Duration::from_millis(serial.quiet_ms),
            )
            .with_passes(passes),
        ),
        SourceConfig::Chip(chip) => {
            let port = match (&chip.device, &chip.address) {
                (Some(device), _) => open(&name(device), Port::serial(device, chip.baud))?,
                (None, address) => {
                    let at = address.as_deref().unwrap_or_default();
                    open(at, Port::tcp(at, Duration::from_millis(chip.connect_ms)))?
                }
            };
            Box::new(chip::ChipReader::new(port, chip.timeouts()))
        }
        SourceConfig::Camera(_) => return Err(ReaderError::Camera),
    })
}

/// Today in Vietnam, whatever the machine's time zone: dates on cards are Vietnamese.
pub fn today() -> jiff::civil::Date {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(7));
    jiff::Timestamp::now().to_zoned(zone).date()
}
