//! The three large squares in a code's corners, found as runs 1 : 1 : 3 : 1 : 1 of black and white.
//!
//! For codes whose small alignment patterns are blurred together: `rqrr` gives such up, [`super::sample`] does not need them.

/// Most squares that are combined.
const MOST: usize = 9;

/// One square.
#[derive(Debug, Clone, Copy)]
struct Finder {
    centre: [f32; 2],
    /// Width of a module, pixels.
    unit: f32,
    /// Rows that saw it.
    seen: u32,
}

/// Three squares as corners of a code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Triple {
    /// Centres of the squares top left, top right and bottom left.
    pub(super) centres: [[f32; 2]; 3],
    /// Modules a side, as far as the squares tell.
    pub(super) size: usize,
}

/// All plausible codes.
pub(super) fn triples(black: &[bool], width: usize, height: usize) -> Vec<Triple> {
    let found = finders(black, width, height);
    let mut triples = Vec::new();
    for corner in 0..found.len() {
        for a in 0..found.len() {
            for b in a + 1..found.len() {
                if a != corner && b != corner {
                    triples.extend(triple(&found[corner], &found[a], &found[b]));
                }
            }
        }
    }
    triples
}

fn triple(corner: &Finder, a: &Finder, b: &Finder) -> Option<Triple> {
    let to = |f: &Finder| [f.centre[0] - corner.centre[0], f.centre[1] - corner.centre[1]];
    let (u, v) = (to(a), to(b));
    let (lu, lv) = (u[0].hypot(u[1]), v[0].hypot(v[1]));
    let unit = (corner.unit + a.unit + b.unit) / 3.0;
    let alike = |x: f32, y: f32, most: f32| x.max(y) <= most * x.min(y);
    let cos = (u[0] * v[0] + u[1] * v[1]) / (lu * lv);
    if !alike(lu, lv, 1.7) || cos.abs() > 0.45 || [corner, a, b].iter().any(|f| !alike(f.unit, unit, 1.6)) {
        return None;
    }
    let size = 17 + 4 * (((lu + lv) / 2.0 / unit + 7.0 - 17.0) / 4.0).round().max(1.0) as usize;
    let (right, down) = if u[0] * v[1] - u[1] * v[0] > 0.0 { (a, b) } else { (b, a) };
    (size <= 97).then_some(Triple { centres: [corner.centre, right.centre, down.centre], size })
}

fn finders(black: &[bool], width: usize, height: usize) -> Vec<Finder> {
    let mut found: Vec<Finder> = Vec::new();
    for y in 0..height {
        let row = &black[y * width..][..width];
        let mut ends = [0usize; 6];
        for x in 1..=width {
            if x < width && row[x] == row[x - 1] {
                continue;
            }
            ends.rotate_left(1);
            ends[5] = x;
            // A black run has ended here, and so did the four before it.
            if row[x - 1] && x > 5 && squarish(&runs(&ends)) {
                let middle = (ends[2] + ends[3]) / 2;
                if let Some(finder) = crossed(black, width, height, middle, y) {
                    add(&mut found, finder);
                }
            }
        }
    }
    found.retain(|f| f.seen >= 2);
    found.sort_by_key(|f| std::cmp::Reverse(f.seen));
    found.truncate(MOST);
    found
}

fn runs(ends: &[usize; 6]) -> [usize; 5] {
    std::array::from_fn(|i| ends[i + 1] - ends[i])
}

/// 1 : 1 : 3 : 1 : 1, with half a module of tolerance and more for blur.
fn squarish(runs: &[usize; 5]) -> bool {
    let unit = runs.iter().sum::<usize>() as f32 / 7.0;
    let near = |run: usize, modules: f32| {
        (run as f32 - modules * unit).abs() <= 0.7 * unit.max(1.2) * modules.sqrt()
    };
    unit >= 1.0
        && near(runs[0], 1.0)
        && near(runs[1], 1.0)
        && near(runs[2], 3.0)
        && near(runs[3], 1.0)
        && near(runs[4], 1.0)
}

/// The square that a row saw, if the column through its middle and the row through the new middle see it too.
fn crossed(black: &[bool], width: usize, height: usize, x: usize, y: usize) -> Option<Finder> {
    let (cy, tall) = through(|v| black[v * width + x], height, y)?;
    let (cx, wide) = through(|v| black[cy as usize * width + v], width, x)?;
    let alike = tall.max(wide) <= 1.7 * tall.min(wide);
    alike.then_some(Finder { centre: [cx, cy], unit: (tall + wide) / 14.0, seen: 1 })
}

/// Middle and length of the five runs around `at` along a line of `length` pixels.
fn through(black: impl Fn(usize) -> bool, length: usize, at: usize) -> Option<(f32, f32)> {
    if !black(at) {
        return None;
    }
    let mut ends = [0usize; 6];
    let mut low = at;
    for (end, colour) in [(2, true), (1, false), (0, true)] {
        while low > 0 && black(low - 1) == colour {
            low -= 1;
        }
        ends[end] = low;
    }
    let mut high = at + 1;
    for (end, colour) in [(3, true), (4, false), (5, true)] {
        while high < length && black(high) == colour {
            high += 1;
        }
        ends[end] = high;
    }
    let middle = (ends[2] + ends[3]) as f32 / 2.0;
    squarish(&runs(&ends)).then_some((middle, (ends[5] - ends[0]) as f32))
}

fn add(found: &mut Vec<Finder>, new: Finder) {
    let near = |f: &&mut Finder| {
        (f.centre[0] - new.centre[0]).hypot(f.centre[1] - new.centre[1]) < 2.5 * f.unit.max(new.unit)
    };
    match found.iter_mut().find(near) {
        Some(known) => {
            let part = 1.0 / (known.seen + 1) as f32;
            known.centre = [0, 1].map(|i| known.centre[i] + (new.centre[i] - known.centre[i]) * part);
            known.unit += (new.unit - known.unit) * part;
            known.seen += 1;
        }
        None => found.push(new),
    }
}
