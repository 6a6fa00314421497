//! What readers do to a text on its way: byte order marks, decomposed letters, and Vietnamese spoilt by a keyboard layout
//! or a wrong character set. A wedge reader types; what it types depends on the layout of the machine that listens.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// What happened to the letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letters {
    /// They came as they stand on the card.
    Whole,
    /// UTF-8 came one byte per letter and was put together again; nothing is lost.
    Reencoded,
    /// Letters were replaced or left out: the name is not to be compared.
    Damaged,
}

/// Characters 0x80–0x9F of Windows-1252; a dot where there is none.
const CP1252: &str = "€.‚ƒ„…†‡ˆ‰Š‹Œ.Ž..‘’“”•–—˜™š›œ.žŸ";
/// What the digit keys 0–9 type without shift on a French keyboard.
const AZERTY: &str = "à&é\"'(-è_ç";

/// The text without what readers wrap around it, letters composed, and put together again when it came byte by byte.
pub(super) fn clean(text: &str) -> (Zeroizing<String>, Letters) {
    let text =
        text.trim_matches(|c: char| matches!(c, '\u{FEFF}' | '\0' | '\u{2}' | '\u{3}') || c.is_whitespace());
    if let Some(whole) = reencoded(text) {
        return (Zeroizing::new(whole.nfc().collect()), Letters::Reencoded);
    }
    let composed: String = text.nfc().collect();
    let letters = if damaged(&composed) { Letters::Damaged } else { Letters::Whole };
    (Zeroizing::new(composed), letters)
}

/// `Nguyá»…n` → `Nguyễn`. Only when every letter is a byte and the bytes are UTF-8: no real name looks like that.
fn reencoded(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let byte = |c: char| match u32::from(c) {
        code @ 0..=0xFF => u8::try_from(code).ok(),
        _ => CP1252.chars().position(|known| known == c && c != '.').map(|at| 0x80 + at as u8),
    };
    let bytes: Option<Zeroizing<Vec<u8>>> =
        text.chars().map(byte).collect::<Option<Vec<u8>>>().map(Zeroizing::new);
    String::from_utf8(bytes?.to_vec()).ok()
}

/// A replacement sign or question mark inside a word.
fn damaged(text: &str) -> bool {
    text.contains('\u{FFFD}') || text.split('|').nth(2).is_some_and(|name| name.contains('?'))
}

/// Whether the text looks like a card typed under another keyboard layout: its digits or its separators are others.
pub(super) fn other_layout(text: &str) -> bool {
    let start: Vec<char> = text.chars().take(13).collect();
    let (Some(number), Some(after)) = (start.get(..12), start.get(12)) else { return false };
    if number.iter().all(|c| AZERTY.contains(*c)) {
        return true;
    }
    let odd = !after.is_alphanumeric() && *after != '|' && !after.is_whitespace();
    number.iter().all(char::is_ascii_digit) && odd && text.split(*after).count() >= 6
}
