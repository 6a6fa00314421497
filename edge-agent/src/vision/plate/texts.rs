//! Finds text with PP-OCRv6 det: a map of "core of a text line" per pixel, whose blobs become tilted rectangles.

use opencv::core::{CV_8U, Mat, Point, Scalar, Vector};
use opencv::imgproc;
use opencv::prelude::*;

use super::rectify::{Tilted, scaled};
use crate::vision::session::{Input, SessionPool};
use crate::vision::{Rgb, VisionError};

/// Probability from which a pixel is core.
const CORE: f32 = 0.3;
/// Mean probability that a blob must have.
const MIN_SCORE: f32 = 0.5;
/// Blobs are grown by `area · GROW / perimeter` on each side: the network is trained to draw them shrunken.
const GROW: f32 = 1.5;
/// Text that leans more than this is not a plate on a vehicle, radians.
const MAX_TILT: f32 = 0.7;
/// Level of the border round the picture; without it text that touches the edge is not found.
const BORDER_LEVEL: u8 = 114;

/// A piece of text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextBox {
    /// Where, in pixels of the picture given.
    pub area: Tilted,
    /// Mean probability inside, `0..=1`.
    pub score: f32,
}

/// Finds text in `picture` after scaling it so that its longer side is `long_side` pixels, with a grey border of
/// `border` pixels round it.
///
/// # Errors
/// [`VisionError::Inference`], [`VisionError::OpenCv`].
pub fn find(
    pool: &SessionPool,
    picture: &Rgb,
    long_side: u32,
    border: u32,
) -> Result<Vec<TextBox>, VisionError> {
    let factor = long_side as f32 / picture.width.max(picture.height) as f32;
    let size = [picture.width, picture.height].map(|s| ((s as f32 * factor).round() as u32).max(8));
    let small = scaled(picture, size[0], size[1])?;
    let [width, height] = size.map(|s| (s + 2 * border).next_multiple_of(32) as usize);
    let tensor = tensor(&small, width, height, border as usize);
    let shape = [1, 3, height as i64, width as i64];
    let map = pool.run(&[Input { name: "x", shape: &shape, data: &tensor }], |out| out.data.to_vec())?;
    let factor = [picture.width as f32 / size[0] as f32, picture.height as f32 / size[1] as f32];
    let offset = border as f32;
    let found = blobs(&map, width, height)?;
    Ok(found
        .into_iter()
        .map(|t| {
            let scale = (factor[0] + factor[1]) / 2.0;
            TextBox { area: t.area.mapped(scale, -offset * scale, -offset * scale), score: t.score }
        })
        .collect())
}

/// B, G, R planes, normalised, with the picture at `(border, border)` on grey.
fn tensor(picture: &Rgb, width: usize, height: usize, border: usize) -> Vec<f32> {
    // The order of channels is blue first, the constants are those of red, green, blue: so was the network trained.
    const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
    const STD: [f32; 3] = [0.229, 0.224, 0.225];
    let mut out = vec![0.0; 3 * width * height];
    for (c, plane) in out.chunks_exact_mut(width * height).enumerate() {
        let level = |v: u8| (f32::from(v) / 255.0 - MEAN[c]) / STD[c];
        let table: [f32; 256] = std::array::from_fn(|v| level(v as u8));
        plane.fill(table[BORDER_LEVEL as usize]);
        for (y, row) in picture.data.chunks_exact(3 * picture.width as usize).enumerate() {
            let line = &mut plane[(y + border) * width + border..][..picture.width as usize];
            for (value, pixel) in line.iter_mut().zip(row.chunks_exact(3)) {
                *value = table[pixel[2 - c] as usize];
            }
        }
    }
    out
}

/// Connected cores as rectangles, grown back to the text they stand for.
fn blobs(map: &[f32], width: usize, height: usize) -> Result<Vec<TextBox>, VisionError> {
    let mask: Vec<u8> = map.iter().map(|p| if *p > CORE { 255 } else { 0 }).collect();
    let mask = Mat::new_rows_cols_with_bytes::<u8>(height as i32, width as i32, &mask)?;
    let mut contours = Vector::<Vector<Point>>::new();
    imgproc::find_contours(
        &mask,
        &mut contours,
        imgproc::RETR_EXTERNAL,
        imgproc::CHAIN_APPROX_SIMPLE,
        Point::new(0, 0),
    )?;
    let mut found = Vec::new();
    for contour in &contours {
        if contour.len() < 4 {
            continue;
        }
        let area = upright(&imgproc::min_area_rect(&contour)?);
        let score = mean_inside(map, width, height, &contour)?;
        if area.h < 2.0 || area.angle.abs() > MAX_TILT || score < MIN_SCORE {
            continue;
        }
        let grow = area.w * area.h * GROW / (2.0 * (area.w + area.h));
        found.push(TextBox { area: area.grown(grow, grow), score });
    }
    Ok(found)
}

/// OpenCV's rectangle with its long side taken as the text direction when it lies within 45° of the horizontal.
fn upright(r: &opencv::core::RotatedRect) -> Tilted {
    let (mut w, mut h, mut degrees) = (r.size.width, r.size.height, r.angle);
    if degrees > 45.0 {
        (w, h, degrees) = (h, w, degrees - 90.0);
    } else if degrees < -45.0 {
        (w, h, degrees) = (h, w, degrees + 90.0);
    }
    // Contour points are pixel corners at whole numbers; the pixels they enclose reach one further.
    Tilted { cx: r.center.x + 0.5, cy: r.center.y + 0.5, w: w + 1.0, h: h + 1.0, angle: degrees.to_radians() }
}

/// Mean of the map inside a contour.
fn mean_inside(
    map: &[f32],
    width: usize,
    height: usize,
    contour: &Vector<Point>,
) -> Result<f32, VisionError> {
    let bounds = imgproc::bounding_rect(contour)?;
    let mut mask = Mat::new_rows_cols_with_default(bounds.height, bounds.width, CV_8U, Scalar::default())?;
    let polygons: Vector<Vector<Point>> = Vector::from_iter([contour.clone()]);
    let shift = Point::new(-bounds.x, -bounds.y);
    imgproc::fill_poly(&mut mask, &polygons, Scalar::all(1.0), imgproc::LINE_8, 0, shift)?;
    let (mut sum, mut count) = (0.0, 0.0f32);
    for y in 0..bounds.height {
        let line = mask.ptr(y)?;
        // SAFETY: the mask is a continuous 8-bit matrix of `bounds.width` columns and `y` is one of its rows.
        let line = unsafe { std::slice::from_raw_parts(line, bounds.width as usize) };
        let row = (y + bounds.y) as usize;
        if row >= height {
            break;
        }
        for (x, inside) in line.iter().enumerate() {
            if *inside != 0 {
                sum += map[row * width + bounds.x as usize + x];
                count += 1.0;
            }
        }
    }
    Ok(sum / count.max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_core_becomes_a_grown_box_around_it() {
        let (width, height) = (96, 64);
        let mut map = vec![0.0; width * height];
        for y in 30..38 {
            map[y * width + 20..y * width + 70].fill(0.9);
        }
        let found = blobs(&map, width, height).expect("blobs");
        assert_eq!(found.len(), 1);
        let b = found[0].area.bounds();
        assert!(b.x < 20.0 && b.right() > 70.0 && b.y < 30.0 && b.bottom() > 38.0);
        assert!((found[0].score - 0.9).abs() < 1e-3);
    }

    #[test]
    fn specks_and_faint_blobs_are_no_text() {
        let (width, height) = (64, 64);
        let mut map = vec![0.0; width * height];
        map[10 * width + 10] = 0.99;
        for y in 30..38 {
            map[y * width + 20..y * width + 50].fill(0.35);
        }
        assert!(blobs(&map, width, height).expect("blobs").is_empty());
    }
}
