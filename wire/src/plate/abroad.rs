//! Plates of other countries: recognised as such so that they are reported as they were read and never forced into the
//! grammar of Vietnamese ones.

use serde::{Deserialize, Serialize};

use super::normalise;

/// Where a plate that is not Vietnamese comes from, as far as its characters tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Country {
    /// Khmer script, or a digit, one or two letters and four digits: `2AB-1234`.
    Cambodia,
    /// A Chinese character, a letter and five or six characters.
    China,
    /// Lao script.
    Laos,
    /// Thai script.
    Thailand,
    /// Another script than Latin.
    Other,
}

impl Country {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cambodia => "cambodia",
            Self::China => "china",
            Self::Laos => "laos",
            Self::Thailand => "thailand",
            Self::Other => "other",
        }
    }
}

/// The country that the characters of a raw read give away; `None` when nothing speaks against a Vietnamese plate.
///
/// A script is proof. The Cambodian pattern is none: a Vietnamese plate whose second digit was taken for a letter looks
/// the same, so such a text is left as it is and its Vietnamese reading is listed for a person to decide.
pub fn country(raw: &str) -> Option<Country> {
    raw.chars().find_map(script).or_else(|| cambodian(&normalise(raw)).then_some(Country::Cambodia))
}

fn script(c: char) -> Option<Country> {
    match u32::from(c) {
        0x0E01..=0x0E4E => Some(Country::Thailand),
        0x0E81..=0x0EDF => Some(Country::Laos),
        0x1780..=0x17FF => Some(Country::Cambodia),
        0x3400..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x323AF => Some(Country::China),
        // Greek to Hangul, without the Latin letters among them (Vietnamese ones are U+1E00 to U+1EFF).
        0x0370..=0x1DFF | 0x1F00..=0x1FFF | 0x2C00..=0x2C5F | 0x3040..=0x33FF | 0xA000..=0xD7FF
            if c.is_alphabetic() =>
        {
            Some(Country::Other)
        }
        _ => None,
    }
}

fn cambodian(text: &str) -> bool {
    let b = text.as_bytes();
    let letters = b.len().saturating_sub(5);
    (1..=2).contains(&letters)
        && (b'1'..=b'9').contains(&b[0])
        && b[1..=letters].iter().all(u8::is_ascii_uppercase)
        && b[1 + letters..].iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_neighbours_are_known_by_their_scripts_and_patterns() {
        for (raw, of) in [
            ("ກຂ 1234", Country::Laos),
            ("ខ្មែរ 2A-1234", Country::Cambodia),
            ("2AB-1234", Country::Cambodia),
            ("1A-9876", Country::Cambodia),
            ("1กข 1234", Country::Thailand),
            ("粤B·D12345", Country::China),
            ("京A12345", Country::China),
            ("А123ВС77", Country::Other),
            ("12가 3456", Country::Other),
        ] {
            assert_eq!(country(raw), Some(of), "{raw}");
        }
    }

    #[test]
    fn a_vietnamese_plate_and_plain_noise_are_of_no_other_country() {
        for raw in ["29-MĐ1 123.45", "30A-123.45", "KV-69-38", "", "🚗 30A", "·—…", "Biển số Hà Nội"]
        {
            assert_eq!(country(raw), None, "{raw}");
        }
    }
}
