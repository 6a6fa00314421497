//! A hint whether a face is that of a present person or a picture shown to the camera. **Advisory and unproven.**
//!
//! The model looks at the face and what is around it (a sheet's edge, a screen's pattern). No attack with printed photos, screens or
//! masks has been tried against it here, where it comes from and what it learned from is not documented, and one picture cannot
//! settle the question anyway. So it opens nothing, refuses nothing and is part of no score: it is a number for a person to look
//! at. A check that matters needs a reader of the chip, or somebody who looks.

use crate::geometry::BBox;
use crate::vision::plate::rectify::{self, Tilted};
use crate::vision::session::{Input, Runtime, SessionPool, SessionSettings};
use crate::vision::{ModelStore, Rgb, VisionError};

/// The model's id in the manifest.
pub const MODEL: &str = "face-liveness-128";
/// Side of the model's input, pixels.
const SIDE: u32 = 128;
/// The model sees this many times the width and height of the face.
const AROUND: f32 = 2.7;

/// What the model says about one face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Liveness {
    /// Towards 1: a present person, says the model. Unproven: see the module.
    pub live: f32,
}

/// The model. One value serves all cameras.
#[derive(Debug)]
pub struct LivenessModel {
    pool: SessionPool,
}

impl LivenessModel {
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

    /// Looks at the face inside `face` (pixels of `picture`).
    ///
    /// # Errors
    /// [`VisionError::Inference`], [`VisionError::OpenCv`].
    pub fn look(&self, picture: &Rgb, face: &BBox) -> Result<Liveness, VisionError> {
        let area = Tilted::upright(&around(face, picture.width as f32, picture.height as f32));
        let cut = rectify::cut(picture, &area, SIDE as i32, SIDE as i32)?;
        let (side, plane) = (i64::from(SIDE), (SIDE * SIDE) as usize);
        let mut tensor = vec![0.0; 3 * plane];
        for (at, pixel) in cut.data.chunks_exact(3).take(plane).enumerate() {
            // Blue, green, red.
            (0..3).for_each(|channel| tensor[(2 - channel) * plane + at] = f32::from(pixel[channel]));
        }
        let input = Input { name: "input", shape: &[1, 3, side, side], data: &tensor };
        self.pool.run(&[input], |out| Liveness { live: first_of_softmax(out.data) })
    }
}

/// The face with what is around it, moved and shrunk until it lies inside the picture.
fn around(face: &BBox, width: f32, height: f32) -> BBox {
    let scale = AROUND.min(width / face.w.max(1.0)).min(height / face.h.max(1.0));
    let (w, h) = (face.w * scale, face.h * scale);
    let centre = face.centre();
    let within = |at: f32, room: f32| at.clamp(0.0, room.max(0.0));
    BBox { x: within(centre.x - w / 2.0, width - w), y: within(centre.y - h / 2.0, height - h), w, h }
}

/// Share of the first of the classes; 0 when the numbers are none.
fn first_of_softmax(values: &[f32]) -> f32 {
    let most = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = values.iter().map(|v| (v - most).exp()).sum();
    let share = values.first().map_or(0.0, |v| (v - most).exp() / sum);
    if share.is_finite() { share } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_around_a_face_stays_inside_the_picture() {
        for face in [(0.0, 0.0, 40.0, 60.0), (580.0, 400.0, 80.0, 120.0), (-20.0, 10.0, 500.0, 600.0)] {
            let (x, y, w, h) = face;
            let area = around(&BBox { x, y, w, h }, 640.0, 480.0);
            assert!(area.x >= 0.0 && area.y >= 0.0, "{area:?}");
            assert!(area.right() <= 640.1 && area.bottom() <= 480.1, "{area:?}");
        }
    }

    #[test]
    fn shares_add_up_and_nonsense_is_nought() {
        assert!((first_of_softmax(&[2.0, 2.0]) - 0.5).abs() < 1e-6);
        assert_eq!(first_of_softmax(&[]), 0.0);
        assert_eq!(first_of_softmax(&[f32::NAN, 1.0]), 0.0);
    }
}
