//! QR codes in a camera frame or picture.
//!
//! The code of an identity card holds about 150 bytes in 49–61 modules a side, on a card of which a gate camera sees a
//! few hundred pixels: modules of 2–4 pixels, blurred, tilted, under a lamp's reflection. `rqrr` decodes and wants clean
//! black and white, so most of the work is before it: where in the frame a code may be ([`regions`]), at which scale
//! ([`Grey::resized`]), and what is black there ([`Grey::black`]). Attempts come in the order of their cost and end with
//! the first that succeeds; a frame without anything like a code costs one whole look only.

mod grey;
mod regions;

use std::panic::{AssertUnwindSafe, catch_unwind};

use zeroize::Zeroizing;

pub use grey::Grey;
use regions::regions;

/// Longest side of the picture for the first look. Codes that need more pixels are found by their region.
const FIRST_LOOK_PX: usize = 1280;
/// Most places looked at closely.
const MAX_REGIONS: usize = 3;

/// A QR code that was read. Its content may be personal: it is wiped when dropped, and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct QrCode {
    /// The bytes in the code, mostly UTF-8.
    pub content: Zeroizing<Vec<u8>>,
    /// Left, top, width and height in pixels of the picture.
    pub bounds: [i32; 4],
}

impl QrCode {
    /// The content as text; bytes that are no UTF-8 are replaced by U+FFFD.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(String::from_utf8_lossy(&self.content).into_owned())
    }
}

impl std::fmt::Debug for QrCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "QrCode({} bytes at {:?})", self.content.len(), self.bounds)
    }
}

/// How a region is prepared before it is decoded.
#[derive(Debug, Clone, Copy)]
struct Attempt {
    /// Longest side that the region is brought to.
    side: usize,
    /// Below 0 smooths against noise, above 0 sharpens against blur.
    sharpen: f32,
}

/// In the order of what helped most per time.
const ATTEMPTS: [Attempt; 7] = [
    Attempt { side: 420, sharpen: 0.0 },
    Attempt { side: 640, sharpen: 1.5 },
    Attempt { side: 420, sharpen: -1.0 },
    Attempt { side: 640, sharpen: 4.0 },
    Attempt { side: 300, sharpen: 0.0 },
    Attempt { side: 860, sharpen: 0.0 },
    Attempt { side: 540, sharpen: 2.5 },
];

/// All QR codes that can be read; nothing is found twice.
pub fn read(picture: &Grey) -> Vec<QrCode> {
    let longest = picture.width.max(picture.height);
    if picture.width.min(picture.height) < 21 {
        return Vec::new();
    }
    let small;
    let (first, scale) = if longest > FIRST_LOOK_PX {
        small = picture.resized(FIRST_LOOK_PX);
        (&small, longest as f32 / FIRST_LOOK_PX as f32)
    } else {
        (picture, 1.0)
    };
    let mut found = Vec::new();
    decode(first, 48, |code| placed(code, [0.0, 0.0], scale), &mut found);
    for region in regions(first).into_iter().take(MAX_REGIONS) {
        let area = region.map(|v| (v as f32 * scale) as usize);
        if found.iter().any(|code: &QrCode| overlaps(code.bounds, area)) {
            continue;
        }
        let crop = picture.crop(area);
        for attempt in ATTEMPTS {
            let prepared = crop.resized(attempt.side).sharpened(attempt.sharpen);
            let back = crop.width.max(crop.height) as f32 / attempt.side as f32;
            let corner = [area[0] as f32, area[1] as f32];
            let before = found.len();
            decode(&prepared, attempt.side / 9, |code| placed(code, corner, back), &mut found);
            if found.len() > before {
                break;
            }
        }
    }
    found
}

fn placed(bounds: [f32; 4], corner: [f32; 2], scale: f32) -> [i32; 4] {
    let [x, y, w, h] = bounds.map(|v| v * scale);
    [x + corner[0], y + corner[1], w, h].map(|v| v.round() as i32)
}

fn overlaps(code: [i32; 4], area: [usize; 4]) -> bool {
    let [x, y, w, h] = area.map(|v| v as i32);
    code[0] < x + w && x < code[0] + code[2] && code[1] < y + h && y < code[1] + code[3]
}

/// Decodes what is in `picture` and adds what is new. `window` is the side of the square whose mean is the threshold.
fn decode(picture: &Grey, window: usize, place: impl Fn([f32; 4]) -> [i32; 4], found: &mut Vec<QrCode>) {
    let black = picture.black(window);
    // rqrr asserts what hostile pictures can break.
    let codes =
        catch_unwind(AssertUnwindSafe(|| grids(picture.width, picture.height, &black))).unwrap_or_default();
    for (content, bounds) in codes {
        if !found.iter().any(|known| known.content == content) {
            found.push(QrCode { content, bounds: place(bounds) });
        }
    }
}

fn grids(width: usize, height: usize, black: &[bool]) -> Vec<(Zeroizing<Vec<u8>>, [f32; 4])> {
    let mut image = rqrr::PreparedImage::prepare_from_bitmap(width, height, |x, y| black[y * width + x]);
    let read = |grid: &rqrr::Grid<_>| {
        let mut content = Zeroizing::new(Vec::with_capacity(512));
        grid.decode_to(&mut *content).ok()?;
        let xs = grid.bounds.map(|p| p.x as f32);
        let ys = grid.bounds.map(|p| p.y as f32);
        let least = |v: [f32; 4]| v.into_iter().fold(f32::MAX, f32::min);
        let most = |v: [f32; 4]| v.into_iter().fold(f32::MIN, f32::max);
        let (x, y) = (least(xs), least(ys));
        Some((content, [x, y, most(xs) - x, most(ys) - y]))
    };
    image.detect_grids().iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests;
