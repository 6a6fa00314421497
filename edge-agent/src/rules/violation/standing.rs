//! Who stands still, where, and since when. A vehicle stands while either its foot or its roof stays where it was: a box that is cut
//! from below or from above is still the same vehicle in the same place.

use super::judge::World;
use super::memory::{Look, Memory, Trail};
use super::per_track::PerTrack;
use crate::detection::ObjectClass;
use crate::geometry::{BBox, Point};
use crate::rules::movement::alike;
use crate::scene::Area;

/// It has moved when foot and roof are both further than this part of its size from where they were.
const MOVED: f32 = 0.4;
/// A vehicle that moves by this part of its size in a second is moving.
const MOVING: f32 = 0.25;
/// Longer than this between two looks, and nobody knows what it did meanwhile, seconds.
const GAP_S: f64 = 30.0;

/// Who appears where a vehicle that stood was lost no longer than this ago, with much of its box in common and of its kind, is that
/// vehicle: intersection over union.
const SAME_PLACE_IOU: f32 = 0.5;

/// Vehicles that stand in one area.
#[derive(Debug, Default)]
pub(super) struct Standing {
    stands: PerTrack<Stand>,
    /// Stands whose tracks ended: something hid them, perhaps.
    lost: Vec<Stand>,
}

/// One vehicle that stands.
#[derive(Debug, Clone)]
pub(super) struct Stand {
    /// First look in which it stood here.
    pub from: Look,
    /// Latest look.
    pub last: Look,
    /// When it was counted last.
    counted_s: f64,
    /// Seconds that count.
    pub counted: f64,
    pub told: bool,
    class: ObjectClass,
}

impl Standing {
    pub fn joined(&mut self, from: u64, to: u64) {
        self.stands.joined(from, to);
    }

    pub fn get(&self, track: u64) -> Option<&Stand> {
        self.stands.get(track)
    }

    /// Counts the time since the frame before for everybody who stands in the area and whose time `counts`. Names those whose counted
    /// time has reached `dwell_s` with this frame, once per stand.
    pub fn update(
        &mut self,
        world: &World,
        area: &Area,
        dwell_s: f64,
        counts: impl Fn(&Trail, &Stand) -> bool,
    ) -> Vec<(u64, Stand)> {
        let now_s = world.now.stream_s();
        self.lost.retain(|stand| now_s - stand.last.s() <= GAP_S);
        self.lost.extend(self.stands.take_forgotten(world.memory));
        for trail in world.memory.seen().filter(|trail| trail.vehicle().is_some()) {
            let look = trail.last();
            if !area.holds(look.bbox.foot()) && self.stands.get(trail.id).is_none_or(|s| !same(s, &look)) {
                self.stands.remove(trail.id);
                continue;
            }
            match self.stands.get_mut(trail.id) {
                Some(stand) if same(stand, &look) => stand.last = look,
                _ => {
                    let stand = self.found_again(world.memory, trail, &look).unwrap_or(Stand {
                        from: look,
                        last: look,
                        counted_s: now_s,
                        counted: 0.0,
                        told: false,
                        class: trail.class,
                    });
                    self.stands.insert(trail.id, stand);
                }
            }
        }
        let mut due = Vec::new();
        for (track, stand) in self.stands.iter_mut() {
            // In a still picture nobody is looked at again: who was not lost stands on.
            let Some(trail) = world.memory.trail(track).filter(|trail| !trail.hidden) else { continue };
            let passed_s = now_s - stand.counted_s;
            stand.counted_s = now_s;
            if passed_s <= GAP_S && counts(trail, stand) {
                stand.counted += passed_s;
            }
            if !stand.told && stand.counted >= dwell_s {
                stand.told = true;
                due.push((track, stand.clone()));
            }
        }
        due
    }

    /// The stand that was lost where this vehicle appears.
    fn found_again(&mut self, memory: &Memory, trail: &Trail, look: &Look) -> Option<Stand> {
        let fits = |stand: &Stand| {
            alike(stand.class, trail.class) && stand.last.bbox.iou(&look.bbox) >= SAME_PLACE_IOU
        };
        let hidden = |track: u64| memory.trail(track).is_some_and(|trail| trail.hidden);
        let stand = match self.lost.iter().position(fits) {
            Some(index) => self.lost.swap_remove(index),
            None => self.stands.take_where(|track, stand| hidden(track) && fits(stand))?,
        };
        Some(Stand { last: *look, ..stand })
    }
}

fn same(stand: &Stand, look: &Look) -> bool {
    let size = MOVED * stand.from.bbox.area().min(look.bbox.area()).sqrt();
    let roof = |b: &BBox| Point { x: b.x + b.w / 2.0, y: b.y };
    let near = |a: Point, b: Point| (a.x - b.x).hypot(a.y - b.y) <= size;
    near(stand.from.bbox.foot(), look.bbox.foot()) || near(roof(&stand.from.bbox), roof(&look.bbox))
}

/// Whether a vehicle moves now.
pub(super) fn moves(trail: &Trail) -> bool {
    let speed = trail.velocity.x.hypot(trail.velocity.y);
    speed > MOVING * trail.last().bbox.area().sqrt()
}
