//! Whether a face is good enough to make a vector of, and if not, why. Pure.

use std::cmp::Ordering::Less;

use serde::{Deserialize, Serialize};

use super::align::SIDE;
use super::decode::Face;
use super::pose::{self, Pose};
use crate::geometry::{BBox, Point};
use crate::vision::Rgb;

/// The part of the aligned face that is skin, eyes and mouth whatever the hair: left, top, right, bottom.
const INNER: [usize; 4] = [24, 32, 88, 100];

/// Detail that rounding to 8 bits makes in a smooth picture.
const ROUNDING: f32 = 0.3;

/// Why no vector is made of a face. In order of weight: the first that applies is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The detector is not sure that this is a face.
    Unsure,
    /// The five points make no face that could be aligned.
    NoShape,
    /// Part of it lies beyond the edge of the picture.
    CutOff,
    /// Too few pixels between the eyes.
    TooSmall,
    /// Turned to the side, up, down or over.
    Turned,
    /// Too little light.
    TooDark,
    /// Too much light, or burnt out.
    TooBright,
    /// Fog, backlight or a veil: hardly any difference between light and dark.
    LowContrast,
    /// Out of focus or moved.
    Blurred,
}

impl Refusal {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unsure => "unsure",
            Self::NoShape => "no_shape",
            Self::CutOff => "cut_off",
            Self::TooSmall => "too_small",
            Self::Turned => "turned",
            Self::TooDark => "too_dark",
            Self::TooBright => "too_bright",
            Self::LowContrast => "low_contrast",
            Self::Blurred => "blurred",
        }
    }
}

/// Where the gate stands. Each pair is: refused beyond this, and as good as it gets from here on.
///
/// The defaults were measured: 64 photos were made smaller, softer, darker and brighter by steps, and the similarity of each to its own
/// original was followed. Refused is about where its median falls below 0.8 (models/SCORES.md); pose, score and cut-off are not
/// measured but set.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QualityConfig {
    /// Detector score, `0..=1`.
    pub score: [f32; 2],
    /// Pixels between the eyes.
    pub eye_px: [f32; 2],
    /// Sharpness, `0..`: fine detail of the aligned face as a part of its contrast.
    pub sharpness: [f32; 2],
    /// Degrees turned left or right.
    pub yaw_deg: [f32; 2],
    /// Degrees raised or lowered.
    pub pitch_deg: [f32; 2],
    /// Degrees tilted; alignment undoes most of it.
    pub roll_deg: [f32; 2],
    /// Mean brightness below which it is too dark, `0..=255`.
    pub dark: [f32; 2],
    /// Mean brightness above which it is too bright, `0..=255`.
    pub bright: [f32; 2],
    /// Part of the face that is burnt out or black, `0..=1`.
    pub clipped: [f32; 2],
    /// Standard deviation of brightness, `0..=127`.
    pub contrast: [f32; 2],
    /// Part of the box beyond the picture, `0..=1`.
    pub cut_off: [f32; 2],
    /// Distance of the outermost point from the picture's edge, in widths of the box: nearer than a cheek is wide, and the detector has
    /// made up the missing half.
    pub margin: [f32; 2],
}

impl Default for QualityConfig {
    fn default() -> Self {
        Self {
            score: [0.7, 0.9],
            eye_px: [12.0, 32.0],
            sharpness: [0.006, 0.04],
            yaw_deg: [50.0, 15.0],
            pitch_deg: [40.0, 15.0],
            roll_deg: [60.0, 20.0],
            dark: [20.0, 60.0],
            bright: [230.0, 200.0],
            clipped: [0.5, 0.1],
            contrast: [6.0, 20.0],
            cut_off: [0.3, 0.0],
            margin: [0.1, 0.25],
        }
    }
}

impl QualityConfig {
    /// Pairs whose order says the opposite of what they are for.
    pub fn problems(&self) -> Vec<String> {
        let rising = [
            ("score", self.score),
            ("eye_px", self.eye_px),
            ("sharpness", self.sharpness),
            ("dark", self.dark),
            ("contrast", self.contrast),
            ("margin", self.margin),
        ];
        let falling = [
            ("yaw_deg", self.yaw_deg),
            ("pitch_deg", self.pitch_deg),
            ("roll_deg", self.roll_deg),
            ("bright", self.bright),
            ("clipped", self.clipped),
            ("cut_off", self.cut_off),
        ];
        // Written so that NaN is a problem too.
        let up =
            rising.iter().filter(|(_, [refused, good])| !matches!(refused.partial_cmp(good), Some(Less)));
        let down =
            falling.iter().filter(|(_, [refused, good])| !matches!(good.partial_cmp(refused), Some(Less)));
        let told =
            |key: &str, order: &str| format!("quality.{key}: the first value must be {order} the second");
        up.map(|(key, _)| told(key, "below")).chain(down.map(|(key, _)| told(key, "above"))).collect()
    }
}

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Measures {
    /// Pixels between the eyes.
    pub eye_px: f32,
    /// Fine detail of the aligned face as a part of its contrast.
    pub sharpness: f32,
    /// Degrees towards the right of the picture.
    pub yaw_deg: f32,
    /// Degrees upwards.
    pub pitch_deg: f32,
    /// Degrees clockwise.
    pub roll_deg: f32,
    /// Mean brightness, `0..=255`.
    pub brightness: f32,
    /// Part that is burnt out or black.
    pub clipped: f32,
    /// Standard deviation of brightness.
    pub contrast: f32,
    /// Part of the box beyond the picture.
    pub cut_off: f32,
    /// Distance of the outermost point from the picture's edge, in widths of the box.
    pub margin: f32,
}

impl Measures {
    /// Three decimals, for output.
    pub fn rounded(self) -> Self {
        let r = |v: f32| (v * 1000.0).round() / 1000.0;
        Self {
            eye_px: r(self.eye_px),
            sharpness: r(self.sharpness),
            yaw_deg: r(self.yaw_deg),
            pitch_deg: r(self.pitch_deg),
            roll_deg: r(self.roll_deg),
            brightness: r(self.brightness),
            clipped: r(self.clipped),
            contrast: r(self.contrast),
            cut_off: r(self.cut_off),
            margin: r(self.margin),
        }
    }
}

/// The gate's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    /// One number, `0..=1`: the geometric mean of how good each measure is. Zero when refused by any.
    pub number: f32,
    /// All that spoke against it, the weightiest first. Empty: good enough.
    pub refusals: Vec<Refusal>,
    /// What was measured; `None` without a shape.
    pub measures: Option<Measures>,
}

impl Quality {
    /// The weightiest reason against.
    pub fn refused(&self) -> Option<Refusal> {
        self.refusals.first().copied()
    }
}

/// Judges a face of a `width` × `height` picture by its box, points and aligned cut (`None` when it could not be cut).
pub fn judge(face: &Face, aligned: Option<&Rgb>, size: (u32, u32), config: &QualityConfig) -> Quality {
    let shape = aligned.and_then(|aligned| Some((aligned, pose::estimate(&face.landmarks)?)));
    let Some((aligned, pose)) = shape else {
        return Quality { number: 0.0, refusals: vec![Refusal::NoShape], measures: None };
    };
    let m = measure(face, aligned, size, pose);
    let worst = |a: f32, b: f32| a.min(b);
    let parts = [
        (Refusal::Unsure, part(face.score, config.score)),
        (Refusal::CutOff, worst(part(m.cut_off, config.cut_off), part(m.margin, config.margin))),
        (Refusal::TooSmall, part(m.eye_px, config.eye_px)),
        (
            Refusal::Turned,
            worst(
                part(m.yaw_deg.abs(), config.yaw_deg),
                worst(part(m.pitch_deg.abs(), config.pitch_deg), part(m.roll_deg.abs(), config.roll_deg)),
            ),
        ),
        (Refusal::TooDark, part(m.brightness, config.dark)),
        (Refusal::TooBright, worst(part(m.brightness, config.bright), part(m.clipped, config.clipped))),
        (Refusal::LowContrast, part(m.contrast, config.contrast)),
        (Refusal::Blurred, part(m.sharpness, config.sharpness)),
    ];
    let refusals: Vec<Refusal> = parts.iter().filter(|(_, part)| *part <= 0.0).map(|(why, _)| *why).collect();
    let number = if refusals.is_empty() {
        // A barely passing measure still leaves something: the order of shots is what counts.
        let product: f32 = parts.iter().map(|(_, part)| 0.1 + 0.9 * part).product();
        product.powf(1.0 / parts.len() as f32)
    } else {
        0.0
    };
    Quality { number, refusals, measures: Some(m) }
}

/// `0` at or beyond `bounds[0]`, `1` from `bounds[1]` on; the order of the two says which way is better.
fn part(value: f32, [refused, good]: [f32; 2]) -> f32 {
    // NaN is refused.
    ((value - refused) / (good - refused)).clamp(0.0, 1.0).max(0.0)
}

fn measure(face: &Face, aligned: &Rgb, (width, height): (u32, u32), pose: Pose) -> Measures {
    let side = SIDE as usize;
    let luma: Vec<f32> = aligned
        .data
        .chunks_exact(3)
        .map(|p| 0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]))
        .collect();
    let [left, top, right, bottom] = INNER;
    let inner = || (top..bottom).flat_map(|y| (left..right).map(move |x| y * side + x));
    let count = ((bottom - top) * (right - left)) as f32;
    let brightness = inner().map(|at| luma[at]).sum::<f32>() / count;
    let variance = inner().map(|at| (luma[at] - brightness).powi(2)).sum::<f32>() / count;
    let contrast = variance.sqrt();
    let clipped = inner().filter(|at| !(8.0..=247.0).contains(&luma[*at])).count() as f32 / count;
    // Second differences see edges of a pixel or two and nothing coarser.
    let detail = inner()
        .map(|at| {
            (4.0 * luma[at] - luma[at - 1] - luma[at + 1] - luma[at - side] - luma[at + side]).abs() / 4.0
        })
        .sum::<f32>()
        / count;
    let picture = BBox { x: 0.0, y: 0.0, w: width as f32, h: height as f32 };
    let area = face.bbox.area().max(f32::MIN_POSITIVE);
    let to_edge = |p: &Point| p.x.min(p.y).min(picture.w - p.x).min(picture.h - p.y);
    let edge = face.landmarks.iter().map(to_edge).fold(f32::INFINITY, f32::min);
    Measures {
        eye_px: face.eye_distance(),
        // Rounding to whole numbers alone makes some detail; a flat grey has no contrast, and its noise is not sharpness.
        sharpness: (detail - ROUNDING).max(0.0) / contrast.max(4.0),
        yaw_deg: pose.yaw_deg,
        pitch_deg: pose.pitch_deg,
        roll_deg: pose.roll_deg,
        brightness,
        clipped,
        contrast,
        cut_off: (1.0 - face.bbox.intersect(&picture).area() / area).max(0.0),
        margin: edge / face.bbox.w.max(1.0),
    }
}
