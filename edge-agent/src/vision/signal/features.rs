//! What one lamp box shows, as numbers: the same arithmetic as `models/training/signals/features.py`.
//!
//! A box is sampled on a 16 × 16 grid, its surroundings (the box grown to three times its size) on the same number of
//! points. Colour is counted by hue, weighted by chroma: once over all points, once over the bright ones, because a lamp is
//! the brightest thing in its box and its blown-out core has no colour of its own, only its rim and halo have.

use super::super::Rgb;
use crate::geometry::BBox;

const GRID: usize = 16;
const POINTS: usize = GRID * GRID;
const HUES: usize = 12;

/// Numbers per box.
pub(super) const COUNT: usize = 2 * HUES + 15;

/// The numbers of one box of a picture, and how bright it is at its brightest, `0..=1`.
pub(super) fn features(picture: &Rgb, area: &BBox) -> [f32; COUNT] {
    let inside = sample(picture, area);
    let wide = BBox { x: area.x - area.w, y: area.y - area.h, w: 3.0 * area.w, h: 3.0 * area.h };
    let around = sample(picture, &wide);
    let value = inside.map(largest);
    let least = inside.map(|[r, g, b]| r.min(g).min(b));
    let chroma: [f32; POINTS] = std::array::from_fn(|n| value[n] - least[n]);
    let v = ranks(value, [0.05, 0.25, 0.5, 0.75, 0.95, 0.99]);
    let c = ranks(chroma, [0.5, 0.9, 0.99]);
    let [ring] = ranks(around.map(largest), [0.9]);
    let bright: [f32; POINTS] = std::array::from_fn(|n| {
        let part = ((value[n] - v[2]) / (v[5] - v[2] + 0.05)).clamp(0.0, 1.0);
        chroma[n] * part * part
    });
    let bins: [f32; POINTS] = std::array::from_fn(|n| hue(inside[n], value[n], chroma[n]));
    let white = least.iter().filter(|&&l| l > 0.85).count() as f32 / POINTS as f32;
    let mut out = [0.0; COUNT];
    out[..HUES].copy_from_slice(&histogram(&bins, &chroma));
    out[HUES..2 * HUES].copy_from_slice(&histogram(&bins, &bright));
    let rest = &mut out[2 * HUES..];
    rest[..6].copy_from_slice(&v);
    rest[6..9].copy_from_slice(&c);
    rest[9] = white;
    for channel in 0..3 {
        rest[10 + channel] = around.iter().map(|p| p[channel]).sum::<f32>() / POINTS as f32;
    }
    rest[13] = ring;
    rest[14] = v[4] - ring;
    out
}

/// How bright the brighter part of a box is, `0..=1`, from its [`features`].
pub(super) fn brightness(features: &[f32; COUNT]) -> f32 {
    features[2 * HUES + 4]
}

/// Colours on a grid over the box, `0..=1`, row by row; the picture's edge is repeated.
pub(super) fn sample(picture: &Rgb, area: &BBox) -> [[f32; 3]; POINTS] {
    let (width, height) = (picture.width.max(1) as usize, picture.height.max(1) as usize);
    let at = |n: usize, from: f32, length: f32, last: usize| {
        let p = (from + (n as f32 + 0.5) / GRID as f32 * length - 0.5).clamp(0.0, last as f32);
        let low = p as usize;
        (low, (low + 1).min(last), p - low as f32)
    };
    let columns: [_; GRID] = std::array::from_fn(|n| at(n, area.x, area.w, width - 1));
    let mut out = [[0.0; 3]; POINTS];
    for row in 0..GRID {
        let (y0, y1, fy) = at(row, area.y, area.h, height - 1);
        for (column, &(x0, x1, fx)) in columns.iter().enumerate() {
            let pixel = |x: usize, y: usize, c: usize| {
                picture.data.get(3 * (y * width + x) + c).copied().map_or(0.0, f32::from)
            };
            out[row * GRID + column] = std::array::from_fn(|c| {
                let top = pixel(x0, y0, c) * (1.0 - fx) + pixel(x1, y0, c) * fx;
                let low = pixel(x0, y1, c) * (1.0 - fx) + pixel(x1, y1, c) * fx;
                (top * (1.0 - fy) + low * fy) / 255.0
            });
        }
    }
    out
}

fn largest([r, g, b]: [f32; 3]) -> f32 {
    r.max(g).max(b)
}

/// Hue in bins: red 0, green a third, blue two thirds of the way.
fn hue([r, g, b]: [f32; 3], value: f32, chroma: f32) -> f32 {
    let c = chroma.max(1e-6);
    let h = if value == r {
        ((g - b) / c).rem_euclid(6.0)
    } else if value == g {
        (b - r) / c + 2.0
    } else {
        (r - g) / c + 4.0
    };
    h * HUES as f32 / 6.0
}

/// Soft histogram: every point is shared between the two nearest bins. Square roots, so that little light still counts.
fn histogram(bins: &[f32; POINTS], weight: &[f32; POINTS]) -> [f32; HUES] {
    let mut out = [0.0f32; HUES];
    for (bin, weight) in bins.iter().zip(weight) {
        let low = bin.floor();
        let part = bin - low;
        out[low as usize % HUES] += weight * (1.0 - part);
        out[(low as usize + 1) % HUES] += weight * part;
    }
    out.map(|sum| (sum / POINTS as f32).sqrt())
}

/// The values that these parts of all values are below (nearest rank).
fn ranks<const N: usize>(mut values: [f32; POINTS], parts: [f32; N]) -> [f32; N] {
    values.sort_unstable_by(f32::total_cmp);
    parts.map(|part| values[((part * POINTS as f32) as usize).min(POINTS - 1)])
}
