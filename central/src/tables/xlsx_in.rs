//! XLSX: the first sheet that holds anything, cell by cell, so that a bounded part of it is ever in memory.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader as _, Xlsx};

use super::{Cell, MAX_COLUMNS, MAX_ROWS, Table, TableError};

/// Most bytes that the parts of a workbook may say to unpack to.
const MAX_UNPACKED: u64 = 96 << 20;

pub(super) fn read(bytes: &[u8]) -> Result<Table, TableError> {
    if unpacked(bytes).is_none_or(|size| size > MAX_UNPACKED) {
        return Err(damaged());
    }
    // The reader panics on some damaged cell addresses where overflow is checked: one file may not take the request down.
    catch_unwind(AssertUnwindSafe(|| first_filled_sheet(bytes))).unwrap_or_else(|_| Err(damaged()))
}

fn first_filled_sheet(bytes: &[u8]) -> Result<Table, TableError> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    for sheet in book.sheet_names() {
        let table = sheet_of(&mut book, &sheet)?;
        if !table.rows.is_empty() {
            return Ok(table);
        }
    }
    Ok(Table::default())
}

fn sheet_of(book: &mut Xlsx<Cursor<&[u8]>>, sheet: &str) -> Result<Table, TableError> {
    let mut table = Table::default();
    let mut cells = book.worksheet_cells_reader(sheet).map_err(|_| damaged())?;
    while let Some(cell) = cells.next_cell().map_err(|_| damaged())? {
        let (row, column) = cell.get_position();
        let value = value(cell.get_value());
        if value.is_empty() {
            continue;
        }
        let column = column as usize;
        if column >= MAX_COLUMNS {
            return Err(TableError::new(
                "too_many_columns",
                format!("trang tính có hơn {MAX_COLUMNS} cột: xóa các cột thừa"),
                format!("the sheet has more than {MAX_COLUMNS} columns: delete those that are not needed"),
            ));
        }
        let line = row.saturating_add(1);
        if table.rows.last().is_none_or(|(last, _)| *last != line) {
            if table.rows.len() > MAX_ROWS {
                return Err(TableError::too_many_rows());
            }
            table.rows.push((line, Vec::new()));
        }
        if let Some((_, cells)) = table.rows.last_mut() {
            if cells.len() <= column {
                cells.resize(column + 1, Cell::Empty);
            }
            cells[column] = value;
        }
    }
    Ok(table)
}

fn value(data: &DataRef<'_>) -> Cell {
    match data {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Bool(yes) => Cell::Bool(*yes),
        // A time of day alone has a serial number below one: its text is what was typed.
        DataRef::DateTime(at) if at.as_f64() < 1.0 => {
            let minutes = (at.as_f64() * 1440.0).round() as i64;
            Cell::Text(format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60))
        }
        DataRef::DateTime(at) => super::serial_day(at.as_f64()).map_or(Cell::Broken, Cell::Day),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::text(text),
        DataRef::Error(_) => Cell::Broken,
    }
}

fn damaged() -> TableError {
    TableError::new(
        "bad_xlsx",
        "tệp .xlsx hỏng hoặc không đọc được: mở bằng bảng tính rồi lưu lại",
        "the .xlsx file is damaged or cannot be read: open it in a spreadsheet and save it again",
    )
}

/// What the archive's directory says that its parts unpack to: a workbook of a few bytes may be gigabytes.
fn unpacked(bytes: &[u8]) -> Option<u64> {
    let end = bytes.len().checked_sub(22)?;
    let from = end.saturating_sub(65_536);
    let at = (from..=end).rev().find(|&at| bytes[at..].starts_with(b"PK\x05\x06"))?;
    let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let short = |at: usize| Some(usize::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    let (parts, mut place, mut sum) = (short(at + 10)?, word(at + 16)? as usize, 0_u64);
    for _ in 0..parts {
        if bytes.get(place..place + 4)? != b"PK\x01\x02" {
            return None;
        }
        sum += u64::from(word(place + 24)?);
        place += 46 + short(place + 28)? + short(place + 30)? + short(place + 32)?;
    }
    Some(sum)
}
