//! PicoDet-S: boxes of people and vehicles in one frame, riders joined to what they ride.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::VisionError;
use super::manifest::ModelStore;
use super::preprocess::{Normalisation, Preprocessor};
use super::session::{Input, Runtime, SessionPool, SessionSettings};
use crate::detection::{Detection, ObjectClass};
use crate::frame::I420;
use crate::geometry::BBox;

/// Side of the model's square input.
const SIDE: usize = 416;
/// The model's id in the manifest.
pub const MODEL: &str = "picodet-s-416";

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

/// A person on a vehicle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rider {
    /// The person.
    pub person: Detection,
    /// Place of the vehicle in [`Detections::objects`].
    pub vehicle: usize,
}

/// Which boxes to keep.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DetectorConfig {
    /// Boxes below this score are dropped. The tracker uses weak boxes to keep a track, so this is low.
    pub min_score: f32,
    /// Boxes with a side shorter than this many pixels are dropped.
    pub min_side_px: f32,
}

impl Default for DetectorConfig {
    fn default() -> Self {
        Self { min_score: 0.2, min_side_px: 6.0 }
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

/// PicoDet-S on a shared pool of sessions. One value serves all cameras.
#[derive(Debug)]
pub struct Detector {
    pool: SessionPool,
    config: DetectorConfig,
    idle: Mutex<Vec<Scratch>>,
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
        Ok(Self { pool: runtime.pool(store, MODEL, settings)?, config, idle: Mutex::new(Vec::new()) })
    }

    fn scratch(&self, size: (u32, u32)) -> Scratch {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // Cameras of different sizes share the detector: prefer tables that already fit.
        let fitting = idle.iter().position(|s| s.preprocessor.source() == size);
        if let Some(at) = fitting {
            return idle.swap_remove(at);
        }
        drop(idle);
        Scratch { preprocessor: Preprocessor::new(SIDE, SIDE, Normalisation::IMAGENET), tensor: Vec::new() }
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
        // The model divides its boxes by this, so they come out in pixels of the picture.
        let factor = [SIDE as f32 / picture.height as f32, SIDE as f32 / picture.width as f32];
        let side = SIDE as i64;
        let inputs = [
            Input { name: "image", shape: &[1, 3, side, side], data: &scratch.tensor },
            Input { name: "scale_factor", shape: &[1, 2], data: &factor },
        ];
        let found =
            self.pool.run(&inputs, |out| boxes(out.data, picture.width, picture.height, &self.config));
        self.give_back(scratch);
        let (objects, riders) = join_riders(found?);
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

/// Reads the model's rows `class, score, x1, y1, x2, y2`, best first.
fn boxes(rows: &[f32], width: u32, height: u32, config: &DetectorConfig) -> Vec<Detection> {
    let mut found: Vec<Detection> = rows
        .chunks_exact(6)
        .filter(|row| row.iter().all(|v| v.is_finite()) && row[1] >= config.min_score)
        .filter_map(|row| {
            let bbox = BBox::from_corners(row[2], row[3], row[4], row[5]).clip(width, height);
            let class = class_of(row[0] as i32)?;
            (bbox.w.min(bbox.h) >= config.min_side_px).then_some(Detection { bbox, score: row[1], class })
        })
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    one_class_per_vehicle(&mut found);
    found
}

/// Suppression inside the model is per class, so one lorry may come as truck, bus and car: the best score stays.
fn one_class_per_vehicle(found: &mut Vec<Detection>) {
    const SAME_VEHICLE_IOU: f32 = 0.75;
    let mut kept: Vec<Detection> = Vec::with_capacity(found.len());
    for d in found.drain(..) {
        let four_wheels =
            |c: ObjectClass| matches!(c, ObjectClass::Car | ObjectClass::Bus | ObjectClass::Truck);
        let twin = kept
            .iter()
            .any(|k| four_wheels(k.class) && four_wheels(d.class) && k.bbox.iou(&d.bbox) > SAME_VEHICLE_IOU);
        if !twin {
            kept.push(d);
        }
    }
    *found = kept;
}

/// Splits people who sit on a two-wheeler from those who walk.
fn join_riders(found: Vec<Detection>) -> (Vec<Detection>, Vec<Rider>) {
    let (people, mut objects): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|d| d.class == ObjectClass::Person);
    let wheels = objects.len();
    let mut riders = Vec::new();
    for person in people {
        let seat = (0..wheels)
            .map(|i| (i, sits_on(&person.bbox, &objects[i])))
            .filter(|(_, fit)| *fit > 0.0)
            .max_by(|a, b| a.1.total_cmp(&b.1));
        match seat {
            Some((vehicle, _)) => riders.push(Rider { person, vehicle }),
            None => objects.push(person),
        }
    }
    (objects, riders)
}

/// How well a person's box fits on a two-wheeler: 0 when it does not. A rider is above the middle of the vehicle, within
/// its width, feet no lower than its wheels; somebody who walks past reaches lower or stands beside it.
fn sits_on(person: &BBox, vehicle: &Detection) -> f32 {
    if !matches!(vehicle.class, ObjectClass::Motorcycle | ObjectClass::Bicycle) {
        return 0.0;
    }
    let v = &vehicle.bbox;
    let common = person.intersect(v);
    let across = common.w / person.w.min(v.w).max(1.0);
    let down = common.h / person.h.max(1.0);
    let above = person.centre().y < v.centre().y;
    let feet_on_it = person.bottom() > v.y + 0.2 * v.h && person.bottom() < v.bottom() + 0.1 * v.h;
    if across >= 0.5 && down >= 0.2 && above && feet_on_it {
        common.area() / person.area().max(1.0)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn det(class: ObjectClass, x: f32, y: f32, w: f32, h: f32) -> Detection {
        Detection { bbox: BBox { x, y, w, h }, score: 0.8, class }
    }

    #[test]
    fn a_person_on_a_motorcycle_is_a_rider_and_no_pedestrian() {
        let bike = det(ObjectClass::Motorcycle, 100.0, 150.0, 60.0, 100.0);
        let (objects, riders) = join_riders(vec![bike, det(ObjectClass::Person, 105.0, 80.0, 50.0, 140.0)]);
        assert_eq!(objects, vec![bike]);
        assert_eq!(riders.len(), 1);
        assert_eq!(riders[0].vehicle, 0);
    }

    #[test]
    fn a_person_beside_or_in_front_of_a_motorcycle_walks() {
        let bike = det(ObjectClass::Motorcycle, 100.0, 150.0, 60.0, 100.0);
        let beside = det(ObjectClass::Person, 158.0, 80.0, 50.0, 170.0);
        let before = det(ObjectClass::Person, 105.0, 150.0, 50.0, 160.0);
        let (objects, riders) = join_riders(vec![bike, beside, before]);
        assert_eq!(objects.len(), 3);
        assert!(riders.is_empty());
    }

    #[test]
    fn two_riders_share_one_motorcycle() {
        let bike = det(ObjectClass::Motorcycle, 100.0, 150.0, 60.0, 100.0);
        let people = [
            det(ObjectClass::Person, 105.0, 80.0, 50.0, 130.0),
            det(ObjectClass::Person, 108.0, 95.0, 45.0, 120.0),
        ];
        let (_, riders) = join_riders(vec![bike, people[0], people[1]]);
        assert_eq!(riders.len(), 2);
    }

    #[test]
    fn a_lorry_seen_as_truck_and_car_is_one_vehicle() {
        let rows = [7.0, 0.7, 10.0, 10.0, 110.0, 90.0, 2.0, 0.5, 11.0, 11.0, 109.0, 91.0];
        let found = boxes(&rows, 640, 480, &DetectorConfig::default());
        assert_eq!(found.iter().map(|d| d.class).collect::<Vec<_>>(), [ObjectClass::Truck]);
    }

    #[test]
    fn rows_that_are_weak_foreign_tiny_or_not_numbers_are_dropped() {
        let rows = [
            [0.0, 0.05, 0.0, 0.0, 50.0, 50.0],
            [56.0, 0.9, 0.0, 0.0, 50.0, 50.0],
            [0.0, 0.9, 0.0, 0.0, 2.0, 50.0],
            [0.0, f32::NAN, 0.0, 0.0, 50.0, 50.0],
        ];
        assert!(boxes(&rows.concat(), 640, 480, &DetectorConfig::default()).is_empty());
    }
}
