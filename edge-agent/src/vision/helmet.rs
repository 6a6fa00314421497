//! Whether riders wear a helmet: a contract for a classifier that a site brings along. **No model of ours comes with the program**: no
//! ready one with a licence that allows it was found, and there were no labelled heads of Vietnamese riders (bare, caps, conical hats,
//! tied hair) to train one with or to show how often it would be wrong. Without a configured model nothing is said about helmets; a rule about
//! them is told as unwatched, and finds nothing.
//!
//! The contract: an ONNX file with one input `1 × 3 × side × side` (RGB planes, `(x / 255 − mean) / std`) that holds a square around
//! the head ([`head_of`]) and one output `1 × classes`. [`HelmetConfig`] names them; the file's hash is checked before it is opened.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::manifest::Model;
use super::plate::rectify::{self, Tilted};
use super::session::{Input, Runtime, SessionPool, SessionSettings};
use super::{Rgb, VisionError};
use crate::frame::I420;
use crate::geometry::BBox;

/// Part of a rider's height that the square around the head is high, and how far it reaches above the rider's box.
const HEAD: f32 = 0.4;
const ABOVE: f32 = 0.05;
/// Sides of inputs that make sense, pixels.
const SIDES: std::ops::RangeInclusive<u32> = 16..=640;

/// One rider's head.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Head {
    /// Without a helmet.
    pub bare: bool,
    /// How sure, `0..=1`.
    pub score: f32,
}

/// What looks at heads. One value serves all cameras.
pub trait HelmetLook: Send + Sync {
    /// One answer per rider (boxes of people, pixels of `picture`), in order; none for a head that cannot be judged: too small, or the
    /// model is not sure.
    ///
    /// # Errors
    /// [`VisionError::Inference`], [`VisionError::OpenCv`].
    fn look(&self, picture: &I420, riders: &[BBox]) -> Result<Vec<Option<Head>>, VisionError>;

    /// Id and SHA-256 of the model behind it, as events name it.
    fn model(&self) -> (&str, &str);
}

/// `[helmet]`: the classifier of a site.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelmetConfig {
    /// The ONNX file.
    pub file: PathBuf,
    /// Its SHA-256, 64 hex digits: another file is refused.
    pub sha256: String,
    /// Name and version under which events tell of it.
    pub id: String,
    /// Side of its input, pixels.
    pub side: u32,
    /// Name of its input tensor.
    #[serde(default = "input")]
    pub input: String,
    /// Name of its output tensor.
    #[serde(default = "output")]
    pub output: String,
    /// What its outputs stand for, in order: `bare`, `helmet`, `other` (a cap, a conical hat, no head: says nothing).
    pub classes: Vec<HeadClass>,
    /// Whether its outputs are shares already; otherwise they are made shares by softmax.
    #[serde(default)]
    pub shares: bool,
    /// Subtracted from R, G, B in `0..=1`.
    #[serde(default)]
    pub mean: [f32; 3],
    /// Divided by.
    #[serde(default = "one")]
    pub std: [f32; 3],
    /// An answer below this share is none.
    #[serde(default = "least_score")]
    pub least_score: f32,
    /// A head whose square is smaller than this many pixels is not looked at.
    #[serde(default = "least_px")]
    pub least_px: f32,
}

fn input() -> String {
    "image".to_owned()
}

fn output() -> String {
    "scores".to_owned()
}

fn one() -> [f32; 3] {
    [1.0; 3]
}

fn least_score() -> f32 {
    0.85
}

fn least_px() -> f32 {
    24.0
}

/// What an output of the classifier stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeadClass {
    /// No helmet.
    Bare,
    /// A helmet.
    Helmet,
    /// Neither: nothing is said.
    Other,
}

impl HelmetConfig {
    /// Settings that cannot work.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut say = |wrong: bool, what: &str| {
            if wrong {
                problems.push(format!("helmet.{what}"));
            }
        };
        let hex = self.sha256.len() == 64 && self.sha256.bytes().all(|b| b.is_ascii_hexdigit());
        say(!hex, "sha256 is not 64 hex digits: take it from `sha256sum FILE`");
        say(self.id.is_empty() || self.id.len() > 64, "id must be 1 to 64 bytes");
        say(!SIDES.contains(&self.side), "side must be 16 to 640 pixels");
        let count = |class: HeadClass| self.classes.iter().filter(|one| **one == class).count();
        let both = count(HeadClass::Bare) == 1 && count(HeadClass::Helmet) >= 1;
        say(!both, "classes must name bare once and helmet");
        say(!(0.5..=1.0).contains(&self.least_score), "least_score must be 0.5 to 1");
        say(!(4.0..=1000.0).contains(&self.least_px), "least_px must be 4 to 1000");
        let numbers = self.mean.iter().chain(&self.std).all(|value| value.is_finite());
        say(!numbers || self.std.contains(&0.0), "mean and std must be numbers, std not 0");
        problems
    }
}

/// The square around a rider's head.
pub fn head_of(rider: &BBox) -> BBox {
    let side = HEAD * rider.h;
    let centre = rider.x + rider.w / 2.0;
    BBox { x: centre - side / 2.0, y: rider.y - ABOVE * rider.h, w: side, h: side }
}

/// The classifier of a site on ONNX Runtime.
#[derive(Debug)]
pub struct HelmetModel {
    pool: SessionPool,
    config: HelmetConfig,
}

impl HelmetModel {
    /// Loads the file, whose hash and tensors are checked.
    ///
    /// # Errors
    /// Those of [`Runtime::pool_of`].
    pub fn load(
        runtime: &Runtime,
        settings: &SessionSettings,
        config: &HelmetConfig,
    ) -> Result<Self, VisionError> {
        let side = i64::from(config.side);
        let model = Model {
            id: config.id.clone(),
            role: "helmet".to_owned(),
            file: config.file.display().to_string(),
            arch: "any".to_owned(),
            sha256: config.sha256.to_ascii_lowercase(),
            bytes: 0,
            licence: String::new(),
            package: String::new(),
            version: String::new(),
            path: String::new(),
            committed: false,
            feature: String::new(),
            note: String::new(),
            normalisation: String::new(),
            labels: String::new(),
            inputs: BTreeMap::from([(config.input.clone(), vec![1, 3, side, side])]),
            outputs: BTreeMap::from([(config.output.clone(), vec![1, config.classes.len() as i64])]),
        };
        let pool = runtime.pool_of(&model, &config.file, settings)?;
        Ok(Self { pool, config: config.clone() })
    }

    fn one(&self, picture: &I420, rider: &BBox) -> Result<Option<Head>, VisionError> {
        let area = head_of(rider).clip(picture.width, picture.height);
        if area.w.min(area.h) < self.config.least_px {
            return Ok(None);
        }
        let (crop, _) = Rgb::from_i420(picture, &area);
        let whole = BBox { x: 0.0, y: 0.0, w: crop.width as f32, h: crop.height as f32 };
        let side = self.config.side;
        let cut = rectify::cut(&crop, &Tilted::upright(&whole), side as i32, side as i32)?;
        let plane = (side * side) as usize;
        let mut tensor = vec![0.0; 3 * plane];
        for (at, pixel) in cut.data.chunks_exact(3).take(plane).enumerate() {
            for channel in 0..3 {
                let value = f32::from(pixel[channel]) / 255.0;
                tensor[channel * plane + at] = (value - self.config.mean[channel]) / self.config.std[channel];
            }
        }
        let shape = [1, 3, i64::from(side), i64::from(side)];
        let input = Input { name: &self.config.input, shape: &shape, data: &tensor };
        let outputs = [self.config.output.as_str()];
        self.pool.run_named(&[input], &outputs, |out| judge(&self.config, out[0].data))
    }
}

impl HelmetLook for HelmetModel {
    fn look(&self, picture: &I420, riders: &[BBox]) -> Result<Vec<Option<Head>>, VisionError> {
        riders.iter().map(|rider| self.one(picture, rider)).collect()
    }

    fn model(&self) -> (&str, &str) {
        (self.pool.id(), self.pool.sha256())
    }
}

/// What the outputs come to; none when they are unsure, mean nothing, or are no numbers.
fn judge(config: &HelmetConfig, values: &[f32]) -> Option<Head> {
    if values.len() != config.classes.len() || !values.iter().all(|value| value.is_finite()) {
        return None;
    }
    let most = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let share = |value: f32| if config.shares { value } else { (value - most).exp() };
    let sum: f32 = if config.shares { 1.0 } else { values.iter().map(|value| share(*value)).sum() };
    let (class, score) = config.classes.iter().zip(values).max_by(|a, b| a.1.total_cmp(b.1))?;
    let score = (share(*score) / sum).clamp(0.0, 1.0);
    let bare = match class {
        HeadClass::Bare => true,
        HeadClass::Helmet => false,
        HeadClass::Other => return None,
    };
    (score >= config.least_score).then_some(Head { bare, score })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vision::ModelStore;

    /// Not a helmet model: it calls red heads bare and blue ones helmets.
    fn red_heads() -> HelmetConfig {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/models/red-heads.onnx");
        let text = format!(
            "file = '{file}'\nid = 'red-heads-1'\nside = 16\nclasses = ['bare', 'helmet']\n\
             sha256 = 'a056a62eb691de0d8f7407d7cd7e2d15e1125395be2644d6037cc9961f2ca194'"
        );
        toml::from_str(&text).expect("parses")
    }

    fn load(config: &HelmetConfig) -> Result<HelmetModel, VisionError> {
        let store = ModelStore::find().expect("the manifest parses");
        let runtime = Runtime::from_store(&store).expect("this test needs ONNX Runtime");
        HelmetModel::load(&runtime, &SessionSettings::default(), config)
    }

    /// A grey street with a rider whose head has this colour.
    fn street(colour: [u8; 3]) -> (I420, BBox) {
        let mut picture = Rgb::filled(320, 240, [120, 120, 120]);
        let rider = BBox { x: 100.0, y: 60.0, w: 60.0, h: 120.0 };
        let head = head_of(&rider);
        for y in head.y as usize..head.bottom() as usize {
            for x in head.x as usize..head.right() as usize {
                picture.data[3 * (y * 320 + x)..][..3].copy_from_slice(&colour);
            }
        }
        (picture.to_i420(), rider)
    }

    #[test]
    fn the_square_around_the_head_is_what_the_classifier_sees() {
        let model = load(&red_heads()).expect("loads");
        let told = |colour| {
            let (picture, rider) = street(colour);
            model.look(&picture, &[rider]).expect("looks")[0].map(|head| head.bare)
        };
        assert_eq!(
            (told([230, 10, 10]), told([10, 10, 230]), told([90, 90, 90])),
            (Some(true), Some(false), None)
        );
        assert_eq!(model.model().0, "red-heads-1");
    }

    #[test]
    fn a_head_too_small_to_judge_says_nothing_and_every_rider_has_an_answer() {
        let model = load(&red_heads()).expect("loads");
        let (picture, rider) = street([230, 10, 10]);
        let far = BBox { x: 100.0, y: 60.0, w: 20.0, h: 40.0 };
        let outside = BBox { x: 900.0, y: -500.0, w: 60.0, h: 120.0 };
        let heads = model.look(&picture, &[far, rider, outside]).expect("looks");
        assert_eq!(heads.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, false]);
    }

    #[test]
    fn another_file_or_other_tensors_are_refused() {
        let altered = HelmetConfig { sha256: "0".repeat(64), ..red_heads() };
        assert!(matches!(load(&altered), Err(VisionError::OtherFile { .. })));
        let other = HelmetConfig { side: 32, ..red_heads() };
        assert!(matches!(load(&other), Err(VisionError::WrongShape { .. })));
        let gone = HelmetConfig { file: "nowhere.onnx".into(), ..red_heads() };
        assert!(load(&gone).is_err());
    }

    #[test]
    fn what_is_unsure_or_neither_says_nothing() {
        let three = HelmetConfig {
            classes: vec![HeadClass::Bare, HeadClass::Helmet, HeadClass::Other],
            shares: true,
            ..red_heads()
        };
        let told = |values: &[f32]| judge(&three, values).map(|head| head.bare);
        assert_eq!(told(&[0.9, 0.05, 0.05]), Some(true));
        assert_eq!(told(&[0.05, 0.9, 0.05]), Some(false));
        for nothing in [&[0.8, 0.1, 0.1][..], &[0.0, 0.0, 1.0], &[f32::NAN, 0.9, 0.1], &[0.9, 0.1], &[]] {
            assert_eq!(told(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn every_setting_that_cannot_work_is_named() {
        assert_eq!(red_heads().problems(), [""; 0]);
        let bad = HelmetConfig {
            sha256: "12".into(),
            side: 4,
            classes: vec![HeadClass::Bare],
            least_score: 0.1,
            std: [0.0; 3],
            ..red_heads()
        };
        let text = bad.problems().join("\n");
        for key in ["sha256", "side", "classes", "least_score", "std"] {
            assert!(text.contains(&format!("helmet.{key}")) || text.contains(key), "{key}: {text}");
        }
    }
}
