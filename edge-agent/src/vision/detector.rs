//! Boxes of people and vehicles in one frame: one per object, riders joined to what they ride.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::doubles::without_doubles;
use super::manifest::ModelStore;
use super::preprocess::{Normalisation, Preprocessor};
use super::riders::{Rider, join_riders};
use super::session::{Input, Runtime, SessionPool, SessionSettings};
use super::{VisionError, anchors};
use crate::detection::{Detection, ObjectClass};
use crate::frame::I420;
use crate::geometry::BBox;

/// A network that finds objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, clap::ValueEnum)]
pub enum ObjectModel {
    /// PicoDet-S fine-tuned on Vietnamese junctions, six classes: for streets, where vehicles are small and many.
    #[serde(rename = "street-s-544")]
    #[value(name = "street-s-544")]
    StreetS544,
    /// PicoDet-S 416 as its authors trained it, on COCO: for gates, where vehicles are large.
    #[default]
    #[serde(rename = "picodet-s-416")]
    #[value(name = "picodet-s-416")]
    PicodetS416,
}

impl ObjectModel {
    /// Its id in the manifest.
    pub fn id(self) -> &'static str {
        match self {
            Self::StreetS544 => "street-s-544",
            Self::PicodetS416 => "picodet-s-416",
        }
    }
}

/// What one run says about one frame.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Detections {
    /// Everything that stands for itself: vehicles, and people who do not ride one.
    pub objects: Vec<Detection>,
    /// People on a motorcycle or bicycle. They are not pedestrians and are not counted as such.
    pub riders: Vec<Rider>,
    /// Time spent turning pixels into a tensor, milliseconds.
    pub prepare_ms: f32,
    /// Time in the model (waiting for a free session included), milliseconds.
    pub infer_ms: f32,
}

/// Which boxes to keep.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DetectorConfig {
    /// The network.
    pub model: ObjectModel,
    /// Boxes below this score are dropped. The tracker uses weak boxes to keep a track, so this is low.
    pub min_score: f32,
    /// Boxes with a side shorter than this many pixels are dropped.
    pub min_side_px: f32,
}

impl Default for DetectorConfig {
    fn default() -> Self {
        Self { model: ObjectModel::default(), min_score: 0.2, min_side_px: 6.0 }
    }
}

/// The outside of an object detector; tests give the pipeline a fake one.
pub trait Detect: Send + Sync {
    /// Boxes in pixels of `picture`.
    ///
    /// # Errors
    /// [`VisionError::Inference`].
    fn detect(&self, picture: &I420) -> Result<Detections, VisionError>;

    /// Id and SHA-256 of the model behind it, as events name it.
    fn model(&self) -> (&str, &str);
}

/// The network on a shared pool of sessions. One value serves all cameras.
#[derive(Debug)]
pub struct Detector {
    pool: SessionPool,
    /// Side of the square input, pixels.
    side: usize,
    form: Form,
    config: DetectorConfig,
    idle: Mutex<Vec<Scratch>>,
}

/// How a network takes its picture and gives its boxes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    /// Rows of class, score and corners in pixels of the picture, whose size it is told; suppression is inside.
    Rows,
    /// What [`anchors::read`] reads.
    Anchors,
}

/// Tables and tensor of one run; as many exist as runs have overlapped.
#[derive(Debug)]
struct Scratch {
    preprocessor: Preprocessor,
    tensor: Vec<f32>,
}

impl Detector {
    /// Loads the model.
    ///
    /// # Errors
    /// Those of [`Runtime::pool`].
    pub fn load(
        runtime: &Runtime,
        store: &ModelStore,
        settings: &SessionSettings,
        config: DetectorConfig,
    ) -> Result<Self, VisionError> {
        let pool = runtime.pool(store, config.model.id(), settings)?;
        // The pool has checked the file against these tensors.
        let inputs = &store.verified(config.model.id())?.0.inputs;
        let side = inputs.get("image").and_then(|shape| shape.last()).map_or(0, |side| *side as usize);
        let form = if inputs.contains_key("scale_factor") { Form::Rows } else { Form::Anchors };
        Ok(Self { pool, side, form, config, idle: Mutex::new(Vec::new()) })
    }

    fn scratch(&self, size: (u32, u32)) -> Scratch {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // Cameras of different sizes share the detector: prefer tables that already fit.
        let fitting = idle.iter().position(|s| s.preprocessor.source() == size);
        if let Some(at) = fitting {
            return idle.swap_remove(at);
        }
        drop(idle);
        let preprocessor = Preprocessor::new(self.side, self.side, Normalisation::IMAGENET);
        Scratch { preprocessor, tensor: Vec::new() }
    }

    /// Runs the network on a prepared picture of `width` × `height` pixels.
    fn boxes(&self, tensor: &[f32], width: u32, height: u32) -> Result<Vec<Detection>, VisionError> {
        let (side, least) = (self.side as f32, self.config.min_score);
        let shape = [1, 3, self.side as i64, self.side as i64];
        let image = Input { name: "image", shape: &shape, data: tensor };
        match self.form {
            Form::Rows => {
                // The network divides its boxes by this, so they come out in pixels of the picture.
                let factor = [side / height as f32, side / width as f32];
                let factor = Input { name: "scale_factor", shape: &[1, 2], data: &factor };
                self.pool.run(&[image, factor], |out| rows(out.data, width, height, least))
            }
            Form::Anchors => {
                self.pool.run(&[image], |out| anchors::read(out.data, self.side, width, height, least))
            }
        }
    }

    fn give_back(&self, scratch: Scratch) {
        const KEPT: usize = 16;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() >= KEPT {
            idle.remove(0);
        }
        idle.push(scratch);
    }
}

impl Detect for Detector {
    fn detect(&self, picture: &I420) -> Result<Detections, VisionError> {
        let start = Instant::now();
        let mut scratch = self.scratch((picture.width, picture.height));
        scratch.preprocessor.fill(picture, &mut scratch.tensor);
        let prepared = Instant::now();
        let found = self.boxes(&scratch.tensor, picture.width, picture.height);
        self.give_back(scratch);
        let found = found?.into_iter().filter(|d| d.bbox.w.min(d.bbox.h) >= self.config.min_side_px);
        let (objects, riders) = join_riders(without_doubles(found.collect()));
        Ok(Detections {
            objects,
            riders,
            prepare_ms: (prepared - start).as_secs_f32() * 1e3,
            infer_ms: prepared.elapsed().as_secs_f32() * 1e3,
        })
    }

    fn model(&self) -> (&str, &str) {
        (self.pool.id(), self.pool.sha256())
    }
}

/// The class of a COCO number, if gates and junctions need it.
fn class_of(coco: i32) -> Option<ObjectClass> {
    Some(match coco {
        0 => ObjectClass::Person,
        1 => ObjectClass::Bicycle,
        2 => ObjectClass::Car,
        3 => ObjectClass::Motorcycle,
        5 => ObjectClass::Bus,
        7 => ObjectClass::Truck,
        _ => return None,
    })
}

/// Reads rows of `class, score, x1, y1, x2, y2`.
fn rows(rows: &[f32], width: u32, height: u32, min_score: f32) -> Vec<Detection> {
    rows.chunks_exact(6)
        .filter(|row| row.iter().all(|v| v.is_finite()) && row[1] >= min_score)
        .filter_map(|row| {
            let bbox = BBox::from_corners(row[2], row[3], row[4], row[5]).clip(width, height);
            Some(Detection { bbox, score: row[1], class: class_of(row[0] as i32)? })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_are_weak_foreign_or_not_numbers_are_dropped() {
        let given = [
            [2.0, 0.5, -4.0, 10.0, 50.0, 50.0],
            [0.0, 0.05, 0.0, 0.0, 50.0, 50.0],
            [56.0, 0.9, 0.0, 0.0, 50.0, 50.0],
            [0.0, f32::NAN, 0.0, 0.0, 50.0, 50.0],
        ];
        let bbox = BBox { x: 0.0, y: 10.0, w: 50.0, h: 40.0 };
        let car = Detection { bbox, score: 0.5, class: ObjectClass::Car };
        assert_eq!(rows(&given.concat(), 640, 480, 0.2), [car]);
    }
}
