//! Reads what is whole out of a store that sled cannot open: its files are searched for framed values, a piece at a time.
//!
//! Old copies of events that were already receipted may turn up too. That is harmless: central answers `duplicate`.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use wire::{Digest, MAX_CLIP_BYTES};

use super::files;
use super::frame;
use super::record::Stored;
use super::state::Value;

/// Bytes searched at a time.
const STEP: usize = 16 << 20;
/// Bytes seen beyond them: more than the largest framed value, a clip in a store of before there were files beside it.
const REACH: usize = MAX_CLIP_BYTES + (1 << 20);

/// A whole value.
pub(super) enum Found<'a> {
    /// An event.
    Event(Stored),
    /// A picture and its file.
    Picture(Digest, &'a [u8]),
    /// A value of the state; older copies of it may be found too.
    State(Value),
}

/// Searches every file of the store in `folder`, but not the large files that were set aside with it. A value may be found more than once.
pub(super) fn search<E: From<io::Error>>(
    store: &Path,
    mut found: impl FnMut(Found<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut folders = vec![store.to_owned()];
    let mut piece = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.path() == store.join(files::FOLDER) {
                continue;
            }
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
                continue;
            }
            let file = File::open(entry.path())?;
            let length = file.metadata()?.len();
            let mut at = 0;
            while at < length {
                read_piece(&file, at, length, &mut piece)?;
                search_piece(&piece, &mut found)?;
                at += STEP as u64;
            }
        }
    }
    Ok(())
}

fn read_piece(file: &File, at: u64, length: u64, piece: &mut Vec<u8>) -> io::Result<()> {
    let wanted = (length - at).min((STEP + REACH) as u64) as usize;
    piece.resize(wanted, 0);
    match file.read_exact_at(piece, at) {
        // A bad sector: what can be read up to it is enough.
        Err(_) => {
            piece.clear();
            let mut rest = file.try_clone()?;
            io::Seek::seek(&mut rest, io::SeekFrom::Start(at))?;
            let _ = rest.take(wanted as u64).read_to_end(piece);
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

fn search_piece<E>(bytes: &[u8], found: &mut impl FnMut(Found<'_>) -> Result<(), E>) -> Result<(), E> {
    let mut at = 0;
    while at < STEP.min(bytes.len()) {
        let Some(offset) = bytes[at..].windows(2).position(|pair| pair == b"VG") else { break };
        at += offset;
        let rest = &bytes[at..];
        if let Some(stored) = Stored::from_frame(rest) {
            found(Found::Event(stored))?;
        } else if let Some(picture) = frame::unwrap(frame::PICTURE, rest) {
            found(Found::Picture(Digest::of(picture), picture))?;
        } else if let Some(value) = Value::from_frame(rest) {
            found(Found::State(value))?;
        }
        // One step only: a damaged length must not jump over the next value.
        at += 2;
    }
    Ok(())
}
