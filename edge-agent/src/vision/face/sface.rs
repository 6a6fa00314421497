//! SFace: the vector of an aligned face.

use wire::{FaceModel, FaceVector};

use super::align::SIDE;
use crate::vision::session::{Input, Runtime, SessionPool, SessionSettings};
use crate::vision::{ModelStore, Rgb, VisionError};

/// The model's id in the manifest, and in every vector.
pub const MODEL: &str = "sface-2021dec";

/// The vector model. One value serves all cameras.
#[derive(Debug)]
pub struct SFace {
    pool: SessionPool,
    model: FaceModel,
}

impl SFace {
    /// Loads the model.
    ///
    /// # Errors
    /// Those of [`Runtime::pool`].
    pub fn load(
        runtime: &Runtime,
        store: &ModelStore,
        settings: &SessionSettings,
    ) -> Result<Self, VisionError> {
        let pool = runtime.pool(store, MODEL, settings)?;
        let model = FaceModel::new(pool.id()).map_err(|e| VisionError::Manifest(e.to_string()))?;
        Ok(Self { pool, model })
    }

    /// Id and SHA-256 of the model.
    pub fn model(&self) -> (&str, &str) {
        (self.pool.id(), self.pool.sha256())
    }

    /// The vector of an aligned face ([`SIDE`] × [`SIDE`]).
    ///
    /// # Errors
    /// [`VisionError::Inference`], also when the model's answer is no vector.
    pub fn vector(&self, aligned: &Rgb) -> Result<FaceVector, VisionError> {
        let (side, plane) = (i64::from(SIDE), (SIDE * SIDE) as usize);
        let mut tensor = vec![0.0; 3 * plane];
        for (at, pixel) in aligned.data.chunks_exact(3).take(plane).enumerate() {
            (0..3).for_each(|channel| tensor[channel * plane + at] = f32::from(pixel[channel]));
        }
        let input = Input { name: "data", shape: &[1, 3, side, side], data: &tensor };
        let values = self.pool.run(&[input], |out| out.data.to_vec())?;
        FaceVector::new(self.model.clone(), values)
            .map_err(|e| VisionError::Inference { model: self.pool.id().to_owned(), reason: e.to_string() })
    }
}
