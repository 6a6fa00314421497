//! What the street network's numbers mean: one column per anchor, boxes as distributions of the distance to each side.

use crate::detection::{Detection, ObjectClass};
use crate::geometry::BBox;

/// Pixels of the input between anchors, from the finest grid to the coarsest.
const STRIDES: [usize; 4] = [8, 16, 32, 64];
/// Distances that each side's distribution is over, in strides: 0 to 7.
const BINS: usize = 8;
/// Rows of scores, in this order.
const CLASSES: [ObjectClass; 6] = [
    ObjectClass::Person,
    ObjectClass::Bicycle,
    ObjectClass::Car,
    ObjectClass::Motorcycle,
    ObjectClass::Bus,
    ObjectClass::Truck,
];
/// Rows of the output: scores, then the bins of left, top, right and bottom.
pub const ROWS: usize = CLASSES.len() + 4 * BINS;

/// Anchors of a square input of `side` pixels (a multiple of 32).
pub const fn anchors(side: usize) -> usize {
    let mut sum = 0;
    let mut level = 0;
    while level < STRIDES.len() {
        let across = side.div_ceil(STRIDES[level]);
        sum += across * across;
        level += 1;
    }
    sum
}

/// The boxes of all anchors and classes that score at least `min_score`, in pixels of a `width` × `height` picture that
/// was resized to `side` × `side`. `out` has [`ROWS`] rows of [`anchors`] values; anything else gives nothing.
pub fn read(out: &[f32], side: usize, width: u32, height: u32, min_score: f32) -> Vec<Detection> {
    let count = anchors(side);
    if out.len() != ROWS * count {
        return Vec::new();
    }
    let scale = (width as f32 / side as f32, height as f32 / side as f32);
    let mut found = Vec::new();
    for (scores, class) in out.chunks_exact(count).zip(CLASSES) {
        for (anchor, &score) in scores.iter().enumerate() {
            if score >= min_score && score.is_finite() {
                let bbox = bbox(out, side, count, anchor, scale).clip(width, height);
                found.push(Detection { bbox, score: score.min(1.0), class });
            }
        }
    }
    found
}

/// The box of one anchor.
fn bbox(out: &[f32], side: usize, count: usize, anchor: usize, scale: (f32, f32)) -> BBox {
    let (x, y, stride) = place(side, anchor);
    let [left, top, right, bottom] = std::array::from_fn(|edge| {
        let bins: [f32; BINS] =
            std::array::from_fn(|bin| out[(CLASSES.len() + edge * BINS + bin) * count + anchor]);
        expectation(&bins) * stride
    });
    BBox::from_corners(
        (x - left) * scale.0,
        (y - top) * scale.1,
        (x + right) * scale.0,
        (y + bottom) * scale.1,
    )
}

/// Centre of an anchor's cell and its stride, in input pixels.
fn place(side: usize, mut anchor: usize) -> (f32, f32, f32) {
    for stride in STRIDES {
        let across = side.div_ceil(stride);
        if anchor < across * across {
            let cell = |n: usize| (n as f32 + 0.5) * stride as f32;
            return (cell(anchor % across), cell(anchor / across), stride as f32);
        }
        anchor -= across * across;
    }
    (0.0, 0.0, 0.0)
}

/// Mean of the distribution whose logarithms (up to a constant) are `bins`.
fn expectation(bins: &[f32; BINS]) -> f32 {
    let top = bins.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let (mut sum, mut mean) = (0.0, 0.0);
    for (at, bin) in bins.iter().enumerate() {
        let share = (bin - top).exp();
        sum += share;
        mean += share * at as f32;
    }
    mean / sum
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 128;

    /// An output whose anchor `anchor` says `class` with `score` and a box that reaches `reach` strides to each side.
    fn output(anchor: usize, class: usize, score: f32, reach: [usize; 4]) -> Vec<f32> {
        let count = anchors(SIDE);
        let mut out = vec![0.0; ROWS * count];
        out[class * count + anchor] = score;
        for (edge, bin) in reach.into_iter().enumerate() {
            out[(CLASSES.len() + edge * BINS + bin) * count + anchor] = 40.0;
        }
        out
    }

    #[test]
    fn an_anchor_becomes_a_box_in_pixels_of_the_picture() {
        // Second grid (stride 16), third row, fourth column: centre (56, 40).
        let anchor = 16 * 16 + 2 * 8 + 3;
        let found = read(&output(anchor, 3, 0.7, [1, 2, 3, 0]), SIDE, 256, 128, 0.2);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].class, found[0].score), (ObjectClass::Motorcycle, 0.7));
        assert_eq!(found[0].bbox.rounded(), [80, 8, 128, 32]);
    }

    #[test]
    fn boxes_end_at_the_edge_of_the_picture_and_weak_ones_are_left_out() {
        let found = read(&output(0, 2, 0.3, [7, 7, 1, 1]), SIDE, 128, 128, 0.2);
        assert_eq!(found[0].bbox.rounded(), [0, 0, 12, 12]);
        assert!(read(&output(0, 2, 0.3, [7, 7, 1, 1]), SIDE, 128, 128, 0.31).is_empty());
    }

    #[test]
    fn scores_that_are_no_numbers_and_outputs_of_another_size_give_nothing() {
        assert!(read(&output(5, 1, f32::NAN, [1; 4]), SIDE, 128, 128, 0.2).is_empty());
        assert!(read(&[0.9; 77], SIDE, 128, 128, 0.2).is_empty());
    }

    #[test]
    fn the_last_anchor_is_the_last_cell_of_the_coarsest_grid() {
        assert_eq!(anchors(SIDE), 256 + 64 + 16 + 4);
        assert_eq!(place(SIDE, anchors(SIDE) - 1), (96.0, 96.0, 64.0));
    }
}
