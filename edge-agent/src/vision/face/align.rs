//! The aligned face: turned, scaled and moved so that its five points lie where the vector model learned them.

use crate::geometry::Point;
use crate::vision::plate::rectify::{self, Tilted};
use crate::vision::{Rgb, VisionError};

/// Side of an aligned face, pixels.
pub const SIDE: u32 = 112;

/// Where the five points lie in an aligned face: the mean face that ArcFace and SFace were trained with (InsightFace, MIT).
pub const TEMPLATE: [Point; 5] = [
    Point { x: 38.2946, y: 51.6963 },
    Point { x: 73.5318, y: 51.5014 },
    Point { x: 56.0252, y: 71.7366 },
    Point { x: 41.5493, y: 92.3655 },
    Point { x: 70.7299, y: 92.2041 },
];

/// Turn, scale and shift that bring points of the picture to points of the aligned face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Similarity {
    /// Scale times cosine of the angle.
    a: f32,
    /// Scale times sine of the angle.
    b: f32,
    /// Shift after the turn.
    shift: Point,
}

impl Similarity {
    /// The least-squares fit (Umeyama, without reflection). `None` when the points lie on one spot or are not finite.
    pub fn fit(from: &[Point; 5], to: &[Point; 5]) -> Option<Self> {
        let mean = |points: &[Point; 5]| Point {
            x: points.iter().map(|p| p.x).sum::<f32>() / 5.0,
            y: points.iter().map(|p| p.y).sum::<f32>() / 5.0,
        };
        let (from_mean, to_mean) = (mean(from), mean(to));
        let (mut dot, mut cross, mut spread) = (0.0, 0.0, 0.0);
        for (f, t) in from.iter().zip(to) {
            let (fx, fy) = (f.x - from_mean.x, f.y - from_mean.y);
            let (tx, ty) = (t.x - to_mean.x, t.y - to_mean.y);
            dot += fx * tx + fy * ty;
            cross += fx * ty - fy * tx;
            spread += fx * fx + fy * fy;
        }
        let (a, b) = (dot / spread, cross / spread);
        let shift = Point {
            x: to_mean.x - (a * from_mean.x - b * from_mean.y),
            y: to_mean.y - (b * from_mean.x + a * from_mean.y),
        };
        let sound = [a, b, shift.x, shift.y].iter().all(|v| v.is_finite()) && a.hypot(b) > 1e-6;
        sound.then_some(Self { a, b, shift })
    }

    /// Pixels of the aligned face per pixel of the picture.
    pub fn scale(&self) -> f32 {
        self.a.hypot(self.b)
    }

    /// Where a point of the picture comes to lie.
    pub fn apply(&self, p: Point) -> Point {
        Point { x: self.a * p.x - self.b * p.y + self.shift.x, y: self.b * p.x + self.a * p.y + self.shift.y }
    }

    /// The square of the picture that becomes the aligned face.
    fn square(&self) -> Tilted {
        let side = SIDE as f32;
        // Points are given with pixel centres at whole numbers, squares with pixel edges there: half a pixel each way.
        let centre = side / 2.0 - 0.5;
        let (x, y) = (centre - self.shift.x, centre - self.shift.y);
        let square = self.a * self.a + self.b * self.b;
        let (cx, cy) = ((self.a * x + self.b * y) / square, (self.a * y - self.b * x) / square);
        let size = side / self.scale();
        Tilted { cx: cx + 0.5, cy: cy + 0.5, w: size, h: size, angle: -self.b.atan2(self.a) }
    }
}

/// Cuts the face with these points out of the picture, [`SIDE`] × [`SIDE`]. `None` when the points make no face.
///
/// # Errors
/// [`VisionError::OpenCv`].
pub fn aligned(picture: &Rgb, landmarks: &[Point; 5]) -> Result<Option<Rgb>, VisionError> {
    let Some(similarity) = Similarity::fit(landmarks, &TEMPLATE) else { return Ok(None) };
    // A face of two pixels or of a million: no cut is worth its memory.
    if !(0.005..=60.0).contains(&similarity.scale()) {
        return Ok(None);
    }
    rectify::cut(picture, &similarity.square(), SIDE as i32, SIDE as i32).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(scale: f32, angle: f32, dx: f32, dy: f32) -> [Point; 5] {
        let (sin, cos) = angle.sin_cos();
        TEMPLATE.map(|p| Point {
            x: scale * (p.x * cos - p.y * sin) + dx,
            y: scale * (p.x * sin + p.y * cos) + dy,
        })
    }

    #[test]
    fn a_turned_face_comes_back_to_the_template() {
        let points = turned(2.5, 0.4, 100.0, -20.0);
        let fit = Similarity::fit(&points, &TEMPLATE).expect("fits");
        assert!((fit.scale() - 0.4).abs() < 1e-4);
        for (p, want) in points.iter().zip(TEMPLATE) {
            let got = fit.apply(*p);
            assert!((got.x - want.x).hypot(got.y - want.y) < 1e-2, "{got:?} {want:?}");
        }
    }

    #[test]
    fn the_cut_shows_the_points_where_the_template_has_them() {
        // A bright dot at each point; in the aligned picture the brightest pixels must be at the template.
        let points = turned(1.6, -0.3, 60.0, 120.0);
        let mut picture = Rgb::filled(320, 320, [0, 0, 0]);
        for p in points {
            for (dx, dy) in (-2..=2).flat_map(|dx| (-2..=2).map(move |dy| (dx, dy))) {
                let at = 3 * ((p.y.round() as i32 + dy) * 320 + p.x.round() as i32 + dx) as usize;
                picture.data[at..at + 3].fill(255);
            }
        }
        let cut = aligned(&picture, &points).expect("cuts").expect("a face");
        assert_eq!((cut.width, cut.height), (SIDE, SIDE));
        for p in TEMPLATE {
            let at = 3 * (p.y.round() as usize * SIDE as usize + p.x.round() as usize);
            assert!(cut.data[at] > 180, "{p:?}: {}", cut.data[at]);
        }
    }

    #[test]
    fn points_on_one_spot_make_no_face() {
        assert_eq!(Similarity::fit(&[Point { x: 5.0, y: 5.0 }; 5], &TEMPLATE), None);
        let picture = Rgb::filled(8, 8, [0, 0, 0]);
        let far = [Point { x: f32::NAN, y: 0.0 }; 5];
        assert!(aligned(&picture, &far).expect("no error").is_none());
    }
}
