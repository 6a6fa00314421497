//! YuNet: where the faces of a picture are, and five points on each.

use super::decode::{Face, Grid, STRIDES, suppress};
use crate::geometry::BBox;
use crate::vision::plate::rectify;
use crate::vision::session::{Input, Runtime, SessionPool, SessionSettings};
use crate::vision::{ModelStore, Rgb, VisionError};

/// The model's id in the manifest.
pub const MODEL: &str = "yunet-2023mar";
/// Overlap above which two boxes are one face.
const MOST_IOU: f32 = 0.3;
/// The model's sides are multiples of this.
const GRID: u32 = 32;
/// Per stride: class, object, box, points.
const OUTPUTS: [&str; 12] = [
    "cls_8", "obj_8", "bbox_8", "kps_8", "cls_16", "obj_16", "bbox_16", "kps_16", "cls_32", "obj_32",
    "bbox_32", "kps_32",
];

/// The detector. One value serves all cameras.
#[derive(Debug)]
pub struct YuNet {
    pool: SessionPool,
}

impl YuNet {
    /// Loads the model.
    ///
    /// # Errors
    /// Those of [`Runtime::pool`].
    pub fn load(
        runtime: &Runtime,
        store: &ModelStore,
        settings: &SessionSettings,
    ) -> Result<Self, VisionError> {
        Ok(Self { pool: runtime.pool(store, MODEL, settings)? })
    }

    /// Id and SHA-256 of the model.
    pub fn model(&self) -> (&str, &str) {
        (self.pool.id(), self.pool.sha256())
    }

    /// Faces at or above `min_score`, surest first, in pixels of `picture`. Pictures with a side longer than `side_px` are
    /// looked at reduced to it. A face that fills the picture is too large for the model's grids, so where nothing is found
    /// the picture is tried once more at a third of that size.
    ///
    /// # Errors
    /// [`VisionError::Inference`], [`VisionError::OpenCv`].
    pub fn detect(&self, picture: &Rgb, side_px: u32, min_score: f32) -> Result<Vec<Face>, VisionError> {
        let found = self.at(picture, side_px, min_score)?;
        let third = side_px / 3;
        if found.is_empty() && picture.width.max(picture.height) > third {
            return self.at(picture, third, min_score);
        }
        Ok(found)
    }

    fn at(&self, picture: &Rgb, side_px: u32, min_score: f32) -> Result<Vec<Face>, VisionError> {
        let longest = picture.width.max(picture.height).max(1);
        let shrink = (side_px.max(GRID) as f32 / longest as f32).min(1.0);
        let size = |side: u32| ((side as f32 * shrink).round() as u32).max(1);
        let small = rectify::scaled(picture, size(picture.width), size(picture.height))?;
        let (width, height) = (small.width.next_multiple_of(GRID), small.height.next_multiple_of(GRID));
        let tensor = tensor(&small, width as usize, height as usize);
        let input =
            Input { name: "input", shape: &[1, 3, i64::from(height), i64::from(width)], data: &tensor };
        let faces = self.pool.run_named(&[input], &OUTPUTS, |out| {
            let grids = STRIDES.iter().zip(out.chunks_exact(4));
            let faces = grids.flat_map(|(&stride, out)| {
                let (class, object, boxes, points) = (out[0].data, out[1].data, out[2].data, out[3].data);
                Grid { stride, columns: width as usize / stride, class, object, boxes, points }
                    .faces(min_score)
            });
            suppress(faces.collect(), MOST_IOU)
        })?;
        // Both sides were rounded by themselves; one factor keeps a face's shape.
        let back = picture.width as f32 / small.width as f32;
        let inside = BBox { x: 0.0, y: 0.0, w: picture.width as f32, h: picture.height as f32 };
        // The padding on the right and below is no place for a face.
        let mapped = faces.iter().map(|face| face.mapped(back, 0.0, 0.0));
        Ok(mapped.filter(|face| face.bbox.intersect(&inside).area() > 0.3 * face.bbox.area()).collect())
    }
}

/// Blue, green and red planes, 0 to 255, black where the picture does not reach.
fn tensor(picture: &Rgb, width: usize, height: usize) -> Vec<f32> {
    let plane = width * height;
    let mut tensor = vec![0.0; 3 * plane];
    let row = picture.width as usize;
    for (y, line) in picture.data.chunks_exact(3 * row).enumerate() {
        for (x, pixel) in line.chunks_exact(3).enumerate() {
            for (channel, value) in pixel.iter().enumerate() {
                tensor[(2 - channel) * plane + y * width + x] = f32::from(*value);
            }
        }
    }
    tensor
}
