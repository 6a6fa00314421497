//! Making pixels unreadable.

use image::{Rgb, RgbImage};

use super::area::Area;

/// Reach of the blur, as a share of the picture's longer side: 16 pixels of 1920, more than the strokes of any plate that fills
/// less than a quarter of the frame.
const REACH: u32 = 120;
/// Coarse squares along the shorter side of a box.
const SQUARES: u32 = 5;
/// Smallest coarse square, pixels.
const MIN_SQUARE: u32 = 12;

/// The whole picture out of focus: two passes of a box along both axes.
pub fn soft(picture: &RgbImage) -> RgbImage {
    let reach = (picture.width().max(picture.height()) / REACH).max(3) as usize;
    let mut blurred = picture.clone();
    for _ in 0..2 {
        blurred = down(&along(&blurred, reach), reach);
    }
    blurred
}

/// One row at a time; sums run with the window, so the cost does not grow with the reach.
fn along(picture: &RgbImage, reach: usize) -> RgbImage {
    let (width, height) = picture.dimensions();
    let mut out = RgbImage::new(width, height);
    let mut line = vec![[0_u8; 3]; width as usize];
    for y in 0..height {
        for (x, pixel) in line.iter_mut().enumerate() {
            *pixel = picture.get_pixel(x as u32, y).0;
        }
        for (x, pixel) in means(&line, reach).into_iter().enumerate() {
            out.put_pixel(x as u32, y, Rgb(pixel));
        }
    }
    out
}

fn down(picture: &RgbImage, reach: usize) -> RgbImage {
    let (width, height) = picture.dimensions();
    let mut out = RgbImage::new(width, height);
    let mut line = vec![[0_u8; 3]; height as usize];
    for x in 0..width {
        for (y, pixel) in line.iter_mut().enumerate() {
            *pixel = picture.get_pixel(x, y as u32).0;
        }
        for (y, pixel) in means(&line, reach).into_iter().enumerate() {
            out.put_pixel(x, y as u32, Rgb(pixel));
        }
    }
    out
}

/// Means of windows of `2 reach + 1` pixels, cut at the ends.
fn means(line: &[[u8; 3]], reach: usize) -> Vec<[u8; 3]> {
    let mut sums = [0_u32; 3];
    let add = |sums: &mut [u32; 3], pixel: [u8; 3]| {
        sums.iter_mut().zip(pixel).for_each(|(sum, v)| *sum += u32::from(v))
    };
    let drop = |sums: &mut [u32; 3], pixel: [u8; 3]| {
        sums.iter_mut().zip(pixel).for_each(|(sum, v)| *sum -= u32::from(v))
    };
    line.iter().take(reach).for_each(|pixel| add(&mut sums, *pixel));
    let mut count = line.len().min(reach) as u32;
    let mut out = Vec::with_capacity(line.len());
    for at in 0..line.len() {
        if let Some(pixel) = line.get(at + reach) {
            add(&mut sums, *pixel);
            count += 1;
        }
        if at > reach {
            drop(&mut sums, line[at - reach - 1]);
            count -= 1;
        }
        out.push(sums.map(|sum| (sum / count.max(1)) as u8));
    }
    out
}

/// Coarse squares in place of an area.
pub fn coarsen(picture: &mut RgbImage, area: Area) {
    let (width, height) = (area.x1 - area.x0, area.y1 - area.y0);
    let side = (width.min(height) / SQUARES).max(MIN_SQUARE) as usize;
    for top in (area.y0..area.y1).step_by(side) {
        for left in (area.x0..area.x1).step_by(side) {
            let square = Area {
                x0: left,
                y0: top,
                x1: (left + side as u32).min(area.x1),
                y1: (top + side as u32).min(area.y1),
            };
            let mut sums = [0_u64; 3];
            let mut count = 0_u64;
            for (x, y) in square.pixels() {
                sums.iter_mut().zip(picture.get_pixel(x, y).0).for_each(|(sum, v)| *sum += u64::from(v));
                count += 1;
            }
            let mean = Rgb(sums.map(|sum| (sum / count.max(1)) as u8));
            square.pixels().for_each(|(x, y)| picture.put_pixel(x, y, mean));
        }
    }
}
