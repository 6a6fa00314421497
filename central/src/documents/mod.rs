//! Documents as PDF: notices, minutes, decisions and what goes with them.
//!
//! What a document says is a [`Template`] (`data/documents/*.toml`: blocks of text with places for fields, each with the days on
//! which it is used and the text of law behind it), so that a lawyer corrects it without touching code. [`render`] fills it, lays it
//! out on A4 by the rules for administrative documents, and writes the PDF. Nothing in it depends on a clock or on the machine: the
//! same template and fields give the same bytes, so the SHA-256 of a document can be computed again.
//!
//! [`issue`](issue::issue) gives a document its id of 128 random bits, keeps the file, signs its digest with central's key, and
//! notes it in the register that the public page asks. That signature proves that this central issued the file; it is not the
//! digital signature of an officer by a certificate of the state (PAdES), which needs the national signing service.

use thiserror::Error;

pub mod fields;
pub mod files;
pub mod id;
pub mod issue;
mod paper;
mod pdf;
mod qr;
pub mod template;
mod text;

#[cfg(test)]
pub(crate) mod tests;

pub use fields::Fields;
pub use issue::{Issue, IssueError, issue, read};
pub use template::{Template, Templates};

/// Why there is no document.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DocumentError {
    /// Fields that the template needs and nobody gave, all of them.
    #[error("the document {template} needs {}", missing.join(", "))]
    Missing {
        /// Template.
        template: String,
        /// Names of the fields.
        missing: Vec<String>,
    },
    /// Characters that the fonts do not have: printed, they would be empty boxes.
    #[error("the document {template} holds characters that cannot be printed: {characters}")]
    Unprintable {
        /// Template.
        template: String,
        /// Each once.
        characters: String,
    },
    /// There is no such template on that day.
    #[error("there is no template {kind} on {on}")]
    NoTemplate {
        /// Key of the template.
        kind: String,
        /// Day of issue.
        on: jiff::civil::Date,
    },
    /// The address is too long for a QR code.
    #[error("the verification address is too long for a QR code: {0} characters")]
    LongAddress(usize),
    /// The PDF could not be written.
    #[error("the PDF could not be written: {0}")]
    Pdf(String),
}

/// Fills a template, and writes it as a PDF whose QR code opens `qr_url`.
///
/// # Errors
/// [`DocumentError`]; what is missing or cannot be printed is named all at once.
pub fn render(template: &Template, fields: &Fields, qr_url: &str) -> Result<Vec<u8>, DocumentError> {
    write(template, fields, qr_url, true)
}

fn write(template: &Template, fields: &Fields, qr_url: &str, packed: bool) -> Result<Vec<u8>, DocumentError> {
    let blocks = template.fill(fields)?;
    let mut shaper = text::Shaper::new();
    let code = qr::code(qr_url)?;
    let pages = paper::pages(&mut shaper, &blocks, qr_url, &code);
    shaper.all_printable(&template.key)?;
    pdf::write(&template.title, &pages, packed)
}
