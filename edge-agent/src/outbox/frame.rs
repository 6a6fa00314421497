//! Framing of values: `MAGIC length crc32 bytes`. The magic lets [`super::salvage`] find values in a store that sled
//! cannot open any more; the checksum tells whether they are whole.

/// Marks an event record.
pub(super) const EVENT: [u8; 8] = *b"VGevent1";
/// Marks a picture.
pub(super) const PICTURE: [u8; 8] = *b"VGpictr1";
/// Marks a value of the state.
pub(super) const STATE: [u8; 8] = *b"VGstate1";
/// Bytes before the content: magic, length (u32 LE), CRC-32 (u32 LE).
pub(super) const HEADER: usize = 16;

/// `content` with its header.
pub(super) fn wrap(magic: [u8; 8], content: &[u8]) -> Vec<u8> {
    let mut framed = Vec::with_capacity(HEADER + content.len());
    framed.extend_from_slice(&magic);
    framed.extend_from_slice(&(content.len() as u32).to_le_bytes());
    framed.extend_from_slice(&crc32fast::hash(content).to_le_bytes());
    framed.extend_from_slice(content);
    framed
}

/// The content of a frame at the start of `bytes`, if it is whole. More bytes may follow.
pub(super) fn unwrap(magic: [u8; 8], bytes: &[u8]) -> Option<&[u8]> {
    let header = bytes.get(..HEADER)?;
    if header[..8] != magic {
        return None;
    }
    let word = |at: usize| header[at..at + 4].try_into().ok().map(u32::from_le_bytes);
    let content = bytes.get(HEADER..HEADER.checked_add(word(8)? as usize)?)?;
    (crc32fast::hash(content) == word(12)?).then_some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flipped_bit_is_noticed_and_trailing_bytes_are_not_minded() {
        let mut framed = wrap(EVENT, b"hello");
        framed.push(0);
        assert_eq!(unwrap(EVENT, &framed), Some(&b"hello"[..]));
        assert_eq!(unwrap(PICTURE, &framed), None);
        framed[HEADER] ^= 1;
        assert_eq!(unwrap(EVENT, &framed), None);
        assert_eq!(unwrap(EVENT, &framed[..10]), None);
    }
}
