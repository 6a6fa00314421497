//! Pictures of one vehicle, kept until its event is written: few, and always the one whose reading wins.

use crate::frame::{Frame, I420};
use crate::geometry::BBox;

/// Pictures kept per vehicle.
const KEPT: usize = 2;

/// One look at a vehicle.
#[derive(Debug, Clone)]
pub(super) struct Shot {
    /// Number of the look within its track.
    pub number: u64,
    /// Number of the frame in its stream.
    pub frame: u64,
    /// How good it is: the score of its reading, or a small value for a picture without one.
    pub worth: f32,
    /// The frame. A copy: the decoder's buffers are few and go round.
    pub picture: I420,
    /// The vehicle, pixels.
    pub vehicle: BBox,
    /// The plate, pixels, if one was read.
    pub plate: Option<BBox>,
}

/// The best looks so far.
#[derive(Debug, Default)]
pub(super) struct Shots(Vec<Shot>);

impl Shots {
    /// Whether a look of this worth would be kept: asked first, because copying a frame is not free.
    pub(super) fn wants(&self, worth: f32) -> bool {
        self.0.len() < KEPT || self.0.iter().any(|shot| shot.worth < worth)
    }

    /// Keeps a look; the least one goes, but never number `keep`.
    pub(super) fn add(&mut self, shot: Shot, keep: Option<u64>) {
        self.0.push(shot);
        if self.0.len() > KEPT {
            let least = self
                .0
                .iter()
                .enumerate()
                .filter(|(_, shot)| Some(shot.number) != keep)
                .min_by(|(_, a), (_, b)| a.worth.total_cmp(&b.worth))
                .map(|(index, _)| index);
            if let Some(index) = least {
                self.0.swap_remove(index);
            }
        }
    }

    /// Look `number`, or else the best one there is.
    pub(super) fn choose(&self, number: Option<u64>) -> Option<&Shot> {
        self.0
            .iter()
            .find(|shot| Some(shot.number) == number)
            .or_else(|| self.0.iter().max_by(|a, b| a.worth.total_cmp(&b.worth)))
    }
}

/// A copy of a frame's pixels that does not hold the decoder's buffer.
pub(super) fn copy(frame: &Frame) -> I420 {
    let picture = &frame.picture;
    let (width, height) = (picture.width as usize, picture.height as usize);
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    let mut data = Vec::with_capacity(width * height + 2 * half_width * half_height);
    let mut plane = |from: &[u8], stride: usize, width: usize, height: usize| {
        let offset = data.len();
        for row in 0..height {
            data.extend_from_slice(&from[row * stride..row * stride + width]);
        }
        offset
    };
    let offsets = [
        plane(picture.y(), picture.strides[0], width, height),
        plane(picture.u(), picture.strides[1], half_width, half_height),
        plane(picture.v(), picture.strides[2], half_width, half_height),
    ];
    I420 {
        width: picture.width,
        height: picture.height,
        strides: [width, half_width, half_width],
        offsets,
        data: std::sync::Arc::new(data),
    }
}
