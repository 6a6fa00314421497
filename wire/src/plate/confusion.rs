//! Characters that recognisers take for one another.

use serde::Serialize;

/// Characters of one group are taken for one another: a letter and the digits it resembles.
const LOOK_ALIKE: [&str; 12] = ["0OQD", "1IJL", "17T", "2Z", "38B", "4A", "5S", "56", "6G", "68", "08", "UV"];
/// Letters that are taken for one another on worn or small plates.
const WORN: [&str; 5] = ["CG", "EF", "MN", "VY", "HN"];

/// One position in which two texts differ by look-alike characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Confusion {
    /// The position, from 0.
    pub position: usize,
    /// The character there in the first text.
    pub a: char,
    /// The character there in the second text.
    pub b: char,
    /// Why this is a possible match, in Vietnamese.
    pub reason_vi: String,
    /// The same in English.
    pub reason_en: String,
}

/// Whether two canonical texts are equally long and differ in exactly one position by a pair that recognisers confuse.
/// Used for "possible" matches with a watch list: never more than a hint for a person.
pub fn one_confusion(a: &str, b: &str) -> Option<Confusion> {
    if a.len() != b.len() {
        return None;
    }
    let mut differing = a.chars().zip(b.chars()).enumerate().filter(|(_, (x, y))| x != y);
    let (position, (x, y)) = differing.next()?;
    if differing.next().is_some() || !look_alike(x, y) {
        return None;
    }
    let nth = position + 1;
    Some(Confusion {
        position,
        a: x,
        b: y,
        reason_vi: format!("Khác một ký tự, vị trí {nth}: {x} và {y} dễ đọc nhầm"),
        reason_en: format!("One character differs, position {nth}: {x} and {y} look alike"),
    })
}

/// Every text that differs from `canonical` by one look-alike character: those for which [`one_confusion`] says something.
pub fn look_alikes(canonical: &str) -> Vec<String> {
    let others =
        |c: char| ('0'..='9').chain('A'..='Z').filter(move |other| *other != c && look_alike(c, *other));
    let replaced = |at: usize, c: char| {
        let other = |new: char| {
            canonical.chars().enumerate().map(|(n, old)| if n == at { new } else { old }).collect()
        };
        others(c).map(other).collect::<Vec<String>>()
    };
    canonical.chars().enumerate().flat_map(|(at, c)| replaced(at, c)).collect()
}

/// Whether recognisers take one character for the other.
pub fn look_alike(x: char, y: char) -> bool {
    LOOK_ALIKE.iter().chain(&WORN).any(|group| group.contains(x) && group.contains(y))
}

/// The digit that a letter was probably meant to be.
pub(super) fn to_digit(c: u8) -> Option<u8> {
    Some(match c {
        b'0'..=b'9' => c,
        b'O' | b'Q' | b'D' => b'0',
        b'I' | b'J' | b'L' => b'1',
        b'Z' => b'2',
        b'A' => b'4',
        b'S' => b'5',
        b'G' => b'6',
        b'T' => b'7',
        b'B' => b'8',
        _ => return None,
    })
}

/// The letter that a digit was probably meant to be. `0` is `D`, never `O`: `O` is not issued.
pub(super) fn to_letter(c: u8) -> Option<u8> {
    Some(match c {
        b'A'..=b'Z' => c,
        b'0' => b'D',
        b'1' => b'L',
        b'2' => b'Z',
        b'3' | b'8' => b'B',
        b'4' => b'A',
        b'5' => b'S',
        b'6' => b'G',
        b'7' => b'T',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_are_what_one_confusion_says_and_nothing_is_left_out() {
        let all = look_alikes("30K13579");
        assert!(all.iter().all(|other| one_confusion("30K13579", other).is_some()));
        for (text, there) in
            [("30K14579", false), ("30K73579", true), ("3DK13579", true), ("30K13579", false)]
        {
            assert_eq!(all.contains(&text.to_owned()), there, "{text}");
        }
    }
}
