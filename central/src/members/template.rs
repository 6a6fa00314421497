//! Files to fill in: headings with an example that is refused if it is left in.

use rust_xlsxwriter::XlsxError;

use super::Kind;
use super::file::{PERSON, VEHICLE};
use crate::auth::Language;
use crate::tables::{Sheet, csv_text, xlsx};

/// The headings of a kind as a sheet.
pub fn sheet(kind: Kind, language: Language) -> Sheet {
    let columns = match kind {
        Kind::Person => PERSON,
        Kind::Vehicle => VEHICLE,
    };
    let name = match kind {
        Kind::Person => language.pick("Người", "People"),
        Kind::Vehicle => language.pick("Xe", "Vehicles"),
    };
    let head = columns
        .iter()
        .map(|column| {
            let title = language.pick(column.vi, column.en);
            if column.needed { format!("{title} (*)") } else { title.to_owned() }
        })
        .collect();
    Sheet { name: name.to_owned(), head, rows: Vec::new() }
}

/// The template as CSV.
pub fn csv(kind: Kind, language: Language) -> String {
    csv_text(&sheet(kind, language))
}

/// The template as XLSX: its columns are text, so that numbers keep their zeros.
///
/// # Errors
/// When the workbook cannot be written.
pub fn workbook(kind: Kind, language: Language) -> Result<Vec<u8>, XlsxError> {
    xlsx(&[sheet(kind, language)])
}
