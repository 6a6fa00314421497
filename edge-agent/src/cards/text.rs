//! Readers that send the text of the QR code: keyboard wedges and serial (USB-CDC) readers.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use wire::identity::CardQr;
use zeroize::{Zeroize as _, Zeroizing};

use super::{CardSource, Frames, Port, ReaderError, Scan, SeenCard, today};

/// Longest text of a QR code, bytes.
const MAX_TEXT: usize = 8192;

/// A reader that sends texts.
#[derive(Debug)]
pub struct TextReader {
    port: Port,
    frames: Frames,
    quiet: Duration,
    ready: VecDeque<Zeroizing<Vec<u8>>>,
    passes: bool,
}

impl TextReader {
    /// Texts that come through `port`; one without an end sign ends after a pause of `quiet`.
    pub fn new(port: Port, quiet: Duration) -> Self {
        Self { port, frames: Frames::new(MAX_TEXT), quiet, ready: VecDeque::new(), passes: false }
    }

    /// Whether a text that cannot be a card is handed on as the code of a pass.
    pub fn with_passes(self, passes: bool) -> Self {
        Self { passes, ..self }
    }
}

impl CardSource for TextReader {
    fn next(&mut self, wait: Duration) -> Result<Option<Scan>, ReaderError> {
        let until = Instant::now() + wait;
        let mut buffer = Zeroizing::new([0u8; 512]);
        loop {
            if let Some(text) = self.ready.pop_front() {
                return Ok(Some(scan(&text, self.passes)));
            }
            let left = until.saturating_duration_since(Instant::now());
            let pause = if self.frames.is_open() { self.quiet.min(left) } else { left };
            let read = match self.port.read(&mut buffer[..], pause) {
                // The last text of a pipe or file has no end sign.
                Err(ReaderError::Gone) if self.frames.is_open() => 0,
                other => other?,
            };
            self.ready.extend(self.frames.push(&buffer[..read]));
            buffer.zeroize();
            if read == 0 && self.frames.is_open() && left >= self.quiet {
                self.ready.extend(self.frames.flush());
            } else if read == 0 && left.is_zero() {
                return Ok(None);
            }
        }
    }
}

fn scan(text: &[u8], passes: bool) -> Scan {
    let text = Zeroizing::new(String::from_utf8_lossy(text).into_owned());
    if passes && !text.contains('|') {
        return Scan::Other(text);
    }
    match CardQr::parse(&text, today()) {
        Ok(card) => Scan::Card(Box::new(SeenCard::by_qr(&card))),
        Err(reason) => Scan::NotACard(reason),
    }
}
