//! Rules about driving where one must not: wrong way, a lane closed to a class, emergency lane, motorway, pavement. Each is a set of
//! areas, a sense and a way; what a vehicle must be differs.

use wire::scene::{LaneKind, SceneRule, VehicleClass, ZoneKind};
use wire::violation::Kind;

use super::judge::{Found, Rule, World};
use super::moments::moment;
use super::stretch::{Driven, Sense, Strip};
use crate::scene::CalibratedScene;

/// Way that a rule of this kind asks for where it does not say: metres, and parts of the picture's height without ground.
fn way_of(kind: Kind) -> (f64, f64) {
    match kind {
        Kind::WrongWay => (8.0, 0.12),
        Kind::EmergencyLane => (20.0, 0.15),
        _ => (8.0, 0.1),
    }
}

/// A rule about strips of road.
pub(super) struct Strips {
    kind: Kind,
    way: f64,
    sense: Sense,
    strips: Vec<Strip>,
}

impl Strips {
    /// About the lanes or zones named, or every one that it can be about.
    pub fn new(rule: &SceneRule, scene: &CalibratedScene) -> Self {
        let (metres, parts) = way_of(rule.kind);
        let way = rule.way.unwrap_or(if scene.ground().is_some() { metres } else { parts });
        let named = |id: &wire::Name| rule.about.is_empty() || rule.about.contains(id);
        let lanes = scene.scene().lanes.iter().filter(|lane| named(&lane.id));
        let zones =
            scene.scene().zones.iter().filter(|zone| named(&zone.id) && zone.kind == ZoneKind::Pavement);
        let strips = match rule.kind {
            Kind::Pavement => zones.filter_map(|zone| Strip::zone(scene, &zone.id)).collect(),
            _ => lanes
                .filter(|lane| match rule.kind {
                    Kind::EmergencyLane => lane.kind == LaneKind::Emergency,
                    Kind::MotorwayMotorcycle => lane.kind != LaneKind::Normal,
                    Kind::LaneClass => !lane.classes.is_empty(),
                    _ => true,
                })
                .filter_map(|lane| Strip::lane(scene, &lane.id))
                .collect(),
        };
        let sense = match rule.kind {
            Kind::WrongWay => Sense::Against,
            Kind::Pavement => Sense::Any,
            _ => Sense::With,
        };
        Self { kind: rule.kind, way, sense, strips }
    }

    fn told(kind: Kind, strip: &Strip, driven: &Driven, world: &World) -> Option<Found> {
        let trail = world.memory.trail(driven.track)?;
        let lane = world.scene.lane(&strip.id).map(|(lane, ..)| lane);
        if kind == Kind::LaneClass && allowed(trail.vehicle()?, &lane?.classes) {
            return None;
        }
        let middle = trail.near((driven.from.s() + driven.to.s()) / 2.0);
        let act = match kind {
            // Once the whole way is driven.
            Kind::LaneClass | Kind::MotorwayMotorcycle => driven.to,
            _ => middle,
        };
        let mut moments = vec![moment("start", &driven.from, None), moment("act", &act, None)];
        if !matches!(kind, Kind::LaneClass | Kind::MotorwayMotorcycle) {
            moments.push(moment("end", &driven.to, None));
        }
        let score = trail.score(driven.from.s(), driven.to.s());
        let lane = lane.map(|lane| lane.id.clone());
        Some(Found { track: driven.track, lane, moments, measured: None, score, doubts: Vec::new() })
    }
}

impl Rule for Strips {
    fn see(&mut self, world: &World) -> Vec<Found> {
        let (kind, way, sense) = (self.kind, self.way, self.sense);
        let mut found = Vec::new();
        for strip in &mut self.strips {
            let driven = strip.driven(world, way, sense);
            found.extend(driven.iter().filter_map(|driven| Self::told(kind, strip, driven, world)));
        }
        found
    }

    fn joined(&mut self, from: u64, to: u64) {
        self.strips.iter_mut().for_each(|strip| strip.joined(from, to));
    }
}

fn allowed(class: VehicleClass, classes: &[VehicleClass]) -> bool {
    classes.contains(&class)
}
