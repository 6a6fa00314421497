//! QR codes in a camera frame or picture.
//!
//! The code of an identity card holds about 150 bytes in 49–61 modules a side, on a card of which a gate camera sees a
//! few hundred pixels: modules of 2–4 pixels, blurred, tilted, under a lamp's reflection. `rqrr` decodes and wants clean
//! black and white, so most of the work is before it: where in the frame a code may be ([`regions`]), at which scale
//! ([`Grey::resized`]), and what is black there ([`Grey::black`]). Attempts come in the order of their cost and end with
//! the first that succeeds. A code that is located but not read so is read from the grey values ([`sample`]). A frame without
//! anything like a code costs one whole look only.

mod finders;
mod grey;
mod regions;
mod sample;

use std::panic::{AssertUnwindSafe, catch_unwind};

use zeroize::Zeroizing;

pub use grey::Grey;
use regions::regions;

/// Longest side of the picture for the first look. Codes that need more pixels are found by their region.
const FIRST_LOOK_PX: usize = 1280;
/// Most combinations of corner squares tried in one prepared picture.
const MAX_TRIPLES: usize = 4;
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
const ATTEMPTS: [Attempt; 6] = [
    Attempt { side: 420, sharpen: 0.0 },
    Attempt { side: 640, sharpen: 1.5 },
    Attempt { side: 860, sharpen: 0.0 },
    Attempt { side: 420, sharpen: -1.0 },
    Attempt { side: 640, sharpen: 4.0 },
    Attempt { side: 420, sharpen: 6.0 },
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
    let mut areas: Vec<[usize; 4]> = regions(first).into_iter().take(MAX_REGIONS).collect();
    areas.iter_mut().for_each(|area| *area = area.map(|v| (v as f32 * scale) as usize));
    let crops: Vec<Grey> = areas.iter().map(|area| picture.crop(*area)).collect();
    // Every place in the cheap ways before any place in the dear ones.
    for attempt in ATTEMPTS {
        for (area, crop) in areas.iter().zip(&crops) {
            let prepared = crop.resized(attempt.side).sharpened(attempt.sharpen);
            let back = crop.width.max(crop.height) as f32 / attempt.side as f32;
            let corner = [area[0] as f32, area[1] as f32];
            decode(&prepared, attempt.side / 9, |code| placed(code, corner, back), &mut found);
        }
        if !found.is_empty() {
            return found;
        }
    }
    decode(first, 48, |code| placed(code, [0.0, 0.0], scale), &mut found);
    found
}

fn placed(bounds: [f32; 4], corner: [f32; 2], scale: f32) -> [i32; 4] {
    let [x, y, w, h] = bounds.map(|v| v * scale);
    [x + corner[0], y + corner[1], w, h].map(|v| v.round() as i32)
}

/// Decodes what is in `picture` and adds what is new. `window` is the side of the square whose mean is the threshold.
fn decode(picture: &Grey, window: usize, place: impl Fn([f32; 4]) -> [i32; 4], found: &mut Vec<QrCode>) {
    let black = picture.black(window);
    // rqrr asserts what hostile pictures can break.
    let codes = catch_unwind(AssertUnwindSafe(|| grids(picture, &black))).unwrap_or_default();
    for (content, bounds) in codes {
        if !found.iter().any(|known| known.content == content) {
            found.push(QrCode { content, bounds: place(bounds) });
        }
    }
}

fn grids(picture: &Grey, black: &[bool]) -> Vec<(Zeroizing<Vec<u8>>, [f32; 4])> {
    let (width, height) = (picture.width, picture.height);
    let mut image = rqrr::PreparedImage::prepare_from_bitmap(width, height, |x, y| black[y * width + x]);
    let codes: Vec<_> = image.detect_grids().iter().filter_map(|grid| content(grid, picture)).collect();
    if !codes.is_empty() {
        return codes;
    }
    let triples = finders::triples(black, width, height);
    let read = |triple: &finders::Triple| {
        let (content, corners) = sample::read_triple(picture, triple)?;
        Some((content, around(&corners)))
    };
    triples.iter().take(MAX_TRIPLES).find_map(read).into_iter().collect()
}

/// The content and bounds of a located code: as rqrr sees it, or else from the grey picture.
fn content<G: rqrr::BitGrid>(grid: &rqrr::Grid<G>, picture: &Grey) -> Option<(Zeroizing<Vec<u8>>, [f32; 4])> {
    let corners = grid.bounds.map(|p| [p.x as f32 + 0.5, p.y as f32 + 0.5]);
    let mut content = Zeroizing::new(Vec::with_capacity(512));
    if grid.decode_to(&mut *content).is_err() {
        content = sample::read(picture, &sample::Place { corners, size: grid.grid.size() })?;
    }
    Some((content, around(&corners)))
}

/// Left, top, width and height around four corners.
fn around(corners: &[[f32; 2]; 4]) -> [f32; 4] {
    let least = |axis: usize| corners.iter().map(|c| c[axis]).fold(f32::MAX, f32::min);
    let most = |axis: usize| corners.iter().map(|c| c[axis]).fold(f32::MIN, f32::max);
    [least(0), least(1), most(0) - least(0), most(1) - least(1)]
}

#[cfg(test)]
mod tests;
