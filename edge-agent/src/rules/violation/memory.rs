//! What is remembered of every track: where it was, frame by frame, which lines it passed. One memory for all rules.
//!
//! A tracker that loses a vehicle and finds it again under a new number makes two tracks of it. Where only one lost vehicle can
//! be the one that appears (same kind, where its motion led, as large), the new track goes on with the old one's way.

use std::collections::{BTreeMap, VecDeque};

use wire::scene::VehicleClass;

use super::facts::FrameAt;
use super::passages::Passage;
use crate::detection::ObjectClass;
use crate::geometry::{BBox, Point};
use crate::rules::movement::{alike, one_vehicle};
use crate::scene::{CalibratedScene, vehicle_class};
use crate::track::{ChangeKind, TrackChanges, TrackView};

/// How far back a way is kept, seconds, and in how many looks at most.
const KEEP_S: f64 = 40.0;
const KEEP_LOOKS: usize = 600;
/// How long a track is kept after its end, seconds: its vehicle may come back under another number, or be told of late.
const GONE_S: f64 = 5.0;
/// A vehicle comes back within this time under another number, or not at all, seconds.
const REJOIN_S: f64 = 1.5;
/// Where it was expected and where it appears overlap by this much (intersection over union), or are this part of its size apart.
const REJOIN_IOU: f32 = 0.3;
const REJOIN_NEAR: f32 = 0.4;
/// And are alike in size within this factor, both ways.
const REJOIN_SIZE: f32 = 1.5;

/// One sight of a vehicle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Look {
    pub at: FrameAt,
    pub bbox: BBox,
    /// Detector score.
    pub score: f32,
}

impl Look {
    pub fn s(&self) -> f64 {
        self.at.stream_s()
    }
}

/// One track, and what it did.
#[derive(Debug, Clone)]
pub(super) struct Trail {
    pub id: u64,
    /// Oldest first; never empty.
    pub looks: VecDeque<Look>,
    pub class: ObjectClass,
    pub class_score: f32,
    pub confirmed: bool,
    pub velocity: Point,
    /// Seen in the latest update.
    pub seen: bool,
    /// Not seen any more, for now.
    pub hidden: bool,
    /// When its track ended.
    pub gone_s: Option<f64>,
    /// When it went on with another track's way.
    pub joined_s: Option<f64>,
    /// Its way goes on in this track.
    pub goes_on: Option<u64>,
    /// First look of where it is now: it has not moved since. Kept longer than the looks.
    stands: Look,
    /// Lines passed, in order.
    pub passed: Vec<Passage>,
    /// Somebody said it looks like a priority vehicle.
    pub priority: bool,
}

impl Trail {
    pub fn last(&self) -> Look {
        self.looks[self.looks.len() - 1]
    }

    pub fn first(&self) -> Look {
        self.looks[0]
    }

    /// What it is to a rule; none for people.
    pub fn vehicle(&self) -> Option<VehicleClass> {
        vehicle_class(self.class)
    }

    /// Looks from a stream time on.
    pub fn since(&self, from_s: f64) -> impl DoubleEndedIterator<Item = &Look> {
        let first = self.looks.partition_point(|look| look.s() < from_s);
        self.looks.range(first..)
    }

    /// The look nearest to a stream time.
    pub fn near(&self, stream_s: f64) -> Look {
        let after = self.looks.partition_point(|look| look.s() < stream_s);
        let candidates = [after.checked_sub(1), Some(after)].into_iter().flatten();
        let looks = candidates.filter_map(|index| self.looks.get(index));
        let off = |look: &&Look| (look.s() - stream_s).abs();
        *looks.min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(&self.looks[0])
    }

    /// Whether it stood for as long as this at some time between two moments: its foot stayed within a quarter of its size.
    pub fn stood(&self, from_s: f64, to_s: f64, least_s: f64) -> bool {
        let looks: Vec<&Look> = self.since(from_s).take_while(|look| look.s() <= to_s).collect();
        let mut begin = 0;
        for (index, look) in looks.iter().enumerate() {
            let size = 0.25 * look.bbox.area().sqrt();
            let near = |other: &Look| {
                let (a, b) = (look.bbox.foot(), other.bbox.foot());
                (a.x - b.x).hypot(a.y - b.y) <= size
            };
            while begin < index && !near(looks[begin]) {
                begin += 1;
            }
            if look.s() - looks[begin].s() >= least_s {
                return true;
            }
        }
        false
    }

    /// Since when its foot has stayed within a quarter of its size.
    pub fn stood_since(&self) -> f64 {
        self.stands.s()
    }

    /// Whether it was out of sight for longer than this at any time between two moments.
    pub fn was_hidden(&self, from_s: f64, to_s: f64, gap_s: f64) -> bool {
        let first = self.looks.partition_point(|look| look.s() < from_s).saturating_sub(1);
        let looks = self.looks.range(first..).map(Look::s);
        let next = self.looks.range(first..).map(Look::s).skip(1);
        looks.zip(next).take_while(|(a, _)| *a < to_s).any(|(a, b)| b - a > gap_s)
    }

    /// Mean detector score of the looks in a time.
    pub fn score(&self, from_s: f64, to_s: f64) -> f32 {
        let (mut sum, mut count) = (0.0, 0_u16);
        for look in self.since(from_s).take_while(|look| look.s() <= to_s).take(1000) {
            (sum, count) = (sum + look.score, count + 1);
        }
        if count == 0 { self.last().score } else { sum / f32::from(count) }
    }

    /// Whether this is a second track on the other one's vehicle: in most of their common frames around a moment they share a box.
    pub fn same_vehicle(&self, other: &[(u64, BBox, ObjectClass)]) -> bool {
        let mut common = 0_u32;
        let mut together = 0_u32;
        let mut mine = self.looks.iter().peekable();
        for (frame, bbox, class) in other {
            while mine.next_if(|look| look.at.index < *frame).is_some() {}
            let Some(look) = mine.peek().filter(|look| look.at.index == *frame) else { continue };
            common += 1;
            together += u32::from(one_vehicle((&look.bbox, self.class), (bbox, *class)));
        }
        common > 0 && 2 * together >= common
    }
}

/// Every track that lives or ended a moment ago.
#[derive(Debug, Default)]
pub(super) struct Memory {
    trails: BTreeMap<u64, Trail>,
}

impl Memory {
    /// Takes the changes of a frame. Says which tracks went on under another number: old, new.
    pub fn update(
        &mut self,
        changes: &TrackChanges,
        now: FrameAt,
        scene: &CalibratedScene,
    ) -> Vec<(u64, u64)> {
        let mut joined = Vec::new();
        self.trails.values_mut().for_each(|trail| trail.seen = false);
        for change in &changes.changes {
            let track = &change.track;
            if change.kind == ChangeKind::Ended {
                self.end(track.id, now.stream_s());
            } else if track.detection.is_none() {
                if let Some(trail) = self.trails.get_mut(&track.id) {
                    trail.hidden = true;
                }
            } else if usable(&track.bbox) && !scene.ignored(track.bbox.foot()) {
                self.see(track, now);
                if change.kind == ChangeKind::Confirmed {
                    joined.extend(self.rejoin(track.id).map(|old| (old, track.id)));
                }
            }
        }
        let old = now.stream_s() - GONE_S;
        self.trails.retain(|_, trail| trail.gone_s.is_none_or(|gone_s| gone_s > old));
        joined
    }

    fn see(&mut self, track: &TrackView, now: FrameAt) {
        let number = |value: f32| if value.is_finite() { value } else { 0.0 };
        let velocity = Point { x: number(track.velocity.x), y: number(track.velocity.y) };
        let class_score = number(track.class_score);
        let look = Look { at: now, bbox: track.bbox, score: number(track.score) };
        let trail = self.trails.entry(track.id).or_insert_with(|| Trail {
            id: track.id,
            looks: VecDeque::new(),
            class: track.class,
            class_score,
            confirmed: false,
            velocity,
            seen: true,
            hidden: false,
            gone_s: None,
            joined_s: None,
            goes_on: None,
            stands: look,
            passed: Vec::new(),
            priority: false,
        });
        (trail.class, trail.class_score) = (track.class, class_score);
        (trail.confirmed, trail.velocity) = (track.confirmed, velocity);
        (trail.seen, trail.hidden, trail.gone_s) = (true, false, None);
        if !stays(&trail.stands, &look) {
            trail.stands = look;
        }
        // Time does not go back; a frame given twice counts once.
        if trail.looks.back().is_none_or(|last| last.s() < look.s()) {
            trail.looks.push_back(look);
        }
        let old = now.stream_s() - KEEP_S;
        while trail.looks.len() > KEEP_LOOKS
            || (trail.looks.len() > 2 && trail.looks.front().is_some_and(|first| first.s() < old))
        {
            trail.looks.pop_front();
        }
    }

    fn end(&mut self, id: u64, now_s: f64) {
        let Some(trail) = self.trails.get_mut(&id) else { return };
        if trail.confirmed {
            (trail.gone_s, trail.hidden) = (Some(now_s), true);
        } else {
            self.trails.remove(&id);
        }
    }

    /// The one lost track that this new one goes on with.
    fn rejoin(&mut self, id: u64) -> Option<u64> {
        let new = self.trails.get(&id)?;
        let first = new.first();
        let mut fits = self.trails.values().filter(|old| {
            old.id != id && old.hidden && old.goes_on.is_none() && old.confirmed && goes_on(old, &first, new)
        });
        let old = fits.next()?.id;
        if fits.next().is_some() {
            return None;
        }
        let (looks, passed, priority, stands) = {
            let old = self.trails.get_mut(&old)?;
            old.goes_on = Some(id);
            (old.looks.clone(), old.passed.clone(), old.priority, old.stands)
        };
        let new = self.trails.get_mut(&id)?;
        let before = looks.into_iter().filter(|look| look.s() < first.s()).collect::<Vec<_>>();
        before.into_iter().rev().for_each(|look| new.looks.push_front(look));
        (new.passed, new.joined_s) = (passed, Some(first.s()));
        new.priority |= priority;
        if stays(&stands, &new.last()) {
            new.stands = stands;
        }
        Some(old)
    }

    /// Takes a passage down.
    pub fn passed(&mut self, passage: &Passage) {
        if let Some(trail) = self.trails.get_mut(&passage.track) {
            trail.passed.push(passage.clone());
        }
    }

    /// Notes what looks like a priority vehicle.
    pub fn priority(&mut self, id: u64) {
        if let Some(trail) = self.trails.get_mut(&id) {
            trail.priority = true;
        }
    }

    /// A track that lives or ended a moment ago.
    pub fn trail(&self, id: u64) -> Option<&Trail> {
        self.trails.get(&id)
    }

    /// Every believed one that was seen in this frame, by number.
    pub fn seen(&self) -> impl Iterator<Item = &Trail> {
        self.trails.values().filter(|trail| trail.seen && trail.confirmed)
    }

    /// Every one, also those that are out of sight or ended a moment ago.
    pub fn all(&self) -> impl Iterator<Item = &Trail> {
        self.trails.values()
    }
}

fn stays(from: &Look, to: &Look) -> bool {
    let (a, b) = (from.bbox.foot(), to.bbox.foot());
    (a.x - b.x).hypot(a.y - b.y) <= 0.25 * to.bbox.area().sqrt()
}

fn usable(bbox: &BBox) -> bool {
    [bbox.x, bbox.y, bbox.w, bbox.h].iter().all(|value| value.is_finite()) && bbox.w > 0.0 && bbox.h > 0.0
}

/// Whether a vehicle that appears is where a lost one was to be expected.
fn goes_on(old: &Trail, first: &Look, new: &Trail) -> bool {
    let last = old.last();
    let gap_s = first.s() - last.s();
    let people = old.class == ObjectClass::Person || new.class == ObjectClass::Person;
    if people || !alike(old.class, new.class) || !(0.0..=REJOIN_S).contains(&gap_s) || gap_s == 0.0 {
        return false;
    }
    let (dx, dy) = (old.velocity.x * gap_s as f32, old.velocity.y * gap_s as f32);
    let expected = BBox { x: last.bbox.x + dx, y: last.bbox.y + dy, ..last.bbox };
    let size = (expected.area().sqrt(), first.bbox.area().sqrt());
    let factor = size.0.max(size.1) / size.0.min(size.1).max(1.0);
    let (a, b) = (expected.foot(), first.bbox.foot());
    let near = (a.x - b.x).hypot(a.y - b.y) <= REJOIN_NEAR * size.0.min(size.1);
    factor <= REJOIN_SIZE && (near || expected.iou(&first.bbox) >= REJOIN_IOU)
}
