//! Areas and ways in pixels.

use crate::geometry::{Point, polygon_depth};

/// A closed area.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    corners: Vec<Point>,
}

impl Area {
    /// From its corners, in order.
    pub fn new(corners: Vec<Point>) -> Self {
        Self { corners }
    }

    /// Distance from the border, pixels: positive inside, negative outside.
    pub fn depth(&self, point: Point) -> f32 {
        polygon_depth(&self.corners, point)
    }

    /// Whether a point is inside.
    pub fn holds(&self, point: Point) -> bool {
        self.depth(point) > 0.0
    }

    /// Its corners.
    pub fn corners(&self) -> &[Point] {
        &self.corners
    }
}

/// A line or polyline with a left and a right side, seen from its first point to its last. Beyond its ends its first and last
/// pieces go on for ever, so that every point of the picture has a side, and whether something passed *between* the ends is asked
/// apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    points: Vec<Point>,
}

/// Where a point is, seen from a way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beside {
    /// Pixels from the way, positive on its right.
    pub distance: f32,
    /// Whether the nearest place is between the ends.
    pub between: bool,
}

impl Way {
    /// From two points or more; doubled ones are left out.
    pub fn new(mut points: Vec<Point>) -> Self {
        points.dedup_by(|b, a| (a.x - b.x).hypot(a.y - b.y) < 1e-3);
        Self { points }
    }

    /// Its points.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Where a point is, seen from here. A way without length has no sides: 0.
    pub fn beside(&self, p: Point) -> Beside {
        let pieces = self.points.len().saturating_sub(1);
        let mut nearest: Option<(f32, Beside)> = None;
        for (index, pair) in self.points.windows(2).enumerate() {
            let (a, b) = (pair[0], pair[1]);
            let (lx, ly) = (b.x - a.x, b.y - a.y);
            let length = lx.hypot(ly);
            let along = ((p.x - a.x) * lx + (p.y - a.y) * ly) / (length * length);
            let first = if index == 0 { f32::NEG_INFINITY } else { 0.0 };
            let last = if index + 1 == pieces { f32::INFINITY } else { 1.0 };
            let at = along.clamp(first, last);
            let away = (p.x - a.x - at * lx).hypot(p.y - a.y - at * ly);
            // In image coordinates y grows downwards: the right side of a line that goes to the right is below it.
            let side = lx * (p.y - a.y) - ly * (p.x - a.x);
            let distance = if side < 0.0 { -away } else { away };
            let found = Beside { distance, between: (0.0..=1.0).contains(&at) };
            // At a corner both pieces are as near; the one that the point lies squarely beside says which side it is.
            let square = side.abs() / length;
            let better = nearest.is_none_or(|(rank, best)| {
                let (new, old) = (away, best.distance.abs());
                new < old - 1e-3 || ((new - old).abs() <= 1e-3 && square > rank)
            });
            if better {
                nearest = Some((square, found));
            }
        }
        nearest.map_or(Beside { distance: 0.0, between: false }, |(_, found)| found)
    }

    /// Its direction as a unit vector, from the first point to the last.
    pub fn direction(&self) -> Point {
        let (Some(a), Some(b)) = (self.points.first(), self.points.last()) else {
            return Point { x: 0.0, y: 0.0 };
        };
        let length = (b.x - a.x).hypot(b.y - a.y).max(f32::MIN_POSITIVE);
        Point { x: (b.x - a.x) / length, y: (b.y - a.y) / length }
    }
}
