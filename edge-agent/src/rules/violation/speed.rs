//! Too fast: over a section between two lines of this camera, or by the measured ground. Never evidence: no camera here is a
//! type-approved meter. Told only when the speed is over the limit by more than its uncertainty.

use wire::Name;
use wire::scene::{SceneRule, ZoneKind};
use wire::violation::Measured;

use super::judge::{Found, Rule, World};
use super::memory::{Look, Trail};
use super::moments::moment;
use super::passages::Passage;
use super::per_track::PerTrack;
use super::within::Within;
use crate::scene::CalibratedScene;

const KMH: f64 = 3.6;
/// Longer than this between the lines, and it was no drive through, seconds.
const SECTION_S: f64 = 600.0;
/// Way that a speed by the ground is taken over where the rule does not say, metres.
const WAY_M: f64 = 15.0;
/// What the foot of a box errs on the ground, part of the box's height, and the part of the way that a vehicle's height may add.
const FOOT: f64 = 0.05;
const HEIGHT: f64 = 0.03;

/// Over a section.
pub(super) struct Section {
    lines: Option<(Name, Name)>,
    length_m: f64,
    limit_kmh: f64,
}

impl Section {
    /// With one line only, the other one is at another camera: nothing is concluded here.
    pub fn new(rule: &SceneRule) -> Option<Self> {
        let lines = match rule.about.as_slice() {
            [first, second] => Some((first.clone(), second.clone())),
            _ => None,
        };
        Some(Self { lines, length_m: rule.length_m?, limit_kmh: rule.limit_kmh? })
    }

    fn told(&self, out: &Passage, world: &World) -> Option<Found> {
        let (first, _) = self.lines.as_ref()?;
        let trail = world.memory.trail(out.track)?;
        let fits = |p: &&Passage| {
            p.line == *first && p.passed_s < out.passed_s && out.passed_s - p.passed_s <= SECTION_S
        };
        let into = trail.passed.iter().rev().find(fits)?;
        let took_s = out.passed_s - into.passed_s;
        // A passage lies between two frames; where exactly is interpolated.
        let off_s = (frame_s(trail) / 2.0).min(0.5 * took_s);
        let speed = KMH * self.length_m / took_s;
        let uncertainty = KMH * self.length_m / (took_s - off_s).max(1e-3) - speed;
        let score = trail.score(into.on.s(), out.past.s());
        too_fast(trail, (&into.on, &out.on), (speed, uncertainty, self.limit_kmh), score)
    }
}

impl Rule for Section {
    fn see(&mut self, world: &World) -> Vec<Found> {
        let Some((_, second)) = &self.lines else { return Vec::new() };
        let out = world.passages.iter().filter(|passage| passage.line == *second);
        out.filter_map(|out| self.told(out, world)).collect()
    }
}

/// By the measured ground.
pub(super) struct Ground {
    within: Within,
    way_m: f64,
    limit_kmh: f64,
    told: PerTrack<()>,
}

impl Ground {
    pub fn new(rule: &SceneRule, scene: &CalibratedScene) -> Option<Self> {
        scene.ground()?;
        // Without a name, the zones drawn for it.
        let zones: Vec<Name> = scene.zones(ZoneKind::Speed).map(|(zone, _)| zone.id.clone()).collect();
        let about = if rule.about.is_empty() { &zones } else { &rule.about };
        Some(Self {
            within: Within::new(about, scene),
            way_m: rule.way.unwrap_or(WAY_M),
            limit_kmh: rule.limit_kmh?,
            told: PerTrack::default(),
        })
    }

    fn measure(&self, trail: &Trail, scene: &CalibratedScene) -> Option<Found> {
        let ground = scene.ground()?;
        let last = trail.last();
        let within = |look: &&Look| self.within.holds(look.bbox.foot());
        let end = ground.ground(last.bbox.foot()).filter(|_| within(&&last))?;
        let looks = trail.looks.iter().rev().take_while(within);
        let way = |look: &&Look| {
            let from = ground.ground(look.bbox.foot())?;
            Some((end[0] - from[0]).hypot(end[1] - from[1]))
        };
        let (first, led) =
            looks.filter_map(|look| Some((look, way(&look)?))).find(|(_, led)| *led >= self.way_m)?;
        let took_s = last.s() - first.s();
        if took_s <= 0.0 {
            return None;
        }
        let foot_m = |look: &Look| {
            let metres = ground.metres_per_px(look.bbox.foot()).unwrap_or(f64::INFINITY);
            FOOT * f64::from(look.bbox.h) * metres
        };
        let off_m = foot_m(first) + foot_m(&last) + 2.0 * ground.error_m() + HEIGHT * led;
        let speed = KMH * led / took_s;
        let uncertainty = KMH * off_m / took_s;
        let score = trail.score(first.s(), last.s());
        too_fast(trail, (first, &last), (speed, uncertainty, self.limit_kmh), score)
    }
}

impl Rule for Ground {
    fn see(&mut self, world: &World) -> Vec<Found> {
        self.told.tidy(world.memory);
        let mut found = Vec::new();
        for trail in world.memory.seen().filter(|trail| trail.vehicle().is_some()) {
            if self.told.get(trail.id).is_some() {
                continue;
            }
            if let Some(told) = self.measure(trail, world.scene) {
                self.told.insert(trail.id, ());
                found.push(told);
            }
        }
        found
    }

    fn joined(&mut self, from: u64, to: u64) {
        self.told.joined(from, to);
    }
}

fn too_fast(
    trail: &Trail,
    (from, to): (&Look, &Look),
    (speed, uncertainty, limit): (f64, f64, f64),
    score: f32,
) -> Option<Found> {
    if !(speed.is_finite() && uncertainty.is_finite()) || speed - uncertainty <= limit {
        return None;
    }
    let measured = Measured {
        what: "speed_kmh".to_owned(),
        value: speed,
        uncertainty,
        limit: Some(limit),
        type_approved: false,
    };
    let moments = vec![moment("start", from, None), moment("end", to, None)];
    let doubts = vec!["not_a_meter"];
    Some(Found { track: trail.id, lane: None, moments, measured: Some(measured), score, doubts })
}

/// Mean time between two looks, seconds.
fn frame_s(trail: &Trail) -> f64 {
    let looks = trail.looks.len().max(2) as f64;
    (trail.last().s() - trail.first().s()) / (looks - 1.0)
}
