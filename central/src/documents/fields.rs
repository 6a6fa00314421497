//! What is filled into a template.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

/// Values by name, and lists of such values. What is blank counts as not given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    texts: BTreeMap<String, String>,
    rows: BTreeMap<String, Vec<Fields>>,
}

impl Fields {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a value. Letters are composed, white space of any kind becomes single spaces.
    pub fn text(mut self, name: &str, value: impl AsRef<str>) -> Self {
        let value = clean(value.as_ref());
        if !value.is_empty() {
            self.texts.insert(name.to_owned(), value);
        }
        self
    }

    /// The same with a value, if there is one.
    pub fn maybe(self, name: &str, value: Option<impl AsRef<str>>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// The same with a list: one block of the template for each.
    pub fn rows(mut self, name: &str, rows: Vec<Fields>) -> Self {
        self.rows.insert(name.to_owned(), rows);
        self
    }

    /// A value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// A list.
    pub fn list(&self, name: &str) -> Option<&[Fields]> {
        self.rows.get(name).map(Vec::as_slice)
    }

    /// These values, and beneath them those of the whole document.
    pub(super) fn over(&self, under: &Self) -> Self {
        let mut all = under.clone();
        all.texts.extend(self.texts.clone());
        all
    }
}

/// NFC, single spaces, and nothing that turns or hides text: a name must not change how the words around it read.
fn clean(value: &str) -> String {
    let hidden = |c: char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let shown: String = value
        .nfc()
        .filter(|c| !hidden(*c))
        .map(|c| if c.is_control() || c.is_whitespace() && c != '\u{a0}' { ' ' } else { c })
        .collect();
    shown.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// VND as Vietnamese papers write them: `19.000.000 đồng`.
pub fn vnd(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    format!("{}{text} đồng", if amount < 0 { "-" } else { "" })
}

/// A day as it is written in the place line: `ngày 05 tháng 01 năm 2026` (days and the months 1 and 2 with two digits).
pub fn long_date(day: jiff::civil::Date) -> String {
    let month = match day.month() {
        month @ 1..=2 => format!("{month:02}"),
        month => month.to_string(),
    };
    format!("ngày {:02} tháng {month} năm {}", day.day(), day.year())
}

/// A moment as papers write it, Vietnamese time: `07 giờ 05 phút, ngày 13/02/2026`.
pub fn moment(at: jiff::Timestamp) -> String {
    let local = at.to_zoned(crate::law::time_zone());
    format!(
        "{:02} giờ {:02} phút, ngày {:02}/{:02}/{}",
        local.hour(),
        local.minute(),
        local.day(),
        local.month(),
        local.year()
    )
}

/// An amount in words: `Mười chín triệu đồng`.
pub fn vnd_words(amount: i64) -> String {
    let groups = ["", " nghìn", " triệu", " tỷ"];
    let mut rest = amount.unsigned_abs();
    let mut parts = Vec::new();
    let mut index = 0;
    while rest > 0 {
        // From a thousand milliards on "tỷ" comes again; no fine is near it.
        let (part, higher) = (if index == 3 { rest } else { rest % 1000 }, rest / 1000);
        if part > 0 {
            let leads = index == 3 || higher == 0;
            parts.push(format!("{}{}", below_thousand(part % 1000, !leads), groups[index]));
        }
        if index == 3 {
            break;
        }
        rest = higher;
        index += 1;
    }
    parts.reverse();
    let words = if parts.is_empty() { "không".to_owned() } else { parts.join(" ") };
    let mut letters = words.trim().chars();
    let first = letters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{} đồng", letters.as_str())
}

const DIGITS: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];

/// A group of three digits; `full` says the hundreds though they are none, as within a larger number.
fn below_thousand(number: u64, full: bool) -> String {
    let digit = |n: u64| DIGITS[n as usize];
    let (hundreds, tens, ones) = (number / 100, number / 10 % 10, number % 10);
    let mut words = Vec::new();
    if hundreds > 0 || full {
        words.push(format!("{} trăm", digit(hundreds)));
    }
    match (tens, ones) {
        (0, 0) => {}
        (0, _) if words.is_empty() => {}
        (0, _) => words.push("linh".to_owned()),
        (1, _) => words.push("mười".to_owned()),
        (_, _) => words.push(format!("{} mươi", digit(tens))),
    }
    match (tens, ones) {
        (_, 0) => {}
        (2.., 1) => words.push("mốt".to_owned()),
        (1.., 5) => words.push("lăm".to_owned()),
        (_, _) => words.push(digit(ones).to_owned()),
    }
    words.join(" ")
}
