//! Which column is which: by its heading in Vietnamese or English, in any order, case and spelling of marks.

use super::{Cell, Table, TableError, folded};

/// A column that a kind of table knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its word in code.
    pub key: &'static str,
    /// Heading in templates, Vietnamese.
    pub vi: &'static str,
    /// Heading in templates, English.
    pub en: &'static str,
    /// Other headings, folded.
    pub also: &'static [&'static str],
    /// Whether a table without it is refused.
    pub needed: bool,
}

/// Where the columns of one file are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    found: Vec<(&'static str, usize, String)>,
    /// Headings that mean nothing to this kind of table.
    pub ignored: Vec<String>,
}

impl Columns {
    /// Whether the file has the column.
    pub fn has(&self, key: &str) -> bool {
        self.found.iter().any(|(known, ..)| *known == key)
    }

    /// A cell of a row, with the heading as the file has it.
    pub fn cell<'a>(&'a self, key: &str, cells: &'a [Cell]) -> Option<(&'a Cell, &'a str)> {
        let (_, at, title) = self.found.iter().find(|(known, ..)| *known == key)?;
        Some((cells.get(*at).unwrap_or(&Cell::Empty), title))
    }
}

/// Finds the heading among the first rows and takes it, and all above it, away from the table.
///
/// # Errors
/// No heading, a needed column missing, or one there twice.
pub fn take(table: &mut Table, known: &[Known]) -> Result<Columns, TableError> {
    let best = table
        .rows
        .iter()
        .take(10)
        .enumerate()
        .map(|(at, (_, cells))| (at, cells.iter().filter(|cell| key_of(cell, known).is_some()).count()))
        .max_by_key(|(at, count)| (*count, usize::MAX - at))
        .filter(|(_, count)| *count > 0);
    let needed = || known.iter().filter(|column| column.needed);
    let Some((at, _)) = best else {
        let names = |pick: fn(&Known) -> &'static str| needed().map(pick).collect::<Vec<_>>().join(", ");
        return Err(TableError::new(
            "no_heading",
            format!("không thấy dòng tiêu đề; cần có các cột: {}", names(|c| c.vi)),
            format!("there is no heading row; it needs the columns: {}", names(|c| c.en)),
        ));
    };
    let mut columns = Columns::default();
    for (index, cell) in table.rows[at].1.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
        let title = cell.typed();
        match key_of(cell, known) {
            None => columns.ignored.push(title),
            Some(key) if columns.has(key) => {
                return Err(TableError::new(
                    "column_twice",
                    format!("cột «{title}» có hai lần: xóa một cột"),
                    format!("the column \u{201c}{title}\u{201d} is there twice: delete one"),
                ));
            }
            Some(key) => columns.found.push((key, index, title)),
        }
    }
    let missing: Vec<&Known> = needed().filter(|column| !columns.has(column.key)).collect();
    if !missing.is_empty() {
        let names = |pick: fn(&Known) -> &'static str| {
            missing.iter().map(|column| pick(column)).collect::<Vec<_>>().join(", ")
        };
        return Err(TableError::new(
            "column_missing",
            format!("thiếu cột: {}", names(|c| c.vi)),
            format!("missing columns: {}", names(|c| c.en)),
        ));
    }
    table.rows.drain(..=at);
    Ok(columns)
}

fn key_of(cell: &Cell, known: &[Known]) -> Option<&'static str> {
    let Cell::Text(text) = cell else { return None };
    // A remark in brackets or a star for "needed" does not change what a column is.
    let plain = folded(text.split('(').next().unwrap_or(text));
    known
        .iter()
        .find(|column| {
            folded(column.vi) == plain
                || folded(column.en) == plain
                || column.key.replace('_', " ") == plain
                || column.also.contains(&plain.as_str())
        })
        .map(|column| column.key)
}
