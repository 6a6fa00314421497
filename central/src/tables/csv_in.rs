//! CSV as spreadsheets write it: UTF-8 or UTF-16, comma, semicolon or tab.

use super::{Cell, MAX_COLUMNS, MAX_ROWS, Table, TableError};

pub(super) fn read(bytes: &[u8]) -> Result<Table, TableError> {
    let text = decoded(bytes)?;
    if text.contains('\0') {
        return Err(TableError::new(
            "not_a_table",
            "tệp không phải CSV hoặc XLSX: chọn đúng tệp danh sách",
            "the file is neither CSV nor XLSX: choose the file with the list",
        ));
    }
    // Excel's own first line `sep=;`.
    let (body, said, skipped) = match text.strip_prefix("sep=").and_then(|rest| {
        let separator = rest.bytes().next().filter(u8::is_ascii)?;
        rest.split_once('\n').map(|(_, body)| (body, separator))
    }) {
        Some((body, separator)) => (body, Some(separator), 1),
        None => (text.as_str(), None, 0),
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(said.unwrap_or_else(|| separator(body)))
        .from_reader(body.as_bytes());
    let mut table = Table::default();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line) + skipped;
            TableError::new(
                "bad_csv",
                format!("dòng {line} của tệp không đọc được: mở bằng bảng tính rồi lưu lại CSV UTF-8"),
                format!("line {line} of the file cannot be read: open it in a spreadsheet and save it as CSV UTF-8"),
            )
        })?;
        let line = record.position().map_or(0, |at| line_of(body, at)) + skipped;
        if record.len() > MAX_COLUMNS && record.iter().skip(MAX_COLUMNS).any(|cell| !cell.trim().is_empty()) {
            return Err(TableError::new(
                "too_many_columns",
                format!("dòng {line} có hơn {MAX_COLUMNS} cột: kiểm tra dấu phân cách"),
                format!("line {line} has more than {MAX_COLUMNS} columns: check the separator"),
            ));
        }
        let cells: Vec<Cell> = record.iter().take(MAX_COLUMNS).map(Cell::text).collect();
        if cells.iter().all(Cell::is_empty) {
            continue;
        }
        if table.rows.len() > MAX_ROWS {
            return Err(TableError::too_many_rows());
        }
        table.rows.push((u32::try_from(line).unwrap_or(u32::MAX), cells));
    }
    Ok(table)
}

/// The line on which a record begins: the reader counts from before the empty lines that it leaves out.
fn line_of(body: &str, at: &csv::Position) -> u64 {
    let rest =
        usize::try_from(at.byte()).ok().and_then(|byte| body.as_bytes().get(byte..)).unwrap_or_default();
    let empty =
        rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n').count();
    at.line() + empty as u64
}

fn decoded(bytes: &[u8]) -> Result<String, TableError> {
    let units = |big: bool| -> Vec<u16> {
        let pair = |pair: &[u8]| if big { [pair[0], pair[1]] } else { [pair[1], pair[0]] };
        bytes[2..].chunks_exact(2).map(|two| u16::from_be_bytes(pair(two))).collect()
    };
    let wide = |big| String::from_utf16(&units(big)).map_err(|_| ());
    match bytes {
        [0xFF, 0xFE, ..] => wide(false),
        [0xFE, 0xFF, ..] => wide(true),
        _ => {
            let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
            std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| ())
        }
    }
    .map_err(|()| {
        TableError::new(
            "not_utf8",
            "chữ trong tệp không phải UTF-8: khi lưu chọn «CSV UTF-8», hoặc dùng tệp .xlsx",
            "the file's text is not UTF-8: save it as \u{201c}CSV UTF-8\u{201d}, or use .xlsx",
        )
    })
}

/// The separator that the first line with any holds most of, outside quotes.
fn separator(text: &str) -> u8 {
    for line in text.lines().take(20) {
        let mut counts = [(b';', 0), (b',', 0), (b'\t', 0)];
        let mut quoted = false;
        for byte in line.bytes() {
            quoted ^= byte == b'"';
            if !quoted {
                counts.iter_mut().filter(|(known, _)| *known == byte).for_each(|(_, count)| *count += 1);
            }
        }
        if let Some((best, _)) =
            counts.into_iter().filter(|(_, count)| *count > 0).max_by_key(|(_, count)| *count)
        {
            return best;
        }
    }
    b','
}
