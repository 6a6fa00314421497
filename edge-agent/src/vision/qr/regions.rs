//! Where in a picture a QR code may be: patches with many strong edges in both directions, about as wide as high.

use super::Grey;

/// Side of a block, pixels.
const BLOCK: usize = 8;
/// Least difference of neighbours that counts as an edge: by daylight, and when that finds no place, in the dark.
const EDGES: [i32; 2] = [18, 8];
/// Least part of a block's pixels with an edge, in each direction.
const DENSE: usize = BLOCK * BLOCK / 10;

/// Places `[x, y, width, height]` with room for the quiet zone, the densest first.
pub(super) fn regions(picture: &Grey) -> Vec<[usize; 4]> {
    EDGES.iter().map(|edge| with_edge(picture, *edge)).find(|found| !found.is_empty()).unwrap_or_default()
}

fn with_edge(picture: &Grey, edge: i32) -> Vec<[usize; 4]> {
    let (bw, bh) = (picture.width / BLOCK, picture.height / BLOCK);
    let dense: Vec<bool> =
        (0..bw * bh).map(|i| is_dense(picture, i % bw * BLOCK, i / bw * BLOCK, edge)).collect();
    // Light parts of a code and a lamp's reflection leave holes: neighbours close them.
    let closed: Vec<bool> = (0..bw * bh)
        .map(|i| {
            let (x, y) = (i % bw, i / bw);
            let near = (y.saturating_sub(1)..(y + 2).min(bh))
                .flat_map(|y| (x.saturating_sub(1)..(x + 2).min(bw)).map(move |x| y * bw + x));
            dense[i] || near.filter(|n| dense[*n]).count() >= 3
        })
        .collect();
    let mut seen = vec![false; bw * bh];
    let mut found = Vec::new();
    for start in 0..bw * bh {
        if closed[start] && !seen[start] {
            found.extend(patch(start, bw, bh, &closed, &mut seen));
        }
    }
    // A code is about as wide as high; lines of text are not.
    found.sort_by_key(|(blocks, [_, _, w, h])| std::cmp::Reverse(blocks * w.min(h) / w.max(h).max(&1)));
    found.into_iter().map(|(_, area)| area).collect()
}

fn is_dense(picture: &Grey, x0: usize, y0: usize, edge: i32) -> bool {
    let (mut across, mut down) = (0, 0);
    for y in y0..(y0 + BLOCK).min(picture.height - 1) {
        let row = &picture.data[y * picture.width..];
        let below = &picture.data[(y + 1) * picture.width..];
        for x in x0..(x0 + BLOCK).min(picture.width - 1) {
            let here = i32::from(row[x]);
            across += usize::from((here - i32::from(row[x + 1])).abs() > edge);
            down += usize::from((here - i32::from(below[x])).abs() > edge);
        }
    }
    across >= DENSE && down >= DENSE
}

/// The connected patch at `start`: its number of blocks and area, if it can be a code.
fn patch(
    start: usize,
    bw: usize,
    bh: usize,
    closed: &[bool],
    seen: &mut [bool],
) -> Option<(usize, [usize; 4])> {
    let (mut left, mut top, mut right, mut bottom, mut blocks) = (bw, bh, 0, 0, 0);
    let mut todo = vec![start];
    seen[start] = true;
    while let Some(at) = todo.pop() {
        let (x, y) = (at % bw, at / bw);
        blocks += 1;
        (left, top, right, bottom) = (left.min(x), top.min(y), right.max(x), bottom.max(y));
        let mut visit = |next: usize| {
            if closed[next] && !seen[next] {
                seen[next] = true;
                todo.push(next);
            }
        };
        if x > 0 {
            visit(at - 1)
        }
        if x + 1 < bw {
            visit(at + 1)
        }
        if y > 0 {
            visit(at - bw)
        }
        if y + 1 < bh {
            visit(at + bw)
        }
    }
    let (wide, high) = (right + 1 - left, bottom + 1 - top);
    // A code at 1.5 pixels a module is 6 blocks wide. Text beside it may join in, so the form is judged mildly.
    let plausible = wide.min(high) >= 5 && wide.max(high) <= 4 * wide.min(high) && 4 * blocks >= wide * high;
    let margin = (wide.max(high) / 8).max(1);
    let (x, y) = (left.saturating_sub(margin), top.saturating_sub(margin));
    let (x1, y1) = ((right + 1 + margin).min(bw), (bottom + 1 + margin).min(bh));
    plausible.then(|| (blocks, [x, y, x1 - x, y1 - y].map(|v| v * BLOCK)))
}
