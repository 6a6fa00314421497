//! Names of documents: 128 random bits, so that none can be guessed or counted.

/// Lower case, as in base32, without padding.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// 26 characters hold 128 bits.
const LENGTH: usize = 26;

/// A new id.
pub fn new() -> String {
    of(rand::random())
}

/// 128 bits as text.
fn of(mut bits: u128) -> String {
    let mut text = [b'a'; LENGTH];
    for place in text.iter_mut().rev() {
        *place = ALPHABET[(bits & 31) as usize];
        bits >>= 5;
    }
    text.iter().map(|byte| char::from(*byte)).collect()
}

/// An id as it was typed or scanned, in the form it was given out; none when it cannot be one.
pub fn read(typed: &str) -> Option<String> {
    let plain: String =
        typed.chars().filter(|c| !matches!(c, ' ' | '-')).map(|c| c.to_ascii_lowercase()).collect();
    (plain.len() == LENGTH && plain.bytes().all(|byte| ALPHABET.contains(&byte))).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_26_letters_and_is_read_back_however_it_was_typed() {
        assert_eq!(of(0), "a".repeat(26));
        assert_eq!(of(u128::MAX), format!("h{}", "7".repeat(25)));
        let id = new();
        assert_eq!(read(&id.to_uppercase()).as_deref(), Some(id.as_str()));
        assert_eq!(read(&format!(" {}-{}", &id[..4], &id[4..])).as_deref(), Some(id.as_str()));
        assert_ne!(new(), id);
        for wrong in ["", "abc", &"1".repeat(26), &"a".repeat(27), "ăăăăăăăăăăăăăăăăăăăăăăăăăă"]
        {
            assert_eq!(read(wrong), None);
        }
    }
}
