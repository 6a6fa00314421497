//! Reading the modules of a located code from the grey picture.
//!
//! `rqrr` looks at one black-or-white pixel per module. Under blur, or at two pixels a module, that is too little: here the
//! place is refined on everything that is known of a code (finders, timing, alignment), each module is a mean of grey
//! values, and what neighbours blurred into it is taken out again before it is compared with its surroundings.

use rqrr::{Grid, SimpleGrid};
use zeroize::Zeroizing;

use super::Grey;
use super::finders::Triple;

/// How much of the neighbours is taken out of a module, in the order tried.
const UNBLUR: [f32; 4] = [0.12, 0.3, 0.0, 0.55];
/// Half the side, in modules, of the square whose mean is the threshold.
const AROUND: usize = 5;

/// A code's place: four corners of a square of modules, and how many modules `rqrr` counted a side.
pub(super) struct Place {
    /// Where the modules (0, 0), (n + 1, 0), (n + 1, n + 1) and (0, n + 1) begin, pixels.
    pub(super) corners: [[f32; 2]; 4],
    /// n.
    pub(super) size: usize,
}

/// Content, and the code's corners in pixels.
pub(super) type Read = (Zeroizing<Vec<u8>>, [[f32; 2]; 4]);

/// The content, if it can be read. A blurred timing pattern is easily miscounted, so the next sizes are tried too.
pub(super) fn read(picture: &Grey, place: &Place) -> Option<Zeroizing<Vec<u8>>> {
    let mut tries: Vec<(f32, usize, Mapping)> = [0isize, 4, -4]
        .iter()
        .filter_map(|by| place.size.checked_add_signed(*by))
        .filter(|n| (21..=97).contains(n))
        .map(|n| {
            let known = known(n);
            let unit = (place.size - 7) as f32 / ((n - 7) as f32 * (place.size + 1) as f32);
            let (score, mapping) = refined(picture, place.corners, unit, 0.0, &known);
            (score, n, mapping)
        })
        .collect();
    tries.sort_by(|a, b| b.0.total_cmp(&a.0));
    tries.iter().take(2).find_map(|(_, n, mapping)| modules_read(picture, *n, mapping))
}

/// The same from the three squares alone. Their fourth corner is where the known modules stand out most.
pub(super) fn read_triple(picture: &Grey, triple: &Triple) -> Option<Read> {
    let [tl, tr, bl] = triple.centres;
    let mut tries: Vec<(f32, usize, Mapping)> = [0isize, 4, -4]
        .iter()
        .filter_map(|by| triple.size.checked_add_signed(*by))
        .filter(|n| (21..=97).contains(n))
        .map(|n| {
            let known = known(n);
            let modules = (n - 7) as f32;
            let right = [0, 1].map(|i| (tr[i] - tl[i]) / modules);
            let down = [0, 1].map(|i| (bl[i] - tl[i]) / modules);
            let fourth = |a: f32, b: f32| [0, 1].map(|i| tr[i] + bl[i] - tl[i] + a * right[i] + b * down[i]);
            let steps = || (-6..=6).map(|v| v as f32 * 1.2);
            let best = steps()
                .flat_map(|a| steps().map(move |b| (a, b)))
                .map(|(a, b)| [tl, tr, fourth(a, b), bl])
                .max_by(|a, b| {
                    let score =
                        |c: &[[f32; 2]; 4]| score(picture, &Mapping::new(*c, 1.0 / modules, 3.5), &known);
                    score(a).total_cmp(&score(b))
                })
                .unwrap_or([tl, tr, tr, bl]);
            let (score, mapping) = refined(picture, best, 1.0 / modules, 3.5, &known);
            (score, n, mapping)
        })
        .collect();
    tries.sort_by(|a, b| b.0.total_cmp(&a.0));
    // Without a code the known modules stand out by chance only.
    let (_, n, mapping) = tries.into_iter().next().filter(|(score, ..)| *score > 4.0)?;
    let side = n as f32;
    let corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)].map(|(x, y)| mapping.pixel(x, y));
    Some((modules_read(picture, n, &mapping)?, corners))
}

fn modules_read(picture: &Grey, n: usize, mapping: &Mapping) -> Option<Zeroizing<Vec<u8>>> {
    let value = |i: usize| {
        let (x, y) = ((i % n) as f32 + 0.5, (i / n) as f32 + 0.5);
        let near = [(0.0, 0.0), (0.22, 0.0), (-0.22, 0.0), (0.0, 0.22), (0.0, -0.22)];
        near.iter().map(|(dx, dy)| picture.at(mapping.pixel(x + dx, y + dy))).sum::<f32>() / 5.0
    };
    let grey: Vec<f32> = (0..n * n).map(value).collect();
    UNBLUR.iter().find_map(|amount| {
        let sharp = unblurred(&grey, n, *amount);
        let mean = local_means(&sharp, n);
        let bits = SimpleGrid::from_func(n, |x, y| sharp[y * n + x] < mean[y * n + x]);
        let mut content = Zeroizing::new(Vec::with_capacity(512));
        Grid::new(bits).decode_to(&mut *content).ok().map(|_| content)
    })
}

fn unblurred(grey: &[f32], n: usize, amount: f32) -> Vec<f32> {
    let at = |x: usize, y: usize| grey[y.min(n - 1) * n + x.min(n - 1)];
    let sharp = |i: usize| {
        let (x, y) = (i % n, i / n);
        let around = at(x.saturating_sub(1), y) + at(x + 1, y) + at(x, y.saturating_sub(1)) + at(x, y + 1);
        grey[i] + amount * (4.0 * grey[i] - around)
    };
    (0..n * n).map(sharp).collect()
}

fn local_means(grey: &[f32], n: usize) -> Vec<f32> {
    let range = |v: usize| v.saturating_sub(AROUND)..(v + AROUND + 1).min(n);
    let mean = |i: usize| {
        let (columns, rows) = (range(i % n), range(i / n));
        let count = columns.len() * rows.len();
        rows.map(|y| grey[y * n..][columns.clone()].iter().sum::<f32>()).sum::<f32>() / count as f32
    };
    (0..n * n).map(mean).collect()
}

/// Modules whose colour every code of this size has: column, row, +1 for dark and −1 for light.
fn known(n: usize) -> Vec<(f32, f32, f32)> {
    let mut all = Vec::with_capacity(600);
    let mut add = |x: usize, y: usize, dark: bool| {
        all.push((x as f32 + 0.5, y as f32 + 0.5, if dark { 1.0 } else { -1.0 }));
    };
    for (left, top) in [(0, 0), (n - 7, 0), (0, n - 7)] {
        for (x, y) in (0..7usize).flat_map(|y| (0..7usize).map(move |x| (x, y))) {
            let ring = x.abs_diff(3).max(y.abs_diff(3));
            add(left + x, top + y, ring != 2);
        }
    }
    for i in 8..n - 8 {
        add(i, 6, i % 2 == 0);
        add(6, i, i % 2 == 0);
    }
    let centres = alignment(n);
    let last = centres.len().saturating_sub(1);
    for (i, cx) in centres.iter().enumerate() {
        for (j, cy) in centres.iter().enumerate() {
            if matches!((i, j), (0, 0)) || (i, j) == (0, last) || (i, j) == (last, 0) {
                continue;
            }
            for (dx, dy) in (0..5usize).flat_map(|y| (0..5usize).map(move |x| (x, y))) {
                add(cx + dx - 2, cy + dy - 2, dx.abs_diff(2).max(dy.abs_diff(2)) != 1);
            }
        }
    }
    all
}

/// Centres of the alignment patterns along one side (ISO/IEC 18004, annex E).
fn alignment(n: usize) -> Vec<usize> {
    let version = (n - 17) / 4;
    if version < 2 {
        return Vec::new();
    }
    let count = version / 7 + 2;
    let step = if version == 32 { 26 } else { (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2 };
    let mut centres: Vec<usize> = (0..count - 1).map(|i| n - 7 - i * step).collect();
    centres.push(6);
    centres.reverse();
    centres
}

/// From modules to pixels.
struct Mapping {
    m: [f32; 8],
    unit: f32,
    from: f32,
}

impl Mapping {
    /// The unit square's corners go to these; it begins at the module `from`, and a module is `unit` wide.
    fn new([p0, p1, p2, p3]: [[f32; 2]; 4], unit: f32, from: f32) -> Self {
        let (dx1, dx2, sx) = (p1[0] - p2[0], p3[0] - p2[0], p0[0] - p1[0] + p2[0] - p3[0]);
        let (dy1, dy2, sy) = (p1[1] - p2[1], p3[1] - p2[1], p0[1] - p1[1] + p2[1] - p3[1]);
        let den = dx1 * dy2 - dx2 * dy1;
        let (g, h) = ((sx * dy2 - dx2 * sy) / den, (dx1 * sy - sx * dy1) / den);
        let row = |i: usize| [p1[i] - p0[i] + g * p1[i], p3[i] - p0[i] + h * p3[i], p0[i]];
        let ([a, b, c], [d, e, f]) = (row(0), row(1));
        Self { m: [a, b, c, d, e, f, g, h], unit, from }
    }

    fn pixel(&self, x: f32, y: f32) -> [f32; 2] {
        let (u, v) = ((x - self.from) * self.unit, (y - self.from) * self.unit);
        let [a, b, c, d, e, f, g, h] = self.m;
        let w = g * u + h * v + 1.0;
        [(a * u + b * v + c) / w, (d * u + e * v + f) / w]
    }
}

/// How much darker the modules are that must be dark.
fn score(picture: &Grey, mapping: &Mapping, known: &[(f32, f32, f32)]) -> f32 {
    let sum: f32 = known.iter().map(|(x, y, dark)| -dark * picture.at(mapping.pixel(*x, *y))).sum();
    // Not a number, when the corners lie on a line, must lose against everything.
    if sum.is_finite() { sum / known.len() as f32 } else { f32::MIN }
}

/// The mapping near `corners` under which the known modules stand out most, and how much they do.
fn refined(
    picture: &Grey,
    mut corners: [[f32; 2]; 4],
    unit: f32,
    from: f32,
    known: &[(f32, f32, f32)],
) -> (f32, Mapping) {
    let score = |corners: &[[f32; 2]; 4]| score(picture, &Mapping::new(*corners, unit, from), known);
    let mut best = score(&corners);
    let side = (corners[1][0] - corners[0][0]).hypot(corners[1][1] - corners[0][1]);
    for part in [0.012, 0.006, 0.003, 0.0015] {
        let step = part * side;
        for _ in 0..3 {
            let before = best;
            for (corner, axis, by) in
                (0..4).flat_map(|c| [(c, 0, step), (c, 0, -step), (c, 1, step), (c, 1, -step)])
            {
                let mut moved = corners;
                moved[corner][axis] += by;
                let now = score(&moved);
                if now > best {
                    (best, corners) = (now, moved);
                }
            }
            if best <= before {
                break;
            }
        }
    }
    (best, Mapping::new(corners, unit, from))
}

impl Grey {
    /// Bilinear value at a place in pixels, whose centres are at .5; the edge goes on for ever.
    fn at(&self, [x, y]: [f32; 2]) -> f32 {
        let x = (x - 0.5).clamp(0.0, (self.width - 1) as f32);
        let y = (y - 0.5).clamp(0.0, (self.height - 1) as f32);
        let (x0, y0) = (x as usize, y as usize);
        let (x1, y1) = ((x0 + 1).min(self.width - 1), (y0 + 1).min(self.height - 1));
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let p = |x: usize, y: usize| f32::from(self.data[y * self.width + x]);
        let top = p(x0, y0) * (1.0 - fx) + p(x1, y0) * fx;
        let bottom = p(x0, y1) * (1.0 - fx) + p(x1, y1) * fx;
        top * (1.0 - fy) + bottom * fy
    }
}
