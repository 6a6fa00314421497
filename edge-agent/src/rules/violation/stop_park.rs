//! Stopped or parked where it is not allowed: standing in a zone for longer than the rule allows. A queue is left out: time does not
//! count while the signal before the vehicle's lane is not green, nor while others who came when it came stand around it and nobody
//! drives past.

use wire::scene::{SceneRule, ZoneKind};
use wire::violation::Measured;
use wire::{LampState, Name};

use super::judge::{Found, Rule, World};
use super::memory::Trail;
use super::moments::moment;
use super::standing::{Stand, Standing, moves};
use crate::scene::Area;

/// Standing still for so long where the rule does not say, seconds: by the sign that the zone stands for.
const NO_STOPPING_S: f64 = 10.0;
const NO_PARKING_S: f64 = 300.0;
/// After green, a queue needs this long to start, seconds.
const START_S: f64 = 8.0;
/// Who came within this time of each other came together, seconds.
const TOGETHER_S: f64 = 20.0;
/// Who drives past within this many of its own sizes shows that traffic moves.
const NEAR: f32 = 4.0;

/// The rule: its zones.
pub(super) struct StopPark {
    zones: Vec<(Name, Area, f64, Standing)>,
}

impl StopPark {
    pub fn new(rule: &SceneRule, scene: &crate::scene::CalibratedScene) -> Self {
        let dwell = |kind| match kind {
            ZoneKind::NoStopping => Some(rule.dwell_s.unwrap_or(NO_STOPPING_S)),
            ZoneKind::NoParking => Some(rule.dwell_s.unwrap_or(NO_PARKING_S)),
            _ => None,
        };
        let named = |id: &Name| rule.about.is_empty() || rule.about.contains(id);
        let drawn = scene.scene().zones.iter().filter(|zone| named(&zone.id));
        let zones = drawn.filter_map(|zone| {
            let (_, area) = scene.zone(&zone.id)?;
            Some((zone.id.clone(), area.clone(), dwell(zone.kind)?, Standing::default()))
        });
        Self { zones: zones.collect() }
    }
}

impl Rule for StopPark {
    fn see(&mut self, world: &World) -> Vec<Found> {
        let mut found = Vec::new();
        for (_, area, dwell_s, standing) in &mut self.zones {
            let counts = |trail: &Trail, stand: &Stand| !queues(world, trail, stand);
            let due = standing.update(world, area, *dwell_s, counts);
            found.extend(due.into_iter().filter_map(|(track, stand)| told(track, &stand, *dwell_s, world)));
        }
        found
    }

    fn joined(&mut self, from: u64, to: u64) {
        self.zones.iter_mut().for_each(|(_, _, _, standing)| standing.joined(from, to));
    }
}

/// What both rules about standing tell.
pub(super) fn told(track: u64, stand: &Stand, limit_s: f64, world: &World) -> Option<Found> {
    let trail = world.memory.trail(track)?;
    let moments = vec![
        moment("start", &stand.from, None),
        moment("act", &stand.last, None),
        moment("end", &stand.last, None),
    ];
    let looks = trail.looks.len().max(2) as f64;
    let between_s = (trail.last().s() - trail.first().s()) / (looks - 1.0);
    let measured = Measured {
        what: "dwell_s".to_owned(),
        value: stand.counted,
        uncertainty: between_s.max(0.1),
        limit: Some(limit_s),
        type_approved: false,
    };
    let lane = world.scene.lane_at(stand.from.bbox.foot()).map(|lane| lane.id.clone());
    let score = trail.score(stand.from.s(), stand.last.s());
    Some(Found { track, lane, moments, measured: Some(measured), score, doubts: Vec::new() })
}

/// Whether it stands because all traffic stands.
fn queues(world: &World, trail: &Trail, stand: &Stand) -> bool {
    waits_for_green(world, trail) || stands_with_others(world, trail, stand)
}

/// Whether the signal of a stop line is not green, or has just become so, while the vehicle stands in a lane before it.
fn waits_for_green(world: &World, trail: &Trail) -> bool {
    let foot = trail.last().bbox.foot();
    if world.scene.lane_at(foot).is_none() {
        return false;
    }
    let now_s = world.now.stream_s();
    let mut lines = world.scene.scene().lines.iter().filter(|line| !line.governed.is_empty());
    lines.any(|line| {
        let before = world.scene.line(&line.id).is_some_and(|(_, way)| way.beside(foot).distance < 0.0);
        let waits = |signal: &Name| {
            let red = |s| {
                let state = world.signals.shown(signal, s).map(|reading| reading.state);
                matches!(state, Some(LampState::Red | LampState::Yellow))
            };
            red(now_s) || red(now_s - START_S)
        };
        before && line.governed.iter().any(|governed| waits(&governed.signal))
    })
}

/// Whether somebody who came when it came stands near it, and nobody near it moves.
fn stands_with_others(world: &World, trail: &Trail, stand: &Stand) -> bool {
    let (own, size) = (trail.last().bbox.foot(), trail.last().bbox.area().sqrt());
    let near = |other: &&Trail| {
        let foot = other.last().bbox.foot();
        other.id != trail.id
            && !other.hidden
            && other.vehicle().is_some()
            && (foot.x - own.x).hypot(foot.y - own.y) <= NEAR * size
            && !super::judge::double(trail, other)
    };
    let mut together = false;
    for other in world.memory.all().filter(near) {
        if moves(other) {
            return false;
        }
        together |= (other.stood_since() - stand.from.s()).abs() <= TOGETHER_S;
    }
    together
}
