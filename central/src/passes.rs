//! Passes: a secret of 160 random bits that a gate recognises, as text and as a QR code. The secret is shown once.

use qrcodegen::{DataTooLong, QrCode, QrCodeEcc};

/// What every pass begins with: readers tell it from cards and plates by this.
pub const PREFIX: &str = "VGP1:";
/// Without letters that look alike: 32 characters, five bits each.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// A new pass's text, `VGP1:` and 32 characters.
pub fn new_secret() -> String {
    format!("{PREFIX}{}", random_text(32))
}

/// A code for a visit: 24 characters, 120 bits, in groups of four so that it can be read out.
pub fn new_code() -> String {
    let text = random_text(24);
    let groups: Vec<&str> = (0..24).step_by(4).map(|at| &text[at..at + 4]).collect();
    groups.join("-")
}

/// A code as it was typed, in the form it was given out: upper case, groups of four. `None` when it cannot be one.
pub fn read_code(typed: &str) -> Option<String> {
    let plain: String =
        typed.chars().filter(|c| !matches!(c, '-' | ' ')).map(|c| c.to_ascii_uppercase()).collect();
    let fits = plain.len() == 24 && plain.bytes().all(|b| ALPHABET.contains(&b));
    fits.then(|| (0..24).step_by(4).map(|at| &plain[at..at + 4]).collect::<Vec<_>>().join("-"))
}

fn random_text(length: usize) -> String {
    let mut bytes = vec![0_u8; length];
    rand::fill(&mut bytes[..]);
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

/// A text as a QR code, SVG: one path, black on white, four modules of margin. Level M survives a scratched screen.
///
/// # Errors
/// When the text is too long for any QR code.
pub fn qr_svg(text: &str) -> Result<String, DataTooLong> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium)?;
    let (size, margin) = (code.size(), 4);
    let whole = size + 2 * margin;
    let mut path = String::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let run = (x..size).take_while(|&at| code.get_module(at, y)).count() as i32;
            if run > 0 {
                path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + margin, y + margin));
            }
            x += run.max(1);
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {whole}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{whole}\" height=\"{whole}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_codes_are_long_random_and_typeable() {
        let (a, b) = (new_secret(), new_secret());
        assert!(a != b && a.starts_with(PREFIX) && a.len() == PREFIX.len() + 32);
        let code = new_code();
        assert_eq!(code.len(), 29);
        assert_eq!(read_code(&code.to_lowercase().replace('-', " ")).as_deref(), Some(code.as_str()));
        for bad in ["", "ABCD", &code[1..], &code.replace(|c: char| c != '-', "0"), &format!("{code}A")] {
            assert_eq!(read_code(bad), None, "{bad}");
        }
        let distinct: std::collections::HashSet<_> = (0..1000).map(|_| new_code()).collect();
        assert_eq!(distinct.len(), 1000);
    }

    #[test]
    fn the_drawn_code_has_exactly_the_modules_of_the_code() {
        let text = new_secret();
        let svg = qr_svg(&text).unwrap();
        let code = QrCode::encode_text(&text, QrCodeEcc::Medium).unwrap();
        let size = code.size();
        // Fill a grid from the path and compare.
        let mut grid = vec![false; (size * size) as usize];
        let path = svg.split("path d=\"").nth(1).unwrap().split('"').next().unwrap();
        for run in path.split('M').skip(1) {
            let (x, rest) = run.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let run: i32 = rest.split('v').next().unwrap().parse().unwrap();
            let (x, y): (i32, i32) = (x.parse::<i32>().unwrap() - 4, y.parse::<i32>().unwrap() - 4);
            (x..x + run).for_each(|x| grid[(y * size + x) as usize] = true);
        }
        let at = |x, y| grid[(y * size + x) as usize];
        assert!((0..size).all(|y| (0..size).all(|x| at(x, y) == code.get_module(x, y))));
        assert!(svg.contains(&format!("viewBox=\"0 0 {} {}\"", size + 8, size + 8)));
        assert!(qr_svg(&"x".repeat(4000)).is_err());
    }
}
