//! Tables for people to take away. Text that a spreadsheet would run as a formula stays text.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// A value in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// Nothing.
    Empty,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number as f64)
    }
}

/// A sheet: its name, headings and rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// Name on the tab, at most 31 characters.
    pub name: String,
    /// Headings.
    pub head: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<Value>>,
}

/// A workbook of these sheets. Cells of text are written as text, so that numbers keep their leading zeros and nothing is a formula.
///
/// # Errors
/// When a sheet cannot be written: too many rows, a bad name.
pub fn xlsx(sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (bold, text) = (Format::new().set_bold(), Format::new().set_num_format("@"));
    for sheet in sheets {
        let page = book.add_worksheet();
        page.set_name(&sheet.name)?;
        page.set_freeze_panes(1, 0)?;
        for (column, title) in (0_u16..).zip(&sheet.head) {
            page.set_column_format(column, &text)?;
            page.set_column_width(column, (title.chars().count() + 4).clamp(10, 40) as f64)?;
            page.write_string_with_format(0, column, title, &bold)?;
        }
        for (row, values) in (1_u32..).zip(&sheet.rows) {
            for (column, value) in (0_u16..).zip(values) {
                match value {
                    Value::Text(words) => _ = page.write_string_with_format(row, column, words, &text)?,
                    Value::Number(number) => {
                        _ = page.write_number_with_format(row, column, *number, &Format::new())?
                    }
                    Value::Empty => {}
                }
            }
        }
    }
    book.save_to_buffer()
}

/// The same as CSV: UTF-8 with a byte order mark, as spreadsheets want it; text that begins like a formula gets an apostrophe.
pub fn csv_text(sheet: &Sheet) -> String {
    let mut text = String::from('\u{feff}');
    let mut line = |cells: &mut dyn Iterator<Item = String>| {
        let cells: Vec<String> = cells.map(|cell| quoted(&cell)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    };
    line(&mut sheet.head.iter().map(|title| safe(title)));
    for row in &sheet.rows {
        line(&mut row.iter().map(|value| match value {
            Value::Text(words) => safe(words),
            Value::Number(number) => number.to_string(),
            Value::Empty => String::new(),
        }));
    }
    text
}

/// Text that no spreadsheet takes for a formula.
pub fn safe(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => {
            format!("'{text}")
        }
        _ => text.to_owned(),
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', ';', '\n', '\r', '\t']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
