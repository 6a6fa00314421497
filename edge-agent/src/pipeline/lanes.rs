//! The lanes that look through this camera: told of vehicles while their tracks live, and of everybody who crosses their line.

use uuid::Uuid;
use wire::Name;
use wire::payload::{Direction, PlateReading};

use super::class_word;
use crate::access::sight::{InView, LaneEye};
use crate::frame::Frame;
use crate::geometry::BBox;
use crate::track::TrackView;
use crate::vision::Rgb;

/// JPEG quality of the desk's pictures.
const QUALITY: u8 = 80;
/// Margin around a vehicle in the desk's picture, part of its size.
const MARGIN: f32 = 0.08;

/// The eyes of this camera's lanes.
#[derive(Default)]
pub(super) struct Lanes {
    eyes: Vec<LaneEye>,
    wanted: Vec<(usize, u64, BBox)>,
}

impl Lanes {
    pub(super) fn new(eyes: Vec<LaneEye>) -> Self {
        Self { eyes, wanted: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.eyes.is_empty()
    }

    /// A vehicle is in view, with what the looks at its plate come to.
    pub(super) fn see(&mut self, frame: &Frame, track: &TrackView, reading: Option<&PlateReading>) {
        let view = view(frame, track, reading);
        for (at, eye) in self.eyes.iter_mut().enumerate() {
            if eye.vehicle(&view) {
                self.wanted.push((at, track.id, track.bbox));
            }
        }
    }

    pub(super) fn crossed(
        &mut self,
        frame: &Frame,
        track: &TrackView,
        reading: Option<&PlateReading>,
        line: &Name,
        direction: Direction,
        passage: Uuid,
    ) {
        let view = view(frame, track, reading);
        self.eyes.iter_mut().for_each(|eye| eye.crossed(line, &view, direction, passage));
    }

    pub(super) fn person_crossed(&self, track: u64, line: &Name, direction: Direction) {
        self.eyes.iter().for_each(|eye| eye.person_crossed(line, track, direction));
    }

    pub(super) fn ended(&mut self, track: u64) {
        self.eyes.iter_mut().for_each(|eye| eye.ended(track));
    }

    /// Pictures for the desk, after everything that somebody waits for.
    pub(super) fn take_pictures(&mut self, frame: &Frame) {
        for (at, track, bbox) in self.wanted.drain(..) {
            let (x, y) = (bbox.w * MARGIN, bbox.h * MARGIN);
            let area = BBox { x: bbox.x - x, y: bbox.y - y, w: bbox.w + 2.0 * x, h: bbox.h + 2.0 * y };
            let (rgb, _) =
                Rgb::from_i420(&frame.picture, &area.clip(frame.picture.width, frame.picture.height));
            match rgb.to_jpeg(QUALITY) {
                Ok(jpeg) => self.eyes[at].picture(track, jpeg),
                Err(error) => tracing::error!(track, %error, "the desk goes without a picture"),
            }
        }
    }
}

fn view<'a>(frame: &Frame, track: &TrackView, reading: Option<&'a PlateReading>) -> InView<'a> {
    InView {
        track: track.id,
        class: class_word(track.class),
        bbox: track.bbox,
        picture: (frame.picture.width, frame.picture.height),
        reading,
        captured_at: frame.captured.at,
        now_s: frame.captured.stream_s,
        first_s: track.first_s,
    }
}
