//! Ways driven within an area, along its axis: for lanes that are closed, emergency lanes, motorways, pavements, wrong ways.
//!
//! A stretch begins with the first look that shows the vehicle's foot surely inside, and ends with the first that shows it surely
//! outside. What counts is the way along the axis between the look that it is measured from and now, on measured ground in metres,
//! else in parts of the picture's height. A box that trembles or is cut leads nowhere.

use wire::Name;

use super::judge::World;
use super::memory::{Look, Trail};
use super::per_track::PerTrack;
use crate::geometry::Point;
use crate::rules::Anchor;
use crate::rules::band;
use crate::rules::movement::really_moved;
use crate::scene::{Area, CalibratedScene};

/// Part of the picture's height along the border of an area where nobody is surely on either side.
const MARGIN: f32 = 0.006;

/// Which way along the axis counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    /// With it.
    With,
    /// Against it.
    Against,
    /// Either.
    Any,
}

/// An area that is watched.
#[derive(Debug)]
pub(super) struct Strip {
    pub id: Name,
    area: Area,
    /// Axis, in the unit of ways: a unit vector.
    axis: [f64; 2],
    stays: PerTrack<Stay>,
}

#[derive(Debug)]
struct Stay {
    /// The look that the way is measured from.
    from: Look,
    from_place: [f64; 2],
    told: bool,
}

/// A stretch that is long enough.
#[derive(Debug, Clone, Copy)]
pub(super) struct Driven {
    pub track: u64,
    pub from: Look,
    pub to: Look,
}

impl Strip {
    /// A lane, along its flow.
    pub fn lane(scene: &CalibratedScene, id: &Name) -> Option<Self> {
        let (_, area, flow) = scene.lane(id)?;
        let (a, b) = (scene.place(*flow.points().first()?)?, scene.place(*flow.points().last()?)?);
        Some(Self { id: id.clone(), area: area.clone(), axis: unit(a, b)?, stays: PerTrack::default() })
    }

    /// A zone, along its longest edge.
    pub fn zone(scene: &CalibratedScene, id: &Name) -> Option<Self> {
        let (_, area) = scene.zone(id)?;
        let places: Vec<[f64; 2]> = area.corners().iter().filter_map(|corner| scene.place(*corner)).collect();
        let next = places.iter().cycle().skip(1);
        let length = |(a, b): &(&[f64; 2], &[f64; 2])| (a[0] - b[0]).hypot(a[1] - b[1]);
        let (a, b) = places.iter().zip(next).max_by(|x, y| length(x).total_cmp(&length(y)))?;
        Some(Self { id: id.clone(), area: area.clone(), axis: unit(*a, *b)?, stays: PerTrack::default() })
    }

    pub fn joined(&mut self, from: u64, to: u64) {
        self.stays.joined(from, to);
    }

    /// Vehicles that with this frame have driven at least `way` along the strip, once per stay.
    pub fn driven(&mut self, world: &World, way: f64, sense: Sense) -> Vec<Driven> {
        self.stays.tidy(world.memory);
        let mut found = Vec::new();
        for trail in world.memory.seen().filter(|trail| trail.vehicle().is_some()) {
            found.extend(self.see(trail, world.scene, way, sense));
        }
        found
    }

    fn see(&mut self, trail: &Trail, scene: &CalibratedScene, way: f64, sense: Sense) -> Option<Driven> {
        let look = trail.last();
        let foot = look.bbox.foot();
        let depth = self.area.depth(foot);
        let sure = band(MARGIN, (scene.size().0 as f32, scene.size().1 as f32), &look.bbox)
            .min(0.1 * look.bbox.w.max(20.0));
        if depth < -sure {
            self.stays.remove(trail.id);
            return None;
        }
        let place = scene.place(foot)?;
        let Some(stay) = self.stays.get_mut(trail.id) else {
            if depth > sure {
                self.stays.insert(trail.id, Stay { from: look, from_place: place, told: false });
            }
            return None;
        };
        let d = [place[0] - stay.from_place[0], place[1] - stay.from_place[1]];
        let along = d[0] * self.axis[0] + d[1] * self.axis[1];
        let across = (d[0] * self.axis[1] - d[1] * self.axis[0]).abs();
        // A way in one sense is measured from where it turned around.
        let turned = match sense {
            Sense::With => along < 0.0,
            Sense::Against => along > 0.0,
            Sense::Any => false,
        };
        if turned && !stay.told {
            (stay.from, stay.from_place) = (look, place);
            return None;
        }
        if stay.told || along.abs() < way || along.abs() < 1.5 * across || !came(&stay.from, &look) {
            return None;
        }
        stay.told = true;
        Some(Driven { track: trail.id, from: stay.from, to: look })
    }
}

/// Whether the vehicle really came from one look to the other.
fn came(from: &Look, to: &Look) -> bool {
    let (a, b) = (from.bbox.foot(), to.bbox.foot());
    let length = (b.x - a.x).hypot(b.y - a.y).max(f32::MIN_POSITIVE);
    let (ux, uy) = ((b.x - a.x) / length, (b.y - a.y) / length);
    let along = |p: Point| (p.x - a.x) * ux + (p.y - a.y) * uy;
    really_moved(along, Anchor::Foot, &from.bbox, &to.bbox, 1)
}

fn unit(a: [f64; 2], b: [f64; 2]) -> Option<[f64; 2]> {
    let length = (b[0] - a[0]).hypot(b[1] - a[1]);
    (length > 0.0 && length.is_finite()).then(|| [(b[0] - a[0]) / length, (b[1] - a[1]) / length])
}
