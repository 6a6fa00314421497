//! Three or more on a motorcycle, and riders without a helmet: counted in every frame, decided by most of them.

use wire::scene::SceneRule;
use wire::violation::{Kind, Measured};

use super::judge::{Found, Rule, World};
use super::memory::Look;
use super::moments::moment;
use super::per_track::PerTrack;
use super::within::Within;
use crate::scene::CalibratedScene;

/// Looks that must say so, part of all looks at its riders that this is, and how long they must span, seconds.
const LEAST_LOOKS: u32 = 5;
const LEAST_SHARE: f32 = 0.6;
const LEAST_S: f64 = 0.6;
/// People on a motorcycle from which it is too many.
const TOO_MANY: u32 = 3;
/// A motorcycle lower than this part of the picture's height is too far to count heads on.
const LEAST_HEIGHT: f32 = 0.08;

/// The rule: what was counted on each motorcycle.
pub(super) struct People {
    kind: Kind,
    within: Within,
    votes: PerTrack<Votes>,
}

#[derive(Debug, Default)]
struct Votes {
    looks: u32,
    against: u32,
    since_s: Option<f64>,
    score: f32,
    best: Option<(f32, Look, u32)>,
    told: bool,
}

impl People {
    pub fn new(rule: &SceneRule, scene: &CalibratedScene) -> Self {
        Self { kind: rule.kind, within: Within::new(&rule.about, scene), votes: PerTrack::default() }
    }
}

impl Rule for People {
    fn see(&mut self, world: &World) -> Vec<Found> {
        self.votes.tidy(world.memory);
        let mut found = Vec::new();
        for (track, riders) in &world.looks.riders {
            let Some(trail) = world.memory.trail(*track).filter(|trail| trail.seen && trail.confirmed) else {
                continue;
            };
            let look = trail.last();
            let far = look.bbox.h < LEAST_HEIGHT * world.scene.size().1 as f32;
            if riders.count == 0 || far || !self.within.holds(look.bbox.foot()) {
                continue;
            }
            let (says, count, score) = match (self.kind, riders.bare) {
                // Without a helmet model nothing is said about helmets.
                (Kind::NoHelmet, None) => continue,
                (Kind::NoHelmet, Some((bare, score))) => (bare > 0, bare, score),
                _ => (riders.count >= TOO_MANY, riders.count, riders.score),
            };
            let votes = self.votes.or_insert_with(*track, Votes::default);
            votes.looks += 1;
            if says {
                votes.against += 1;
                votes.score += score;
                votes.since_s.get_or_insert(look.s());
                if votes.best.is_none_or(|(best, ..)| score > best) {
                    votes.best = Some((score, look, count));
                }
            }
            found.extend(votes.decide(*track, self.kind, look.s()));
        }
        found
    }

    fn joined(&mut self, from: u64, to: u64) {
        self.votes.joined(from, to);
    }
}

impl Votes {
    fn decide(&mut self, track: u64, kind: Kind, now_s: f64) -> Option<Found> {
        let share = self.against as f32 / self.looks.max(1) as f32;
        let long = self.since_s.is_some_and(|since_s| now_s - since_s >= LEAST_S);
        if self.told || self.against < LEAST_LOOKS || share < LEAST_SHARE || !long {
            return None;
        }
        let (_, look, count) = self.best?;
        self.told = true;
        let measured = (kind == Kind::Carry3plus).then(|| Measured {
            what: "people".to_owned(),
            value: f64::from(count),
            uncertainty: 1.0,
            limit: Some(f64::from(TOO_MANY - 1)),
            type_approved: false,
        });
        let score = share * self.score / self.against as f32;
        Some(Found {
            track,
            lane: None,
            moments: vec![moment("act", &look, None)],
            measured,
            score,
            doubts: Vec::new(),
        })
    }
}
