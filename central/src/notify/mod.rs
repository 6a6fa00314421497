//! Telling people and programs about what was committed.

pub mod hub;

pub use hub::{Change, Hub};
