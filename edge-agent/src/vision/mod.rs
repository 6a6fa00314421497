//! From pixels to facts: object boxes, motion, plate text, faces where a site has switched them on.
//!
//! This folder is the only user of ONNX Runtime ([`session`]) and of OpenCV ([`plate`], [`shown`]). Everything that a model
//! concludes leaves it as plain values, and everything that needs a model is behind a trait ([`Detect`], [`ReadPlate`], [`HelmetLook`])
//! so that the rest of the agent is tested without one.

pub mod anchors;
pub mod detector;
pub mod doubles;
mod error;
pub mod face;
pub mod helmet;
pub mod manifest;
pub mod motion;
pub mod picture;
pub mod plate;
pub mod preprocess;
pub mod qr;
pub mod riders;
pub mod session;
pub mod shown;
pub mod signal;

#[cfg(test)]
mod tests;

pub use detector::{Detect, Detections, Detector, DetectorConfig, ObjectModel};
pub use error::VisionError;
pub use face::{FaceReader, FaceReaderConfig, FaceReading, ReadFaces};
pub use helmet::{Head, HelmetConfig, HelmetLook, HelmetModel};
pub use manifest::{Manifest, ModelStore};
pub use motion::{Motion, MotionConfig, MotionGate};
pub use picture::Rgb;
pub use plate::{
    CharChoice, ColourSeen, FindingConfig, FindingWatch, PlateOutcome, PlateRead, PlateReader,
    PlateReaderConfig, PlateSeen, PlateVote, ReadPlate, View,
};
pub use riders::Rider;
pub use session::{Provider, Runtime, SessionPool, SessionSettings};
