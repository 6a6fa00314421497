//! What a pipeline tells a lane: vehicles as soon as their plate is read well enough, while the track still lives, and who crossed
//! the lane's line.

use std::collections::HashMap;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use bytes::Bytes;
use jiff::Timestamp;
use uuid::Uuid;
use wire::Name;
use wire::gate::{AgentSecret, SeenVehicle};
use wire::payload::{Direction, PlateReading};

use super::config::Subjects;
use super::lane::{Car, Input};
use super::present::{group_of, watch_digests};
use crate::geometry::{BBox, Point};

/// Sightings that may wait for the gates.
pub(super) const SIGHTINGS: usize = 256;
/// A vehicle that stands in view for this long is shown to the guard although its plate is not legible, seconds.
const LINGERED_S: f64 = 2.5;
/// How often a vehicle's distance is told, seconds.
const NEAR_EVERY_S: f64 = 0.3;
/// Share of the vote from which another text counts as possible.
const COUNTS: f32 = 0.05;
/// Other texts told, at most.
const OTHERS: usize = 4;

/// What reaches the gates from other threads.
#[derive(Debug)]
// Passed one at a time and never kept.
#[allow(clippy::large_enum_variant)]
pub enum Sighting {
    /// Something happened at a lane.
    At(Name, Input),
    /// The picture of a vehicle, for the desk.
    Picture {
        /// Lane.
        lane: Name,
        /// Track.
        track: u64,
        /// JPEG file.
        jpeg: Bytes,
    },
    /// A card reader of a lane is there, or not any more.
    Reader {
        /// Lane.
        lane: Name,
        /// Reader.
        reader: Name,
        /// Whether it is there.
        there: bool,
    },
}

/// What a lane asks of its camera, as the list in use says it. Shared with the pipelines, which read it for every frame.
#[derive(Debug, Default)]
pub(super) struct Wishes {
    pub secret: Option<Arc<AgentSecret>>,
    /// Least score by lane.
    pub least_score: HashMap<Name, f32>,
}

/// A lane's eye in one camera's pipeline.
pub struct LaneEye {
    pub(super) lane: Name,
    pub(super) line: Option<Name>,
    pub(super) subjects: Subjects,
    pub(super) corners: Vec<[f32; 2]>,
    pub(super) ends: Option<([f32; 2], [f32; 2])>,
    pub(super) wishes: Arc<RwLock<Wishes>>,
    pub(super) tell: SyncSender<Sighting>,
    pub(super) lost: Arc<Mutex<u64>>,
    pub(super) told: HashMap<u64, Told>,
}

/// What was told of a track.
#[derive(Debug, Default)]
pub(super) struct Told {
    seen: Option<SeenVehicle>,
    legible_at: Option<Timestamp>,
    picture: bool,
    near_s: f64,
    /// It is through: whatever is seen of it from here on is about nobody at the lane.
    crossed: bool,
}

/// A vehicle in view, as the pipeline knows it.
#[derive(Debug)]
pub struct InView<'a> {
    /// Track.
    pub track: u64,
    /// Word of its class.
    pub class: &'a str,
    /// Where it is, pixels.
    pub bbox: BBox,
    /// Width and height of the picture.
    pub picture: (u32, u32),
    /// What the looks at its plate come to.
    pub reading: Option<&'a PlateReading>,
    /// When this frame was taken.
    pub captured_at: Timestamp,
    /// Stream time of this frame, seconds.
    pub now_s: f64,
    /// Stream time at which it was first seen, seconds.
    pub first_s: f64,
}

impl LaneEye {
    /// A vehicle is in view. Returns whether the guard has no picture of it yet: [`LaneEye::picture`] takes one, after the frame.
    pub fn vehicle(&mut self, view: &InView<'_>) -> bool {
        if self.subjects != Subjects::Vehicles || !self.covers(view) {
            return false;
        }
        let (least, secret) = {
            let wishes = self.wishes.read().unwrap_or_else(PoisonError::into_inner);
            (wishes.least_score.get(&self.lane).copied().unwrap_or(1.0), wishes.secret.clone())
        };
        let told = self.told.entry(view.track).or_default();
        if told.crossed {
            return false;
        }
        let legible = view.reading.is_some_and(|reading| reading.score >= least);
        if legible {
            told.legible_at.get_or_insert(view.captured_at);
        }
        let lingers = view.now_s - view.first_s >= LINGERED_S;
        let seen = (legible || told.seen.is_some() || lingers).then(|| seen(view, secret.as_deref()));
        let news = seen.as_ref().is_some_and(|seen| differs(told.seen.as_ref(), seen, least));
        if let (Some(seen), true) = (seen, news) {
            told.seen = Some(seen.clone());
            let car = Car {
                track: Some(view.track),
                seen,
                reading: view.reading.cloned(),
                legible_at: told.legible_at,
            };
            let direction = direction(self.ends, view);
            send(&self.tell, &self.lost, Sighting::At(self.lane.clone(), Input::Vehicle(car, direction)));
        }
        let Some(told) = self.told.get_mut(&view.track).filter(|told| told.seen.is_some()) else {
            return false;
        };
        if news || view.now_s - told.near_s >= NEAR_EVERY_S {
            told.near_s = view.now_s;
            let near = Input::Near { track: view.track, distance: distance(self.ends, view) };
            send(&self.tell, &self.lost, Sighting::At(self.lane.clone(), near));
        }
        let told = self.told.get_mut(&view.track);
        told.is_some_and(|told| told.seen.is_some() && !std::mem::replace(&mut told.picture, true))
    }

    /// The picture that was asked for.
    pub fn picture(&self, track: u64, jpeg: Vec<u8>) {
        send(&self.tell, &self.lost, Sighting::Picture { lane: self.lane.clone(), track, jpeg: jpeg.into() });
    }

    /// A vehicle crossed a line of the camera; `passage` is the id of the event that will tell of it.
    pub fn crossed(&mut self, line: &Name, view: &InView<'_>, direction: Direction, passage: Uuid) {
        if self.line.as_ref() != Some(line) || self.subjects != Subjects::Vehicles || !self.covers(view) {
            return;
        }
        self.vehicle(view);
        let told = self.told.entry(view.track).or_default();
        if std::mem::replace(&mut told.crossed, true) || told.seen.is_none() {
            // Never legible, or back again: the gate has to know of it all the same.
            let secret = self.wishes.read().unwrap_or_else(PoisonError::into_inner).secret.clone();
            let seen = seen(view, secret.as_deref());
            let car = Car { track: Some(view.track), seen, reading: view.reading.cloned(), legible_at: None };
            send(&self.tell, &self.lost, Sighting::At(self.lane.clone(), Input::Vehicle(car, direction)));
        }
        let crossed = Input::Crossed { track: view.track, direction, passage };
        send(&self.tell, &self.lost, Sighting::At(self.lane.clone(), crossed));
    }

    /// A person crossed a line of the camera.
    pub fn person_crossed(&self, line: &Name, track: u64, direction: Direction) {
        if self.line.as_ref() == Some(line) && self.subjects == Subjects::People {
            let crossed = Input::PersonCrossed { track, direction };
            send(&self.tell, &self.lost, Sighting::At(self.lane.clone(), crossed));
        }
    }

    /// A track ended.
    pub fn ended(&mut self, track: u64) {
        if self.told.remove(&track).is_some_and(|told| told.seen.is_some()) {
            send(&self.tell, &self.lost, Sighting::At(self.lane.clone(), Input::Ended { track }));
        }
    }

    /// Whether a vehicle stands in this lane's part of the picture.
    fn covers(&self, view: &InView<'_>) -> bool {
        self.corners.is_empty() || inside(&self.corners, normalised(view.bbox.foot(), view.picture))
    }
}

/// A gate that cannot keep up loses sightings; the next one of the same vehicle makes up for it. Crossings are not lost: they wait.
fn send(tell: &SyncSender<Sighting>, lost: &Mutex<u64>, sighting: Sighting) {
    let must = matches!(sighting, Sighting::At(_, Input::Crossed { .. } | Input::PersonCrossed { .. }));
    let failed = if must {
        tell.send(sighting).is_err()
    } else {
        matches!(tell.try_send(sighting), Err(TrySendError::Full(_)))
    };
    if failed {
        *lost.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    }
}

fn seen(view: &InView<'_>, secret: Option<&AgentSecret>) -> SeenVehicle {
    let group = group_of(view.class);
    let Some(reading) = view.reading else { return SeenVehicle { group, ..SeenVehicle::default() } };
    let others: Vec<String> = reading
        .candidates
        .iter()
        .filter(|other| other.score >= COUNTS && other.text != reading.text)
        .take(OTHERS)
        .map(|other| other.text.clone())
        .collect();
    let watch = secret.map(|secret| watch_digests(secret, &reading.text, &others)).unwrap_or_default();
    SeenVehicle { text: Some(reading.text.clone()), score: reading.score, group, others, watch }
}

/// Whether a lane has to hear of it: another text, sure or unsure by the policy, or other texts that it may be.
fn differs(known: Option<&SeenVehicle>, seen: &SeenVehicle, least: f32) -> bool {
    known.is_none_or(|known| {
        known.text != seen.text
            || (known.score >= least) != (seen.score >= least)
            || (known.others != seen.others && seen.score < least)
            || known.group != seen.group
    })
}

/// Which way a vehicle is going to cross: from the left of the line it comes in.
fn direction(ends: Option<([f32; 2], [f32; 2])>, view: &InView<'_>) -> Direction {
    if side(ends, view).is_some_and(|side| side > 0.0) { Direction::Out } else { Direction::In }
}

fn distance(ends: Option<([f32; 2], [f32; 2])>, view: &InView<'_>) -> f32 {
    side(ends, view).map_or(f32::MAX, f32::abs)
}

/// How far the foot of a vehicle is from the line, parts of the picture; negative on the side that in comes from.
fn side(ends: Option<([f32; 2], [f32; 2])>, view: &InView<'_>) -> Option<f32> {
    let (from, to) = ends?;
    let foot = normalised(view.bbox.foot(), view.picture);
    let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
    let cross = dx * (foot[1] - from[1]) - dy * (foot[0] - from[0]);
    Some(cross / dx.hypot(dy).max(f32::MIN_POSITIVE))
}

fn normalised(point: Point, (width, height): (u32, u32)) -> [f32; 2] {
    [point.x / (width.max(1) as f32), point.y / (height.max(1) as f32)]
}

/// Even-odd rule.
fn inside(corners: &[[f32; 2]], point: [f32; 2]) -> bool {
    let next = corners.iter().cycle().skip(1);
    corners.iter().zip(next).fold(false, |inside, (a, b)| {
        let spans = (a[1] > point[1]) != (b[1] > point[1]);
        let right = || (b[0] - a[0]) * (point[1] - a[1]) / (b[1] - a[1]) + a[0] > point[0];
        if spans && right() { !inside } else { inside }
    })
}

#[cfg(test)]
#[path = "sight_tests.rs"]
mod tests;
