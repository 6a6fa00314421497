//! Small RGB pictures (crops and stills), loading them from files, and the way to and from I420.

mod entry;
mod error;
mod file;
#[cfg(test)]
mod hostile_tests;

use std::path::Path;
use std::sync::Arc;

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

pub use entry::{MAX_BYTES, MAX_PIXELS, MAX_SIDE};
pub use error::PictureError;

use super::VisionError;
use super::preprocess::Matrix;
use crate::frame::I420;
use crate::geometry::BBox;

/// Interleaved 8-bit R, G, B, rows without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rgb {
    /// Pixels per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `3 · width · height` bytes.
    pub data: Vec<u8>,
}

impl Rgb {
    /// A picture of one colour.
    pub fn filled(width: u32, height: u32, colour: [u8; 3]) -> Self {
        Self { width, height, data: colour.repeat((width * height) as usize) }
    }

    /// Decodes a JPEG, PNG, BMP or WebP file, turned upright as its EXIF data says. See [`PictureError`] for what is refused.
    ///
    /// # Errors
    /// [`VisionError::Io`] when it cannot be read, [`VisionError::Picture`] when it is no whole picture.
    pub fn open(path: &Path) -> Result<Self, VisionError> {
        Self::decode(&file::read(path)?)
    }

    /// Decodes picture bytes.
    ///
    /// # Errors
    /// [`VisionError::Picture`].
    pub fn decode(bytes: &[u8]) -> Result<Self, VisionError> {
        Ok(entry::decode(bytes)?)
    }

    /// JPEG bytes of the given quality, `1..=100`.
    ///
    /// # Errors
    /// [`VisionError::Picture`] for an empty picture.
    pub fn to_jpeg(&self, quality: u8) -> Result<Vec<u8>, VisionError> {
        let mut out = Vec::with_capacity(self.data.len() / 8);
        JpegEncoder::new_with_quality(&mut out, quality)
            .encode(&self.data, self.width, self.height, ExtendedColorType::Rgb8)
            .map_err(|e| VisionError::Picture(e.to_string()))?;
        Ok(out)
    }

    /// The part of `picture` inside `area` (clipped to it), in RGB, and its top left corner. Empty areas give one pixel.
    pub fn from_i420(picture: &I420, area: &BBox) -> (Self, [u32; 2]) {
        let (x0, y0, width, height) = whole(area, picture.width, picture.height);
        let matrix = Matrix::for_height(picture.height);
        let mut data = Vec::with_capacity((width * height * 3) as usize);
        let (py, pu, pv) = (picture.y(), picture.u(), picture.v());
        for y in y0..y0 + height {
            let luma = &py[y as usize * picture.strides[0]..];
            let u = &pu[(y / 2) as usize * picture.strides[1]..];
            let v = &pv[(y / 2) as usize * picture.strides[2]..];
            for x in x0..x0 + width {
                let (at, half) = (x as usize, (x / 2) as usize);
                let rgb = matrix.rgb(f32::from(luma[at]), f32::from(u[half]), f32::from(v[half]));
                data.extend(rgb.map(|c| (c + 0.5) as u8));
            }
        }
        (Self { width, height, data }, [x0, y0])
    }

    /// The part inside `area` (clipped), and its top left corner.
    pub fn crop(&self, area: &BBox) -> (Self, [u32; 2]) {
        let (x0, y0, width, height) = whole(area, self.width, self.height);
        let row = 3 * self.width as usize;
        let data = (y0 as usize..(y0 + height) as usize)
            .flat_map(|y| &self.data[y * row + 3 * x0 as usize..][..3 * width as usize])
            .copied()
            .collect();
        (Self { width, height, data }, [x0, y0])
    }

    /// The picture as a camera would deliver it, limited range; an odd last row or column is dropped.
    pub fn to_i420(&self) -> I420 {
        let (width, height) = ((self.width & !1).max(2), (self.height & !1).max(2));
        let (w, h) = (width as usize, height as usize);
        let (luma, chroma) = (w * h, w * h / 4);
        let mut data = vec![0u8; luma + 2 * chroma];
        let matrix = Matrix::for_height(height);
        // Weights of red and blue in luma, found back from the decoding matrix: bu = 2(1 − kb)·255/224.
        let kr = 1.0 - matrix.rv * 224.0 / 510.0;
        let kb = 1.0 - matrix.bu * 224.0 / 510.0;
        let pixel = |x: usize, y: usize| {
            let (x, y) = (x.min(self.width as usize - 1), y.min(self.height as usize - 1));
            let at = 3 * (y * self.width as usize + x);
            [0, 1, 2].map(|c| f32::from(self.data[at + c]))
        };
        let bright = |[r, g, b]: [f32; 3]| kr * r + (1.0 - kr - kb) * g + kb * b;
        for y in 0..h {
            for x in 0..w {
                data[y * w + x] = (16.5 + bright(pixel(x, y)) * 219.0 / 255.0) as u8;
            }
        }
        for y in 0..h / 2 {
            for x in 0..w / 2 {
                let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| pixel(2 * x + dx, 2 * y + dy));
                let mean: [f32; 3] = std::array::from_fn(|c| four.iter().map(|p| p[c]).sum::<f32>() / 4.0);
                let l = bright(mean);
                data[luma + y * w / 2 + x] = (128.5 + (mean[2] - l) / matrix.bu) as u8;
                data[luma + chroma + y * w / 2 + x] = (128.5 + (mean[0] - l) / matrix.rv) as u8;
            }
        }
        I420 {
            width,
            height,
            strides: [w, w / 2, w / 2],
            offsets: [0, luma, luma + chroma],
            data: Arc::new(data),
        }
    }
}

/// Left, top, width and height of the area in whole pixels inside the picture, at least one pixel.
fn whole(area: &BBox, width: u32, height: u32) -> (u32, u32, u32, u32) {
    let x0 = (area.x.floor().max(0.0) as u32).min(width.saturating_sub(1));
    let y0 = (area.y.floor().max(0.0) as u32).min(height.saturating_sub(1));
    let x1 = (area.right().ceil().max(0.0) as u32).clamp(x0 + 1, width.max(x0 + 1));
    let y1 = (area.bottom().ceil().max(0.0) as u32).clamp(y0 + 1, height.max(y0 + 1));
    (x0, y0, x1 - x0, y1 - y0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_said_to_be_empty() {
        assert!(matches!(Rgb::decode(&[]), Err(VisionError::Picture(m)) if m.contains("empty")));
    }

    #[test]
    fn text_is_no_picture() {
        assert!(matches!(Rgb::decode(b"hello, I am text"), Err(VisionError::Picture(_))));
    }

    #[test]
    fn a_jpeg_cut_anywhere_is_an_error_and_never_a_panic() {
        let whole = Rgb::filled(40, 30, [200, 40, 10]).to_jpeg(80).expect("encodes");
        assert!(Rgb::decode(&whole).is_ok());
        for cut in 1..whole.len() - 1 {
            assert!(Rgb::decode(&whole[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn colours_survive_the_way_through_i420() {
        for colour in [[255, 0, 0], [0, 255, 0], [0, 0, 255], [17, 200, 90], [255, 255, 255], [0, 0, 0]] {
            for size in [(32, 16), (40, 800)] {
                let i420 = Rgb::filled(size.0, size.1, colour).to_i420();
                let area = BBox { x: 4.0, y: 4.0, w: 8.0, h: 8.0 };
                let (back, corner) = Rgb::from_i420(&i420, &area);
                assert_eq!(corner, [4, 4]);
                for (got, want) in back.data.chunks(3).next().expect("a pixel").iter().zip(colour) {
                    assert!(got.abs_diff(want) <= 3, "{colour:?} came back as {:?}", &back.data[..3]);
                }
            }
        }
    }

    #[test]
    fn a_crop_outside_the_picture_is_one_pixel_inside_it() {
        let (crop, _) = Rgb::filled(10, 10, [1, 2, 3]).crop(&BBox { x: 50.0, y: -90.0, w: 5.0, h: 5.0 });
        assert_eq!((crop.width, crop.height), (1, 1));
    }
}
