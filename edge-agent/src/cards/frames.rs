//! Cutting a stream of bytes into texts: by CR, LF, tab, NUL, STX or ETX, or by a pause of a reader that sends none.

use zeroize::{Zeroize as _, Zeroizing};

/// Bytes that end a text.
const ENDS: [u8; 6] = *b"\r\n\t\0\x02\x03";

/// Collects bytes until a text is whole. A text longer than `most` bytes is thrown away up to its end and counted.
#[derive(Debug)]
pub struct Frames {
    bytes: Zeroizing<Vec<u8>>,
    most: usize,
    overflowing: bool,
    dropped: u64,
}

impl Frames {
    /// For texts of at most `most` bytes.
    pub fn new(most: usize) -> Self {
        // All of it at once: a vector that grows leaves copies behind that nobody wipes.
        let bytes = Zeroizing::new(Vec::with_capacity(most));
        Self { bytes, most, overflowing: false, dropped: 0 }
    }

    /// The texts that `bytes` complete, in order.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Zeroizing<Vec<u8>>> {
        let mut whole = Vec::new();
        for byte in bytes {
            if ENDS.contains(byte) {
                whole.extend(self.flush());
            } else if self.bytes.len() < self.most {
                self.bytes.push(*byte);
            } else {
                self.overflowing = true;
            }
        }
        whole
    }

    /// What has come so far, as a text: the reader paused.
    pub fn flush(&mut self) -> Option<Zeroizing<Vec<u8>>> {
        let whole = Zeroizing::new(self.bytes.to_vec());
        self.bytes.as_mut_slice().zeroize();
        self.bytes.clear();
        if std::mem::take(&mut self.overflowing) {
            self.dropped += 1;
            return None;
        }
        (!whole.iter().all(u8::is_ascii_whitespace)).then_some(whole)
    }

    /// Whether a text has begun.
    pub fn is_open(&self) -> bool {
        !self.bytes.is_empty()
    }

    /// Texts that were too long.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}
