//! Four corners in a picture: a flat rectangle seen from anywhere.

use super::rectify::Tilted;
use crate::geometry::BBox;

/// The corners of a flat rectangle, pixels of some picture: top left, top right, bottom right, bottom left, as the text
/// on it runs. Inside, a point is `(u, v)`, each `0..=1` across the rectangle itself (perspective counts).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quad(pub [(f32, f32); 4]);

impl From<Tilted> for Quad {
    fn from(area: Tilted) -> Self {
        Self(area.corners())
    }
}

impl Quad {
    /// An upright rectangle.
    pub fn upright(b: &BBox) -> Self {
        Self([(b.x, b.y), (b.right(), b.y), (b.right(), b.bottom()), (b.x, b.bottom())])
    }

    /// The projection from `(u, v, 1)` to `(x·w, y·w, w)`, row by row.
    pub fn projection(&self) -> [[f64; 3]; 3] {
        let [(x0, y0), (x1, y1), (x2, y2), (x3, y3)] = self.0.map(|(x, y)| (f64::from(x), f64::from(y)));
        let (sx, sy) = (x0 - x1 + x2 - x3, y0 - y1 + y2 - y3);
        let (dx1, dy1, dx2, dy2) = (x1 - x2, y1 - y2, x3 - x2, y3 - y2);
        let det = dx1 * dy2 - dx2 * dy1;
        // Corners on one line have no inside; seen as a parallelogram they give numbers that are at least finite.
        let (g, h) = if det.abs() < 1e-9 {
            (0.0, 0.0)
        } else {
            ((sx * dy2 - dx2 * sy) / det, (dx1 * sy - sx * dy1) / det)
        };
        [[x1 - x0 + g * x1, x3 - x0 + h * x3, x0], [y1 - y0 + g * y1, y3 - y0 + h * y3, y0], [g, h, 1.0]]
    }

    /// The picture point at `(u, v)`; both may leave `0..=1` by a little.
    pub fn at(&self, u: f32, v: f32) -> (f32, f32) {
        let (u, v) = (f64::from(u), f64::from(v));
        let [x, y, w] = self.projection().map(|row| row[0] * u + row[1] * v + row[2]);
        let w = if w.abs() < 1e-6 { 1e-6 } else { w };
        ((x / w) as f32, (y / w) as f32)
    }

    /// The part between the heights `top` and `bottom`, widened by `margin` of the width on the left and right each.
    pub fn band(&self, top: f32, bottom: f32, margin: f32) -> Self {
        Self(
            [(-margin, top), (1.0 + margin, top), (1.0 + margin, bottom), (-margin, bottom)]
                .map(|(u, v)| self.at(u, v)),
        )
    }

    /// Scaled by `factor` about the picture's origin, then moved by (`dx`, `dy`).
    pub fn mapped(&self, factor: f32, dx: f32, dy: f32) -> Self {
        Self(self.0.map(|(x, y)| (x * factor + dx, y * factor + dy)))
    }

    /// Mean lengths of the upper and lower, and of the left and right edges, pixels.
    pub fn size(&self) -> (f32, f32) {
        let length = |i: usize, j: usize| (self.0[i].0 - self.0[j].0).hypot(self.0[i].1 - self.0[j].1);
        ((length(0, 1) + length(3, 2)) / 2.0, (length(0, 3) + length(1, 2)) / 2.0)
    }

    /// Width over height.
    pub fn aspect(&self) -> f32 {
        let (w, h) = self.size();
        w / h.max(1.0)
    }

    /// The upright box around it.
    pub fn bounds(&self) -> BBox {
        let fold = |pick: fn(&(f32, f32)) -> f32, best: fn(f32, f32) -> f32| {
            self.0.iter().map(pick).reduce(best).unwrap_or_default()
        };
        BBox::from_corners(
            fold(|p| p.0, f32::min),
            fold(|p| p.1, f32::min),
            fold(|p| p.0, f32::max),
            fold(|p| p.1, f32::max),
        )
    }

    /// Whether it bulges outwards everywhere, runs clockwise on the screen and is at least `least` pixels each way.
    pub fn is_sound(&self, least: f32) -> bool {
        let turn = |i: usize| {
            let (a, b, c) = (self.0[i], self.0[(i + 1) % 4], self.0[(i + 2) % 4]);
            (b.0 - a.0) * (c.1 - b.1) - (b.1 - a.1) * (c.0 - b.0)
        };
        let (w, h) = self.size();
        w >= least && h >= least && (0..4).all(|i| turn(i) > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEEN: Quad = Quad([(10.0, 20.0), (90.0, 10.0), (80.0, 60.0), (15.0, 50.0)]);

    #[test]
    fn the_corners_lie_at_the_corners_and_a_band_between_them() {
        for ((u, v), (x, y)) in [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].into_iter().zip(SEEN.0) {
            let (a, b) = SEEN.at(u, v);
            assert!((a - x).abs() < 1e-3 && (b - y).abs() < 1e-3, "{a} {b}");
        }
        let whole = SEEN.band(0.0, 1.0, 0.0);
        assert!((whole.0[2].0 - 80.0).abs() < 1e-3);
        let (top, bottom) = (SEEN.band(0.0, 0.5, 0.0), SEEN.band(0.5, 1.0, 0.0));
        assert_eq!(top.0[3], bottom.0[0]);
        assert!(top.is_sound(3.0) && bottom.is_sound(3.0));
    }

    #[test]
    fn a_mirrored_a_crossed_and_a_tiny_quad_are_not_sound() {
        assert!(SEEN.is_sound(3.0));
        let [a, b, c, d] = SEEN.0;
        assert!(!Quad([b, a, d, c]).is_sound(3.0));
        assert!(!Quad([a, c, b, d]).is_sound(3.0));
        assert!(!SEEN.mapped(0.01, 0.0, 0.0).is_sound(3.0));
        let line = Quad([(0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (5.0, 0.0)]);
        assert!(!line.is_sound(3.0));
        let (x, y) = line.at(0.5, 0.5);
        assert!(x.is_finite() && y.is_finite());
    }
}
