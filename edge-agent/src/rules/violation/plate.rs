//! A covered, bent or missing plate: what the looks at it have come to, once they have said so for a while.

use wire::scene::SceneRule;
use wire::violation::Kind;

use super::judge::{Found, Rule, World};
use super::moments::moment;
use super::per_track::PerTrack;
use super::within::Within;
use crate::scene::CalibratedScene;

/// A finding must stand for so long: a later look may still take it back, seconds.
const STANDS_S: f64 = 1.5;

/// The rule: since when a finding stands, by track; none once told.
pub(super) struct Plate {
    words: &'static [&'static str],
    within: Within,
    since: PerTrack<Option<f64>>,
}

impl Plate {
    pub fn new(rule: &SceneRule, scene: &CalibratedScene) -> Self {
        let words: &[&str] =
            if rule.kind == Kind::PlateMissing { &["missing"] } else { &["covered", "bent"] };
        Self { words, within: Within::new(&rule.about, scene), since: PerTrack::default() }
    }
}

impl Rule for Plate {
    fn see(&mut self, world: &World) -> Vec<Found> {
        self.since.tidy(world.memory);
        let now_s = world.now.stream_s();
        let mut found = Vec::new();
        for trail in world.memory.seen().filter(|trail| self.within.holds(trail.last().bbox.foot())) {
            let look = world.looks.plates.iter().find(|(track, _)| *track == trail.id).map(|(_, look)| look);
            let Some(look) = look.filter(|look| self.words.contains(&look.kind.as_str())) else {
                // Taken back, unless it was told already.
                if self.since.get(trail.id).is_some_and(Option::is_some) {
                    self.since.remove(trail.id);
                }
                continue;
            };
            let since = self.since.or_insert_with(trail.id, || Some(now_s));
            if since.is_some_and(|since_s| now_s - since_s >= STANDS_S) {
                *since = None;
                found.push(Found {
                    track: trail.id,
                    lane: world.scene.lane_at(trail.last().bbox.foot()).map(|lane| lane.id.clone()),
                    moments: vec![moment("act", &trail.last(), None)],
                    measured: None,
                    score: look.score,
                    doubts: Vec::new(),
                });
            }
        }
        found
    }

    fn joined(&mut self, from: u64, to: u64) {
        self.since.joined(from, to);
    }
}
