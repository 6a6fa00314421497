//! Cutting a plate or a line out of a picture, upright and at the size that a model wants.

use opencv::core::{CV_64F, Mat, MatTrait, Scalar, Size, Vec3b};
use opencv::imgproc;
use opencv::prelude::MatTraitConstManual;

use super::quad::Quad;
use crate::geometry::BBox;
use crate::vision::{Rgb, VisionError};

/// Cuts of large plates are made at most this many times larger than wanted before they are shrunk.
const MAX_STEPS: f32 = 8.0;

/// A rectangle turned about its centre, in pixels of some picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tilted {
    /// Centre, from the left.
    pub cx: f32,
    /// Centre, from the top.
    pub cy: f32,
    /// Length along its (nearly horizontal) text direction.
    pub w: f32,
    /// Length across it.
    pub h: f32,
    /// Angle of the text direction, radians, clockwise on the screen.
    pub angle: f32,
}

impl Tilted {
    /// An upright rectangle.
    pub fn upright(b: &BBox) -> Self {
        let c = b.centre();
        Self { cx: c.x, cy: c.y, w: b.w, h: b.h, angle: 0.0 }
    }

    /// The picture point at `(u, v)`, each `0..=1` across the rectangle.
    pub fn at(&self, u: f32, v: f32) -> (f32, f32) {
        let (sin, cos) = self.angle.sin_cos();
        let (x, y) = ((u - 0.5) * self.w, (v - 0.5) * self.h);
        (self.cx + x * cos - y * sin, self.cy + x * sin + y * cos)
    }

    /// The part between the heights `top` and `bottom`, each `0..=1`.
    pub fn band(&self, top: f32, bottom: f32) -> Self {
        let (cx, cy) = self.at(0.5, (top + bottom) / 2.0);
        Self { cx, cy, h: self.h * (bottom - top), ..*self }
    }

    /// Larger by `x` on the left and right each, `y` above and below each, in pixels.
    pub fn grown(&self, x: f32, y: f32) -> Self {
        Self { w: (self.w + 2.0 * x).max(1.0), h: (self.h + 2.0 * y).max(1.0), ..*self }
    }

    /// The same in a picture that is `factor` times larger and whose origin lies at `(dx, dy)` of the new one.
    pub fn mapped(&self, factor: f32, dx: f32, dy: f32) -> Self {
        Self {
            cx: self.cx * factor + dx,
            cy: self.cy * factor + dy,
            w: self.w * factor,
            h: self.h * factor,
            angle: self.angle,
        }
    }

    /// Corners: top left, top right, bottom right, bottom left.
    pub fn corners(&self) -> [(f32, f32); 4] {
        [self.at(0.0, 0.0), self.at(1.0, 0.0), self.at(1.0, 1.0), self.at(0.0, 1.0)]
    }

    /// The upright box around it.
    pub fn bounds(&self) -> BBox {
        let c = self.corners();
        let (x, y) = (c.map(|p| p.0), c.map(|p| p.1));
        let (low, high) = (
            |v: [f32; 4]| v.into_iter().fold(f32::MAX, f32::min),
            |v: [f32; 4]| v.into_iter().fold(f32::MIN, f32::max),
        );
        BBox::from_corners(low(x), low(y), high(x), high(y))
    }

    /// Width over height.
    pub fn aspect(&self) -> f32 {
        self.w / self.h.max(1.0)
    }
}

/// Cuts `area` out of `picture`, upright and flat, `width` × `height` pixels. Outside the picture its edge is repeated.
///
/// # Errors
/// [`VisionError::OpenCv`].
pub fn cut<A: Copy + Into<Quad>>(
    picture: &Rgb,
    area: &A,
    width: i32,
    height: i32,
) -> Result<Rgb, VisionError> {
    let area: Quad = (*area).into();
    let source =
        Mat::new_rows_cols_with_bytes::<Vec3b>(picture.height as i32, picture.width as i32, &picture.data)?;
    // A plain warp takes single pixels: shrinking by more than half would drop strokes, so shrink in two steps.
    let steps = (area.size().1 / height as f32 / 1.5).clamp(1.0, MAX_STEPS);
    let size = Size::new((width as f32 * steps).round() as i32, (height as f32 * steps).round() as i32);
    let mut upright = Mat::default();
    imgproc::warp_perspective(
        &source,
        &mut upright,
        &transform(&area, size)?,
        size,
        imgproc::INTER_LINEAR | imgproc::WARP_INVERSE_MAP,
        opencv::core::BORDER_REPLICATE,
        Scalar::default(),
    )?;
    if steps > 1.0 {
        let mut small = Mat::default();
        imgproc::resize(&upright, &mut small, Size::new(width, height), 0.0, 0.0, imgproc::INTER_AREA)?;
        upright = small;
    }
    Ok(Rgb { width: width as u32, height: height as u32, data: upright.data_bytes()?.to_vec() })
}

/// Matrix from pixels of the upright cut to pixels of the picture. Pixel centres lie at one half on both sides.
fn transform(area: &Quad, size: Size) -> Result<Mat, VisionError> {
    let (sx, sy) = (1.0 / f64::from(size.width), 1.0 / f64::from(size.height));
    let [x, y, w] = area.projection().map(|[a, b, c]| [a * sx, b * sy, c + (a * sx + b * sy) / 2.0]);
    let half = |row: [f64; 3]| std::array::from_fn::<f64, 3, _>(|i| row[i] - w[i] / 2.0);
    let mut m = Mat::new_rows_cols_with_default(3, 3, CV_64F, Scalar::default())?;
    for (r, row) in [half(x), half(y), w].iter().enumerate() {
        for (c, value) in row.iter().enumerate() {
            *m.at_2d_mut::<f64>(r as i32, c as i32)? = *value;
        }
    }
    Ok(m)
}

/// `picture` scaled to `width` × `height`.
///
/// # Errors
/// [`VisionError::OpenCv`].
pub fn scaled(picture: &Rgb, width: u32, height: u32) -> Result<Rgb, VisionError> {
    if (width, height) == (picture.width, picture.height) {
        return Ok(picture.clone());
    }
    let source =
        Mat::new_rows_cols_with_bytes::<Vec3b>(picture.height as i32, picture.width as i32, &picture.data)?;
    let mut out = Mat::default();
    let way = if width < picture.width { imgproc::INTER_AREA } else { imgproc::INTER_LINEAR };
    imgproc::resize(&source, &mut out, Size::new(width as i32, height as i32), 0.0, 0.0, way)?;
    Ok(Rgb { width, height, data: out.data_bytes()?.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A white bar on black, turned by `angle`.
    fn bar(angle: f32) -> (Rgb, Tilted) {
        let area = Tilted { cx: 60.0, cy: 50.0, w: 60.0, h: 20.0, angle };
        let mut picture = Rgb::filled(120, 100, [0, 0, 0]);
        let (sin, cos) = angle.sin_cos();
        for y in 0..100 {
            for x in 0..120 {
                let (dx, dy) = (x as f32 + 0.5 - area.cx, y as f32 + 0.5 - area.cy);
                let (u, v) = (dx * cos + dy * sin, dy * cos - dx * sin);
                if u.abs() < 30.0 && v.abs() < 10.0 {
                    picture.data[3 * (y * 120 + x)..][..3].fill(255);
                }
            }
        }
        (picture, area)
    }

    #[test]
    fn a_tilted_bar_comes_out_upright_and_full() {
        for angle in [-0.5, 0.0, 0.3] {
            let (picture, area) = bar(angle);
            let cut = cut(&picture, &area.grown(-2.0, -2.0), 112, 32).expect("cuts");
            let mean = cut.data.iter().map(|v| u32::from(*v)).sum::<u32>() as f32 / cut.data.len() as f32;
            assert!(mean > 250.0, "mean {mean} at {angle}");
        }
    }

    #[test]
    fn a_plate_seen_askew_comes_out_flat() {
        let quad = Quad([(10.0, 15.0), (110.0, 30.0), (105.0, 60.0), (14.0, 85.0)]);
        let mut picture = Rgb::filled(120, 100, [0, 0, 0]);
        // The right half of the plate is white; perspective makes it less than half of the quad.
        for y in 0..100u32 {
            for x in 0..120u32 {
                let (edge, _) = quad.at(0.5, (y as f32 - 15.0) / 70.0);
                if x as f32 > edge {
                    picture.data[3 * (y * 120 + x) as usize..][..3].fill(255);
                }
            }
        }
        let cut = cut(&picture, &quad, 40, 20).expect("cuts");
        let level = |x: usize| cut.data[3 * (10 * 40 + x)];
        assert!(level(15) < 40 && level(25) > 215, "{} {}", level(15), level(25));
    }

    #[test]
    fn a_cut_beyond_the_edge_repeats_it() {
        let picture = Rgb::filled(20, 20, [9, 9, 9]);
        let area = Tilted { cx: 0.0, cy: 0.0, w: 60.0, h: 60.0, angle: 0.1 };
        assert!(cut(&picture, &area, 30, 30).expect("cuts").data.iter().all(|v| *v == 9));
    }

    #[test]
    fn bands_of_a_tilted_rectangle_lie_one_below_the_other() {
        let (_, area) = bar(0.4);
        let (top, bottom) = (area.band(0.0, 0.5), area.band(0.5, 1.0));
        assert!((top.h - 10.0).abs() < 1e-3 && top.cy < bottom.cy && top.cx > bottom.cx);
    }
}
