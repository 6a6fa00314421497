//! Bytes of messages that the client holds: handed to it and not yet acknowledged by the broker. Pure.

use std::collections::{HashMap, VecDeque};

/// What the client holds. Messages leave in the order in which they were handed over.
#[derive(Debug, Default)]
pub(super) struct Held {
    bytes: usize,
    queued: VecDeque<usize>,
    unacknowledged: HashMap<u16, usize>,
}

impl Held {
    /// Bytes of all of them.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// A message of `bytes` was handed over.
    pub(super) fn handed(&mut self, bytes: usize) {
        self.bytes += bytes;
        self.queued.push_back(bytes);
    }

    /// The first that was queued left as number `packet`.
    pub(super) fn left(&mut self, packet: u16) {
        if let Some(bytes) = self.queued.pop_front()
            && let Some(before) = self.unacknowledged.insert(packet, bytes)
        {
            // Packet numbers are used again; whoever had this one is gone.
            self.bytes = self.bytes.saturating_sub(before);
        }
    }

    /// The broker has number `packet`.
    pub(super) fn acknowledged(&mut self, packet: u16) {
        let bytes = self.unacknowledged.remove(&packet).unwrap_or(0);
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_counts_from_its_handing_over_until_the_broker_has_it() {
        let mut held = Held::default();
        held.handed(5);
        held.handed(7);
        held.left(1);
        assert_eq!(held.bytes(), 12);
        held.left(2);
        held.acknowledged(2);
        assert_eq!(held.bytes(), 5, "the broker answers in any order");
        held.acknowledged(9);
        held.acknowledged(1);
        assert_eq!(held.bytes(), 0);
    }
}
