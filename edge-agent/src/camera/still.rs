//! Pictures and folders of pictures as frames.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use image::RgbImage;
use jiff::{SignedDuration, Timestamp};

use super::replay::ReplayError;
use crate::frame::{CaptureTime, Frame, I420, TimeSource};
use crate::vision::Rgb;

const EXTENSIONS: [&str; 5] = ["jpg", "jpeg", "png", "bmp", "webp"];

/// Pictures in the order of their names.
pub(super) struct Stills {
    paths: Vec<PathBuf>,
    at: usize,
    start: Timestamp,
    fps: f64,
}

impl Stills {
    /// Pictures at `path`; `None` when it is a file that is no picture by its name.
    pub(super) fn open(path: &Path, start: Timestamp, fps: f64) -> Result<Option<Self>, ReplayError> {
        let open = |source| ReplayError::Open { path: path.to_owned(), source };
        let mut paths = Vec::new();
        if path.is_dir() {
            for entry in std::fs::read_dir(path).map_err(open)? {
                let file = entry.map_err(open)?.path();
                if is_picture(&file) {
                    paths.push(file);
                }
            }
            paths.sort();
            if paths.is_empty() {
                let reason = format!("the folder holds none of {}", EXTENSIONS.join(", "));
                return Err(ReplayError::Picture { path: path.to_owned(), reason });
            }
        } else if is_picture(path) {
            paths.push(path.to_owned());
        } else {
            return Ok(None);
        }
        let fps = if fps.is_finite() && fps > 0.0 { fps } else { 1.0 };
        Ok(Some(Self { paths, at: 0, start, fps }))
    }

    pub(super) fn len(&self) -> u64 {
        self.paths.len() as u64
    }

    pub(super) fn next(&mut self) -> Option<Result<Frame, ReplayError>> {
        let path = self.paths.get(self.at)?;
        let index = self.at as u64;
        self.at += 1;
        let fail = |reason: String| ReplayError::Picture { path: path.clone(), reason };
        let picture = match read(path)
            .and_then(|rgb| to_i420(&rgb).ok_or("it is smaller than 2 × 2 pixels".to_owned()))
        {
            Ok(picture) => picture,
            Err(reason) => return Some(Err(fail(reason))),
        };
        let stream_s = index as f64 / self.fps;
        let captured = CaptureTime {
            at: SignedDuration::try_from_secs_f64(stream_s).map_or(self.start, |passed| self.start + passed),
            uncertainty_ms: (500.0 / self.fps).ceil() as u32,
            source: TimeSource::File,
            stream_s,
        };
        Some(Ok(Frame { index, captured, picture }))
    }
}

fn is_picture(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    EXTENSIONS.contains(&extension.as_str())
}

fn read(path: &Path) -> Result<RgbImage, String> {
    let Rgb { width, height, data } = Rgb::open(path).map_err(|e| e.to_string())?;
    RgbImage::from_raw(width, height, data).ok_or_else(|| "its size is wrong".to_owned())
}

/// BT.601, video range, as cameras send it. An odd last row or column is left out.
fn to_i420(rgb: &RgbImage) -> Option<I420> {
    let (w, h) = ((rgb.width() & !1) as usize, (rgb.height() & !1) as usize);
    if w == 0 || h == 0 {
        return None;
    }
    let row = rgb.width() as usize * 3;
    let pixels = rgb.as_raw();
    let mut data = vec![0u8; w * h * 3 / 2];
    let (luma, chroma) = data.split_at_mut(w * h);
    let (us, vs) = chroma.split_at_mut(w * h / 4);
    for by in 0..h / 2 {
        for bx in 0..w / 2 {
            let mut sum = [0i32; 3];
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                let (x, y) = (bx * 2 + dx, by * 2 + dy);
                let at = y * row + x * 3;
                let [r, g, b] = [0, 1, 2].map(|c| i32::from(pixels[at + c]));
                luma[y * w + x] = clamp(16 + ((66 * r + 129 * g + 25 * b + 128) >> 8));
                sum = [sum[0] + r, sum[1] + g, sum[2] + b];
            }
            let [r, g, b] = sum;
            us[by * w / 2 + bx] = clamp(128 + ((-38 * r - 74 * g + 112 * b + 512) >> 10));
            vs[by * w / 2 + bx] = clamp(128 + ((112 * r - 94 * g - 18 * b + 512) >> 10));
        }
    }
    Some(I420 {
        width: w as u32,
        height: h as u32,
        strides: [w, w / 2, w / 2],
        offsets: [0, w * h, w * h * 5 / 4],
        data: Arc::new(data),
    })
}

fn clamp(value: i32) -> u8 {
    value.clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_the_video_range_values_that_the_standard_names() {
        let values = |rgb: [u8; 3]| {
            let picture = to_i420(&RgbImage::from_pixel(5, 3, image::Rgb(rgb)));
            picture.map(|p| (p.width, p.height, p.y()[0], p.u()[0], p.v()[0]))
        };
        assert_eq!(values([0, 0, 0]), Some((4, 2, 16, 128, 128)));
        assert_eq!(values([255, 255, 255]), Some((4, 2, 235, 128, 128)));
        assert_eq!(values([255, 0, 0]), Some((4, 2, 82, 90, 240)));
        assert_eq!(values([0, 0, 255]), Some((4, 2, 41, 240, 110)));
    }

    #[test]
    fn a_picture_of_one_pixel_is_refused() {
        assert!(to_i420(&RgbImage::new(1, 9)).is_none());
    }
}
