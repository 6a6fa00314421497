//! What follows from the events and must survive with them: who is inside, which decisions are open. Written in the batch of the
//! events that changed it, so that a kill never leaves one without the other.

use std::collections::BTreeMap;

use super::frame;
use super::inner::Inner;

/// First byte of the keys in the tree.
const PREFIX: u8 = b's';

/// One value that changes with a batch of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange {
    /// Its key.
    pub key: String,
    /// Its new value; `None` takes it away.
    pub value: Option<Vec<u8>>,
}

/// A value as it is stored: with its age, so that of several copies in a damaged store the newest is known.
pub(super) struct Value {
    pub(super) key: String,
    pub(super) revision: u64,
    pub(super) value: Vec<u8>,
}

impl StateChange {
    /// Into a batch. `revision` grows with every batch that holds an event.
    pub(super) fn write(&self, revision: u64, batch: &mut sled::Batch) {
        match &self.value {
            Some(value) => batch.insert(tree_key(&self.key), wrap(&self.key, revision, value)),
            None => batch.remove(tree_key(&self.key)),
        }
    }
}

impl Value {
    /// Reads a framed value; `None` when it is damaged or something else.
    pub(super) fn from_frame(framed: &[u8]) -> Option<Self> {
        let content = frame::unwrap(frame::STATE, framed)?;
        let (revision, rest) = content.split_first_chunk::<8>()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (key, value) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
        let key = String::from_utf8(key.to_vec()).ok()?;
        Some(Self { key, revision: u64::from_le_bytes(*revision), value: value.to_vec() })
    }

    pub(super) fn to_frame(&self) -> Vec<u8> {
        wrap(&self.key, self.revision, &self.value)
    }

    pub(super) fn tree_key(&self) -> Vec<u8> {
        tree_key(&self.key)
    }
}

impl Inner {
    /// All values by key; a damaged one is taken out and counts as damage.
    pub(super) fn state(&mut self) -> Result<BTreeMap<String, Vec<u8>>, sled::Error> {
        let mut all = BTreeMap::new();
        for item in self.tree.scan_prefix([PREFIX]) {
            let (key, framed) = item?;
            match Value::from_frame(&framed) {
                Some(value) => {
                    all.insert(value.key, value.value);
                }
                None => {
                    tracing::error!(
                        "a value of the gates' state was damaged and is given up: check the counts"
                    );
                    self.losses.damaged = true;
                    self.tree.remove(key)?;
                }
            }
        }
        Ok(all)
    }
}

fn tree_key(key: &str) -> Vec<u8> {
    [&[PREFIX], key.as_bytes()].concat()
}

fn wrap(key: &str, revision: u64, value: &[u8]) -> Vec<u8> {
    // Keys are names of areas and ids of entries: far below 64 KiB.
    let length = u16::try_from(key.len()).unwrap_or(u16::MAX);
    let key = &key.as_bytes()[..usize::from(length)];
    let content = [&revision.to_le_bytes()[..], &length.to_le_bytes()[..], key, value].concat();
    frame::wrap(frame::STATE, &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_as_it_was_written_or_not_at_all() {
        let value = Value { key: "area/a".to_owned(), revision: 7, value: b"[1,2]".to_vec() };
        let framed = value.to_frame();
        let read = Value::from_frame(&framed).expect("whole");
        assert_eq!((read.key.as_str(), read.revision, read.value.as_slice()), ("area/a", 7, &b"[1,2]"[..]));
        assert!(Value::from_frame(&framed[..framed.len() - 1]).is_none());
    }
}
