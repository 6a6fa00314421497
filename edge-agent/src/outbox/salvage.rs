//! Reads what is whole out of a store that sled cannot open: the files are searched for framed values.
//!
//! Old copies of events that were already receipted may turn up too. That is harmless: central answers `duplicate`.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::Path;

use wire::Digest;

use super::frame;
use super::record::Stored;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Salvaged {
    pub events: BTreeMap<u64, Stored>,
    pub pictures: HashMap<Digest, Vec<u8>>,
}

/// Searches every file below `folder`.
pub(super) fn search(folder: &Path) -> io::Result<Salvaged> {
    let mut found = Salvaged::default();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                // The outbox is bounded, so a file of it fits into memory.
                search_bytes(&std::fs::read(entry.path())?, &mut found);
            }
        }
    }
    Ok(found)
}

fn search_bytes(bytes: &[u8], found: &mut Salvaged) {
    let mut at = 0;
    while let Some(offset) = bytes[at..].windows(2).position(|pair| pair == b"VG") {
        at += offset;
        let rest = &bytes[at..];
        if let Some(stored) = Stored::from_frame(rest) {
            found.events.insert(stored.seq, stored);
        } else if let Some(picture) = frame::unwrap(frame::PICTURE, rest) {
            found.pictures.insert(Digest::of(picture), picture.to_vec());
        }
        // One step only: a damaged length must not jump over the next value.
        at += 2;
    }
}
