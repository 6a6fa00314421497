//! What rules go by besides tracks: the moment, what signals showed, what others saw of a vehicle.

use jiff::SignedDuration;

use crate::frame::{CaptureTime, Frame};

/// One analysed frame: its number in the stream, and when it was taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrameAt {
    /// Number of the frame within its stream.
    pub index: u64,
    /// When it was taken.
    pub captured: CaptureTime,
}

impl FrameAt {
    /// Of a frame.
    pub fn of(frame: &Frame) -> Self {
        Self { index: frame.index, captured: frame.captured }
    }

    /// Stream seconds.
    pub fn stream_s(&self) -> f64 {
        self.captured.stream_s
    }

    /// The moment of a stream time near this frame.
    pub fn moment(&self, stream_s: f64) -> CaptureTime {
        let off = SignedDuration::try_from_secs_f64(stream_s - self.captured.stream_s).unwrap_or_default();
        let at = self.captured.at.checked_add(off).unwrap_or(self.captured.at);
        CaptureTime { at, stream_s, ..self.captured }
    }
}

/// What others saw of tracks in one frame, beyond their boxes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Looks {
    /// People on two-wheelers, by track; only frames in which the detector looked.
    pub riders: Vec<(u64, Riders)>,
    /// What the looks at a vehicle's plate have come to so far, by track.
    pub plates: Vec<(u64, PlateLook)>,
    /// Tracks that look like a priority vehicle. Only ever a doubt.
    pub priority: Vec<u64>,
}

/// People on one two-wheeler in one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Riders {
    /// How many.
    pub count: u32,
    /// Least detector score among them, `0..=1`.
    pub score: f32,
    /// How many of them a helmet model saw without one, and how sure it is; none without such a model.
    pub bare: Option<(u32, f32)>,
}

/// What the looks at a plate have come to.
#[derive(Debug, Clone, PartialEq)]
pub struct PlateLook {
    /// `covered`, `bent`, `missing` or `unreadable`, as [`wire::payload::PlateFinding`] says.
    pub kind: String,
    /// How much speaks for it, `0..=1`.
    pub score: f32,
}
