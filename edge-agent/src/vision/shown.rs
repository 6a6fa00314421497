//! Pictures for people who look on: made smaller and packed as JPEG, fast enough to be done for every frame.

use opencv::core::{Mat, Vec3b, Vector};
use opencv::imgcodecs;

use super::preprocess::{Normalisation, Preprocessor};
use super::{VisionError, picture::Rgb};
use crate::frame::I420;

/// Leaves colours as they are, `0.0..=255.0`.
const PLAIN: Normalisation = Normalisation { mean: [0.0; 3], std: [1.0 / 255.0; 3] };

/// A packed picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// A JPEG file.
    pub jpeg: Vec<u8>,
}

/// Makes pictures of one size into smaller ones.
#[derive(Debug)]
struct Shrink {
    source: (u32, u32),
    target: (u32, u32),
    tables: Preprocessor,
}

/// Packs the pictures of one camera. Keeps its tables and buffers while their size stays the same.
#[derive(Debug)]
pub struct Packer {
    most_width: u32,
    quality: i32,
    shrink: Option<Shrink>,
    planes: Vec<f32>,
    pixels: Vec<Vec3b>,
}

impl Packer {
    /// For pictures of at most `most_width` pixels in JPEG quality `1..=100`.
    pub fn new(most_width: u32, quality: u8) -> Self {
        Self { most_width, quality: i32::from(quality), shrink: None, planes: Vec::new(), pixels: Vec::new() }
    }

    /// Makes `picture` no wider than wanted, in its own proportions, and packs it.
    ///
    /// # Errors
    /// When the JPEG encoder fails.
    pub fn pack(&mut self, picture: &I420) -> Result<Packed, VisionError> {
        let source = (picture.width, picture.height);
        let most_width = self.most_width;
        let shrink = match &mut self.shrink {
            Some(kept) if kept.source == source => kept,
            other => {
                let target = size(source, most_width);
                let tables = Preprocessor::new(target.0 as usize, target.1 as usize, PLAIN);
                other.insert(Shrink { source, target, tables })
            }
        };
        shrink.tables.fill(picture, &mut self.planes);
        let (width, height) = shrink.target;
        let plane = (width * height) as usize;
        let (red, rest) = self.planes.split_at(plane);
        let (green, blue) = rest.split_at(plane);
        let level = |value: f32| (value + 0.5) as u8;
        self.pixels.clear();
        self.pixels.extend(
            red.iter().zip(green).zip(blue).map(|((r, g), b)| Vec3b::from([level(*b), level(*g), level(*r)])),
        );
        let mat = Mat::new_rows_cols_with_data(height as i32, width as i32, &self.pixels)?;
        let mut jpeg = Vector::<u8>::new();
        let options = Vector::from_slice(&[imgcodecs::IMWRITE_JPEG_QUALITY, self.quality]);
        imgcodecs::imencode(".jpg", &mat, &mut jpeg, &options)?;
        Ok(Packed { width, height, jpeg: jpeg.as_slice().to_vec() })
    }
}

/// The size of a picture of size `source` when it is at most `most_width` wide.
fn size((width, height): (u32, u32), most_width: u32) -> (u32, u32) {
    if width <= most_width {
        return (width.max(1), height.max(1));
    }
    let scaled = u64::from(height) * u64::from(most_width) / u64::from(width);
    (most_width, u32::try_from(scaled).unwrap_or(u32::MAX).max(1))
}

impl Packed {
    /// The picture back, as whoever looks at it sees it.
    ///
    /// # Errors
    /// When it is no whole JPEG.
    pub fn unpack(&self) -> Result<Rgb, VisionError> {
        Rgb::decode(&self.jpeg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_picture_becomes_small_and_keeps_its_colours_and_proportions() {
        let mut packer = Packer::new(96, 85);
        for (colour, source, shown) in [
            ([200, 30, 40], (384, 216), (96, 54)),
            ([10, 180, 60], (64, 48), (64, 48)),
            ([128, 128, 128], (400, 100), (96, 24)),
        ] {
            let packed = packer.pack(&Rgb::filled(source.0, source.1, colour).to_i420()).expect("packs");
            assert_eq!((packed.width, packed.height), shown);
            let back = packed.unpack().expect("a whole JPEG");
            assert_eq!((back.width, back.height), shown);
            for (got, want) in back.data.chunks(3).next().expect("a pixel").iter().zip(colour) {
                assert!(got.abs_diff(want) <= 6, "{colour:?} came back as {:?}", &back.data[..3]);
            }
        }
    }

    #[test]
    fn packing_a_full_hd_picture_leaves_the_processor_to_others() {
        // Leaves, stripes and noise: harder on the encoder than a road.
        let (width, height) = (1920_u32, 1080_u32);
        let pixel = |at: u32| {
            let (x, y) = (at % width, at / width);
            let noise = (at.wrapping_mul(2_654_435_761) >> 28) as u8;
            [(x / 8) as u8 ^ (y / 8) as u8, (y / 4) as u8, (x / 16) as u8]
                .map(|c: u8| c.saturating_add(noise))
        };
        let picture = Rgb { width, height, data: (0..width * height).flat_map(pixel).collect() }.to_i420();
        let mut packer = Packer::new(960, 70);
        let mut costs: Vec<_> = (0..15)
            .map(|_| {
                let begin = crate::camera::cpu::thread_cpu();
                let packed = packer.pack(&picture).expect("packs");
                assert_eq!((packed.width, packed.height), (960, 540));
                crate::camera::cpu::thread_cpu() - begin
            })
            .collect();
        costs.sort_unstable();
        println!("packing 1920x1080 to 960x540: {:?} of processor time, median", costs[7]);
        assert!(costs[7].as_millis() < 60, "{:?}", costs[7]);
    }
}
