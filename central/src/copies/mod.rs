//! Copies of evidence for eyes outside the police: the accused vehicle stays as it is, everybody and everything else is made
//! unrecognisable, and a mark says whose copy it is. The original is never sent.
//!
//! A detector misses people, so nothing relies on it alone: the whole frame outside the vehicle's box is blurred until neither a
//! face nor a plate can be read; known road users are coarsened on top of that, also where they stand in front of the vehicle.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, ImageReader, Limits, Rgb, RgbImage};
use thiserror::Error;

mod area;
mod blur;
mod mark;

#[cfg(test)]
mod tests;

pub use area::{Area, Object, Plan};

/// Widest and highest picture that is copied, pixels.
const MAX_SIDE: u32 = 8192;
/// JPEG quality of copies.
const QUALITY: u8 = 85;

/// Why there is no copy.
#[derive(Debug, Error)]
pub enum CopyError {
    /// The evidence is no picture that can be read.
    #[error("the picture cannot be read: {0}")]
    Unreadable(#[from] image::ImageError),
    /// The evidence cannot be read.
    #[error("the picture cannot be read: {0}")]
    Io(#[from] std::io::Error),
}

/// Copies a frame of a camera: JPEG in, JPEG out, without the metadata of the original. Works for a while: blocking.
///
/// # Errors
/// [`CopyError`] when it is no JPEG, or larger than 8192 pixels.
pub fn frame(jpeg: &[u8], plan: impl FnOnce(u32, u32) -> Plan, text: &str) -> Result<Vec<u8>, CopyError> {
    let original = read(jpeg)?;
    let plan = plan(original.width(), original.height());
    let mut copy = blur::soft(&original);
    for area in &plan.others {
        blur::coarsen(&mut copy, *area);
    }
    if let Some(own) = plan.own {
        for (x, y) in own.pixels() {
            if !plan.others.iter().any(|other| other.holds(x, y)) {
                copy.put_pixel(x, y, *original.get_pixel(x, y));
            }
        }
    }
    mark::tile(&mut copy, text, plan.own);
    write(&copy)
}

/// Copies a crop that shows the accused vehicle's plate alone: nothing in it is hidden, the mark stands below it. Blocking.
///
/// # Errors
/// [`CopyError`], as [`frame`].
pub fn crop(jpeg: &[u8], text: &str) -> Result<Vec<u8>, CopyError> {
    write(&mark::below(&read(jpeg)?, text))
}

fn read(jpeg: &[u8]) -> Result<RgbImage, CopyError> {
    let mut reader = ImageReader::with_format(Cursor::new(jpeg), ImageFormat::Jpeg);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    reader.limits(limits);
    Ok(reader.decode()?.into_rgb8())
}

fn write(picture: &RgbImage) -> Result<Vec<u8>, CopyError> {
    let mut bytes = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))?;
    Ok(bytes)
}

/// Mixes a colour into a pixel; `share` of 255.
fn mix(pixel: &mut Rgb<u8>, colour: [u8; 3], share: u32) {
    for (old, new) in pixel.0.iter_mut().zip(colour) {
        let mixed = (u32::from(*old) * (255 - share) + u32::from(new) * share) / 255;
        *old = u8::try_from(mixed).unwrap_or(u8::MAX);
    }
}
