//! Which colour a lamp box shows: a small fitted function of its [`features`](super::features).

use serde::Deserialize;
use wire::LampState;

use super::features::COUNT;
use crate::vision::VisionError;

/// Weights fitted by `models/training/signals/train.py`; its README says on what.
const FITTED: &str = include_str!("../../../../models/training/signals/lamp.json");

/// How likely one box shows a lit lamp of each colour, or none. The four add up to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LampScores {
    /// A red lamp is lit.
    pub red: f32,
    /// A yellow lamp is lit.
    pub yellow: f32,
    /// A green lamp is lit.
    pub green: f32,
    /// Nothing is lit.
    pub dark: f32,
}

impl LampScores {
    /// The score of one colour; of `dark` for everything that is no colour.
    pub fn of(&self, state: LampState) -> f32 {
        match state {
            LampState::Red => self.red,
            LampState::Yellow => self.yellow,
            LampState::Green => self.green,
            LampState::Off | LampState::Unknown => self.dark,
        }
    }
}

/// The fitted function: standardise, one hidden layer with tanh, softmax.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LampModel {
    version: u32,
    classes: Vec<String>,
    mean: Vec<f32>,
    std: Vec<f32>,
    w1: Vec<Vec<f32>>,
    b1: Vec<f32>,
    w2: Vec<Vec<f32>>,
    b2: Vec<f32>,
}

impl LampModel {
    /// The weights that this program carries.
    ///
    /// # Errors
    /// When they are not of the shape that this program reads (a fault of the build; a test looks).
    pub fn built_in() -> Result<Self, VisionError> {
        Self::parse(FITTED)
    }

    fn parse(text: &str) -> Result<Self, VisionError> {
        let wrong = |reason: String| VisionError::Signal(reason);
        let model: Self = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let hidden = model.b1.len();
        let shaped = model.version == 1
            && model.classes == ["red", "yellow", "green", "dark"]
            && [model.mean.len(), model.std.len()] == [COUNT; 2]
            && model.w1.len() == hidden
            && model.w1.iter().all(|row| row.len() == COUNT)
            && model.w2.len() == 4
            && model.b2.len() == 4
            && model.w2.iter().all(|row| row.len() == hidden)
            && model.std.iter().all(|&s| s > 0.0);
        if shaped { Ok(model) } else { Err(wrong("lamp weights of another shape".to_owned())) }
    }

    pub(super) fn scores(&self, features: &[f32; COUNT]) -> LampScores {
        let x: Vec<f32> =
            features.iter().zip(&self.mean).zip(&self.std).map(|((f, mean), std)| (f - mean) / std).collect();
        let dot = |row: &[f32], x: &[f32]| row.iter().zip(x).map(|(a, b)| a * b).sum::<f32>();
        let hidden: Vec<f32> =
            self.w1.iter().zip(&self.b1).map(|(row, bias)| (dot(row, &x) + bias).tanh()).collect();
        let logits: Vec<f32> =
            self.w2.iter().zip(&self.b2).map(|(row, bias)| dot(row, &hidden) + bias).collect();
        let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let parts: Vec<f32> = logits.iter().map(|l| (l - most).exp()).collect();
        let sum: f32 = parts.iter().sum();
        LampScores {
            red: parts[0] / sum,
            yellow: parts[1] / sum,
            green: parts[2] / sum,
            dark: parts[3] / sum,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_in_the_program_can_be_used_and_others_are_refused() {
        assert!(LampModel::built_in().is_ok());
        assert!(LampModel::parse("{}").is_err());
        assert!(LampModel::parse(&FITTED.replacen("\"version\":1", "\"version\":2", 1)).is_err());
    }
}
