//! Detections of single frames become tracks: one object over frames.
//!
//! Everything here is pure: [`Tracker::update`] takes the time as an argument, does no IO and asks no clock.

pub mod assign;
mod camera;
mod config;
pub mod kalman;
pub mod mot;
#[cfg(test)]
mod tests;
#[allow(clippy::module_inception)]
mod track;
mod tracker;

pub use config::TrackerConfig;
pub use track::{ChangeKind, TrackChange, TrackChanges, TrackView};
pub use tracker::Tracker;
