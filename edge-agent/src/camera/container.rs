//! Whether a video file is as long as its container says. GStreamer plays what is there and stays silent about
//! the rest, so a file cut off by a full disk or a broken copy would pass for a short one.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// What is missing at the end of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Missing {
    /// Bytes that the container promises and the file does not have.
    pub(super) bytes: u64,
    /// An MP4 whose index came last and is gone with the rest: nothing can be played.
    pub(super) index: bool,
}

/// Top-level boxes looked at, at most: a sane MP4 has a handful, a fragmented one some thousands.
const BOXES: u32 = 100_000;

/// No recording is as large as this.
const BELIEVABLE: u64 = 1 << 50;

/// What is missing from the AVI or MP4 at `path`; `None` when it is whole, of another kind, or unreadable.
pub(super) fn missing(path: &Path) -> Option<Missing> {
    let mut file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    missing_of(&mut file, length)
}

fn missing_of(file: &mut (impl Read + Seek), length: u64) -> Option<Missing> {
    let mut head = [0u8; 12];
    file.read_exact(&mut head).ok()?;
    if head.starts_with(b"RIFF") && head.ends_with(b"AVI ") {
        let size = u64::from(u32::from_le_bytes(head[4..8].try_into().ok()?));
        // Zero and all ones are left by recorders that were never told to stop: no promise was made.
        let promised = if size == 0 || size == u64::from(u32::MAX) { 0 } else { size + 8 };
        return (promised > length).then(|| Missing { bytes: promised - length, index: false });
    }
    if &head[4..8] == b"ftyp" { boxes(file, length) } else { None }
}

fn boxes(file: &mut (impl Read + Seek), length: u64) -> Option<Missing> {
    let (mut at, mut index) = (0u64, false);
    for _ in 0..BOXES {
        file.seek(SeekFrom::Start(at)).ok()?;
        let mut head = [0u8; 16];
        if file.read_exact(&mut head[..8]).is_err() {
            break;
        }
        index |= &head[4..8] == b"moov";
        let size = match u32::from_be_bytes(head[..4].try_into().ok()?) {
            0 => return None,
            1 => {
                file.read_exact(&mut head[8..]).ok()?;
                u64::from_be_bytes(head[8..].try_into().ok()?)
            }
            size => u64::from(size),
        };
        // Rubbish, not a promise: let the demuxer judge.
        at = at.checked_add(size.max(8)).filter(|end| *end < BELIEVABLE)?;
        if at > length {
            return Some(Missing { bytes: at - length, index: !index });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn of(bytes: &[u8]) -> Option<Missing> {
        missing_of(&mut Cursor::new(bytes), bytes.len() as u64)
    }

    fn mp4(kinds: &[&[u8; 4]]) -> Vec<u8> {
        kinds.iter().flat_map(|kind| [&24u32.to_be_bytes()[..], *kind, &[0; 16]].concat()).collect()
    }

    #[test]
    fn a_whole_file_misses_nothing_and_a_cut_one_its_end() {
        let whole = mp4(&[b"ftyp", b"moov", b"mdat"]);
        assert_eq!(of(&whole), None);
        assert_eq!(of(&whole[..60]), Some(Missing { bytes: 12, index: false }));
        let last = mp4(&[b"ftyp", b"mdat", b"moov"]);
        assert_eq!(of(&last[..40]), Some(Missing { bytes: 8, index: true }));

        let mut avi = b"RIFF\x10\0\0\0AVI ".to_vec();
        assert_eq!(of(&avi), Some(Missing { bytes: 12, index: false }));
        avi.extend([0; 12]);
        assert_eq!(of(&avi), None);
    }

    #[test]
    fn rubbish_and_other_kinds_promise_nothing() {
        for cut in 0..12 {
            assert_eq!(of(&b"RIFF\x10\0\0\0AVI "[..cut]), None);
        }
        assert_eq!(of(&[0x1a; 64]), None);
        assert_eq!(of(b"\0\0\0\x01ftyp\xff\xff\xff\xff\xff\xff\xff\xff"), None, "a size beyond all files");
    }
}
