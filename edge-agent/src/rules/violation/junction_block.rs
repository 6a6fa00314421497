//! Standing in the junction while others have the right of way. Who came in over a drawn stop line is counted only while that line's
//! signal is red: on its own green it may wait there for the oncoming traffic. Where it came from is unknown otherwise, and a doubt.

use wire::scene::{SceneRule, ZoneKind};
use wire::{LampState, Name};

use super::judge::{Found, Rule, World};
use super::memory::Trail;
use super::moments::moment;
use super::standing::{Stand, Standing};
use super::stop_park::told;
use crate::scene::{Area, CalibratedScene};

/// Standing for so long where the rule does not say, seconds.
const DWELL_S: f64 = 15.0;

/// The rule: its zones.
pub(super) struct JunctionBlock {
    zones: Vec<(Area, Standing)>,
    dwell_s: f64,
    unknown: u64,
}

impl JunctionBlock {
    pub fn new(rule: &SceneRule, scene: &CalibratedScene) -> Self {
        let named = |id: &Name| rule.about.is_empty() || rule.about.contains(id);
        let zones = scene.zones(ZoneKind::Junction).filter(|(zone, _)| named(&zone.id));
        let zones = zones.map(|(_, area)| (area.clone(), Standing::default())).collect();
        Self { zones, dwell_s: rule.dwell_s.unwrap_or(DWELL_S), unknown: 0 }
    }
}

impl Rule for JunctionBlock {
    fn see(&mut self, world: &World) -> Vec<Found> {
        let mut found = Vec::new();
        let mut unknown = 0;
        for (area, standing) in &mut self.zones {
            let counts = |trail: &Trail, _: &Stand| match own_signal(world, trail) {
                Some(signal) => {
                    let shown = world.signals.shown(&signal, world.now.stream_s());
                    shown.is_some_and(|reading| reading.state == LampState::Red && !reading.flashing)
                }
                None => true,
            };
            for (track, stand) in standing.update(world, area, self.dwell_s, counts) {
                found.extend(block(track, &stand, self.dwell_s, world));
            }
            let hidden = |trail: &&Trail| {
                let long = |stand: &Stand| {
                    let stood_s = stand.last.s() - stand.from.s();
                    !stand.told && stood_s >= self.dwell_s && stood_s < self.dwell_s + 0.5
                };
                let dark = own_signal(world, trail).is_some_and(|signal| {
                    let shown = world.signals.shown(&signal, world.now.stream_s()).map(|r| r.state);
                    matches!(shown, None | Some(LampState::Unknown | LampState::Off))
                });
                trail.seen && dark && standing.get(trail.id).is_some_and(long)
            };
            unknown += u64::from(world.memory.seen().filter(hidden).count() > 0);
        }
        self.unknown += unknown;
        found
    }

    fn joined(&mut self, from: u64, to: u64) {
        self.zones.iter_mut().for_each(|(_, standing)| standing.joined(from, to));
    }

    fn unknown_signal(&self) -> u64 {
        self.unknown
    }
}

fn block(track: u64, stand: &Stand, dwell_s: f64, world: &World) -> Option<Found> {
    let mut found = told(track, stand, dwell_s, world)?;
    let signal = own_signal(world, world.memory.trail(track)?);
    match &signal {
        Some(signal) => {
            let with = Some((signal, world.signals));
            found.moments = vec![
                moment("start", &stand.from, with),
                moment("act", &stand.last, with),
                moment("end", &stand.last, with),
            ];
        }
        None => found.doubts.push("entry_unknown"),
    }
    Some(found)
}

/// The signal of the stop line that it came in over.
fn own_signal(world: &World, trail: &Trail) -> Option<Name> {
    trail.passed.iter().rev().find_map(|passage| {
        let (line, _) = world.scene.line(&passage.line)?;
        line.governed.first().map(|governed| governed.signal.clone())
    })
}
