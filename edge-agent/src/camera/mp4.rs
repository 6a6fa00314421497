//! Boxes of an MP4 file: the index is brought before the media, so that a player that fetches the file in pieces can begin and seek at
//! once. Pure.

use std::ops::Range;

/// A box: its kind and where it lies, head included.
type Found = ([u8; 4], Range<usize>);

/// The boxes of a file or of a box's content; `None` when they do not fill it exactly.
fn boxes(bytes: &[u8], within: Range<usize>) -> Option<Vec<Found>> {
    let mut found = Vec::new();
    let mut at = within.start;
    while at < within.end {
        let head = bytes.get(at..at + 8)?;
        let kind: [u8; 4] = head[4..8].try_into().ok()?;
        let size = match u32::from_be_bytes(head[..4].try_into().ok()?) {
            1 => usize::try_from(u64::from_be_bytes(bytes.get(at + 8..at + 16)?.try_into().ok()?)).ok()?,
            0 => within.end - at,
            size => size as usize,
        };
        let end = at.checked_add(size).filter(|end| size >= 8 && *end <= within.end)?;
        found.push((kind, at..end));
        at = end;
    }
    Some(found)
}

/// The same file as `ftyp`, `moov`, then the rest. `None` when it is no whole MP4 with an index.
pub(super) fn index_first(file: Vec<u8>) -> Option<Vec<u8>> {
    let top = boxes(&file, 0..file.len())?;
    let place = |kind: &[u8; 4]| top.iter().find(|(found, _)| found == kind).map(|(_, range)| range.clone());
    let (ftyp, moov, mdat) = (place(b"ftyp")?, place(b"moov")?, place(b"mdat")?);
    if moov.start < mdat.start {
        return Some(file);
    }
    let mut index = file[moov.clone()].to_vec();
    // Everything between the type and the index moves back by the length of the index.
    let by = u64::try_from(index.len()).ok()?;
    let end = index.len();
    shift_offsets(&mut index, 8..end, by)?;
    let mut out = Vec::with_capacity(file.len());
    out.extend_from_slice(&file[ftyp.clone()]);
    out.extend_from_slice(&index);
    out.extend_from_slice(&file[ftyp.end..moov.start]);
    out.extend_from_slice(&file[moov.end..]);
    Some(out)
}

/// Adds to every chunk offset below.
fn shift_offsets(index: &mut [u8], within: Range<usize>, by: u64) -> Option<()> {
    for (kind, range) in boxes(index, within)? {
        let content = range.start + 8..range.end;
        match &kind {
            b"trak" | b"mdia" | b"minf" | b"stbl" => shift_offsets(index, content, by)?,
            b"stco" => {
                for at in entries(index, content, 4)? {
                    let old = u32::from_be_bytes(index[at..at + 4].try_into().ok()?);
                    let new = old.checked_add(u32::try_from(by).ok()?)?;
                    index[at..at + 4].copy_from_slice(&new.to_be_bytes());
                }
            }
            b"co64" => {
                for at in entries(index, content, 8)? {
                    let old = u64::from_be_bytes(index[at..at + 8].try_into().ok()?);
                    index[at..at + 8].copy_from_slice(&old.checked_add(by)?.to_be_bytes());
                }
            }
            _ => {}
        }
    }
    Some(())
}

/// Where the entries of a table of chunk offsets lie.
fn entries(index: &[u8], content: Range<usize>, width: usize) -> Option<Vec<usize>> {
    let table = index.get(content.clone())?;
    let count = u32::from_be_bytes(table.get(4..8)?.try_into().ok()?) as usize;
    let needed = count.checked_mul(width)?.checked_add(8)?;
    (needed <= table.len()).then(|| (0..count).map(|n| content.start + 8 + n * width).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
    }

    fn nested(offset: u32) -> Vec<u8> {
        let stco = make(b"stco", &[&[0; 4][..], &1u32.to_be_bytes(), &offset.to_be_bytes()].concat());
        let stbl = make(b"stbl", &stco);
        make(b"moov", &make(b"trak", &make(b"mdia", &make(b"minf", &stbl))))
    }

    #[test]
    fn the_index_comes_first_and_still_points_at_the_media() {
        let ftyp = make(b"ftyp", b"isom");
        let mdat = make(b"mdat", b"media");
        let media_at = (ftyp.len() + 8) as u32;
        let file = [ftyp.clone(), mdat.clone(), nested(media_at)].concat();
        let moved = index_first(file.clone()).unwrap();
        assert_eq!(moved.len(), file.len());
        let order: Vec<[u8; 4]> =
            boxes(&moved, 0..moved.len()).unwrap().into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(order, [*b"ftyp", *b"moov", *b"mdat"]);
        let at = moved.windows(4).position(|four| four == b"stco").unwrap() + 12;
        let offset = u32::from_be_bytes(moved[at..at + 4].try_into().unwrap()) as usize;
        assert_eq!(&moved[offset..offset + 5], b"media");
        assert_eq!(index_first(moved.clone()), Some(moved), "moved once, it stays");
    }

    #[test]
    fn what_is_no_whole_file_is_refused() {
        let file = [make(b"ftyp", b"isom"), make(b"mdat", b"media")].concat();
        assert_eq!(index_first(file.clone()), None, "no index");
        let whole = [file, nested(20)].concat();
        for cut in 1..whole.len() {
            let _ = index_first(whole[..cut].to_vec());
        }
        assert_eq!(index_first(whole[..whole.len() - 1].to_vec()), None);
    }
}
