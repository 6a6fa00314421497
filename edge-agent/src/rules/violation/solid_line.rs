//! Over a solid line: the whole vehicle from one side to the other, between the ends of the marking, from a side from which it is
//! barred. One wheel on it does not count, nor does a box that trembles on it or is cut beside it.

use wire::Name;
use wire::scene::{Barred, SceneRule};

use super::judge::{Found, Rule, World};
use super::memory::{Look, Trail};
use super::moments::moment;
use super::passages::zero;
use super::per_track::PerTrack;
use crate::geometry::Point;
use crate::rules::movement::really_moved;
use crate::rules::{Anchor, band};
use crate::scene::{CalibratedScene, Way};

/// Part of the picture's height beside a marking where nobody is surely on either side.
const MARGIN: f32 = 0.004;

/// The rule: its markings.
pub(super) struct SolidLine {
    markings: Vec<(Name, Way, Barred, PerTrack<Walker>)>,
}

/// What is known about one track at one marking.
#[derive(Debug, Clone, Copy)]
struct Walker {
    time_s: f64,
    centre: Point,
    distance: f32,
    /// -1 wholly on its left, 1 wholly on its right, 0 not known yet.
    side: i8,
    /// The latest look with all of it on that side.
    settled: Look,
    /// When its middle last passed it, and whether between the ends.
    passed: Option<(f64, bool)>,
}

impl SolidLine {
    pub fn new(rule: &SceneRule, scene: &CalibratedScene) -> Self {
        let named = |id: &Name| rule.about.is_empty() || rule.about.contains(id);
        let drawn = scene.scene().markings.iter().filter(|marking| named(&marking.id));
        let way = |id: &Name| scene.marking(id).map(|(_, way)| way.clone());
        let markings = drawn.filter_map(|m| Some((m.id.clone(), way(&m.id)?, m.barred, PerTrack::default())));
        Self { markings: markings.collect() }
    }
}

impl Rule for SolidLine {
    fn see(&mut self, world: &World) -> Vec<Found> {
        let mut found = Vec::new();
        for (_, way, barred, walkers) in &mut self.markings {
            walkers.tidy(world.memory);
            for trail in world.memory.all().filter(|trail| trail.seen) {
                let crossed = see(walkers, way, trail, world.scene);
                found.extend(crossed.filter(|c| is_barred(*barred, c.side)).map(|c| c.told(trail, world)));
            }
        }
        found
    }

    fn joined(&mut self, from: u64, to: u64) {
        self.markings.iter_mut().for_each(|(_, _, _, walkers)| walkers.joined(from, to));
    }
}

/// A vehicle went over a marking.
struct Crossed {
    /// The side it is on now.
    side: i8,
    from: Look,
    passed_s: f64,
    to: Look,
}

impl Crossed {
    fn told(&self, trail: &Trail, world: &World) -> Found {
        let act = trail.near(self.passed_s);
        let moments =
            vec![moment("start", &self.from, None), moment("act", &act, None), moment("end", &self.to, None)];
        let lane = world.scene.lane_at(self.from.bbox.foot()).map(|lane| lane.id.clone());
        let score = trail.score(self.from.s(), self.to.s());
        Found { track: trail.id, lane, moments, measured: None, score, doubts: Vec::new() }
    }
}

fn is_barred(barred: Barred, to: i8) -> bool {
    match barred {
        Barred::Both => true,
        Barred::FromLeft => to > 0,
        Barred::FromRight => to < 0,
    }
}

fn see(walkers: &mut PerTrack<Walker>, way: &Way, trail: &Trail, scene: &CalibratedScene) -> Option<Crossed> {
    let look = trail.last();
    let feet = scene.footprint(&look.bbox, trail.vehicle()?);
    // The near edge alone: what the far end is beside follows from perspective, not from where the wheels are.
    let sides = [way.beside(feet[0]).distance, way.beside(feet[1]).distance];
    let (low, high) = (sides[0].min(sides[1]), sides[0].max(sides[1]));
    let sure =
        band(MARGIN, (scene.size().0 as f32, scene.size().1 as f32), &look.bbox).min(0.08 * look.bbox.w);
    let side = i8::from(low > sure) - i8::from(high < -sure);
    let centre = look.bbox.foot();
    let distance = way.beside(centre).distance;
    let new = Walker { time_s: look.s(), centre, distance, side, settled: look, passed: None };
    let Some(walker) = walkers.get(trail.id).copied() else {
        walkers.insert(trail.id, new);
        return None;
    };
    let mut next = Walker { time_s: look.s(), centre, distance, ..walker };
    if (walker.distance < 0.0) != (distance < 0.0) {
        let (passed_s, part) = zero(walker.time_s, walker.distance, look.s(), distance);
        let at = Point {
            x: walker.centre.x + part * (centre.x - walker.centre.x),
            y: walker.centre.y + part * (centre.y - walker.centre.y),
        };
        next.passed = Some((passed_s, way.beside(at).between));
    }
    let changed = side != 0 && walker.side != 0 && side != walker.side;
    let moved = changed
        && really_moved(|p| way.beside(p).distance, Anchor::Foot, &walker.settled.bbox, &look.bbox, side);
    let mut crossed = None;
    if side != 0 && (!changed || (moved && trail.confirmed)) {
        (next.side, next.settled) = (side, look);
        let passed = next.passed.filter(|(_, between)| changed && *between);
        crossed = passed.map(|(passed_s, _)| Crossed { side, from: walker.settled, passed_s, to: look });
    }
    walkers.insert(trail.id, next);
    crossed
}
