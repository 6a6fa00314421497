//! Countries of passports: three letters as on the passport, or the name as people write it.

use std::sync::OnceLock;

use crate::tables::folded;

const TABLE: &str = include_str!("countries.csv");

/// The three-letter code of a country by code or name; any three letters that are not in the table are taken as they are,
/// because the table holds only those that are often met.
pub fn code(text: &str) -> Option<String> {
    static ROWS: OnceLock<Vec<(String, [String; 2])>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| {
        TABLE
            .lines()
            .skip(1)
            .filter_map(|line| {
                let mut cells = line.split(',');
                Some((cells.next()?.to_owned(), [folded(cells.next()?), folded(cells.next()?)]))
            })
            .collect()
    });
    let (trimmed, plain) = (text.trim(), folded(text));
    if trimmed.len() == 3 && trimmed.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Some(trimmed.to_ascii_uppercase());
    }
    rows.iter().find(|(_, names)| names.contains(&plain)).map(|(code, _)| code.clone())
}

/// A passport as lists hold it: `CCC:NUMBER` in upper case. `None` when it is no passport number.
pub fn passport(country: &str, number: &str) -> Option<String> {
    let number: String = number.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let fits = (5..=15).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_alphanumeric())
        && number.bytes().any(|b| b.is_ascii_digit());
    fits.then(|| format!("{country}:{}", number.to_ascii_uppercase()))
}
