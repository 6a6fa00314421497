//! One decoded picture and when it was taken. Pixels are shared, never copied, between stages.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
pub use wire::TimeSource;

/// When a frame was taken, how we know, and how wrong it may be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CaptureTime {
    /// Wall time.
    pub at: Timestamp,
    /// Half-width of the interval that surely holds the true moment, milliseconds.
    pub uncertainty_ms: u32,
    /// How `at` was found.
    pub source: TimeSource,
    /// Monotonic time of the stream in seconds: intervals and tracking use this, never `at`.
    pub stream_s: f64,
}

/// Planes of an I420 picture (8 bit, chroma halved both ways). Even width and height.
#[derive(Clone)]
pub struct I420 {
    /// Luma width in pixels.
    pub width: u32,
    /// Luma height in pixels.
    pub height: u32,
    /// Bytes per row of Y, U, V.
    pub strides: [usize; 3],
    /// Byte offset of Y, U, V within `data`.
    pub offsets: [usize; 3],
    /// The bytes as the decoder left them.
    pub data: Arc<dyn AsRef<[u8]> + Send + Sync>,
}

impl std::fmt::Debug for I420 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "I420 {}x{}", self.width, self.height)
    }
}

impl I420 {
    /// The luma plane from its first row on (rows are `strides[0]` apart).
    pub fn y(&self) -> &[u8] {
        &(*self.data).as_ref()[self.offsets[0]..]
    }

    /// The U plane.
    pub fn u(&self) -> &[u8] {
        &(*self.data).as_ref()[self.offsets[1]..]
    }

    /// The V plane.
    pub fn v(&self) -> &[u8] {
        &(*self.data).as_ref()[self.offsets[2]..]
    }
}

/// A picture on its way through the pipeline.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Number of the frame within its stream, counted before any drop.
    pub index: u64,
    /// When it was taken.
    pub captured: CaptureTime,
    /// Pixels.
    pub picture: I420,
}
