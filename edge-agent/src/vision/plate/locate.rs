//! Finds plates with our own network: per cell of 4×4 pixels, is it a plate's centre, where are the plate's corners, has
//! it one line or two, is it hidden.

use super::quad::Quad;
use super::rectify::scaled;
use crate::vision::session::{Input, SessionPool};
use crate::vision::{Rgb, VisionError};

/// Pixels per cell.
const STRIDE: usize = 4;
/// Values per cell: centre, corners (x, y from the cell's middle; top left first, clockwise), two lines, four
/// colours (not learnt well enough to be told), hidden.
const CHANNELS: usize = 15;
/// Probability from which a cell is a plate's centre.
const MIN_SCORE: f32 = 0.35;
/// Of two plates whose boxes share more than this of the smaller one, the surer is kept.
const MAX_OVERLAP: f32 = 0.3;
/// Plates less than this wide or high, in pixels of the network's input, are noise.
const MIN_SIDE: f32 = 4.0;
/// Plates that one run gives, at most.
const MAX_PLATES: usize = 64;
/// Level of what is no picture.
const BORDER_LEVEL: u8 = 114;
/// A plate that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plate {
    /// Its corners, pixels of the picture.
    pub quad: Quad,
    /// Probability that it is one, `0..=1`.
    pub score: f32,
    /// Probability that it has two lines, `0..=1`.
    pub two_lines: f32,
    /// Probability that much of it is hidden, `0..=1`.
    pub hidden: f32,
}

/// Finds plates in `picture`, scaled so that its longer side is `long_side` pixels, with a grey border of `border` pixels
/// round it; the surest first.
///
/// # Errors
/// [`VisionError::Inference`], [`VisionError::OpenCv`].
pub fn find(
    pool: &SessionPool,
    picture: &Rgb,
    long_side: u32,
    border: u32,
) -> Result<Vec<Plate>, VisionError> {
    if picture.width == 0 || picture.height == 0 {
        return Ok(Vec::new());
    }
    let factor = long_side as f32 / picture.width.max(picture.height) as f32;
    let size = [picture.width, picture.height].map(|s| ((s as f32 * factor).round() as u32).max(1));
    let small = scaled(picture, size[0], size[1])?;
    let [width, height] = size.map(|s| (s + 2 * border).next_multiple_of(32) as usize);
    let tensor = tensor(&small, width, height, border as usize);
    let shape = [1, 3, height as i64, width as i64];
    let found = pool.run(&[Input { name: "image", shape: &shape, data: &tensor }], |out| {
        decode(out.data, width / STRIDE, height / STRIDE)
    })?;
    let offset = -(border as f32) / factor;
    Ok(found.into_iter().map(|p| Plate { quad: p.quad.mapped(1.0 / factor, offset, offset), ..p }).collect())
}

/// R, G, B planes, `0..=1`, with the picture at `(border, border)` on grey.
fn tensor(picture: &Rgb, width: usize, height: usize, border: usize) -> Vec<f32> {
    let table: [f32; 256] = std::array::from_fn(|v| v as f32 / 255.0);
    let mut out = vec![table[BORDER_LEVEL as usize]; 3 * width * height];
    for (c, plane) in out.chunks_exact_mut(width * height).enumerate() {
        for (y, row) in picture.data.chunks_exact(3 * picture.width as usize).enumerate() {
            let line = &mut plane[(y + border) * width + border..][..picture.width as usize];
            for (value, pixel) in line.iter_mut().zip(row.chunks_exact(3)) {
                *value = table[pixel[c] as usize];
            }
        }
    }
    out
}

/// Peaks of the centre map as plates, in pixels of the network's input, the surest first, none over another.
fn decode(map: &[f32], columns: usize, rows: usize) -> Vec<Plate> {
    let cells = columns * rows;
    if cells == 0 || map.len() < CHANNELS * cells {
        return Vec::new();
    }
    let mut peaks: Vec<(f32, usize)> = (0..cells)
        .filter(|at| map[*at] >= MIN_SCORE && is_peak(&map[..cells], columns, rows, *at))
        .map(|at| (map[at], at))
        .collect();
    peaks.sort_by(|a, b| b.0.total_cmp(&a.0));
    let plates = peaks.into_iter().map(|(_, at)| plate(map, columns, cells, at));
    apart(plates.filter(|p| p.quad.is_sound(MIN_SIDE)).take(MAX_PLATES))
}

/// Whether no neighbour is higher; of equal ones the first counts.
fn is_peak(heat: &[f32], columns: usize, rows: usize, at: usize) -> bool {
    let (x, y) = (at % columns, at / columns);
    for ny in y.saturating_sub(1)..=(y + 1).min(rows - 1) {
        for nx in x.saturating_sub(1)..=(x + 1).min(columns - 1) {
            let other = ny * columns + nx;
            if heat[other] > heat[at] || (heat[other] == heat[at] && other < at) {
                return false;
            }
        }
    }
    true
}

/// What the cell `at` says.
fn plate(map: &[f32], columns: usize, cells: usize, at: usize) -> Plate {
    let value = |channel: usize| map[channel * cells + at];
    let middle = |cell: usize| (cell * STRIDE) as f32 + STRIDE as f32 / 2.0;
    let (x, y) = (middle(at % columns), middle(at / columns));
    let quad = Quad(std::array::from_fn(|i| (x + value(1 + 2 * i), y + value(2 + 2 * i))));
    Plate { quad, score: value(0), two_lines: value(9), hidden: value(14) }
}

/// Of plates over one another, the first.
pub(super) fn apart(plates: impl IntoIterator<Item = Plate>) -> Vec<Plate> {
    let mut kept: Vec<Plate> = Vec::new();
    for plate in plates {
        let area = plate.quad.bounds();
        let over = |k: &Plate| {
            let other = k.quad.bounds();
            area.intersect(&other).area() > MAX_OVERLAP * area.area().min(other.area())
        };
        if !kept.iter().any(over) {
            kept.push(plate);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: usize = 40;
    const ROWS: usize = 20;

    /// A map with plates of `w`×`h` pixels about the given cells.
    fn map(plates: &[(usize, usize, f32)], w: f32, h: f32) -> Vec<f32> {
        let cells = COLUMNS * ROWS;
        let mut map = vec![0.0; CHANNELS * cells];
        for (x, y, score) in plates {
            let at = y * COLUMNS + x;
            map[at] = *score;
            let corners = [-w, -h, w, -h, w, h, -w, h];
            for (i, v) in corners.into_iter().enumerate() {
                map[(1 + i) * cells + at] = v / 2.0;
            }
            map[9 * cells + at] = 0.9;
        }
        map
    }

    #[test]
    fn a_peak_becomes_a_plate_about_the_middle_of_its_cell() {
        let found = decode(&map(&[(10, 5, 0.9)], 40.0, 30.0), COLUMNS, ROWS);
        let [plate] = found[..] else { panic!("{found:?}") };
        let b = plate.quad.bounds();
        assert_eq!((b.x, b.y, b.w, b.h), (22.0, 7.0, 40.0, 30.0));
        assert!(plate.two_lines > 0.8 && plate.hidden < 0.1);
    }

    #[test]
    fn of_peaks_over_one_another_the_surest_stays_and_plates_apart_all_stay() {
        let found = decode(
            &map(&[(10, 5, 0.6), (12, 5, 0.9), (30, 12, 0.5), (2, 15, 0.2)], 30.0, 20.0),
            COLUMNS,
            ROWS,
        );
        let scores: Vec<f32> = found.iter().map(|p| p.score).collect();
        assert_eq!(scores, [0.9, 0.5]);
    }

    #[test]
    fn a_level_map_broken_corners_and_a_short_answer_give_no_flood() {
        assert_eq!(decode(&vec![0.9; CHANNELS * COLUMNS * ROWS], COLUMNS, ROWS).len(), 0);
        assert!(decode(&map(&[(10, 5, 0.9)], -40.0, 30.0), COLUMNS, ROWS).is_empty());
        assert!(decode(&map(&[(10, 5, f32::NAN)], 40.0, 30.0), COLUMNS, ROWS).is_empty());
        assert!(decode(&[1.0; 30], COLUMNS, ROWS).is_empty());
        assert!(decode(&[], 0, 0).is_empty());
    }
}
