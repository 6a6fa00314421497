//! The mark on a copy: whose it is and when it was made, so that a copy that turns up elsewhere tells where it came from.

use image::{Rgb, RgbImage, imageops};

use super::area::Area;
use super::mix;

/// Columns of a letter with the gap after it.
const ACROSS: u32 = 6;
/// Rows of a letter with the gap below it.
const DOWN: u32 = 9;
/// How strong the mark is, of 255.
const SHARE: u32 = 120;

/// Five columns of each letter, the lowest bit on top.
fn letter(c: char) -> [u8; 5] {
    match c.to_ascii_uppercase() {
        '0' => [0x3e, 0x51, 0x49, 0x45, 0x3e],
        '1' => [0x00, 0x42, 0x7f, 0x40, 0x00],
        '2' => [0x42, 0x61, 0x51, 0x49, 0x46],
        '3' => [0x21, 0x41, 0x45, 0x4b, 0x31],
        '4' => [0x18, 0x14, 0x12, 0x7f, 0x10],
        '5' => [0x27, 0x45, 0x45, 0x45, 0x39],
        '6' => [0x3c, 0x4a, 0x49, 0x49, 0x30],
        '7' => [0x01, 0x71, 0x09, 0x05, 0x03],
        '8' => [0x36, 0x49, 0x49, 0x49, 0x36],
        '9' => [0x06, 0x49, 0x49, 0x29, 0x1e],
        'A' => [0x7e, 0x11, 0x11, 0x11, 0x7e],
        'B' => [0x7f, 0x49, 0x49, 0x49, 0x36],
        'C' => [0x3e, 0x41, 0x41, 0x41, 0x22],
        'D' => [0x7f, 0x41, 0x41, 0x22, 0x1c],
        'E' => [0x7f, 0x49, 0x49, 0x49, 0x41],
        'F' => [0x7f, 0x09, 0x09, 0x09, 0x01],
        'G' => [0x3e, 0x41, 0x49, 0x49, 0x7a],
        'H' => [0x7f, 0x08, 0x08, 0x08, 0x7f],
        'I' => [0x00, 0x41, 0x7f, 0x41, 0x00],
        'J' => [0x20, 0x40, 0x41, 0x3f, 0x01],
        'K' => [0x7f, 0x08, 0x14, 0x22, 0x41],
        'L' => [0x7f, 0x40, 0x40, 0x40, 0x40],
        'M' => [0x7f, 0x02, 0x0c, 0x02, 0x7f],
        'N' => [0x7f, 0x04, 0x08, 0x10, 0x7f],
        'O' => [0x3e, 0x41, 0x41, 0x41, 0x3e],
        'P' => [0x7f, 0x09, 0x09, 0x09, 0x06],
        'Q' => [0x3e, 0x41, 0x51, 0x21, 0x5e],
        'R' => [0x7f, 0x09, 0x19, 0x29, 0x46],
        'S' => [0x46, 0x49, 0x49, 0x49, 0x31],
        'T' => [0x01, 0x01, 0x7f, 0x01, 0x01],
        'U' => [0x3f, 0x40, 0x40, 0x40, 0x3f],
        'V' => [0x1f, 0x20, 0x40, 0x20, 0x1f],
        'W' => [0x3f, 0x40, 0x38, 0x40, 0x3f],
        'X' => [0x63, 0x14, 0x08, 0x14, 0x63],
        'Y' => [0x07, 0x08, 0x70, 0x08, 0x07],
        'Z' => [0x61, 0x51, 0x49, 0x45, 0x43],
        '-' => [0x08, 0x08, 0x08, 0x08, 0x08],
        ':' => [0x00, 0x36, 0x36, 0x00, 0x00],
        _ => [0; 5],
    }
}

/// The pixels of a text, `scale` wide each, from its upper left corner.
fn pixels(text: &str, scale: u32) -> impl Iterator<Item = (u32, u32)> {
    text.chars().enumerate().flat_map(move |(n, c)| {
        let left = n as u32 * ACROSS * scale;
        letter(c).into_iter().enumerate().flat_map(move |(column, bits)| {
            (0..7_u32).filter(move |row| bits >> row & 1 == 1).flat_map(move |row| {
                let (x, y) = (left + column as u32 * scale, row * scale);
                (0..scale * scale).map(move |i| (x + i % scale, y + i / scale))
            })
        })
    })
}

/// Writes the text again and again over a picture, but not over the area that has to stay as it is.
pub fn tile(picture: &mut RgbImage, text: &str, keep: Option<Area>) {
    let (width, height) = picture.dimensions();
    let scale = (width / 640).max(1);
    let (across, down) =
        ((text.chars().count() as u32 + 6) * ACROSS * scale, (height / 4).max(DOWN * scale * 2));
    let mut draw = |x: u32, y: u32, colour: [u8; 3]| {
        if x < width && y < height && !keep.is_some_and(|keep| keep.holds(x, y)) {
            mix(picture.get_pixel_mut(x, y), colour, SHARE);
        }
    };
    for (row, top) in (DOWN * scale..height).step_by(down as usize).enumerate() {
        let shift = if row % 2 == 0 { 0 } else { across / 2 };
        for left in (shift + ACROSS * scale..width).step_by(across as usize) {
            for (x, y) in pixels(text, scale) {
                draw(left + x + scale, top + y + scale, [0; 3]);
            }
            for (x, y) in pixels(text, scale) {
                draw(left + x, top + y, [255; 3]);
            }
        }
    }
}

/// The picture with the text on a strip below it.
pub fn below(picture: &RgbImage, text: &str) -> RgbImage {
    let (width, height) = picture.dimensions();
    let per_line = (width / ACROSS).saturating_sub(1).max(1) as usize;
    let letters: Vec<char> = text.chars().collect();
    let lines: Vec<String> = letters.chunks(per_line).map(|line| line.iter().collect()).collect();
    let mut out = RgbImage::from_pixel(width, height + (lines.len() as u32 + 1) * DOWN, Rgb([255; 3]));
    imageops::replace(&mut out, picture, 0, 0);
    for (n, line) in lines.iter().enumerate() {
        for (x, y) in pixels(line, 1) {
            let (x, y) = (x + 3, height + 4 + n as u32 * DOWN + y);
            if x < width && y < out.height() {
                out.put_pixel(x, y, Rgb([0; 3]));
            }
        }
    }
    out
}
