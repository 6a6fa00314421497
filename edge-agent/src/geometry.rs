//! Boxes and points. Pixels of the input picture unless a name says `norm`; origin top left, y down.

use serde::{Deserialize, Serialize};

/// A point in pixels (or in normalised `0..=1` coordinates where the owner says so).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Distance from the left edge.
    pub x: f32,
    /// Distance from the top edge.
    pub y: f32,
}

/// An axis-aligned box: left, top, width, height, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct BBox {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
}

impl BBox {
    /// A box from its corners.
    pub fn from_corners(x1: f32, y1: f32, x2: f32, y2: f32) -> Self {
        Self { x: x1, y: y1, w: x2 - x1, h: y2 - y1 }
    }

    /// Right edge.
    pub fn right(&self) -> f32 {
        self.x + self.w
    }

    /// Bottom edge.
    pub fn bottom(&self) -> f32 {
        self.y + self.h
    }

    /// Area; zero for an inverted box.
    pub fn area(&self) -> f32 {
        self.w.max(0.0) * self.h.max(0.0)
    }

    /// Centre point.
    pub fn centre(&self) -> Point {
        Point { x: self.x + self.w / 2.0, y: self.y + self.h / 2.0 }
    }

    /// Middle of the bottom edge: where a vehicle or person touches the ground.
    pub fn foot(&self) -> Point {
        Point { x: self.x + self.w / 2.0, y: self.y + self.h }
    }

    /// The part of `self` inside `other` (possibly empty).
    pub fn intersect(&self, other: &BBox) -> BBox {
        let x1 = self.x.max(other.x);
        let y1 = self.y.max(other.y);
        let x2 = self.right().min(other.right());
        let y2 = self.bottom().min(other.bottom());
        BBox { x: x1, y: y1, w: (x2 - x1).max(0.0), h: (y2 - y1).max(0.0) }
    }

    /// Intersection over union, `0..=1`.
    pub fn iou(&self, other: &BBox) -> f32 {
        let inter = self.intersect(other).area();
        let union = self.area() + other.area() - inter;
        if union <= 0.0 { 0.0 } else { inter / union }
    }

    /// The box clipped to a `width` × `height` picture.
    pub fn clip(&self, width: u32, height: u32) -> BBox {
        self.intersect(&BBox { x: 0.0, y: 0.0, w: width as f32, h: height as f32 })
    }

    /// `[x, y, w, h]` rounded to whole pixels, as events and the command line print it.
    pub fn rounded(&self) -> [i32; 4] {
        [self.x, self.y, self.w, self.h].map(|v| v.round() as i32)
    }
}

/// Distance of a point from the border of a polygon, in the points' own units: positive inside, negative outside.
pub fn polygon_depth(corners: &[Point], p: Point) -> f32 {
    let mut inside = false;
    let mut nearest = f32::INFINITY;
    for (index, a) in corners.iter().enumerate() {
        let b = &corners[(index + 1) % corners.len()];
        if (a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x {
            inside = !inside;
        }
        let (ex, ey) = (b.x - a.x, b.y - a.y);
        let length2 = ex * ex + ey * ey;
        let along = if length2 > 0.0 {
            (((p.x - a.x) * ex + (p.y - a.y) * ey) / length2).clamp(0.0, 1.0)
        } else {
            0.0
        };
        nearest = nearest.min((p.x - a.x - along * ex).hypot(p.y - a.y - along * ey));
    }
    if inside { nearest } else { -nearest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iou_of_equal_boxes_is_one_and_of_apart_boxes_zero() {
        let a = BBox { x: 0.0, y: 0.0, w: 10.0, h: 10.0 };
        let b = BBox { x: 20.0, y: 0.0, w: 10.0, h: 10.0 };
        assert_eq!(a.iou(&a), 1.0);
        assert_eq!(a.iou(&b), 0.0);
    }

    #[test]
    fn a_box_outside_the_picture_clips_to_nothing() {
        let b = BBox { x: -20.0, y: -20.0, w: 10.0, h: 10.0 };
        assert_eq!(b.clip(100, 100).area(), 0.0);
    }
}
