//! Tables that people bring and take: CSV and XLSX in, CSV and XLSX out. Reading is tolerant of what spreadsheets do to text
//! (byte order marks, semicolons, decomposed letters, dates and numbers of Excel's own) and bounded in rows, columns and bytes.
//! Nothing here knows what a column means: see [`columns`].

use jiff::civil::{Date, DateTime};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization as _;

pub mod columns;
mod csv_in;
mod out;
mod xlsx_in;

pub use out::{Sheet, Value, csv_text, xlsx};

/// Largest file, bytes.
pub const MAX_BYTES: usize = 4 << 20;
/// Most rows below the header.
pub const MAX_ROWS: usize = 20_000;
/// Most columns.
pub const MAX_COLUMNS: usize = 60;
/// Longest text in one cell, characters.
pub const MAX_CELL: usize = 500;

/// Why a file is no table, in both languages: a person at a desk reads it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{en}")]
pub struct TableError {
    /// Stable word.
    pub code: &'static str,
    /// What to do, Vietnamese.
    pub vi: String,
    /// What to do, English.
    pub en: String,
}

impl TableError {
    /// From its parts.
    pub fn new(code: &'static str, vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, vi: vi.into(), en: en.into() }
    }

    fn too_many_rows() -> Self {
        Self::new(
            "too_many_rows",
            format!("tệp có hơn {MAX_ROWS} dòng: chia thành nhiều tệp"),
            format!("the file has more than {MAX_ROWS} rows: split it"),
        )
    }
}

/// One cell as the file holds it.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing, or only spaces.
    Empty,
    /// Text: composed letters, spaces trimmed and joined.
    Text(String),
    /// A number of a spreadsheet.
    Number(f64),
    /// A day of a spreadsheet, with its time.
    Day(DateTime),
    /// Yes or no.
    Bool(bool),
    /// An error of a spreadsheet (`#REF!`).
    Broken,
}

impl Cell {
    /// Text made clean.
    pub fn text(raw: &str) -> Self {
        let clean = tidy(raw);
        if clean.is_empty() { Self::Empty } else { Self::Text(clean) }
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::Empty
    }

    /// As it would be typed: whole numbers without a point, days as `YYYY-MM-DD`.
    pub fn typed(&self) -> String {
        match self {
            Self::Empty | Self::Broken => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => format!("{number:.0}"),
            Self::Number(number) => number.to_string(),
            Self::Day(day) => day.date().to_string(),
            Self::Bool(yes) => yes.to_string(),
        }
    }

    /// A day: of the spreadsheet's own, its serial number, or typed as `ngày/tháng/năm` or `YYYY-MM-DD`.
    pub fn day(&self) -> Option<Date> {
        match self {
            Self::Day(day) => Some(day.date()),
            Self::Number(serial) => serial_day(*serial).map(|day| day.date()),
            Self::Text(text) => typed_day(text),
            _ => None,
        }
    }
}

/// A file as rows of cells. `line` of a row is its number in the file as a spreadsheet shows it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// Rows that hold anything, in order, with their line.
    pub rows: Vec<(u32, Vec<Cell>)>,
}

/// Reads a file, whichever of the two kinds it is.
///
/// # Errors
/// [`TableError`] says what is wrong with the file as a whole.
pub fn read(bytes: &[u8]) -> Result<Table, TableError> {
    if bytes.len() > MAX_BYTES {
        let mib = MAX_BYTES >> 20;
        return Err(TableError::new(
            "too_large",
            format!("tệp lớn hơn {mib} MiB: chia thành nhiều tệp"),
            format!("the file is larger than {mib} MiB: split it"),
        ));
    }
    match bytes {
        [b'P', b'K', 3, 4, ..] => xlsx_in::read(bytes),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Err(TableError::new(
            "old_excel",
            "tệp .xls kiểu cũ hoặc có mật khẩu: lưu lại thành .xlsx không mật khẩu hoặc CSV UTF-8",
            "an old .xls file or one with a password: save it as .xlsx without a password, or as CSV UTF-8",
        )),
        _ => csv_in::read(bytes),
    }
}

/// Composed letters (NFC), control characters out, runs of spaces joined, the apostrophe of a spreadsheet's text cell gone.
pub fn tidy(raw: &str) -> String {
    let composed: String = raw
        .chars()
        .take(MAX_CELL * 8)
        .map(|c| if c.is_control() || c == '\u{a0}' { ' ' } else { c })
        .filter(|c| !matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}'))
        .nfc()
        .collect();
    let joined = composed.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = joined.strip_prefix('\'').unwrap_or(&joined);
    text.chars().take(MAX_CELL).collect()
}

/// Lower case without marks, `đ` as `d`, words joined by one space: by which headers and yes/no are known.
pub fn folded(text: &str) -> String {
    let plain: String = text
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'đ' => 'd',
            c if c.is_alphanumeric() => c,
            _ => ' ',
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The day that a spreadsheet's serial number stands for; only days that a person may mean.
fn serial_day(serial: f64) -> Option<DateTime> {
    if !(10_000.0..100_000.0).contains(&serial) {
        return None;
    }
    let start = jiff::civil::date(1899, 12, 30).at(0, 0, 0, 0);
    let seconds = (serial * 86_400.0).round() as i64;
    start.checked_add(jiff::SignedDuration::from_secs(seconds)).ok()
}

fn typed_day(text: &str) -> Option<Date> {
    let text = text.split([' ', 'T']).next()?;
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
    let number = |part: &str, most: usize| {
        let fits = (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| part.parse::<i16>().ok()).flatten()
    };
    let (day, month, year) = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => (number(day, 2)?, number(month, 2)?, number(year, 4)?),
        [day, month, year] if year.len() == 4 => (number(day, 2)?, number(month, 2)?, number(year, 4)?),
        [whole] if whole.len() == 8 && whole.is_ascii() => {
            (number(&whole[..2], 2)?, number(&whole[2..4], 2)?, number(&whole[4..], 4)?)
        }
        _ => return None,
    };
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    (1900..=2200).contains(&year).then_some(date)
}

#[cfg(test)]
mod tests;
