//! Directed lines: who goes in, who goes out.
//!
//! An object has crossed when it was surely on one side and is now surely on the other, its way between led
//! through the line and not around its end, and it *really moved* meanwhile. "Surely" means past a band along the line
//! that grows with the object, so that one who stands on the line and trembles never counts. "Really moved"
//! looks at the whole box: from where the object was deepest on the old side, its anchor must have come a good part of
//! its size, and the far edge of the box must have come along, or the box must have grown or shrunk in both directions as
//! things do that come nearer or go away. A box that is merely cut, because something passes in front of its wheels, or
//! that lost or gained a rider, fails that. Two tracks on one vehicle that cross together are one crossing.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::movement::{one_vehicle, really_moved};
use super::{Anchor, RuleError, band, check_ids, check_inside, check_margin, check_picture};
use crate::detection::ObjectClass;
use crate::geometry::{BBox, Point};
use crate::track::{ChangeKind, TrackChanges, TrackView};

/// A line across the picture with a direction.
///
/// Seen along the line from `from` to `to`, going from its left side to its right side is *in*. So a line
/// drawn from the left edge of the picture to the right edge counts those who come down the picture as in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Name of the line in events; unique within its camera.
    pub id: String,
    /// Start, normalised `[x, y]`.
    pub from: [f32; 2],
    /// End, normalised `[x, y]`.
    pub to: [f32; 2],
    /// Which point of the object must cross.
    #[serde(default)]
    pub anchor: Anchor,
    /// How far beyond the line an object must get, part of the picture's height.
    #[serde(default = "default_margin")]
    pub margin: f32,
    /// Which classes count; empty means all.
    #[serde(default)]
    pub classes: Vec<ObjectClass>,
    /// Whether a track that came back may count again in a direction that it has counted in. Off, a vehicle's track
    /// counts once in and once out at most. People count every time: they do turn back, and a track that
    /// goes over to somebody else in a crowd must not swallow the other one's crossing.
    #[serde(default)]
    pub recount: bool,
}

fn default_margin() -> f32 {
    0.01
}

impl Line {
    fn check(&self) -> Result<(), RuleError> {
        check_inside(&self.id, &[self.from, self.to])?;
        check_margin(&self.id, self.margin)?;
        if (self.to[0] - self.from[0]).hypot(self.to[1] - self.from[1]) < 0.01 {
            return Err(RuleError::NoLength { rule: self.id.clone() });
        }
        Ok(())
    }
}

/// Which way a line was crossed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the left of the line to its right.
    In,
    /// From the right of the line to its left.
    Out,
}

/// One object crossed one line.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    /// Id of the line.
    pub line: String,
    /// Id of the track.
    pub track: u64,
    /// What the object is, by its votes so far.
    pub class: ObjectClass,
    /// Which way.
    pub direction: Direction,
    /// When the line itself was passed, stream seconds. A little earlier than the update that reports it.
    pub time_s: f64,
    /// Where the line was passed, normalised.
    pub point: Point,
}

/// Counts the crossings of the lines of one camera.
#[derive(Debug)]
pub struct LineCounter {
    lines: Vec<Counted>,
    picture: (f32, f32),
}

#[derive(Debug)]
struct Counted {
    line: Line,
    from: Point,
    to: Point,
    walkers: HashMap<u64, Walker>,
    recent: Vec<Recent>,
    totals: (u64, u64),
}

/// What is known about one track at one line.
#[derive(Debug, Clone, Copy)]
struct Walker {
    at: Point,
    time_s: f64,
    /// Distance from the line, pixels, positive on the right.
    distance: f32,
    /// The side it surely is on: -1 left, 1 right, 0 not known yet.
    side: i8,
    /// Where and when it last passed the endless line, and whether that was between the ends.
    passed: Option<(Point, f64, bool)>,
    counted_in: bool,
    counted_out: bool,
    /// A crossing as something that is not counted here: where, when, to which side. A motorcycle may be taken for a
    /// bicycle at first.
    undecided: Option<(Point, f64, i8)>,
    /// Its box where it was deepest on its side, and how deep, pixels.
    deepest: (BBox, f32),
    /// Looks in a row that show it beyond the line, on the side that it is not on yet.
    looks_beyond: u32,
}

/// A crossing of a moment ago, to know its double by.
#[derive(Debug, Clone, Copy)]
struct Recent {
    track: u64,
    class: ObjectClass,
    time_s: f64,
    side: i8,
    /// Where that track was last seen.
    bbox: BBox,
}

/// Looks in a row that must show a person on the other side while its box covers somebody else's by this part of the smaller one:
/// in a single look, two people who pass each other may be one box with the feet of the nearer one.
const CROWDED_LOOKS: u32 = 2;
const CROWDED_SHARE: f32 = 0.6;
/// A second crossing within this time by a box on the first one's is its double, seconds.
const DOUBLE_S: f64 = 1.5;
/// How long after a crossing it may still become clear what it was, seconds.
const DECIDE_S: f64 = 2.0;
impl LineCounter {
    /// A counter for pictures of this size in pixels.
    ///
    /// # Errors
    /// The first line that cannot be used, and why.
    pub fn new(lines: Vec<Line>, width: u32, height: u32) -> Result<Self, RuleError> {
        let picture = check_picture(width, height)?;
        check_ids(lines.iter().map(|l| l.id.as_str()))?;
        lines.iter().try_for_each(Line::check)?;
        let pixels = |p: [f32; 2]| Point { x: p[0] * picture.0, y: p[1] * picture.1 };
        let lines = lines
            .into_iter()
            .map(|line| {
                let (from, to) = (pixels(line.from), pixels(line.to));
                Counted { line, from, to, walkers: HashMap::new(), recent: Vec::new(), totals: (0, 0) }
            })
            .collect();
        Ok(Self { lines, picture })
    }

    /// The crossings that these changes complete.
    pub fn update(&mut self, changes: &TrackChanges) -> Vec<Crossing> {
        let mut crossings = Vec::new();
        for counted in &mut self.lines {
            counted.refresh_recent(changes);
            for change in &changes.changes {
                if change.kind == ChangeKind::Ended {
                    counted.walkers.remove(&change.track.id);
                } else if change.track.detection.is_some() {
                    let crowded = crowded(&change.track, changes);
                    crossings.extend(counted.see(&change.track, crowded, changes.time_s, self.picture));
                }
            }
        }
        crossings
    }

    /// Per line: its id, how many went in, how many out, since the start.
    pub fn totals(&self) -> impl Iterator<Item = (&str, u64, u64)> {
        self.lines.iter().map(|c| (c.line.id.as_str(), c.totals.0, c.totals.1))
    }
}

impl Counted {
    fn see(
        &mut self,
        track: &TrackView,
        crowded: bool,
        time_s: f64,
        picture: (f32, f32),
    ) -> Option<Crossing> {
        let at = self.line.anchor.of(&track.bbox);
        let distance = self.distance(at);
        let beyond = distance.abs() > band(self.line.margin, picture, &track.bbox);
        let side = if beyond { distance.signum() as i8 } else { 0 };
        let deepest = (track.bbox, distance.abs());
        let new = Walker {
            at,
            time_s,
            distance,
            side,
            passed: None,
            counted_in: false,
            counted_out: false,
            undecided: None,
            deepest,
            looks_beyond: 0,
        };
        let Some(walker) = self.walkers.get(&track.id).copied() else {
            self.walkers.insert(track.id, new);
            return None;
        };
        let mut next = Walker { at, time_s, distance, ..walker };
        if (walker.distance < 0.0) != (distance < 0.0) {
            next.passed = Some(passing(&walker, &new, self.from, self.to));
        }
        let changed = side != 0 && walker.side != 0 && side != walker.side;
        if side != 0 && (walker.side == 0 || (!changed && distance.abs() > walker.deepest.1)) {
            next.deepest = deepest;
        }
        let moved = changed
            && really_moved(|p| self.distance(p), self.line.anchor, &walker.deepest.0, &track.bbox, side);
        next.looks_beyond = if moved { walker.looks_beyond + 1 } else { 0 };
        let crossed = moved && (!crowded || next.looks_beyond >= CROWDED_LOOKS);
        // An object that is not believed yet, whose class may still change, or that has not really moved, keeps
        // its old side until it has.
        if side != 0 && (!changed || (crossed && track.confirmed)) {
            next.side = side;
        }
        let mut crossing = None;
        if crossed && track.confirmed {
            (next.deepest, next.undecided, next.looks_beyond) = (deepest, None, 0);
            crossing = self.conclude(track, side, &mut next, time_s, picture);
        } else if let Some((point, passed_s, side)) = next.undecided
            && self.counts(track)
        {
            next.undecided = None;
            if time_s - passed_s <= DECIDE_S {
                next.passed = Some((point, passed_s, true));
                crossing = self.conclude(track, side, &mut next, time_s, picture);
            }
        }
        self.walkers.insert(track.id, next);
        crossing
    }

    /// The crossing of a track that changed sides, if it counts.
    fn conclude(
        &mut self,
        track: &TrackView,
        side: i8,
        next: &mut Walker,
        now_s: f64,
        picture: (f32, f32),
    ) -> Option<Crossing> {
        let (point, time_s, between) = next.passed?;
        if between && !self.counts(track) {
            next.undecided = Some((point, time_s, side));
        }
        let counts = self.counts(track);
        let direction = if side > 0 { Direction::In } else { Direction::Out };
        let counted = if side > 0 { &mut next.counted_in } else { &mut next.counted_out };
        let recount = self.line.recount || track.class == ObjectClass::Person;
        if !between || !counts || (*counted && !recount) {
            return None;
        }
        *counted = true;
        if self.recent.iter().any(|first| first.side == side && doubles(first, track)) {
            return None;
        }
        self.recent.push(Recent {
            track: track.id,
            class: track.class,
            time_s: now_s,
            side,
            bbox: track.bbox,
        });
        let total = if side > 0 { &mut self.totals.0 } else { &mut self.totals.1 };
        *total += 1;
        let point = Point { x: point.x / picture.0, y: point.y / picture.1 };
        let line = self.line.id.clone();
        Some(Crossing { line, track: track.id, class: track.class, direction, time_s, point })
    }

    fn counts(&self, track: &TrackView) -> bool {
        self.line.classes.is_empty() || self.line.classes.contains(&track.class)
    }

    /// Keeps the boxes of those who just crossed up to date, and forgets them in time.
    fn refresh_recent(&mut self, changes: &TrackChanges) {
        self.recent.retain(|first| changes.time_s - first.time_s <= DOUBLE_S);
        for first in &mut self.recent {
            if let Some(change) = changes.changes.iter().find(|change| change.track.id == first.track) {
                first.bbox = change.track.bbox;
            }
        }
    }

    /// Distance of a point from the endless line, pixels, positive on the right of its direction.
    fn distance(&self, p: Point) -> f32 {
        let (lx, ly) = (self.to.x - self.from.x, self.to.y - self.from.y);
        (lx * (p.y - self.from.y) - ly * (p.x - self.from.x)) / lx.hypot(ly)
    }
}

/// Whether a person's box covers another person's, so that the two may be mixed up. One who is hidden counts: that is
/// when their box goes over to somebody else.
fn crowded(track: &TrackView, changes: &TrackChanges) -> bool {
    let person = |class| class == ObjectClass::Person;
    let others = changes.changes.iter().filter(|change| change.kind != ChangeKind::Ended).map(|c| &c.track);
    let covers = |other: &TrackView| {
        let smaller = other.bbox.area().min(track.bbox.area()).max(1.0);
        other.bbox.intersect(&track.bbox).area() / smaller >= CROWDED_SHARE
    };
    person(track.class)
        && others.filter(|other| other.id != track.id && other.confirmed && person(other.class)).any(covers)
}

/// Whether this track is a second one on the vehicle that just crossed.
fn doubles(first: &Recent, track: &TrackView) -> bool {
    first.track != track.id && one_vehicle((&first.bbox, first.class), (&track.bbox, track.class))
}

/// Where and when the way from `a` to `b` passes the endless line, and whether between the ends.
fn passing(a: &Walker, b: &Walker, from: Point, to: Point) -> (Point, f64, bool) {
    let span = a.distance - b.distance;
    let part = if span == 0.0 { 1.0 } else { (a.distance / span).clamp(0.0, 1.0) };
    let point = Point { x: a.at.x + part * (b.at.x - a.at.x), y: a.at.y + part * (b.at.y - a.at.y) };
    let (lx, ly) = (to.x - from.x, to.y - from.y);
    let along = ((point.x - from.x) * lx + (point.y - from.y) * ly) / (lx * lx + ly * ly);
    let time_s = a.time_s + f64::from(part) * (b.time_s - a.time_s);
    (point, time_s, (0.0..=1.0).contains(&along))
}
