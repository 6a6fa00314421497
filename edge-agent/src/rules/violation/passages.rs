//! Which vehicle passed which line, with all three moments of it.
//!
//! What counts is the vehicle's **rear on the road** ([`crate::scene::CalibratedScene::footprint`]): it is past the line when all of
//! its footprint is surely on the other side, having surely been on the near side before, having really moved, and having
//! passed between the ends of the line. Standing on the line and trembling, or being cut by something that passes in front, is
//! none of that. Only passing *with* the line's direction is a passage; who comes back may pass again.

use std::collections::HashMap;

use wire::Name;

use super::memory::{Look, Memory, Trail};
use crate::geometry::Point;
use crate::rules::movement::really_moved;
use crate::rules::{Anchor, band};
use crate::scene::{CalibratedScene, Way};

/// Part of the picture's height beside a line where nobody is surely on either side.
const MARGIN: f32 = 0.008;

/// One vehicle passed one line, with its direction.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Passage {
    pub line: Name,
    pub track: u64,
    /// When its rear passed the line, stream seconds.
    pub passed_s: f64,
    /// When its front passed it, on the same approach; none when it stood over the line when it was first seen.
    pub front_s: Option<f64>,
    /// Last look with all of it before the line; the latest look with its rear surely before it, if there is none.
    pub before: Look,
    /// The look nearest to `passed_s`.
    pub on: Look,
    /// First look with all of it surely past the line.
    pub past: Look,
}

/// Every line of a scene.
#[derive(Debug)]
pub(super) struct Passages {
    lines: Vec<(Name, HashMap<u64, Walker>)>,
}

/// What is known about one track at one line.
#[derive(Debug, Clone, Copy)]
struct Walker {
    time_s: f64,
    rear: f32,
    front: f32,
    centre: Point,
    /// -1 surely before it, 1 surely past it, 0 not known yet.
    side: i8,
    /// The latest look that showed it surely on its side: what it must have moved from. An older one would not do: who drove up and
    /// stopped has moved since then, and a box cut by a passer-by would look like a crossing.
    settled: Look,
    /// Last look with all of it before the line.
    before: Option<Look>,
    /// When its rear last passed the endless line, and whether between the ends.
    passed: Option<(f64, bool)>,
    /// The same for its front.
    front_s: Option<f64>,
}

impl Passages {
    pub fn new(scene: &CalibratedScene) -> Self {
        let lines = scene.scene().lines.iter().map(|line| (line.id.clone(), HashMap::new()));
        Self { lines: lines.collect() }
    }

    /// A track goes on under another number.
    pub fn joined(&mut self, from: u64, to: u64) {
        for (_, walkers) in &mut self.lines {
            if let Some(walker) = walkers.remove(&from) {
                walkers.insert(to, walker);
            }
        }
    }

    /// What the tracks of this frame passed.
    pub fn update(&mut self, memory: &Memory, scene: &CalibratedScene) -> Vec<Passage> {
        let mut found = Vec::new();
        for (id, walkers) in &mut self.lines {
            walkers.retain(|track, _| memory.trail(*track).is_some());
            let Some((_, way)) = scene.line(id) else { continue };
            for trail in memory.all().filter(|trail| trail.seen) {
                found.extend(see(walkers, id, way, trail, scene));
            }
        }
        found
    }
}

fn see(
    walkers: &mut HashMap<u64, Walker>,
    line: &Name,
    way: &Way,
    trail: &Trail,
    scene: &CalibratedScene,
) -> Option<Passage> {
    let look = trail.last();
    let feet = scene.footprint(&look.bbox, trail.vehicle()?);
    let distances = feet.map(|foot| way.beside(foot).distance);
    let rear = distances.into_iter().fold(f32::INFINITY, f32::min);
    let front = distances.into_iter().fold(f32::NEG_INFINITY, f32::max);
    let centre = middle(&feet);
    let sure = band(MARGIN, (scene.size().0 as f32, scene.size().1 as f32), &look.bbox);
    let side = if rear.abs() > sure { rear.signum() as i8 } else { 0 };
    let mut next = Walker {
        time_s: look.s(),
        rear,
        front,
        centre,
        side,
        settled: look,
        before: (front < 0.0).then_some(look),
        passed: None,
        front_s: None,
    };
    let Some(walker) = walkers.get(&trail.id).copied() else {
        walkers.insert(trail.id, next);
        return None;
    };
    next = Walker { time_s: look.s(), rear, front, centre, ..walker };
    if (walker.rear < 0.0) != (rear < 0.0) {
        let (time_s, part) = zero(walker.time_s, walker.rear, look.s(), rear);
        let at = Point {
            x: walker.centre.x + part * (centre.x - walker.centre.x),
            y: walker.centre.y + part * (centre.y - walker.centre.y),
        };
        next.passed = Some((time_s, way.beside(at).between));
    }
    if walker.front < 0.0 && front >= 0.0 {
        next.front_s = Some(zero(walker.time_s, walker.front, look.s(), front).0);
    }
    if front < 0.0 {
        next.before = Some(look);
    }
    let changed = side != 0 && walker.side != 0 && side != walker.side;
    if side != 0 && !changed {
        next.settled = look;
    }
    let distance = |p: Point| way.beside(p).distance;
    let crossed = changed && really_moved(distance, Anchor::Foot, &walker.settled.bbox, &look.bbox, side);
    if side != 0 && (!changed || (crossed && trail.confirmed)) {
        next.side = side;
    }
    let mut passage = None;
    if crossed && trail.confirmed {
        if side > 0 {
            passage = conclude(line, trail, &next, look);
        }
        next.settled = look;
        (next.before, next.front_s) = (None, None);
    }
    walkers.insert(trail.id, next);
    passage
}

fn conclude(line: &Name, trail: &Trail, walker: &Walker, past: Look) -> Option<Passage> {
    let (passed_s, between) = walker.passed?;
    if !between {
        return None;
    }
    let on = trail.near(passed_s);
    let on = if on.s() > past.s() { past } else { on };
    let before = walker.before.filter(|look| look.s() <= on.s());
    let before = before.or_else(|| Some(walker.settled).filter(|look| look.s() <= on.s()));
    Some(Passage {
        line: line.clone(),
        track: trail.id,
        passed_s,
        front_s: walker.front_s,
        before: before.unwrap_or(on),
        on,
        past,
    })
}

/// When a value that goes from one sign to the other was zero, and after which part of the way.
pub(super) fn zero(a_s: f64, a: f32, b_s: f64, b: f32) -> (f64, f32) {
    let span = a - b;
    let part = if span == 0.0 { 1.0 } else { (a / span).clamp(0.0, 1.0) };
    (a_s + f64::from(part) * (b_s - a_s), part)
}

fn middle(feet: &[Point; 4]) -> Point {
    let sum = feet.iter().fold((0.0, 0.0), |sum, foot| (sum.0 + foot.x, sum.1 + foot.y));
    Point { x: sum.0 / 4.0, y: sum.1 / 4.0 }
}
