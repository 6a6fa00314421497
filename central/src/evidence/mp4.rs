//! An MP4 file by its boxes: whether it is whole, and how long it plays. Pure; any bytes may come.

/// A box: its four letters and what is in it.
type Part<'a> = (&'a [u8], &'a [u8]);

/// The boxes that fill `bytes` exactly.
fn parts(bytes: &[u8]) -> Result<Vec<Part<'_>>, &'static str> {
    const CUT: &str = "it is cut off within a box";
    let (mut at, mut parts) = (0_usize, Vec::new());
    while at < bytes.len() {
        let head = bytes.get(at..at + 8).ok_or(CUT)?;
        let (size, inside) = match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) {
            1 => {
                let long = bytes.get(at + 8..at + 16).and_then(|long| long.try_into().ok());
                let long = long.map(u64::from_be_bytes).ok_or(CUT)?;
                (usize::try_from(long).map_err(|_| "a box is larger than any file")?, 16)
            }
            // Until the end of the file.
            0 => (bytes.len() - at, 8),
            size => (size as usize, 8),
        };
        if size < inside {
            return Err("a box is smaller than its own head");
        }
        let end = at.checked_add(size).filter(|end| *end <= bytes.len()).ok_or(CUT)?;
        parts.push((&head[4..8], &bytes[at + inside..end]));
        at = end;
    }
    Ok(parts)
}

fn inside<'a>(parts: &[Part<'a>], name: &[u8]) -> Option<&'a [u8]> {
    parts.iter().find(|(kind, _)| *kind == name).map(|(_, content)| *content)
}

/// Whether the boxes fill the file exactly, and index and media are among them.
pub(super) fn whole(bytes: &[u8]) -> Result<(), &'static str> {
    let parts = parts(bytes)?;
    match (inside(&parts, b"moov"), inside(&parts, b"mdat")) {
        (Some(_), Some(_)) => Ok(()),
        (None, _) => Err("it has no index (moov)"),
        (_, None) => Err("it has no media (mdat)"),
    }
}

/// How long it plays as its index says, milliseconds; `None` where the index says nothing.
pub fn duration_ms(bytes: &[u8]) -> Option<i64> {
    let index = parts(inside(&parts(bytes).ok()?, b"moov")?).ok()?;
    let head = inside(&index, b"mvhd")?;
    let long = *head.first()? == 1;
    // Version and flags, two times of making, then the scale and the length in it.
    let (scale_at, bytes_of_length) = if long { (20, 8) } else { (12, 4) };
    let scale = number(head.get(scale_at..scale_at + 4)?);
    let mut length = number(head.get(scale_at + 4..scale_at + 4 + bytes_of_length)?);
    if length == 0 {
        // In fragments: the whole length may stand elsewhere.
        let fragments = parts(inside(&index, b"mvex")?).ok()?;
        let head = inside(&fragments, b"mehd")?;
        length = number(head.get(4..if *head.first()? == 1 { 12 } else { 8 })?);
    }
    let unknown = if long { u64::MAX } else { u64::from(u32::MAX) };
    if scale == 0 || length == 0 || length == unknown {
        return None;
    }
    i64::try_from(u128::from(length) * 1000 / u128::from(scale)).ok()
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
pub(crate) mod testing {
    //! Clips of nothing, for tests.

    /// A box.
    pub fn part(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
    }

    /// The head of an index that says how long the file plays.
    pub fn movie_head(ms: u32) -> Vec<u8> {
        part(b"mvhd", &[&[0; 12][..], &1000_u32.to_be_bytes(), &ms.to_be_bytes(), &[0; 80]].concat())
    }

    /// A file with the boxes of a clip of so many milliseconds.
    pub fn clip(ms: u32, media: &[u8]) -> Vec<u8> {
        [part(b"ftyp", b"isom\0\0\x02\0isomavc1mp41"), part(b"moov", &movie_head(ms)), part(b"mdat", media)]
            .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{clip, movie_head, part};
    use super::*;

    #[test]
    fn a_clip_says_how_long_it_plays() {
        assert_eq!(duration_ms(&clip(8_960, &[1; 40])), Some(8_960));
        let long = part(
            b"mvhd",
            &[&[1, 0, 0, 0][..], &[0; 16], &90_000_u32.to_be_bytes(), &720_000_u64.to_be_bytes()].concat(),
        );
        let file = [part(b"moov", &long), part(b"mdat", b"")].concat();
        assert_eq!(duration_ms(&file), Some(8_000));
        let head = part(b"mehd", &[&[0; 4][..], &8_500_u32.to_be_bytes()].concat());
        let fragments = [movie_head(0), part(b"mvex", &head)].concat();
        assert_eq!(duration_ms(&part(b"moov", &fragments)), Some(8_500));
    }

    #[test]
    fn an_index_that_says_nothing_sensible_has_no_length() {
        for index in [
            Vec::new(),
            b"index".to_vec(),
            movie_head(0),
            movie_head(u32::MAX),
            movie_head(9_000)[..20].to_vec(),
            part(b"mvhd", &[]),
            part(b"mvhd", &[0; 20]),
        ] {
            assert_eq!(duration_ms(&part(b"moov", &index)), None, "{index:?}");
        }
        let whole = clip(9_000, &[1; 40]);
        for cut in 0..whole.len() {
            let known = duration_ms(&whole[..cut]);
            assert_eq!(
                known.is_some(),
                cut == whole.len() - 48,
                "only without the media it is still whole boxes"
            );
        }
    }

    #[test]
    fn what_a_file_lacks_is_named() {
        assert_eq!(whole(&clip(9_000, &[1; 40])), Ok(()));
        assert!(whole(&part(b"ftyp", b"isom")).unwrap_err().contains("moov"));
        assert!(whole(&part(b"moov", b"")).unwrap_err().contains("mdat"));
        assert!(whole(b"\0\0\0\x03ftypisom").unwrap_err().contains("smaller"));
        assert!(whole(b"\0\0\0\x01ftyp\0\0\0\0\0\0\0\x0c").unwrap_err().contains("smaller"));
        assert!(whole(&clip(1, &[1; 40])[..60]).unwrap_err().contains("cut off"));
    }
}
