//! The QR code of a document, as rows of dark runs.

use qrcodegen::{QrCode, QrCodeEcc};

use super::DocumentError;

/// A code: its size in modules, and dark runs as `(x, y, length)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Modules on a side, without margin.
    pub size: u16,
    /// Dark runs.
    pub runs: Vec<(u16, u16, u16)>,
}

/// The code of an address. Level M survives a fold or a stamp.
///
/// # Errors
/// When the address is too long for any code.
pub fn code(address: &str) -> Result<Code, DocumentError> {
    let code = QrCode::encode_text(address, QrCodeEcc::Medium)
        .map_err(|_| DocumentError::LongAddress(address.chars().count()))?;
    let size = code.size();
    let mut runs = Vec::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let run = (x..size).take_while(|&at| code.get_module(at, y)).count() as i32;
            if run > 0 {
                runs.push((x as u16, y as u16, run as u16));
            }
            x += run.max(1);
        }
    }
    Ok(Code { size: size as u16, runs })
}
