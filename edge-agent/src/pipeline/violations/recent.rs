//! Pixels of the newest analysed frames, for the pictures of moments that are a little past.

use std::collections::VecDeque;

use super::super::shots::copy;
use super::bundle::Shown;
use crate::frame::Frame;

/// Most bytes of pixels: 21 frames of 1920 × 1080, 5 of 3840 × 2160. Keeping one costs a copy.
const MOST_BYTES: usize = 64 << 20;
/// A moment between two frames takes the nearest, if it is no further away than this, seconds.
const NEAR_S: f64 = 0.3;

/// The newest frames, oldest first.
#[derive(Default)]
pub(super) struct Recent {
    frames: VecDeque<Shown>,
    bytes: usize,
}

impl Recent {
    /// Keeps a frame; the oldest go.
    pub(super) fn keep(&mut self, frame: &Frame) {
        let picture = copy(frame);
        self.bytes += size(&picture);
        self.frames.push_back(Shown { frame: frame.index, captured: frame.captured, picture });
        while self.bytes > MOST_BYTES && self.frames.len() > 1 {
            let Some(oldest) = self.frames.pop_front() else { break };
            self.bytes -= size(&oldest.picture);
        }
    }

    /// Frame `number`, else the one nearest to `stream_s`. Pixels are shared.
    pub(super) fn at(&self, number: u64, stream_s: f64) -> Option<Shown> {
        let exact = self.frames.iter().find(|shown| shown.frame == number);
        let off = |shown: &Shown| (shown.captured.stream_s - stream_s).abs();
        let near = || {
            let nearest = self.frames.iter().min_by(|a, b| off(a).total_cmp(&off(b)))?;
            (off(nearest) <= NEAR_S).then_some(nearest)
        };
        exact.or_else(near).cloned()
    }
}

fn size(picture: &crate::frame::I420) -> usize {
    (*picture.data).as_ref().len()
}
