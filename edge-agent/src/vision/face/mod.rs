//! Faces: found, judged, aligned and turned into vectors. Off unless a site has switched them on
//! ([`config::faces`](crate::config)); then and only then are the models loaded.
//!
//! [`yunet`] finds faces, [`align`] cuts them out, [`quality`] says whether one is good enough and why not, [`sface`] makes
//! the vector, [`best`] keeps the best look of a track, [`liveness`] gives an unproven hint. What
//! vectors mean for one another is `wire::face`.

pub mod align;
pub mod best;
pub mod decode;
pub mod liveness;
pub mod pose;
pub mod quality;
mod reader;
pub mod sface;
pub mod yunet;

#[cfg(test)]
mod drawn;
#[cfg(test)]
mod tests;

pub use best::{BestFace, TrackFaces, TrackFacesConfig};
pub use decode::Face;
pub use liveness::Liveness;
pub use quality::{Quality, QualityConfig, Refusal};
pub use reader::{FaceReader, FaceReaderConfig, FaceReading, NoSubject, ReadFaces, subject};
