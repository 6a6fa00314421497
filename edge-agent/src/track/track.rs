//! One object over frames, and what an update says about it.

use super::camera::PictureMotion;
use super::config::TrackerConfig;
use super::kalman::BoxFilter;
use crate::detection::{Detection, ObjectClass};
use crate::geometry::{BBox, Point};

/// What happened to a track in one update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// First seen; not yet believed.
    Born,
    /// Seen often enough to be believed. Comes once per track, and counts as being seen.
    Confirmed,
    /// Seen again.
    Updated,
    /// A confirmed track was not seen, after having been seen in the update before. Comes once per gap.
    Lost,
    /// Gone for good: unseen for too long, or never believed. Comes once per track, last.
    Ended,
}

/// A track as rules, evidence and events see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrackView {
    /// Number of the track, unique within its [`super::Tracker`], counted from 1.
    pub id: u64,
    /// Where the object is, pixels; the prediction while it is unseen.
    pub bbox: BBox,
    /// What most of its detections said.
    pub class: ObjectClass,
    /// Part of the votes (weighted by score) that `class` got, `0..=1`.
    pub class_score: f32,
    /// Score of the latest detection, `0..=1`.
    pub score: f32,
    /// Index of the detection in the slice given to this update; `None` while unseen.
    pub detection: Option<usize>,
    /// Whether the track is believed. Nothing should be concluded from one that is not.
    pub confirmed: bool,
    /// Time of the first detection, seconds.
    pub first_s: f64,
    /// Time of the latest detection, seconds.
    pub last_s: f64,
    /// Number of detections so far.
    pub frames: u32,
    /// Velocity of the centre, pixels per second.
    pub velocity: Point,
}

/// One track and what happened to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrackChange {
    /// What happened.
    pub kind: ChangeKind,
    /// The track afterwards.
    pub track: TrackView,
}

/// All that one update changed. Tracks that stay unseen are not repeated.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TrackChanges {
    /// Time of the update, seconds.
    pub time_s: f64,
    /// One entry per changed track.
    pub changes: Vec<TrackChange>,
}

impl TrackChanges {
    /// Confirmed tracks seen in this update.
    pub fn seen(&self) -> impl Iterator<Item = &TrackView> {
        self.changes.iter().map(|c| &c.track).filter(|t| t.confirmed && t.detection.is_some())
    }

    /// Tracks that something of this kind happened to.
    pub fn of_kind(&self, kind: ChangeKind) -> impl Iterator<Item = &TrackView> {
        self.changes.iter().filter(move |c| c.kind == kind).map(|c| &c.track)
    }
}

/// Kinds of objects that a detector does mix up. Between them nothing is matched, within them the vote
/// decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Person,
    TwoWheels,
    FourWheels,
}

impl Kind {
    pub fn is_vehicle(self) -> bool {
        self != Self::Person
    }
}

impl From<ObjectClass> for Kind {
    fn from(class: ObjectClass) -> Self {
        match class {
            ObjectClass::Person => Self::Person,
            ObjectClass::Bicycle | ObjectClass::Motorcycle => Self::TwoWheels,
            ObjectClass::Car | ObjectClass::Bus | ObjectClass::Truck => Self::FourWheels,
        }
    }
}

const CLASSES: [ObjectClass; 6] = [
    ObjectClass::Person,
    ObjectClass::Bicycle,
    ObjectClass::Car,
    ObjectClass::Motorcycle,
    ObjectClass::Bus,
    ObjectClass::Truck,
];

/// One object over frames.
#[derive(Debug, Clone)]
pub(super) struct Track {
    pub id: u64,
    pub kind: Kind,
    pub filter: BoxFilter,
    /// Where the filter expects the object now; kept, because association asks for it once per pair.
    pub predicted: BBox,
    /// How far boxes are to be widened on each side for a comparison, pixels.
    pub margin: f32,
    /// Latest detection.
    pub observed: BBox,
    pub score: f32,
    pub confirmed: bool,
    pub frames: u32,
    pub first_s: f64,
    pub last_s: f64,
    /// Seen in the latest update.
    pub seen: bool,
    /// An older track on the same vehicle, and since when they go together.
    pub doubles: Option<(u64, f64)>,
    /// How far the prediction was moved with the camera.
    moved: (f32, f32),
    votes: [f32; CLASSES.len()],
}

impl Track {
    pub fn new(id: u64, time_s: f64, detection: &Detection, config: &TrackerConfig) -> Self {
        let mut track = Self {
            id,
            kind: detection.class.into(),
            filter: BoxFilter::new(&detection.bbox, &config.motion),
            predicted: detection.bbox,
            margin: 0.0,
            observed: detection.bbox,
            score: detection.score,
            confirmed: false,
            frames: 1,
            first_s: time_s,
            last_s: time_s,
            seen: true,
            doubles: None,
            moved: (0.0, 0.0),
            votes: [0.0; CLASSES.len()],
        };
        track.vote(detection);
        track
    }

    pub fn predict(&mut self, dt_s: f32, config: &TrackerConfig) {
        self.filter.predict(dt_s, self.seen, &config.motion);
        self.predicted = self.filter.bbox();
        let widen = if self.confirmed { config.widen } else { config.widen_new };
        self.margin = widen * self.filter.centre_std();
        self.moved = (0.0, 0.0);
    }

    /// Moves the prediction along with the camera.
    pub fn follow_camera(&mut self, motion: &PictureMotion) {
        let centre = self.predicted.centre();
        let (dx, dy) = motion.at(centre.x, centre.y);
        if self.seen {
            self.filter.shift(dx, dy);
            self.moved = (self.moved.0 + dx, self.moved.1 + dy);
        } else {
            self.filter.follow(dx, dy);
        }
        self.predicted = self.filter.bbox();
    }

    /// How alike expectation and detection are, `0..=1`: overlap of the widened boxes × overlap of their
    /// heights. Height counts twice because it tells near from far.
    pub fn similarity(&self, bbox: &BBox) -> f32 {
        let (p, m) = (&self.predicted, self.margin);
        let wide = |b: &BBox| BBox { x: b.x - m, y: b.y - m, w: b.w + 2.0 * m, h: b.h + 2.0 * m };
        let (a, b) = (wide(p), wide(bbox));
        let overlap = a.iou(&b);
        if overlap <= 0.0 {
            return 0.0;
        }
        let height =
            (a.bottom().min(b.bottom()) - a.y.max(b.y)) / (a.bottom().max(b.bottom()) - a.y.min(b.y));
        overlap * height.max(0.0)
    }

    pub fn update(&mut self, time_s: f64, detection: &Detection, config: &TrackerConfig) {
        // The detection itself tells how far the picture moved, so that the velocity learns of it too.
        self.filter.shift(-self.moved.0, -self.moved.1);
        self.filter.update(&detection.bbox, detection.score, &config.motion);
        self.observed = detection.bbox;
        self.score = detection.score;
        self.frames += 1;
        self.last_s = time_s;
        self.seen = true;
        self.vote(detection);
    }

    fn vote(&mut self, detection: &Detection) {
        if let Some(index) = CLASSES.iter().position(|&c| c == detection.class) {
            self.votes[index] += detection.score.max(f32::MIN_POSITIVE);
        }
    }

    fn class(&self) -> (ObjectClass, f32) {
        let mut best = 0;
        for index in 1..CLASSES.len() {
            if self.votes[index] > self.votes[best] {
                best = index;
            }
        }
        let sum: f32 = self.votes.iter().sum();
        (CLASSES[best], if sum > 0.0 { self.votes[best] / sum } else { 0.0 })
    }

    pub fn view(&self, detection: Option<usize>) -> TrackView {
        let (class, class_score) = self.class();
        TrackView {
            id: self.id,
            bbox: self.filter.bbox(),
            class,
            class_score,
            score: self.score,
            detection,
            confirmed: self.confirmed,
            first_s: self.first_s,
            last_s: self.last_s,
            frames: self.frames,
            velocity: self.filter.velocity(),
        }
    }
}
