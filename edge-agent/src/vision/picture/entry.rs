//! The one way from bytes to a picture: every file and buffer that the program looks at comes through [`decode`].
//!
//! Size, kind and completeness are judged from the bytes before anything is allocated for pixels. A picture comes out
//! upright (EXIF), 8 bits a channel, with what is transparent shown on white. Colour profiles are not applied.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::Rgb;
use super::error::PictureError;

/// Largest side, pixels.
pub const MAX_SIDE: u32 = 16_384;
/// Most pixels: 64 million take 192 MB decoded. Larger pictures come from no camera at a gate.
pub const MAX_PIXELS: u64 = 64_000_000;
/// Largest file, bytes.
pub const MAX_BYTES: u64 = 128 << 20;
/// What a decoder may allocate besides the result, bytes.
const MAX_DECODER_BYTES: u64 = 512 << 20;

/// Decodes JPEG, PNG, BMP or WebP.
pub(super) fn decode(bytes: &[u8]) -> Result<Rgb, PictureError> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(PictureError::TooManyBytes);
    }
    let format = kind(bytes)?;
    if format == ImageFormat::Jpeg && !jpeg_is_whole(bytes) {
        return Err(PictureError::CutShort("JPEG"));
    }
    // The decoders are not ours: a fault in one must cost this picture, not the camera that sent it.
    catch_unwind(AssertUnwindSafe(|| pixels(bytes, format)))
        .unwrap_or_else(|_| Err(PictureError::Damaged("the decoder gave up".to_owned())))
}

fn pixels(bytes: &[u8], format: ImageFormat) -> Result<Rgb, PictureError> {
    let broken = |e: image::ImageError| match e {
        image::ImageError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
            PictureError::CutShort(name(format))
        }
        image::ImageError::Limits(_) => PictureError::TooMuchMemory,
        e => PictureError::Damaged(e.to_string()),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    // Some decoders allocate while they are made; JPEG's checks nothing then, its header has 16 bits a side.
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(PictureError::NoPixels);
    }
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PictureError::TooLarge { width, height });
    }
    // Unreadable EXIF data is no reason to lose a readable picture.
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    picture.apply_orientation(orientation);
    Ok(opaque(picture))
}

/// Three channels; transparent parts as a viewer shows them, on white.
fn opaque(picture: DynamicImage) -> Rgb {
    let (width, height) = (picture.width(), picture.height());
    let data = if picture.color().has_alpha() {
        let on_white =
            |c: u8, a: u8| ((u32::from(c) * u32::from(a) + 255 * (255 - u32::from(a)) + 127) / 255) as u8;
        picture.into_rgba8().pixels().flat_map(|p| [0, 1, 2].map(|c| on_white(p[c], p[3]))).collect()
    } else {
        picture.into_rgb8().into_raw()
    };
    Rgb { width, height, data }
}

/// What the bytes are, by their beginning and never by a name.
fn kind(bytes: &[u8]) -> Result<ImageFormat, PictureError> {
    if bytes.is_empty() {
        return Err(PictureError::Empty);
    }
    let has = |at: usize, what: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(what));
    if has(0, b"\xFF\xD8") {
        return Ok(ImageFormat::Jpeg);
    }
    if has(0, b"\x89PNG\r\n\x1A\n") {
        return if png_is_animated(bytes) {
            Err(PictureError::Animated("PNG"))
        } else {
            Ok(ImageFormat::Png)
        };
    }
    if has(0, b"RIFF") && has(8, b"WEBP") {
        // An extended file has its flags after the chunk's head; bit 1 is animation.
        let animated = has(12, b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 2 != 0);
        return if animated { Err(PictureError::Animated("WebP")) } else { Ok(ImageFormat::WebP) };
    }
    if has(0, b"BM") {
        return Ok(ImageFormat::Bmp);
    }
    Err(other(bytes).map_or(PictureError::Unknown, PictureError::OtherKind))
}

/// Kinds that people do hand in, so that they learn what they have.
fn other(bytes: &[u8]) -> Option<&'static str> {
    let has = |at: usize, what: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(what));
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    match () {
        () if text.starts_with(b"<") => Some("text (HTML, XML or SVG), perhaps a saved error page"),
        () if has(4, b"ftyp") && (has(8, b"hei") || has(8, b"hev") || has(8, b"mif") || has(8, b"msf")) => {
            Some("HEIC, as telephones make it")
        }
        () if has(4, b"ftypavif") || has(4, b"ftypavis") => Some("AVIF"),
        () if has(4, b"ftyp") => Some("a video; `edge-agent replay` takes those"),
        () if has(0, b"GIF8") => Some("GIF"),
        () if has(0, b"II*\0") || has(0, b"MM\0*") => Some("TIFF or a camera's raw format"),
        () if has(0, b"%PDF") => Some("PDF"),
        () if has(0, b"PK\x03\x04") => Some("a ZIP archive"),
        () => None,
    }
}

/// Whether a PNG has an animation chunk, which stands before the pixels.
fn png_is_animated(bytes: &[u8]) -> bool {
    let mut at = 8;
    while let Some(head) = bytes.get(at..at + 8) {
        match &head[4..] {
            b"acTL" => return true,
            b"IDAT" | b"IEND" => return false,
            _ => at += 12 + u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize,
        }
    }
    false
}

/// Whether the picture's own end marker is there. Decoders paint a missing part grey and say nothing; and a thumbnail
/// inside has an end marker too, so segments are walked, not searched.
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    let (mut at, mut scans) = (2, 0);
    while at + 1 < bytes.len() {
        if bytes[at] != 0xFF {
            // Between segments only a broken writer leaves bytes; within scans this is the coded picture.
            at += 1;
            continue;
        }
        match bytes[at + 1] {
            0xD9 => return scans > 0,
            // Fill bytes, stuffed zeros, restart markers and those without a length.
            0xFF => at += 1,
            0x00 | 0x01 | 0xD0..=0xD8 => at += 2,
            marker => {
                scans += usize::from(marker == 0xDA);
                let Some(length) = bytes.get(at + 2..at + 4) else { return false };
                at += 2 + usize::from(u16::from_be_bytes([length[0], length[1]])).max(2);
            }
        }
    }
    false
}

fn name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Png => "PNG",
        ImageFormat::WebP => "WebP",
        _ => "BMP",
    }
}
